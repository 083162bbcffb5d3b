"""Imports over JSON: upload, follow, read, delete."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from ninja import File, Form, Query, Router, Schema
from ninja import Status as Answer
from ninja.files import UploadedFile
from pydantic import Field

from imports import access, limits, queries, services, statistics
from imports.models import Usage
from imports.queries import MovieFilters
from imports.sources.base import Upload
from imports.views import exports, results

from .guard import known_zone
from .schemas import Analytics, EnrichmentStats, Error, MovieOut, Movies, Session, Started, Status

router = Router(tags=["Imports"])
NOT_FOUND = {404: Error}
OWNER_ONLY = {403: Error, 404: Error}


@router.post("/upload", response={201: Started, 400: Error, 403: Error, 413: Error, 422: Error, 429: Error})
def upload(request: HttpRequest, files: File[list[UploadedFile]], time_zone: Form[str] = "UTC") -> Answer[Started]:
    """Start an import from a Letterboxd export: its ZIP, or CSV files from it. Sets the cookie that owns it."""
    zone = known_zone(time_zone)
    with limits.counted(request, Usage.Kind.UPLOAD):
        uploads = [Upload(file.name or "", file.read()) for file in files]
        session = services.start_import(access.owner_of(request), uploads, time_zone=zone)
    get_token(request)  # so that the cookie's owner can also delete
    return Answer(201, Started.of(session))


@router.get("/session/{uuid:session_id}", response={200: Session, **NOT_FOUND})
def detail(request: HttpRequest, session_id: UUID) -> Session:
    return Session.of(access.get_readable_session_or_404(request, session_id))


@router.get("/session/{uuid:session_id}/status", response={200: Status, 304: None, **NOT_FOUND})
def status(request: HttpRequest, session_id: UUID, response: HttpResponse) -> Any:
    """Cheap enough to poll; send the ETag back as If-None-Match for an empty 304 while nothing changes."""
    standing = access.get_standing_or_404(request, session_id)
    etag = f'"{standing.status}-{standing.mark}"'
    if request.META.get("HTTP_IF_NONE_MATCH") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    response["ETag"] = etag
    return Status.of(standing, queries.progress(standing))


@router.post("/session/import", response={201: Started, 400: Error, 403: Error, 413: Error, 422: Error, 429: Error})
def restore(request: HttpRequest, file: File[UploadedFile]) -> Answer[Started]:
    """Bring an import back from its JSON export. Sets the cookie that owns it."""
    with limits.counted(request, Usage.Kind.UPLOAD):
        session = services.restore_import(access.owner_of(request), Upload(file.name or "", file.read()))
    get_token(request)  # so that the cookie's owner can also delete
    return Answer(201, Started.of(session))


class Wanted(Schema):
    format: Literal["json", "csv", "letterboxd"] = "json"


@router.get("/session/{uuid:session_id}/export", response={200: None, 400: Error, **NOT_FOUND})
def export(request: HttpRequest, session_id: UUID, wanted: Query[Wanted]) -> StreamingHttpResponse:
    """All of it, as a file: JSON that can be imported again (its schema: /schemas/export-v1.json), a CSV of the films,
    or a ZIP of what letterboxd.com takes in."""
    return exports.FORMATS[wanted.format](access.get_own_session_or_404(request, session_id))


@router.get("/session/{uuid:session_id}/report", response={200: None, **NOT_FOUND})
def report(request: HttpRequest, session_id: UUID) -> StreamingHttpResponse:
    """What became of every row, as a CSV file."""
    return results.report_of(access.get_own_session_or_404(request, session_id))


class Page(Schema):
    page: int = Field(1, ge=1, le=1_000_000)
    per_page: int = Field(50, ge=1, le=200)


@router.get("/session/{uuid:session_id}/movies", response={200: Movies, 400: Error, **NOT_FOUND})
def movies(request: HttpRequest, session_id: UUID, page: Query[Page]) -> Movies:
    """The films, newest watched first."""
    session = access.get_readable_session_or_404(request, session_id)
    found = queries.movies(session, MovieFilters())
    start = (page.page - 1) * page.per_page
    rows = found.prefetch_related("viewings")[start : start + page.per_page]
    return Movies(
        movies=[MovieOut.of(movie, is_mine=session.is_mine) for movie in rows],
        total=session.total_movies,
        page=page.page,
        per_page=page.per_page,
    )


class StatisticsFilters(Schema):
    year: int | None = Field(None, ge=1, le=9999, description="watched in")
    decade: int | None = Field(None, ge=0, le=9990, description="of the release, as 1990")
    genre: str = Field("", max_length=100)
    rating: str = Field("", pattern=r"^([0-4]\.5|[1-5](\.0)?|none)?$", description="stars, or none: not rated")


@router.get("/session/{uuid:session_id}/analytics", response={200: Analytics, 400: Error, **NOT_FOUND})
def analytics(request: HttpRequest, session_id: UUID, filters: Query[StatisticsFilters]) -> Analytics:
    """The numbers of the statistics page, with what is known so far. A reader with the link gets no tags."""
    session = access.get_readable_session_or_404(request, session_id)
    data = statistics.of_session(session, statistics.Filters(**filters.model_dump()))
    return Analytics.of(session, data if session.is_mine else statistics.public(data))


@router.get("/session/{uuid:session_id}/enrichment-stats", response={200: EnrichmentStats, **NOT_FOUND})
def enrichment_stats(request: HttpRequest, session_id: UUID) -> EnrichmentStats:
    session = access.get_readable_session_or_404(request, session_id)
    percent = queries.percent(session.enriched_count, session.total_movies)
    return EnrichmentStats.of(session, percent, statistics.of_session(session))


@router.delete("/session/{uuid:session_id}", response={204: None, **OWNER_ONLY})
def delete(request: HttpRequest, session_id: UUID) -> Answer[None]:
    services.delete_import(access.get_own_session_or_404(request, session_id))
    return Answer(204, None)
