"""One limit for all processes on all machines: evenly spaced slots, given out by one database row.

Libraries for this were tried and overshoot (docs/adr/0003). Two things keep a sliding window from ever being over:
the slots are SLACK wider apart than the limit asks for, and a request that leaves late moves all later slots by as
much: those a window later would be too near to it.

Imports reserve slots only a moment ahead; a page that a person waits for takes the next one after those. So however
many workers there are, a person waits for a moment, not for all of them.
"""

import random
import time
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from enrichment.models import TmdbService

from .errors import TMDBUnavailable

SLACK = 0.035  # of the window: what two requests' ways to TMDB may differ in time, and the lateness below
LATE = 0.4  # of the slack: less lateness moves nothing, and leaves the rest to the way there
MAX_WAIT = 10.0  # seconds until the next slot; a longer wait is the row's, not the worker's
FARTHEST = 120.0  # seconds; a Retry-After is sane up to 60
MAX_QUEUE = 30.0  # seconds that a worker tries for a slot beside many others, well within its lease
MOMENT = 0.25  # seconds that imports reserve ahead, or two slots where these are wider apart

# the slots given out in the minute of the one that is given now, and in the minute before
_COUNT = """slots_before = CASE {minute} WHEN minute THEN slots_before WHEN minute + 1 THEN slots ELSE 0 END,
        slots = CASE {minute} WHEN minute THEN slots + 1 ELSE 1 END, minute = {minute}"""
_MINUTE_ON_POSTGRESQL = "floor(greatest(next_slot_at, extract(epoch FROM statement_timestamp())) / 60)::integer"
_TAKE = {
    "sqlite": f"""UPDATE enrichment_tmdbservice SET next_slot_at = max(next_slot_at, %(now)s) + %(gap)s,
        {_COUNT.format(minute="CAST(max(next_slot_at, %(now)s) / 60 AS integer)")}
        WHERE id = 1 AND next_slot_at <= %(now)s + %(ahead)s RETURNING moved, next_slot_at - %(gap)s""",  # noqa: S608
    "postgresql": f"""UPDATE enrichment_tmdbservice
        SET next_slot_at = greatest(next_slot_at, extract(epoch FROM clock_timestamp())::float8) + %(gap)s,
        {_COUNT.format(minute=_MINUTE_ON_POSTGRESQL)}
        WHERE id = 1 AND next_slot_at <= extract(epoch FROM clock_timestamp()) + %(ahead)s
        RETURNING moved, next_slot_at - %(gap)s, extract(epoch FROM clock_timestamp())::float8""",  # noqa: S608
}
_LOOK = {
    "sqlite": "SELECT next_slot_at - %(now)s FROM enrichment_tmdbservice WHERE id = 1",
    "postgresql": """SELECT next_slot_at - extract(epoch FROM clock_timestamp())::float8
        FROM enrichment_tmdbservice WHERE id = 1""",
}
# only by what others that were late at the same time have not moved already
_MOVE = """UPDATE enrichment_tmdbservice
    SET next_slot_at = next_slot_at + %(until)s - moved, moved = %(until)s WHERE id = 1 AND moved < %(until)s"""
_PUSH_BACK = {
    "sqlite": "UPDATE enrichment_tmdbservice SET next_slot_at = max(next_slot_at, %(now)s + %(seconds)s) WHERE id = 1",
    "postgresql": """UPDATE enrichment_tmdbservice SET next_slot_at =
        greatest(next_slot_at, extract(epoch FROM clock_timestamp())::float8 + %(seconds)s) WHERE id = 1""",
}


@dataclass(frozen=True, slots=True)
class Permit:
    """When one request may leave, by this machine's clock. The database's is known no better than its answer took: a
    request leaves by the latest time that the slot can be, and counts as late by the earliest."""

    leave_at: float
    due_at: float
    moved: float  # TmdbService.moved when the slot was given


def per_second() -> float:
    """Requests a second that all processes may send together."""
    return float(settings.TMDB.rate_count / settings.TMDB.rate_seconds)


def take_permit(patience: float | None = None) -> Permit:
    """Sleep until this process may send one request; hand the permit to `sent` then. `patience`: seconds that a person
    waits, None for a worker. Never call it inside a transaction. Raises TMDBUnavailable: "limited" when nobody may send
    anything for longer than that, "busy" when all slots went to other workers."""
    window = settings.TMDB.rate_seconds
    gap = window * (1 + SLACK) / settings.TMDB.rate_count
    ahead = max(MOMENT, 2 * gap) if patience is None else patience
    most = max(MAX_WAIT, ahead + gap) if patience is None else patience
    give_up_at = time.monotonic() + max(MAX_QUEUE, most)
    while True:
        if (permit := _take_slot(gap, ahead)) is not None:
            time.sleep(max(0.0, permit.leave_at - time.time()))
            if time.time() - permit.leave_at < window * SLACK:
                return permit
        elif (until_next := _until_next_slot()) > most:
            raise TMDBUnavailable("limited", "TMDB asked us to wait", retry_after=until_next)
        else:  # not all who wait look again at the same moment
            time.sleep(max(0.0, until_next - ahead) + random.uniform(0, max(gap, ahead / 2)))
        if time.monotonic() > give_up_at:
            raise TMDBUnavailable("busy", "all permits went to others")


def sent(permit: Permit) -> None:
    """Its request left just now: the machine may be busy, or the connection was a new one."""
    window = settings.TMDB.rate_seconds
    late = min(time.time() - permit.due_at, window) - LATE * SLACK * window  # a clock that jumped is not a late request
    if late > 0:
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, {"until": permit.moved + late})


def push_back(seconds: float) -> None:
    """TMDB said to slow down: nobody sends anything for so long."""
    _ensure_row()
    with connection.cursor() as cursor:
        cursor.execute(_PUSH_BACK[connection.vendor], {"now": time.time(), "seconds": seconds})


def _take_slot(gap: float, ahead: float) -> Permit | None:
    """The next slot; None when all of the next `ahead` seconds are taken."""
    asked_at = time.time()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE[connection.vendor], {"now": asked_at, "gap": gap, "ahead": ahead})
        row = cursor.fetchone()
    if row is None:
        return None
    moved, slot, *clock = map(float, row)
    if not clock:
        return Permit(slot, slot, moved)
    wait = slot - clock[0]
    return Permit(time.time() + wait, asked_at + wait, moved)


def _until_next_slot() -> float:
    """Seconds."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK[connection.vendor], {"now": time.time()})
        row = cursor.fetchone()
        if row is None:
            _ensure_row()
        elif row[0] > FARTHEST + settings.TMDB.rate_seconds:  # nobody asked for so long a wait: the clock went back
            cursor.execute("UPDATE enrichment_tmdbservice SET next_slot_at = 0 WHERE id = 1")
        else:
            return float(row[0])
    return 0.0


def _ensure_row() -> None:
    TmdbService.objects.get_or_create(pk=1)
