"""Many who ask for the same statistics at once, and one who computes them."""

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from imports.models import ImportSession, SessionStatus
from imports.sharing.links import make_link
from imports.statistics import together
from imports.statistics.films import Film, films_of_session
from tests.factories import ImportSessionFactory, MovieFactory, ViewingFactory

STRANGERS = 8


def at_once(ask: Callable[[], Any]) -> list[Any]:
    """What each of them gets."""
    barrier = Barrier(STRANGERS)

    def asked(_: int) -> Any:
        barrier.wait(30)
        try:
            return ask()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(STRANGERS) as pool:
        return list(pool.map(asked, range(STRANGERS)))


@pytest.fixture
def session(transactional_db: None) -> ImportSession:
    session: ImportSession = ImportSessionFactory(status=SessionStatus.COMPLETED, link_readable=True)
    ViewingFactory(movie=MovieFactory(session=session, matched=True), watched_on="2024-05-01")
    return session


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[ImportSession]:
    """Each time that an import's films were read; reading takes long enough for all to have asked meanwhile."""
    read: list[ImportSession] = []

    def slowly(of: ImportSession) -> list[Film]:
        read.append(of)
        time.sleep(1)
        return films_of_session(of)

    monkeypatch.setattr("imports.statistics.kept.films_of_session", slowly)
    return read


@pytest.mark.slow
def test_eight_strangers_with_a_share_link_compute_once(session: ImportSession, reads: list[ImportSession]) -> None:
    _, token = make_link(session, name="", shows={}, expires_at=None)
    answers = at_once(lambda: Client().get(f"/s/{token}/stats/"))
    assert {answer.status_code for answer in answers} == {200}
    assert len(reads) == 1


@pytest.mark.slow
def test_eight_readers_of_one_filter_compute_it_once(session: ImportSession, reads: list[ImportSession]) -> None:
    answers = at_once(lambda: Client().get(f"/api/session/{session.pk}/analytics?year=2024"))
    assert [answer.json()["movies"]["total"] for answer in answers] == [1] * STRANGERS
    assert len(reads) == 1


def test_a_failure_is_everyones_and_is_not_kept() -> None:
    asked = []

    def fails() -> Any:
        asked.append("once")
        raise LookupError("no films")

    for n in (1, 2):
        with pytest.raises(LookupError):
            together.computed_once("key", fails)
        assert len(asked) == n


def test_another_process_waits_until_this_one_is_done(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    together._lock_file.cache_clear()
    program = (
        "import sys; from pathlib import Path; from types import SimpleNamespace\n"
        "from imports.statistics import together\n"
        f"together.settings = SimpleNamespace(DATA_DIR=Path({str(tmp_path)!r}))\n"
        "print('waits', flush=True)\n"
        "with together.one_process_at_a_time(sys.argv[1]): print('has it', flush=True)\n"
    )

    def start(name: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen([sys.executable, "-c", program, name], stdout=subprocess.PIPE, text=True)
        assert process.stdout and process.stdout.readline() == "waits\n"
        return process

    def rest(process: "subprocess.Popen[str]") -> str:
        process.wait(30)
        assert process.stdout
        with process.stdout:
            return process.stdout.read()

    with together.one_process_at_a_time("a"):
        other, same = start("b"), start("a")
        assert rest(other) == "has it\n"  # of another thing
        with pytest.raises(subprocess.TimeoutExpired):
            same.wait(0.5)
    assert rest(same) == "has it\n"
    together._lock_file.cache_clear()
