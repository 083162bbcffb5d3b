"""What happens around views: a request is known by its client's address, what depends on who asks is kept by no cache,
a body that is too large is refused before anything parses it, and a form that is no UTF-8, what the admin can't
be asked for is left out, it is said when the hour's uploads are used up, or the database is busy or away, and the API
speaks JSON whatever goes wrong."""

import logging
from collections.abc import Callable
from typing import cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.views.main import ERROR_FLAG
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db import DataError, OperationalError, ProgrammingError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.middleware import common
from django.shortcuts import redirect, resolve_url
from django.template.loader import render_to_string
from django.utils.cache import has_vary_header, patch_vary_headers
from django.utils.translation import gettext
from django_htmx.http import HttpResponseClientRedirect

from . import client_address
from .errors import bad_request, in_json, is_api, not_found, refused, too_many, unavailable
from .htmx import HtmxHttpRequest, wants_fragment, whole_page
from .limits import TooMany

logger = logging.getLogger("reelkeeper")

WAS_SIGNED_IN = "HTTP_X_SIGNED_IN"  # what base.html has htmx send from a page of someone signed in
DRAIN_AT_MOST = 4  # times the limit; who sends even more loses the connection
CHUNK = 256 * 1024
NO_VALUE = (DataError, FieldDoesNotExist, FieldError, OverflowError, ProgrammingError, ValidationError, ValueError)
BAD_PATTERN = "user-defined function raised exception"  # how SQLite says it, as an OperationalError
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

GetResponse = Callable[[HttpRequest], HttpResponse]


class ClientAddressMiddleware:
    """REMOTE_ADDR becomes the client's address also behind PROXY_COUNT proxies, so that nothing else reads headers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        peer, forwarded = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")
        request.META["REMOTE_ADDR"] = client_address.behind_proxies(peer, forwarded, settings.PROXY_COUNT)
        return self.get_response(request)


class PrivateMiddleware:
    """What depends on who asks is kept by no cache, and by no browser that someone else goes back with, unless a view
    says otherwise."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.has_header("Cache-Control"):
            return response
        if is_api(request):
            patch_vary_headers(response, ("Cookie", "Authorization"))  # also of what is not found, whoever asked
        if has_vary_header(response, "Cookie"):
            response["Cache-Control"] = "private, no-store"
        return response


class HeadMiddleware:
    """Under /api/ HEAD is GET without its body, which the server leaves out. ninja takes only what is named."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (request.method == "HEAD" and is_api(request)):
            return self.get_response(request)
        request.method = "GET"
        response = self.get_response(request)
        request.method = "HEAD"
        return response


class ApiErrorsMiddleware:
    """Under /api/ an error is JSON, whoever gives it: ninja refuses a method in plain text, Django a form in HTML."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_error = is_api(request) and response.status_code >= 400
        return in_json(response) if is_error and "json" not in response["Content-Type"] else response


class MethodMiddleware:
    """An address that takes only forms says so in our layout, to who opens it by hand."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not is_api(request):
            response.content = render_to_string("405.html", request=request).encode()
        return response


class CommonMiddleware(common.CommonMiddleware):
    """Under /api/ a wrong slash is not found: a redirect would lose what was sent."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        return not is_api(request) and super().should_redirect_with_slash(request)


class SignedOutMiddleware:
    """A part of a page that was loaded by someone signed in, asked for by someone who is not: the whole page goes to
    the sign-in page, and comes back afterwards. A part of it could only show what is no part of it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in (302, 403, 404) and wants_fragment(cast(HtmxHttpRequest, request)):
            return self._to_sign_in(cast(HtmxHttpRequest, request), response)
        return response

    def _to_sign_in(self, request: HtmxHttpRequest, response: HttpResponse) -> HttpResponse:
        leads_there = response.status_code == 302 and urlsplit(response["Location"]).path == resolve_url("login")
        was_signed_in = WAS_SIGNED_IN in request.META and not request.user.is_authenticated
        if not (leads_there or was_signed_in):
            return response
        if was_signed_in:
            messages.info(request, gettext("You've been signed out. Sign in to go on where you were."))
        query = urlencode({REDIRECT_FIELD_NAME: whole_page(request)})
        return HttpResponseClientRedirect(f"{resolve_url('login')}?{query}")


class UploadLimitMiddleware:
    """Answers 413. The body is read to its end first: a client that still sends would not see the answer. And 411 where
    nothing says where that end is: Django would take such a body for empty."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit = settings.MAX_UPLOAD_BYTES + settings.UPLOAD_SLACK_BYTES
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            message = gettext("What was sent does not say how long it is (Content-Length), so nothing was read.")
            return refused(request, message, "length_required", status=411)
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return bad_request(request)
        if length <= limit:
            return self.get_response(request)
        if length <= limit * DRAIN_AT_MOST:
            _drain(request)
        return _too_large(request)


class TextMiddleware:
    """What a request says is text in UTF-8 that a database can hold. A form that calls itself anything else is answered
    with 400: the name could be of any codec of Python's, base64 too. What another body calls itself says nothing of
    the address. A cookie with NUL, which has a way of writing it, is none of ours."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() not in ("utf-8", "utf8"):
            if request.content_type in FORMS:
                return bad_request(request)
            request.encoding = "utf-8"
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        return self.get_response(request)


class AdminLookupsMiddleware:
    """The admin asks the database for whatever an address or a chosen row says: numbers and texts that no column
    holds, a pattern that is none, a field that there is not. Its list is then shown without, as Django does where it
    sees the fault by itself; what is no list is not found."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        place = request.resolver_match
        if place is None or place.namespace != "admin" or not _is_of_a_value(exception):
            return None
        logger.warning("The admin could not look for what was asked: %s", type(exception).__name__)
        if str(place.url_name).endswith("_changelist") and (request.GET or request.POST):
            return redirect(f"{request.path}?{ERROR_FLAG}=1")
        return not_found(request, Http404())


class TroubleMiddleware:
    """Answers 429 when the hour is full, 400 when a body stopped coming, and 503 when the database is locked for too
    long, or not there. Nothing was stored, so all can be tried again."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HtmxHttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, TooMany):
            return too_many(request, exception)
        if isinstance(exception, UnreadablePostError):  # whoever sent it went away, or was too slow
            return bad_request(request)
        return unavailable(request) if isinstance(exception, OperationalError) else None


def _is_of_a_value(exception: Exception) -> bool:
    return isinstance(exception, NO_VALUE) or BAD_PATTERN in str(exception)


def _drain(request: HttpRequest) -> None:
    while request.read(CHUNK):
        pass


def _too_large(request: HttpRequest) -> HttpResponse:
    message = gettext(
        "That is more than the %(limit)d MB we take at once: send the ZIP that you were given, unchanged."
    ) % {"limit": settings.MAX_UPLOAD_BYTES // 1024**2}
    return refused(request, message, "too_large", status=413)
