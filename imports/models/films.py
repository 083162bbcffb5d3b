"""The films of an import, their viewings, and what the report says of its rows."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrichment.models import ListField, TitleLookup, TmdbMovie

from .ratings import RATINGS
from .sessions import ImportSession


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
