"""Numbers of films: ratings, runtimes, money, and how a person's ratings stand to TMDB's."""

import statistics
from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from typing import Any

from imports.models import RATINGS

from .films import Film
from .filters import UNRATED
from .items import Section, average, first_of, item

LEAST_VOTES = 50  # fewer say little
LEAST_BUDGET = 1_000_000  # below, TMDB's numbers are often of another unit
BUCKETS = (0, 60, 90, 120, 150, 180)  # minutes
FEW, MOST = 5, 10
Known = tuple[Film, Any]  # and what is known of it


def ratings(films: Sequence[Film], *, kind: str) -> Section:
    counts = Counter(film.rating for film in films)
    written = "{:g}" if kind == "library" else "{:.1f}"  # as the film lists' forms have them
    told = [{"stars": stars, "films": counts[stars], "filter": {"rating": written.format(stars)}} for stars in RATINGS]
    return {"ratings": told, "unrated": counts[None], "unrated_filter": {"rating": UNRATED}}


def runtimes(films: Sequence[Film]) -> Section:
    known = _having(films, "runtime")
    lengths = [length for _, length in known]
    buckets = Counter(bisect(BUCKETS, length) - 1 for length in lengths)
    ends = [*(start - 1 for start in BUCKETS[1:]), None]
    return {
        "average": average(lengths),
        "median": float(statistics.median(lengths)) if lengths else None,
        "shortest": _top(known, "runtime", sign=1),
        "longest": _top(known, "runtime"),
        "distribution": [
            {"from": start, "to": end, "films": buckets[place]}
            for place, (start, end) in enumerate(zip(BUCKETS, ends, strict=True))
        ],
    }


def against_tmdb(films: Sequence[Film]) -> Section:
    """TMDB's ten points are halved, so that both are stars."""
    compared = [
        (film, film.rating, points / 2)
        for film, points in _having(films, "vote_average")
        if film.rating is not None and film.facts and (film.facts.vote_count or 0) >= LEAST_VOTES
    ]
    yours, tmdb = average([rating for _, rating, _ in compared]), average([stars for *_, stars in compared])
    differences = {film.id: round(rating - stars, 2) for film, rating, stars in compared}
    told = {film.id: round(stars, 2) for film, _, stars in compared}
    higher = [film for film, *_ in compared if differences[film.id] > 0]
    lower = [film for film, *_ in compared if differences[film.id] < 0]

    def items(films: list[Film], sign: int) -> list[Section]:
        first = first_of(films, MOST, lambda film: sign * differences[film.id])
        return [item(film, tmdb_rating=told[film.id], difference=differences[film.id]) for film in first]

    return {
        "films": len(compared),
        "yours": yours,
        "tmdb": tmdb,
        "difference": round(yours - tmdb, 2) if yours is not None and tmdb is not None else None,
        "least_votes": LEAST_VOTES,
        "higher": items(higher, -1),
        "lower": items(lower, 1),
    }


def rewatched(films: Sequence[Film]) -> list[Section]:
    again = [film for film in films if any(watch.is_rewatch for watch in film.watches)]
    most = first_of(again, MOST, lambda film: -len(film.watches))
    return [item(film, viewings=len(film.watches)) for film in most]


def money(films: Sequence[Film]) -> Section:
    budgets, revenues = _having(films, "budget"), _having(films, "revenue")
    return {
        "budget": _sums(budgets, "budget"),
        "revenue": _sums(revenues, "revenue"),
        "best_returns": _best_returns(budgets, revenues),
    }


def _best_returns(budgets: list[Known], revenues: list[Known]) -> list[Section]:
    cost = {film.id: budget for film, budget in budgets if budget >= LEAST_BUDGET}
    earned = {film.id: revenue for film, revenue in revenues if film.id in cost}
    ratio = {id: earned[id] / cost[id] for id in earned}
    most = first_of((film for film, _ in revenues if film.id in ratio), FEW, lambda film: -ratio[film.id])
    return [item(film, budget=cost[film.id], revenue=earned[film.id], ratio=round(ratio[film.id], 1)) for film in most]


def _sums(known: list[Known], name: str) -> Section:
    return {"films": len(known), "total": sum(amount for _, amount in known), "top": _top(known, name)}


def _top(known: list[Known], name: str, *, sign: int = -1) -> list[Section]:
    """The few with the most of it (with sign 1: the least)."""
    values = {film.id: value for film, value in known}
    few = first_of((film for film, _ in known), FEW, lambda film: sign * values[film.id])
    return [item(film, **{name: values[film.id]}) for film in few]


def _having(films: Sequence[Film], name: str) -> list[Known]:
    """The films that it is known of, with it."""
    told = ((film, getattr(film.facts, name)) for film in films if film.facts)
    return [(film, value) for film, value in told if value]
