"""What the workers of a cluster tell its supervisor, by files named after the process session that they all share:
one for each worker that is in a task, and one whose time says when a worker or a task last began or ended. Exact,
unlike a beat: a task that waits for a lock, or is none of ours, needs no care."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django_q.signals import post_execute_in_worker, post_spawn, pre_execute

LONGEST_TASK = 100.0  # seconds; django-q2 ends it at 90, and its worker soon after


def connect() -> None:
    post_spawn.connect(end)
    pre_execute.connect(begin)
    post_execute_in_worker.connect(end)


def begin(**_: Any) -> None:
    with suppress(OSError):  # a full disk is no reason not to work
        _busy(os.getsid(0), os.getpid()).touch()
        _moved(os.getsid(0)).touch()


def end(**_: Any) -> None:
    with suppress(OSError):
        forget(os.getsid(0), os.getpid())
        _moved(os.getsid(0)).touch()


def are_at_work(session_id: int) -> bool:
    now = time.time()
    return any(_lives(pid, session_id) and now - since < LONGEST_TASK for pid, since in _all_busy(session_id))


def last_move(session_id: int) -> float:
    """When one of them last came up, or began or ended a task; 0 before that."""
    return _time(_moved(session_id))


def died_at_work(session_id: int) -> list[int]:
    return [pid for pid, _ in _all_busy(session_id) if not _lives(pid, session_id)]


def forget(session_id: int, pid: int) -> None:
    _busy(session_id, pid).unlink(missing_ok=True)


def forget_all(session_id: int) -> None:
    for pid, _ in _all_busy(session_id):
        forget(session_id, pid)
    _moved(session_id).unlink(missing_ok=True)


def _all_busy(session_id: int) -> Iterator[tuple[int, float]]:
    for path in Path(settings.DATA_DIR).glob(f"busy-{session_id}-*"):
        yield int(path.name.rsplit("-", 1)[1]), _time(path)


def _lives(pid: int, session_id: int) -> bool:
    """Not so when the number is another program's by now."""
    try:
        return os.getsid(pid) == session_id
    except OSError:
        return False


def _time(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _busy(session_id: int, pid: int) -> Path:
    return Path(settings.DATA_DIR) / f"busy-{session_id}-{pid}"


def _moved(session_id: int) -> Path:
    return Path(settings.DATA_DIR) / f"moved-{session_id}"
