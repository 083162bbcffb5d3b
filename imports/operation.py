"""How the instance is doing, for the person who runs it. Says nothing about anyone."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, F, Min, Sum
from django.utils import timezone
from django_q.models import OrmQ
from django_q.status import Stat

from enrichment import queries as enrichment
from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie, TmdbService

from .models import ImportSession, SessionStatus

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
    failed_lookups: int
    failed_details: int
    failures: list[tuple[str, int]]  # the reasons, the most frequent first
    imports: int  # that are not done
    films: int  # that they wait for

    @property
    def failed(self) -> int:
        return self.failed_lookups + self.failed_details


@dataclass(frozen=True, kw_only=True)
class Tmdb:
    is_sample: bool
    service: enrichment.ServiceState
    answered_at: datetime | None
    per_second: float


@dataclass(frozen=True, kw_only=True)
class Status:
    clusters: list[Cluster]
    queue: Queue
    work: Work
    tmdb: Tmdb


def status() -> Status:
    return Status(clusters=_clusters(), queue=_queue(), work=_work(), tmdb=_tmdb())


def _clusters() -> list[Cluster]:
    """Those that gave a sign of life within the last seconds."""
    alive = sorted(Stat.get_all(), key=lambda stat: stat.tob)
    return [Cluster(host=stat.host, state=stat.status, workers=len(stat.workers), since=stat.tob) for stat in alive]


def _queue() -> Queue:
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
    return Work(
        open_lookups=TitleLookup.objects.waiting().count(),
        open_details=TmdbMovie.objects.waiting().count(),
        failed_lookups=lookups.count(),
        failed_details=films.count(),
        failures=reasons.most_common(SHOWN_FAILURES),
        imports=waiting["imports"],
        films=waiting["films"] or 0,
    )


def _tmdb() -> Tmdb:
    return Tmdb(
        is_sample=settings.TMDB.is_sample,
        service=enrichment.service_state(),
        answered_at=TmdbService.objects.values_list("answered_at", flat=True).first(),
        per_second=enrichment.per_second(),
    )
