"""Do the kept counters tell what the films tell? Counted anew for all imports, and put right."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from enrichment.batches import batches
from enrichment.models import DetailsStatus, TitleLookup, TmdbMovie
from imports.models import ImportSession, Kind, Movie, Outcome, SessionStatus

from . import settle

COUNTERS = {str(outcome): f"{outcome}_count" for outcome in Outcome if outcome != Outcome.OPEN}
HELD = Q(lease_token__isnull=False) | Q(leased_until__isnull=False)

Counts = dict[str, int]  # ImportSession's counters by name


@dataclass(frozen=True, slots=True)
class Drift:
    """One value that is not what the rows say."""

    session_id: UUID | None  # None: of no import
    what: str
    kept: int | str
    counted: int | str

    def __str__(self) -> str:
        return f"{self.session_id or 'all imports'}  {self.what}: kept {self.kept}, counted {self.counted}"


def drifts() -> list[Drift]:
    """What drifted, in all imports. What looks wrong is counted again under its import's lock: it may only have moved
    meanwhile."""
    return [*(drift for pk in _suspects() for drift in _check(pk)), *_held_for_nothing()]


def mend(drifted: Iterable[Drift]) -> None:
    """Put right what drifted: each import is counted anew, and takes the answers that it missed."""
    for pk in sorted({drift.session_id for drift in drifted if drift.session_id}):
        _check(pk, mends=True)
        settle.apply(session=ImportSession(pk=pk))  # without the lock: whoever settles a film locks that first
    for rows in _held().values():
        rows.update(lease_token=None, leased_until=None)


def _suspects() -> Iterator[UUID]:
    """Imports that look wrong, two queries for each batch of them."""
    unanswered = set(settle.answered().order_by().values_list("session", flat=True).distinct())
    ids = list(ImportSession.objects.order_by("pk").values_list("pk", flat=True))
    for batch in batches(ids):
        counted = _counted(batch)
        for session in ImportSession.objects.filter(pk__in=batch).order_by("pk"):
            if session.pk in unanswered or _differences(session, counted[session.pk]):
                yield session.pk


def _check(session_id: UUID, *, mends: bool = False) -> list[Drift]:
    with transaction.atomic():
        settle.lock(session_id)
        session = ImportSession.objects.filter(pk=session_id).first()
        if session is None:
            return []  # deleted just now
        counts = _counted([session_id])[session_id]
        differences = _differences(session, counts)
        if mends and differences:
            settle.put_right(session, counts)
        if missed := settle.answered().filter(session=session).count():
            differences.append(Drift(session_id, "open films with an answer", missed, 0))
        return differences


def _counted(session_ids: Sequence[UUID]) -> dict[UUID, Counts]:
    films = Movie.objects.filter(session__in=session_ids, kind=Kind.FILM).order_by()
    counted: dict[UUID, Counts] = {
        pk: dict.fromkeys(("total_movies", "enriched_count", *COUNTERS.values()), 0) for pk in session_ids
    }
    for pk, outcome, n in films.values_list("session", "outcome").annotate(n=Count("pk")):
        counted[pk]["total_movies"] += n
        if outcome in COUNTERS:
            counted[pk]["enriched_count"] += n
            counted[pk][COUNTERS[outcome]] += n
    return counted


def _differences(session: ImportSession, counts: Counts) -> list[Drift]:
    should: dict[str, int | str] = {**counts, "status": _status(session, counts)}
    kept = {name: getattr(session, name) for name in should}
    return [Drift(session.pk, name, kept[name], should[name]) for name in should if kept[name] != should[name]]


def _status(session: ImportSession, counts: Counts) -> str:
    if session.status in (SessionStatus.PROCESSING, SessionStatus.FAILED):
        return session.status  # it says nothing of the films
    is_done = counts["enriched_count"] == counts["total_movies"]
    return str(SessionStatus.COMPLETED if is_done else SessionStatus.ENRICHING)


def _held_for_nothing() -> list[Drift]:
    return [Drift(None, what, n, 0) for what, rows in _held().items() if (n := rows.count())]


def _held() -> dict[str, QuerySet[Any]]:
    """Rows that look as if a worker had them, with nothing left to do."""
    return {
        "settled lookups with a lease": TitleLookup.objects.settled().filter(HELD),
        "settled details with a lease": TmdbMovie.objects.exclude(details_status=DetailsStatus.PENDING).filter(HELD),
    }
