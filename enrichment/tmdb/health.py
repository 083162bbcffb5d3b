"""How TMDB is doing, as all processes see it: when it last answered, since when it is down, when it is tried next."""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from enrichment.models import TmdbService, TmdbTrouble

from .errors import TMDBUnavailable

log = logging.getLogger("reelkeeper.engine")

NOTE_EVERY = 5.0  # seconds between two writes of "it answered" by one process
SHORTEST_PAUSE, LONGEST_PAUSE = 5.0, 60.0
KEY_PAUSE = 600.0  # a refused key stays refused until the operator acts, and that is a new start
CLOCKS_DIFFER = 30.0  # seconds that machines may be apart
RECENT = timedelta(minutes=1)
TROUBLES_KEPT = timedelta(hours=1)

_noted_at = 0.0


@dataclass(frozen=True, slots=True)
class ServiceState:
    is_down: bool = False
    since: datetime | None = None
    reason: str = ""  # a TMDBUnavailable.reason
    retry_at: datetime | None = None

    @property
    def pause(self) -> float:
        """Seconds until it is tried again; none when they are more than any pause has: the clock went back."""
        seconds = (self.retry_at - timezone.now()).total_seconds() if self.retry_at else 0.0
        longest = KEY_PAUSE if self.reason == "key" else LONGEST_PAUSE
        return max(0.0, seconds) if seconds <= longest + CLOCKS_DIFFER else 0.0


def state() -> ServiceState:
    row = TmdbService.objects.filter(pk=1).first()
    if row is None or row.down_since is None:
        return ServiceState()
    return ServiceState(is_down=True, since=row.down_since, reason=row.down_reason, retry_at=row.retry_at)


def answered() -> None:
    """TMDB gave a good answer just now."""
    global _noted_at
    if time.monotonic() - _noted_at < NOTE_EVERY:
        return
    _noted_at = time.monotonic()
    now = timezone.now()
    values = {"answered_at": now, "down_since": None, "down_reason": "", "retry_at": None}
    TmdbService.objects.update_or_create(pk=1, defaults=values)


def limited() -> None:
    """TMDB asked us to slow down just now."""
    TmdbService.objects.update_or_create(pk=1, defaults={"limited_at": timezone.now()})


def trouble(http_status: int) -> None:
    """TMDB gave an answer that is none, or none at all (0). Counted, for the person who runs the instance."""
    minute = timezone.now().replace(second=0, microsecond=0)
    row, is_new = TmdbTrouble.objects.get_or_create(minute=minute, http_status=http_status)
    TmdbTrouble.objects.filter(pk=row.pk).update(count=F("count") + 1)
    if is_new:
        TmdbTrouble.objects.filter(minute__lt=minute - TROUBLES_KEPT).delete()


def forget_refused_key() -> None:
    """At a start: the key may be another."""
    refused = TmdbService.objects.filter(pk=1, down_reason="key")
    refused.update(down_since=None, down_reason="", retry_at=None)


def answered_lately() -> bool:
    return TmdbService.objects.filter(pk=1, answered_at__gt=timezone.now() - RECENT).exists()


def down(trouble: TMDBUnavailable) -> None:
    """Nobody gets an answer: all wait, the longer it lasts the longer, at most LONGEST_PAUSE."""
    global _noted_at
    _noted_at = 0.0  # the next good answer is written at once
    now = timezone.now()
    row, _ = TmdbService.objects.get_or_create(pk=1)
    since = row.down_since or now
    if row.down_since is None:
        log.warning("TMDB is not answering: %s", trouble.reason)
    if trouble.reason == "key":
        pause = KEY_PAUSE
    else:
        pause = min(max(SHORTEST_PAUSE, (now - since).total_seconds() / 2, trouble.retry_after or 0), LONGEST_PAUSE)
    values = {"down_since": since, "down_reason": trouble.reason, "retry_at": now + timedelta(seconds=pause)}
    TmdbService.objects.filter(pk=1).update(**values)
