"""What a person wants to see of a list of films."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class FilmFilters:
    """The filters that every list of films has. Empty ones leave all films."""

    q: str = ""
    rating: str = ""  # "4.5", or "none": not rated
    decade: int | None = None
    year: int | None = None  # of the release
    genre: str = ""
    genre_too: str = ""  # beside `genre`
    director: str = ""
    cast: str = ""
    country: str = ""
    language: str = ""  # ISO 639-1

    @property
    def leave_all(self) -> bool:
        """Whether no film is left out, in whichever order they come."""
        in_any_order = {"sort": ""}
        return asdict(self) | in_any_order == asdict(type(self)()) | in_any_order


@dataclass(frozen=True, kw_only=True)
class Facets:
    """The decades and genres that a list holds, to choose from."""

    decades: list[int]
    genres: list[str]

    @classmethod
    def of(cls, years: Iterable[int | None], genre_lists: Iterable[list[str]]) -> "Facets":
        return cls(
            decades=sorted({year // 10 * 10 for year in years if year}, reverse=True),
            genres=sorted({genre for genres in genre_lists for genre in genres}),
        )
