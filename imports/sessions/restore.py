"""What an export of ours brings back beside titles and viewings: choices, decisions, and rankings of a review."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from django.contrib.auth.models import User
from django.utils import timezone

from enrichment import bulk
from enrichment import services as enrichment
from imports import time_zones
from imports.models import ChosenBy, Decision, ImportSession, Outcome, Ranking
from imports.reconciling import marks
from imports.review import memory
from imports.sources.base import Decided, Parsed, ParsedMovie, ParsedRanking, Restored

NOTHING = Decided()
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # no import is older


def time_zone(parsed: Parsed) -> str:
    name = parsed.restored.time_zone if parsed.restored else ""
    return name if time_zones.is_known(name) else "UTC"


def adapt(session: ImportSession, parsed: Parsed) -> None:
    """A new import's row as the restored one's: what is settled is counted, and a review is over."""
    reports, restored = parsed.files[:-1], cast(Restored, parsed.restored)  # the last file is the export itself
    session.entries_count = sum(report.rows for report in reports)
    session.series_count = sum(report.skipped.get("series", 0) for report in reports)
    session.found_count = restored.found_count
    if EARLIEST <= restored.created_at <= timezone.now():
        session.created_at = restored.created_at
    session.unmatched_count = session.enriched_count = sum(map(_is_rejected, parsed.movies))
    if session.is_review:
        session.closed_at = timezone.now()


def columns(movies: Sequence[ParsedMovie]) -> dict[str, Sequence[Any]]:
    """The columns of Movie that only a restored import fills. The films are asked for by their numbers: a file has no
    say in what is known of them."""
    done = [movie.decided or NOTHING for movie in movies]
    enrichment.ask_films(
        {decided.tmdb_id: turn for turn, decided in reversed(list(enumerate(done))) if decided.tmdb_id}
    )
    rejected, now = [_is_rejected(movie) for movie in movies], timezone.now()
    return {
        "tmdb_movie_id": [decided.tmdb_id if _is_persons(decided) else None for decided in done],
        "chosen_by": [_chosen_by(decided) for decided in done],
        "outcome": [Outcome.UNMATCHED if is_rejected else Outcome.OPEN for is_rejected in rejected],
        "settled_at": [now if is_rejected else None for is_rejected in rejected],
        "decision": [movie.decided.decision if movie.decided else Decision.NOT_A_FILM for movie in movies],
        "decided_at": [decided.decided_at for decided in done],
        "decided_with": [decided.decided_with for decided in done],
    }


def give_back(user: User, session: ImportSession, movies: Sequence[ParsedMovie]) -> None:
    """The rankings of a review, for its person's library; what stands there already stays, whichever is newer."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two at once give each film back once
    ids = dict(session.movies.values_list("turn", "pk"))
    done = [(ids[turn], movie.decided) for turn, movie in enumerate(movies) if movie.decided]
    ranked = [(pk, decided, decided.ranking) for pk, decided in done if decided.ranking]
    standing = set(user.rankings.values_list("tmdb_movie_id", flat=True))
    new = [(pk, decided, ranking) for pk, decided, ranking in ranked if decided.tmdb_id not in standing]
    # by film, as everyone inserts rankings (library.rankings); of two titles of a film that which added it has it
    in_order = sorted(new, key=lambda film: (film[1].tmdb_id or 0, film[1].decision != Decision.ADDED))
    bulk.insert(Ranking, _ranking_columns(user, in_order), ignore_conflicts=True)
    marks.mark_films([user.pk], [decided.tmdb_id for _, decided, _ in in_order if decided.tmdb_id])
    given = set(Ranking.objects.filter(movie__session=session).values_list("movie", flat=True))
    stood = [pk for pk, decided, _ in ranked if decided.decision == Decision.ADDED and pk not in given]
    session.movies.filter(pk__in=stood).update(decision=Decision.ALREADY_RANKED, decided_at=None, decided_with=None)
    memory.remember_restored(user, session.movies.all())


def _ranking_columns(user: User, new: Sequence[tuple[int, Decided, ParsedRanking]]) -> dict[str, Sequence[Any]]:
    same = ("title", "year", "rating", "rated_at", "changed_at")
    columns: dict[str, Sequence[Any]] = {name: [getattr(ranking, name) for _, _, ranking in new] for name in same}
    return columns | {
        "user_id": [user.pk] * len(new),
        "tmdb_movie_id": [decided.tmdb_id for _, decided, _ in new],
        # what the import added is taken back with it; what was ranked before is not
        "movie_id": [pk if decided.decision == Decision.ADDED else None for pk, decided, _ in new],
    }


def _chosen_by(decided: Decided) -> ChosenBy:
    if decided.is_chosen:
        return ChosenBy.PERSON
    return ChosenBy.MACHINE if _is_persons(decided) else ChosenBy.NOBODY


def _is_persons(decided: Decided) -> bool:
    """They chose the film or ranked it; any other match is the machine's, which is asked again."""
    return decided.is_chosen or decided.decision == Decision.ADDED


def _is_rejected(movie: ParsedMovie) -> bool:
    """The person said: none of TMDB's films."""
    return bool(movie.decided and movie.decided.is_chosen and movie.decided.tmdb_id is None)
