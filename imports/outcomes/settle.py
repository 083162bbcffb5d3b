"""Answers from enrichment become outcomes of films, and the counters of their imports: each film once, whoever
brings the news (a worker, the upload itself, the minute's sweep) and however often."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from enrichment import services as enrichment
from enrichment.models import DetailsStatus, LookupStatus, TitleLookup
from imports.models import (
    ChosenBy,
    Decision,
    Doubt,
    ImportSession,
    Kind,
    MatchMemory,
    Movie,
    Outcome,
    Ranking,
    RowProblem,
    SessionStatus,
    expiry,
    expiry_of,
)
from imports.reconciling import marks
from imports.sources.traits import REVIEWS

from . import doubts

_KNOWN_ENOUGH = Q(tmdb_movie__details_status__in=[DetailsStatus.DONE, DetailsStatus.GONE])
# a review shows no details; but of a film that was asked for by its number nothing is known before them
_MATCHED_IS_ENOUGH = Q(session__source__in=REVIEWS, tmdb_movie__title__gt="")
_NO_SUCH_FILM = Q(tmdb_movie__details_status=DetailsStatus.GONE, tmdb_movie__title="")
# An outcome's counter, and what must be so for an open film to end with it.
_ENDS = {
    Outcome.MATCHED: ("matched_count", _KNOWN_ENOUGH | _MATCHED_IS_ENOUGH),
    Outcome.FAILED: (
        "failed_count",
        Q(tmdb_movie__details_status=DetailsStatus.FAILED) | Q(tmdb_movie=None, lookup__status=LookupStatus.FAILED),
    ),
    Outcome.UNSURE: (
        "unsure_count",
        Q(tmdb_movie=None, lookup__status=LookupStatus.UNSURE)
        | (Q(tmdb_movie=None, lookup__status=LookupStatus.MATCHED) & ~Q(doubt="")),
    ),
    Outcome.UNMATCHED: ("unmatched_count", Q(tmdb_movie=None, lookup__status=LookupStatus.UNMATCHED)),
}

_UNTAKEN: dict[str, Any] = {"tmdb_movie": None, "chosen_by": ChosenBy.NOBODY, "doubt": Doubt.NONE}


def apply(*, lookups: Collection[int] = (), films: Collection[int] = (), session: ImportSession | None = None) -> None:
    """Settle the open films that these lookups or films answer, or all of one import's."""
    if session:
        _ask_details_of_chosen(session)
    news = Q(session=session) if session else Q(lookup__in=lookups) | Q(tmdb_movie__in=films)
    with transaction.atomic():
        open_films = Movie.objects.filter(news, settled_at=None)
        _ask_details(open_films)
        for pk in _locked(open_films):
            _settle(pk, news)


def apply_everywhere() -> None:
    """For the minute's sweep: whatever was answered while nobody looked."""
    for session in ImportSession.objects.filter(status=SessionStatus.ENRICHING).order_by("created_at"):
        apply(session=session)


def reopen(lookups: Collection[int]) -> None:
    """Take back what the machine took from these lookups; what a person chose or decided stays. Decided is also what is
    remembered of a film that their library turned out to have."""
    remembered = Exists(MatchMemory.objects.filter(movie=OuterRef("pk")))
    decided = Q(chosen_by=ChosenBy.PERSON) | Q(decision__in=[Decision.ADDED, Decision.SKIPPED]) | Q(remembered)
    news = Q(lookup__in=lookups) & ~decided
    with transaction.atomic():
        for pk in _locked(Movie.objects.filter(news)):
            _reopen(pk, news)


def reopen_incomplete(films: Collection[int]) -> None:
    """What failed for want of these films' details waits for them again. Which film it is stands, whoever chose it."""
    incomplete = Movie.objects.filter(tmdb_movie__in=films, outcome=Outcome.FAILED)
    with transaction.atomic():
        for pk in _locked(incomplete):
            if waiting := incomplete.filter(session_id=pk).update(outcome=Outcome.OPEN, settled_at=None):
                _count(pk, {_counter(Outcome.FAILED): -waiting}, _waits_again())


def ask_what_it_needs(movie_id: int) -> None:
    """Have the details asked for that `judge_again` will wait for; before the import is locked, as TMDB's films are."""
    _ask_details(Movie.objects.filter(pk=movie_id))


def _ask_details(open_films: QuerySet[Movie]) -> None:
    unknown = open_films.filter(
        ~Q(session__source__in=REVIEWS),
        lookup__tmdb_movie__details_status__in=[DetailsStatus.NONE, DetailsStatus.PENDING],
    )
    enrichment.ask_details(dict(unknown.values_list("lookup__tmdb_movie").annotate(first=Min("turn"))))


def _ask_details_of_chosen(session: ImportSession) -> None:
    """Films that the person chose before anyone knew more of them, or whose facts were purged since."""
    chosen = session.movies.filter(
        ~Q(session__source__in=REVIEWS), settled_at=None, tmdb_movie__details_status=DetailsStatus.NONE
    )
    enrichment.ask_details(dict(chosen.values_list("tmdb_movie").annotate(first=Min("turn"))))


def _locked(films: QuerySet[Movie]) -> list[UUID]:
    """The imports of these films, locked in one order. Films and counters of an import change only under this lock."""
    affected = ImportSession.objects.filter(pk__in=films.values("session")).order_by("pk")
    return list(affected.select_for_update().values_list("pk", flat=True))


def _settle(session_id: UUID, news: Q) -> None:
    films = Movie.objects.filter(news, session_id=session_id, settled_at=None)
    if freed := _let_go_of_unknown(session_id, films.filter(_NO_SUCH_FILM)):
        films = Movie.objects.filter(news | Q(pk__in=freed), session_id=session_id, settled_at=None)
    taken = _take(session_id, films)
    outcomes = _outcomes_among(films)
    if taken or Outcome.MATCHED in outcomes:
        marks.mark(films.filter(tmdb_movie__isnull=False))
    counts = {
        _counter(outcome): films.filter(_ENDS[outcome][1]).update(outcome=outcome, settled_at=timezone.now())
        for outcome in outcomes
    }
    if counts.get(_counter(Outcome.MATCHED)):
        sort_out(session_id)
    if any(counts.values()):
        _count(session_id, counts, {})
        complete(session_id)


def _take(session_id: UUID, films: QuerySet[Movie]) -> int:
    """The machine's answers become the films of those that wait, but where the import itself says otherwise. Returns
    how many were taken."""
    doubts.raise_doubts(films)
    answer = TitleLookup.objects.filter(pk=OuterRef("lookup_id")).values("tmdb_movie_id")[:1]
    matched = films.filter(tmdb_movie=None, lookup__status=LookupStatus.MATCHED, doubt="")
    taken = matched.exclude(chosen_by=ChosenBy.PERSON).update(
        tmdb_movie_id=Subquery(answer), chosen_by=ChosenBy.MACHINE
    )
    for movie in doubts.less_exact(session_id, films) if taken else ():
        doubted = {"doubt": Doubt.TAKEN, "tmdb_movie": None, "chosen_by": ChosenBy.NOBODY}
        if movie.outcome == Outcome.OPEN:
            marks.mark(Movie.objects.filter(pk=movie.pk))
            Movie.objects.filter(pk=movie.pk).update(**doubted)
        else:
            move(session_id, movie.pk, Outcome.UNSURE, **doubted)
    return taken


def _outcomes_among(films: QuerySet[Movie]) -> list[Outcome]:
    """The outcomes that some of these films end with now: most often none, or one."""
    ends = Case(*(When(condition, then=Value(outcome)) for outcome, (_, condition) in _ENDS.items()))
    reached = set(films.annotate(end=ends).order_by().values_list("end", flat=True).distinct())
    return [outcome for outcome in _ENDS if outcome in reached]


def _let_go_of_unknown(session_id: UUID, films: QuerySet[Movie]) -> list[int]:
    """Chosen by a number that TMDB does not have: the machine's answer counts again, and the report says so."""
    lost = list(films)
    if not lost:
        return []
    files = ImportSession.objects.values_list("files", flat=True).get(pk=session_id)
    note = {"session_id": session_id, "file": files[-1]["name"] if files else "", "kind": RowProblem.Kind.NOTE}
    details = [f"{movie.title[:150]} ({movie.tmdb_movie_id})" for movie in lost]
    RowProblem.objects.bulk_create(RowProblem(**note, reason="choice_unknown", detail=detail) for detail in details)
    open_again = Movie.objects.filter(pk__in=[movie.pk for movie in lost])
    marks.mark(open_again)
    open_again.filter(decision=Decision.ADDED).update(decision=Decision.PENDING)
    open_again.update(tmdb_movie=None, chosen_by=ChosenBy.NOBODY)
    return [movie.pk for movie in lost]


def _reopen(session_id: UUID, news: Q) -> None:
    films = Movie.objects.filter(news, session_id=session_id)
    marks.mark(films.filter(tmdb_movie__isnull=False))
    untaken = {"outcome": Outcome.OPEN, "settled_at": None, **_UNTAKEN}
    counts = {counter: -films.filter(outcome=outcome).update(**untaken) for outcome, (counter, _) in _ENDS.items()}
    films.filter(settled_at=None, tmdb_movie__isnull=False).update(**untaken)
    if any(counts.values()):
        _count(session_id, counts, _waits_again())
        sort_out(session_id)


def _waits_again() -> dict[str, Any]:
    """An import whose films are asked about once more: a review's clock stands still, a completed one stays closed."""
    is_review = Q(source__in=REVIEWS)
    is_alive = Q(expires_at__gt=timezone.now())  # what is expired stays so
    return {
        "status": SessionStatus.ENRICHING,
        "closed_at": Case(When(is_review, then=F("closed_at")), default=None),
        "expires_at": Case(When(is_review & is_alive, then=None), default=F("expires_at")),
    }


def complete(session_id: UUID) -> None:
    """When every film is settled: a Letterboxd import is closed, a review's clock starts."""
    done = ImportSession.objects.filter(
        pk=session_id, status=SessionStatus.ENRICHING, enriched_count=F("total_movies")
    ).first()
    if done is None:
        return
    done.status, fields = SessionStatus.COMPLETED, ["status"]
    if done.is_open_review and done.expires_at is None:  # its clock stood still
        done.expires_at, fields = expiry_of(done), [*fields, "expires_at"]
    elif done.closed_at is None:
        done.closed_at, fields = timezone.now(), [*fields, "closed_at"]
    done.save(update_fields=fields)


def sort_out(session_id: UUID) -> None:
    """Mark the films of a review that need no decision: a second title of one film, and what the person rated already,
    be it in a history that they imported."""
    sortable = [Decision.PENDING, Decision.SAME_FILM, Decision.ALREADY_RANKED]
    if not Movie.objects.filter(session_id=session_id, decision__in=sortable).exists():
        return
    pending = Movie.objects.filter(session_id=session_id, decision=Decision.PENDING, tmdb_movie__isnull=False)
    this_film = Movie.objects.filter(session_id=session_id, tmdb_movie=OuterRef("tmdb_movie"), kind=Kind.FILM)
    is_same = Exists(this_film.filter(turn__lt=OuterRef("turn")))
    _sort(pending.filter(is_same), Decision.SAME_FILM)
    other_films = Movie.objects.filter(~is_same, session_id=session_id, decision=Decision.SAME_FILM)
    _sort(other_films, Decision.PENDING)
    theirs = {"tmdb_movie": OuterRef("tmdb_movie")}
    by_hand = Ranking.objects.filter(user=OuterRef("session__user"), **theirs)
    in_histories = rated_in_histories().filter(session__user=OuterRef("session__user"), **theirs)
    is_ranked = Exists(by_hand) | Exists(in_histories)
    _sort(pending.filter(is_ranked), Decision.ALREADY_RANKED)
    unranked = Movie.objects.filter(~is_ranked, session_id=session_id, decision=Decision.ALREADY_RANKED)
    _sort(unranked, Decision.PENDING)


def rated_in_histories() -> QuerySet[Movie]:
    """The films that people's own histories rate, those that are left out of the library aside."""
    histories = Movie.objects.exclude(session__source__in=REVIEWS)
    return histories.filter(session__in_library=True, rating__isnull=False, tmdb_movie__isnull=False)


def _sort(movies: QuerySet[Movie], decision: Decision) -> None:
    ids = list(movies.values_list("pk", flat=True))
    sorted_now = Movie.objects.filter(pk__in=ids)
    sorted_now.update(decision=decision)
    marks.mark(sorted_now)


def _counter(outcome: str) -> str:
    return _ENDS[Outcome(outcome)][0]


def move(session_id: UUID, movie_id: int, outcome: Outcome, **values: Any) -> None:
    """Give one film another outcome (OPEN: it waits again) and move the counters with it. A person's decision:
    nothing is asked about what the machine thinks."""
    with transaction.atomic():
        lock(session_id)
        before = Movie.objects.values_list("outcome", flat=True).get(pk=movie_id)
        settled_at = None if outcome == Outcome.OPEN else timezone.now()
        moved = Movie.objects.filter(pk=movie_id)
        marks.mark(moved)
        moved.update(outcome=outcome, settled_at=settled_at, **values)
        marks.mark(moved)
        if before == outcome:
            _count(session_id, {}, {})  # the same outcome, but by another film: pages show something else
            return
        counts = {_counter(before): -1} if before != Outcome.OPEN else {}
        counts |= {_counter(outcome): 1} if outcome != Outcome.OPEN else {}
        _count(session_id, counts, _waits_again() if outcome == Outcome.OPEN else {})
        complete(session_id)


def count_as_matched(session_id: UUID, before: str) -> None:
    """Move one film of the import's counters from the outcome `before` to MATCHED. The caller moves the film itself,
    afterwards: the import is locked first, as in every other place."""
    counts = {_counter(before): -1} if before != Outcome.OPEN else {}
    counts[_counter(Outcome.MATCHED)] = counts.get(_counter(Outcome.MATCHED), 0) + 1
    _count(session_id, counts, {})
    if before == Outcome.OPEN:
        complete(session_id)


def judge_again(session_id: UUID, movie_id: int) -> None:
    """Back to what the machine thinks of one film. What it needs was asked for before."""
    with transaction.atomic():
        move(session_id, movie_id, Outcome.OPEN, **_UNTAKEN)
        _settle(session_id, Q(pk=movie_id))


def expect_more(session_id: UUID, films: int = 1) -> None:
    """So many films joined the import."""
    ImportSession.objects.filter(pk=session_id).update(
        total_movies=F("total_movies") + films,
        found_count=F("found_count") + films,
        revision=F("revision") + 1,
        **_waits_again(),
    )


def answered() -> QuerySet[Movie]:
    """Open films whose answer lies ready, though nobody took it."""
    ready = Q(tmdb_movie=None, lookup__status=LookupStatus.MATCHED) & ~Q(chosen_by=ChosenBy.PERSON)
    for _, condition in _ENDS.values():
        ready |= condition
    return Movie.objects.filter(ready, settled_at=None)


def put_right(session: ImportSession, counts: Mapping[str, int]) -> None:
    """Write what the counters should be, counted under the caller's lock."""
    reopens = session.status == SessionStatus.COMPLETED and counts["enriched_count"] < counts["total_movies"]
    ImportSession.objects.filter(pk=session.pk).update(
        **counts, **(_waits_again() if reopens else {}), revision=F("revision") + 1
    )
    complete(session.pk)


def close_with_what_is_left(session: ImportSession) -> None:
    """A locked review of which films were dropped: it is done, with the films that are left."""
    films = session.movies.filter(kind=Kind.FILM)
    counts = {counter: films.filter(outcome=outcome).count() for outcome, (counter, _) in _ENDS.items()}
    total = sum(counts.values())
    ImportSession.objects.filter(pk=session.pk).update(
        **counts,
        total_movies=total,
        enriched_count=total,
        status=SessionStatus.COMPLETED,
        closed_at=timezone.now(),
        expires_at=expiry(has_account=True),
        revision=F("revision") + 1,
    )


def lock(session_id: UUID) -> None:
    list(ImportSession.objects.filter(pk=session_id).select_for_update().values_list("pk"))


def _count(session_id: UUID, counts: Mapping[str, int], also: Mapping[str, Any]) -> None:
    """Move the counters by what an UPDATE of ours changed."""
    moved = {counter: F(counter) + n for counter, n in counts.items()}
    ImportSession.objects.filter(pk=session_id).update(
        **moved, **also, enriched_count=F("enriched_count") + sum(counts.values()), revision=F("revision") + 1
    )
