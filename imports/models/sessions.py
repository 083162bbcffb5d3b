"""An import: what was read, how far the matching is, and who may see it."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrichment.models import ListField
from imports.sources.traits import REVIEWS, TRAITS


class Source(models.TextChoices):
    LETTERBOXD = "letterboxd", "Letterboxd"
    PRIME_VIDEO = "prime_video", "Amazon Prime Video"


class SessionStatus(models.TextChoices):
    PROCESSING = "processing", _("Reading your files")
    ENRICHING = "enriching", _("Matching your films")
    COMPLETED = "completed", _("Done")
    FAILED = "failed", _("Failed")


@dataclass(frozen=True)
class Owner:
    """A user, or a browser; never both."""

    user: User | None = None
    browser_key: str = ""

    @property
    def fields(self) -> dict[str, object]:
        return {"user": self.user, "browser_key": self.browser_key}


class ImportSessionQuerySet(models.QuerySet["ImportSession"]):
    def alive(self) -> "ImportSessionQuerySet":
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))

    def open_reviews(self) -> "ImportSessionQuerySet":
        """At most one of a person: a constraint."""
        return self.filter(source__in=REVIEWS, closed_at=None)

    def expired(self) -> "ImportSessionQuerySet":
        """The imports to be deleted: a browser's too that has no end written, and was not opened for as long."""
        now = timezone.now()
        unopened_since = now - timedelta(days=settings.LETTERBOXD_TTL_DAYS)
        return self.filter(Q(expires_at__lte=now) | Q(expires_at=None, user=None, last_accessed__lte=unopened_since))


class ImportSession(models.Model):
    """One import of one person: what was read, how far the matching is, and who may see it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="import_sessions"
    )
    browser_key = models.CharField(max_length=64, blank=True)  # the owner when there is no account
    source = models.CharField(max_length=20, choices=Source)
    status = models.CharField(max_length=12, choices=SessionStatus, default=SessionStatus.PROCESSING)
    error_message = models.TextField(blank=True)
    files = ListField()  # sources.base.FileReport.as_json() of each file read, in order
    total_movies = models.PositiveIntegerField(default=0)
    enriched_count = models.PositiveIntegerField(default=0)  # settled, however it ended
    matched_count = models.PositiveIntegerField(default=0)
    unsure_count = models.PositiveIntegerField(default=0)
    unmatched_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)  # grows with every change that a page could show
    time_zone = models.CharField(max_length=64, default="UTC")
    link_readable = models.BooleanField(default=False)
    in_library = models.BooleanField(default=True)  # False: its person leaves it out; a browser has no library
    created_at = models.DateTimeField(default=timezone.now)
    last_accessed = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    # Letterboxd: when the last film was settled. Prime: when the person completed the review.
    closed_at = models.DateTimeField(null=True, blank=True)
    entries_count = models.PositiveIntegerField(default=0)  # rows read
    series_count = models.PositiveIntegerField(default=0)  # rows of series
    found_count = models.PositiveIntegerField(default=0)  # distinct films before the cut at 500

    is_mine = False  # set by access.py for the person who asks

    objects = ImportSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(user__isnull=False) & Q(browser_key="")) | (Q(user__isnull=True) & ~Q(browser_key="")),
                name="session_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(
                    enriched_count=F("matched_count") + F("unsure_count") + F("unmatched_count") + F("failed_count")
                ),
                name="session_counts_add_up",
            ),
            models.CheckConstraint(
                condition=Q(enriched_count__lte=F("total_movies")), name="session_settled_at_most_all"
            ),
            models.CheckConstraint(
                condition=~Q(status=SessionStatus.COMPLETED) | Q(enriched_count=F("total_movies")),
                name="session_completed_means_all",
            ),
            models.CheckConstraint(
                condition=~Q(status=SessionStatus.FAILED) | ~Q(error_message=""), name="session_failed_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(source=Source.PRIME_VIDEO) | Q(user__isnull=False, link_readable=False),
                name="session_prime_is_private",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(source=Source.PRIME_VIDEO, closed_at=None),
                name="session_one_open_review",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="session_of_user"),
            models.Index(fields=["browser_key", "-created_at"], name="session_of_browser"),
            models.Index(fields=["expires_at"], name="session_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.id}"

    def get_absolute_url(self) -> str:
        return reverse("imports:session_detail", args=[self.pk])

    @property
    def is_done(self) -> bool:
        return self.status in (SessionStatus.COMPLETED, SessionStatus.FAILED)

    def today(self) -> date:
        """The day it is in the person's time zone: the last one that a rating may have."""
        return timezone.localdate(timezone=ZoneInfo(self.time_zone))

    @property
    def is_review(self) -> bool:
        """Its films are decided and rated one by one; a constraint says that it has an account, and is private."""
        return TRAITS[self.source].is_review

    @property
    def can_be_updated(self) -> bool:
        """A newer export of the same account can be read onto it."""
        return TRAITS[self.source].can_be_updated

    @property
    def is_open_review(self) -> bool:
        """Films of it wait for the person's ratings."""
        return self.is_review and self.closed_at is None

    @property
    def waits_for_ratings(self) -> bool:
        """A review whose films are all matched, so that its time runs."""
        return self.is_open_review and self.status == SessionStatus.COMPLETED

    @property
    def open_count(self) -> int:
        return self.total_movies - self.enriched_count

    @property
    def unclear_count(self) -> int:
        """Films that the machine leaves to the person."""
        return self.unsure_count + self.unmatched_count + self.failed_count


def expiry(*, has_account: bool) -> datetime | None:
    """When an import that is opened now ends, unless it is opened again; None: when it is deleted."""
    days = settings.ACCOUNT_TTL_DAYS if has_account else settings.LETTERBOXD_TTL_DAYS
    return timezone.now() + timedelta(days=days) if days else None


def expiry_of(session: ImportSession) -> datetime | None:
    """When this import ends if it is opened now; None: when it is deleted. A review's clock stands still while its
    films are being matched."""
    if not session.is_open_review:
        return expiry(has_account=session.user_id is not None)
    return timezone.now() + timedelta(minutes=settings.PRIME_TTL_MINUTES) if session.is_done else None
