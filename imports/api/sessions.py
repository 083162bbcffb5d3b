"""Imports over JSON: upload, follow, read, delete."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext
from ninja import File, Form, Query, Router, Schema
from ninja import Status as Answer
from ninja.errors import HttpError
from ninja.files import UploadedFile

from imports.films import listing
from imports.films.viewings import NEWEST_FIRST, with_viewings
from imports.models import ImportSession, Usage
from imports.sessions import progress
from imports.sessions.delete import delete_import
from imports.sessions.restore_library import RestoredLibrary
from imports.sessions.start import restore_export, take_in
from imports.sharing.allowed import public
from imports.statistics import kept
from imports.web import access, downloads, limits
from imports.web.uploads import upload_of

from .guard import known_zone
from .schemas import (
    CHANGING,
    READING,
    UPLOADING,
    Analytics,
    EnrichmentStats,
    LibraryBack,
    MovieOut,
    Movies,
    MoviesSummary,
    Session,
    Started,
    Status,
    Unenriched,
    UnenrichedMovies,
    ViewingOut,
    Viewings,
    a_file,
)
from .wanted import MoviesWanted, Paged, StatisticsWanted

router = Router(tags=["Imports"])
SUMMARY = 10  # films


@router.post("/upload", response={201: Started | LibraryBack, **UPLOADING}, summary="Start an import")
def upload(
    request: HttpRequest, files: File[list[UploadedFile]], time_zone: Form[str] = "UTC"
) -> Answer[Started] | Answer[LibraryBack]:
    """From a Letterboxd export: its ZIP, or CSV files from it. Sets the cookie that owns the import. The export of a
    whole library comes back as such, for those who are signed in."""
    zone = known_zone(time_zone)
    with limits.counted(request, Usage.Kind.UPLOAD), access.bringing_in(request) as owner:
        uploads = [upload_of(file) for file in files]
        taken_in = take_in(owner, uploads, time_zone=zone)
    get_token(request)  # so that the cookie's owner can also delete
    return _started(taken_in)


@router.get("/session/{uuid:session_id}", response={200: Session, **READING}, summary="An import and its files")
def detail(request: HttpRequest, session_id: UUID) -> Session:
    """What was read in each file is told to its owner."""
    return Session.of(access.get_readable_session_or_404(request, session_id))


@router.get(
    "/session/{uuid:session_id}/status", response={200: Status, 304: None, **READING}, summary="How far an import is"
)
def status(request: HttpRequest, session_id: UUID, response: HttpResponse) -> Any:
    """Cheap enough to poll; send the ETag back as If-None-Match for an empty 304 while nothing changes."""
    standing = access.get_standing_or_404(request, session_id)
    response["ETag"] = etag = _etag(standing)
    # to be kept by the caller alone, and asked about each time
    response["Cache-Control"] = "private, no-cache"
    known = get_conditional_response(request, etag=etag, response=response)
    # another response is the empty 304
    return Status.of(standing, progress.progress_of(standing)) if known is response else known


def _etag(standing: progress.Standing) -> str:
    # its owner's visits move the end, which the answer tells, and leave the mark as it is
    ends = f"-{standing.expires_at.timestamp():.3f}" if standing.expires_at else ""
    return f'"{standing.status}-{standing.mark}{ends}"'


@router.post("/session/import", response={201: Started | LibraryBack, **UPLOADING}, summary="Bring an import back")
def restore(request: HttpRequest, file: File[UploadedFile]) -> Answer[Started] | Answer[LibraryBack]:
    """From its JSON export, or a whole library from its own. Sets the cookie that owns it."""
    with limits.counted(request, Usage.Kind.UPLOAD), access.bringing_in(request) as owner:
        taken_in = restore_export(owner, upload_of(file))
    get_token(request)  # so that the cookie's owner can also delete
    return _started(taken_in)


def _started(taken_in: ImportSession | RestoredLibrary) -> Answer[Started] | Answer[LibraryBack]:
    if isinstance(taken_in, RestoredLibrary):
        return Answer(201, LibraryBack.of(taken_in))
    return Answer(201, Started.of(taken_in))


class Wanted(Schema):
    format: Literal["json", "csv", "letterboxd"] = "json"


@router.get(
    "/session/{uuid:session_id}/export",
    response={200: None, **READING},
    summary="Take an import away",
    openapi_extra=a_file(
        {
            "application/json": {"type": "object"},
            "text/csv": {"type": "string"},
            "application/zip": {"type": "string", "format": "binary"},
        }
    ),
)
def export(request: HttpRequest, session_id: UUID, query: Query[Wanted]) -> StreamingHttpResponse:
    """All of it, as a file: JSON that can be imported again (its schema: /schemas/export-v1.json), a CSV of the films,
    or a ZIP of what letterboxd.com takes in. The owner's only."""
    return downloads.FORMATS[query.format](access.get_own_session_or_404(request, session_id))


@router.get(
    "/session/{uuid:session_id}/report",
    response={200: None, **READING},
    summary="What became of every row",
    openapi_extra=a_file({"text/csv": {"type": "string"}}),
)
def report(request: HttpRequest, session_id: UUID) -> StreamingHttpResponse:
    """As a CSV file. The owner's only."""
    return downloads.report_of(access.get_own_session_or_404(request, session_id))


@router.get("/session/{uuid:session_id}/movies", response={200: Movies, **READING}, summary="The films")
def movies(request: HttpRequest, session_id: UUID, query: Query[MoviesWanted]) -> Movies:
    """Newest watched first; `total` counts what the filters leave. Each has its newest 50 viewings; `viewings_count`
    says how many there are, and its own viewings have them all, with what a review has beyond 20,000 characters. A
    reader with the link gets no tags or reviews."""
    session = access.get_readable_session_or_404(request, session_id)
    filters = query.filters()
    if filters.tag and not session.is_mine:  # who may not read tags could guess them one by one
        raise HttpError(400, gettext("tag: only the owner can ask for a tag."))
    films = listing.movies(session, filters)
    return Movies(
        movies=[MovieOut.of(film, is_mine=session.is_mine) for film in with_viewings(films[query.rows])],
        total=session.total_movies if filters.leave_all else films.count(),
        page=query.page,
        per_page=query.per_page,
    )


@router.get(
    "/session/{uuid:session_id}/movies-summary", response={200: MoviesSummary, **READING}, summary="The first ten films"
)
def movies_summary(request: HttpRequest, session_id: UUID) -> MoviesSummary:
    """With what is known of them."""
    session = access.get_readable_session_or_404(request, session_id)
    return MoviesSummary.of(session, with_viewings(listing.movies(session)[:SUMMARY]))


@router.get(
    "/session/{uuid:session_id}/movies/{int:movie_id}/viewings",
    response={200: Viewings, **READING},
    summary="The viewings of a film",
)
def movie_viewings(request: HttpRequest, session_id: UUID, movie_id: int, query: Query[Paged]) -> Viewings:
    """All of them, newest first. A reader with the link gets no tags or reviews."""
    session = access.get_readable_session_or_404(request, session_id)
    movie = get_object_or_404(session.movies, pk=movie_id)
    viewings = movie.viewings.order_by(*NEWEST_FIRST)[query.rows]
    return Viewings(
        viewings=[ViewingOut.of(viewing, is_mine=session.is_mine) for viewing in viewings],
        total=movie.viewings.count(),
        page=query.page,
        per_page=query.per_page,
    )


@router.get(
    "/session/{uuid:session_id}/unenriched-movies",
    response={200: UnenrichedMovies, **READING},
    summary="The films that are still open",
)
def unenriched_movies(request: HttpRequest, session_id: UUID, query: Query[Paged]) -> UnenrichedMovies:
    """Those that wait for TMDB, and those that it could not be asked about, with the reason."""
    session = access.get_readable_session_or_404(request, session_id)
    return UnenrichedMovies(
        movies=[Unenriched.of(movie) for movie in listing.unenriched(session)[query.rows]],
        total=session.open_count + session.failed_count,
        page=query.page,
        per_page=query.per_page,
    )


@router.get("/session/{uuid:session_id}/analytics", response={200: Analytics, **READING}, summary="The statistics")
def analytics(request: HttpRequest, session_id: UUID, query: Query[StatisticsWanted]) -> Analytics:
    """The numbers of the statistics page, with what is known so far. A reader with the link gets no tags."""
    session = access.get_readable_session_or_404(request, session_id)
    data = kept.of_session(session, query.filters())
    return Analytics.of(session, data if session.is_mine else public(data))


@router.get(
    "/session/{uuid:session_id}/enrichment-stats",
    response={200: EnrichmentStats, **READING},
    summary="What is known of the films, in short",
)
def enrichment_stats(request: HttpRequest, session_id: UUID) -> EnrichmentStats:
    """Numbers and examples."""
    session = access.get_readable_session_or_404(request, session_id)
    percent = progress.percent(session.enriched_count, session.total_movies)
    return EnrichmentStats.of(session, percent, kept.of_session(session))


@router.delete("/session/{uuid:session_id}", response={204: None, **CHANGING}, summary="Delete an import")
def delete(request: HttpRequest, session_id: UUID) -> Answer[None]:
    """With all that is in it. The owner's only."""
    delete_import(access.get_own_session_or_404(request, session_id))
    return Answer(204, None)
