"""What a person takes away of their library: a page that lists it, and each file by a plain address."""

from collections.abc import Callable
from io import BytesIO

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from imports.library import questions
from imports.reconciling.keeping import up_to_date
from imports.sources.reelkeeper.library_shape import library_json_schema
from imports.web import downloads
from imports.web.access import person


@require_safe
@login_required
def library_export(request: HttpRequest) -> HttpResponse:
    is_complete = up_to_date(person(request))
    context = {"is_complete": is_complete, "questions_count": questions.count(person(request))}
    return render(request, "exports/library.html", context)


@require_safe
@login_required
def library_json(request: HttpRequest) -> StreamingHttpResponse:
    return _of_now(request, downloads.json_of_library)


@require_safe
@login_required
def library_csv(request: HttpRequest) -> StreamingHttpResponse:
    return _of_now(request, downloads.films_of_library)


@require_safe
@login_required
def library_viewings_csv(request: HttpRequest) -> StreamingHttpResponse:
    return _of_now(request, downloads.viewings_of_library)


@require_safe
@login_required
def library_letterboxd(request: HttpRequest) -> StreamingHttpResponse:
    return _of_now(request, downloads.letterboxd_of_library)


@require_safe
@login_required
def library_missing(request: HttpRequest) -> StreamingHttpResponse:
    return _of_now(request, downloads.missing_of_library)


@require_safe
def library_schema(request: HttpRequest) -> FileResponse:
    """What the library's JSON is, for programs."""
    schema = BytesIO(library_json_schema())
    return FileResponse(schema, content_type="application/schema+json", filename="library-v1.json")


def _of_now(request: HttpRequest, file_of: Callable[[User], StreamingHttpResponse]) -> StreamingHttpResponse:
    """The library as it stands; the page has said where it is still being put together."""
    up_to_date(person(request))
    return file_of(person(request))
