"""What the instance knows of films, and the questions it has open. Nothing here belongs to a person."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone


class PlainJSONEncoder(json.JSONEncoder):
    """Keeps accents as they are, so that a name can be searched for in the stored text on every database."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"ensure_ascii": False})


class ListField(models.JSONField):
    """A JSON list, empty by default."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {"default": list, "blank": True, "encoder": PlainJSONEncoder}
        super().__init__(*args, **defaults | kwargs)


class Catalogue(models.TextChoices):
    """Who answered: what the sample said is asked again once there is a key."""

    SAMPLE = "sample"
    TMDB = "tmdb"


# longer than any lease, or any wait between two tries: a time still further ahead is from before the clock was set back
NO_LEASE_IS_SO_LONG = timedelta(minutes=4)
NO_WAIT_IS_SO_LONG = timedelta(minutes=10)
NO_UPKEEP_WAITS_SO_LONG = timedelta(minutes=90)


class WorkRow(models.Model):
    """A row that a worker leases, works on and settles. The queue only says "look again"; the state is here."""

    turn = models.PositiveIntegerField(default=0)  # the row's place within its own import; the smallest goes first
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    error = models.TextField(blank=True)
    catalogue = models.CharField(max_length=8, choices=Catalogue, default=Catalogue.TMDB)
    created_at = models.DateTimeField(default=timezone.now)  # when it was asked, the last time

    class Meta:
        abstract = True


def _is_free(now: datetime, no_wait: timedelta = NO_WAIT_IS_SO_LONG) -> Q:
    """No worker holds the row, and its next try is due. A time too far ahead to be meant counts as over."""
    lease_is_over = Q(leased_until=None) | Q(leased_until__lte=now) | Q(leased_until__gt=now + NO_LEASE_IS_SO_LONG)
    return lease_is_over & (Q(next_attempt_at__lte=now) | Q(next_attempt_at__gt=now + no_wait))


class DetailsStatus(models.TextChoices):
    NONE = "none"  # known from a search hit only; nobody needs more yet
    PENDING = "pending"
    DONE = "done"
    GONE = "gone"  # TMDB deleted it or merged it away
    FAILED = "failed"


class TmdbMovieQuerySet(models.QuerySet["TmdbMovie"]):
    def waiting(self) -> "TmdbMovieQuerySet":
        return self.filter(details_status=DetailsStatus.PENDING)

    def free(self, now: datetime) -> "TmdbMovieQuerySet":
        return self.waiting().filter(_is_free(now))


class TmdbMovie(WorkRow):
    """TMDB's record of a film, shared by everyone; also the work row of the details stage."""

    tmdb_id = models.PositiveIntegerField(primary_key=True)
    title_key = models.CharField(max_length=500, blank=True)  # titles.key(title): found here without asking TMDB
    original_key = models.CharField(max_length=500, blank=True)  # titles.key(original_title)
    imdb_id = models.CharField(max_length=12, blank=True)
    title = models.TextField()
    original_title = models.TextField(blank=True)
    release_date = models.DateField(null=True, blank=True)
    runtime = models.PositiveIntegerField(null=True, blank=True)  # minutes
    budget = models.BigIntegerField(null=True, blank=True)  # US dollars
    revenue = models.BigIntegerField(null=True, blank=True)  # US dollars
    popularity = models.FloatField(null=True, blank=True)
    vote_average = models.FloatField(null=True, blank=True)
    vote_count = models.PositiveIntegerField(null=True, blank=True)
    original_language = models.CharField(max_length=8, blank=True)  # ISO 639-1
    countries = ListField()  # names, the main one first
    genres = ListField()
    directors = ListField()  # the first three
    cast = ListField()  # the first ten
    overview = models.TextField(blank=True)
    poster_path = models.CharField(max_length=100, blank=True)
    details_status = models.CharField(max_length=8, choices=DetailsStatus, default=DetailsStatus.NONE)
    fetched_at = models.DateTimeField(null=True, blank=True)  # when TMDB last told us anything of it

    objects = TmdbMovieQuerySet.as_manager()

    class Meta:
        verbose_name = "TMDB film"
        constraints = [
            models.CheckConstraint(condition=Q(tmdb_id__gt=0), name="film_id_positive"),
            models.CheckConstraint(
                condition=~Q(details_status=DetailsStatus.DONE) | Q(fetched_at__isnull=False),
                name="film_details_have_a_day",
            ),
            models.CheckConstraint(
                condition=Q(details_status=DetailsStatus.PENDING) | Q(lease_token=None), name="film_lease_while_pending"
            ),
        ]
        indexes = [
            models.Index(fields=["turn", "tmdb_id"], condition=Q(details_status="pending"), name="film_by_turn"),
            models.Index(fields=["created_at"], condition=Q(details_status="pending"), name="film_by_age"),
            models.Index(fields=["title_key"], name="film_by_title"),
            models.Index(fields=["original_key"], name="film_by_original_title"),
            models.Index(fields=["-vote_count"], name="film_by_votes"),
            models.Index(fields=["fetched_at"], name="film_by_day"),
        ]

    def __str__(self) -> str:
        title = self.title or f"TMDB {self.pk}"  # purged
        return f"{title} ({self.year})" if self.year else title

    @property
    def year(self) -> int | None:
        return self.release_date.year if self.release_date else None


class LookupStatus(models.TextChoices):
    PENDING = "pending"
    MATCHED = "matched"
    UNSURE = "unsure"
    UNMATCHED = "unmatched"
    FAILED = "failed"


class TitleLookupQuerySet(models.QuerySet["TitleLookup"]):
    def waiting(self) -> "TitleLookupQuerySet":
        return self.filter(status=LookupStatus.PENDING)

    def settled(self) -> "TitleLookupQuerySet":
        return self.exclude(status=LookupStatus.PENDING)

    def free(self, now: datetime) -> "TitleLookupQuerySet":
        return self.waiting().filter(_is_free(now))


class TitleLookup(WorkRow):
    """One question, "which film is this title (and year)?", asked once for the whole instance;
    also the work row of the match stage."""

    title = models.TextField()  # as first asked
    variants = ListField()  # the names to search for and liken to: the title, or both halves of a double name
    title_key = models.CharField(max_length=500)  # titles.key(title)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=LookupStatus, default=LookupStatus.PENDING)
    tmdb_movie = models.ForeignKey(TmdbMovie, models.PROTECT, null=True, blank=True, related_name="lookups")
    confidence = models.FloatField(null=True, blank=True)  # 0..1, of the best candidate
    reasons = ListField()  # [{"code": ..., **numbers}], see matching.Reason
    candidates = ListField()  # [{"id": TMDB id, "score": 0..1}], best first
    asked_at = models.DateTimeField(null=True, blank=True)

    objects = TitleLookupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["title_key", "year"], name="lookup_once"),
            # two NULL years differ in SQL, so an unknown year needs its own rule
            models.UniqueConstraint(fields=["title_key"], condition=Q(year=None), name="lookup_once_no_year"),
            models.CheckConstraint(
                condition=Q(status=LookupStatus.MATCHED, tmdb_movie__isnull=False)
                | (~Q(status=LookupStatus.MATCHED) & Q(tmdb_movie__isnull=True)),
                name="lookup_film_iff_matched",
            ),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__gte=0, confidence__lte=1), name="lookup_confidence_0_to_1"
            ),
            models.CheckConstraint(
                condition=Q(status=LookupStatus.PENDING) | Q(lease_token=None), name="lookup_lease_while_pending"
            ),
            models.CheckConstraint(condition=~Q(title_key=""), name="lookup_has_a_key"),
        ]
        indexes = [
            models.Index(fields=["turn", "id"], condition=Q(status="pending"), name="lookup_by_turn"),
            models.Index(fields=["created_at"], condition=Q(status="pending"), name="lookup_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title


class UpkeepKind(models.TextChoices):
    CATALOGUE_PAGE = "page"  # of the list of films by votes; number: 1 to 500
    FILM = "film"  # whose record grows old; number: its TMDB id


class UpkeepQuerySet(models.QuerySet["Upkeep"]):
    def free(self, now: datetime) -> "UpkeepQuerySet":
        return self.filter(_is_free(now, NO_UPKEEP_WAITS_SO_LONG))


class Upkeep(WorkRow):
    """What the instance asks of TMDB for its own sake, when nobody waits for anything: a row for each request,
    deleted when it is done."""

    kind = models.CharField(max_length=4, choices=UpkeepKind)
    number = models.PositiveIntegerField()

    objects = UpkeepQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "upkeep"
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="upkeep_once")]
        indexes = [models.Index(fields=["turn", "id"], name="upkeep_by_turn")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class TmdbService(models.Model):
    """What all processes know of TMDB as a service, in one row: the shared rate limit, and how it is doing.
    Times are seconds since 1970 by the database's clock where it has one (PostgreSQL), else the machine's."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    catalogue_read_at = models.DateTimeField(null=True, blank=True)  # when the last page of a reading was read
    next_slot_at = models.FloatField(default=0)  # the limiter: no request starts before this
    moved = models.FloatField(default=0)  # seconds that late requests have moved the slots by, in all
    minute = models.PositiveIntegerField(default=0)  # since 1970, that the newest slot lies in
    slots = models.PositiveIntegerField(default=0)  # given out in that minute
    slots_before = models.PositiveIntegerField(default=0)  # in the minute before it
    answered_at = models.DateTimeField(null=True, blank=True)  # when TMDB last gave a good answer (to 5 s)
    limited_at = models.DateTimeField(null=True, blank=True)  # when TMDB last said to slow down (429)
    down_since = models.DateTimeField(null=True, blank=True)  # null while TMDB answers
    down_reason = models.CharField(max_length=20, blank=True)  # a TMDBUnavailable.reason
    retry_at = models.DateTimeField(null=True, blank=True)  # when it is tried next

    class Meta:
        verbose_name = verbose_name_plural = "TMDB service"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="tmdb_service_is_one_row"),
            models.CheckConstraint(
                condition=Q(down_since=None, down_reason="") | (Q(down_since__isnull=False) & ~Q(down_reason="")),
                name="tmdb_service_down_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return "TMDB"


class TmdbTrouble(models.Model):
    """How often within one minute TMDB gave such an answer, or none; kept for an hour."""

    minute = models.DateTimeField()
    http_status = models.PositiveSmallIntegerField()  # 0: no answer
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "TMDB trouble"
        constraints = [models.UniqueConstraint(fields=["minute", "http_status"], name="trouble_once_a_minute")]

    def __str__(self) -> str:
        return f"{self.count} × {self.http_status}"
