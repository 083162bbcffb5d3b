"""Numbers of films: ratings, runtimes, money, and how a person's ratings stand to TMDB's."""

import statistics
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from imports.models import RATINGS

from .films import Facts, Film
from .filters import UNRATED
from .items import average, first_of, item
from .shape import AgainstTmdb, ComparedItem, Money, Ratings, ReturnItem, RewatchedItem, Runtimes, Stars

LEAST_VOTES = 50  # fewer say little
LEAST_BUDGET = 1_000_000  # below, TMDB's numbers are often of another unit
BUCKETS = (0, 60, 90, 120, 150, 180)  # minutes
FEW, MOST = 5, 10
V = TypeVar("V", bound=float)


def ratings(films: Sequence[Film]) -> Ratings:
    counts = Counter(film.rating for film in films)
    spread: list[Stars] = [
        {"stars": stars, "films": counts[stars], "filter": {"rating": f"{stars:.1f}"}} for stars in RATINGS
    ]
    return {"ratings": spread, "unrated": counts[None], "unrated_filter": {"rating": UNRATED}}


def runtimes(films: Sequence[Film]) -> Runtimes:
    known = _known(films, lambda facts: facts.runtime)
    lengths = [length for _, length in known]
    buckets = Counter(bisect(BUCKETS, length) - 1 for length in lengths)
    ends = [*(start - 1 for start in BUCKETS[1:]), None]
    return {
        "average": average(lengths),
        "median": float(statistics.median(lengths)) if lengths else None,
        "shortest": [{**item(film), "runtime": runtime} for film, runtime in _top(known, sign=1)],
        "longest": [{**item(film), "runtime": runtime} for film, runtime in _top(known)],
        "distribution": [
            {"from": start, "to": end, "films": buckets[place]}
            for place, (start, end) in enumerate(zip(BUCKETS, ends, strict=True))
        ],
    }


def against_tmdb(films: Sequence[Film]) -> AgainstTmdb:
    """TMDB's ten points are halved, so that both are stars."""
    compared = [
        (film, film.rating, points / 2)
        for film, points in _known(films, lambda facts: facts.vote_average)
        if film.rating is not None and film.facts and (film.facts.vote_count or 0) >= LEAST_VOTES
    ]
    yours, tmdb = average([rating for _, rating, _ in compared]), average([stars for *_, stars in compared])
    differences = {film.id: round(rating - stars, 2) for film, rating, stars in compared}
    averages = {film.id: round(stars, 2) for film, _, stars in compared}
    higher = [film for film, *_ in compared if differences[film.id] > 0]
    lower = [film for film, *_ in compared if differences[film.id] < 0]

    def items(films: list[Film], sign: int) -> list[ComparedItem]:
        first = first_of(films, MOST, lambda film: sign * differences[film.id])
        return [{**item(film), "tmdb_rating": averages[film.id], "difference": differences[film.id]} for film in first]

    return {
        "films": len(compared),
        "yours": yours,
        "tmdb": tmdb,
        "difference": round(yours - tmdb, 2) if yours is not None and tmdb is not None else None,
        "least_votes": LEAST_VOTES,
        "higher": items(higher, -1),
        "lower": items(lower, 1),
    }


def rewatched(films: Sequence[Film]) -> list[RewatchedItem]:
    again = [film for film in films if any(watch.is_rewatch for watch in film.watches)]
    most = first_of(again, MOST, lambda film: -len(film.watches))
    return [{**item(film), "viewings": len(film.watches)} for film in most]


def money(films: Sequence[Film]) -> Money:
    budgets, revenues = _known(films, lambda facts: facts.budget), _known(films, lambda facts: facts.revenue)
    return {
        "budget": {
            "films": len(budgets),
            "total": sum(budget for _, budget in budgets),
            "top": [{**item(film), "budget": budget} for film, budget in _top(budgets)],
        },
        "revenue": {
            "films": len(revenues),
            "total": sum(revenue for _, revenue in revenues),
            "top": [{**item(film), "revenue": revenue} for film, revenue in _top(revenues)],
        },
        "best_returns": _best_returns(budgets, revenues),
    }


def _best_returns(budgets: list[tuple[Film, int]], revenues: list[tuple[Film, int]]) -> list[ReturnItem]:
    cost = {film.id: budget for film, budget in budgets if budget >= LEAST_BUDGET}
    earned = {film.id: revenue for film, revenue in revenues if film.id in cost}
    ratio = {id: earned[id] / cost[id] for id in earned}
    most = first_of((film for film, _ in revenues if film.id in ratio), FEW, lambda film: -ratio[film.id])
    return [
        {
            **item(film),
            "budget": cost[film.id],
            "revenue": earned[film.id],
            "ratio": round(ratio[film.id], 1),
        }
        for film in most
    ]


def _top(known: list[tuple[Film, V]], *, sign: int = -1) -> list[tuple[Film, V]]:
    """The few with the most of it (with sign 1: the least)."""
    values = {film.id: value for film, value in known}
    few = first_of((film for film, _ in known), FEW, lambda film: sign * values[film.id])
    return [(film, values[film.id]) for film in few]


def _known(films: Sequence[Film], fact: Callable[[Facts], V | None]) -> list[tuple[Film, V]]:
    """The films that have the fact, each with it. Nothing is as good as 0."""
    facts = ((film, fact(film.facts)) for film in films if film.facts)
    return [(film, value) for film, value in facts if value]
