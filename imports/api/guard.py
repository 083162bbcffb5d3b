"""Who calls: a script with a person's token, a browser by its cookie, or anyone."""

from typing import cast
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.translation import gettext
from ninja.errors import HttpError
from ninja.security import HttpBearer
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from imports import tokens

SAFE = {"GET", "HEAD", "OPTIONS"}


class Refused(HttpError):
    """With a code of its own, and what to do about it."""

    def __init__(self, status: int, code: str, detail: str, hint: str = "") -> None:
        super().__init__(status, detail)
        self.code, self.hint = code, hint


class Token(HttpBearer):
    """A personal token, made in Settings."""

    def authenticate(self, request: HttpRequest, token: str) -> User:
        user = tokens.person_of(token)
        if user is None:
            detail = gettext("This token is not known here: it may have been revoked.")
            raise Refused(401, "bad_token", detail, gettext("Make a new one in Settings."))
        # it alone says who calls: a cookie that came along says nothing
        request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        request.session = SessionBase()
        request.user = user
        return user


class Cookie(AuthBase):
    """The browser's session, signed in; an unsafe call also needs its CSRF token."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> User:
        same_site(request)
        if not isinstance(request.user, User):
            hint = gettext("Sign in, or send a token from Settings as “Authorization: Bearer …”.")
            raise Refused(401, "not_signed_in", gettext("Sign in first."), hint)
        return request.user


_token = Token()
SIGNED_IN = [_token, Cookie()]


def anyone(request: HttpRequest) -> bool:
    """With a token, a cookie, or neither: whose it is, access.py asks."""
    if "HTTP_AUTHORIZATION" not in request.META or _token(request) is None:
        same_site(request)
    return True


def staff(request: HttpRequest) -> None:
    """Of those who are signed in."""
    if not caller(request).is_staff:
        raise Refused(403, "not_staff", gettext("This is for the people who run this instance."))


def caller(request: HttpRequest) -> User:
    """Whoever passed SIGNED_IN."""
    return cast(User, request.user)


def same_site(request: HttpRequest) -> None:
    has_cookie = settings.SESSION_COOKIE_NAME in request.COOKIES
    if request.method not in SAFE and has_cookie and check_csrf(request):
        raise Refused(403, "csrf", gettext("Send the csrftoken cookie's value as X-CSRFToken."))


def known_zone(name: str) -> str:
    if name not in available_timezones():
        raise HttpError(400, gettext("time_zone must be a name like Europe/Lisbon."))
    return name
