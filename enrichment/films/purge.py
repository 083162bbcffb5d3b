"""Removes what came from TMDB, as its terms ask for when an instance loses access. What people brought, chose and
rated stays, and so do TMDB's numbers, by which all of it can be asked for again."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from enrichment import batches
from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie, TmdbService, Upkeep, WorkRow
from enrichment.signals import purged
from enrichment.tmdb.client import empty_cache
from enrichment.tmdb.images import empty_pictures

from .references import delete_unneeded

_OURS = {"tmdb_id", "details_status", *(field.name for field in WorkRow._meta.local_fields)}
_BLANK: dict[str, Any] = {
    field.name: field.get_default() for field in TmdbMovie._meta.concrete_fields if field.name not in _OURS
}
_UNASKED = {"details_status": DetailsStatus.NONE, "attempts": 0, "error": "", "leased_until": None, "lease_token": None}


@dataclass(frozen=True)
class Purged:
    deleted: int  # films that nothing referred to
    emptied: int  # films of which the number stays
    lookups: int  # whose candidates and reasons were emptied
    answers: int  # of TMDB's, kept in this machine's cache


def purge() -> Purged:
    """Batch by batch: it may be stopped at any time, and goes on where it stopped when it is called again."""
    Upkeep.objects.all().delete()
    TmdbService.objects.update(catalogue_read_at=None)
    lookups = sum(map(_empty_lookups, _batches(TitleLookup.objects.exclude(reasons=[], candidates=[]))))
    deleted = sum(map(delete_unneeded, _batches(TmdbMovie.objects.all())))
    films = TmdbMovie.objects.exclude(title="", fetched_at=None)
    done = Purged(deleted, sum(map(_empty_films, _batches(films))), lookups, empty_cache())
    empty_pictures()
    purged.send(None)
    return done


def _batches(rows: "QuerySet[Any]") -> Iterator[list[int]]:
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[: batches.SIZE]):
        yield batch
        last = batch[-1]


def _empty_lookups(ids: list[int]) -> int:
    """What nobody asks any more is not worth asking again."""
    with suppress(IntegrityError), transaction.atomic():
        TitleLookup.objects.filter(pk__in=ids, status=LookupStatus.UNSURE, movies=None).delete()
    return TitleLookup.objects.filter(pk__in=ids).update(reasons=[], candidates=[])


def _empty_films(ids: list[int]) -> int:
    """That TMDB has a film no more is ours to know, and need not be asked again."""
    is_gone = Q(details_status=DetailsStatus.GONE)
    films = TmdbMovie.objects.filter(pk__in=ids)
    with transaction.atomic():
        return films.filter(is_gone).update(**_BLANK) + films.exclude(is_gone).update(**_BLANK, **_UNASKED)
