"""Who may call: anyone, but an unsafe call that carries a session cookie also needs its CSRF token."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext
from ninja.errors import HttpError
from ninja.utils import check_csrf

SAFE = {"GET", "HEAD", "OPTIONS"}


def same_site(request: HttpRequest) -> bool:
    has_cookie = settings.SESSION_COOKIE_NAME in request.COOKIES
    if request.method not in SAFE and has_cookie and check_csrf(request):
        raise HttpError(403, gettext("Send the csrftoken cookie's value as X-CSRFToken."))
    return True
