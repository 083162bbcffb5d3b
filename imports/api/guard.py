"""Who calls: a script with a person's token, a browser by its cookie, or anyone."""

from typing import cast

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext
from ninja.errors import HttpError
from ninja.security import HttpBearer
from ninja.utils import check_csrf

from imports import time_zones
from imports.accounts import tokens

SAFE = {"GET", "HEAD", "OPTIONS"}


class Refused(HttpError):
    """An error with a code of its own, and a hint what to do about it."""

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
        request.session = SessionBase()  # empty, and stored nowhere
        request.user = user
        return user


def cookie(request: HttpRequest) -> User:
    """The browser's session, signed in. No page can send a cookie that is typed into it, so /api/docs asks for none."""
    same_site(request)
    if not isinstance(request.user, User):
        hint = gettext("Sign in, or send a token from Settings as “Authorization: Bearer …”.")
        raise Refused(401, "not_signed_in", gettext("Sign in first."), hint)
    return request.user


_token = Token()
SIGNED_IN = [_token, cookie]  # in this order: a token that is not known is refused, whatever the cookie says


class Anyone:
    """Let everyone in, with a token, a cookie, or neither: whose a thing is, web/access.py asks."""

    csrf = True  # /api/docs sends the token along

    def __call__(self, request: HttpRequest) -> bool:
        # None: the header is no Bearer; it may be a password that a proxy asks for
        if "HTTP_AUTHORIZATION" not in request.META or _token(request) is None:
            same_site(request)
        return True


def staff(request: HttpRequest, permission: str = "") -> None:
    """Let in only staff; with `permission`, only those who have the one that the admin asks for the same. Raises
    Refused."""
    if not caller(request).is_staff:
        raise Refused(403, "not_staff", gettext("This is for the people who run this instance."))
    if permission and not caller(request).has_perm(permission):
        raise Refused(403, "no_permission", gettext("Your account may not do this: a superuser can permit it."))


def caller(request: HttpRequest) -> User:
    """Whoever passed SIGNED_IN."""
    return cast(User, request.user)


def same_site(request: HttpRequest) -> None:
    """Another site's page comes without the session cookie (SameSite=Lax), and would have the browser take a new one
    for it: so it is refused, whatever it sends. A script says nothing of where it is."""
    if request.method in SAFE:
        return
    if _is_elsewhere(request):
        hint = gettext("Send a token from Settings as “Authorization: Bearer …”.")
        raise Refused(403, "cross_site", gettext("Another site's page needs a token for this."), hint)
    # without that cookie nothing is done in anyone's name
    if settings.SESSION_COOKIE_NAME in request.COOKIES and check_csrf(request):
        raise Refused(403, "csrf", gettext("Send the %s cookie's value as X-CSRFToken.") % settings.CSRF_COOKIE_NAME)


def _is_elsewhere(request: HttpRequest) -> bool:
    if "HTTP_ORIGIN" in request.META:  # judged as that of a page's form
        return not CsrfViewMiddleware(lambda _: HttpResponse())._origin_verified(request)  # type: ignore[attr-defined]
    # neither header: a script, or a browser of long ago
    return request.META.get("HTTP_SEC_FETCH_SITE", "none") not in ("none", "same-origin")


def known_zone(name: str) -> str:
    if not time_zones.is_known(name):  # a page takes UTC instead; who writes a script wants to know
        raise HttpError(400, gettext("time_zone must be a name like Europe/Lisbon."))
    return name
