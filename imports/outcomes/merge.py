"""TMDB made one film of two: what people have of the one becomes the other's."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import F, Q

from imports.models import ImportSession, Movie, Ranking
from imports.reconciling import marks
from imports.sources.traits import REVIEWS

from . import settle


def point_anew(old: int, new: int) -> None:
    """Films and rankings of `old` (a TMDB id) are `new`'s. Of a person's two rankings that meet, the newer
    one is kept. Locks as answers do: imports first, then their films."""
    with transaction.atomic():
        people = list(Ranking.objects.filter(tmdb_movie=old).values_list("user_id", flat=True))
        reviews = Q(source__in=REVIEWS, closed_at=None)
        has_film = Q(pk__in=Movie.objects.filter(tmdb_movie=old).values("session"))
        to_lock = ImportSession.objects.filter(has_film | (reviews & Q(user__in=people))).order_by("pk")
        locked = list(to_lock.select_for_update().values_list("pk", flat=True))
        affected = ImportSession.objects.filter(pk__in=locked)
        marks.mark(Movie.objects.filter(tmdb_movie=old))
        Movie.objects.filter(tmdb_movie=old).update(tmdb_movie=new)
        marks.mark(Movie.objects.filter(tmdb_movie=new))
        _point_rankings(old, new, people)
        marks.mark_films(people, [old, new])
        for pk in affected.filter(reviews).values_list("pk", flat=True):
            settle.sort_out(pk)
        affected.update(revision=F("revision") + 1)


def _point_rankings(old: int, new: int, people: Collection[int]) -> None:
    both = Ranking.objects.filter(user__in=people, tmdb_movie__in=[old, new])
    newest: dict[int, Ranking] = {}
    for ranking in both.order_by("pk").select_for_update():
        other = newest.get(ranking.user_id)
        if other is None:
            newest[ranking.user_id] = ranking
            continue
        newer, older = sorted([ranking, other], key=_age, reverse=True)
        older.delete()
        newest[ranking.user_id] = newer
    Ranking.objects.filter(pk__in=[ranking.pk for ranking in newest.values()]).update(tmdb_movie=new)


def _age(ranking: Ranking) -> tuple[object, ...]:
    return ranking.rated_at, ranking.changed_at or ranking.created_at
