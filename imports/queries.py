"""Reads shared by the pages, the API and the commands."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, IntegerField, Min, Q, QuerySet, TextField, UUIDField
from django.db.models.functions import Cast, Coalesce, ExtractYear
from django.utils import timezone

from enrichment import queries as enrichment
from enrichment.models import TitleLookup, TmdbMovie, TmdbService
from enrichment.titles import fold

from . import conditions
from .models import ImportSession, Kind, Movie, Outcome, SessionStatus

DONE = {SessionStatus.COMPLETED, SessionStatus.FAILED}
RATE_WINDOW = timedelta(seconds=30)
SETTLED_AT_ONCE = timedelta(seconds=2)  # what the instance already knew says nothing of TMDB's speed
REQUESTS_PER_FILM = 2  # a search and its details
MOST_WORDS = 12  # of a search: each is looked for in all films, and no two titles have so many in common


@dataclass(frozen=True, slots=True)
class Standing:
    """What a status poll needs to know of an import and of TMDB, in one row. `mark` changes whenever a page would
    show something else."""

    pk: UUID
    created_at: datetime
    expires_at: datetime | None
    retry_at: datetime | None  # when TMDB is tried next
    down_reason: str | None  # why it does not answer; empty while it does, null before it was ever asked
    user_id: int | None
    browser_key: str
    link_readable: bool
    status: str
    error_message: str
    total_movies: int
    enriched_count: int
    unmatched_count: int
    revision: int

    @property
    def is_done(self) -> bool:
        return self.status in DONE

    @property
    def mark(self) -> str:
        if not self.down_reason or self.is_done:
            return f"{self.revision}"
        retry = int(self.retry_at.timestamp()) if self.retry_at else 0
        return f"{self.revision}-{self.down_reason}-{retry}"


# By hand, because making this query by the ORM takes ten times as long as answering it (tests/benchmarks/polls.py).
_STANDING = """SELECT s.created_at, s.expires_at, t.retry_at, t.down_reason, s.user_id, s.browser_key, s.link_readable,
        s.status, s.error_message, s.total_movies, s.enriched_count, s.unmatched_count, s.revision
    FROM imports_importsession s LEFT JOIN enrichment_tmdbservice t ON t.id = 1 WHERE s.id = %s"""
_KEY = UUIDField()


def standing_of(session_id: UUID) -> Standing | None:
    """One row by its key: the whole cost of a poll that would change nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [_KEY.get_db_prep_value(session_id, connection)])
        row = cursor.fetchone()
    if row is None:
        return None
    created_at, expires_at, retry_at, *values = row
    return Standing(session_id, _in_utc(created_at), _in_utc(expires_at), _in_utc(retry_at), *values)


def _in_utc(time: Any) -> Any:
    """SQLite keeps times in UTC, without saying so."""
    return time.replace(tzinfo=UTC) if time is not None and timezone.is_naive(time) else time


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an import is."""

    done: int
    total: int
    percent: int
    is_done: bool
    eta_seconds: int | None
    service: enrichment.ServiceState
    mark: str


def progress_of(standing: Standing) -> Progress:
    service = enrichment.service_state() if standing.down_reason else enrichment.ServiceState()
    return Progress(
        done=standing.enriched_count,
        total=standing.total_movies,
        percent=percent(standing.enriched_count, standing.total_movies),
        is_done=standing.is_done,
        eta_seconds=None if standing.is_done or service.is_down else _eta_seconds(standing),
        service=service,
        mark=standing.mark,
    )


def percent(done: int, total: int) -> int:
    """Of nothing, all is done."""
    return 100 * done // total if total else 100


def _eta_seconds(standing: Standing) -> int | None:
    """From what was settled in the last half minute, else from the allowed rate and all that is to be asked before
    the import's end, whoever wants it; none while nobody can know."""
    open_films = standing.total_movies - standing.enriched_count
    if not open_films:
        return None
    now = timezone.now()
    since = max(now - RATE_WINDOW, standing.created_at + SETTLED_AT_ONCE)
    settled, first = _settled_since(standing, since) if since < now else (0, None)
    if films_per_second := pace(settled, (now - (first or now)).total_seconds()):
        return round(open_films / films_per_second)
    is_still = not settled and since == now - RATE_WINDOW
    if is_still and not TmdbService.objects.filter(answered_at__gte=since).exists():
        return None
    return round(_requests_until_done(standing) / enrichment.per_second())


def pace(settled: int, seconds: float) -> float | None:
    """Films a second since the first of these, once it can be told: by enough films, or by enough time for a few."""
    is_told = (settled >= 5 and seconds >= 3) or (settled and seconds >= 20)
    return settled / seconds if is_told else None


def _settled_since(standing: Standing, since: datetime) -> tuple[int, datetime | None]:
    """How many films, and when the first. What was settled at the same moment was known already (when a large upload
    was stored, or in a sweep): together it counts as one."""
    lately = Movie.objects.filter(session_id=standing.pk, settled_at__gte=since)
    found = lately.aggregate(moments=Count("settled_at", distinct=True), first=Min("settled_at"))
    return found["moments"], found["first"]


def _requests_until_done(standing: Standing) -> int:
    """Other imports' rows go first, or take their turns between, as far as this one's last turn."""
    before_its_end = Q(turn__lt=standing.total_movies)
    lookups = TitleLookup.objects.waiting().filter(before_its_end).count()
    return lookups * REQUESTS_PER_FILM + TmdbMovie.objects.waiting().filter(before_its_end).count()


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
    seen: bool = False  # as statistics count: seen films, each once
    watched: str = ""  # "2024", "2024-05" or "2024-05-17"
    weekday: int | None = None  # Monday is 0
    rewatched: bool = False
    year: int | None = None  # of the release
    genre_too: str = ""  # beside `genre`
    director: str = ""
    cast: str = ""
    country: str = ""
    language: str = ""  # ISO 639-1
    tag: str = ""
    sort: str = "watched"

    @property
    def leave_all(self) -> bool:
        return replace(self, sort="watched") == MovieFilters()


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
    found = titles.all().select_related("tmdb_movie", "lookup").annotate(film_year=FILM_YEAR)
    wanted = _search(filters.q) & _rated(filters.rating) & _released(filters) & _done(filters, titles)
    if facts := conditions.facts(filters):
        wanted &= titles.known(facts)
    if filters.status:
        wanted &= Q(outcome=filters.status)
    return found.filter(wanted).order_by(*ORDERS[filters.sort], "pk")


def unenriched(session: ImportSession) -> QuerySet[Movie]:
    """Films that wait, and those that failed, in the import's order; with what was asked, and the film it is."""
    still_open = _films(session).filter(outcome__in=[Outcome.OPEN, Outcome.FAILED])
    return still_open.select_related("tmdb_movie", "lookup__tmdb_movie").order_by("turn", "pk")


def _films(session: ImportSession) -> QuerySet[Movie]:
    """Without the series and trailers of a Prime history, which wait in a list of their own."""
    return session.movies.filter(kind=Kind.FILM)


def _released(filters: MovieFilters) -> Q:
    wanted = Q()
    if filters.decade is not None:
        wanted &= Q(film_year__gte=filters.decade, film_year__lt=filters.decade + 10)
    if filters.year is not None:
        wanted &= Q(film_year=filters.year)
    return wanted & (Q(year__isnull=False) | conditions.MATCHED) if wanted and filters.seen else wanted


def _done(filters: MovieFilters, titles: conditions.Titles) -> Q:
    """What the person did with the film."""
    wanted = Q()
    if filters.liked:
        wanted &= titles.any(Q(liked_on__isnull=False))
    viewing = _viewing(filters)
    if filters.rewatched:
        return wanted & titles.again(viewing)
    return wanted & titles.watched(viewing) if viewing else wanted


def _viewing(filters: MovieFilters) -> Q:
    """All of it is so of one viewing."""
    wanted = conditions.on(filters.watched) if filters.watched else Q()
    if filters.weekday is not None:
        wanted &= Q(watched_on__iso_week_day=filters.weekday + 1)
    return wanted & conditions.tagged(filters.tag) if filters.tag else wanted


def _search(q: str) -> Q:
    """Every word, in any of the names: the title as exported, TMDB's, the original one, a director's."""
    wanted = Q()
    for word in list(dict.fromkeys(q.split()))[:MOST_WORDS]:
        in_json = json.dumps(word, ensure_ascii=False)[1:-1]
        film = TmdbMovie.objects.annotate(names=Cast("directors", TextField())).filter(
            Q(title__icontains=word) | Q(original_title__icontains=word) | Q(names__icontains=in_json)
        )
        wanted &= Q(title__icontains=word) | Q(lookup__title_key__contains=fold(word) or word) | Q(tmdb_movie__in=film)
    return wanted


def _rated(rating: str) -> Q:
    if rating == "none":
        return Q(stars=None)
    return Q(stars=Decimal(rating)) if rating else Q()


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
