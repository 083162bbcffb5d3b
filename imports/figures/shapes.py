"""What a page of statistics is drawn from. Every number stands as text too: nothing is told by a drawing alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Number:
    label: str
    text: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class FilmRow:
    """A film with something to say of it."""

    title: str
    year: int | None
    poster: str
    rating: float | None
    url: str
    note: str
    number: int | None = None  # of a milestone


@dataclass(frozen=True, kw_only=True)
class Column:
    label: str
    spoken: str  # the label in words
    count: int
    height: float  # of 100
    url: str = ""

    @property
    def top(self) -> float:
        return round(100 - self.height, 2)


@dataclass(frozen=True, kw_only=True)
class Columns:
    """A few upright bars, each with its number."""

    title: str
    columns: Sequence[Column]

    @property
    def total(self) -> int:
        return sum(column.count for column in self.columns)


@dataclass(frozen=True, kw_only=True)
class Rank:
    name: str
    films: int
    width: float  # of 100
    average: float | None = None
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Ranks:
    """A list of names by their films, and the same by what the ratings say."""

    key: str
    title: str
    coverage: str
    top: Sequence[Rank]
    more: Sequence[Rank] = ()
    best: Sequence[Rank] = ()
    total: int = 0

    @property
    def shown(self) -> int:
        return len(self.top) + len(self.more)


@dataclass(frozen=True, kw_only=True)
class Row:
    label: str
    cells: Sequence[float]
    url: str = ""
    is_gap: bool = False  # nothing happened: only the chart shows it


@dataclass(frozen=True)
class Heading:
    label: str
    series: str = ""  # how the chart shows the column: bar, line, or not at all


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Drawn by Chart.js from its own table."""

    key: str
    title: str
    summary: str
    first: str  # the heading of the rows' names
    headings: Sequence[Heading]
    rows: Sequence[Row] = field(default_factory=list)

    @property
    def is_worth_drawing(self) -> bool:
        return sum(not row.is_gap for row in self.rows) > 2  # two bars say no more than their table


def share(count: float, most: float) -> float:
    """How large a bar is, of 100; one that is not 0 is large enough to be seen."""
    return max(round(100 * count / most, 2), 1.5) if count and most else 0.0
