"""A person's library, to take away as CSV or JSON, line by line."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User

from enrichment.queries import poster_url
from imports.films.ratings import as_number
from imports.library.rankings import BY_RATING
from imports.models import Ranking

from .streams import BATCH, BOM, csv_lines, json_members


def library_csv(user: User) -> Iterator[str]:
    names = ["title", "year", "rating", "rated_at", "tmdb_id", "imdb_id", "directors", "genres"]
    yield BOM
    yield from csv_lines([names])
    for facts in map(facts_of, library_rankings(user)):
        joined = facts | {name: ", ".join(facts[name]) for name in ("directors", "genres")}
        yield from csv_lines([[joined[name] for name in names]])


def library_json(user: User) -> Iterator[str]:
    yield '{"movies": ['
    yield from json_members(map(facts_of, library_rankings(user)))
    yield "\n]}\n"


def facts_of(ranking: Ranking) -> dict[str, Any]:
    """A ranking (with its film) as JSON tells it: numbers as numbers, and null for what is not known."""
    film = ranking.tmdb_movie
    return {
        "title": ranking.title,
        "year": ranking.year,
        "rating": as_number(ranking.rating),
        "rated_at": ranking.rated_at,
        "tmdb_id": film.pk,
        "imdb_id": film.imdb_id or None,
        "directors": film.directors,
        "genres": film.genres,
        "poster_url": poster_url(film.poster_path) or None,
    }


def library_rankings(user: User) -> Iterator[Ranking]:
    return user.rankings.select_related("tmdb_movie").order_by(*BY_RATING, "pk").iterator(chunk_size=BATCH)
