"""How the instance is doing, for the person who runs it. Says nothing about anyone."""

import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Min, QuerySet, Sum
from django.utils import timezone
from django_q.models import OrmQ, Task
from django_q.status import Stat

from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie, TmdbService, TmdbTrouble
from enrichment.queries import ServiceState, per_second, service_state
from imports import queue
from imports.models import ImportSession, LibraryChange, LibraryFilm, SessionStatus

from .troubles import CACHE_TROUBLE

SHOWN_FAILURES = 5


@dataclass(frozen=True, kw_only=True)
class Cluster:
    host: str
    state: str
    workers: int
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Queue:
    waiting: int
    taken: int
    oldest_at: datetime | None  # of those that wait


@dataclass(frozen=True, kw_only=True)
class Work:
    """Rows to ask TMDB about."""

    open_lookups: int
    open_details: int
    oldest_at: datetime | None  # since when the oldest of them waits
    failed_lookups: int
    failed_details: int
    failures: list[tuple[str, int]]  # the reasons, the most frequent first
    imports: int  # that are not done
    films: int  # that they wait for

    @property
    def failed(self) -> int:
        return self.failed_lookups + self.failed_details


@dataclass(frozen=True, kw_only=True)
class Libraries:
    count: int
    films: int  # in all of them
    behind: int  # about which something new is told that is not reconciled yet
    behind_since: datetime | None  # the one that waits longest


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Requests to TMDB, of all processes, since the beginning of the minute before this one."""

    seconds: int  # that is, so long: 60 to 120
    used: int
    allowed: int

    @property
    def left(self) -> int:
        return max(0, self.allowed - self.used)


@dataclass(frozen=True, kw_only=True)
class Tmdb:
    is_sample: bool
    service: ServiceState
    per_second: float
    rate: Rate
    answered_at: datetime | None
    limited_at: datetime | None  # the last 429
    troubles: list[tuple[int, int]]  # of the last hour: HTTP status (0: no answer), how often; the most frequent first


@dataclass(frozen=True, kw_only=True)
class Storage:
    """What is kept where, in bytes; of this machine but for the database. None: not kept in files here."""

    database: int
    cache: int | None
    pictures: int | None
    answers: int  # TMDB's, kept by this machine
    free: int  # on the disk of DATA_DIR


@dataclass(frozen=True, kw_only=True)
class CleanUp:
    """The last one that ended."""

    ended_at: datetime
    is_ok: bool


@dataclass(frozen=True, kw_only=True)
class Status:
    clusters: list[Cluster] | None  # None: their signs of life can't be read
    queue: Queue
    work: Work
    libraries: Libraries
    tmdb: Tmdb
    storage: Storage
    clean_up: CleanUp | None  # None: there was none
    expired: int  # imports that the next clean-up deletes


def instance_status() -> Status:
    return Status(
        clusters=_readable_clusters(),
        queue=queued(),
        work=_work(),
        libraries=_libraries(),
        tmdb=_tmdb(),
        storage=_storage(),
        clean_up=_clean_up(),
        expired=ImportSession.objects.expired().count(),
    )


def clusters() -> list[Cluster]:
    """The clusters that gave a sign of life within the last seconds. Raises CACHE_TROUBLE."""
    alive = sorted(Stat.get_all(), key=lambda stat: stat.tob)
    return [
        Cluster(host=stat.host, state=str(stat.status), workers=len(stat.workers), since=stat.tob) for stat in alive
    ]


def _readable_clusters() -> list[Cluster] | None:
    try:
        return clusters()
    except CACHE_TROUBLE:  # the page is there to be read just then
        return None


def queued() -> Queue:
    now = timezone.now()
    waiting = OrmQ.objects.filter(lock__lte=now).aggregate(n=Count("pk"), oldest=Min("lock"))
    return Queue(waiting=waiting["n"], taken=OrmQ.objects.filter(lock__gt=now).count(), oldest_at=waiting["oldest"])


def _work() -> Work:
    lookups = TitleLookup.objects.filter(status=LookupStatus.FAILED)
    films = TmdbMovie.objects.filter(details_status=DetailsStatus.FAILED)
    reasons: Counter[str] = Counter()
    for failed in (lookups, films):
        reasons.update(dict(failed.order_by().values_list("error").annotate(n=Count("pk"))))
    unfinished = ImportSession.objects.alive().filter(status=SessionStatus.ENRICHING)
    waiting = unfinished.aggregate(imports=Count("pk"), films=Sum(F("total_movies") - F("enriched_count")))
    open_lookups, oldest_lookup = _count_and_oldest(TitleLookup.objects.waiting())
    open_details, oldest_film = _count_and_oldest(TmdbMovie.objects.waiting())
    return Work(
        open_lookups=open_lookups,
        open_details=open_details,
        oldest_at=min((at for at in (oldest_lookup, oldest_film) if at), default=None),
        failed_lookups=lookups.count(),
        failed_details=films.count(),
        failures=reasons.most_common(SHOWN_FAILURES),
        imports=waiting["imports"],
        films=waiting["films"] or 0,
    )


def _libraries() -> Libraries:
    films = LibraryFilm.objects.aggregate(libraries=Count("user", distinct=True), films=Count("pk"))
    waiting = LibraryChange.objects.aggregate(libraries=Count("user", distinct=True), since=Min("at"))
    return Libraries(
        count=films["libraries"], films=films["films"], behind=waiting["libraries"], behind_since=waiting["since"]
    )


def _count_and_oldest(rows: QuerySet[Any]) -> tuple[int, datetime | None]:
    counted = rows.aggregate(n=Count("pk"), oldest=Min("created_at"))
    return counted["n"], counted["oldest"]


def _tmdb() -> Tmdb:
    row = TmdbService.objects.filter(pk=1).first() or TmdbService()
    return Tmdb(
        is_sample=settings.TMDB.is_sample,
        service=service_state(),
        per_second=per_second(),
        rate=_rate(row),
        answered_at=row.answered_at,
        limited_at=row.limited_at,
        troubles=_troubles(),
    )


def _rate(row: TmdbService) -> Rate:
    minute, second = divmod(int(timezone.now().timestamp()), 60)
    counts = {row.minute: row.slots, row.minute - 1: row.slots_before}
    return Rate(
        seconds=60 + second,
        # the newest slot may lie a moment ahead
        used=sum(counts.get(minute + n, 0) for n in (-1, 0, 1)),
        allowed=int(per_second() * (60 + second)),
    )


def _troubles() -> list[tuple[int, int]]:
    lately = TmdbTrouble.objects.filter(minute__gt=timezone.now() - timedelta(hours=1))
    return list(lately.values_list("http_status").annotate(n=Sum("count")).order_by("-n", "http_status"))


def _storage() -> Storage:
    caches = {name: conf.get("LOCATION") for name, conf in settings.CACHES.items()}
    return Storage(
        database=_database_size(),
        cache=_folder_size(caches["default"]),
        pictures=_folder_size(caches["pictures"]),
        answers=_file_size(settings.TMDB.cache_path),
        free=shutil.disk_usage(settings.DATA_DIR).free,
    )


def _database_size() -> int:
    if connection.vendor != "postgresql":
        return _file_size(Path(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _file_size(path: Path) -> int:
    """The bytes of a file, with those that SQLite writes beside it."""
    return sum(_size(path.with_name(path.name + tail)) for tail in ("", "-wal", "-shm"))


def _folder_size(place: object) -> int | None:
    """None for a server's address."""
    if not isinstance(place, Path):
        return None
    try:
        return sum(map(_size, place.iterdir()))
    except OSError:  # not there yet, or it can't be read
        return 0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # not there, or not any more
        return 0


def _clean_up() -> CleanUp | None:
    task = Task.objects.filter(func=queue.CLEAN_UP).order_by("-stopped").first()
    return CleanUp(ended_at=task.stopped, is_ok=task.success) if task else None
