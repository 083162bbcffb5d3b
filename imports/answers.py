"""Answers from enrichment become outcomes of films, and the counters of their imports: each film once, whoever
brings the news (a worker, the upload itself, the minute's sweep) and however often."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from enrichment import services as enrichment
from enrichment.models import DetailsStatus, LookupStatus, TitleLookup

from .models import ChosenBy, ImportSession, Movie, Outcome, SessionStatus, Source

# An outcome's counter, and what must be so for an open film to end with it.
_ENDS = {
    Outcome.MATCHED: ("matched_count", Q(tmdb_movie__details_status__in=[DetailsStatus.DONE, DetailsStatus.GONE])),
    Outcome.FAILED: (
        "failed_count",
        Q(tmdb_movie__details_status=DetailsStatus.FAILED) | Q(tmdb_movie=None, lookup__status=LookupStatus.FAILED),
    ),
    Outcome.UNSURE: ("unsure_count", Q(tmdb_movie=None, lookup__status=LookupStatus.UNSURE)),
    Outcome.UNMATCHED: ("unmatched_count", Q(tmdb_movie=None, lookup__status=LookupStatus.UNMATCHED)),
}


def apply(*, lookups: Collection[int] = (), films: Collection[int] = (), session: ImportSession | None = None) -> None:
    """Settle the open films that these lookups or films answer, or all of one import's."""
    news = Q(session=session) if session else Q(lookup__in=lookups) | Q(tmdb_movie__in=films)
    with transaction.atomic():
        open_films = Movie.objects.filter(news, settled_at=None)
        _ask_details(open_films)
        for pk in _locked(open_films):
            _settle(pk, news)


def apply_everywhere() -> None:
    """For the minute's sweep: whatever was answered while nobody looked."""
    for session in ImportSession.objects.filter(status=SessionStatus.ENRICHING).order_by("created_at"):
        apply(session=session)


def reopen(lookups: Collection[int]) -> None:
    """Take back what the machine took from these lookups; a person's choice stays."""
    news = Q(lookup__in=lookups) & ~Q(chosen_by=ChosenBy.PERSON)
    with transaction.atomic():
        for pk in _locked(Movie.objects.filter(news)):
            _reopen(pk, news)


def _ask_details(open_films: QuerySet[Movie]) -> None:
    unknown = open_films.filter(
        session__source=Source.LETTERBOXD,
        lookup__tmdb_movie__details_status__in=[DetailsStatus.NONE, DetailsStatus.PENDING],
    )
    enrichment.ask_details(dict(unknown.values_list("lookup__tmdb_movie").annotate(first=Min("turn"))))


def _locked(films: QuerySet[Movie]) -> list[UUID]:
    """The imports of these films, locked in one order. Films and counters of an import change only under this lock."""
    affected = ImportSession.objects.filter(pk__in=films.values("session")).order_by("pk")
    return list(affected.select_for_update().values_list("pk", flat=True))


def _settle(session_id: UUID, news: Q) -> None:
    films = Movie.objects.filter(news, session_id=session_id, settled_at=None)
    answer = TitleLookup.objects.filter(pk=OuterRef("lookup_id")).values("tmdb_movie_id")[:1]
    films.filter(tmdb_movie=None, lookup__status=LookupStatus.MATCHED).exclude(chosen_by=ChosenBy.PERSON).update(
        tmdb_movie_id=Subquery(answer), chosen_by=ChosenBy.MACHINE
    )
    counts = {
        counter: films.filter(condition).update(outcome=outcome, settled_at=timezone.now())
        for outcome, (counter, condition) in _ENDS.items()
    }
    if any(counts.values()):
        _count(session_id, counts, {})
        complete = ImportSession.objects.filter(
            pk=session_id, status=SessionStatus.ENRICHING, enriched_count=F("total_movies")
        )
        complete.update(status=SessionStatus.COMPLETED, closed_at=timezone.now())


def _reopen(session_id: UUID, news: Q) -> None:
    films = Movie.objects.filter(news, session_id=session_id)
    untaken = {"outcome": Outcome.OPEN, "settled_at": None, "tmdb_movie": None, "chosen_by": ChosenBy.NOBODY}
    counts = {counter: -films.filter(outcome=outcome).update(**untaken) for outcome, (counter, _) in _ENDS.items()}
    films.filter(settled_at=None, tmdb_movie__isnull=False).update(**untaken)
    if any(counts.values()):
        _count(session_id, counts, {"status": SessionStatus.ENRICHING, "closed_at": None})


def _count(session_id: UUID, counts: Mapping[str, int], also: Mapping[str, Any]) -> None:
    """Move the counters by what an UPDATE of ours changed."""
    moved = {counter: F(counter) + n for counter, n in counts.items()}
    ImportSession.objects.filter(pk=session_id).update(
        **moved, **also, enriched_count=F("enriched_count") + sum(counts.values()), revision=F("revision") + 1
    )
