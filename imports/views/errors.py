"""Errors that no view answers: as JSON under /api/, else as a page. Never a traceback."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views import defaults

from imports.access import ImportExpired


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return JsonResponse({"detail": gettext("There is nothing here."), "code": "not_found"}, status=404)
    if isinstance(exception, ImportExpired):
        return render(request, "imports/session_expired.html", status=404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if _is_api(request):
        return JsonResponse({"detail": gettext("Something went wrong here."), "code": "server_error"}, status=500)
    return defaults.server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
