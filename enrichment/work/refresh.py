"""What TMDB told is asked for again before it is too old to be kept: TMDB's terms allow six months."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from enrichment import bulk, queue
from enrichment.films.references import candidates_in_use, delete_unneeded, is_referred_to
from enrichment.models import (
    Catalogue,
    DetailsStatus,
    LookupStatus,
    TitleLookup,
    TmdbMovie,
    TmdbService,
    Upkeep,
    UpkeepKind,
)
from enrichment.questions import asking
from enrichment.tmdb.types import Tmdb

from . import details_stage

BATCH = 5_000  # films planned at a time, oldest first
TERMS = timedelta(days=180)
FIRST_BY_PAGES = timedelta(days=14)  # reading the catalogue's pages anew refreshes twenty films by one request

_ANSWERED = Q(details_status__in=[DetailsStatus.DONE, DetailsStatus.FAILED])
_PURGED = Q(details_status__in=[DetailsStatus.NONE, DetailsStatus.FAILED], title="", fetched_at=None)


def plan() -> int:
    """Have the oldest records refreshed, and forget the films that were only ever on a list and that nobody needs.
    Safe to repeat: what is planned already is planned once."""
    age = timedelta(days=settings.TMDB.refresh_days)
    planned = _put(_oldest(_ANSWERED & Q(fetched_at__lt=timezone.now() - age)))
    planned += _put(_forget_unneeded(timezone.now() - min(age + FIRST_BY_PAGES, TERMS)))
    return planned + refill()


def refill() -> int:
    """What a purge emptied is asked for anew, once there is somebody to ask."""
    if not settings.TMDB.is_sample:
        asking.ask_again(TitleLookup.objects.filter(status=LookupStatus.UNSURE, candidates=[]))
    return _put(_askable().filter(_PURGED & is_referred_to()).values_list("pk", flat=True))


def ask_again(film_ids: Collection[int]) -> int:
    """Failed details are fetched after all, and what is known already is brought up to date in its turn."""
    failed = asking.ask_details_again(film_ids)
    ended = [DetailsStatus.PENDING, DetailsStatus.GONE]
    known = _askable().filter(pk__in=film_ids).exclude(details_status__in=ended)
    return failed + _put(known.values_list("pk", flat=True))


def film(tmdb_id: int, tmdb: Tmdb) -> None:
    """Bring one record up to date. What waits in the details stage is fetched there, and what is gone stays so."""
    is_known = ~Q(details_status__in=[DetailsStatus.PENDING, DetailsStatus.GONE])
    row = TmdbMovie.objects.filter(is_known, pk=tmdb_id).first()
    if row is not None:
        details_stage.complete(row, tmdb)


def _forget_unneeded(limit: datetime) -> set[int]:
    """Forget the films known only from a list since before `limit` that nobody needs. Returns those that are needed."""
    is_old = Q(fetched_at__lt=limit)
    delete_unneeded(_oldest(Q(details_status=DetailsStatus.GONE) & is_old & ~is_referred_to()))
    from_lists = set(_oldest(Q(details_status=DetailsStatus.NONE) & is_old))
    if not from_lists:
        return set()
    needed = set(TmdbMovie.objects.filter(is_referred_to(), pk__in=from_lists).values_list("pk", flat=True))
    needed |= from_lists & candidates_in_use()
    delete_unneeded(from_lists - needed)
    # the catalogue, if it was not read anew since, is not whole any more
    TmdbService.objects.filter(catalogue_read_at__lt=limit).update(catalogue_read_at=None)
    return needed


def _oldest(which: Q) -> list[int]:
    return list(_askable().filter(which).order_by("fetched_at", "pk").values_list("pk", flat=True)[:BATCH])


def _askable() -> QuerySet[TmdbMovie]:
    """The films that can be asked for: without a key, the sample's alone."""
    films = TmdbMovie.objects.all()
    return films.filter(catalogue=Catalogue.SAMPLE) if settings.TMDB.is_sample else films


def _put(film_ids: Collection[int]) -> int:
    count = len(film_ids)
    if count:
        columns: dict[str, Sequence[Any]] = {"kind": [UpkeepKind.FILM] * count, "number": sorted(film_ids)}
        bulk.insert(Upkeep, columns, ignore_conflicts=True)
        queue.wake()
    return count
