"""Dates as people's files have them, which spreadsheet programs write anew in the way of their country.

A file has one order of day, month and year, which all its dates tell together; a date that has only one reading needs
no order. Names of months: month_names.py."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

from .month_names import month_in

Order = Literal["mdy", "dmy", "ymd"]
Readings = Mapping[Order, date]  # what a date says in each order that reads it

ORDERS: Final[tuple[Order, ...]] = ("mdy", "dmy", "ymd")
# the likeliest first, where nothing tells: a slash is American, a dot or a dash is not
LIKELIEST: Final[dict[str, tuple[Order, ...]]] = {"/": ORDERS}
LIKELIEST_ELSEWHERE: Final[tuple[Order, ...]] = ("dmy", "ymd", "mdy")
TAKEN_AS: Final[dict[Order, str]] = {
    "mdy": "dates_taken_as_american",
    "dmy": "dates_taken_as_day_first",
    "ymd": "dates_taken_as_year_first",
}

FIRST_FILM: Final = date(1888, 1, 1)
FIRST_NOTED: Final = date(1950, 1, 1)
# what programs write for "no day": the first days that spreadsheets, Macs and Unix count from
PLACEHOLDERS: Final = {
    date(1899, 12, 30),
    date(1899, 12, 31),
    date(1900, 1, 1),
    date(1904, 1, 1),
    date(1969, 12, 31),
    date(1970, 1, 1),
}
FIRST_SERIAL: Final = date(1899, 12, 30)
SERIALS: Final = range(20_000, 73_051)  # 1954 to 2099: a smaller number is none that a spreadsheet made of a viewing
MAX_LENGTH: Final = 80

ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?", re.ASCII)
SEPARATED = re.compile(r"(\d{1,4})\s?([/.\- ])\s?(\d{1,2})\s?\2\s?(\d{1,4})\.?", re.ASCII)
COMPACT = re.compile(r"((?:18|19|20)\d\d)(\d\d)(\d\d)", re.ASCII)
SERIAL = re.compile(r"(\d{5})(?:[.,]\d{1,12})?", re.ASCII)
EAST_ASIAN = re.compile(r"(\d{2}|\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?", re.ASCII)
NOON = r"[ap]\.?\s?m\b\.?|午前|午後|上午|下午|오전|오후"
TIME = re.compile(
    rf"(?:(?<=\d)T|[\s,;]*(?P<before>{NOON})?\s*\b)(?P<hour>\d\d?)(?:[:h]|(?<=\s\d\d)\.|(?<=\s\d)\.)(?P<minute>\d\d)"
    rf"(?:[:.](?P<second>\d\d)(?:[.,]\d{{1,9}})?)?(?!\.?\d)\s*(?P<after>{NOON})?\s*"
    r"(?P<zone>Z\b|UTC\b|GMT\b|[+-]\d\d:?\d\d)?",
    re.ASCII | re.IGNORECASE,
)
AROUND_TIME = re.compile(r"(?:\s+(?:at|um|uhr|à|a las|alle|às|kl|klo|om|o|h|г|р)\b\.?)+$", re.IGNORECASE)
WEEKDAY_IN_BRACKETS = re.compile(r"\s*[(（][^\d()（）]{1,12}[)）]")
WEEKDAY_BEFORE = re.compile(r"^[^\W\d]{1,20}[.,]{0,2}\s+(?=\d+\s?[/.\- ]\s?\d)")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u202a\u202c\u2066\u2069\ufeff"))


class Form(NamedTuple):
    """How a file writes its dates."""

    order: Order = "mdy"
    note: str = ""  # a code of reasons.REASONS: what its reader should know of it


def form_of(texts: Iterable[str], today: date) -> Form:
    """The order that reads most of the dates and brings none from the future or long ago; of several, the likeliest."""
    dates = [match for text in texts if not ISO.fullmatch(text.strip()) and (match := _without_order(text))]
    readings = [readings for match in dates if (readings := _likely(_of_parts(match), today))]
    if not readings:
        return Form()
    counts = Counter(order for possible in readings for order in possible)
    most = max(counts.values())
    leaders = [order for order in ORDERS if counts[order] == most]
    if len(leaders) == 1:
        return Form(leaders[0], "" if most == len(readings) else "dates_in_two_forms")
    order = _likeliest(leaders, Counter(match[2] for match in dates).most_common(1)[0][0], readings)
    if most < len(readings):
        return Form(order, "dates_in_two_forms")
    is_certain = all(len(set(possible.values())) == 1 for possible in readings)  # 5/5/2024
    return Form(order, "" if is_certain else TAKEN_AS[order])


def parse_date(text: str, order: Order = "mdy") -> tuple[date | None, str]:
    """The day, and a code of reasons.REASONS when it could not be told."""
    text = text.strip()
    if not text:
        return None, ""
    try:
        if match := ISO.fullmatch(text):
            return date.fromisoformat(match[1]), ""
        readings = _readings(text)
    except (ValueError, OverflowError):
        readings = {}
    day = readings.get(order) or (next(iter(readings.values())) if len(set(readings.values())) == 1 else None)
    return day, "" if day else "date_unreadable"


def can_be_seen_on(day: date, today: date, film_year: int | None = None) -> bool:
    """Not before there were films, nor two years before this one was, nor ahead; and no program's way to say nothing.
    Tomorrow can be: somewhere it is."""
    first = date(film_year - 1, 1, 1) if film_year else FIRST_FILM
    return max(first, FIRST_FILM) <= day <= today + timedelta(days=1) and day not in PLACEHOLDERS


def split_time(text: str) -> tuple[str, re.Match[str] | None]:
    """The date alone, and the time that was written beside it."""
    match = TIME.search(text)
    if not match:
        return text, None
    return f"{text[: match.start()]} {text[match.end() :]}".strip(" ,;"), match


def tidy(text: str) -> str:
    """Full-width digits and odd spaces as plain ones, without marks that nobody sees."""
    return " ".join(unicodedata.normalize("NFKC", text[:MAX_LENGTH]).translate(INVISIBLE).split()).lstrip("'’")


def _bare(text: str) -> str:
    """The date without a time and without a weekday that stands before its numbers or in brackets."""
    bare = WEEKDAY_IN_BRACKETS.sub("", split_time(tidy(text))[0]).strip()
    return WEEKDAY_BEFORE.sub("", AROUND_TIME.sub("", bare))


def _without_order(text: str) -> re.Match[str] | None:
    """A date of three numbers, none of which says that it is the year by coming first with four digits."""
    match = SEPARATED.fullmatch(_bare(text))
    return match if match and len(match[1]) < 4 else None


def _readings(text: str) -> Readings:
    bare = _bare(text)
    if match := SEPARATED.fullmatch(bare):
        return _of_parts(match)
    if match := COMPACT.fullmatch(bare):
        return _in_any_order(date(int(match[1]), int(match[2]), int(match[3])))
    if match := SERIAL.fullmatch(bare):
        days = int(match[1])
        return _in_any_order(FIRST_SERIAL + timedelta(days=days)) if days in SERIALS else {}
    if match := EAST_ASIAN.match(bare):
        return _in_any_order(date(_year(match[1]), int(match[2]), int(match[3])))
    if named := month_in(bare):
        year, month, day = named
        return _in_any_order(date(_year(year), month, int(day)))
    return {}


def _in_any_order(day: date) -> Readings:
    return dict.fromkeys(ORDERS, day)


def _of_parts(match: re.Match[str]) -> Readings:
    first, _, second, third = match.groups()
    if len(first) == 4:
        day = _day(first, second, third)
        return _in_any_order(day) if day else {}
    days = {"mdy": _day(third, first, second), "dmy": _day(third, second, first), "ymd": _day(first, second, third)}
    return {order: day for order in ORDERS if (day := days[order])}


def _day(year: str, month: str, day: str) -> date | None:
    if len(year) not in (2, 4) or len(day) > 2:
        return None
    try:
        return date(_year(year), int(month), int(day))
    except ValueError:
        return None


def _year(text: str) -> int:
    """A year of two digits is the newest one that is not ahead."""
    year = int(text)
    if len(text) > 2:
        return year
    this_year = date.today().year
    return year + (this_year - year) // 100 * 100


def _likely(readings: Readings, today: date) -> Readings:
    """Nobody has seen a film tomorrow, and hardly anybody has written one down before 1950; where no reading is
    within, all are left."""
    within = {order: day for order, day in readings.items() if FIRST_NOTED <= day <= today + timedelta(days=1)}
    return within or readings


def _likeliest(leaders: Collection[Order], separator: str, readings: Collection[Readings]) -> Order:
    """The order that the separator makes likeliest; but 24-01-05 and 23-12-30 are days of one winter, and not of 2005
    and 1930."""
    likely = LIKELIEST.get(separator, LIKELIEST_ELSEWHERE)
    if {"dmy", "ymd"} <= set(leaders) and separator != "/":
        return min(
            ("dmy", "ymd"), key=lambda order: _span([possible[order] for possible in readings if order in possible])
        )
    return next(order for order in likely if order in leaders)


def _span(days: Collection[date]) -> timedelta:
    return max(days) - min(days)
