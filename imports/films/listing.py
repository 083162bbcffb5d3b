"""An import's films, filtered and in order, with what a page or the API shows of them."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, IntegerField, Q, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce, ExtractYear

from enrichment.models import TitleLookup, TmdbMovie
from enrichment.titles import fold
from imports.models import ChosenBy, Decision, ImportSession, Kind, Movie, Outcome

from . import conditions
from .filters import Facets, FilmFilters

MOST_WORDS = 12  # of a search: each is looked for in all films, and no two titles have so many in common


def newest_matches(session: ImportSession, count: int = 12) -> QuerySet[Movie]:
    matched = session.movies.filter(outcome=Outcome.MATCHED).select_related("tmdb_movie")
    return matched.order_by("-settled_at", "turn")[:count]


UNCLEAR = [Outcome.FAILED, Outcome.UNMATCHED, Outcome.UNSURE]
NOT_ON_TMDB = Q(chosen_by=ChosenBy.PERSON, tmdb_movie=None)  # the person said: none of these
# no answer of TMDB's could change anything of these
DECIDED = Q(decision__in=[Decision.ADDED, Decision.SKIPPED]) | NOT_ON_TMDB


@dataclass(frozen=True, kw_only=True)
class Left:
    """What the machine leaves to the person of an import. What they decided is settled, and not among it."""

    unclear: int = 0
    unmatched: int = 0
    failed: int = 0
    doubted: int = 0  # TMDB has answered, and the import speaks against it: asking again changes nothing
    not_on_tmdb: int = 0  # their decision

    @property
    def can_be_asked(self) -> int:
        return self.unclear - self.doubted


def left_of(session: ImportSession) -> Left:
    if not session.unclear_count:
        return Left()
    unclear = session.movies.filter(kind=Kind.FILM, outcome__in=UNCLEAR)
    counts = unclear.aggregate(
        unclear=Count("pk", filter=~DECIDED),
        unmatched=Count("pk", filter=~DECIDED & Q(outcome=Outcome.UNMATCHED)),
        failed=Count("pk", filter=~DECIDED & Q(outcome=Outcome.FAILED)),
        doubted=Count("pk", filter=~DECIDED & ~Q(doubt="")),
        not_on_tmdb=Count("pk", filter=NOT_ON_TMDB),
    )
    return Left(**counts)


@dataclass(frozen=True, kw_only=True)
class MovieFilters(FilmFilters):
    """What a person wants to see of an import's films, and in which order."""

    status: str = ""
    liked: bool = False
    seen: bool = False  # as statistics count: seen films, each once
    watched: str = ""  # "2024", "2024-05" or "2024-05-17"
    weekday: int | None = None  # Monday is 0
    rewatched: bool = False
    tag: str = ""
    sort: str = "watched"


FILM_YEAR = Coalesce("year", ExtractYear("tmdb_movie__release_date"), output_field=IntegerField())  # a source's first
NEWEST_WATCHED = (F("watched_on").desc(nulls_last=True), "turn")
ORDERS: dict[str, tuple[Any, ...]] = {
    "watched": NEWEST_WATCHED,
    "watched_oldest": (F("watched_on").asc(nulls_last=True), "-turn"),
    "title": ("lookup__title_key", "film_year", "turn"),  # folded: Ä sorts as A, case does not matter
    "year": (F("film_year").desc(nulls_last=True), *NEWEST_WATCHED),
    "year_oldest": (F("film_year").asc(nulls_last=True), *NEWEST_WATCHED),
    "rating": (F("stars").desc(nulls_last=True), *NEWEST_WATCHED),
    "rating_lowest": (F("stars").asc(nulls_last=True), *NEWEST_WATCHED),
    "runtime": (F("tmdb_movie__runtime").desc(nulls_last=True), *NEWEST_WATCHED),
    "runtime_shortest": (F("tmdb_movie__runtime").asc(nulls_last=True), *NEWEST_WATCHED),
}


def movies(session: ImportSession, filters: MovieFilters = MovieFilters()) -> QuerySet[Movie]:
    """The films of an import with their TMDB film and lookup, filtered and in order; one query however many."""
    titles = conditions.SeenFilms(session) if filters.seen else conditions.Titles(session)
    films = titles.all().select_related("tmdb_movie", "lookup").annotate(film_year=FILM_YEAR)
    condition = _search(filters.q) & conditions.rated(filters, "stars") & _released(filters) & _done(filters, titles)
    if facts := conditions.facts(filters):
        condition &= titles.known(facts)
    if filters.status:
        condition &= Q(outcome=filters.status)
    return films.filter(condition).order_by(*ORDERS[filters.sort], "pk")


def unenriched(session: ImportSession) -> QuerySet[Movie]:
    """Films that wait, and those that failed, in the import's order; with what was asked, and the film it is."""
    still_open = _films(session).filter(outcome__in=[Outcome.OPEN, Outcome.FAILED])
    return still_open.select_related("tmdb_movie", "lookup__tmdb_movie").order_by("turn", "pk")


def _films(session: ImportSession) -> QuerySet[Movie]:
    """The import's films; the series and trailers of a Prime history wait in a list of their own."""
    return session.movies.filter(kind=Kind.FILM)


def _released(filters: MovieFilters) -> Q:
    condition = conditions.released(filters, "film_year")
    return condition & (Q(year__isnull=False) | conditions.MATCHED) if condition and filters.seen else condition


def _done(filters: MovieFilters, titles: conditions.Titles) -> Q:
    """What the person did with the film."""
    condition = Q()
    if filters.liked:
        condition &= titles.any(Q(liked_on__isnull=False))
    viewing = _viewing(filters)
    if filters.seen and (filters.watched or filters.weekday is not None):
        viewing &= conditions.possible_day(titles.session)
    if filters.rewatched:
        return condition & titles.again(viewing)
    return condition & titles.watched(viewing) if viewing else condition


def _viewing(filters: MovieFilters) -> Q:
    """The condition of a viewing that fits all of these filters at once."""
    condition = conditions.on(filters.watched) if filters.watched else Q()
    if filters.weekday is not None:
        condition &= Q(watched_on__iso_week_day=filters.weekday + 1)
    return condition & conditions.tagged(filters.tag) if filters.tag else condition


def _search(q: str) -> Q:
    """Every word, in any of the names: the title as exported, TMDB's, the original one, a director's."""
    condition = Q()
    for word in list(dict.fromkeys(q.split()))[:MOST_WORDS]:
        in_json = json.dumps(word, ensure_ascii=False)[1:-1]
        film = TmdbMovie.objects.annotate(names=Cast("directors", TextField())).filter(
            Q(title__icontains=word) | Q(original_title__icontains=word) | Q(names__icontains=in_json)
        )
        exported = Q(title__icontains=word) | Q(lookup__title_key__contains=fold(word) or word)
        condition &= exported | Q(tmdb_movie__in=film)
    return condition


def facets(session: ImportSession) -> Facets:
    """The decades and genres that an import holds, to choose from."""
    years = _films(session).order_by().annotate(film_year=FILM_YEAR).values_list("film_year", flat=True).distinct()
    genre_lists = _films(session).order_by().exclude(tmdb_movie=None).values_list("tmdb_movie__genres", flat=True)
    return Facets.of(years, genre_lists.distinct())


@dataclass(frozen=True)
class Candidate:
    """A film that the title might be, and how well it fits."""

    film: TmdbMovie
    score: float


def candidates(lookup: TitleLookup) -> list[Candidate]:
    films = TmdbMovie.objects.in_bulk([entry["id"] for entry in lookup.candidates])
    return [Candidate(films[entry["id"]], entry["score"]) for entry in lookup.candidates if entry["id"] in films]


def neighbours(movie: Movie) -> tuple[Movie | None, Movie | None]:
    """The films before and after it, in the import's own order."""
    others = Movie.objects.filter(session_id=movie.session_id, kind=Kind.FILM).only("id", "session_id", "title")
    before = others.filter(turn__lt=movie.turn).order_by("-turn").first()
    return before, others.filter(turn__gt=movie.turn).order_by("turn").first()
