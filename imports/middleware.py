"""Refuses a body that is too large before anything parses it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from .views.errors import refused

DRAIN_AT_MOST = 4  # times the limit; who sends even more loses the connection
CHUNK = 256 * 1024

GetResponse = Callable[[HttpRequest], HttpResponse]


class UploadLimitMiddleware:
    """Answers 413. The body is read to its end first: a client that still sends would not see the answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit = settings.MAX_UPLOAD_BYTES + settings.UPLOAD_SLACK_BYTES
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if length <= limit:
            return self.get_response(request)
        if length <= limit * DRAIN_AT_MOST:
            _drain(request)
        return _too_large(request)


def _drain(request: HttpRequest) -> None:
    while request.read(CHUNK):
        pass


def _too_large(request: HttpRequest) -> HttpResponse:
    message = gettext(
        "That is more than the %(limit)d MB we take at once: send the ZIP that you were given, unchanged."
    ) % {"limit": settings.MAX_UPLOAD_BYTES // 1024**2}
    return refused(request, message, "too_large", status=413)
