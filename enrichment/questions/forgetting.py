"""Questions that nobody asks any more. What was typed by a person goes with them: an answer stays for whoever asks
next only where the question is no more than the film's own name."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from enrichment import titles
from enrichment.batches import batches
from enrichment.models import DetailsStatus, TitleLookup, TmdbMovie


def forget_unneeded(lookup_ids: Collection[int]) -> int:
    """Let go of those of these questions that no film of any import asks, and of details that only they asked for.
    One that another import asks for at this very moment stays, and so may its whole batch until the next clean-up.
    Returns how many questions went."""
    ids = sorted(lookup_ids)
    return sum(map(_forget, batches(ids)))


def left_over(before: datetime) -> list[int]:
    """The questions that forget_unneeded would let go of, of those put before then: an upload puts its questions a
    moment before it stores its films."""
    return list(_personal(TitleLookup.objects.filter(created_at__lt=before)))


def _forget(ids: list[int]) -> int:
    asked_by_films = TitleLookup.objects.filter(tmdb_movie=OuterRef("pk"), movies__isnull=False)
    unneeded = TmdbMovie.objects.waiting().filter(~Exists(asked_by_films), lookups__in=ids, movies=None)
    unneeded.update(details_status=DetailsStatus.NONE, lease_token=None, leased_until=None)
    with suppress(IntegrityError), transaction.atomic():
        personal = list(_personal(TitleLookup.objects.filter(pk__in=ids)))
        return TitleLookup.objects.filter(pk__in=personal, movies=None).delete()[0]
    return 0


def _personal(lookups: QuerySet[TitleLookup]) -> Iterator[int]:
    fields = ("pk", "title_key", "variants", "tmdb_movie__title_key", "tmdb_movie__original_key")
    for pk, key, variants, *names in lookups.filter(movies=None).values_list(*fields).iterator():
        if not {key, *map(titles.key, variants)} <= set(names):
            yield pk
