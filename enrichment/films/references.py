"""Which of the films known here does anybody still need?"""

from collections.abc import Collection
from contextlib import suppress

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from enrichment.batches import SIZE, batches
from enrichment.models import LookupStatus, TitleLookup, TmdbMovie


def is_referred_to() -> Q:
    """The condition that a film is referred to by a row of any table, whichever app it is of."""
    condition = Q()
    for relation in TmdbMovie._meta.related_objects:
        rows = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
        condition |= Q(Exists(rows))
    return condition


def candidates_in_use() -> set[int]:
    """The films that a person may still have to choose from."""
    asked = TitleLookup.objects.filter(status=LookupStatus.UNSURE, movies__isnull=False).distinct()
    lists = asked.values_list("candidates", flat=True).order_by().iterator(chunk_size=SIZE)
    return {candidate["id"] for candidates in lists for candidate in candidates}


def lookups_of(tmdb_id: int) -> QuerySet[TitleLookup]:
    """The lookups that this film answers, or may answer. Read as text: the same on SQLite and PostgreSQL."""
    may_answer = Q(status=LookupStatus.UNSURE, listed__contains=f'"id": {tmdb_id},')
    lookups = TitleLookup.objects.alias(listed=Cast("candidates", TextField()))
    return lookups.filter(may_answer | Q(tmdb_movie=tmdb_id)).order_by("pk")


def delete_unneeded(film_ids: Collection[int]) -> int:
    """Delete those of these films that no row refers to. One that is taken up at this very moment stays, and with it
    its batch: a film too many harms nobody."""
    ids, deleted = sorted(film_ids), 0
    for batch in batches(ids):
        with suppress(IntegrityError), transaction.atomic():
            deleted += TmdbMovie.objects.filter(~is_referred_to(), pk__in=batch).delete()[0]
    return deleted
