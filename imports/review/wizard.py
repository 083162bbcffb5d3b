"""The review of one import, film by film: its steps, which film is next, and what its card shows. No HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Literal, cast

from django.db.models import Case, Count, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from enrichment.models import TmdbMovie
from enrichment.queries import poster_url
from imports.films import listing
from imports.models import ChosenBy, Decision, ImportSession, Kind, Movie, Outcome, Ranking

from . import decisions

Step = Literal["upload", "review", "complete"]  # in this order
Sureness = Literal["sure", "probably", "not_sure", "yours", "nothing"]

ALTERNATIVES = 5
PROBABLE, DOUBTFUL = 0.7, 0.5  # scores: from here "probably"; below this the card warns
UNCLEAR = (Outcome.UNSURE, Outcome.UNMATCHED, Outcome.FAILED)
COUNTED = {
    "added": Q(decision=Decision.ADDED),
    "skipped": Q(decision=Decision.SKIPPED),
    "pending": Q(decision=Decision.PENDING),
    "matching": Q(decision=Decision.PENDING, settled_at=None),
    "same_film": Q(decision=Decision.SAME_FILM),
    "ranked_before": Q(decision=Decision.ALREADY_RANKED),
}
BY_PERSON = Q(chosen_by=ChosenBy.PERSON, decided_at__isnull=False)


@dataclass(frozen=True, kw_only=True)
class Card:
    """One film to decide, and what the machine thinks of it."""

    movie: Movie
    film: TmdbMovie | None  # shown first
    choices: list[listing.Candidate]  # that film, then its alternatives
    score: float | None  # of the film shown first; none: nobody scored it
    sureness: Sureness
    reasons: list[dict[str, Any]]
    is_flagged: bool
    is_remembered: bool
    default_date: date
    today: date
    ranking: Ranking | None  # what the library has of a film that is decided


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the person is."""

    added: int  # a Letterboxd import: chosen
    skipped: int  # a Letterboxd import: none of these
    left: int
    matching: int
    same_film: int = 0
    ranked_before: int = 0

    @property
    def done(self) -> int:
        return self.added + self.skipped

    @property
    def total(self) -> int:
        return self.done + self.left + self.matching

    @property
    def number(self) -> int:
        """Which film is decided now, counted from one."""
        return min(self.done + 1, self.total)


class Review:
    """Prime Video: every film, with ratings. Letterboxd: those that the machine left open, without."""

    def __init__(self, session: ImportSession) -> None:
        self.session = session
        self.is_rated = session.is_review

    def step(self) -> Step:
        progress = self.progress
        if self.is_rated and self.session.closed_at:
            return "complete"
        if progress.left:
            return "review"
        return "upload" if progress.matching else "complete"

    def current(self, after_turn: int | None = None) -> Movie | None:
        return next(iter(self.upcoming(after_turn)), None)

    def upcoming(self, after_turn: int | None = None) -> list[Movie]:
        """The film to decide now and the one after it. What stands before `after_turn` comes back at the end."""
        films = self._to_decide().select_related("lookup", "tmdb_movie")
        if self.is_rated:
            films = films.annotate(**{f"count_{name}": self._count(which) for name, which in COUNTED.items()})
        order: list[Any] = ["turn"]
        if after_turn is not None:
            order.insert(0, Case(When(turn__gt=after_turn, then=Value(0)), default=Value(1)))
        upcoming = list(films.order_by(*order)[:2])
        if self.is_rated and upcoming:  # the counts came along: a decision asks for both
            self.progress = _progress({name: getattr(upcoming[0], f"count_{name}") for name in COUNTED})
        return upcoming

    def _count(self, which: Q) -> Coalesce:
        """How many films of this import are so, as a part of another query."""
        films = self.session.movies.filter(which).order_by().values("session")
        return Coalesce(Subquery(films.annotate(n=Count("pk")).values("n")), 0)

    def _to_decide(self) -> QuerySet[Movie]:
        films = self.session.movies.filter(settled_at__isnull=False)
        if self.is_rated:
            return films.filter(decision=Decision.PENDING)
        return films.filter(outcome__in=UNCLEAR).exclude(chosen_by=ChosenBy.PERSON)

    @cached_property
    def progress(self) -> Progress:
        return self._rated_progress() if self.is_rated else self._unclear_progress()

    def _rated_progress(self) -> Progress:
        return _progress(
            self.session.movies.aggregate(**{name: Count("pk", filter=which) for name, which in COUNTED.items()})
        )

    def _unclear_progress(self) -> Progress:
        by_machine = ~Q(chosen_by=ChosenBy.PERSON)
        counts = self.session.movies.aggregate(
            added=Count("pk", filter=BY_PERSON & Q(tmdb_movie__isnull=False)),
            skipped=Count("pk", filter=BY_PERSON & Q(tmdb_movie=None)),
            left=Count("pk", filter=by_machine & Q(outcome__in=UNCLEAR)),
        )
        return Progress(**counts, matching=0)

    def last_decided(self) -> Movie | None:
        if self.is_rated:
            return decisions.last_decided(self.session)
        decided = self.session.movies.filter(BY_PERSON).select_related("session", "lookup", "tmdb_movie")
        return decided.order_by("-decided_at").first()

    def undo(self, movie: Movie) -> decisions.TakenBack:
        """Take back what was decided for this film, with those that were decided together with it."""
        if self.is_rated:
            return decisions.undo(movie)
        decisions.unchoose(movie)
        return decisions.TakenBack(1, [])

    def decided_together(self) -> int:
        """How many films an undo would take back, when they were added all at once."""
        last = decisions.last_decided(self.session)
        return self._together(last).count() if last and last.decided_with else 0

    def _together(self, movie: Movie) -> QuerySet[Movie]:
        return self.session.movies.filter(decided_with=movie.decided_with, decision=Decision.ADDED)

    def unmatched(self) -> QuerySet[Movie]:
        """The films that nothing was found for, and that the person did not find by hand either."""
        unmatched = self.session.movies.filter(kind=Kind.FILM, outcome__in=[Outcome.UNMATCHED, Outcome.FAILED])
        return unmatched.order_by("turn")

    def others(self) -> QuerySet[Movie]:
        """The series and what is no film: they can be taken in."""
        return self.session.movies.filter(decision=Decision.NOT_A_FILM).order_by("turn")

    def today(self) -> date:
        return self.session.today()

    def card_date(self, movie: Movie) -> date:
        """The day that a rating gets unless the person names another: the last one it was watched on."""
        today = self.today()
        return min(movie.watched_on or today, today)

    def next_poster(self, upcoming: Sequence[Movie]) -> str:
        """The address of the next film's poster, to be fetched while the person still looks at this one."""
        film = upcoming[1].tmdb_movie if len(upcoming) > 1 else None
        return poster_url(film.poster_path, "w500") if film else ""

    def card(self, movie: Movie) -> Card:
        candidates = listing.candidates(movie.lookup) if movie.lookup else []
        film = decisions.film_of(movie, [candidate.film for candidate in candidates])
        score = next((candidate.score for candidate in candidates if candidate.film == film), None)
        best = candidates[0].film if candidates else None
        is_yours = movie.chosen_by == ChosenBy.PERSON
        return Card(
            movie=movie,
            film=film,
            choices=_choices(film, score, candidates),
            score=score,
            sureness=_sureness(movie, film, score),
            reasons=movie.reasons if not is_yours and (film is None or film == best) else [],
            is_flagged=not is_yours and bool(film is None or movie.doubt or (score is not None and score < DOUBTFUL)),
            is_remembered=is_yours and film is not None and movie.decided_at is None,
            default_date=self.card_date(movie),
            today=self.today(),
            ranking=_ranking(movie),
        )


def _progress(counts: Mapping[str, int]) -> Progress:
    """The progress that these counts, named as in COUNTED, tell of."""
    rest = {name: n for name, n in counts.items() if name != "pending"}
    return Progress(**rest, left=counts["pending"] - counts["matching"])


def _choices(
    film: TmdbMovie | None, score: float | None, candidates: list[listing.Candidate]
) -> list[listing.Candidate]:
    others = [candidate for candidate in candidates if candidate.film != film][:ALTERNATIVES]
    return [listing.Candidate(film, score or 0), *others] if film else others


def _sureness(movie: Movie, film: TmdbMovie | None, score: float | None) -> Sureness:
    if film is None:
        return "nothing"
    if movie.chosen_by == ChosenBy.PERSON:
        return "yours"
    if movie.outcome == Outcome.MATCHED:
        return "sure"
    return "probably" if score is not None and score >= PROBABLE else "not_sure"


def _ranking(movie: Movie) -> Ranking | None:
    """Asked for only where it is shown: of a film that needs no decision any more."""
    if movie.decision not in (Decision.ADDED, Decision.ALREADY_RANKED, Decision.SAME_FILM):
        return None
    user_id = cast(int, movie.session.user_id)  # a review has an account: a constraint
    return Ranking.objects.filter(user_id=user_id, tmdb_movie_id=movie.tmdb_movie_id).first()
