"""A Prime Video review over JSON, for its signed-in owner."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Self
from uuid import UUID

from django.db.models import Count
from django.http import Http404, HttpRequest
from django.utils.translation import gettext
from ninja import File, Form, Router, Schema
from ninja import Status as Answer
from ninja.errors import HttpError
from ninja.files import UploadedFile
from pydantic import Field

from enrichment import services as enrichment
from enrichment.models import TmdbMovie
from enrichment.numbers import LARGEST
from enrichment.queries import poster_url
from imports.models import Decision, ImportSession, Kind, Movie, Outcome, Usage
from imports.review import decisions
from imports.sessions.delete import delete_import
from imports.sessions.open_review import ReviewOpen
from imports.sessions.start import start_review
from imports.web import access, limits
from imports.web.uploads import upload_of

from .guard import SIGNED_IN, Refused, caller, known_zone
from .schemas import CHANGING, DECIDING, READING, UPLOADING, Day, RankingOut, errors

router = Router(tags=["Amazon Prime Video"], auth=SIGNED_IN)
ALTERNATIVES = 5  # as many as a card of the wizard has


class Parsed(Schema):
    title: str
    watch_date: date | None
    prime_image_url: str | None


class Match(Schema):
    tmdb_id: int
    title: str
    year: int | None
    poster_url: str | None
    overview: str

    @classmethod
    def of(cls, film: TmdbMovie) -> Self:
        poster = poster_url(film.poster_path) or None
        return cls(tmdb_id=film.pk, title=film.title, year=film.year, poster_url=poster, overview=film.overview)


class ReviewMovie(Schema):
    index: int
    parsed: Parsed
    tmdb_match: Match | None
    match_status: str  # pending, matched, unsure, unmatched, failed
    confidence: float | None
    alternatives: list[Match]
    status: str  # pending, added, skipped, already_ranked, same_film


class Review(Schema):
    session_id: UUID
    current_index: int | None
    total_movies: int
    added_count: int
    skipped_count: int
    remaining_count: int
    movies: list[ReviewMovie]


class ReviewStarted(Schema):
    session_id: UUID
    total_entries: int
    movies_found: int
    tv_shows_filtered: int
    already_ranked: int
    ready_for_review: int
    movies: list[ReviewMovie]


class Add(Schema):
    rating: int = Field(ge=1, le=5, strict=True)  # whole stars, as in the wizard
    rated_at: Day | None = None


class Choose(Schema):
    tmdb_id: int = Field(ge=1, le=LARGEST, strict=True)


class Completed(Schema):
    movies_added: int
    movies_skipped: int
    unmatched_titles: list[str]


@router.post("/upload/", response={201: ReviewStarted, **UPLOADING, **errors(409)}, summary="Start a review")
def upload(request: HttpRequest, file: File[UploadedFile], time_zone: Form[str] = "UTC") -> Answer[ReviewStarted]:
    """It replaces the person's open one. Matching goes on in the background."""
    user, zone = caller(request), known_zone(time_zone)
    with limits.counted(request, Usage.Kind.UPLOAD):
        uploads = [upload_of(file)]
        try:
            session = start_review(user, uploads, time_zone=zone, replace=True)
        except ReviewOpen as another:
            raise Refused(409, "replaced", gettext("Another upload of yours has just replaced this one.")) from another
    counts = _counts(session)
    started = ReviewStarted(
        session_id=session.pk,
        total_entries=session.entries_count,
        movies_found=session.found_count,
        tv_shows_filtered=session.series_count,
        already_ranked=counts.get(Decision.ALREADY_RANKED, 0),
        ready_for_review=counts.get(Decision.PENDING, 0),
        movies=_movies(session),
    )
    return Answer(201, started)


@router.get("/session/{uuid:session_id}/", response={200: Review, **READING}, summary="A review and its films")
def detail(request: HttpRequest, session_id: UUID) -> Review:
    session = _review(request, session_id)
    counts, pending = _counts(session), session.movies.filter(decision=Decision.PENDING)
    return Review(
        session_id=session.pk,
        current_index=pending.order_by("turn").values_list("turn", flat=True).first(),
        total_movies=session.total_movies,
        added_count=counts.get(Decision.ADDED, 0),
        skipped_count=counts.get(Decision.SKIPPED, 0),
        remaining_count=counts.get(Decision.PENDING, 0),
        movies=_movies(session),
    )


@router.post(
    "/session/{uuid:session_id}/movie/{int:index}/add/", response={201: RankingOut, **DECIDING}, summary="Rank a film"
)
def add(request: HttpRequest, session_id: UUID, index: int, decision: Add) -> Answer[RankingOut]:
    """rated_at defaults to the last day it was watched."""
    movie = _movie(request, session_id, index)
    today = movie.session.today()
    # min: a history may tell of days that are yet to come
    rated_at = decision.rated_at or min(movie.watched_on or today, today)
    if rated_at > today:
        raise HttpError(400, gettext("rated_at can't be in the future."))
    return Answer(201, RankingOut.of(decisions.add(movie, Decimal(decision.rating), rated_at)))


@router.post(
    "/session/{uuid:session_id}/movie/{int:index}/skip/", response={204: None, **DECIDING}, summary="Skip a film"
)
def skip(request: HttpRequest, session_id: UUID, index: int) -> Answer[None]:
    decisions.skip(_movie(request, session_id, index))
    return Answer(204, None)


@router.post(
    "/session/{uuid:session_id}/movie/{int:index}/undo/",
    response={200: ReviewMovie, **DECIDING},
    summary="Take a decision back",
)
def undo(request: HttpRequest, session_id: UUID, index: int) -> ReviewMovie:
    decisions.undo(_movie(request, session_id, index))
    # read again: the decision changed the row that it locked, not the one read before
    return _one(_movie(request, session_id, index))


@router.post(
    "/session/{uuid:session_id}/movie/{int:index}/match/",
    response={200: ReviewMovie, **DECIDING, **errors(429)},
    summary="Say which film it is",
)
def match(request: HttpRequest, session_id: UUID, index: int, choice: Choose) -> ReviewMovie:
    """By its number at TMDB."""
    movie = _movie(request, session_id, index)
    try:
        with limits.counted(request, Usage.Kind.SEARCH):
            # as an address, for a bare number may be a title: 1917
            [film] = enrichment.search_by_hand(f"themoviedb.org/movie/{choice.tmdb_id}")
    except enrichment.SearchRefused as refused:
        # of such an address it says only that there is no such film
        raise HttpError(404, str(refused)) from refused
    except enrichment.SearchUnavailable as trouble:
        raise HttpError(503, str(trouble)) from trouble
    decisions.choose(movie, film.pk)
    return _one(_movie(request, session_id, index))


@router.post("/session/{uuid:session_id}/complete/", response={200: Completed, **CHANGING}, summary="End a review")
def complete(request: HttpRequest, session_id: UUID) -> Completed:
    session = _review(request, session_id)
    decisions.complete(session)
    counts = _counts(session)
    unmatched = session.movies.filter(outcome__in=[Outcome.UNMATCHED, Outcome.FAILED]).order_by("turn")
    return Completed(
        movies_added=counts.get(Decision.ADDED, 0),
        movies_skipped=counts.get(Decision.SKIPPED, 0),
        unmatched_titles=list(unmatched.values_list("title", flat=True)),
    )


@router.delete("/session/{uuid:session_id}/", response={204: None, **CHANGING}, summary="Delete a review")
def delete(request: HttpRequest, session_id: UUID) -> Answer[None]:
    delete_import(_review(request, session_id))
    return Answer(204, None)


def _review(request: HttpRequest, session_id: UUID) -> ImportSession:
    session = access.get_own_session_or_404(request, session_id)
    if not session.is_review:
        raise Http404
    return session


def _movie(request: HttpRequest, session_id: UUID, index: int) -> Movie:
    """The film at this place of the review; places are never renumbered."""
    place = Movie.objects.filter(session_id=session_id, turn=index, kind=Kind.FILM).values_list("pk", flat=True).first()
    # 0 is no film's: what is refused then is told as everywhere, also of an import that has run out
    movie = access.get_own_movie_or_404(request, session_id, place or 0)
    if not movie.session.is_review:
        raise Http404
    return movie


def _counts(session: ImportSession) -> dict[str, int]:
    rows = session.movies.filter(kind=Kind.FILM).order_by().values_list("decision").annotate(n=Count("pk"))
    return dict(rows)


def _movies(session: ImportSession) -> list[ReviewMovie]:
    rows = session.movies.filter(kind=Kind.FILM).select_related("lookup", "tmdb_movie").order_by("turn")
    return _shown(list(rows))


def _one(movie: Movie) -> ReviewMovie:
    return _shown([movie])[0]


def _shown(movies: list[Movie]) -> list[ReviewMovie]:
    """These films as the API tells them, the films of all their candidates read in one query."""
    films = TmdbMovie.objects.in_bulk({pk for movie in movies for pk in _candidate_ids(movie)})
    return [_review_movie(movie, films) for movie in movies]


def _candidate_ids(movie: Movie) -> list[int]:
    return [entry["id"] for entry in movie.lookup.candidates] if movie.lookup else []


def _review_movie(movie: Movie, films: dict[int, TmdbMovie]) -> ReviewMovie:
    candidates = [films[pk] for pk in _candidate_ids(movie) if pk in films]
    film = decisions.film_of(movie, candidates)
    return ReviewMovie(
        index=movie.turn,
        parsed=Parsed(title=movie.title, watch_date=movie.watched_on, prime_image_url=movie.source_image_url or None),
        tmdb_match=Match.of(film) if film else None,
        match_status="pending" if movie.outcome == Outcome.OPEN else movie.outcome,
        confidence=movie.lookup.confidence if movie.lookup else None,
        alternatives=_alternatives(film, candidates),
        status=movie.decision,
    )


def _alternatives(film: TmdbMovie | None, candidates: Iterable[TmdbMovie]) -> list[Match]:
    return [Match.of(other) for other in candidates if other != film][:ALTERNATIVES]
