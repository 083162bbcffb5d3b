"""What is limited by the hour, for each person and each address: a view opens this door around the work, and what is
counted stands there. Wrong passwords: passwords.py."""

import unicodedata
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from math import ceil
from zlib import crc32

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, gettext_noop, ngettext

from imports.models import Usage

from .client_address import network

HOUR = timedelta(hours=1)
# Far from what a household does behind one address
SEARCHES_PER_HOUR = 600  # a review is at most 500 films
SIGN_UPS_PER_HOUR = 10
NAMES_PER_HOUR = 30  # each try to sign up tells whether a name is taken
RESETS_PER_HOUR = 10
LETTERS_PER_HOUR = 3  # to one recipient, who did not ask for them
SENTENCES = {
    Usage.Kind.UPLOAD: gettext_noop("We take at most %(most)d uploads an hour, and nothing of this one was read."),
    Usage.Kind.SEARCH: gettext_noop("At most %(most)d searches an hour can be made."),
    Usage.Kind.SIGN_UP: gettext_noop("At most %(most)d accounts an hour can be made from one network."),
    Usage.Kind.NAME: gettext_noop("At most %(most)d tries an hour to sign up can be made from one network."),
    Usage.Kind.RESET: gettext_noop("At most %(most)d letters an hour are sent for one network."),
    Usage.Kind.LETTER: gettext_noop("At most %(most)d letters an hour are sent to one e-mail address."),
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
    with _place(kind, request.user.pk if isinstance(request.user, User) else None, address_of(request)):
        yield


def counted_letter(recipient: str) -> AbstractContextManager[None]:
    """Take a place of this hour for a letter to this e-mail address, as `counted` does. Whether an account has the
    address makes no difference, so the answer tells nothing of it. Raises TooMany."""
    name = unicodedata.normalize("NFKC", recipient).casefold()
    return _place(Usage.Kind.LETTER, None, salted_hmac(__name__, name, algorithm="sha256").hexdigest()[:40])


@contextmanager
def _place(kind: Usage.Kind, user_id: int | None, address: str) -> Iterator[None]:
    taken = _take(kind, user_id, address)
    try:
        yield
    except Exception:
        taken.delete()
        raise


def per_hour(kind: Usage.Kind) -> int:
    fixed = {
        Usage.Kind.SEARCH: SEARCHES_PER_HOUR,
        Usage.Kind.SIGN_UP: SIGN_UPS_PER_HOUR,
        Usage.Kind.NAME: NAMES_PER_HOUR,
        Usage.Kind.RESET: RESETS_PER_HOUR,
        Usage.Kind.LETTER: LETTERS_PER_HOUR,
    }
    return fixed.get(kind, settings.UPLOADS_PER_HOUR)


def address_of(request: HttpRequest) -> str:
    """The address that counts: of IPv6, the network."""
    return network(request.META.get("REMOTE_ADDR", ""))


def try_again(seconds: int) -> str:
    minutes = ceil(seconds / 60)
    sentence = ngettext("Try again in a minute.", "Try again in %(n)d minutes.", minutes)
    return sentence % {"n": minutes}


@transaction.atomic
def _take(kind: Usage.Kind, user_id: int | None, address: str) -> Usage:
    who = [Q(address=address), *([Q(user_id=user_id)] if user_id else [])]
    _wait_for_others(f"{kind} {address}", *([f"{kind} {user_id}"] if user_id else []))
    now = timezone.now()
    if waits := [free - now for uses in who if (free := _free_at(kind, uses, now))]:
        raise TooMany(kind, ceil(max(waits).total_seconds()))
    return Usage.objects.create(kind=kind, user_id=user_id, address=address, at=now)


def _free_at(kind: Usage.Kind, uses: Q, now: datetime) -> datetime | None:
    """When so many of the hour's uses have fallen out that there is a place again; None: there is one."""
    newest = Usage.objects.filter(uses, kind=kind, at__gt=now - HOUR).order_by("-at").values_list("at", flat=True)
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
