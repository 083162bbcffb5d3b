"""The films of a person's library, filtered and in order, and what is so of all of them."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from enrichment.titles import fold
from imports.films import conditions
from imports.films.filters import Facets, FilmFilters
from imports.films.listing import MOST_WORDS
from imports.models import PERSON, Decision, ImportSession, Kind, LibraryFilm, LibraryViewing, Movie, SessionStatus
from imports.reconciling import keys

RATED = "any"  # of LibraryFilters.rating: whatever the stars


@dataclass(frozen=True, kw_only=True)
class LibraryFilters(FilmFilters):
    """What a person wants to see of their library's films, and in which order."""

    source: str = ""
    liked: bool = False
    watched: str = ""  # "2024", "2024-05" or "2024-05-17"
    weekday: int | None = None  # Monday is 0
    rewatched: bool = False
    tag: str = ""
    sort: str = "watched"


@dataclass(frozen=True, kw_only=True)
class LibraryFacets(Facets):
    """What a library holds, to choose from."""

    sources: list[str]


BY_TITLE = ("title_key", "year")  # folded: Ä sorts as A, case does not matter
NEWEST_WATCHED = (F("last_watched").desc(nulls_last=True), *BY_TITLE)
ORDERS: dict[str, tuple[Any, ...]] = {
    "watched": NEWEST_WATCHED,
    "watched_oldest": (F("last_watched").asc(nulls_last=True), *BY_TITLE),
    "first": (F("first_watched").desc(nulls_last=True), *BY_TITLE),
    "first_oldest": (F("first_watched").asc(nulls_last=True), *BY_TITLE),
    "title": BY_TITLE,
    "year": (F("year").desc(nulls_last=True), *NEWEST_WATCHED),
    "year_oldest": (F("year").asc(nulls_last=True), *NEWEST_WATCHED),
    "rating": (F("rating").desc(nulls_last=True), *NEWEST_WATCHED),
    "rating_lowest": (F("rating").asc(nulls_last=True), *NEWEST_WATCHED),
    "runtime": (F("tmdb_movie__runtime").desc(nulls_last=True), *NEWEST_WATCHED),
    "runtime_shortest": (F("tmdb_movie__runtime").asc(nulls_last=True), *NEWEST_WATCHED),
}


def find(user: User, filters: LibraryFilters = LibraryFilters()) -> QuerySet[LibraryFilm]:
    """The seen films of a library with their TMDB films, filtered and in order; one query however many."""
    films = _seen(user).select_related("tmdb_movie").alias(names=Cast("tmdb_movie__directors", TextField()))
    condition = _search(filters.q) & _rated(filters) & conditions.released(filters, "year") & conditions.facts(filters)
    if filters.source:
        condition &= conditions.listing("sources", filters.source)
    if filters.liked:
        condition &= Q(liked_on__isnull=False)
    return films.filter(condition & _watched(user, filters)).order_by(*ORDERS[filters.sort], "pk")


def listed(user: User, filters: LibraryFilters) -> QuerySet[LibraryFilm]:
    """As `find`, each with whether films are still looked for at TMDB: then one may yet be matched."""
    at_work = [SessionStatus.PROCESSING, SessionStatus.ENRICHING]
    imports = ImportSession.objects.filter(user=user, in_library=True, status__in=at_work)
    return find(user, filters).annotate(is_looked_for=Exists(imports))


def _seen(user: User) -> QuerySet[LibraryFilm]:
    return LibraryFilm.objects.filter(user=user, is_seen=True)


def _search(q: str) -> Q:
    """Every word, in any of the names: the film's title, the original one, a director's."""
    condition = Q()
    for word in list(dict.fromkeys(q.split()))[:MOST_WORDS]:
        folded, in_json = fold(word) or word, json.dumps(word, ensure_ascii=False)[1:-1]
        titles = Q(title_key__contains=folded) | Q(title__icontains=word)
        original = Q(tmdb_movie__original_key__contains=folded) | Q(tmdb_movie__original_title__icontains=word)
        condition &= titles | original | Q(names__icontains=in_json)
    return condition


def _rated(filters: LibraryFilters) -> Q:
    return Q(rating__isnull=False) if filters.rating == RATED else conditions.rated(filters, "rating")


def _watched(user: User, filters: LibraryFilters) -> Q:
    """The condition of a film that has a viewing which fits all of these filters at once."""
    viewing = conditions.on(filters.watched) if filters.watched else Q()
    if filters.weekday is not None:
        viewing &= Q(watched_on__iso_week_day=filters.weekday + 1)
    if viewing:
        viewing &= _possible_day()
    if filters.tag:
        viewing &= conditions.tagged(filters.tag)
    if filters.rewatched:
        viewing &= Q(rewatch=True) | _possible_day() & Q(Exists(_earlier_ones()))
    return Q(pk__in=LibraryViewing.objects.filter(viewing, user=user).values("film")) if viewing else Q()


def _earlier_ones() -> QuerySet[LibraryViewing]:
    # by the film alone: with the person named, too, SQLite reads all of theirs for each
    of_film = LibraryViewing.objects.filter(_possible_day(), film=OuterRef("film"))
    return of_film.filter(watched_on__lt=OuterRef("watched_on"))


def _possible_day() -> Q:
    """A day that statistics count. Somewhere it is tomorrow already."""
    return Q(watched_on__range=(conditions.FIRST_DAY, timezone.localdate() + timedelta(days=1)))


def facets(user: User) -> LibraryFacets:
    """The decades, genres and sources that a library holds, to choose from."""
    films = _seen(user).order_by()
    years = films.values_list("year", flat=True).distinct()
    genre_lists = films.exclude(tmdb_movie=None).values_list("tmdb_movie__genres", flat=True).distinct()
    source_lists = films.values_list("sources", flat=True).distinct()
    of_films = Facets.of(years, genre_lists)
    sources = sorted({source for sources in source_lists for source in sources})
    return LibraryFacets(decades=of_films.decades, genres=of_films.genres, sources=sources)


def viewings_of(film: LibraryFilm) -> QuerySet[LibraryViewing]:
    """The newest first, those without a day last."""
    return film.viewings.order_by(F("watched_on").desc(nulls_last=True), "-place")


def own_rating(film: LibraryFilm) -> str:
    """The person's own stars, as a form has them; empty: none, whatever their imports say."""
    return next((f"{rating['rating']:.1f}" for rating in film.ratings if rating["source"] == PERSON), "")


class Equation(NamedTuple):
    """How what tells of viewings adds up: `evidence` is the sum of the others."""

    evidence: int
    viewings_count: int
    joined: int
    folded: int
    taken_out: int


def equation(user: User) -> Equation:
    sums = LibraryFilm.objects.filter(user=user).aggregate(**{name: Sum(name, default=0) for name in Equation._fields})
    return Equation(**sums)


MOST_TITLES = 50  # of a film that are shown


def titles_of(film: LibraryFilm) -> list[Movie]:
    """The titles of the person's imports that are this film: several of one import among them, but none that was left
    out of a review, or is undecided there."""
    own = Movie.objects.filter(session__user=film.user, session__in_library=True, kind=Kind.FILM)
    if film.tmdb_movie_id is None:
        title_key, year = keys.title_of(film.key)
        own = own.filter(tmdb_movie=None, lookup__title_key=title_key, lookup__year=year)
    else:
        own = own.filter(tmdb_movie=film.tmdb_movie_id).exclude(decision__in=[Decision.SKIPPED, Decision.PENDING])
    return list(own.select_related("session").order_by("session__created_at", "turn")[:MOST_TITLES])
