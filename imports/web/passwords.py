"""Wrong passwords: after some of them no more are looked at for a while, of one name from one address, of one name from
wherever, and from one address whatever the name. django-axes counts them; this says when it is enough. Whoever asks a
person who is signed in for the password again asks here, so that it can't be guessed there either."""

from datetime import datetime
from math import ceil
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from .limits import address_of

MOST_OF_ONE_NAME = 30  # from many addresses; far from what a person mistypes, and each can be reset by a letter
MOST_OF_ONE_ADDRESS = 30  # a school or a company is one address too

Attempts = QuerySet[AccessAttempt]


class PasswordHandler(AxesDatabaseHandler):  # type: ignore[misc]
    """django-axes', with a limit of its own for each of the three."""

    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        return locked_until(request, get_client_username(request, credentials)) is not None


def is_right(request: HttpRequest, username: str, password: str) -> bool:
    """Is it this person's password? A wrong one counts as at sign-in, and with the last of them the answer to this
    request is that page, whatever the view says."""
    return authenticate(request, username=username, password=password) is not None


def address(request: HttpRequest) -> str | None:
    """The address that counts, for django-axes; None where there is none (a socket of this machine)."""
    return address_of(request) or None


def wait(request: HttpRequest, username: str) -> int:
    """For how many seconds no password is looked at."""
    until = locked_until(request, username) or timezone.now()
    return max(1, ceil((until - timezone.now()).total_seconds()))


def sentence(request: HttpRequest, username: str) -> str:
    """Why no password is looked at, for the person."""
    if _until(_of_address(request), MOST_OF_ONE_ADDRESS):
        return gettext("Too many wrong passwords were entered from your network.")
    return gettext("Too many wrong passwords were entered for this name. Forgot yours? You can have it reset.")


def locked_until(request: HttpRequest, username: str | None) -> datetime | None:
    of_name = AccessAttempt.objects.filter(username=username)
    ends = [
        _until(of_name.filter(ip_address=address(request)), settings.AXES_FAILURE_LIMIT),
        _until(of_name, MOST_OF_ONE_NAME),
        _until(_of_address(request), MOST_OF_ONE_ADDRESS),
    ]
    return max((end for end in ends if end), default=None)


def _of_address(request: HttpRequest) -> Attempts:
    attempts: Attempts = AccessAttempt.objects.filter(ip_address=address(request))
    return attempts


def _until(attempts: Attempts, most: int) -> datetime | None:
    """When so many of them are forgotten that there is a try again; None: there is one."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    newest = attempts.filter(attempt_time__gt=since).order_by("-attempt_time")
    failures = 0
    for at, count in newest.values_list("attempt_time", "failures_since_start")[:most]:
        failures += count
        if failures >= most:
            end: datetime = at + settings.AXES_COOLOFF_TIME
            return end
    return None
