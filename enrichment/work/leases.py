"""A worker takes a row by a conditional update with a token, and settles it only while the token is still its own."""

import os
import secrets
import socket
import uuid
import zlib
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from enrichment.models import TitleLookup, TmdbMovie, Upkeep

LEASE = timedelta(seconds=120)
MAX_ATTEMPTS = 5
OLDEST_EVERY = 4  # every fourth lease goes to the oldest row, so that nobody starves

Work = TitleLookup | TmdbMovie | Upkeep
BY_TURN, BY_AGE = "turn", "created_at"


def lease_next(nth: int) -> Work | None:
    """The row that is next over both stages, else one of the instance's own upkeep, or None when no row is free.
    Two workers never hold the same one."""
    order = BY_AGE if nth % OLDEST_EVERY == OLDEST_EVERY - 1 else BY_TURN
    while True:
        now = timezone.now()
        row = _next_free(order, now)
        if row is None or _take(row, now):
            return row


def settle(row: Work, **values: Any) -> bool:
    """Write the row's end and let go of it. False when it is no longer ours: then nothing was written."""
    free = {"leased_until": None, "lease_token": None}
    return bool(_as_read(row).update(**values, **free))


def finish(row: Upkeep) -> bool:
    """The end of a row of upkeep: it is no longer there. False when it was not ours any more."""
    return bool(_as_read(row).delete()[0])


def give_back(row: Work, error: str, *, counts: bool, wait: float) -> None:
    """Let the row wait. `counts`: TMDB answered others meanwhile, so this try was the row's own and is kept."""
    attempts = row.attempts if counts else row.attempts - 1
    settle(row, attempts=attempts, error=error, next_attempt_at=timezone.now() + timedelta(seconds=wait))


def try_later(row: Work, error: str, *, wait: float) -> None:
    """Let the row wait so many seconds, with all its tries before it."""
    settle(row, attempts=0, error=error, next_attempt_at=timezone.now() + timedelta(seconds=wait))


def free_all_of(session_id: int) -> None:
    """Let go of the rows that the workers of a dead cluster held, so that they need not wait for the lease's end.
    The tries they counted stay: a row that kills its worker must run out of them."""
    _free_between(_token(session_id, 0), _token(session_id, 2**64 - 1))


def free_all_of_worker(session_id: int, pid: int) -> None:
    """Free the rows that one dead worker held, of a cluster that lives."""
    _free_between(_token(session_id, pid << 32), _token(session_id, (pid + 1 << 32) - 1))


def is_spent(row: Work) -> bool:
    """The try that is counted now would be one too many, also for a row that kills its worker each time."""
    return row.attempts > MAX_ATTEMPTS


def _next_free(order: str, now: datetime) -> Work | None:
    films = TmdbMovie.objects.free(now).order_by(order, "pk")
    lookups = TitleLookup.objects.free(now).order_by(order, "pk")
    film, lookup = films.first(), lookups.first()
    if film is None or lookup is None:
        return film or lookup or Upkeep.objects.free(now).order_by("turn", "pk").first()
    # at the same turn the film goes first: it completes one of the person's
    return film if getattr(film, order) <= getattr(lookup, order) else lookup


def _take(row: Work, now: datetime) -> bool:
    token = _token(os.getsid(0))
    unchanged = _as_read(row).free(now).filter(attempts=row.attempts)
    if not unchanged.update(lease_token=token, leased_until=now + LEASE, attempts=F("attempts") + 1):
        return False
    row.lease_token, row.attempts = token, row.attempts + 1
    return True


def _token(session_id: int, number: int | None = None) -> uuid.UUID:
    """Machine, process session (a cluster and its workers share one), process, a number of its own: 32 bits each."""
    machine = (uuid.getnode() ^ zlib.crc32(socket.gethostname().encode())) & 0xFFFFFFFF
    low = os.getpid() << 32 | secrets.randbits(32) if number is None else number
    return uuid.UUID(int=machine << 96 | session_id << 64 | low)


def _free_between(first: uuid.UUID, last: uuid.UUID) -> None:
    for model in (TmdbMovie, TitleLookup, Upkeep):
        held = model._default_manager.filter(lease_token__gte=first, lease_token__lte=last)
        held.update(lease_token=None, leased_until=None)


def _as_read(row: Work) -> Any:
    """The row, unless another has taken it since."""
    return type(row)._default_manager.filter(pk=row.pk, lease_token=row.lease_token)
