"""The engine as in life: `manage.py serve`, uploads over HTTP, and a TMDB over HTTP that counts what it is asked.

Requests a film are counted with real titles where the stand-in of these machines lies beside the project (nothing of
its data stays here), else with the tests' invented films. Rates and times are measured at the tests' own server: the
stand-in answers on a kept connection 40 ms late.
"""

import csv
import io
import json
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import requests

from tests.exports import letterboxd_files, zip_bytes
from tests.instance import ROOT, Instance, free_port, fresh_database, installed, wait_for
from tests.tmdb_films import Film, film, generated_films
from tests.tmdb_server import TmdbServer

STANDIN = ROOT.parent / "shared" / "tools" / "tmdb_standin.py"
SEED = 4

FILMS = 300  # of each import whose requests are counted
MOST_VOTED = 10_000  # what a warm catalogue holds
CATALOGUE_PAGES = 500
DISCOVER = "/3/discover/movie"
WELL_KNOWN = 0.78  # the share of these in a real account
YEAR_EARLIER = 0.025  # the share whose year at Letterboxd is one earlier than at TMDB
YEARS = range(1920, 2026)  # of the films that are drawn

RATES = {"40/10": 40.0, "40/1": 20.0}  # and the seconds that are measured, in steady state
LATENCY = 0.1
SMALL, LARGE, ROUNDS = 20, 5_000, 3
KNOWN = 2_000
UNLIMITED = "2000/1"
PATIENCE = 240.0

Title = tuple[str, int]


class Stats(NamedTuple):
    requests: int
    worst_window: int
    paths: dict[str, int]


@dataclass(frozen=True)
class Tmdb:
    url: str
    name: str

    def stats(self) -> Stats:
        found = self.get("/_stats")
        return Stats(found["requests"], found["worst_window"], found["paths"])

    def get(self, path: str) -> Any:
        asked = urllib.request.Request(f"{self.url}{path}", headers={"Authorization": "Bearer a-token-for-tests"})
        with urllib.request.urlopen(asked) as answer:
            return json.load(answer)


class Person:
    """Somebody with an account and a browser of their own."""

    def __init__(self, instance: Instance, name: str) -> None:
        self.url, self.browser = instance.url, requests.Session()
        self.browser.get(f"{self.url}/accounts/signup/")
        token, password = self.browser.cookies["csrftoken"], "correct-horse-battery"
        fields = {"username": name, "password1": password, "password2": password, "csrfmiddlewaretoken": token}
        assert self.browser.post(f"{self.url}/accounts/signup/", fields).url != f"{self.url}/accounts/signup/"

    def letterboxd(self, titles: Sequence[Title]) -> str:
        return self._upload("/api/upload", "files", "letterboxd.zip", letterboxd_zip(titles))

    def prime(self, titles: Sequence[Title]) -> str:
        return self._upload("/api/v1/import/amazon-prime/upload/", "file", "history.csv", prime_csv(titles))

    def _upload(self, path: str, field: str, name: str, data: bytes) -> str:
        headers = {"X-CSRFToken": self.browser.cookies["csrftoken"]}
        answer = self.browser.post(f"{self.url}{path}", files={field: (name, data)}, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["session_id"])

    def wait(self, session_id: str) -> None:
        def is_done() -> bool:
            now = self.browser.get(f"{self.url}/api/session/{session_id}/status").json()
            return bool(now["enriched_count"] == now["total_movies"])

        wait_for(is_done, "the import", PATIENCE)


Upload = Callable[[Person, Sequence[Title]], str]


def main() -> None:
    load = os.getloadavg()[0]  # the rates need a machine that does nothing else
    shares = (measure_share(rate, seconds) for rate, seconds in RATES.items())
    lines = [*chain(count_requests(), *shares, measure_fairness(), measure_known())]
    kind = "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"
    print(f"\nThe engine on {kind}, {os.cpu_count()} cores, load before {load:.1f}", *lines, sep="\n")


def line(name: str, value: str) -> str:
    return f"  {name:60}{value:>10}"


def count_requests() -> Iterator[str]:
    with standin() if STANDIN.exists() else own_tmdb(invented_films()) as tmdb:
        titles, drawn = draw(tmdb)
        yield f"  requests a film, {len(titles)} films of {tmdb.name}: {drawn}"
        ways: list[tuple[str, Upload, float, float]] = [
            ("Letterboxd", Person.letterboxd, 2.1, 1.3),
            ("Prime", Person.prime, 1.1, 0.35),
        ]
        for name, upload, aim, warm_aim in ways:
            cold, again = requests_a_film(tmdb, upload, titles, is_warm=False)
            warm, _ = requests_a_film(tmdb, upload, titles, is_warm=True)
            yield line(f"{name}, cold (aim: at most {aim})", f"{cold:.2f}")
            yield line(f"{name}, cold with a warm catalogue (aim: at most {warm_aim})", f"{warm:.2f}")
            yield line(f"{name}, the next person (aim: 0)", f"{again:.2f}")


def requests_a_film(tmdb: Tmdb, upload: Upload, titles: Sequence[Title], *, is_warm: bool) -> tuple[float, float]:
    """By the first person who brings these films, and by the next."""
    with fresh_instance(tmdb, UNLIMITED) as instance:
        if is_warm:
            warm_catalogue(tmdb, instance)
        found = []
        for name in ("ana", "bo"):
            person, before = Person(instance, name), tmdb.stats().requests
            person.wait(upload(person, titles))
            found.append((tmdb.stats().requests - before) / len(titles))
        return found[0], found[1]


def warm_catalogue(tmdb: Tmdb, instance: Instance) -> None:
    def pages_read() -> int:
        return tmdb.stats().paths.get(DISCOVER, 0)

    before = pages_read()
    command = [sys.executable, "manage.py", "warm_catalogue"]
    subprocess.run(command, cwd=ROOT, env=instance.env, check=True, stdout=subprocess.DEVNULL)
    wait_for(lambda: pages_read() >= before + CATALOGUE_PAGES, "the catalogue", PATIENCE)
    time.sleep(2)  # the last pages are written


def measure_share(rate: str, seconds: float) -> Iterator[str]:
    count, window = rate.split("/")
    allowed = int(count) / float(window)
    films = generated_films(round((seconds + 20) * allowed))
    with own_tmdb(films, limit=int(count), window=float(window), latency=LATENCY) as tmdb:
        with fresh_instance(tmdb, rate) as instance:
            Person(instance, "ana").letterboxd(titles_of(films))
            time.sleep(float(window) + 2)  # until it is steady
            first, started = tmdb.stats().requests, time.monotonic()
            time.sleep(seconds)
            last, ended = tmdb.stats().requests, time.monotonic()
        share = (last - first) / (ended - started) / allowed
        yield line(f"share used of {rate} at {LATENCY * 1000:.0f} ms (aim: at least 0.95)", f"{share:.3f}")
        yield line(f"its worst window (at most {count})", f"{tmdb.stats().worst_window}")


def measure_fairness() -> Iterator[str]:
    films = generated_films(LARGE + 2 * ROUNDS * SMALL)
    small = [titles_of(films[n * SMALL :][:SMALL]) for n in range(2 * ROUNDS)]
    with own_tmdb(films, latency=LATENCY) as tmdb, fresh_instance(tmdb, "40/1") as instance:
        ana, bo = Person(instance, "ana"), Person(instance, "bo")
        alone = [seconds_to_complete(ana, titles) for titles in small[:ROUNDS]]
        bo.letterboxd(titles_of(films[-LARGE:]))
        time.sleep(5)
        beside = [seconds_to_complete(ana, titles) for titles in small[ROUNDS:]]
    yield line(f"{SMALL} films alone at 40/1", f"{statistics.median(alone):.1f} s")
    yield line(f"{SMALL} films beside {LARGE:,}", f"{statistics.median(beside):.1f} s")
    yield line("ratio (aim: at most 2)", f"{statistics.median(beside) / statistics.median(alone):.2f}")


def measure_known() -> Iterator[str]:
    films = generated_films(KNOWN)
    with own_tmdb(films) as tmdb, fresh_instance(tmdb, UNLIMITED) as instance:
        first = seconds_to_complete(Person(instance, "ana"), titles_of(films))
        second = seconds_to_complete(Person(instance, "bo"), titles_of(films))
    yield line(f"{KNOWN:,} films that nobody knows, at any rate", f"{KNOWN / first:,.0f} /s")
    yield line(f"{KNOWN:,} films that are all known, a second person", f"{KNOWN / second:,.0f} /s")


def seconds_to_complete(person: Person, titles: Sequence[Title]) -> float:
    started = time.monotonic()
    person.wait(person.letterboxd(titles))
    return time.monotonic() - started


# What is brought


def letterboxd_zip(titles: Sequence[Title]) -> bytes:
    """Without the likes: one of them TMDB does not have."""
    files = letterboxd_files(len(titles), titles=titles)
    del files["likes/films.csv"]
    return zip_bytes(files)


def prime_csv(titles: Sequence[Title]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["Date Watched", "Type", "Title", "Episode"])
    writer.writerows([date(2026, 1, 1) - timedelta(days=n), "Movie", title, ""] for n, (title, _) in enumerate(titles))
    return out.getvalue().encode()


def titles_of(films: Sequence[Film]) -> list[Title]:
    return [(one["title"], int(one["release_date"][:4])) for one in films]


def draw(tmdb: Tmdb) -> tuple[list[Title], str]:
    """Titles as a person may have seen them, and how they were drawn. Who voted for a film has seen it."""
    films = sorted(dated_films(tmdb), key=lambda one: -one["vote_count"])
    chance = random.Random(SEED)
    drawn: dict[str, Film] = {}
    for pool, share in ((films[:MOST_VOTED], WELL_KNOWN), (films[MOST_VOTED:], 1 - WELL_KNOWN)):
        weights = [one["vote_count"] + 1 for one in pool]
        wanted = len(drawn) + round(share * FILMS)
        while len(drawn) < wanted:
            one = chance.choices(pool, weights)[0]
            drawn.setdefault(one["title"].casefold(), one)
    titles = [(title, year - (chance.random() < YEAR_EARLIER)) for title, year in titles_of(list(drawn.values()))]
    chance.shuffle(titles)
    return titles, f"{WELL_KNOWN:.0%} of the {MOST_VOTED:,} most voted, the rest beyond, by their votes"


def dated_films(tmdb: Tmdb) -> list[Film]:
    with ThreadPoolExecutor(4) as pool:
        return [one for of_year in pool.map(lambda year: films_of_year(tmdb, year), YEARS) for one in of_year]


def films_of_year(tmdb: Tmdb, year: int) -> list[Film]:
    films, page, pages = [], 1, 1
    while page <= pages:
        answer = tmdb.get(f"{DISCOVER}?sort_by=popularity.desc&primary_release_year={year}&page={page}")
        films += answer["results"]
        page, pages = page + 1, answer["total_pages"]
    return films


def invented_films() -> list[Film]:
    """Those that a warm catalogue holds, and some that hardly anybody knows."""
    known = [one | {"vote_count": 20_000 - n} for n, one in enumerate(generated_films(MOST_VOTED))]
    others = (film(9_000_000 + n, f"{title} Again", year) for n, (title, year) in enumerate(titles_of(known[:FILMS])))
    return [*known, *others]


# Who is asked, and who asks


@contextmanager
def standin() -> Iterator[Tmdb]:
    port = free_port()
    command = [sys.executable, str(STANDIN), "--port", str(port), "--limit", "0", "--latency", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        tmdb = Tmdb(f"http://127.0.0.1:{port}", "the stand-in")
        wait_for(tmdb.stats, "the stand-in")
        yield tmdb
    finally:
        process.kill()
        process.wait()


@contextmanager
def own_tmdb(films: Sequence[Film], **options: Any) -> Iterator[Tmdb]:
    """A process of its own, as it would share this one's lock with what is measured here."""
    server = TmdbServer(films, **options)
    process = multiprocessing.get_context("fork").Process(target=server.serve_forever, daemon=True)
    process.start()
    server.socket.close()
    try:
        yield Tmdb(server.host_url, "the tests' own TMDB")
    finally:
        process.kill()
        process.join()


@contextmanager
def fresh_instance(tmdb: Tmdb, rate: str) -> Iterator[Instance]:
    with (
        tempfile.TemporaryDirectory() as folder,
        fresh_database(Path(folder)) as database,
        installed(Path(folder) / "var", database, tmdb.url, rate) as instance,
    ):
        yield instance


if __name__ == "__main__":
    main()
