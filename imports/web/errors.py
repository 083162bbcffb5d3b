"""Errors that no view answers: as JSON under /api/, else as a page. Never a traceback."""

from typing import Any, cast

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, is_valid_path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import defaults

from . import limits, passwords
from .access import ImportExpired
from .htmx import HtmxHttpRequest, pick_template, whole_page

_LETTERBOXD_HERE = _("POST it to /api/upload as “files”.")
_ONLY_THESE = _(
    "Of a Letterboxd export only watched.csv, ratings.csv, diary.csv, reviews.csv and likes/films.csv are needed."
)
HINTS = {  # what helps with this code, to those who write programs
    "prime_elsewhere": _("POST it to /api/v1/import/amazon-prime/upload/ as “file”, signed in."),
    "letterboxd_elsewhere": _LETTERBOXD_HERE,
    "not_our_export": _LETTERBOXD_HERE,
    "too_large": _ONLY_THESE,
    "too_many_files": _ONLY_THESE,
    "too_large_unpacked": _ONLY_THESE,
    "fields_too_large": _("Files are sent as files: curl -F files=@letterboxd.zip"),
    "length_required": _("Send it with Content-Length, not chunked: curl -F files=@letterboxd.zip does so."),
    "csrf": _("A call without cookies, or with a token from Settings, needs no CSRF token."),
}


def told(detail: str, code: str, *, file: str = "", hint: str = "") -> dict[str, str]:
    """An error as the API tells it."""
    more = {"file": file, "hint": hint or str(HINTS.get(code, ""))}
    return {"detail": detail, "code": code} | {name: value for name, value in more.items() if value}


def in_json(response: HttpResponse) -> HttpResponse:
    """This error as the API tells it, with the same status and headers."""
    if response.status_code == 405:
        allowed = sorted(name.strip() for name in response["Allow"].split(","))
        response["Allow"] = ", ".join(allowed)
        body = told(gettext("This address takes only %s.") % response["Allow"], "method_not_allowed")
    elif response.status_code == 403:
        body = told(gettext("Send the %s cookie's value as X-CSRFToken.") % settings.CSRF_COOKIE_NAME, "csrf")
    else:
        body = told(response.reason_phrase, "refused")
    response.content = JsonResponse(body).content
    response["Content-Type"] = "application/json"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What Django refuses before a view sees it: mostly an upload of too many parts."""
    if isinstance(exception, TooManyFilesSent):
        message = gettext("That is more files than we take at once: send the ZIP that you were given, unchanged.")
        return refused(request, message, "too_many_files", status=413)
    if isinstance(exception, TooManyFieldsSent):
        return refused(request, gettext("That is more fields than we take at once."), "too_many_fields", status=413)
    if isinstance(exception, RequestDataTooBig):
        message = gettext("That is more than we take at once beside files.")
        return refused(request, message, "fields_too_large", status=413)
    if isinstance(exception, DisallowedHost):
        return _unknown_host(request)
    if is_api(request):
        message = gettext("This can't be read: its body or one of its headers is not what it must be.")
    else:
        message = gettext("Your browser sent something that can't be read: go back, reload the page, and try again.")
    return refused(request, message, "unreadable", status=400)


def _unknown_host(request: HttpRequest) -> HttpResponse:
    message = gettext(
        "This site does not answer at this address: whoever runs it names its addresses in ALLOWED_HOSTS."
    )
    if is_api(request):
        return JsonResponse(told(message, "unreadable"), status=400)
    return render(request, "400.html", {"message": message}, status=400)


def refused(request: HttpRequest, message: str, code: str, *, status: int) -> HttpResponse:
    if is_api(request):
        return JsonResponse(told(message, code), status=status)
    return render(request, "sessions/upload_error.html", {"message": message, "code": code}, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return JsonResponse(nothing_here(_hint(request, exception)), status=404)
    if isinstance(exception, ImportExpired):
        response = render(request, "sessions/session_expired.html", status=404)
    else:
        response = defaults.page_not_found(request, exception)
    if getattr(request, "htmx", None):  # a part of a page can't say it: the whole page does
        response["HX-Redirect"] = whole_page(cast(HtmxHttpRequest, request))
    return response


def nothing_here(hint: str = "") -> dict[str, str]:
    return told(gettext("There is nothing here."), "not_found", hint=hint)


def server_error(request: HttpRequest) -> HttpResponse:
    if is_api(request):
        return JsonResponse(told(gettext("Something went wrong here."), "server_error"), status=500)
    return defaults.server_error(request)


def too_many(request: HtmxHttpRequest, refused: limits.TooMany) -> HttpResponse:
    """The hour's uploads, or what else is limited, are used up."""
    if is_api(request):
        response: HttpResponse = JsonResponse(told(str(refused), "too_many"), status=429)
    else:
        template = pick_template(request, page="429.html", fragment="_too_many.html")
        response = render(request, template, {"message": str(refused)}, status=429)
    response["Retry-After"] = str(refused.seconds)
    return response


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """django-axes refuses when too many wrong passwords were tried; also at the admin's door, and in Settings."""
    username = (credentials or {}).get("username", "")
    seconds = passwords.wait(request, username)
    context = {"message": f"{passwords.sentence(request, username)} {limits.try_again(seconds)}"}
    answer = render(request, "429.html", context, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database can't be asked, so the page must do without it."""
    if is_api(request):
        message = gettext("The database is busy or away: try again in a moment. Nothing was stored.")
        response: HttpResponse = JsonResponse(told(message, "unavailable"), status=503)
    else:
        response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = "30"
    return response


def is_api(request: HttpRequest) -> bool:
    return request.path == "/api" or request.path.startswith("/api/")


def _hint(request: HttpRequest, exception: Exception) -> str:
    if request.path.rstrip("/") == "/api":
        return gettext("What there is stands at /api/docs.")
    return _meant(request) if isinstance(exception, Resolver404) else ""


def _meant(request: HttpRequest) -> str:
    """The address that it would be with a slash more, or less."""
    path = request.path_info
    other = path[:-1] if path.endswith("/") else f"{path}/"
    return gettext("It is %s.") % other if is_valid_path(other) else ""
