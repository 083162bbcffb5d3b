"""Reads shared by the pages, the API and the commands."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, IntegerField, Q, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce, ExtractYear
from django.utils import timezone

from enrichment import queries as enrichment
from enrichment.models import TitleLookup, TmdbMovie
from enrichment.titles import fold

from .models import ImportSession, Kind, Movie, Outcome

RATE_WINDOW = timedelta(seconds=30)
SETTLED_AT_ONCE = timedelta(seconds=2)  # what the instance already knew says nothing of TMDB's speed
REQUESTS_PER_FILM = 2  # a search and its details


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an import is. `mark` changes whenever a page would show something else."""

    done: int
    total: int
    percent: int
    is_done: bool
    eta_seconds: int | None
    service: enrichment.ServiceState
    mark: str


def progress(session: ImportSession) -> Progress:
    service = enrichment.service_state()
    return Progress(
        done=session.enriched_count,
        total=session.total_movies,
        percent=100 * session.enriched_count // session.total_movies if session.total_movies else 100,
        is_done=session.is_done,
        eta_seconds=_eta_seconds(session, service),
        service=service,
        mark=_mark(session, service),
    )


def _eta_seconds(session: ImportSession, service: enrichment.ServiceState) -> int | None:
    """From what was settled in the last half minute, else from the allowed rate; none while nobody can know."""
    if session.is_done or service.is_down or not session.open_count:
        return None
    now = timezone.now()
    since = max(now - RATE_WINDOW, session.created_at + SETTLED_AT_ONCE)
    seconds = (now - since).total_seconds()
    settled = session.movies.filter(settled_at__gte=since).count()
    if seconds >= 3 and settled >= 5:
        return round(session.open_count * seconds / settled)
    return round(session.open_count * REQUESTS_PER_FILM / enrichment.per_second())


def _mark(session: ImportSession, service: enrichment.ServiceState) -> str:
    if not service.is_down or session.is_done:
        return f"{session.revision}"
    retry = int(service.retry_at.timestamp()) if service.retry_at else 0
    return f"{session.revision}-{service.reason}-{retry}"


def newest_matches(session: ImportSession, count: int = 12) -> QuerySet[Movie]:
    matched = session.movies.filter(outcome=Outcome.MATCHED).select_related("tmdb_movie")
    return matched.order_by("-settled_at", "turn")[:count]


@dataclass(frozen=True, kw_only=True)
class MovieFilters:
    """What a person wants to see of an import's films, and in which order. Empty: all."""

    q: str = ""
    decade: int | None = None
    genre: str = ""
    rating: str = ""  # "4.5", or "none": not rated
    status: str = ""
    liked: bool = False
    sort: str = "watched"


FILM_YEAR = Coalesce("year", ExtractYear("tmdb_movie__release_date"), output_field=IntegerField())  # a source's first
NEWEST_WATCHED = (F("watched_on").desc(nulls_last=True), "turn")
ORDERS: dict[str, tuple[Any, ...]] = {
    "watched": NEWEST_WATCHED,
    "watched_oldest": (F("watched_on").asc(nulls_last=True), "-turn"),
    "title": ("lookup__title_key", "film_year", "turn"),  # folded: Ä sorts as A, case does not matter
    "year": (F("film_year").desc(nulls_last=True), *NEWEST_WATCHED),
    "year_oldest": (F("film_year").asc(nulls_last=True), *NEWEST_WATCHED),
    "rating": (F("rating").desc(nulls_last=True), *NEWEST_WATCHED),
    "rating_lowest": (F("rating").asc(nulls_last=True), *NEWEST_WATCHED),
    "runtime": (F("tmdb_movie__runtime").desc(nulls_last=True), *NEWEST_WATCHED),
    "runtime_shortest": (F("tmdb_movie__runtime").asc(nulls_last=True), *NEWEST_WATCHED),
}


def movies(session: ImportSession, filters: MovieFilters = MovieFilters()) -> QuerySet[Movie]:
    """The films of an import with their TMDB film and lookup, filtered and in order; one query however many."""
    found = _films(session).select_related("tmdb_movie", "lookup").annotate(film_year=FILM_YEAR)
    return found.filter(_conditions(filters)).order_by(*ORDERS[filters.sort], "pk")


def _films(session: ImportSession) -> QuerySet[Movie]:
    """Without the series and trailers of a Prime history, which wait in a list of their own."""
    return session.movies.filter(kind=Kind.FILM)


def _conditions(filters: MovieFilters) -> Q:
    wanted = _search(filters.q) & _rated(filters.rating)
    if filters.decade is not None:
        wanted &= Q(film_year__gte=filters.decade, film_year__lt=filters.decade + 10)
    if filters.genre:
        wanted &= Q(tmdb_movie__in=_holding("genres", json.dumps(filters.genre, ensure_ascii=False)))
    if filters.status:
        wanted &= Q(outcome=filters.status)
    if filters.liked:
        wanted &= Q(liked_on__isnull=False)
    return wanted


def _search(q: str) -> Q:
    """Every word, in any of the names: the title as exported, TMDB's, the original one, a director's."""
    wanted = Q()
    for word in q.split():
        in_json = json.dumps(word, ensure_ascii=False)[1:-1]
        film = TmdbMovie.objects.annotate(names=Cast("directors", TextField())).filter(
            Q(title__icontains=word) | Q(original_title__icontains=word) | Q(names__icontains=in_json)
        )
        wanted &= Q(title__icontains=word) | Q(lookup__title_key__contains=fold(word) or word) | Q(tmdb_movie__in=film)
    return wanted


def _rated(rating: str) -> Q:
    if rating == "none":
        return Q(rating=None)
    return Q(rating=Decimal(rating)) if rating else Q()


def _holding(field: str, needle: str) -> QuerySet[TmdbMovie]:
    """Films whose JSON list holds this text: read as text, the same on SQLite and PostgreSQL."""
    return TmdbMovie.objects.annotate(held=Cast(field, TextField())).filter(held__contains=needle)


@dataclass(frozen=True, kw_only=True)
class Facets:
    """The decades and genres that an import holds, to choose from."""

    decades: list[int]
    genres: list[str]


def facets(session: ImportSession) -> Facets:
    years = _films(session).order_by().annotate(film_year=FILM_YEAR).values_list("film_year", flat=True).distinct()
    genre_lists = _films(session).order_by().exclude(tmdb_movie=None).values_list("tmdb_movie__genres", flat=True)
    return Facets(
        decades=sorted({year // 10 * 10 for year in years if year}, reverse=True),
        genres=sorted({genre for genres in genre_lists.distinct() for genre in genres}),
    )


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


@dataclass(frozen=True)
class FileTotals:
    rows: int
    added: int
    merged: int
    already: int
    skipped: int
    problems: int


def file_totals(files: Iterable[dict[str, Any]]) -> FileTotals:
    """What became of all rows of all files, for one sentence."""
    counts = [
        (f["rows"], f["added"], f["merged"], f["already"], sum(f["skipped"].values()), f["problems"]) for f in files
    ]
    return (
        FileTotals(*(sum(column) for column in zip(*counts, strict=True))) if counts else FileTotals(0, 0, 0, 0, 0, 0)
    )
