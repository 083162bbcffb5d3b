"""One computation for all who wait for the same statistics, however many ask at once."""

from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_UN, lockf
from functools import cache
from pathlib import Path
from threading import Lock
from typing import IO, Any
from zlib import crc32

from django.conf import settings

from .shape import Statistics

_guard = Lock()
_running: dict[Hashable, "Future[Statistics]"] = {}


def computed_once(key: Hashable, compute: Callable[[], Statistics]) -> Statistics:
    """Threads of this process that ask for the same while it is computed take what the first of them gets, be it an
    exception. Nobody may change it. Who comes later computes anew."""
    with _guard:
        others = _running.get(key)
        if others is None:
            own = _running[key] = Future()
    if others is not None:
        return others.result()
    try:
        own.set_result(compute())
    except BaseException as exc:
        own.set_exception(exc)
    finally:
        with _guard:
            del _running[key]
    return own.result()


@contextmanager
def one_process_at_a_time(name: str) -> Iterator[None]:
    """Let one process of this machine in at a time. No lock of the database does that: SQLite has only one, for all who
    write. What ends the process lets go of it. Where no lock can be had (the disk is full), nobody waits."""
    place = crc32(name.encode())
    try:
        lockf(_lock_file(), LOCK_EX, 1, place)
    except OSError:
        yield
        return
    try:
        yield
    finally:
        lockf(_lock_file(), LOCK_UN, 1, place)


@cache
def _lock_file() -> IO[Any]:
    """One for the life of the process: to close any lets go of all its locks."""
    return (Path(settings.DATA_DIR) / "statistics.lock").open("ab")
