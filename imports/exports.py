"""What a person takes away, line by line."""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder

from enrichment.queries import poster_url

from .models import Ranking
from .rankings import BY_RATING

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    for row in rows:
        yield writer.writerow([_cell(value) for value in row])


def _cell(value: object) -> object:
    """A spreadsheet takes such a text for a formula; an apostrophe before it keeps it a text."""
    is_formula = isinstance(value, str) and value.startswith(FORMULA_STARTS)
    return f"'{value}" if is_formula else value


class _Echo:
    """A file for csv.writer that gives each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


# A library


def library_csv(user: User) -> Iterator[str]:
    names = ["title", "year", "rating", "rated_at", "tmdb_id", "imdb_id", "directors", "genres"]
    yield from csv_lines([names])
    for facts in map(facts_of, _rankings(user)):
        joined = facts | {name: ", ".join(facts[name]) for name in ("directors", "genres")}
        yield from csv_lines([[joined[name] for name in names]])


def library_json(user: User) -> Iterator[str]:
    yield '{"movies": ['
    for number, ranking in enumerate(_rankings(user)):
        facts = json.dumps(facts_of(ranking), cls=DjangoJSONEncoder, ensure_ascii=False)
        yield f",\n{facts}" if number else f"\n{facts}"
    yield "\n]}\n"


def facts_of(ranking: Ranking) -> dict[str, Any]:
    """A ranking (with its film) as JSON tells it: numbers as numbers, and null for what is not known."""
    film = ranking.tmdb_movie
    return {
        "title": ranking.title,
        "year": ranking.year,
        "rating": None if ranking.rating is None else float(ranking.rating),
        "rated_at": ranking.rated_at,
        "tmdb_id": film.pk,
        "imdb_id": film.imdb_id or None,
        "directors": film.directors,
        "genres": film.genres,
        "poster_url": poster_url(film.poster_path) or None,
    }


def _rankings(user: User) -> Iterator[Ranking]:
    return user.rankings.select_related("tmdb_movie").order_by(*BY_RATING, "pk").iterator(chunk_size=500)
