"""One limit for all processes on all machines: evenly spaced slots, given out by one database row.

Libraries for this were tried and overshoot (docs/adr/0003). Two things keep a sliding window from ever being over:
the slots are SLACK wider apart than the limit asks for, and a request that leaves late moves all later slots by as
much: those a window later would be too near to it.

Imports reserve slots only a moment ahead; a page that a person waits for takes the next one after those. So however
many workers there are, a person waits for a moment, not for all of them.
"""

import random
import time

from django.conf import settings
from django.db import connection

from .models import TmdbService
from .tmdb.errors import TMDBUnavailable

SLACK = 0.035  # of the window: what two requests' ways to TMDB may differ in time, and the lateness below
LATE = 0.4  # of the slack: less lateness moves nothing, and leaves the rest to the way there
MAX_WAIT = 10.0  # seconds until the next slot; a longer wait is the row's, not the worker's
MAX_QUEUE = 30.0  # seconds that a worker tries for a slot beside many others, well within its lease
MOMENT = 0.25  # seconds that imports reserve ahead, or two slots where these are wider apart

_TAKE = {
    "sqlite": """UPDATE enrichment_tmdbservice SET next_slot_at = max(next_slot_at, %(now)s) + %(gap)s
        WHERE id = 1 AND next_slot_at <= %(now)s + %(ahead)s RETURNING next_slot_at - %(gap)s""",
    "postgresql": """UPDATE enrichment_tmdbservice
        SET next_slot_at = greatest(next_slot_at, extract(epoch FROM clock_timestamp())::float8) + %(gap)s
        WHERE id = 1 AND next_slot_at <= extract(epoch FROM clock_timestamp()) + %(ahead)s
        RETURNING next_slot_at - %(gap)s, extract(epoch FROM clock_timestamp())::float8""",
}
_LOOK = {
    "sqlite": "SELECT next_slot_at - %(now)s FROM enrichment_tmdbservice WHERE id = 1",
    "postgresql": """SELECT next_slot_at - extract(epoch FROM clock_timestamp())::float8
        FROM enrichment_tmdbservice WHERE id = 1""",
}
_MOVE = "UPDATE enrichment_tmdbservice SET next_slot_at = next_slot_at + %(seconds)s WHERE id = 1"
_PUSH_BACK = {
    "sqlite": "UPDATE enrichment_tmdbservice SET next_slot_at = max(next_slot_at, %(now)s + %(seconds)s) WHERE id = 1",
    "postgresql": """UPDATE enrichment_tmdbservice SET next_slot_at =
        greatest(next_slot_at, extract(epoch FROM clock_timestamp())::float8 + %(seconds)s) WHERE id = 1""",
}


def take_permit(patience: float | None = None) -> float:
    """Sleep until this process may send one request, and return its slot, for `sent`; `patience`: seconds that a person
    waits, None for a worker. Never call it inside a transaction. Raises TMDBUnavailable: "limited" when nobody may send
    anything for longer than that, "busy" when all slots went to other workers."""
    window = settings.TMDB.rate_seconds
    gap = window * (1 + SLACK) / settings.TMDB.rate_count
    most = MAX_WAIT if patience is None else patience
    ahead = max(MOMENT, 2 * gap) if patience is None else patience
    give_up_at = time.monotonic() + MAX_QUEUE
    while True:
        if (slot := _take_slot(gap, ahead)) is not None:
            time.sleep(max(0.0, slot - time.time()))
            if time.time() - slot < window * SLACK:
                return slot
        elif (until_next := _until_next_slot()) > most:
            raise TMDBUnavailable("limited", "TMDB asked us to wait", retry_after=until_next)
        else:  # not all who wait look again at the same moment
            time.sleep(max(0.0, until_next - ahead) + random.uniform(0, max(gap, ahead / 2)))
        if time.monotonic() > give_up_at:
            raise TMDBUnavailable("busy", "all permits went to others")


def sent(slot: float) -> None:
    """The request of that slot left just now: the machine may be busy, or its connection was a new one."""
    late = time.time() - slot - LATE * SLACK * settings.TMDB.rate_seconds
    if late > 0:
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, {"seconds": late})


def push_back(seconds: float) -> None:
    """TMDB said to slow down: nobody sends anything for so long."""
    _ensure_row()
    with connection.cursor() as cursor:
        cursor.execute(_PUSH_BACK[connection.vendor], {"now": time.time(), "seconds": seconds})


def _take_slot(gap: float, ahead: float) -> float | None:
    """When the slot comes that is now ours, by this machine's clock; None when all of the next `ahead` seconds are
    taken."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE[connection.vendor], {"now": time.time(), "gap": gap, "ahead": ahead})
        row = cursor.fetchone()
    if row is None:
        return None
    return float(row[0]) if connection.vendor == "sqlite" else time.time() + float(row[0] - row[1])


def _until_next_slot() -> float:
    """Seconds."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK[connection.vendor], {"now": time.time()})
        row = cursor.fetchone()
    if row is None:
        _ensure_row()
    return row[0] if row else 0.0


def _ensure_row() -> None:
    TmdbService.objects.get_or_create(pk=1)
