"""The calendar: a year in a row of weeks, Monday on top. Geometry, and the squares of the days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

STEP = 12  # from one day's square to the next
SIZES = (6, 8, 10, 10)  # of a square, by level, as in the style sheet: more is larger, too
LEVELS = len(SIZES)  # the last: that many or more


@dataclass(frozen=True)
class Day:
    day: date
    count: int
    x: int
    y: int

    @property
    def level(self) -> int:
        return min(self.count, LEVELS)


@dataclass(frozen=True)
class Month:
    name: str
    x: int
    count: int
    key: str  # "2024-05"


@dataclass(frozen=True)
class Year:
    year: int
    days: Sequence[Day]
    months: Sequence[Month]
    outline: str  # of all its days
    url: str = ""

    @property
    def viewings(self) -> int:
        return sum(day.count for day in self.days)

    @property
    def squares(self) -> SafeString:
        """Drawn here: a template takes seconds for the thousands of days of a long history."""
        names = {number: escape(name) for number, name in MONTHS.items()}
        return mark_safe("".join(_square(day, names[day.day.month]) for day in self.days))  # noqa: S308 (numbers only)

    @property
    def busiest(self) -> Month:
        return max(self.months, key=lambda month: month.count)


def years_of(days: Iterable[Sequence[object]]) -> list[Year]:
    """The years of these pairs of a day and its number: the newest first, without years in which nothing happened."""
    counts_by_year: dict[int, dict[date, int]] = {}
    for text, count in days:
        day = date.fromisoformat(str(text))
        # JSON's lists have no types for each place: the first is a text, the second a number
        counts_by_year.setdefault(day.year, {})[day] = int(str(count))
    return [_year(year, counts_by_year[year]) for year in sorted(counts_by_year, reverse=True)]


def _year(year: int, counts: dict[date, int]) -> Year:
    return Year(
        year=year,
        days=[_day(day, count) for day, count in sorted(counts.items())],
        months=[_month(date(year, month, 1), counts) for month in range(1, 13)],
        outline=_outline(year),
    )


def _place(day: date) -> tuple[int, int]:
    """The column and the row of a day: its week of the year, and its weekday."""
    first = date(day.year, 1, 1)
    return ((day - first).days + first.weekday()) // 7, day.weekday()


def _day(day: date, count: int) -> Day:
    week, weekday = _place(day)
    margin = (STEP - SIZES[min(count, LEVELS) - 1]) // 2  # in the middle of its cell
    return Day(day, count, week * STEP + margin, weekday * STEP + margin)


def _square(day: Day, month: str) -> str:
    title = f"{day.day.day} {month} {day.day.year}: {day.count}"
    return f'<rect class="heat-{day.level}" x="{day.x}" y="{day.y}"><title>{title}</title></rect>'


def _month(first: date, counts: dict[date, int]) -> Month:
    count = sum(n for day, n in counts.items() if day.month == first.month)
    week, weekday = _place(first)
    # the name stands over its first whole week
    return Month(date_format(first, "M"), (week + bool(weekday)) * STEP, count, first.isoformat()[:7])


def _outline(year: int) -> str:
    last_week, last_day = _place(date(year, 12, 31))
    first_day = date(year, 1, 1).weekday()
    # clockwise, from the top of the first whole week: the first and the last week may be parts of one
    left, right = first_day * STEP, (last_day + 1) * STEP
    width = last_week * STEP
    return (
        f"M{STEP if first_day else 0} 0H{width + STEP}V{right}H{width}V{7 * STEP}H0V{left}"
        f"{f'H{STEP}' if first_day else ''}Z"
    )


def months_back(last: date, count: int) -> list[date]:
    """The first days of so many months, the given one last."""
    months = [last.replace(day=1)]
    while len(months) < count and months[-1] > date.min:  # nothing is before January of year 1
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months[::-1]
