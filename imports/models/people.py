"""What is a person's own, beside their imports."""

from hashlib import sha256
from typing import cast

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrichment.models import TmdbMovie

from .films import Movie
from .ratings import RATINGS
from .sessions import ImportSession


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
