"""What a person decides about a film of an import, and how it is taken back. Never undone by the machine. Each decision
locks the import, then the film, and judges what stands then: of two tabs one wins, the other hears what stands."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from enrichment import queue
from enrichment import services as enrichment
from enrichment.models import DetailsStatus, LookupStatus, TmdbMovie
from imports.films.locking import lock_film, lock_films, lock_import
from imports.library import rankings
from imports.models import ChosenBy, Decision, ImportSession, Kind, Movie, Outcome, Ranking
from imports.outcomes import settle
from imports.reconciling import marks
from imports.sources.traits import REVIEWS

from . import memory

PERSONS = (Decision.ADDED, Decision.SKIPPED)
TRIES = 3


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


class ImportGone(CantDecide):
    """The import was deleted or replaced meanwhile, and the film with it."""

    status = 404


DECIDED = gettext_noop("This film is decided already: undo that first.")
MEANWHILE = gettext_noop("This film was decided in another tab just now, so nothing was changed: look at it again.")
ALL_MEANWHILE = gettext_noop("These films were decided in another tab just now, so none of them was added.")
TAKEN_IN = gettext_noop("This is taken in already: it is in your review.")
NOT_TAKEN = gettext_noop("This is not taken for a film: take it in first.")
NO_FILM = gettext_noop("Choose the film first: it is not matched yet.")
IMPORT_GONE = gettext_noop("This import is not here any more: it was deleted or replaced.")


# A review with ratings (Prime Video)


def add(seen: Movie, rating: Decimal | None, rated_at: date, tmdb_id: int | None = None) -> Ranking:
    """Rank the film that was `seen`, as its match or as `tmdb_id`. Raises AlreadyDecided, or CantDecide when there is
    no film to rank. A ranking from elsewhere stays as it is. Returns what stands in the library."""
    with _standing(seen) as movie:
        _refuse_decided(movie)
        film = _film_to_rank(movie, tmdb_id)
        _decide(movie, Decision.ADDED, **_match_by_hand(movie, film))
        memory.remember({movie: film})
        ranking = rankings.ensure(_ranking(movie, film, rating, rated_at))
        if ranking.movie_id != movie.pk:  # so nothing was added, and there is nothing to take back here
            _already_ranked(Q(pk=movie.pk))
    return ranking


def skip(seen: Movie) -> None:
    """Leave it out of the rankings. Raises AlreadyDecided."""
    with _standing(seen) as movie:
        _refuse_decided(movie)
        _decide(movie, Decision.SKIPPED)
        memory.remember({movie: None})


@dataclass(frozen=True)
class TakenBack:
    films: int
    kept: list[Ranking]  # changed by hand since: they stay


def undo(seen: Movie) -> TakenBack:
    """Take one decision back; those taken together with it too. The rankings that were changed by hand since stay.
    Raises CantDecide when nothing was decided."""
    if seen.decision not in PERSONS and seen.chosen_by == ChosenBy.PERSON and seen.decided_at:
        unchoose(seen)
        return TakenBack(1, [])
    with _standing(seen) as movie:
        if movie.decision not in PERSONS:
            raise CantDecide(gettext_noop("There is nothing to undo here."), "nothing_to_undo")
        together = Q(decided_with=movie.decided_with) if movie.decided_with else Q(pk=movie.pk)
        decided = lock_films(movie.session, together & Q(decision__in=PERSONS))
        return TakenBack(len(decided), _take_back(movie.session, decided))


def last_decided(session: ImportSession) -> Movie | None:
    """Ranked, skipped, or said which film it is: what the next undo takes back."""
    is_decided = Q(decision__in=PERSONS) | Q(chosen_by=ChosenBy.PERSON, decided_at__isnull=False)
    decided = session.movies.filter(is_decided).select_related("session", "lookup", "tmdb_movie")
    return decided.order_by("-decided_at", "turn").first()


SURE = Q(decision=Decision.PENDING, outcome=Outcome.MATCHED)  # so with high confidence


def sure_films(session: ImportSession) -> list[Movie]:
    """The films that can be added all at once: matched by the machine, and undecided."""
    return list(session.movies.filter(SURE).select_related("tmdb_movie", "lookup").order_by("turn"))


def add_all(session: ImportSession, seen: Sequence[Movie], rating: Decimal | None) -> int:
    """Rank all of these at once, each on the last day it was watched; undone as one. What was decided since it was
    `seen`, or is taken for another film now, is left as it stands. Raises AlreadyDecided when that leaves none."""
    stood = {movie.pk: (movie.tmdb_movie_id, _word_on(movie)) for movie in seen}
    with transaction.atomic():
        session = _locked_import(session)
        sure = lock_films(session, SURE & Q(pk__in=stood))
        added = [movie for movie in sure if (movie.tmdb_movie_id, _word_on(movie)) == stood[movie.pk]]
        if seen and not added:
            raise AlreadyDecided(ALL_MEANWHILE, "already_decided")
        these = Q(pk__in=[movie.pk for movie in added])
        now = {"decision": Decision.ADDED, "decided_at": timezone.now(), "decided_with": uuid.uuid4()}
        session.movies.filter(these).update(**now)
        marks.mark(session.movies.filter(these))
        memory.remember({movie: movie.tmdb_movie for movie in added})
        _rank_all(session, added, rating)
        _already_ranked(these & ~Q(pk__in=Ranking.objects.filter(movie__in=added).values("movie")))
    rankings.ask_missing_details()
    return len(added)


def _rank_all(session: ImportSession, added: Sequence[Movie], rating: Decimal | None) -> None:
    today = session.today()
    new = [
        _ranking(movie, film, rating, min(movie.watched_on or today, today))
        for movie in added
        if (film := movie.tmdb_movie)
    ]
    rankings.ensure_all(new)


def take_in(seen: Movie) -> None:
    """A series or a trailer that the person calls a film: it joins the review's end and is matched. Raises
    AlreadyDecided when it was taken in before."""
    if seen.decision != Decision.NOT_A_FILM:
        raise AlreadyDecided(TAKEN_IN, "already_decided")
    for attempt in range(1, TRIES + 1):
        # before the import is locked, as whoever settles a question locks that first
        [lookup_id] = enrichment.get_or_create_lookups([enrichment.Question(seen.title, seen.year)])
        try:
            _take_in(seen, lookup_id)
        except IntegrityError:  # an import was deleted just now, and the question with it: ask again
            if attempt == TRIES:
                raise
        else:
            break
    settle.apply(session=seen.session)
    queue.wake()


def _take_in(seen: Movie, lookup_id: int) -> None:
    with _standing(seen, TAKEN_IN) as movie:
        last = movie.session.movies.order_by("-turn").values_list("turn", flat=True).first() or 0
        Movie.objects.filter(pk=movie.pk).update(
            decision=Decision.PENDING, kind=Kind.FILM, lookup_id=lookup_id, turn=last + 1
        )
        settle.expect_more(movie.session_id)


@dataclass(frozen=True)
class Undone:
    rankings: int
    kept: list[Ranking]  # changed by hand since: they stay


def undo_import(session: ImportSession) -> Undone:
    """Take back exactly what the import added to the library and to the memory; what was there before stays."""
    with transaction.atomic():
        _locked_import(session)
        kept = list(Ranking.objects.filter(movie__session=session, changed_at__isnull=False))
        added = Ranking.objects.filter(movie__session=session, changed_at=None)
        _mark_ranked(added)
        count, _ = added.delete()
        memory.forget(session.movies.all())
    return Undone(count, kept)


def complete(session: ImportSession) -> None:
    """Close the review: what is undecided stays undecided. It lives on as a private import."""
    with transaction.atomic():
        standing = _locked_import(session)
        if standing.closed_at is None:
            standing.closed_at, standing.expires_at = timezone.now(), None
            standing.save(update_fields=["closed_at", "expires_at"])


# Which film it is (both sources)


def choose(seen: Movie, tmdb_id: int) -> None:
    """The person says which film it is, here and in their other imports that tell of it. Raises CantDecide when TMDB's
    film is not known here."""
    _choose(seen, tmdb_id)
    for other in _the_same_in_other_imports(seen):
        with suppress(CantDecide):  # decided in another tab just now
            _choose(other, tmdb_id)


def _choose(seen: Movie, tmdb_id: int) -> None:
    needs_details = not seen.session.is_review
    if needs_details and _known(tmdb_id).details_status != DetailsStatus.DONE:
        enrichment.ask_details({tmdb_id: 0})  # a person waits: it goes first
        enrichment.ask_details_again([tmdb_id])
    with transaction.atomic():
        # whoever brings its details locks it before imports, so what is known of it can't change meanwhile
        film = _known(tmdb_id, lock=needs_details)
        with _standing(seen) as movie:
            is_open = needs_details and film.details_status != DetailsStatus.DONE
            _undecide(movie)
            _settle_by_hand(movie, Outcome.OPEN if is_open else Outcome.MATCHED, film)
            memory.remember({movie: film})
            settle.sort_out(movie.session_id)


def reject(seen: Movie) -> None:
    """None of these: the person says that TMDB does not have it."""
    _reject(seen)
    for other in _the_same_in_other_imports(seen):
        with suppress(CantDecide):
            _reject(other)


def _reject(seen: Movie) -> None:
    with _standing(seen) as movie:
        _undecide(movie)
        _settle_by_hand(movie, Outcome.UNMATCHED, None)
        memory.remember({movie: None})
        settle.sort_out(movie.session_id)


def unchoose(seen: Movie) -> None:
    """Back to the machine's answer."""
    _unchoose(seen)
    for other in _the_same_in_other_imports(seen).filter(chosen_by=ChosenBy.PERSON):
        with suppress(CantDecide):
            _unchoose(other)


def _unchoose(seen: Movie) -> None:
    settle.ask_what_it_needs(seen.pk)
    with _standing(seen) as movie:
        _undecide(movie)
        memory.forget([movie])
        Movie.objects.filter(pk=movie.pk).update(decided_at=None)
        settle.judge_again(movie.session_id, movie.pk)
        settle.sort_out(movie.session_id)


def _the_same_in_other_imports(seen: Movie) -> QuerySet[Movie]:
    """An export that was brought in again tells of the same film, which is not two in the library. A review is decided
    on its own."""
    user_id, source = seen.session.user_id, seen.session.source
    if user_id is None or source in REVIEWS:
        return Movie.objects.none()
    others = Movie.objects.filter(session__user=user_id, session__source=source, source_key=seen.source_key)
    return others.exclude(pk=seen.pk).select_related("session", "lookup").order_by("pk")


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


@contextmanager
def _standing(seen: Movie, otherwise: str = MEANWHILE) -> Iterator[Movie]:
    """The film as it stands, its import and it locked until it is decided or that is refused. Raises AlreadyDecided
    (`otherwise` says how it stands) when the person decided it since it was `seen`."""
    with transaction.atomic():
        try:
            movie = lock_film(seen.session_id, seen.pk)
        except ObjectDoesNotExist as gone:
            raise ImportGone(IMPORT_GONE, "not_found") from gone
        if _word_on(movie) != _word_on(seen):
            raise AlreadyDecided(otherwise, "already_decided")
        yield movie


def _word_on(movie: Movie) -> tuple[object, ...]:
    """What the person has said of it so far: another decision of theirs changes this, an answer of TMDB's does not."""
    is_decided = movie.decision in (*PERSONS, Decision.NOT_A_FILM)
    return movie.decision if is_decided else "", movie.decided_at, movie.chosen_by == ChosenBy.PERSON


def _locked_import(session: ImportSession) -> ImportSession:
    try:
        return lock_import(session.pk)
    except ObjectDoesNotExist as gone:
        raise ImportGone(IMPORT_GONE, "not_found") from gone


def _film_to_rank(movie: Movie, tmdb_id: int | None) -> TmdbMovie:
    if tmdb_id is not None and tmdb_id != movie.tmdb_movie_id:
        return _known(tmdb_id)
    film = film_of(movie)
    if film is None:
        raise CantDecide(NO_FILM, "not_matched")
    return film


def _known(tmdb_id: int, *, lock: bool = False) -> TmdbMovie:
    films = TmdbMovie.objects.exclude(details_status=DetailsStatus.GONE)
    film = (films.select_for_update(no_key=True) if lock else films).filter(pk=tmdb_id).first()
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
    """The one place where a single film stops being pending."""
    if movie.decision != Decision.PENDING:
        raise AlreadyDecided(DECIDED, "already_decided")
    # what is left out is in no library, and what is added is marked with its ranking
    Movie.objects.filter(pk=movie.pk).update(decision=decision, decided_at=timezone.now(), decided_with=None, **match)


def _mark_ranked(ranked: QuerySet[Ranking]) -> None:
    """These rankings will be gone: their films are looked at again."""
    films = list(ranked.values_list("user_id", "tmdb_movie_id"))
    marks.mark_films({user_id for user_id, _ in films}, [film_id for _, film_id in films])


def _already_ranked(which: Q) -> None:
    """The library had these films before: there is nothing to take back of them here."""
    ranked = Movie.objects.filter(which)
    ranked.update(decision=Decision.ALREADY_RANKED, decided_at=None, decided_with=None)
    marks.mark(ranked)


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
    ranked = Ranking.objects.filter(movie__in=decided)
    _mark_ranked(ranked)
    kept = list(ranked.filter(changed_at__isnull=False).order_by("title"))
    ranked.filter(changed_at=None).delete()
    memory.forget(decided)
    taken_back = session.movies.filter(pk__in=[movie.pk for movie in decided])
    taken_back.update(decision=Decision.PENDING, decided_at=None, decided_with=None)
    marks.mark(taken_back)
    for movie in decided:
        if movie.chosen_by == ChosenBy.PERSON:
            memory.remember({movie: movie.tmdb_movie})  # which film it is was said before, and still holds
        elif movie.lookup and movie.tmdb_movie_id != movie.lookup.tmdb_movie_id:
            settle.judge_again(session.pk, movie.pk)
    settle.sort_out(session.pk)
    return kept
