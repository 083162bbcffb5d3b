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
from imports.review import memory
from imports.sources.base import Decided, Parsed, ParsedMovie, ParsedRanking, Restored

NOTHING = Decided()
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # no import is older


def time_zone(parsed: Parsed) -> str:
    name = parsed.restored.time_zone if parsed.restored else ""
    return name if time_zones.is_known(name) else "UTC"


def adapt(session: ImportSession, parsed: Parsed) -> None:
    """A new import's row as the restored one's: what is settled is counted, and a review is over."""
    told, restored = parsed.files[:-1], cast(Restored, parsed.restored)  # the last file is the export itself
    session.entries_count = sum(report.rows for report in told)
    session.series_count = sum(report.skipped.get("series", 0) for report in told)
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
    enrichment.ask_films({one.tmdb_id: turn for turn, one in reversed(list(enumerate(done))) if one.tmdb_id})
    rejected, now = [_is_rejected(movie) for movie in movies], timezone.now()
    return {
        "tmdb_movie_id": [one.tmdb_id if _is_persons(one) else None for one in done],
        "chosen_by": [_chosen_by(one) for one in done],
        "outcome": [Outcome.UNMATCHED if is_rejected else Outcome.OPEN for is_rejected in rejected],
        "settled_at": [now if is_rejected else None for is_rejected in rejected],
        "decision": [movie.decided.decision if movie.decided else Decision.NOT_A_FILM for movie in movies],
        "decided_at": [one.decided_at for one in done],
        "decided_with": [one.decided_with for one in done],
    }


def give_back(user: User, session: ImportSession, movies: Sequence[ParsedMovie]) -> None:
    """The rankings of a review, for its person's library; what stands there already stays, whichever is newer."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two at once give each film back once
    ids = dict(session.movies.values_list("turn", "pk"))
    done = [(ids[turn], movie.decided) for turn, movie in enumerate(movies) if movie.decided]
    ranked = [(pk, one, one.ranking) for pk, one in done if one.ranking]
    standing = set(user.rankings.values_list("tmdb_movie_id", flat=True))
    new = [(pk, one, ranking) for pk, one, ranking in ranked if one.tmdb_id not in standing]
    # by film, as everyone inserts rankings (library.rankings); of two titles of a film that which added it has it
    in_order = sorted(new, key=lambda film: (film[1].tmdb_id or 0, film[1].decision != Decision.ADDED))
    bulk.insert(Ranking, _ranking_columns(user, in_order), ignore_conflicts=True)
    given = set(Ranking.objects.filter(movie__session=session).values_list("movie", flat=True))
    stood = [pk for pk, one, _ in ranked if one.decision == Decision.ADDED and pk not in given]
    session.movies.filter(pk__in=stood).update(decision=Decision.ALREADY_RANKED, decided_at=None, decided_with=None)
    memory.remember_restored(user, session.movies.all())


def _ranking_columns(user: User, new: Sequence[tuple[int, Decided, ParsedRanking]]) -> dict[str, Sequence[Any]]:
    same = ("title", "year", "rating", "rated_at", "changed_at")
    columns: dict[str, Sequence[Any]] = {name: [getattr(ranking, name) for _, _, ranking in new] for name in same}
    return columns | {
        "user_id": [user.pk] * len(new),
        "tmdb_movie_id": [one.tmdb_id for _, one, _ in new],
        # what the import added is taken back with it; what was ranked before is not
        "movie_id": [pk if one.decision == Decision.ADDED else None for pk, one, _ in new],
    }


def _chosen_by(one: Decided) -> ChosenBy:
    if one.is_chosen:
        return ChosenBy.PERSON
    return ChosenBy.MACHINE if _is_persons(one) else ChosenBy.NOBODY


def _is_persons(one: Decided) -> bool:
    """They chose the film or ranked it; any other match is the machine's, which is asked again."""
    return one.is_chosen or one.decision == Decision.ADDED


def _is_rejected(movie: ParsedMovie) -> bool:
    """The person said: none of TMDB's films."""
    return bool(movie.decided and movie.decided.is_chosen and movie.decided.tmdb_id is None)
