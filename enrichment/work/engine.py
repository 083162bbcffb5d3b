"""The loop: lease a row, bring it to its end, again until no row is free or the time is spent. Several hands share a
process, so that TMDB's latency does not cap how much is asked."""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Lock

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from enrichment.films.records import catalogue_in_use
from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie, Upkeep
from enrichment.signals import settled
from enrichment.tmdb import health
from enrichment.tmdb.errors import TMDBRejected, TMDBUnavailable
from enrichment.tmdb.types import Tmdb

from . import details_stage, match_stage, stopping, upkeep
from .leases import MAX_ATTEMPTS, Work, give_back, is_spent, lease_next, settle

log = logging.getLogger("reelkeeper.engine")

HANDS = 4  # requests in flight in one process, each on its connection
ROW_WAITS = 5.0  # seconds after a first failed try, doubled with each
NAP = 1.0  # seconds between two looks while TMDB or the database is away
LOOK_AGAIN = 0.1  # seconds, while another hand's answer may open new work
FAILURES_THAT_MEAN_DOWN = 2  # rows in a row that this hand got no answer for
PROBE = "love"  # a word that films have in their titles
DATABASE_AWAY = (OperationalError, InterfaceError)


@dataclass(frozen=True, slots=True)
class Run:
    done: int
    more_to_do: bool


class Crew:
    """The hands of one process."""

    def __init__(self) -> None:
        self._lock, self._at_work, self.is_dismissed = Lock(), 0, False

    @contextmanager
    def at_work(self) -> Iterator[None]:
        with self._lock:
            self._at_work += 1
        try:
            yield
        finally:
            with self._lock:
                self._at_work -= 1

    @property
    def is_idle(self) -> bool:
        return not self._at_work


def run_together(tmdb: Tmdb, budget_seconds: float, hands: int = HANDS) -> Run:
    """`run` by several hands at once, each with a database connection of its own."""
    crew = Crew()
    with ThreadPoolExecutor(hands, thread_name_prefix="hand") as pool:
        runs = [pool.submit(_hand, tmdb, budget_seconds, crew) for _ in range(hands)]
        try:
            wait(runs)
        finally:
            crew.is_dismissed = True  # the task's time-out may come while hands are still at work
    results = [run.result() for run in runs]
    return Run(sum(result.done for result in results), any(result.more_to_do for result in results))


def run(tmdb: Tmdb, budget_seconds: float, crew: Crew | None = None) -> Run:
    """Work for at most about `budget_seconds`. Safe to repeat, at once or after a crash: what is left is in the
    table, and a lease keeps two workers apart. While TMDB is down it waits, as long as the budget allows."""
    crew = crew or Crew()
    deadline = time.monotonic() + budget_seconds
    done = failures = 0
    while time.monotonic() < deadline and not crew.is_dismissed:
        if stopping.requested():
            break
        if pause := health.state().pause:
            time.sleep(min(pause, NAP))
            continue
        with crew.at_work():
            row = lease_next(done)
            if row is not None:
                failures = 0 if _work(row, tmdb, failures) else failures + 1
                done += 1
        if row is None:
            if crew.is_idle:
                return Run(done, more_to_do=False)
            time.sleep(LOOK_AGAIN)
    return Run(done, more_to_do=True)


def _hand(tmdb: Tmdb, budget_seconds: float, crew: Crew) -> Run:
    """A thread's run. When the database goes away it comes back to it, until the time is spent."""
    deadline, done = time.monotonic() + budget_seconds, 0
    try:
        while (left := deadline - time.monotonic()) > 0:
            try:
                result = run(tmdb, left, crew)
            except DATABASE_AWAY as exc:
                log.warning("the database went away (%s)", type(exc).__name__)
                connection.close()
                time.sleep(min(left, NAP))
            else:
                return Run(done + result.done, result.more_to_do)
        return Run(done, more_to_do=True)
    finally:
        connection.close()


def _work(row: Work, tmdb: Tmdb, failures: int) -> bool:
    """Bring one row to its end, or give it back. False when TMDB could not be asked."""
    try:
        return _try(row, tmdb, failures)
    except DATABASE_AWAY:
        connection.close()
        with suppress(DatabaseError):  # else it is free when its lease ends
            give_back(row, row.error, counts=False, wait=0)
        raise
    except Exception as exc:  # whatever is wrong with one row costs that row, and no other
        log.warning("%s %s is tried again (%s)", type(row).__name__, row.pk, type(exc).__name__)
        give_back(row, f"it could not be kept ({type(exc).__name__})", counts=True, wait=ROW_WAITS * 2**row.attempts)
        return True


def _try(row: Work, tmdb: Tmdb, failures: int) -> bool:
    if is_spent(row):
        _fail(row, f"gave up after {MAX_ATTEMPTS} tries: {row.error or 'the worker died each time'}")
        return True
    try:
        if isinstance(row, TitleLookup):
            if not match_stage.resolve(row, tmdb):
                return True  # TMDB was not asked
        elif isinstance(row, TmdbMovie):
            details_stage.complete(row, tmdb)
        else:
            upkeep.do(row, tmdb)
    except TMDBUnavailable as trouble:
        if trouble.reason == "busy":
            give_back(row, row.error, counts=False, wait=0)
            return True
        _no_answer(row, tmdb, trouble, failures)
        return False
    except TMDBRejected as trouble:
        _fail(row, str(trouble))
    health.answered()
    return True


def _no_answer(row: Work, tmdb: Tmdb, trouble: TMDBUnavailable, failures: int) -> None:
    """An outage wears out no tries. Whether it is one, or this row's own trouble, another question of the same kind
    tells, unless TMDB answered somebody just now."""
    is_suspect = failures + 1 >= FAILURES_THAT_MEAN_DOWN or not health.answered_lately()
    is_outage = trouble.reason == "key" or (is_suspect and not _answers(row, tmdb, trouble))
    if is_outage:
        health.down(trouble)
    counts = not is_outage and trouble.reason != "limited"
    give_back(row, str(trouble), counts=counts, wait=ROW_WAITS * 2**row.attempts if counts else 0)


def _answers(row: Work, tmdb: Tmdb, trouble: TMDBUnavailable) -> bool:
    """Does TMDB answer something else?"""
    if trouble.reason == "limited":
        return False
    try:
        if isinstance(row, TitleLookup):
            tmdb.search(PROBE, fresh=True)
        elif known := TmdbMovie.objects.filter(details_status=DetailsStatus.DONE).exclude(pk=row.pk).first():
            tmdb.details(known.pk)
        else:
            tmdb.most_voted(1)
    except TMDBRejected:
        pass  # that is an answer
    except TMDBUnavailable:
        return False
    health.answered()
    return True


def _fail(row: Work, error: str) -> None:
    if isinstance(row, Upkeep):
        upkeep.drop(row, error)
        return
    with transaction.atomic():
        if isinstance(row, TitleLookup):
            if settle(
                row, status=LookupStatus.FAILED, error=error, asked_at=timezone.now(), catalogue=catalogue_in_use()
            ):
                settled.send(TitleLookup, lookups=[row.pk], films=[])
        elif settle(row, details_status=DetailsStatus.FAILED, error=error, catalogue=catalogue_in_use()):
            settled.send(TmdbMovie, lookups=[], films=[row.pk])
