"""A whole library comes back from its export: its imports, and what its person told by hand, rated and decided. All of
it or nothing; brought back once more, it says nothing new."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from enrichment import services as enrichment
from imports.models import Decision, HandViewing, ImportSession, LibraryDecision, Movie, Owner, Ranking
from imports.outcomes import settle
from imports.reconciling import marks
from imports.sources.base import ParsedDecision, ParsedHandViewing, ParsedLibrary, ParsedOwnRanking, ParsedPart

from . import restore
from .bounds import refuse_too_much
from .delete import undo_import
from .store import settle_known, store_import

LAST_TURN = 100_000  # behind every film of an import that waits


@dataclass(frozen=True)
class RestoredLibrary:
    """What came back; what stood in the account already is left out, but imports, which come as new ones."""

    imports: list[ImportSession]
    rankings: int
    by_hand: int
    decisions: int


def restore_library(user: User, library: ParsedLibrary) -> RestoredLibrary:
    """Store all of it, and settle what is known here. Raises SourceError when it is more than may be held."""
    for part in library.imports:
        refuse_too_much(part.parsed)
    films = {viewing.tmdb_id for viewing in library.by_hand} | {ranking.tmdb_id for ranking in library.rankings}
    enrichment.ask_films(dict.fromkeys(films, LAST_TURN))
    stored: list[ImportSession] = []
    try:
        for part in sorted(library.imports, key=_created_at):
            stored.append(_stored(user, part))
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two at once bring each thing back once
            rankings = _add_rankings(user, library.rankings, stored)
            by_hand = _add_by_hand(user, library.by_hand)
            decisions = _add_decisions(user, library.decisions)
            marks.mark_all([user.pk])
    except BaseException:
        _take_back(stored)
        raise
    for session in stored:
        settle.complete(session.pk)
        settle_known(session)
    return RestoredLibrary(stored, rankings, by_hand, decisions)


def _take_back(stored: Sequence[ImportSession]) -> None:
    """As if none of these had come."""
    Ranking.objects.filter(movie__session__in=stored).delete()  # also those that were changed, wherever that was
    for session in reversed(stored):
        undo_import(session)


# Imports


def _created_at(part: ParsedPart) -> datetime:
    """What an older one added to the library was there when a newer one came."""
    restored = part.parsed.restored
    if restored is None:
        raise AssertionError("a library's imports are exports themselves")
    return restored.created_at


def _stored(user: User, part: ParsedPart) -> ImportSession:
    parsed = part.parsed
    for movie in parsed.movies:
        movie.decided = movie.decided and _without_others(movie.decided)
    session = store_import(Owner(user=user), parsed, parsed.movies, restore.time_zone(parsed))
    if not part.in_library:
        with transaction.atomic():
            ImportSession.objects.filter(pk=session.pk).update(in_library=False)
            marks.mark(Movie.objects.filter(session=session))
        session.in_library = False
    return session


def _without_others(decided: Any) -> Any:
    """What a review found ranked comes back with the person's rankings."""
    return decided if decided.decision == Decision.ADDED else replace(decided, ranking=None)


# The person's own words


def _add_rankings(user: User, rankings: Sequence[ParsedOwnRanking], stored: Sequence[ImportSession]) -> int:
    """Those of films that are not ranked yet; each with the film of the import that it came from."""
    standing = set(user.rankings.values_list("tmdb_movie_id", flat=True))
    films = _films_of(stored, rankings)
    new = [ranking for ranking in rankings if ranking.tmdb_id not in standing]
    Ranking.objects.bulk_create(
        (
            Ranking(
                user=user,
                tmdb_movie_id=ranking.tmdb_id,
                title=ranking.title,
                year=ranking.year,
                rating=ranking.rating,
                rated_at=ranking.rated_at,
                changed_at=ranking.changed_at,
                movie_id=films.get((ranking.added_by, ranking.tmdb_id)),
            )
            for ranking in sorted(new, key=lambda ranking: ranking.tmdb_id)
        ),
        ignore_conflicts=True,
        batch_size=500,
    )
    return len(new)


def _films_of(
    stored: Sequence[ImportSession], rankings: Sequence[ParsedOwnRanking]
) -> dict[tuple[tuple[str, str] | None, int], int]:
    """The films of these imports, by source, source's key and TMDB's number."""
    if not any(ranking.added_by for ranking in rankings):
        return {}
    rows = Movie.objects.filter(session__in=stored, tmdb_movie__isnull=False).order_by("-pk")
    named = rows.values_list("session__source", "source_key", "tmdb_movie_id", "pk")
    return {((source, source_key), tmdb_id): pk for source, source_key, tmdb_id, pk in named}


def _add_by_hand(user: User, viewings: Sequence[ParsedHandViewing]) -> int:
    """Those that do not stand: what was removed comes back, unless the same day was told anew since."""
    standing = dict(user.hand_viewings.values_list("key", "removed_at"))
    new = [viewing for viewing in viewings if viewing.key not in standing or standing[viewing.key] is not None]
    return sum(_is_told(user, viewing) for viewing in new)


def _is_told(user: User, viewing: ParsedHandViewing) -> bool:
    values = {
        name: getattr(viewing, name) for name in ("watched_on", "rating", "rewatch", "tags", "review", "created_at")
    }
    try:
        with transaction.atomic():
            HandViewing.objects.update_or_create(
                user=user, key=viewing.key, defaults=values | {"tmdb_movie_id": viewing.tmdb_id, "removed_at": None}
            )
    except IntegrityError:
        return False
    return True


def _add_decisions(user: User, decisions: Sequence[ParsedDecision]) -> int:
    """Those that were not made here already, in their order."""
    standing = {_key(decision) for decision in LibraryDecision.objects.filter(user=user)}
    new = [decision for decision in decisions if _key(decision) not in standing]
    LibraryDecision.objects.bulk_create(
        (
            LibraryDecision(
                user=user,
                kind=decision.kind,
                refs=decision.refs,
                values=decision.values,
                decided_at=decision.decided_at,
                decided_with=decision.decided_with,
            )
            for decision in new
        ),
        batch_size=500,
    )
    return len(new)


def _key(decision: LibraryDecision | ParsedDecision) -> tuple[object, ...]:
    """An export has moments to the millisecond."""
    at = decision.decided_at
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    return decision.kind, tuple(decision.refs), repr(sorted(decision.values.items())), at, decision.decided_with
