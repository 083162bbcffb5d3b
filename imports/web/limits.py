"""What is limited by the hour, for each person and each address: a view opens this door around the work, and what is
counted stands there. Wrong passwords are counted by django-axes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from math import ceil
from zlib import crc32

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, ngettext

from imports.models import Usage

from .client_address import network

HOUR = timedelta(hours=1)
# Far from what a household does behind one address
SEARCHES_PER_HOUR = 600  # a review is at most 500 films
SIGN_UPS_PER_HOUR = 10
RESETS_PER_HOUR = 10
SENTENCES = {
    Usage.Kind.UPLOAD: gettext_noop("We take at most %(most)d uploads an hour, and nothing of this one was read."),
    Usage.Kind.SEARCH: gettext_noop("At most %(most)d searches an hour can be made."),
    Usage.Kind.SIGN_UP: gettext_noop("At most %(most)d accounts an hour can be made from one network."),
    Usage.Kind.RESET: gettext_noop("At most %(most)d letters an hour are sent for one network."),
}


class TooMany(Exception):
    """The hour is full; nothing was done. As text: a sentence for the person."""

    def __init__(self, kind: Usage.Kind, seconds: int) -> None:
        super().__init__(kind)
        self.kind = kind
        self.seconds = seconds  # until there is a place again

    def __str__(self) -> str:
        return f"{gettext(SENTENCES[self.kind]) % {'most': per_hour(self.kind)}} {try_again(self.seconds)}"


@contextmanager
def counted(request: HttpRequest, kind: Usage.Kind) -> Iterator[None]:
    """Take a place of this hour before the work, and give it back if the work is refused or fails. A crash in between
    costs that one place. Raises TooMany."""
    taken = _take(kind, request.user.pk if isinstance(request.user, User) else None, address_of(request))
    try:
        yield
    except Exception:
        taken.delete()
        raise


def per_hour(kind: Usage.Kind) -> int:
    fixed = {
        Usage.Kind.SEARCH: SEARCHES_PER_HOUR,
        Usage.Kind.SIGN_UP: SIGN_UPS_PER_HOUR,
        Usage.Kind.RESET: RESETS_PER_HOUR,
    }
    return fixed.get(kind, settings.UPLOADS_PER_HOUR)


def address_of(request: HttpRequest) -> str:
    """The address that counts: of IPv6, the network."""
    return network(request.META.get("REMOTE_ADDR", ""))


def try_again(seconds: int) -> str:
    minutes = ceil(seconds / 60)
    said = ngettext("Try again in a minute.", "Try again in %(n)d minutes.", minutes)
    return said % {"n": minutes}


def login_address(request: HttpRequest) -> str | None:
    """The address that counts, for django-axes; None where there is none (a socket of this machine)."""
    return address_of(request) or None


def login_wait(request: HttpRequest, username: str) -> int:
    """How many seconds this name is still locked for this address."""
    attempts = AccessAttempt.objects.filter(username=username, ip_address=login_address(request))
    last = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    until = (last or timezone.now()) + settings.AXES_COOLOFF_TIME
    return max(1, ceil((until - timezone.now()).total_seconds()))


@transaction.atomic
def _take(kind: Usage.Kind, user_id: int | None, address: str) -> Usage:
    who = [Q(address=address), *([Q(user_id=user_id)] if user_id else [])]
    _wait_for_others(f"{kind} {address}", *([f"{kind} {user_id}"] if user_id else []))
    now = timezone.now()
    if waits := [free - now for one in who if (free := _free_at(kind, one, now))]:
        raise TooMany(kind, ceil(max(waits).total_seconds()))
    return Usage.objects.create(kind=kind, user_id=user_id, address=address, at=now)


def _free_at(kind: Usage.Kind, who: Q, now: datetime) -> datetime | None:
    """When so many of the hour's uses have fallen out that there is a place again; None: there is one."""
    newest = Usage.objects.filter(who, kind=kind, at__gt=now - HOUR).order_by("-at").values_list("at", flat=True)
    last = per_hour(kind) - 1
    full_since = newest[last : last + 1].first()
    return full_since + HOUR if full_since else None


def _wait_for_others(*names: str) -> None:
    """Two can't both count the same last place. SQLite's transactions that write come one after another anyway."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for key in sorted(crc32(name.encode()) for name in names):  # in one order, so that no two wait for each other
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
