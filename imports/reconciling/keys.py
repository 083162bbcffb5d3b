"""How a film is named in a library: by TMDB's number, or by the folded title and the year that TMDB was asked about."""

from collections.abc import Iterable, Set
from typing import NamedTuple

EVERYTHING = ""  # of a change: all films


def of_film(tmdb_id: int) -> str:
    return f"tmdb:{tmdb_id}"


def of_title(title_key: str, year: int | None) -> str:
    return f"title:{year or ''}:{title_key}"


def of(tmdb_id: int | None, title_key: str, year: int | None) -> str:
    return of_title(title_key, year) if tmdb_id is None else of_film(tmdb_id)


class Named(NamedTuple):
    """What keys name."""

    keys: Set[str]
    films: set[int]  # TMDB's numbers
    titles: set[str]  # folded


def named_by(keys: Iterable[str]) -> Named:
    named = Named(set(keys), set(), set())
    for key in named.keys:
        kind, _, rest = key.partition(":")
        if kind == "tmdb":
            named.films.add(int(rest))
        else:
            named.titles.add(title_of(key)[0])
    return named


def title_of(key: str) -> tuple[str, int | None]:
    """The folded title and the year that a film without a match is named by."""
    _, year, title_key = key.split(":", 2)
    return title_key, int(year) if year else None


def in_order(key: str) -> tuple[str, int, str]:
    """To sort keys by, so that a portion of them has numbers that are near each other."""
    kind, _, rest = key.partition(":")
    return kind, int(rest) if kind == "tmdb" else 0, rest
