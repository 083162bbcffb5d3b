"""Runs the web server and the cluster as processes of their own, restarts what dies or is wedged, and leaves
nothing behind. Why signals go to main processes only, and why a watchdog: docs/adr/0002."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.db import DatabaseError, connection

from enrichment import queries, queue
from enrichment.work import leases, stopping

from . import workers
from .watchdog import Verdict, Watchdog

log = logging.getLogger("reelkeeper.supervisor")

LOOK_EVERY = 0.5  # seconds
WATCH_EVERY = 2.0
STOP_WITHIN = 30.0
RESTART_PAUSES = (0.5, 1, 2, 5, 10)
STEADY_AFTER = 30.0  # a child that lived so long starts anew at the shortest pause
PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Child:
    """One supervised program, in a session (so a process group) of its own."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)  # beside ours
    before_start: Callable[[], None] = lambda: None
    after_start: Callable[[int], None] = lambda pid: None
    after_end: Callable[[int], None] = lambda pid: None
    is_wedged: Callable[[int], bool] = lambda pid: False
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    deaths: int = 0
    restart_at: float = 0.0

    def start(self) -> None:
        self.before_start()
        # not a shell, and nothing in argv comes from outside
        self.process = subprocess.Popen(  # noqa: S603
            self.argv,
            cwd=settings.BASE_DIR,
            env=os.environ | self.environment,  # noqa: TID251  (handed on, not read)
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        self.started = time.monotonic()
        # in a container numbers come again, and one that was killed while it stopped left its flag
        stopping.flag(self.process.pid).unlink(missing_ok=True)
        self.after_start(self.process.pid)

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Its main process only: a cluster that is signalled as a group hangs."""
        if self.process is not None and self.is_alive:
            with suppress(OSError):  # a full disk: then its workers end with their slice
                stopping.request(self.process.pid)
            self.process.terminate()

    def kill_group(self) -> None:
        """What is left of it: a killed cluster leaves workers that would go on by themselves."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        stopping.flag(self.process.pid).unlink(missing_ok=True)
        self.after_end(self.process.pid)

    def look(self) -> None:
        """Restart it when it is dead, after a pause that grows with each early death."""
        now = time.monotonic()
        if self.is_alive:
            return
        if self.process is not None:
            self.deaths = 0 if now - self.started > STEADY_AFTER else self.deaths
            pause = RESTART_PAUSES[min(self.deaths, len(RESTART_PAUSES) - 1)]
            log.warning("%s ended (%s): starting it again in %s s", self.name, self.process.returncode, pause)
            self.kill_group()
            self.process, self.deaths, self.restart_at = None, self.deaths + 1, now + pause
        elif now >= self.restart_at:
            self.start()


class Supervisor:
    def __init__(self, children: Sequence[Child]) -> None:
        self.children, self.stop_signal = children, 0

    def run(self) -> None:
        """Until SIGINT or SIGTERM; then stop all, gently first."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        watched = time.monotonic()
        try:
            while not self.stop_signal:
                for child in self.children:
                    child.look()
                if time.monotonic() - watched > WATCH_EVERY:
                    watched = time.monotonic()
                    self._watch()
                time.sleep(LOOK_EVERY)
        finally:
            self._stop()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stop_signal = number

    def _watch(self) -> None:
        for child in self.children:
            if child.process is not None and child.is_wedged(child.process.pid):
                log.warning("%s is stuck: starting it again", child.name)
                child.kill_group()

    def _stop(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_WITHIN
        while time.monotonic() < deadline and any(child.is_alive for child in self.children):
            time.sleep(0.1)
        for child in self.children:
            child.kill_group()


# of the C library, which reads them as a process starts: threads share two heaps, and what is free goes back
GIVES_BACK = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "1048576"}


def web(host: str, port: int) -> Child:
    """Everything else about it stands in gunicorn.conf.py."""
    return Child("web", [sys.executable, "-m", "gunicorn", "--bind", f"{host}:{port}"], GIVES_BACK)


def cluster() -> Child:
    argv = [sys.executable, "manage.py", "qcluster"]
    return Child("cluster", argv, {}, _wake, _note, _free, partial(_is_wedged, Watchdog()))


def _wake() -> None:
    """What the cluster before it left is taken up at once, not at the next sweep."""
    with _database():
        if queries.open_work():
            queue.wake()


def _note(pid: int) -> None:
    """For the next start, should this supervisor be killed with its cluster."""
    with suppress(OSError):  # a full disk: then its rows wait for their leases' end
        _mark(pid).touch()


def _free(pid: int) -> None:
    """What its workers held is free again at once."""
    with _database():
        leases.free_all_of(pid)
        workers.forget_all(pid)
        _mark(pid).unlink(missing_ok=True)


def free_what_the_dead_hold() -> None:
    """At the start: the rows of clusters that died together with their supervisor."""
    for mark in Path(settings.DATA_DIR).glob("cluster-*"):
        pid = int(mark.name.removeprefix("cluster-"))
        try:
            os.killpg(pid, 0)
        except ProcessLookupError:
            _free(pid)
        except PermissionError:
            mark.unlink()  # the number is another program's by now


def _mark(pid: int) -> Path:
    return Path(settings.DATA_DIR) / f"cluster-{pid}"


def _is_wedged(watchdog: Watchdog, pid: int) -> bool:
    with _database():
        _take_over_from_the_dead(pid)
        return watchdog.look(pid, time.monotonic()) is Verdict.WEDGED
    return False


def _take_over_from_the_dead(session_id: int) -> None:
    """Free what single workers held when they were killed, and have others take it up: their task is lost, too."""
    for pid in workers.died_at_work(session_id):
        leases.free_all_of_worker(session_id, pid)
        queue.wake()
        workers.forget(session_id, pid)


@contextmanager
def _database() -> Iterator[None]:
    """A look into the database that goes without when it is away: the supervisor itself must not die of it."""
    try:
        yield
    except DatabaseError as exc:
        log.warning("the database does not answer (%s)", type(exc).__name__)
    finally:
        connection.close()


def _die_with_parent() -> None:
    """On Linux the kernel stops the child when the supervisor itself is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
