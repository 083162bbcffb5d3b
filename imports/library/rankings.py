"""A person's rankings: read, change, take away. No HTTP."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from enrichment import bulk
from enrichment import services as enrichment
from enrichment.models import DetailsStatus, TmdbMovie
from enrichment.titles import fold
from imports import time_zones
from imports.films import conditions
from imports.films.filters import Facets, FilmFilters
from imports.films.locking import lock_film, lock_import
from imports.models import Decision, ImportSession, Movie, Ranking
from imports.reconciling import marks

TITLE_LENGTH = 500  # of Ranking.title
SALT = "imports.rankings.removed"
UNDO_FOR = 24 * 60 * 60  # seconds
TRIES = 3


def today(zone: str = "") -> date:
    """The day it is for a person in that time zone; where it is not known, for this installation."""
    return timezone.localdate(timezone=ZoneInfo(zone) if time_zones.is_known(zone) else None)


# Reads


@dataclass(frozen=True, kw_only=True)
class RankingFilters(FilmFilters):
    """What a person wants to see of their library, and in which order."""

    rated_in: str = ""  # "2024", "2024-05" or "2024-05-17"
    rated_weekday: int | None = None  # Monday is 0
    sort: str = "rating"


RATED = Q(rating__isnull=False)  # only then its day is one
BY_RATING = (F("rating").desc(nulls_last=True), "-rated_at")
ORDERS: dict[str, tuple[Any, ...]] = {
    "rating": BY_RATING,
    "rating_lowest": (F("rating").asc(nulls_last=True), "-rated_at"),
    "date": ("-rated_at",),
    "date_oldest": ("rated_at",),
    "year": (F("year").desc(nulls_last=True), *BY_RATING),
    "year_oldest": (F("year").asc(nulls_last=True), *BY_RATING),
    "genre": (KeyTextTransform(0, "tmdb_movie__genres").asc(nulls_last=True), *BY_RATING),
    "title": (),  # by Found: the database does not know that Ä sorts as A
}


OTHER_NAMES = ("tmdb_movie__title", "tmdb_movie__original_title", "tmdb_movie__directors")


class Found:
    """Rankings chosen or ordered by their folded titles, for Paginator: only a page of them is fetched."""

    def __init__(self, ids: list[int]) -> None:
        self.ids = ids

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, part: slice) -> list[Ranking]:
        ids = self.ids[part]
        rows = Ranking.objects.select_related("tmdb_movie").in_bulk(ids)
        return [rows[pk] for pk in ids if pk in rows]


def find(user: User, filters: RankingFilters = RankingFilters()) -> "QuerySet[Ranking] | Found":
    """The rankings that the filters leave, with their films, in order."""
    rankings = user.rankings.select_related("tmdb_movie").order_by(*ORDERS[filters.sort], "pk")
    rankings = rankings.filter(_conditions(filters))
    if not filters.q and filters.sort != "title":
        return rankings
    rows = list(rankings.values_list("pk", "year", "title", *OTHER_NAMES))
    if filters.q:
        rows = [row for row in rows if _bears(row[2:], filters.q)]
    if filters.sort == "title":
        rows.sort(key=lambda row: (fold(row[2]) or row[2], row[1] or 0))
    return Found([row[0] for row in rows])


def count(rankings: "QuerySet[Ranking] | Found") -> int:
    return len(rankings) if isinstance(rankings, Found) else rankings.count()


def _conditions(filters: RankingFilters) -> Q:
    condition = conditions.rated(filters, "rating") & conditions.released(filters, "year")
    if filters.rated_in:
        condition &= conditions.on(filters.rated_in, "rated_at") & RATED
    if filters.rated_weekday is not None:
        condition &= Q(rated_at__iso_week_day=filters.rated_weekday + 1) & RATED
    return condition & conditions.facts(filters)


def _bears(names: tuple[Any, ...], q: str) -> bool:
    """Every word is in the title, the original one, or a director's name, whatever the case and accents."""
    *titles, directors = names
    text = f"{fold(' '.join([*titles, *directors]))} {titles[0]}"
    return all((fold(word) or word) in text for word in q.split())


def facets(user: User) -> Facets:
    """The decades and genres that a library holds, to choose from."""
    years = user.rankings.order_by().values_list("year", flat=True).distinct()
    genre_lists = user.rankings.order_by().values_list("tmdb_movie__genres", flat=True).distinct()
    return Facets.of(years, genre_lists)


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

KEPT = ("pk", "user_id", "tmdb_movie_id", "title", "year", "rating", "rated_at", "movie_id", "changed_at", "created_at")


def remove(seen: Ranking) -> str:
    """Delete it; gives back what `restore` needs, signed. Raises Ranking.DoesNotExist when it is removed already."""
    with transaction.atomic():
        ranking = _locked(seen)
        values = {name: getattr(ranking, name) for name in KEPT}
        ranking.delete()
        _mark(ranking)
    return signing.dumps({name: value if _is_plain(value) else str(value) for name, value in values.items()}, salt=SALT)


class CantRestore(Exception):
    """What was removed can't be put back: too late, another person's, or the film is ranked anew."""


def restore(user: User, removed: str) -> Ranking:
    """Make the same ranking again, as it was. Raises CantRestore."""
    try:
        values = signing.loads(removed, salt=SALT, max_age=UNDO_FOR)
    except signing.BadSignature as exc:
        raise CantRestore from exc
    if values["user_id"] != user.pk:
        raise CantRestore
    for moment in ("changed_at", "created_at"):
        values[moment] = values[moment] and parse_datetime(values[moment])
    ranking = Ranking(**values)
    try:
        with transaction.atomic():
            ranking.movie = _still_its_film(ranking)
            ranking.save(force_insert=True)
            _mark(ranking)
    except IntegrityError as exc:
        raise CantRestore from exc
    return Ranking.objects.select_related("tmdb_movie").get(pk=ranking.pk)


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


def _still_its_film(ranking: Ranking) -> Movie | None:
    """The film that it came from, unless the import was deleted since, or its review took that back."""
    movie = _film_of(ranking)
    if movie is None or not movie.session.is_review:
        return movie
    is_added = movie.decision == Decision.ADDED and movie.tmdb_movie_id == ranking.tmdb_movie_id
    return movie if is_added else None


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, int | str)


# From an import


@dataclass(frozen=True)
class Added:
    added: int
    already: int  # films that were ranked before, and left alone
    unmatched: int  # rated titles without a film


def add_rated_films(session: ImportSession, user: User) -> Added:
    """Rank every rated film of a Letterboxd import: all or nothing, and once, however often it is called.
    Where two of its titles are one film, the rating of the one that was watched last counts. Raises
    ImportSession.DoesNotExist when it was deleted meanwhile."""
    days = ("watched_on", "rated_on", "marked_on")
    needed = ("session", "title", "year", "rating", *days, "tmdb_movie__title", "tmdb_movie__release_date")
    rated = session.movies.filter(rating__isnull=False).select_related("tmdb_movie").only(*needed)
    newest_first = rated.order_by(F("watched_on").desc(nulls_last=True), "turn")
    with transaction.atomic():
        lock_import(session.pk)
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two clicks at once count each film once
        movies = list(newest_first)
        films = {movie.tmdb_movie_id: movie for movie in reversed(movies) if movie.tmdb_movie_id}
        known = set(user.rankings.values_list("tmdb_movie_id", flat=True))
        new = [films[film_id] for film_id in sorted(films) if film_id not in known]  # in order: as in ensure_all
        bulk.insert(Ranking, _columns(user, new, session), ignore_conflicts=True)
    return Added(len(new), len(films) - len(new), sum(not movie.tmdb_movie_id for movie in movies))


def _columns(user: User, movies: list[Movie], session: ImportSession) -> dict[str, Any]:
    ranked = [(movie.tmdb_movie, movie) for movie in movies if movie.tmdb_movie]  # a purged film has no title
    imported = timezone.localdate(session.created_at)
    return {
        "user_id": [user.pk] * len(movies),
        "tmdb_movie_id": [film.pk for film, _ in ranked],
        "title": [film.title[:TITLE_LENGTH] or movie.title for film, movie in ranked],
        "year": [film.year if film.title else movie.year for film, movie in ranked],
        "rating": [movie.rating for movie in movies],
        "rated_at": [movie.rated_on or movie.watched_on or movie.marked_on or imported for movie in movies],
        "movie_id": [movie.pk for movie in movies],
    }
