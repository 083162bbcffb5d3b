"""Kill what you like: the work goes on by itself, soon, and asks nothing twice but what was in flight."""

import json
import os
import signal
import sqlite3
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import requests
from django.conf import settings

from enrichment.work.engine import HANDS
from tests.exports import letterboxd_zip
from tests.instance import Instance, wait_for
from tests.tmdb_films import generated_films
from tests.tmdb_server import TmdbServer

OPEN = """
    SELECT 'lookup', id, lease_token IS NOT NULL FROM enrichment_titlelookup WHERE status = 'pending'
    UNION ALL
    SELECT 'film', tmdb_id, lease_token IS NOT NULL FROM enrichment_tmdbmovie WHERE details_status = 'pending'
"""
Row = tuple[str, int]

pytestmark = pytest.mark.slow


def start_import(instance: Instance, films: int) -> str:
    titles = [(film["title"], int(film["release_date"][:4])) for film in generated_films(films)]
    files = {"files": ("letterboxd-someone.zip", letterboxd_zip(films, titles=titles))}
    answer = requests.post(f"{instance.url}/api/upload", files=files, timeout=30)
    assert answer.status_code == 201
    return str(answer.json()["session_id"])


def standing(instance: Instance, session_id: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{instance.url}/api/session/{session_id}") as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def until_complete(instance: Instance, session_id: str, seconds: float) -> dict[str, Any]:
    wait_for(lambda: standing(instance, session_id)["status"] == "completed", "the import", seconds)
    return standing(instance, session_id)


def until_under_way(instance: Instance, session_id: str) -> None:
    wait_for(lambda: standing(instance, session_id)["enriched_count"] > 5, "a few films", 20)


def open_rows(instance: Instance) -> dict[Row, bool]:
    """Those that are not settled; is it leased?"""
    url = instance.env["DATABASE_URL"]
    if url.startswith("postgres"):
        with psycopg.connect(url) as server:
            found = server.execute(OPEN).fetchall()
    else:
        with closing(sqlite3.connect(urlsplit(url).path[1:])) as file:
            found = file.execute(OPEN).fetchall()
    return {(kind, number): bool(is_leased) for kind, number, is_leased in found}


def held(instance: Instance) -> set[Row]:
    return {row for row, is_leased in open_rows(instance).items() if is_leased}


def only_cluster(instance: Instance) -> int:
    return int(wait_for(lambda: instance.clusters(), "the cluster")[0])


def workers(cluster: int) -> list[int]:
    """The first children of the cluster's sentinel; then come its monitor and its pusher."""
    aids = 2
    found = wait_for(lambda: _grandchildren(cluster, settings.CLUSTER_WORKERS + aids), "the workers", 20)
    return list(found[: settings.CLUSTER_WORKERS])


def _grandchildren(pid: int, count: int) -> list[int] | None:
    sentinels = _children(pid)
    found = _children(sentinels[0]) if sentinels else []
    return found if len(found) == count else None


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def kill(*pids: int) -> float:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    return time.monotonic()


def seconds_until(check: Callable[[], object], what: str, since: float, limit: float) -> float:
    wait_for(check, what, limit)
    taken = time.monotonic() - since
    print(f"{what}: {taken:.1f} s")
    return taken


def test_a_cluster_that_lost_its_queue_with_an_idle_worker_is_replaced(instance: Instance) -> None:
    cluster = only_cluster(instance)
    time.sleep(1)  # all of them wait for a task, one of them with the queue's lock
    kill(*workers(cluster))
    session_id, start = start_import(instance, 30), time.monotonic()
    replaced = seconds_until(lambda: instance.clusters() not in ([cluster], []), "another cluster", start, 200)
    done = until_complete(instance, session_id, 30)
    assert done["matched_count"] == done["total_movies"] - 1  # TMDB does not have the liked film
    assert replaced < 35


def test_what_a_killed_worker_held_is_taken_up_by_others(instance: Instance, slow_tmdb: TmdbServer) -> None:
    slow_tmdb.latency = 0.5
    cluster = only_cluster(instance)
    session_id = start_import(instance, 40)
    until_under_way(instance, session_id)
    victims = workers(cluster)
    since = kill(*victims)
    theirs = held(instance)
    assert theirs
    waited = seconds_until(lambda: not theirs & open_rows(instance).keys(), "the rows of the dead", since, 200)
    done = until_complete(instance, session_id, 60)
    assert waited < 10
    assert instance.clusters() == [cluster]
    assert done["enriched_count"] == done["total_movies"]
    assert slow_tmdb.record.repeated <= HANDS * len(victims)  # what was in flight


def test_a_killed_cluster_is_replaced_and_goes_on(instance: Instance, slow_tmdb: TmdbServer) -> None:
    slow_tmdb.latency = 0.5
    cluster = only_cluster(instance)
    session_id = start_import(instance, 40)
    until_under_way(instance, session_id)
    since = kill(cluster)
    theirs = held(instance)
    waited = seconds_until(lambda: not theirs & open_rows(instance).keys(), "the rows of the dead", since, 200)
    done = until_complete(instance, session_id, 60)
    assert waited < 10
    assert instance.clusters() not in ([cluster], [])
    assert done["enriched_count"] == done["total_movies"]
    assert slow_tmdb.record.repeated <= HANDS * settings.CLUSTER_WORKERS


def test_stopping_in_the_middle_finishes_what_is_in_hand(instance: Instance, slow_tmdb: TmdbServer) -> None:
    slow_tmdb.latency = 1.0
    session_id = start_import(instance, 40)
    until_under_way(instance, session_id)
    since = time.monotonic()
    instance.stop(signal.SIGTERM)
    stopped = time.monotonic() - since
    print(f"stopped: {stopped:.1f} s")
    assert held(instance) == set()
    slow_tmdb.latency = 0.02
    instance.start()
    done = until_complete(instance, session_id, 30)
    assert done["enriched_count"] == done["total_movies"]
    assert slow_tmdb.record.repeated == 0
    assert stopped < 8
