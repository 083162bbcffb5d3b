"""What a person decides about a film of an import, and how it is taken back. Never undone by the machine."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from enrichment import queue
from enrichment import services as enrichment
from enrichment.models import DetailsStatus, LookupStatus, TmdbMovie
from imports.models import ChosenBy, Decision, ImportSession, Kind, Movie, Outcome, Ranking
from imports.outcomes import settle

from . import memory

PERSONS = (Decision.ADDED, Decision.SKIPPED)


class CantDecide(Exception):
    """This decision can't be taken. `message` says why, in one English sentence for the person (marked by
    gettext_noop); `code` and the HTTP `status` are for whoever calls."""

    status = 400

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message, self.code = message, code


class AlreadyDecided(CantDecide):
    """The film stands as it was decided, in this tab or another; nothing was changed."""

    status = 409


class FilmGone(CantDecide):
    """TMDB does not have the film any more."""

    status = 404


DECIDED = gettext_noop("This film is decided already: undo that first.")
NOT_TAKEN = gettext_noop("This is not taken for a film: take it in first.")
NO_FILM = gettext_noop("Choose the film first: it is not matched yet.")


# A review with ratings (Prime Video)


def add(movie: Movie, rating: Decimal | None, rated_at: date, tmdb_id: int | None = None) -> Ranking:
    """Rank the film of `movie` (with its session, lookup and match), or `tmdb_id` in its place.
    Raises AlreadyDecided, or CantDecide when there is no film to rank. A ranking from elsewhere stays as it is.
    Returns what stands in the library."""
    _refuse_decided(movie)
    film = film_of(movie) if tmdb_id is None else _known(tmdb_id)
    if film is None:
        raise CantDecide(NO_FILM, "not_matched")
    with transaction.atomic():
        _decide(movie, Decision.ADDED, **_match_by_hand(movie, film))
        memory.remember({movie: film})
        ranking = _rank(_ranking(movie, film, rating, rated_at))
        if ranking.movie_id != movie.pk:  # so nothing was added, and there is nothing to take back here
            ranked = {"decision": Decision.ALREADY_RANKED, "decided_at": None}
            Movie.objects.filter(pk=movie.pk).update(**ranked)
    return ranking


def skip(movie: Movie) -> None:
    """Leave it out of the rankings. Raises AlreadyDecided."""
    _refuse_decided(movie)
    with transaction.atomic():
        _decide(movie, Decision.SKIPPED)
        memory.remember({movie: None})


def undo(movie: Movie) -> list[Ranking]:
    """Take one decision back; those taken together with it too. The rankings that were changed by hand since stay, and
    are returned. Raises CantDecide when nothing was decided."""
    if movie.decision not in PERSONS and movie.chosen_by == ChosenBy.PERSON and movie.decided_at:
        unchoose(movie)
        return []
    if movie.decision not in PERSONS:
        raise CantDecide(gettext_noop("There is nothing to undo here."), "nothing_to_undo")
    with transaction.atomic():
        together = Q(decided_with=movie.decided_with) if movie.decided_with else Q(pk=movie.pk)
        decided = Movie.objects.filter(together, session_id=movie.session_id, decision__in=PERSONS)
        return _take_back(movie.session, list(decided.select_related("session", "lookup", "tmdb_movie")))


def last_decided(session: ImportSession) -> Movie | None:
    """Ranked, skipped, or said which film it is: what the next undo takes back."""
    is_decided = Q(decision__in=PERSONS) | Q(chosen_by=ChosenBy.PERSON, decided_at__isnull=False)
    decided = session.movies.filter(is_decided).select_related("session", "lookup", "tmdb_movie")
    return decided.order_by("-decided_at", "turn").first()


def sure_films(session: ImportSession) -> list[Movie]:
    """The films that can be added all at once: matched by the machine, so with high confidence, and undecided."""
    sure = session.movies.filter(decision=Decision.PENDING, outcome=Outcome.MATCHED)
    return list(sure.select_related("tmdb_movie", "lookup").order_by("turn"))


def add_all(session: ImportSession, movies: Sequence[Movie], rating: Decimal | None) -> int:
    """Rank all of these at once, each on the last day it was watched; undone as one."""
    today, together = session.today(), uuid.uuid4()
    with transaction.atomic():
        open_ids = [movie.pk for movie in movies]
        pending = session.movies.filter(pk__in=open_ids, decision=Decision.PENDING)
        taken = set(pending.select_for_update().values_list("pk", flat=True))
        pending.update(decision=Decision.ADDED, decided_at=timezone.now(), decided_with=together)
        added = [movie for movie in movies if movie.pk in taken and movie.tmdb_movie]
        rankings = [
            _ranking(movie, film, rating, min(movie.watched_on or today, today))
            for movie in added
            if (film := movie.tmdb_movie)
        ]
        Ranking.objects.bulk_create(rankings, ignore_conflicts=True)
        memory.remember({movie: movie.tmdb_movie for movie in added})
    return len(added)


def take_in(movie: Movie) -> None:
    """A series or a trailer that the person calls a film: it joins the review's end and is matched."""
    # before the import is locked, as whoever settles a question locks that first
    [lookup_id] = enrichment.get_or_create_lookups([enrichment.Question(movie.title, movie.year)])
    with transaction.atomic():
        session = ImportSession.objects.select_for_update().get(pk=movie.session_id)
        last = session.movies.order_by("-turn").values_list("turn", flat=True).first() or 0
        taken = session.movies.filter(pk=movie.pk, decision=Decision.NOT_A_FILM)
        if taken.update(decision=Decision.PENDING, kind="film", lookup_id=lookup_id, turn=last + 1):
            settle.expect_more(session.pk)
    settle.apply(session=session)
    queue.wake()


@dataclass(frozen=True)
class Undone:
    rankings: int
    kept: list[Ranking]  # changed by hand since: they stay


def undo_import(session: ImportSession) -> Undone:
    """Take back exactly what the import added to the library and to the memory; what was there before stays."""
    with transaction.atomic():
        kept = list(Ranking.objects.filter(movie__session=session, changed_at__isnull=False))
        added = Ranking.objects.filter(movie__session=session, changed_at=None)
        count, _ = added.delete()
        memory.forget(session.movies.all())
    return Undone(count, kept)


def complete(session: ImportSession) -> None:
    """Close the review: what is undecided stays undecided. It lives on as a private import."""
    ImportSession.objects.filter(pk=session.pk, closed_at=None).update(closed_at=timezone.now(), expires_at=None)


# Which film it is (both sources)


def choose(movie: Movie, tmdb_id: int) -> None:
    """The person says which film it is. Raises CantDecide when TMDB's film is not known here."""
    film = _known(tmdb_id)
    is_open = not movie.session.is_review and film.details_status != DetailsStatus.DONE
    with transaction.atomic():
        if is_open:
            enrichment.ask_details({film.pk: 0})  # a person waits: it goes first
            enrichment.ask_details_again([film.pk])
        _undecide(movie)
        _settle_by_hand(movie, Outcome.OPEN if is_open else Outcome.MATCHED, film)
        memory.remember({movie: film})
        settle.sort_out(movie.session_id)


def reject(movie: Movie) -> None:
    """None of these: the person says that TMDB does not have it."""
    with transaction.atomic():
        _undecide(movie)
        _settle_by_hand(movie, Outcome.UNMATCHED, None)
        memory.remember({movie: None})
        settle.sort_out(movie.session_id)


def unchoose(movie: Movie) -> None:
    """Back to the machine's answer."""
    with transaction.atomic():
        _undecide(movie)
        memory.forget([movie])
        Movie.objects.filter(pk=movie.pk).update(decided_at=None)
        settle.judge_again(movie.session_id, movie.pk)
        settle.sort_out(movie.session_id)


def film_of(movie: Movie, candidates: Sequence[TmdbMovie] | None = None) -> TmdbMovie | None:
    """The film that is shown for it: its match, else the best candidate where the machine was not sure.
    `candidates`: the lookup's films, best first, where the caller has them."""
    if movie.tmdb_movie or not movie.lookup or not (movie.doubt or movie.lookup.status == LookupStatus.UNSURE):
        return movie.tmdb_movie
    if movie.chosen_by == ChosenBy.PERSON:
        return None  # none of these
    if candidates is not None:
        return candidates[0] if candidates else None
    return TmdbMovie.objects.filter(pk__in=[entry["id"] for entry in movie.lookup.candidates[:1]]).first()


def ranking_of(movie: Movie) -> Ranking:
    """What stands in the library for a film that was added: its own ranking, or one that was there before."""
    return Ranking.objects.get(user_id=cast(int, movie.session.user_id), tmdb_movie=movie.tmdb_movie)


def _known(tmdb_id: int) -> TmdbMovie:
    film = TmdbMovie.objects.filter(pk=tmdb_id).exclude(details_status=DetailsStatus.GONE).first()
    if film is None:
        raise FilmGone(gettext_noop("TMDB has no film with that number any more."), "film_gone")
    return film


def _refuse_decided(movie: Movie) -> None:
    """What the person decided must be undone first; and a series is no film before it is taken in."""
    if movie.kind != Kind.FILM:
        raise CantDecide(NOT_TAKEN, "not_a_film")
    if movie.decision in PERSONS:
        raise AlreadyDecided(DECIDED, "already_decided")


def _undecide(movie: Movie) -> None:
    """Another film may need a decision where this one needed none."""
    _refuse_decided(movie)
    unneeded = Movie.objects.filter(pk=movie.pk, decision__in=[Decision.ALREADY_RANKED, Decision.SAME_FILM])
    unneeded.update(decision=Decision.PENDING)


def _match_by_hand(movie: Movie, film: TmdbMovie) -> dict[str, Any]:
    """What becomes of a film that is ranked as another one than its match; its import's counters have moved."""
    if movie.tmdb_movie_id == film.pk and movie.outcome == Outcome.MATCHED:
        return {}
    settle.count_as_matched(movie.session_id, movie.outcome)
    matched = {"outcome": Outcome.MATCHED, "settled_at": timezone.now()}
    # not the person's choice for good: an undo goes back to what was before, and until then it is decided anyway
    return matched | {"tmdb_movie": film, "chosen_by": ChosenBy.MACHINE}


def _decide(movie: Movie, decision: Decision, **match: Any) -> None:
    """The one place where a film stops being pending: of two tabs one wins, the other hears what stands."""
    pending = Movie.objects.filter(pk=movie.pk, decision=Decision.PENDING)
    unchanged = pending.filter(outcome=movie.outcome) if match else pending  # what was counted
    if not unchanged.update(decision=decision, decided_at=timezone.now(), decided_with=None, **match):
        raise AlreadyDecided(DECIDED, "already_decided")
    movie.decision = decision


def _rank(new: Ranking) -> Ranking:
    try:
        with transaction.atomic():
            new.save(force_insert=True)
    except IntegrityError:
        return Ranking.objects.get(user_id=new.user_id, tmdb_movie_id=new.tmdb_movie_id)
    return new


def _ranking(movie: Movie, film: TmdbMovie, rating: Decimal | None, rated_at: date) -> Ranking:
    return Ranking(
        user_id=cast(int, movie.session.user_id),  # a review has an account: a constraint
        tmdb_movie=film,
        title=film.title or movie.title,  # a purged film has none
        year=film.year if film.title else movie.year,
        rating=rating,
        rated_at=rated_at,
        movie=movie,
    )


def _settle_by_hand(movie: Movie, outcome: Outcome, film: TmdbMovie | None) -> None:
    settle.move(
        movie.session_id,
        movie.pk,
        outcome,
        tmdb_movie=film,
        chosen_by=ChosenBy.PERSON,
        decided_at=timezone.now(),
    )


def _take_back(session: ImportSession, decided: Sequence[Movie]) -> list[Ranking]:
    rankings = Ranking.objects.filter(movie__in=decided)
    kept = list(rankings.filter(changed_at__isnull=False).order_by("title"))
    rankings.filter(changed_at=None).delete()
    memory.forget(decided)
    ids = [movie.pk for movie in decided]
    session.movies.filter(pk__in=ids).update(decision=Decision.PENDING, decided_at=None, decided_with=None)
    for movie in decided:
        if movie.chosen_by == ChosenBy.PERSON:
            memory.remember({movie: movie.tmdb_movie})  # which film it is was said before, and still holds
        elif movie.lookup and movie.tmdb_movie_id != movie.lookup.tmdb_movie_id:
            settle.judge_again(session.pk, movie.pk)
    settle.sort_out(session.pk)
    return kept
