"""Errors that no view answers: as JSON under /api/, else as a page. Never a traceback."""

from django.core.exceptions import TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.views import defaults

from imports.access import ImportExpired
from imports.htmx import HtmxHttpRequest, pick_template
from imports.limits import TooMany


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django refuses before a view sees it: mostly an upload of too many parts."""
    if isinstance(exception, TooManyFilesSent):
        message = gettext("That is more files than we take at once: send the ZIP that you were given, unchanged.")
        return refused(request, message, "too_many_files", status=413)
    message = gettext("Your browser sent something that can't be read: go back, reload the page, and try again.")
    return refused(request, message, "unreadable", status=400)


def refused(request: HttpRequest, message: str, code: str, *, status: int) -> HttpResponse:
    if _is_api(request):
        return JsonResponse({"detail": message, "code": code}, status=status)
    return render(request, "imports/upload_error.html", {"message": message, "code": code}, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return JsonResponse({"detail": gettext("There is nothing here."), "code": "not_found"}, status=404)
    if isinstance(exception, ImportExpired):
        response = render(request, "imports/session_expired.html", status=404)
    else:
        response = defaults.page_not_found(request, exception)
    if htmx := getattr(request, "htmx", None):  # a part of a page can't say it: the whole page does
        response["HX-Redirect"] = htmx.current_url_abs_path or "/"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    if _is_api(request):
        return JsonResponse({"detail": gettext("Something went wrong here."), "code": "server_error"}, status=500)
    return defaults.server_error(request)


def too_many(request: HtmxHttpRequest, refused: TooMany) -> HttpResponse:
    """The hour's uploads, or what else is limited, are used up."""
    if _is_api(request):
        response: HttpResponse = JsonResponse({"detail": str(refused), "code": "too_many"}, status=429)
    else:
        template = pick_template(request, page="429.html", fragment="_too_many.html")
        response = render(request, template, {"message": str(refused)}, status=429)
    response["Retry-After"] = str(refused.seconds)
    return response


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database can't be asked, so the page must do without it."""
    if _is_api(request):
        message = gettext("The database is busy or away: try again in a moment. Nothing was stored.")
        response: HttpResponse = JsonResponse({"detail": message, "code": "unavailable"}, status=503)
    else:
        response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = "30"
    return response


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
