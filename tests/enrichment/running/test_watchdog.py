"""When a cluster counts as wedged: it must be certain, for a false alarm stops what is being asked."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from enrichment.running import workers
from enrichment.running.watchdog import WEDGED_AFTER, Sight, Verdict, Watchdog, judge
from tests.factories import TitleLookupFactory

HERE = os.getsid(0)
LONG = WEDGED_AFTER + 1
LATE = timedelta(seconds=10)


@pytest.fixture(autouse=True)
def _no_worker_here() -> Iterator[None]:
    yield
    workers.forget_all(HERE)


@pytest.mark.parametrize(
    ("sight", "quiet_for", "verdict"),
    [
        (Sight(), LONG, Verdict.HEALTHY),
        (Sight(is_moving=True, entry_is_late=True, work_waits=True), LONG, Verdict.HEALTHY),
        (Sight(work_waits=True), 0, Verdict.WAKE),
        (Sight(work_waits=True), LONG, Verdict.WAKE),
        (Sight(entry_is_late=True), LONG - 2, Verdict.WAITING),
        (Sight(entry_is_late=True), LONG, Verdict.WEDGED),
        (Sight(entry_is_late=True, is_starting=True), LONG, Verdict.WAITING),
        (Sight(entry_is_late=True, is_starting=True), 61, Verdict.WEDGED),
    ],
    ids=[
        "nothing waits",
        "a worker is at work",
        "work waits and nobody was told",
        "another machine may be at it",
        "not long enough to tell",
        "it takes nothing",
        "it is still starting",
        "it never got up",
    ],
)
def test_the_rule(sight: Sight, quiet_for: float, verdict: Verdict) -> None:
    assert judge(sight, quiet_for) is verdict


def entry(age: timedelta = LATE) -> None:
    OrmQ.objects.create(key="reelkeeper", payload="x", lock=timezone.now() - age)


def up_and_idle() -> Watchdog:
    """A cluster whose workers are up; its watchdog has seen that."""
    workers.end()
    watchdog = Watchdog()
    watchdog.look(HERE, 0)
    return watchdog


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_nobody_takes_is_the_proof() -> None:
    watchdog = up_and_idle()
    entry()
    assert watchdog.look(HERE, 100) is Verdict.WAITING
    assert watchdog.look(HERE, 100 + LONG) is Verdict.WEDGED
    assert watchdog.look(HERE + 1, 100 + LONG) is Verdict.HEALTHY  # the next cluster begins anew


@pytest.mark.django_db(transaction=True)
def test_work_without_an_entry_gets_one_and_that_is_the_proof() -> None:
    TitleLookupFactory()
    entry(-timedelta(seconds=290))  # a dead worker holds it
    watchdog = up_and_idle()
    assert watchdog.look(HERE, 100) is Verdict.WAKE
    assert OrmQ.objects.count() == 3
    OrmQ.objects.filter(lock__lte=timezone.now()).update(lock=timezone.now() - LATE)
    assert watchdog.look(HERE, 100 + LONG) is Verdict.WEDGED


@pytest.mark.django_db(transaction=True)
def test_an_idle_cluster_beside_a_busy_one_is_healthy() -> None:
    """The other machine takes each entry, this one has nothing to do however long that goes on."""
    TitleLookupFactory()
    watchdog = up_and_idle()
    for now in range(0, 100, 5):
        assert watchdog.look(HERE, now) is Verdict.WAKE
        OrmQ.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_a_cluster_that_took_a_task_meanwhile_is_healthy() -> None:
    watchdog = up_and_idle()
    entry()
    watchdog.look(HERE, 100)
    time.sleep(0.02)  # coarse file times
    workers.begin()
    workers.end()
    assert watchdog.look(HERE, 100 + LONG) is Verdict.HEALTHY
    assert watchdog.look(HERE, 100 + LONG) is Verdict.WAITING


@pytest.mark.django_db(transaction=True)
def test_workers_that_are_busy_for_long_are_healthy() -> None:
    watchdog = up_and_idle()
    entry()
    workers.begin()
    for now in (100, 130, 160):
        assert watchdog.look(HERE, now) is Verdict.HEALTHY


@pytest.mark.django_db(transaction=True)
def test_work_that_is_not_due_yet_wakes_nobody() -> None:
    TitleLookupFactory(next_attempt_at=timezone.now() + LATE)
    TitleLookupFactory(leased_until=timezone.now() + LATE)
    assert up_and_idle().look(HERE, 100) is Verdict.HEALTHY


def test_a_dead_worker_is_not_at_work() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    workers._busy(HERE, process.pid).touch()
    assert not workers.are_at_work(HERE)
    assert workers.died_at_work(HERE) == [process.pid]
    workers.begin()
    assert workers.are_at_work(HERE)
    workers.end()
    assert not workers.are_at_work(HERE)


def test_a_task_that_should_have_ended_long_ago_counts_no_more() -> None:
    workers.begin()
    long_ago = time.time() - workers.LONGEST_TASK - 1
    os.utime(workers._busy(HERE, os.getpid()), (long_ago, long_ago))
    assert not workers.are_at_work(HERE)
