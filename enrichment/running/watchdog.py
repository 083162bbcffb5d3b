"""Does the cluster of this machine take tasks? A worker that is killed while idle takes the cluster's queue lock with
it: then the cluster goes on heart-beating and never takes a task again (docs/adr/0002)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from django.utils import timezone
from django_q.models import OrmQ

from enrichment import queue
from enrichment.models import TitleLookup, TmdbMovie

from . import workers

WEDGED_AFTER = 20.0  # seconds
STARTS_WITHIN = 60.0  # on a slow machine
IS_LATE = timedelta(seconds=2)  # a cluster with a free worker takes an entry within 0.2 s


class Verdict(Enum):
    HEALTHY = "it moves, or there is nothing to do"
    WAKE = "work waits, but the queue says nothing of it"
    WAITING = "an entry waits, but not long enough to tell"
    WEDGED = "it takes nothing from the queue"


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look saw."""

    is_starting: bool = False  # none of its workers is up yet
    is_moving: bool = False  # a worker of this cluster is in a task, or began or ended one since the last look
    entry_is_late: bool = False  # a queue entry that any cluster may take lies there
    work_waits: bool = False  # a row is free

    @property
    def is_quiet(self) -> bool:
        """Something waits, and this cluster does nothing about it."""
        return not self.is_moving and (self.entry_is_late or self.work_waits)


def judge(sight: Sight, quiet_for: float) -> Verdict:
    """Free rows prove nothing, for another machine may be at them, nor do entries that a dead worker holds. Only an
    entry that lies there does: this cluster would have taken it. So first there must be one."""
    if not sight.is_quiet:
        return Verdict.HEALTHY
    if not sight.entry_is_late:
        return Verdict.WAKE
    patience = STARTS_WITHIN if sight.is_starting else WEDGED_AFTER
    return Verdict.WEDGED if quiet_for >= patience else Verdict.WAITING


class Watchdog:
    def __init__(self) -> None:
        self._quiet_since: float | None = None
        self._standing: tuple[int, float] | None = None

    def look(self, session_id: int, now: float) -> Verdict:
        """Look at the cluster of this process session, and wake it if need be. `now` is monotonic."""
        since, self._quiet_since = self._quiet_since, None  # so that an outage of the database is not counted
        sight = self._see(session_id)
        if sight.is_quiet:
            self._quiet_since = now if since is None else since
        verdict = judge(sight, now - (self._quiet_since or now))
        if verdict is Verdict.WAKE:
            queue.wake()
        return verdict

    def _see(self, session_id: int) -> Sight:
        moved_at = workers.last_move(session_id)
        before, self._standing = self._standing, (session_id, moved_at)
        if self._standing != before or workers.are_at_work(session_id):
            return Sight(is_moving=True)
        now = timezone.now()
        return Sight(
            is_starting=not moved_at,
            entry_is_late=OrmQ.objects.filter(lock__lt=now - IS_LATE).exists(),
            work_waits=TmdbMovie.objects.free(now).exists() or TitleLookup.objects.free(now).exists(),
        )
