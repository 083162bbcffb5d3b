"""A person's rankings: read, change, take away. No HTTP."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from enrichment import services as enrichment
from enrichment.models import DetailsStatus, TmdbMovie
from enrichment.titles import fold
from imports import time_zones
from imports.films import conditions
from imports.films.filters import FilmFilters
from imports.films.locking import lock_film
from imports.models import Movie, Ranking
from imports.reconciling import marks

TITLE_LENGTH = 500  # of Ranking.title
TRIES = 3


def today(zone: str = "") -> date:
    """The day it is for a person in that time zone; where it is not known, for this installation."""
    return timezone.localdate(timezone=ZoneInfo(zone) if time_zones.is_known(zone) else None)


# Reads


BY_RATING = (F("rating").desc(nulls_last=True), "-rated_at")
OTHER_NAMES = ("tmdb_movie__title", "tmdb_movie__original_title", "tmdb_movie__directors")


class Found:
    """Rankings chosen by their folded titles: only a page of them is fetched."""

    def __init__(self, ids: list[int]) -> None:
        self.ids = ids

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, part: slice) -> list[Ranking]:
        ids = self.ids[part]
        rows = Ranking.objects.select_related("tmdb_movie").in_bulk(ids)
        return [rows[pk] for pk in ids if pk in rows]


def find(user: User, filters: FilmFilters) -> "QuerySet[Ranking] | Found":
    """The rankings that the filters leave, with their films, the best rated first."""
    rankings = user.rankings.select_related("tmdb_movie").order_by(*BY_RATING, "pk")
    rankings = rankings.filter(_conditions(filters))
    if not filters.q:
        return rankings
    rows = rankings.values_list("pk", "title", *OTHER_NAMES)
    return Found([pk for pk, *names in rows if _bears(tuple(names), filters.q)])


def count(rankings: "QuerySet[Ranking] | Found") -> int:
    return len(rankings) if isinstance(rankings, Found) else rankings.count()


def _conditions(filters: FilmFilters) -> Q:
    condition = conditions.rated(filters, "rating") & conditions.released(filters, "year")
    return condition & conditions.facts(filters)


def _bears(names: tuple[Any, ...], q: str) -> bool:
    """Every word is in the title, the original one, or a director's name, whatever the case and accents."""
    *titles, directors = names
    text = f"{fold(' '.join([*titles, *directors]))} {titles[0]}"
    return all((fold(word) or word) in text for word in q.split())


# Changes by hand. Each locks the import that the ranking came from, then its film, then the ranking, as a review does


class Changed(TypedDict, total=False):
    """What is left out stays."""

    rating: Decimal | None
    rated_at: date


def change(seen: Ranking, values: Changed) -> Ranking:
    """Change it, unless that is how it stands already, and return it as it stands now. Raises Ranking.DoesNotExist when
    it was removed meanwhile."""
    with transaction.atomic():
        ranking = _locked(seen)
        if any(getattr(ranking, name) != value for name, value in values.items()):
            for name, value in (values | {"changed_at": timezone.now()}).items():
                setattr(ranking, name, value)
            ranking.save(update_fields=["rating", "rated_at", "changed_at"])
            _mark(ranking)
    return ranking


def add(user: User, film: TmdbMovie, rating: Decimal | None, rated_at: date) -> tuple[Ranking, bool]:
    """Rank a film, and have its details fetched; one that is ranked already is left alone (then: False)."""
    new = Ranking(user=user, tmdb_movie=film, title=film.title[:TITLE_LENGTH], year=film.year)
    new.rating, new.rated_at = rating, rated_at
    with transaction.atomic():
        ranking = ensure(new)
    if ranking is new:
        enrichment.ask_details({film.pk: 0})
    return ranking, ranking is new


def rate(user: User, film: TmdbMovie, rating: Decimal | None, on: date) -> None:
    """The person's own rating of a film, whether they rated it before or not; None takes it away. The day stays where
    the stars do."""
    ranking = user.rankings.filter(tmdb_movie=film).first()
    if ranking is None and rating is not None:
        ranking, _ = add(user, film, rating, on)
    if ranking is not None and ranking.rating != rating:
        change(ranking, {"rating": rating, "rated_at": on})


def ensure(new: Ranking) -> Ranking:
    """The ranking that the person has of this film, locked: the one that was there, else this new one."""
    same_film = Ranking.objects.filter(user_id=new.user_id, tmdb_movie_id=new.tmdb_movie_id)
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                new.save(force_insert=True)
                _mark(new)
            break
        except IntegrityError:  # another is there, unless it is taken away before it is read
            if standing := same_film.select_for_update(no_key=True).first():
                return standing
            if attempt == TRIES:
                raise
    return new


def ensure_all(new: Iterable[Ranking]) -> None:
    """Keep those whose films the person has not ranked. In one order: two imports of theirs don't block each other."""
    in_order = sorted(new, key=lambda ranking: ranking.tmdb_movie_id)
    Ranking.objects.bulk_create(in_order, ignore_conflicts=True)
    for user_id in {ranking.user_id for ranking in in_order}:
        marks.mark_films([user_id], [ranking.tmdb_movie_id for ranking in in_order if ranking.user_id == user_id])


MOST_AT_ONCE = 500


def ask_missing_details() -> None:
    """Have the details fetched that any library lacks: of films ranked by an old version, or just before a crash."""
    ranked = Exists(Ranking.objects.filter(tmdb_movie=OuterRef("pk")))
    unknown = TmdbMovie.objects.filter(ranked, details_status=DetailsStatus.NONE).order_by("pk")[:MOST_AT_ONCE]
    if ids := list(unknown.values_list("pk", flat=True)):
        enrichment.ask_details(dict.fromkeys(ids, LAST_TURN))


LAST_TURN = 100_000  # behind every film of an import that waits


def remove(seen: Ranking) -> None:
    """Delete it. Raises Ranking.DoesNotExist when it is removed already."""
    with transaction.atomic():
        ranking = _locked(seen)
        ranking.delete()
        _mark(ranking)


def _mark(ranking: Ranking) -> None:
    marks.mark_films([ranking.user_id], [ranking.tmdb_movie_id])


def _locked(seen: Ranking) -> Ranking:
    """The ranking as it stands, after the import and the film that it came from. Raises Ranking.DoesNotExist."""
    _film_of(seen)
    return Ranking.objects.select_for_update(of=("self",)).select_related("tmdb_movie").get(pk=seen.pk)


def _film_of(ranking: Ranking) -> Movie | None:
    """The film that it came from, locked; None when its import was deleted."""
    seen = Movie.objects.filter(pk=ranking.movie_id).first() if ranking.movie_id else None
    try:
        return lock_film(seen.session_id, seen.pk) if seen else None
    except ObjectDoesNotExist:
        return None
