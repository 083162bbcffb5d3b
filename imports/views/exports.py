"""What a person takes away of one import: a page that lists it, and each file by a plain address."""

from pathlib import Path
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from imports import access, exports_letterboxd, exports_session
from imports.models import ImportSession

from .downloads import CSV, JSON, ZIP, download

SCHEMA = Path(__file__).resolve().parent.parent / "schemas" / "export-v1.json"


@require_safe
def export_page(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.get_own_session_or_404(request, session_id)
    return render(request, "imports/export.html", {"session": session})


@require_safe
def session_json(request: HttpRequest, session_id: UUID) -> StreamingHttpResponse:
    return json_of(access.get_own_session_or_404(request, session_id))


@require_safe
def films_csv(request: HttpRequest, session_id: UUID) -> StreamingHttpResponse:
    return films_of(access.get_own_session_or_404(request, session_id))


@require_safe
def viewings_csv(request: HttpRequest, session_id: UUID) -> StreamingHttpResponse:
    session = access.get_own_session_or_404(request, session_id)
    return download(exports_session.viewings_csv(session), CSV, "reelkeeper-viewings.csv")


@require_safe
def letterboxd_zip(request: HttpRequest, session_id: UUID) -> StreamingHttpResponse:
    return letterboxd_of(access.get_own_session_or_404(request, session_id))


@require_safe
def export_schema(request: HttpRequest) -> FileResponse:
    """What the JSON export is, for programs."""
    return FileResponse(SCHEMA.open("rb"), content_type="application/schema+json")


def json_of(session: ImportSession) -> StreamingHttpResponse:
    return download(exports_session.session_json(session), JSON, "reelkeeper-export.json")


def films_of(session: ImportSession) -> StreamingHttpResponse:
    return download(exports_session.films_csv(session), CSV, "reelkeeper-films.csv")


def letterboxd_of(session: ImportSession) -> StreamingHttpResponse:
    return download(exports_letterboxd.session_zip(session), ZIP, "reelkeeper-letterboxd.zip")


FORMATS = {"json": json_of, "csv": films_of, "letterboxd": letterboxd_of}  # as the API calls them
