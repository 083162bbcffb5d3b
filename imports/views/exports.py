"""What a person takes away of one import: a page that lists it, and each file by a plain address."""

from io import BytesIO
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from imports.sources.reelkeeper import shape
from imports.web import access
from imports.web.downloads import films_of, json_of, letterboxd_of, viewings_of


@require_safe
def export_page(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.get_own_session_or_404(request, session_id)
    return render(request, "exports/export.html", {"session": session})


@require_safe
def session_json(request: HttpRequest, session_id: UUID) -> StreamingHttpResponse:
    return json_of(access.get_own_session_or_404(request, session_id))


@require_safe
def films_csv(request: HttpRequest, session_id: UUID) -> StreamingHttpResponse:
    return films_of(access.get_own_session_or_404(request, session_id))


@require_safe
def viewings_csv(request: HttpRequest, session_id: UUID) -> StreamingHttpResponse:
    return viewings_of(access.get_own_session_or_404(request, session_id))


@require_safe
def letterboxd_zip(request: HttpRequest, session_id: UUID) -> StreamingHttpResponse:
    return letterboxd_of(access.get_own_session_or_404(request, session_id))


@require_safe
def export_schema(request: HttpRequest) -> FileResponse:
    """What the JSON export is, for programs."""
    schema = BytesIO(shape.json_schema())
    return FileResponse(schema, content_type="application/schema+json", filename="export-v1.json")
