"""The supervisor with real child processes."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from enrichment.models import TitleLookup
from enrichment.running import supervisor, workers
from enrichment.running.supervisor import Child, Supervisor
from enrichment.work import leases, stopping
from tests.factories import TitleLookupFactory

ROOT = Path(__file__).resolve().parents[3]
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


def child_of(argv: list[str]) -> Child:
    child = Child("child", argv)
    child.start()
    return child


@pytest.fixture
def killed() -> int:
    """A process id that nobody has."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture(autouse=True)
def _no_worker_here() -> Iterator[None]:
    yield
    workers.forget_all(os.getsid(0))


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_dead_child_is_started_again() -> None:
    child = child_of(SLEEPER)
    assert child.process is not None
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    child.process.wait()
    child.look()  # notices, and waits a little
    child.restart_at = 0.0
    child.look()
    assert child.process is not None
    assert child.process.pid != first
    assert child.is_alive
    child.kill_group()


def test_a_child_that_dies_at_once_is_started_ever_more_slowly() -> None:
    child = child_of([sys.executable, "-c", ""])
    pauses = []
    for _ in range(3):
        assert child.process is not None
        child.process.wait()
        now = time.monotonic()
        child.look()
        pauses.append(child.restart_at - now)
        child.restart_at = 0.0
        child.look()
    assert pauses == sorted(pauses)
    assert pauses[2] > 1.5 * pauses[0]
    child.kill_group()


def test_what_a_dead_child_leaves_behind_is_killed() -> None:
    parent = (
        "import subprocess, time; p = subprocess.Popen(['sleep', '600']); print(p.pid, flush=True); time.sleep(600)"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    orphan = int(process.stdout.readline())
    child = Child("child", SLEEPER)
    child.process = process
    os.kill(process.pid, signal.SIGKILL)
    child.kill_group()
    deadline = time.monotonic() + 5
    while not gone(orphan) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert gone(orphan)


def test_a_wedged_child_is_killed() -> None:
    child = Child("child", SLEEPER, is_wedged=lambda pid: True)
    child.start()
    Supervisor([child])._watch()
    assert not child.is_alive


@pytest.mark.database
def test_a_supervisor_that_is_killed_takes_its_children_along(tmp_path: Path) -> None:
    code = (
        "import django, sys, time; django.setup()\n"
        "from enrichment.running.supervisor import Child\n"
        f"child = Child('child', {SLEEPER!r}); child.start(); print(child.process.pid, flush=True); time.sleep(600)"
    )
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": str(tmp_path)}
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=env, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 5
    while not gone(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert gone(pid)


def test_a_worker_hears_that_its_cluster_stops() -> None:
    assert not stopping.requested()
    stopping.request(os.getsid(0))
    try:
        assert stopping.requested()
    finally:
        stopping.flag(os.getsid(0)).unlink()


@pytest.mark.django_db
def test_what_a_dead_cluster_held_is_free_at_once_and_its_try_counted() -> None:
    TitleLookupFactory()
    assert leases.lease_next(0) is not None
    leases.free_all_of(os.getsid(0) + 1)  # another cluster's
    assert leases.lease_next(0) is None
    leases.free_all_of(os.getsid(0))
    lookup = TitleLookup.objects.get()
    assert (lookup.lease_token, lookup.attempts) == (None, 1)
    assert leases.lease_next(0) is not None


@pytest.mark.django_db
def test_what_a_worker_held_that_was_killed_is_taken_up_at_once(killed: int) -> None:
    lookup = TitleLookupFactory()
    assert leases.lease_next(0) is not None  # by this process, which lives
    theirs = TitleLookupFactory(attempts=1, leased_until=timezone.now() + leases.LEASE)
    token = leases._token(os.getsid(0), killed << 32 | 7)
    TitleLookup.objects.filter(pk=theirs.pk).update(lease_token=token)
    workers._busy(os.getsid(0), killed).touch()
    workers.begin()
    supervisor._take_over_from_the_dead(os.getsid(0))
    lookup.refresh_from_db()
    theirs.refresh_from_db()
    assert lookup.lease_token is not None
    assert (theirs.lease_token, theirs.leased_until, theirs.attempts) == (None, None, 1)
    assert workers.died_at_work(os.getsid(0)) == []
    assert workers.are_at_work(os.getsid(0))


def test_stopping_is_gentle_first() -> None:
    polite = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *a: sys.exit(0)); time.sleep(600)"
    child = Child("child", [sys.executable, "-c", polite])
    child.start()
    assert child.process is not None
    time.sleep(0.5)
    runner = Supervisor([child])
    threading.Thread(target=runner._stop).start()
    assert child.process.wait(timeout=10) == 0


def test_a_flag_left_by_a_process_of_the_same_number_stops_nobody(killed: int) -> None:
    numbers = range(killed + 1, killed + 200)
    for number in numbers:
        stopping.request(number)
    child = child_of(SLEEPER)
    assert child.process is not None
    assert child.process.pid in numbers
    assert not stopping.flag(child.process.pid).exists()
    child.kill_group()
    for number in numbers:
        stopping.flag(number).unlink(missing_ok=True)
