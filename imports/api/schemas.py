"""The shapes of the JSON API."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from django.utils.translation import gettext
from ninja import Schema
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from enrichment.queries import poster_url
from imports.films.ratings import as_number
from imports.films.viewings import WithViewings
from imports.models import ImportSession, Movie, Ranking, Viewing
from imports.sessions.progress import Progress, Standing
from imports.sessions.restore_library import RestoredLibrary
from imports.statistics.shape import NamedGroup, NameSection, Statistics

EXAMPLES = 5  # of each kind of name
SUMMARIZED: tuple[NameSection, ...] = ("genres", "directors", "languages", "countries")


class Error(Schema):
    detail: str  # a sentence for people
    code: str  # for programs
    file: str | None = None  # the one that is at fault
    hint: str | None = None  # what to do about it


def errors(*statuses: int) -> dict[int, type[Error]]:
    """What an operation may answer beside what it is for: these, and what any call may get. It can be malformed, come
    with a bad token, or find the database away."""
    return dict.fromkeys(sorted({400, 401, 503, *statuses}), Error)


READING = errors(404)
CHANGING = errors(403, 404, 411, 413)
DECIDING = errors(403, 404, 409, 411, 413)
UPLOADING = errors(403, 411, 413, 422, 429)


def a_file(schemas: dict[str, dict[str, str]]) -> dict[str, Any]:
    """How a file is documented, by its content type: ninja knows only JSON."""
    return {"responses": {200: {"content": {name: {"schema": schema} for name, schema in schemas.items()}}}}


DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _a_day(value: object) -> date:
    """Take a day as 2024-05-31 alone. Pydantic also takes moments and seconds since 1970, Python weeks."""
    try:
        if isinstance(value, str) and DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("day", "{said}", {"said": gettext("this is no day")})


Day = Annotated[date, BeforeValidator(_a_day)]  # in a body


class Started(Schema):
    session_id: UUID
    status: str
    total_movies: int
    created_at: datetime

    @classmethod
    def of(cls, session: ImportSession) -> Self:
        return cls(
            session_id=session.pk,
            status=session.status,
            total_movies=session.total_movies,
            created_at=session.created_at,
        )


class LibraryBack(Schema):
    """A library that was brought back: its imports, and how much came beside them that was not there already."""

    imports: list[Started]
    rankings: int
    viewings_by_hand: int
    decisions: int

    @classmethod
    def of(cls, library: RestoredLibrary) -> Self:
        return cls(
            imports=[Started.of(session) for session in library.imports],
            rankings=library.rankings,
            viewings_by_hand=library.by_hand,
            decisions=library.decisions,
        )


class Status(Schema):
    session_id: UUID
    status: str
    total_movies: int
    enriched_count: int
    progress_percent: int
    unmatched_count: int
    eta_seconds: int | None
    error_message: str
    created_at: datetime
    expires_at: datetime | None

    @classmethod
    def of(cls, standing: Standing, progress: Progress) -> Self:
        return cls(
            session_id=standing.pk,
            status=standing.status,
            total_movies=standing.total_movies,
            enriched_count=standing.enriched_count,
            progress_percent=progress.percent,
            unmatched_count=standing.unmatched_count,
            eta_seconds=progress.eta_seconds,
            error_message=standing.error_message,
            created_at=standing.created_at,
            expires_at=standing.expires_at,
        )


class Session(Schema):
    session_id: UUID
    source: str
    status: str
    total_movies: int
    enriched_count: int
    matched_count: int
    unsure_count: int
    unmatched_count: int
    failed_count: int
    error_message: str
    created_at: datetime
    expires_at: datetime | None
    metadata: dict[str, Any]

    @classmethod
    def of(cls, session: ImportSession) -> Self:
        counts = {name: getattr(session, name) for name in cls.model_fields if name.endswith("_count")}
        return cls(
            session_id=session.pk,
            source=session.source,
            status=session.status,
            total_movies=session.total_movies,
            error_message=session.error_message,
            created_at=session.created_at,
            expires_at=session.expires_at,
            # a reader with the link learns the counts, not the owner's file names
            metadata={"files": session.files} if session.is_mine else {},
            **counts,
        )


class ViewingOut(Schema):
    watched_date: date | None
    rating: float | None
    rewatch: bool  # marked as one in the files
    tags: list[str] | None
    review: str | None

    @classmethod
    def of(cls, viewing: Viewing, *, is_mine: bool) -> Self:
        return cls(
            watched_date=viewing.watched_on,
            rating=as_number(viewing.rating),
            rewatch=viewing.rewatch,
            tags=viewing.tags if is_mine else None,
            review=viewing.review if is_mine else None,
        )


class Viewings(Schema):
    viewings: list[ViewingOut]
    total: int
    page: int
    per_page: int


class MovieOut(Schema):
    id: int
    title: str
    year: int | None
    rating: float | None
    watched_date: date | None
    rewatch: bool  # marked as one in the files
    tags: list[str] | None
    review: str | None
    letterboxd_uri: str
    viewings: list[ViewingOut]  # the newest 50; the film's own viewings have them all
    viewings_count: int
    status: str
    tmdb_id: int | None = None
    tmdb_title: str | None = None
    genres: list[str] | None = None
    directors: list[str] | None = None
    cast: list[str] | None = None
    runtime: int | None = None
    budget: int | None = None
    revenue: int | None = None
    popularity: float | None = None
    vote_average: float | None = None
    original_language: str | None = None
    country: str | None = None
    tmdb_enriched: bool
    enriched_at: datetime | None
    confidence: float | None
    reasons: list[dict[str, Any]]

    @classmethod
    def of(cls, film: WithViewings, *, is_mine: bool) -> Self:
        """`film.movie` with its tmdb_movie and lookup fetched. Tags and reviews are the owner's, and those of the
        viewings that are told."""
        movie, viewings = film.movie, film.viewings
        return cls(
            id=movie.pk,
            title=movie.title,
            year=movie.year,
            rating=as_number(movie.rating),
            watched_date=movie.watched_on,
            rewatch=film.rewatches > 0,
            tags=sorted({tag for viewing in viewings for tag in viewing.tags}) if is_mine else None,
            review=next((viewing.review for viewing in viewings if viewing.review), "") if is_mine else None,
            letterboxd_uri=movie.letterboxd_uri,
            viewings=[ViewingOut.of(viewing, is_mine=is_mine) for viewing in viewings],
            viewings_count=film.viewings_count,
            status=movie.outcome,
            tmdb_enriched=movie.outcome == "matched",
            enriched_at=movie.settled_at,
            confidence=movie.lookup.confidence if movie.lookup else None,
            reasons=movie.reasons,
            **_facts(movie),
        )


class Movies(Schema):
    movies: list[MovieOut]
    total: int
    page: int
    per_page: int


class MoviesSummary(Schema):
    session_id: UUID
    total_movies: int
    enriched_count: int
    movies: list[MovieOut]

    @classmethod
    def of(cls, session: ImportSession, movies: Iterable[WithViewings]) -> Self:
        return cls(
            session_id=session.pk,
            total_movies=session.total_movies,
            enriched_count=session.enriched_count,
            movies=[MovieOut.of(film, is_mine=session.is_mine) for film in movies],
        )


class Unenriched(Schema):
    title: str
    year: int | None
    letterboxd_uri: str
    status: str  # open or failed
    attempts: int  # of what it waits for: to be found, then to be known in full
    error: str  # why the last try did not succeed; empty: none was made, or nothing was wrong

    @classmethod
    def of(cls, movie: Movie) -> Self:
        """`movie` as queries.unenriched fetches it."""
        # the row that is waited for: the film's details once it is known which, else the question
        work = movie.tmdb_movie or (movie.lookup and (movie.lookup.tmdb_movie or movie.lookup))
        return cls(
            title=movie.title,
            year=movie.year,
            letterboxd_uri=movie.letterboxd_uri,
            status=movie.outcome,
            attempts=work.attempts if work else 0,
            error=work.error if work else "",
        )


class UnenrichedMovies(Schema):
    movies: list[Unenriched]
    total: int
    page: int
    per_page: int


class Analytics(Schema):
    """The statistics page's numbers. `movies.total`: films that were seen; ratings are stars, minutes whole."""

    session_id: UUID
    status: str
    movies: dict[str, Any]
    # rewatches: seen again, being marked so or of a later day than the first; marked_rewatches: as the files say
    viewings: dict[str, int]
    ratings: dict[str, int]
    genres: dict[str, int]
    directors: dict[str, int]
    cast: dict[str, int]
    languages: dict[str, int]
    countries: dict[str, int]
    decades: dict[str, int]
    years: dict[str, int]  # viewings
    months: dict[str, int]
    weekdays: dict[str, int]  # 0: Monday
    tags: dict[str, int] | None  # the owner's
    coverage: dict[str, Any]
    statistics: dict[str, Any]  # everything, as the page has it; `version` tells its shape

    @classmethod
    def of(cls, session: ImportSession, data: Statistics) -> Self:
        """`data`: what this reader may see of imports.statistics."""
        return cls(
            session_id=session.pk,
            status=session.status,
            movies=_movie_totals(session, data),
            viewings={
                "total": data["totals"]["viewings"],
                "rewatches": data["totals"]["rewatches"],
                "marked_rewatches": data["totals"]["marked_rewatches"],
                "days": data["totals"]["days"],
                "undated": data["coverage"]["undated_viewings"],
            },
            ratings={str(stars["stars"]): stars["films"] for stars in data["ratings"]} | {"none": data["unrated"]},
            genres=_films_by_name(data["genres"]),
            directors=_films_by_name(data["directors"]),
            cast=_films_by_name(data["cast"]),
            languages=_films_by_name(data["languages"]),
            countries=_films_by_name(data["countries"]),
            decades={str(decade["decade"]): decade["films"] for decade in data["decades"]},
            years={str(year["year"]): year["viewings"] for year in data["years"]},
            months={month["month"]: month["viewings"] for month in data["months"]},
            weekdays={str(day["weekday"]): day["viewings"] for day in data["weekdays"]},
            tags=_films_by_name(data["tags"]) if session.is_mine else None,
            coverage=dict(data["coverage"]),
            statistics=dict(data),
        )


class EnrichmentStats(Schema):
    session_id: UUID
    total_movies: int
    enriched_count: int
    enrichment_percentage: int
    data_summary: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, session: ImportSession, percent: int, data: Statistics) -> Self:
        totals = data["totals"]
        summary: dict[str, dict[str, Any]] = {
            f"unique_{name}": {"count": totals[name], "examples": [group["name"] for group in data[name][:EXAMPLES]]}
            for name in SUMMARIZED
        }
        summary["runtime"] = {"average": totals["average_runtime"], "total_hours": totals["hours"]}
        summary["ratings"] = {"average": totals["average_rating"]}
        return cls(
            session_id=session.pk,
            total_movies=session.total_movies,
            enriched_count=session.enriched_count,
            enrichment_percentage=percent,
            data_summary=summary,
        )


class RankingOut(Schema):
    id: int
    title: str
    year: int | None
    rating: float | None  # null: to be decided later
    rated_at: date
    tmdb_id: int
    imdb_id: str | None
    directors: list[str]
    genres: list[str]
    poster_url: str | None

    @classmethod
    def of(cls, ranking: Ranking) -> Self:
        """`ranking` with its tmdb_movie fetched."""
        film = ranking.tmdb_movie
        return cls(
            id=ranking.pk,
            title=ranking.title,
            year=ranking.year,
            rating=as_number(ranking.rating),
            rated_at=ranking.rated_at,
            tmdb_id=film.pk,
            imdb_id=film.imdb_id or None,
            directors=film.directors,
            genres=film.genres,
            poster_url=poster_url(film.poster_path) or None,
        )


class Rankings(Schema):
    rankings: list[RankingOut]
    total: int
    page: int
    per_page: int


def _movie_totals(session: ImportSession, data: Statistics) -> dict[str, Any]:
    totals = data["totals"]
    return {
        "total": totals["films"],
        "imported": session.total_movies,  # with those that are only liked, and titles that are one film
        "enriched": data["coverage"]["matched"],
        "rated": totals["rated"],
        "liked": totals["liked"],
        "liked_unseen": totals["liked_unseen"],
        "avg_rating": totals["average_rating"],
        "avg_runtime": totals["average_runtime"],
        "total_hours": totals["hours"],
    }


def _films_by_name(groups: Sequence[NamedGroup]) -> dict[str, int]:
    return {group["name"]: group["films"] for group in groups}


def _facts(movie: Movie) -> dict[str, Any]:
    film = movie.tmdb_movie
    if film is None:
        return {}
    names = ("genres", "directors", "cast", "runtime", "budget", "revenue", "popularity", "vote_average")
    return {name: getattr(film, name) for name in names} | {
        "tmdb_id": film.pk,
        "tmdb_title": film.title,
        "original_language": film.original_language or None,
        "country": film.countries[0] if film.countries else None,
    }
