"""What a person brings in, decides and gets back."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrichment.models import ListField, TitleLookup, TmdbMovie

from .sources.traits import REVIEWS, TRAITS

RATINGS = [n / 2 for n in range(1, 11)]  # 0.5 to 5 stars in halves


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


class Outcome(models.TextChoices):
    """How a film of an import stands."""

    OPEN = "open", _("Waiting")
    MATCHED = "matched", _("Matched")
    UNSURE = "unsure", _("Not sure")
    UNMATCHED = "unmatched", _("Not found")
    FAILED = "failed", _("Failed")


class Doubt(models.TextChoices):
    """What speaks within one import against the film that TMDB was found to mean by a title."""

    NONE = "", "—"
    OUT_LATER = "out_later", _("that film came out after you watched yours")
    TAKEN = "taken", _("another title of this import is exactly that film")


class ChosenBy(models.TextChoices):
    NOBODY = "", "—"
    MACHINE = "machine", _("the machine")
    PERSON = "person", _("you")


class Kind(models.TextChoices):
    """What a title of the source is; only films are matched, the others can be taken in one by one."""

    FILM = "film", _("Film")
    SERIES = "series", _("Series")
    NOT_A_FILM = "not_a_film", _("Trailer, bonus or live")


class Decision(models.TextChoices):
    """What became of a film in a review with ratings."""

    NONE = "", "—"  # not in such a review
    PENDING = "pending", _("To decide")
    ADDED = "added", _("Added")
    SKIPPED = "skipped", _("Skipped")
    ALREADY_RANKED = "already_ranked", _("Ranked before")
    NOT_A_FILM = "not_a_film", _("Not a film")
    SAME_FILM = "same_film", _("The same film as another")


class Movie(models.Model):
    """One film of one import, as the person's files tell it, and the TMDB film it was matched with."""

    session = models.ForeignKey(ImportSession, models.CASCADE, related_name="movies")
    title = models.CharField(max_length=500)  # as exported
    source_key = models.CharField(max_length=600)  # the film's URI, the source's own key, or title and year
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    letterboxd_uri = models.CharField(max_length=300, blank=True)
    rating = models.DecimalField(max_digits=2, decimal_places=1, null=True, blank=True)
    watched_on = models.DateField(null=True, blank=True)  # the newest viewing's day
    liked_on = models.DateField(null=True, blank=True)
    marked_on = models.DateField(null=True, blank=True)  # when it was marked as seen; not a viewing day
    rated_on = models.DateField(null=True, blank=True)
    is_seen = models.BooleanField(default=True)  # False: only liked, never marked as watched
    lookup = models.ForeignKey(TitleLookup, models.PROTECT, null=True, blank=True, related_name="movies")
    tmdb_movie = models.ForeignKey(TmdbMovie, models.PROTECT, null=True, blank=True, related_name="movies")
    chosen_by = models.CharField(max_length=8, choices=ChosenBy, default=ChosenBy.NOBODY, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    doubt = models.CharField(max_length=10, choices=Doubt, default=Doubt.NONE, blank=True)  # the match isn't taken
    settled_at = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.FILM)
    source_image_url = models.CharField(max_length=500, blank=True)  # kept, never loaded
    decision = models.CharField(max_length=14, choices=Decision, default=Decision.NONE, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)  # by the person; the newest is undone first
    decided_with = models.UUIDField(null=True, blank=True)  # those decided together are undone together
    turn = models.PositiveIntegerField()  # its place in the import, newest watched first

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "source_key"], name="movie_once_per_import"),
            models.CheckConstraint(condition=~Q(source_key=""), name="movie_has_a_key"),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__in=RATINGS), name="movie_rating_in_halves"),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.OPEN, settled_at=None)
                | (~Q(outcome=Outcome.OPEN) & Q(settled_at__isnull=False)),
                name="movie_settled_iff_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.MATCHED) | Q(tmdb_movie__isnull=False), name="movie_matched_has_a_film"
            ),
            models.CheckConstraint(
                condition=Q(lookup__isnull=False) | ~Q(kind=Kind.FILM), name="movie_film_is_asked_about"
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=[Decision.ADDED, Decision.SKIPPED]) | Q(decided_at__isnull=False),
                name="movie_decided_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(tmdb_movie=None, chosen_by="")
                | (Q(tmdb_movie__isnull=False) & ~Q(chosen_by=""))
                | Q(tmdb_movie=None, chosen_by=ChosenBy.PERSON),  # a person said: none of these
                name="movie_film_was_chosen_by_someone",
            ),
        ]
        indexes = [
            models.Index(fields=["session", "turn"], name="movie_in_order"),
            models.Index(fields=["session", "outcome"], name="movie_by_outcome"),
            models.Index(fields=["session", "decision", "turn"], name="movie_by_decision"),
            models.Index(fields=["session", "-settled_at"], name="movie_newest_settled"),
            models.Index(fields=["session", "tmdb_movie"], name="movie_by_film"),
            models.Index(fields=["lookup"], condition=Q(settled_at=None), name="movie_open_by_lookup"),
            models.Index(fields=["tmdb_movie"], condition=Q(settled_at=None), name="movie_open_by_film"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title

    def get_absolute_url(self) -> str:
        return reverse("imports:movie_detail", args=[self.session_id, self.pk])

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """Why the machine took the film, or did not: the answer's reasons, and this import's doubt."""
        answers = self.lookup.reasons if self.lookup else []
        return [*answers, {"code": self.doubt}] if self.doubt else answers


class Viewing(models.Model):
    """One watch of a Movie."""

    movie = models.ForeignKey(Movie, models.CASCADE, related_name="viewings")
    watched_on: "models.DateField[date | None, date | None]" = models.DateField(null=True, blank=True)
    rating = models.DecimalField(max_digits=2, decimal_places=1, null=True, blank=True)
    rewatch = models.BooleanField(default=False)
    tags = ListField()
    review = models.TextField(blank=True)
    entry_uri = models.CharField(max_length=300, blank=True)
    number = models.PositiveIntegerField(default=1)  # of the entries without a URI on that day

    class Meta:
        ordering = ["-watched_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["movie", "entry_uri"], condition=~Q(entry_uri=""), name="viewing_once_per_entry"
            ),
            models.UniqueConstraint(
                fields=["movie", "watched_on", "number"], condition=Q(entry_uri=""), name="viewing_once_without_entry"
            ),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__in=RATINGS), name="viewing_rating_in_halves"),
            models.CheckConstraint(condition=Q(number__gte=1), name="viewing_number_from_one"),
        ]
        indexes = [models.Index(fields=["movie", "watched_on"], name="viewing_of_film_by_day")]

    def __str__(self) -> str:
        return f"{self.movie_id} on {self.watched_on}"


class RowProblem(models.Model):
    """What the report says of one line of one file."""

    class Kind(models.TextChoices):
        LOST = "lost", _("Left out")  # the row could not be used; counted in the file's `problems`
        NOTE = "note", _("Noted")  # the row was used, but not every value of it, or a choice was made

    session = models.ForeignKey(ImportSession, models.CASCADE, related_name="problems")
    file = models.CharField(max_length=300)
    line = models.PositiveIntegerField(null=True, blank=True)  # null: about the whole file
    kind = models.CharField(max_length=4, choices=Kind)
    reason = models.CharField(max_length=40)  # a code; sources.reasons has its sentence
    detail = models.CharField(max_length=200, blank=True)  # the value at fault, shortened

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="problem_has_a_reason")]
        indexes = [models.Index(fields=["session", "id"], name="problem_in_order")]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.reason}"


class Ranking(models.Model):
    """A person's rating of a film: their own, whatever becomes of the import it came from."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="rankings")
    tmdb_movie = models.ForeignKey(TmdbMovie, models.PROTECT, related_name="rankings")
    title = models.CharField(max_length=500)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    rating = models.DecimalField(max_digits=2, decimal_places=1, null=True, blank=True)  # null: to be decided later
    rated_at = models.DateField()
    movie = models.ForeignKey(Movie, models.SET_NULL, null=True, blank=True, related_name="rankings")  # it came from
    changed_at = models.DateTimeField(null=True, blank=True)  # by hand, since: undoing the import leaves it
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "tmdb_movie"], name="ranking_once_per_film"),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__in=RATINGS), name="ranking_rating_in_halves"),
        ]
        indexes = [
            models.Index(fields=["user", "-rating", "-rated_at"], name="ranking_by_rating"),
            models.Index(fields=["user", "-rated_at"], name="ranking_by_date"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title


class MatchMemory(models.Model):
    """What a person decided for a title, so that their next import knows it. The newest counts; never across people."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="match_memories")
    title_key = models.CharField(max_length=500)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    tmdb_movie = models.ForeignKey(TmdbMovie, models.PROTECT, null=True, blank=True)  # null: decided, no film chosen
    movie = models.OneToOneField(Movie, models.SET_NULL, null=True, blank=True, related_name="memory")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "match memories"
        indexes = [models.Index(fields=["user", "title_key", "-decided_at"], name="memory_of_title")]

    def __str__(self) -> str:
        return self.title_key


class Analytics(models.Model):
    """The statistics of one import, or of one person's library, computed once: see imports.statistics."""

    session = models.OneToOneField(ImportSession, models.CASCADE, null=True, blank=True, related_name="analytics")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="analytics"
    )
    mark = models.CharField(max_length=80)  # of the state it was computed from
    data = models.JSONField()
    computed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "analytics"
        constraints = [
            models.CheckConstraint(
                condition=Q(session=None, user__isnull=False) | Q(session__isnull=False, user=None),
                name="analytics_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"of {self.session_id or self.user_id}"


def hashed(token: str) -> str:
    return sha256(token.encode(errors="replace")).hexdigest()


class ShareLink(models.Model):
    """A page that its owner lets anyone see who has the link: of one import, or of a person's library."""

    session = models.ForeignKey(ImportSession, models.CASCADE, null=True, blank=True, related_name="share_links")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="share_links"
    )  # whose library it is
    token_hash = models.CharField(max_length=64, unique=True)  # SHA-256 of the token, which only the link has
    name = models.CharField(max_length=100, blank=True)  # whose films, as the page says it
    shows_films = models.BooleanField(default=True)
    shows_statistics = models.BooleanField(default=True)
    shows_ratings = models.BooleanField(default=True)
    shows_reviews = models.BooleanField(default=False)
    shows_dates = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(session=None, user__isnull=False) | Q(session__isnull=False, user=None),
                name="share_link_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(shows_films=True) | Q(shows_statistics=True), name="share_link_shows_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"share link {self.pk}"

    @property
    def thing(self) -> "ImportSession | User":
        """What it shows; a user stands for their library."""
        return cast("ImportSession | User", self.session or self.user)

    @property
    def is_over(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()


class ApiToken(models.Model):
    """What a script shows instead of signing in. It may all that its person may; revoking deletes it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)  # what it is for, in the person's words
    token_hash = models.CharField(max_length=64, unique=True)  # SHA-256 of the token, which is shown once
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)  # to the minute

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="api_token_has_a_name")]

    def __str__(self) -> str:
        return self.name


class Usage(models.Model):
    """One use of what is limited by the hour, for each person and each address. Kept for 30 days."""

    class Kind(models.TextChoices):
        UPLOAD = "upload", _("Upload")
        SEARCH = "search", _("Search by hand")
        SIGN_UP = "sign_up", _("Sign-up")
        NAME = "name", _("Name tried at sign-up")
        RESET = "reset", _("Letter to reset a password")
        LETTER = "letter", _("Letter to one recipient")

    kind = models.CharField(max_length=8, choices=Kind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="usage"
    )  # none: not signed in
    # an IPv4 address, or an IPv6 network: a person has a whole one; of a letter, a fingerprint of whom it is for
    address = models.CharField(max_length=45)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "usage"
        indexes = [
            models.Index(fields=["kind", "user", "at"], name="usage_of_user"),
            models.Index(fields=["kind", "address", "at"], name="usage_of_address"),
            models.Index(fields=["at"], name="usage_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"
