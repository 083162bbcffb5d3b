"""What a library's export tells beside its imports: what the person told by hand, rated and decided."""

from collections.abc import Iterable
from typing import Any, cast

from ..base import ParsedDecision, ParsedHandViewing, ParsedOwnRanking
from .fields import Fault, stars
from .library_shape import BY_HAND, DECISION, LIBRARY_HEAD, RANKING, OwnRanking
from .shape import checked

Parts = Iterable[dict[str, Any]]


def read_head(part: dict[str, Any]) -> None:
    """There is nothing in it to keep. Raises Fault."""
    checked(LIBRARY_HEAD, part)


def read_by_hand(parts: Parts) -> list[ParsedHandViewing]:
    viewings, keys, days = [], set(), set()
    for part in parts:
        viewing = checked(BY_HAND, part)
        if viewing["key"] in keys:
            raise Fault("key")
        if (viewing["tmdb_id"], viewing["watched_date"]) in days:
            raise Fault("watched_date")
        keys.add(viewing["key"])
        days.add((viewing["tmdb_id"], viewing["watched_date"]))
        viewings.append(
            ParsedHandViewing(
                key=viewing["key"],
                tmdb_id=viewing["tmdb_id"],
                watched_on=viewing["watched_date"],
                rating=stars(viewing["rating"]),
                rewatch=viewing["rewatch"],
                tags=viewing["tags"],
                review=viewing["review"],
                created_at=viewing["created_at"],
            )
        )
    return viewings


def read_rankings(parts: Parts) -> list[ParsedOwnRanking]:
    rankings: dict[int, ParsedOwnRanking] = {}
    for part in parts:
        ranking = checked(RANKING, part)
        if ranking["tmdb_id"] in rankings:
            raise Fault("tmdb_id")
        rankings[ranking["tmdb_id"]] = _ranking(ranking)
    return list(rankings.values())


def _ranking(ranking: OwnRanking) -> ParsedOwnRanking:
    added_by = ranking["added_by"]
    return ParsedOwnRanking(
        title=ranking["title"],
        year=ranking["year"],
        rating=stars(ranking["rating"]),
        rated_at=ranking["rated_at"],
        changed_at=ranking["changed_at"],
        tmdb_id=ranking["tmdb_id"],
        added_by=(added_by["source"], added_by["source_key"]) if added_by else None,
    )


def read_decision(part: dict[str, Any]) -> ParsedDecision:
    decision = checked(DECISION, part)
    values = cast(dict[str, Any], dict(decision["values"]))
    if "watched_date" in values:  # as rows keep it
        day = values.pop("watched_date")
        values["watched_on"] = day and day.isoformat()
    return ParsedDecision(decision["kind"], decision["refs"], values, decision["decided_at"], decision["decided_with"])
