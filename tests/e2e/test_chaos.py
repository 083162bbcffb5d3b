"""A thousand films from a flaky TMDB, while whatever does the work is killed at random: in the end each film has its
answer, nothing was asked twice but what was in flight, the counters are exact, the library is what its import tells,
and the limit was kept."""

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings

from enrichment.work.engine import HANDS
from tests.exports import letterboxd_zip, make_film
from tests.instance import ROOT, Instance, installed, wait_for
from tests.tmdb_films import Film, film, generated_films
from tests.tmdb_server import TmdbServer

FILMS = 1000
LIMIT, WINDOW = 80, 2  # not so much that it is out of reach amid all this
FLAKY_EVERY = 25  # requests: more, and its 429s without Retry-After would leave no time for anything else
PAUSES = 2.0, 5.0  # seconds between two blows, from and to
ENDS_WITHIN = 240.0
IN_FLIGHT = HANDS * settings.CLUSTER_WORKERS  # of one cluster

LEFT = """
    SELECT title, status, attempts, error FROM enrichment_titlelookup
        WHERE status <> 'matched' OR lease_token IS NOT NULL
    UNION ALL
    SELECT title, details_status, attempts, error FROM enrichment_tmdbmovie
        WHERE details_status NOT IN ('none', 'done') OR lease_token IS NOT NULL
"""
COUNT_FILMS = """
from imports.models import LibraryFilm
print([LibraryFilm.objects.count(), LibraryFilm.objects.filter(is_seen=False).count()])
"""
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"


@dataclass
class Machine:
    """Where a cluster runs."""

    instance: Instance
    aids: dict[int, set[int]] = field(default_factory=dict)  # cluster -> its monitor and its pusher

    def cluster(self) -> int | None:
        """Whose workers are all up."""
        for cluster in self.instance.clusters():
            pool = _pool(cluster)
            if cluster not in self.aids and len(pool) == settings.CLUSTER_WORKERS + 2:
                self.aids[cluster] = set(pool[settings.CLUSTER_WORKERS :])
            if cluster in self.aids:
                return cluster
        return None

    def workers(self, cluster: int) -> list[int]:
        return [pid for pid in _pool(cluster) if pid not in self.aids[cluster]]

    def busy(self, cluster: int) -> list[int]:
        return [pid for pid in self.workers(cluster) if (self.folder / f"busy-{cluster}-{pid}").exists()]

    def idle(self, cluster: int) -> list[int]:
        return [pid for pid in self.workers(cluster) if pid not in self.busy(cluster)]

    @property
    def folder(self) -> Path:
        return Path(self.instance.env["DATA_DIR"])


@dataclass
class Chaos:
    """What hits the machines. Each blow says how many requests were in flight at most, so may be asked again."""

    machines: list[Machine]
    database: str
    chance: random.Random
    blows: list[str] = field(default_factory=list)
    asked_again: int = 0  # at most

    def strike(self) -> None:
        kinds: list[Callable[[Machine, int], int]] = [self.busy_worker, self.idle_worker, self.cluster]
        if self.database.startswith("postgres"):
            kinds.append(self.connections)
        machine = self.chance.choice(self.machines)
        kind = self.chance.choices(kinds, [6, 2, 1, 2][: len(kinds)])[0]
        if (cluster := machine.cluster()) is not None and (lost := kind(machine, cluster)):
            self.asked_again += lost
            self.blows.append(kind.__name__)

    def busy_worker(self, machine: Machine, cluster: int) -> int:
        victims = machine.busy(cluster)
        return HANDS if victims and _kill(self.chance.choice(victims)) else 0

    def idle_worker(self, machine: Machine, cluster: int) -> int:
        """While there is work only one that has just taken a dead one's place is idle."""
        lost = 0 if machine.idle(cluster) else self.busy_worker(machine, cluster)
        with suppress(AssertionError):
            victims = wait_for(lambda: machine.idle(cluster), "an idle worker", 2)
            lost += HANDS if _kill(self.chance.choice(victims)) else 0  # it may have got work just now
        return lost

    def cluster(self, machine: Machine, cluster: int) -> int:
        return IN_FLIGHT if _kill(cluster) else 0

    def connections(self, machine: Machine, cluster: int) -> int:
        """All that are open: of hands, web servers and supervisors."""
        with psycopg.connect(self.database, autocommit=True) as server:
            server.execute(CUT, [server.info.backend_pid])
        return IN_FLIGHT * len(self.machines)


@pytest.fixture
def flaky_tmdb() -> Iterator[TmdbServer]:
    films = [*generated_films(FILMS), liked_film()]
    with TmdbServer(films, limit=LIMIT, window=WINDOW, latency=0.02) as server:
        server.fail, server.flaky_every, server.retry_after = "flaky", FLAKY_EVERY, None
        yield server


def liked_film() -> Film:
    """The one in each export that was liked only: so that all films of it are found."""
    liked = make_film(1_000_000, 0, None)
    return film(6_000_000, liked.title, int(liked.year))


@pytest.mark.slow
def test_whatever_dies_each_film_gets_its_answer_once(
    flaky_tmdb: TmdbServer, fresh_database: str, tmp_path: Path
) -> None:
    seed = int(os.environ.get("CHAOS_SEED") or random.randrange(10_000))
    print(f"CHAOS_SEED={seed}")
    with ExitStack() as stack:
        here, rate = tmp_path / "one", f"{LIMIT}/{WINDOW}"
        machine = installed(here, fresh_database, flaky_tmdb.host_url, rate, SECRET_KEY="shared" * 10)
        instance = stack.enter_context(machine)
        machines = [Machine(instance)]
        if fresh_database.startswith("postgres"):
            machines.append(Machine(stack.enter_context(worker_machine(instance, tmp_path / "two"))))
        wait_for(lambda: all(machine.cluster() for machine in machines), "the clusters")
        chaos = Chaos(machines, fresh_database, random.Random(seed))
        started = time.monotonic()
        session_id = start_import(instance, tmp_path)
        while (now := standing(instance, session_id))["status"] != "completed":
            assert time.monotonic() - started < ENDS_WITHIN, (now, rows_left(fresh_database))
            time.sleep(chaos.chance.uniform(*PAUSES))
            chaos.strike()
        record = flaky_tmdb.record
        print(f"{time.monotonic() - started:.0f} s, {len(chaos.blows)} blows: {' '.join(chaos.blows)}")
        print(f"{record.requests} requests, {dict(record.statuses)}, worst window {record.worst_window}")
        print(f"asked again {record.repeated}, at most {chaos.asked_again}")
        wait_for(lambda: not rows_left(fresh_database), "the last row to be let go", 20)
        assert now["matched_count"] == now["enriched_count"] == now["total_movies"] == FILMS + 1
        assert len(record.answered) == 2 * (FILMS + 1)  # a search and the details
        assert record.repeated <= chaos.asked_again
        assert record.worst_window <= LIMIT
        manage(instance, "check_counts")
        assert "1 libraries are what their imports tell" in manage(instance, "check_library")
        films = list(json.loads(manage(instance, "shell", "-v0", "-c", COUNT_FILMS)))
        assert films == [FILMS + 1, 1]  # one of them is only liked
        assert chaos.blows


@contextmanager
def worker_machine(instance: Instance, folder: Path) -> Iterator[Instance]:
    """A cluster beside that of `instance`, as on another machine: it shares the database only."""
    other = Instance(instance.env | {"DATA_DIR": str(folder)}, instance.url)
    other.process = subprocess.Popen([sys.executable, "manage.py", "work"], cwd=ROOT, env=other.env)
    try:
        yield other
    finally:
        other.stop()


def start_import(instance: Instance, folder: Path) -> str:
    """The import of somebody who has a library."""
    titles = [(one["title"], int(one["release_date"][:4])) for one in generated_films(FILMS)]
    export = folder / "letterboxd-someone.zip"
    export.write_bytes(letterboxd_zip(FILMS, titles=titles))
    manage(instance, "createsuperuser", "--noinput", "--username", "someone", "--email", "someone@example.org")
    said = manage(instance, "import_file", str(export), "--user", "someone")
    return str(re.findall("[0-9a-f]{8}-[0-9a-f-]{27}", said)[0])


def manage(instance: Instance, *command: str) -> str:
    env = instance.env | {"DJANGO_SUPERUSER_PASSWORD": "a-long-pass-for-tests"}
    asked = [sys.executable, "manage.py", *command]
    done = subprocess.run(asked, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def standing(instance: Instance, session_id: str) -> dict[str, Any]:
    """Also when a connection of the web server was cut a moment ago."""

    def ask() -> Any:
        with urllib.request.urlopen(f"{instance.url}/api/session/{session_id}") as answer:
            return json.load(answer)

    found: dict[str, Any] = wait_for(ask, "the status", 10)
    return found


def rows_left(database: str) -> list[tuple[Any, ...]]:
    """The rows that still are somebody's, or did not end well."""
    if database.startswith("postgres"):
        with psycopg.connect(database) as server:
            return server.execute(LEFT).fetchall()
    with closing(sqlite3.connect(urlsplit(database).path[1:])) as file:
        return file.execute(LEFT).fetchall()


def _pool(cluster: int) -> list[int]:
    """The children of the cluster's sentinel: at first its workers, its monitor, its pusher."""
    sentinels = _children(cluster)
    return _children(sentinels[0]) if sentinels else []


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
