"""The library: what follows from all that a person's imports tell, and what they decided about it (ADR 13)."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrichment.models import ListField, TmdbMovie

from .ratings import RATINGS

PERSON = "person"  # the source of what is told by hand; any other is an import's


class Library(models.Model):
    """A person's library as a whole: who reconciles it locks this row, and its revision grows with every change."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="library")
    revision = models.PositiveIntegerField(default=0)
    reconciled_at = models.DateTimeField(null=True, blank=True)  # null: never yet

    class Meta:
        verbose_name_plural = "libraries"

    def __str__(self) -> str:
        return f"library of {self.user_id}"


class LibraryChange(models.Model):
    """A film of a person about which something new is told, so that it must be reconciled. Rows only come, and go once
    they are seen to: who changes something never waits for who reconciles."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="library_changes")
    key = models.CharField(max_length=520, blank=True)  # of the LibraryFilm; empty: every film
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["user", "id"], name="change_of_library")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.key or 'everything'}"


class LibraryFilm(models.Model):
    """A film in a person's library: TMDB's, or, where it has no match, a title and year as their files have it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="library_films")
    key = models.CharField(max_length=520)  # "tmdb:603", or "title:1999:the matrix" (see reconciling.keys)
    tmdb_movie = models.ForeignKey(TmdbMovie, models.PROTECT, null=True, blank=True, related_name="library_films")
    title = models.CharField(max_length=500)
    title_key = models.CharField(max_length=500, blank=True)  # folded, to sort and search by
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    rating = models.DecimalField(max_digits=2, decimal_places=1, null=True, blank=True)
    rating_source = models.CharField(max_length=20, blank=True)  # PERSON, or an import's
    rated_on = models.DateField(null=True, blank=True)
    ratings = ListField()  # every rating told: {"source", "rating", "on"}; the one that counts is the first
    is_seen = models.BooleanField(default=True)  # False: only liked, or all of it was taken out
    liked_on = models.DateField(null=True, blank=True)
    marked_on = models.DateField(null=True, blank=True)  # when it was marked as seen; not a viewing day
    viewings_count = models.PositiveIntegerField(default=0)
    first_watched = models.DateField(null=True, blank=True)
    last_watched = models.DateField(null=True, blank=True)
    sources = ListField()  # that tell of it, sorted; PERSON among them
    # what tells of it adds up to viewings, and the three below it
    evidence = models.PositiveIntegerField(default=0)  # what tells of a viewing, or of its being seen
    joined = models.PositiveIntegerField(default=0)  # told the same viewing as another
    folded = models.PositiveIntegerField(default=0)  # without a day, where another tells one
    taken_out = models.PositiveIntegerField(default=0)  # the person said: not mine

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="library_film_once"),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__in=RATINGS), name="library_film_in_halves"),
            models.CheckConstraint(
                condition=Q(evidence=F("viewings_count") + F("joined") + F("folded") + F("taken_out")),
                name="library_film_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(rating=None, rating_source="") | (Q(rating__isnull=False) & ~Q(rating_source="")),
                name="library_film_rated_by_someone",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-last_watched", "title_key"], name="library_by_day"),
            models.Index(fields=["user", "title_key"], name="library_by_title"),
            models.Index(fields=["user", "-rating"], name="library_by_rating"),
            models.Index(fields=["user", "-year"], name="library_by_year"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title

    def get_absolute_url(self) -> str:
        return reverse("imports:library_film", args=[self.pk])


class LibraryViewing(models.Model):
    """One time that a person saw a film, whatever tells of it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="library_viewings")
    film = models.ForeignKey(LibraryFilm, models.CASCADE, related_name="viewings")
    watched_on: "models.DateField[date | None, date | None]" = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=20)  # that knows its day best
    rating = models.DecimalField(max_digits=2, decimal_places=1, null=True, blank=True)
    rewatch = models.BooleanField(default=False)
    tags = ListField()
    has_review = models.BooleanField(default=False)  # told_by says where it stands
    # Every evidence, the best first: {"ref", "source", "day", "rating", "rewatch", "sessions": [{"session", "movie",
    # "viewing"}]}; `viewing` is null for a film that was only marked, `sessions` is empty for what is told by hand
    told_by = ListField()
    place = models.PositiveIntegerField(default=0)  # among its film's viewings, oldest first, those without a day last

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__in=RATINGS), name="library_viewing_in_halves"),
        ]
        indexes = [
            models.Index(fields=["user", "-watched_on", "-id"], name="library_viewing_by_day"),
            models.Index(fields=["film", "place"], name="library_viewing_of_film"),
        ]

    def __str__(self) -> str:
        return f"{self.film_id} on {self.watched_on}"


class LibraryQuestion(models.Model):
    """Two viewings of a film that are perhaps the same: a stream, and a diary's entry some days later."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="library_questions")
    film = models.ForeignKey(LibraryFilm, models.CASCADE, related_name="questions")
    earlier = models.OneToOneField(LibraryViewing, models.CASCADE, related_name="question_later")
    later = models.OneToOneField(LibraryViewing, models.CASCADE, related_name="question_earlier")

    class Meta:
        indexes = [models.Index(fields=["user", "id"], name="question_of_library")]

    def __str__(self) -> str:
        return f"{self.earlier_id} and {self.later_id}"


class HandViewing(models.Model):
    """A viewing that the person told by hand, or a script of theirs: evidence as any other."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="hand_viewings")
    tmdb_movie = models.ForeignKey(TmdbMovie, models.PROTECT, related_name="hand_viewings")
    key = models.UUIDField(default=uuid.uuid4, editable=False)  # what decisions name it by
    watched_on: "models.DateField[date | None, date | None]" = models.DateField(null=True, blank=True)
    rating = models.DecimalField(max_digits=2, decimal_places=1, null=True, blank=True)
    rewatch = models.BooleanField(default=False)
    tags = ListField()
    review = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)  # by the person; deleted a day later, and undone till then

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="hand_viewing_once"),
            models.UniqueConstraint(
                fields=["user", "tmdb_movie", "watched_on"],
                condition=Q(removed_at=None),
                name="hand_viewing_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["user", "tmdb_movie"],
                condition=Q(removed_at=None, watched_on=None),
                name="hand_viewing_once_undated",
            ),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__in=RATINGS), name="hand_viewing_in_halves"),
        ]

    def __str__(self) -> str:
        return f"{self.tmdb_movie_id} on {self.watched_on}"


class LibraryDecision(models.Model):
    """What a person said about evidence. It names evidence by what survives a re-import, so that it holds for whatever
    comes later; the machine never changes one, and deleting it undoes it."""

    class Kind(models.TextChoices):
        SAME = "same", _("The same viewing")  # all of `refs` are one
        APART = "apart", _("Not the same viewing")  # the first of `refs` is none of the others
        INSTEAD = "instead", _("Changed")  # of the viewing that any of `refs` tells: `values` count
        NOT_MINE = "not_mine", _("Not mine")  # what `refs` tell is left out

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="library_decisions")
    kind = models.CharField(max_length=8, choices=Kind)
    refs = ListField()
    values = models.JSONField(
        default=dict, blank=True
    )  # watched_on, rating, rewatch, tags, review: those that are there
    decided_at = models.DateTimeField(default=timezone.now)
    decided_with = models.UUIDField(null=True, blank=True)  # those decided together are undone together

    class Meta:
        ordering = ["decided_at", "pk"]
        indexes = [models.Index(fields=["user", "decided_at"], name="decision_in_order")]

    def __str__(self) -> str:
        return f"{self.kind}: {', '.join(self.refs)}"
