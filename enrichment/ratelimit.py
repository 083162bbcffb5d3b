"""One limit for all processes on all machines: evenly spaced slots, given out by one database row.

Libraries for this were tried and overshoot (docs/adr/0003). Two things keep a sliding window from ever being over:
the slots are SLACK wider apart than the limit asks for, and a permit that was slept past is given up for a new one.
"""

import time

from django.conf import settings
from django.db import connection

from .models import TmdbService
from .tmdb.errors import TMDBUnavailable

SLACK = 0.04  # of the window: what two requests' ways to TMDB may differ in time, and the lateness allowed below
MAX_WAIT = 10.0  # seconds; a longer wait is the row's, not the worker's

_TAKE = {
    "sqlite": """UPDATE enrichment_tmdbservice SET next_slot_at = max(next_slot_at, %(now)s) + %(gap)s
        WHERE id = 1 AND next_slot_at <= %(now)s + %(max_wait)s RETURNING next_slot_at - %(gap)s, %(now)s""",
    "postgresql": """UPDATE enrichment_tmdbservice
        SET next_slot_at = greatest(next_slot_at, extract(epoch FROM clock_timestamp())::float8) + %(gap)s
        WHERE id = 1 AND next_slot_at <= extract(epoch FROM clock_timestamp()) + %(max_wait)s
        RETURNING next_slot_at - %(gap)s, extract(epoch FROM clock_timestamp())::float8""",
}
_PUSH_BACK = {
    "sqlite": "UPDATE enrichment_tmdbservice SET next_slot_at = max(next_slot_at, %(now)s + %(seconds)s) WHERE id = 1",
    "postgresql": """UPDATE enrichment_tmdbservice SET next_slot_at =
        greatest(next_slot_at, extract(epoch FROM clock_timestamp())::float8 + %(seconds)s) WHERE id = 1""",
}


def take_permit(max_wait: float = MAX_WAIT) -> None:
    """Sleep until this process may send one request. Never call it inside a transaction.
    Raises TMDBUnavailable("limited") when the wait would be longer than max_wait seconds."""
    window = settings.TMDB.rate_seconds
    gap = window * (1 + SLACK) / settings.TMDB.rate_count
    late = window * SLACK / 2
    while True:
        wait = _take_slot(gap, max_wait)
        started = time.monotonic()
        if wait > 0:
            time.sleep(wait)
        if time.monotonic() - started - max(wait, 0) <= late:
            return


def push_back(seconds: float) -> None:
    """TMDB said to slow down: nobody sends anything for so long."""
    _ensure_row()
    with connection.cursor() as cursor:
        cursor.execute(_PUSH_BACK[connection.vendor], {"now": time.time(), "seconds": seconds})


def _take_slot(gap: float, max_wait: float) -> float:
    """Seconds until the slot that is now ours."""
    for _ in range(2):
        with connection.cursor() as cursor:
            values = {"now": time.time(), "gap": gap, "max_wait": max_wait}
            cursor.execute(_TAKE[connection.vendor], values)
            if row := cursor.fetchone():
                return float(row[0] - row[1])
        _ensure_row()  # perhaps there was none yet; if there was, the wait is too long the second time too
    raise TMDBUnavailable("limited", "TMDB asked us to wait", retry_after=max_wait)


def _ensure_row() -> None:
    TmdbService.objects.get_or_create(pk=1)
