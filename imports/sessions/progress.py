"""How far an import is, and how long it will take: one row for a poll, for pages and API alike."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, Q, UUIDField
from django.utils import timezone

from enrichment.models import TitleLookup, TmdbMovie, TmdbService
from enrichment.queries import ServiceState, per_second, service_state
from imports.models import Movie, SessionStatus

DONE = {SessionStatus.COMPLETED, SessionStatus.FAILED}
RATE_WINDOW = timedelta(seconds=30)
SETTLED_AT_ONCE = timedelta(seconds=2)  # what the instance already knew says nothing of TMDB's speed
REQUESTS_PER_FILM = 2  # a search and its details


@dataclass(frozen=True, slots=True)
class Standing:
    """What a status poll needs to know of an import and of TMDB, in one row. `mark` changes whenever a page would
    show something else."""

    pk: UUID
    created_at: datetime
    expires_at: datetime | None
    retry_at: datetime | None  # when TMDB is tried next
    down_reason: str | None  # why it does not answer; empty while it does, null before it was ever asked
    user_id: int | None
    browser_key: str
    link_readable: bool
    status: str
    error_message: str
    total_movies: int
    enriched_count: int
    unmatched_count: int
    revision: int

    @property
    def is_done(self) -> bool:
        return self.status in DONE

    @property
    def mark(self) -> str:
        if not self.down_reason or self.is_done:
            return f"{self.revision}"
        retry = int(self.retry_at.timestamp()) if self.retry_at else 0
        return f"{self.revision}-{self.down_reason}-{retry}"


# By hand, because making this query by the ORM takes ten times as long as answering it (tests/benchmarks/polls.py).
_STANDING = """SELECT s.created_at, s.expires_at, t.retry_at, t.down_reason, s.user_id, s.browser_key, s.link_readable,
        s.status, s.error_message, s.total_movies, s.enriched_count, s.unmatched_count, s.revision
    FROM imports_importsession s LEFT JOIN enrichment_tmdbservice t ON t.id = 1 WHERE s.id = %s"""
_KEY = UUIDField()


def standing_of(session_id: UUID) -> Standing | None:
    """One row by its key: the whole cost of a poll that would change nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [_KEY.get_db_prep_value(session_id, connection)])
        row = cursor.fetchone()
    if row is None:
        return None
    created_at, expires_at, retry_at, *values = row
    return Standing(session_id, _in_utc(created_at), _in_utc(expires_at), _in_utc(retry_at), *values)


def _in_utc(time: Any) -> Any:
    """SQLite keeps times in UTC, without saying so."""
    return time.replace(tzinfo=UTC) if time is not None and timezone.is_naive(time) else time


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an import is."""

    done: int
    total: int
    percent: int
    is_done: bool
    eta_seconds: int | None
    service: ServiceState
    mark: str


def progress_of(standing: Standing) -> Progress:
    service = service_state() if standing.down_reason else ServiceState()
    return Progress(
        done=standing.enriched_count,
        total=standing.total_movies,
        percent=percent(standing.enriched_count, standing.total_movies),
        is_done=standing.is_done,
        eta_seconds=None if standing.is_done or service.is_down else _eta_seconds(standing),
        service=service,
        mark=standing.mark,
    )


def percent(done: int, total: int) -> int:
    """How much is done, in whole percent; of nothing, all is."""
    return 100 * done // total if total else 100


def _eta_seconds(standing: Standing) -> int | None:
    """The seconds until the import is done, told by what was settled in the last half minute, else by the allowed rate
    and all that is to be asked before the import's end, whoever wants it; None while nobody can know."""
    open_films = standing.total_movies - standing.enriched_count
    if not open_films:
        return None
    now = timezone.now()
    since = max(now - RATE_WINDOW, standing.created_at + SETTLED_AT_ONCE)
    settled, first = _settled_since(standing, since) if since < now else (0, None)
    if films_per_second := pace(settled, (now - (first or now)).total_seconds()):
        return round(open_films / films_per_second)
    is_still = not settled and since == now - RATE_WINDOW
    if is_still and not TmdbService.objects.filter(answered_at__gte=since).exists():
        return None
    return round(_requests_until_done(standing) / per_second())


def pace(settled: int, seconds: float) -> float | None:
    """Films a second since the first of these, once it can be told: by enough films, or by enough time for a few."""
    is_told = (settled >= 5 and seconds >= 3) or (settled and seconds >= 20)
    return settled / seconds if is_told else None


def _settled_since(standing: Standing, since: datetime) -> tuple[int, datetime | None]:
    """How many films, and when the first. What was settled at the same moment was known already (when a large upload
    was stored, or in a sweep): together it counts as one."""
    lately = Movie.objects.filter(session_id=standing.pk, settled_at__gte=since)
    settled = lately.aggregate(moments=Count("settled_at", distinct=True), first=Min("settled_at"))
    return settled["moments"], settled["first"]


def _requests_until_done(standing: Standing) -> int:
    """Other imports' rows go first, or take their turns between, as far as this one's last turn."""
    before_its_end = Q(turn__lt=standing.total_movies)
    lookups = TitleLookup.objects.waiting().filter(before_its_end).count()
    return lookups * REQUESTS_PER_FILM + TmdbMovie.objects.waiting().filter(before_its_end).count()
