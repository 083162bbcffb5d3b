"""What all parts of the page share."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from imports.statistics.shape import Filter, Item, KnownOf, Statistics

from . import words
from .links import Links, NoLinks
from .shapes import Column, Columns, FilmRow, share

AnyItem = TypeVar("AnyItem", bound=Item)
FEW = 3  # fewer say nothing by how they are spread


@dataclass(frozen=True)
class Counted:
    """What becomes a column."""

    label: str
    spoken: str
    count: int
    filter: Filter | None = None


class Base:
    def __init__(
        self, data: Statistics, links: Links | None = None, *, ratings: bool = True, dates: bool = True
    ) -> None:
        """`links`: where numbers lead to (None: nowhere); `ratings` and `dates`: whether the page may tell them."""
        self.data, self.links = data, links or NoLinks()
        self.shows_ratings, self.shows_dates = ratings, dates

    def known(self, what: KnownOf) -> str:
        return words.known(self.data, what)

    def _columns(self, title: str, entries: Sequence[Counted], fewest: int = FEW) -> Columns | None:
        """None where so few say nothing by how they are spread."""
        if sum(entry.count for entry in entries) < fewest:
            return None
        most = max(entry.count for entry in entries)
        return Columns(
            title=title,
            columns=[
                Column(
                    label=entry.label,
                    spoken=entry.spoken,
                    count=entry.count,
                    height=share(entry.count, most),
                    # an empty column would lead to an empty list
                    url=self.links.films(entry.filter) if entry.count and entry.filter is not None else "",
                )
                for entry in entries
            ],
        )

    def _films(self, films: Iterable[AnyItem], note: Callable[[AnyItem], str]) -> list[FilmRow]:
        """Each film with a link, and `note`: what is to be said of it."""
        return [self._film(film, note(film)) for film in films]

    def _film(self, film: Item, note: str, number: int | None = None) -> FilmRow:
        return FilmRow(
            title=film["title"],
            year=film["year"],
            poster=film["poster"],
            rating=film["rating"],
            url=self.links.film(film["id"]),
            note=note,
            number=number,
        )
