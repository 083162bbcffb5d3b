"""The work itself: lease a row, ask TMDB, judge, settle, announce; again until no row is free or the time is spent."""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Protocol

from django.db import transaction
from django.utils import timezone

from . import health, matching, stopping, titles
from .films import catalogue_in_use, keep_hits
from .leases import MAX_ATTEMPTS, Work, give_back, is_spent, lease_next, settle
from .models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie
from .services import ask_again
from .signals import settled
from .tmdb.errors import TMDBGone, TMDBRejected, TMDBUnavailable
from .tmdb.types import MovieDetails, SearchAnswer, SearchHit

log = logging.getLogger("reelkeeper.engine")

KEPT_CANDIDATES = 6
PAGE = 20  # hits in one answer
ROW_WAITS = 5.0  # seconds after a first failed try, doubled with each
NAP = 1.0  # seconds between two looks while TMDB is down
FAILURES_THAT_MEAN_DOWN = 2  # rows in a row that this process got no answer for


class Tmdb(Protocol):
    def search(self, title: str, year: int | None = None) -> SearchAnswer: ...
    def details(self, tmdb_id: int) -> MovieDetails: ...


@dataclass(frozen=True, slots=True)
class Run:
    done: int
    more_to_do: bool


def run(tmdb: Tmdb, budget_seconds: float) -> Run:
    """Work for at most about `budget_seconds`. Safe to repeat, at once or after a crash: what is left is in the
    table, and a lease keeps two workers apart. While TMDB is down it waits, as long as the budget allows."""
    deadline = time.monotonic() + budget_seconds
    done = failures = 0
    while time.monotonic() < deadline:
        health.beat()
        if stopping.requested():
            return Run(done, more_to_do=True)
        if pause := health.state().pause:
            time.sleep(min(pause, NAP))
            continue
        row = lease_next(done)
        if row is None:
            return Run(done, more_to_do=False)
        failures = 0 if _work(row, tmdb, failures) else failures + 1
        done += 1
    return Run(done, more_to_do=True)


def _work(row: Work, tmdb: Tmdb, failures: int) -> bool:
    """Bring one row to its end, or give it back. False when TMDB could not be asked."""
    if is_spent(row):
        _fail(row, f"gave up after {MAX_ATTEMPTS} tries: {row.error or 'the worker died each time'}")
        return True
    try:
        if isinstance(row, TitleLookup):
            _resolve(row, tmdb)
        else:
            _complete(row, tmdb)
    except TMDBUnavailable as trouble:
        _no_answer(row, trouble, failures)
        return False
    except TMDBRejected as trouble:
        _fail(row, str(trouble))
    health.answered()
    return True


def _no_answer(row: Work, trouble: TMDBUnavailable, failures: int) -> None:
    """An outage wears out no tries: one counts only if TMDB answered somebody within the last minute."""
    is_outage = trouble.reason == "key" or failures + 1 >= FAILURES_THAT_MEAN_DOWN or not health.answered_lately()
    if is_outage:
        health.down(trouble)
    counts = not is_outage and trouble.reason != "limited"
    give_back(row, str(trouble), counts=counts, wait=ROW_WAITS * 2**row.attempts if counts else 0)


def _fail(row: Work, error: str) -> None:
    with transaction.atomic():
        if isinstance(row, TitleLookup):
            if settle(
                row, status=LookupStatus.FAILED, error=error, asked_at=timezone.now(), catalogue=catalogue_in_use()
            ):
                settled.send(TitleLookup, lookups=[row.pk], films=[])
        elif settle(row, details_status=DetailsStatus.FAILED, error=error, catalogue=catalogue_in_use()):
            settled.send(TmdbMovie, lookups=[], films=[row.pk])


# The match stage


def _resolve(lookup: TitleLookup, tmdb: Tmdb) -> None:
    verdict, hits = _search(lookup, tmdb)
    kept = verdict.ranking[:KEPT_CANDIDATES]
    with transaction.atomic():
        keep_hits([hits[scored.candidate.tmdb_id] for scored in kept])
        ours = settle(
            lookup,
            status=verdict.status,
            tmdb_movie_id=verdict.tmdb_id,
            confidence=verdict.confidence,
            reasons=list(verdict.reasons),
            candidates=[{"id": scored.candidate.tmdb_id, "score": scored.score} for scored in kept],
            error="",
            asked_at=timezone.now(),
            catalogue=catalogue_in_use(),
        )
        if ours:
            settled.send(TitleLookup, lookups=[lookup.pk], films=[])


@dataclass(slots=True)
class _Seen:
    """What TMDB's answers to one lookup have shown so far."""

    hits: dict[int, SearchHit] = field(default_factory=dict)
    total: int = 0  # of the last answer

    def add(self, answer: SearchAnswer) -> None:
        self.hits |= {hit.tmdb_id: hit for hit in answer.hits}
        self.total = answer.total


def _search(lookup: TitleLookup, tmdb: Tmdb) -> tuple[matching.Verdict, dict[int, SearchHit]]:
    """Ask question after question until the verdict can't get better."""
    names = lookup.variants or [lookup.title]
    seen = _Seen()
    verdict = matching.judge(names, lookup.year, [])
    for query, year in _questions(names, lookup.year, seen):
        seen.add(tmdb.search(query, year))
        verdict = matching.judge(names, lookup.year, _candidates(seen.hits.values()))
        if matching.is_good_enough(verdict, lookup.year):
            break
    return verdict, seen.hits


def _questions(names: Sequence[str], year: int | None, seen: _Seen) -> Iterator[tuple[str, int | None]]:
    """As few as possible: with the year; without it; by the years beside it, only where the answer without a year
    was longer than the page we saw; other spellings, only where nothing was found."""
    for name in names:
        yield titles.query(name), year
    for name in names if year else ():
        query = titles.query(name)
        yield query, None
        if year and seen.total > PAGE:
            yield query, year + 1  # TMDB's year is later than Letterboxd's far more often than earlier
            yield query, year - 1
    if not seen.hits:
        for name in names:
            yield from ((spelling, None) for spelling in titles.query_variants(name)[1:])


def _candidates(hits: Iterable[SearchHit]) -> list[matching.Candidate]:
    """What the hits say to the judge, without films that TMDB has deleted since."""
    found = {hit.tmdb_id: hit for hit in hits}
    gone = TmdbMovie.objects.filter(pk__in=found, details_status=DetailsStatus.GONE).values_list("pk", flat=True)
    for tmdb_id in gone:
        del found[tmdb_id]
    return [
        matching.Candidate(
            tmdb_id=hit.tmdb_id,
            title=hit.title,
            original_title=hit.original_title,
            year=hit.release_date.year if hit.release_date else None,
            votes=hit.vote_count or 0,
            popularity=hit.popularity or 0.0,
            video=hit.video,
        )
        for hit in found.values()
    ]


# The details stage


def _complete(film: TmdbMovie, tmdb: Tmdb) -> None:
    try:
        details = tmdb.details(film.pk)
    except TMDBGone as gone:
        _bury(film, str(gone))
        return
    values = asdict(details)
    del values["tmdb_id"]  # a merged film answers under its new id; the row is the one that was asked for
    done = {"details_status": DetailsStatus.DONE, "fetched_at": timezone.now(), "catalogue": catalogue_in_use()}
    with transaction.atomic():
        if settle(film, **values, **done, error=""):
            settled.send(TmdbMovie, lookups=[], films=[film.pk])


def _bury(film: TmdbMovie, error: str) -> None:
    """TMDB deleted the film: what was matched with it is matched again, without it."""
    with transaction.atomic():
        lookups = list(TitleLookup.objects.filter(tmdb_movie=film).order_by("pk").select_for_update())
        if settle(film, details_status=DetailsStatus.GONE, error=error, catalogue=catalogue_in_use()):
            ask_again(lookups)
            settled.send(TmdbMovie, lookups=[], films=[film.pk])
