"""What all parts of the page share."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from . import words
from .links import Links, NoLinks
from .shapes import Column, Columns, share

Section = dict[str, Any]
FEW = 3  # fewer say nothing by how they are spread


class Base:
    def __init__(self, data: Section, links: Links | None = None, *, ratings: bool = True, dates: bool = True) -> None:
        """Without `links`, nothing leads to films; `ratings` and `dates`: whether they may be told."""
        self.data, self.links = data, links or NoLinks()
        self.shows_ratings, self.shows_dates = ratings, dates
        self.is_library = data["kind"] == "library"

    def known(self, what: str) -> str:
        return words.known(self.data, what)

    def _columns(
        self, title: str, entries: Sequence[tuple[str, str, Section]], count: str, fewest: int = FEW
    ) -> Columns | None:
        """None where so few say nothing by how they are spread."""
        if sum(one[count] for _, _, one in entries) < fewest:
            return None
        most = max(one[count] for _, _, one in entries)
        return Columns(
            title=title,
            columns=[
                Column(
                    label=label,
                    spoken=spoken,
                    count=one[count],
                    height=share(one[count], most),
                    url=self.links.films(one["filter"]) if one[count] and "filter" in one else "",
                )
                for label, spoken, one in entries
            ],
        )

    def _films(self, films: Iterable[Section], note: Callable[[Section], str]) -> list[Section]:
        """With a link and what is to be said of each."""
        return [film | {"url": self.links.film(film["id"]), "note": note(film)} for film in films]
