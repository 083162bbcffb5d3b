"""How films, groups of films and averages stand in the data."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from .films import Film
from .shape import Group, Item, Rated

T = TypeVar("T")
G = TypeVar("G", bound=Group)
FEWEST_RATED = 3  # of which there is an average to tell
MOST_NAMES = 100  # of people, countries, languages and tags
MOST_BEST = 10


def average(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 2) if values else None


def ratings_of(films: Iterable[Film]) -> list[float]:
    return [film.rating for film in films if film.rating is not None]


def item(film: Film) -> Item:
    return {
        "id": film.id,
        "title": film.title,
        "year": film.year,
        "tmdb_id": film.facts.tmdb_id if film.facts else None,
        "poster": film.facts.poster if film.facts else "",
        "rating": film.rating,
    }


def rated(films: Sequence[Film]) -> Rated:
    ratings = ratings_of(films)
    average_rating = average(ratings) if len(ratings) >= FEWEST_RATED else None
    return {"films": len(films), "rated": len(ratings), "average": average_rating}


def first_of(films: Iterable[Film], count: int, key: Callable[[Film], Any]) -> list[Film]:
    """The `count` smallest; those that are equal go by their titles, whatever the database."""
    return heapq.nsmallest(count, films, key=lambda film: (key(film), film.title, film.id))


def gather(films: Iterable[Film], values: Callable[[Film], Iterable[T]]) -> dict[T, list[Film]]:
    """The films of each value."""
    by_value: dict[T, list[Film]] = defaultdict(list)
    for film in films:
        for value in values(film):
            by_value[value].append(film)
    return by_value


def most_films(by_value: dict[str, list[Film]]) -> list[tuple[str, list[Film]]]:
    return sorted(by_value.items(), key=lambda entry: (-len(entry[1]), entry[0]))


def best(groups: Iterable[G], name: Callable[[G], Any]) -> list[G]:
    """The groups with the highest averages; of equals, those with more ratings, then the first by `name`."""
    averaged = [group for group in groups if group["average"] is not None]
    return sorted(averaged, key=lambda group: (-(group["average"] or 0), -group["rated"], name(group)))[:MOST_BEST]
