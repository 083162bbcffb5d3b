"""How a film is named in a library: by TMDB's number, or by the folded title and the year that TMDB was asked about."""

from collections.abc import Iterable
from typing import NamedTuple

EVERYTHING = ""  # of a change: all films


def of_film(tmdb_id: int) -> str:
    return f"tmdb:{tmdb_id}"


def of_title(title_key: str, year: int | None) -> str:
    return f"title:{year or ''}:{title_key}"


def of(tmdb_id: int | None, title_key: str, year: int | None) -> str:
    return of_title(title_key, year) if tmdb_id is None else of_film(tmdb_id)


class Told(NamedTuple):
    """What keys name."""

    films: set[int]  # TMDB's numbers
    titles: dict[str, set[int | None]]  # folded title -> years


def told_by(keys: Iterable[str]) -> Told:
    told = Told(set(), {})
    for key in keys:
        kind, _, rest = key.partition(":")
        if kind == "tmdb":
            told.films.add(int(rest))
        else:
            year, _, title_key = rest.partition(":")
            told.titles.setdefault(title_key, set()).add(int(year) if year else None)
    return told
