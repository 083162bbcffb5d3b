"""TMDB made one film of two: what people have of the one becomes the other's."""

import json
from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from imports.models import HandViewing, ImportSession, LibraryDecision, Movie, Ranking
from imports.reconciling import marks
from imports.reconciling.evidence import ref_of_ranking
from imports.sources.traits import REVIEWS

from . import settle


def point_anew(old: int, new: int) -> None:
    """Films, rankings and viewings by hand of `old` (a TMDB id) are `new`'s. Of a person's two rankings that meet, the
    newer one is kept; of two viewings by hand of one day, the older. Locks as answers do: imports first, then their
    films."""
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
        by_hand, decided = _point_by_hand(old, new), _point_decisions(old, new)
        marks.mark_films({*people, *by_hand, *decided}, [old, new])
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


def _point_by_hand(old: int, new: int) -> set[int]:
    """Returns whose they are."""
    people = set(HandViewing.objects.filter(tmdb_movie=old).values_list("user_id", flat=True))
    both = HandViewing.objects.filter(user__in=people, tmdb_movie__in=[old, new], removed_at=None)
    days: set[tuple[int, date | None]] = set()
    met: list[int] = []
    for viewing in both.order_by("created_at", "pk").select_for_update():
        day = (viewing.user_id, viewing.watched_on)
        if day in days:
            met.append(viewing.pk)
        days.add(day)
    HandViewing.objects.filter(pk__in=met).update(removed_at=timezone.now())
    HandViewing.objects.filter(user__in=people, tmdb_movie=old).update(tmdb_movie=new)
    return people


def _point_decisions(old: int, new: int) -> set[int]:
    """What people decided about their ranking of the one, they decided about the other's. Returns whose they are."""
    before, after = ref_of_ranking(old), ref_of_ranking(new)
    as_text = LibraryDecision.objects.alias(text=Cast("refs", TextField()))
    decided = list(as_text.filter(text__contains=json.dumps(before)).select_for_update())
    for decision in decided:
        decision.refs = list(dict.fromkeys(after if ref == before else ref for ref in decision.refs))
    LibraryDecision.objects.bulk_update(decided, ["refs"])
    return {decision.user_id for decision in decided}
