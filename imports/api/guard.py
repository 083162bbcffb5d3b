"""Who may call: anyone, but an unsafe call that carries a session cookie also needs its CSRF token."""

from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.models import User
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


def known_zone(name: str) -> str:
    if name not in available_timezones():
        raise HttpError(400, gettext("time_zone must be a name like Europe/Lisbon."))
    return name


def signed_in(request: HttpRequest) -> User:
    """The account behind the session cookie; everyone else gets 401."""
    same_site(request)
    if not isinstance(request.user, User):
        raise HttpError(401, gettext("Sign in first."))
    return request.user
