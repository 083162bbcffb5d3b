"""Viewings of a person's library, changed by them: told by hand, put right, taken out, and all of it undone. Evidence
is never changed: what they say is a row of its own, and the library follows from both."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Self, TypedDict, cast, get_args
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from enrichment import services as enrichment
from enrichment.models import DetailsStatus, TmdbMovie
from imports.films.conditions import FIRST_DAY
from imports.films.ratings import as_number
from imports.models import (
    PERSON,
    HandViewing,
    LibraryDecision,
    LibraryFilm,
    LibraryQuestion,
    LibraryViewing,
    Ranking,
)
from imports.reconciling import evidence, marks, rules
from imports.reconciling.keeping import catch_up, up_to_date

MOST_TAGS, TAG_LENGTH = 100, 200
REVIEW_LENGTH = 100_000  # characters; a novel's chapter


class CantTell(Exception):
    """What the person said can't be kept: why (gettext_noop's, for whoever shows it), a code, and HTTP's status."""

    def __init__(self, message: str, code: str, status: int = 400) -> None:
        super().__init__(message)
        self.message, self.code, self.status = message, code, status


FUTURE = CantTell(gettext_noop("That day has not come yet."), "future_day")
TOO_EARLY = CantTell(gettext_noop("There were no films before 1888."), "early_day")
FILM_GONE = CantTell(gettext_noop("TMDB has no film with that number any more."), "film_gone", 404)
TWICE = CantTell(gettext_noop("You have already added a viewing of this film on that day."), "already_there", 409)
ANSWERED = CantTell(gettext_noop("This is answered already, perhaps in another tab."), "already_decided", 409)
GONE = CantTell(gettext_noop("This viewing is not in your library any more."), "not_found", 404)
UNDONE = CantTell(gettext_noop("This can't be undone any more."), "nothing_to_undo", 409)


# a decision; a viewing by hand that was removed; one that was added
Kind = Literal["decision", "by_hand", "added"]


class Values(TypedDict, total=False):
    """What is told of a viewing; what is left out stays as it is."""

    watched_on: date | None
    rating: Any  # Decimal, in halves, or None
    rewatch: bool
    tags: list[str]
    review: str


@dataclass(frozen=True)
class Undoable:
    """What was done just now, as `undo` takes it."""

    kind: Kind
    pk: int

    def __str__(self) -> str:
        return f"{self.kind}-{self.pk}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Raises CantTell."""
        kind, _, number = text.partition("-")
        if kind not in get_args(Kind) or not number.isascii() or not number.isdigit() or len(number) > 18:
            raise UNDONE
        return cls(cast(Kind, kind), int(number))


def refuse_impossible(day: date | None, today: date) -> None:
    """Raises CantTell when nobody can have seen a film on that day. `today`: as it is for the person."""
    if day is not None and day > today:
        raise FUTURE
    if day is not None and day < FIRST_DAY:
        raise TOO_EARLY


# Told by hand


def add(user: User, tmdb_id: int, values: Values, *, today: date) -> LibraryViewing:
    """A viewing that the person tells, of a film known here. Returns what it is in their library, which may be a
    viewing that an import tells, too. Raises CantTell."""
    refuse_impossible(values.get("watched_on"), today)
    film = TmdbMovie.objects.exclude(details_status=DetailsStatus.GONE).filter(pk=tmdb_id).first()
    if film is None:
        raise FILM_GONE
    try:
        with transaction.atomic():
            _remove_taken_out(user, film, values.get("watched_on"))
            told = HandViewing.objects.create(user=user, tmdb_movie=film, **values)
            marks.mark_films([user.pk], [film.pk])
    except IntegrityError as exc:
        raise TWICE from exc
    enrichment.ask_details({film.pk: 0})  # a person waits: it goes first
    if not up_to_date(user):  # what they just told is there, however much there is to do
        catch_up(user)
    return _that_tells(user, film, evidence.ref_by_hand(told.key))


def _remove_taken_out(user: User, film: TmdbMovie, day: date | None) -> None:
    """What they told of that day before, and said later that it is not theirs, does not keep them from telling it."""
    standing = HandViewing.objects.filter(user=user, tmdb_movie=film, watched_on=day, removed_at=None).first()
    if standing and evidence.ref_by_hand(standing.key) in evidence.decisions_of(user.pk).not_mine:
        HandViewing.objects.filter(pk=standing.pk).update(removed_at=timezone.now())


def added(viewing: LibraryViewing) -> Undoable:
    """How to undo what was added to it, or to its film, by hand last."""
    own = HandViewing.objects.filter(user=viewing.user_id, tmdb_movie=viewing.film.tmdb_movie_id, removed_at=None)
    return Undoable("added", own.latest("pk").pk)


def _that_tells(user: User, film: TmdbMovie, ref: str) -> LibraryViewing:
    """Without a day it is folded away where another tells one: then the newest stands for it."""
    own = LibraryViewing.objects.filter(user=user, film__tmdb_movie=film).select_related("film").order_by("-place")
    viewing = next((viewing for viewing in own if ref in refs_of(viewing)), own.first())
    if viewing is None:  # removed in another tab just now
        raise GONE
    return viewing


# Put right


def change(viewing: LibraryViewing, values: Values, *, today: date) -> Undoable:
    """The person's values count for this viewing from now on, whatever else tells of it. Raises CantTell."""
    refuse_impossible(values.get("watched_on"), today)
    plain: dict[str, Any] = dict(values)
    if "watched_on" in plain:
        plain["watched_on"] = plain["watched_on"] and plain["watched_on"].isoformat()
    if "rating" in plain:
        plain["rating"] = as_number(plain["rating"])
    return _decide(viewing.user, LibraryDecision.Kind.INSTEAD, refs_of(viewing), [viewing.film.key], values=plain)


def remove(viewing: LibraryViewing) -> Undoable:
    """It is not theirs, or never was: what they told by hand goes, what files tell is left out."""
    refs = refs_of(viewing)
    own = HandViewing.objects.filter(user=viewing.user, key__in=keys_by_hand(refs), removed_at=None)
    if len(refs) == 1 and (told := own.first()):
        with transaction.atomic():
            own.update(removed_at=timezone.now())
            marks.mark_keys(viewing.user_id, [viewing.film.key])
        up_to_date(viewing.user)
        return Undoable("by_hand", told.pk)
    return _decide(viewing.user, LibraryDecision.Kind.NOT_MINE, refs, [viewing.film.key])


def take_out(film: LibraryFilm) -> Undoable:
    """Nothing that tells of this film is theirs."""
    told = evidence.read(film.user, [film.key]).get(film.key)
    refs = sorted({entry.ref for entry in told.evidence}) if told else []
    if not refs:
        raise GONE
    return _decide(film.user, LibraryDecision.Kind.NOT_MINE, refs, [film.key])


# What is the same


def split(viewing: LibraryViewing, ref: str) -> Undoable:
    """What `ref` tells is another viewing than the rest of this one tells. Raises CantTell."""
    refs = refs_of(viewing)
    if ref not in refs or len(refs) == 1:
        raise GONE
    others = [other for other in refs if other != ref]
    return _decide(viewing.user, LibraryDecision.Kind.APART, [ref, *others], [viewing.film.key])


def join(viewings: Sequence[LibraryViewing]) -> Undoable:
    """All of these, of one film, are the same viewing."""
    refs = [ref for viewing in viewings for ref in refs_of(viewing)]
    return _decide(viewings[0].user, LibraryDecision.Kind.SAME, refs, [viewings[0].film.key])


def answer(question: LibraryQuestion, *, same: bool) -> Undoable:
    """Whether its two viewings are one. Raises CantTell when it was answered meanwhile."""
    return answer_all(question.user, [question], same=same)


def answer_all(user: User, questions: Iterable[LibraryQuestion], *, same: bool) -> Undoable:
    """The same answer to all of these, undone as one. Those that were answered meanwhile are left as they are; raises
    CantTell when that leaves none."""
    with transaction.atomic():
        numbers = [question.pk for question in questions]
        standing = LibraryQuestion.objects.filter(user=user, pk__in=numbers)
        open_ones = list(standing.select_related("film", "earlier", "later").order_by("pk"))
        if not open_ones:
            raise ANSWERED
        together, now = uuid4(), timezone.now()
        kind = LibraryDecision.Kind.SAME if same else LibraryDecision.Kind.APART
        decided = LibraryDecision.objects.bulk_create(
            LibraryDecision(
                user=user, kind=kind, refs=_refs(question, same=same), decided_at=now, decided_with=together
            )
            for question in open_ones
        )
        standing.delete()  # so that a second answer finds none
        marks.mark_keys(user.pk, {question.film.key for question in open_ones})
    up_to_date(user)
    return Undoable("decision", decided[0].pk)


def _refs(question: LibraryQuestion, *, same: bool) -> list[str]:
    earlier, later = refs_of(question.earlier), refs_of(question.later)
    return [*earlier, *later] if same else [earlier[0], *later]


# Undone


def undo(user: User, done: Undoable) -> set[str]:
    """Take it back, with all that was decided together with it; the library is as if it had never been. Returns the
    keys of the films. Raises CantTell."""
    take_back = {"decision": _undecided, "by_hand": _told_again, "added": _untold}
    undone = take_back[done.kind](user, done.pk)
    up_to_date(user)
    return undone


def _told_again(user: User, pk: int) -> set[str]:
    with transaction.atomic():
        told = HandViewing.objects.select_for_update().filter(user=user, pk=pk, removed_at__isnull=False).first()
        if told is None:
            raise UNDONE
        try:
            with transaction.atomic():
                HandViewing.objects.filter(pk=pk).update(removed_at=None)
        except IntegrityError as exc:  # told anew meanwhile
            raise UNDONE from exc
        marks.mark_films([user.pk], [told.tmdb_movie_id])
    return {f"tmdb:{told.tmdb_movie_id}"}


def _untold(user: User, pk: int) -> set[str]:
    """With the rating of the film that was given with it, where that stands as it was given."""
    with transaction.atomic():
        told = HandViewing.objects.select_for_update().filter(user=user, pk=pk, removed_at=None).first()
        if told is None:
            raise UNDONE
        HandViewing.objects.filter(pk=pk).update(removed_at=timezone.now())
        if told.rating is not None:
            own = Ranking.objects.filter(user=user, tmdb_movie=told.tmdb_movie_id, movie=None, changed_at=None)
            own.filter(rating=told.rating, created_at__gte=told.created_at).delete()
        marks.mark_films([user.pk], [told.tmdb_movie_id])
    return {f"tmdb:{told.tmdb_movie_id}"}


def _undecided(user: User, pk: int) -> set[str]:
    with transaction.atomic():
        decision = LibraryDecision.objects.select_for_update().filter(user=user, pk=pk).first()
        if decision is None:
            raise UNDONE
        together = LibraryDecision.objects.filter(user=user, pk=pk)
        if decision.decided_with:
            together = LibraryDecision.objects.filter(user=user, decided_with=decision.decided_with)
        films = evidence.keys_of_refs(user, [ref for decided in together for ref in decided.refs])
        together.delete()
        marks.mark_keys(user.pk, films)
    return films


@dataclass(frozen=True)
class Decided:
    """A decision, and what it is about as that stands now."""

    decision: LibraryDecision
    about: list[rules.Evidence]

    @property
    def done(self) -> Undoable:
        return Undoable("decision", self.decision.pk)


def decisions_on(film: LibraryFilm) -> list[Decided]:
    """What the person decided about what tells of this film, the newest first."""
    told = evidence.read(film.user, [film.key]).get(film.key)
    by_ref = {entry.ref: entry for entry in told.evidence} if told else {}
    own = LibraryDecision.objects.filter(user=film.user).order_by("-decided_at", "-pk")
    decided = (Decided(said, [by_ref[ref] for ref in said.refs if ref in by_ref]) for said in own)
    return [on_film for on_film in decided if on_film.about]


# What names evidence


def refs_of(viewing: LibraryViewing) -> list[str]:
    return [told["ref"] for told in viewing.told_by]


def keys_by_hand(refs: Iterable[str]) -> list[str]:
    """The keys of the hand viewings among these."""
    told = (ref.removeprefix(f"{PERSON}\t") for ref in refs if ref.startswith(f"{PERSON}\t"))
    return [key for key in told if not key.startswith("tmdb:")]


def _decide(
    user: User, kind: str, refs: Sequence[str], film_keys: Iterable[str], *, values: Mapping[str, Any] | None = None
) -> Undoable:
    with transaction.atomic():
        decision = LibraryDecision.objects.create(user=user, kind=kind, refs=list(refs), values=dict(values or {}))
        marks.mark_keys(user.pk, film_keys)
    up_to_date(user)
    return Undoable("decision", decision.pk)
