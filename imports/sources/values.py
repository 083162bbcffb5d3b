"""Cells → values. Each function is pure, and says by a code of reasons.REASONS what it could not use."""

import math
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from enrichment.numbers import FIRST_FILM_YEAR, YEARS_AHEAD

MAX_TITLE = 500
MAX_URI = 300
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?", re.ASCII)
ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?", re.ASCII)
NAMED = re.compile(r"([a-z]{3})[a-z]*\.? (\d{1,2}), (\d{4})", re.ASCII | re.IGNORECASE)
NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{1,6})?", re.ASCII)
STARS = re.compile("(★*)(½?)")
YEAR = re.compile(r"(\d{4})(?:\.0)?", re.ASCII)  # 2009.0 is what a spreadsheet program makes of it
URI = re.compile(r"https?://[^\s|\"<>]+", re.IGNORECASE)


def parse_title(text: str) -> tuple[str | None, str]:
    """The title as it is, but for white space around it. None means that the row is lost."""
    title = text.strip()
    if not title:
        return None, "no_title"
    if "\n" in title or "\r" in title:
        return None, "title_has_line_break"
    return (title, "") if len(title) <= MAX_TITLE else (None, "title_too_long")


def parse_year(text: str, today: date) -> tuple[int | None, str]:
    text = text.strip()
    if not text:
        return None, ""
    match = YEAR.fullmatch(text)
    year = int(match[1]) if match else 0
    return (year, "") if FIRST_FILM_YEAR <= year <= today.year + YEARS_AHEAD else (None, "year_unreadable")


def parse_rating(text: str) -> tuple[Decimal | None, str]:
    """Stars, in halves."""
    text = text.strip()
    if not text:
        return None, ""
    stars = _stars(text)
    if stars is None:
        return None, "rating_unreadable"
    halves = math.floor(stars * 2 + Decimal("0.5"))
    if not 1 <= halves <= 10:
        return None, "rating_out_of_range"
    return Decimal(halves * 5).scaleb(-1), "" if stars * 2 == halves else "rating_rounded"


def _stars(text: str) -> Decimal | None:
    if NUMBER.fullmatch(text):
        return Decimal(text.replace(",", "."))
    match = STARS.fullmatch(text)
    return len(match[1]) + Decimal(len(match[2])) / 2 if match else None


def is_day_first(texts: Iterable[str]) -> bool | None:
    """How a file writes its slashed dates: 15/01/2024 or 01/15/2024. None: nothing tells."""
    slashed = [match for text in texts if (match := SLASHED.fullmatch(text.strip()))]
    if any(int(match[2]) > 12 for match in slashed):
        return False
    if any(int(match[1]) > 12 for match in slashed):
        return True
    return None if slashed else False


def parse_date(text: str, *, day_first: bool = False) -> tuple[date | None, str]:
    text = text.strip()
    if not text:
        return None, ""
    try:
        return _date(text, day_first), ""
    except ValueError:
        return None, "date_unreadable"


def _date(text: str, day_first: bool) -> date:
    if match := ISO.fullmatch(text):
        return date.fromisoformat(match[1])
    if match := SLASHED.fullmatch(text):
        first, second, year = (int(part) for part in match.groups())
        return date(year, second, first) if day_first else date(year, first, second)
    if match := NAMED.fullmatch(text):
        return date(int(match[3]), MONTHS.index(match[1].lower()) + 1, int(match[2]))
    raise ValueError(text)


def parse_tags(text: str) -> list[str]:
    return list(dict.fromkeys(tag for part in text.split(",") if (tag := part.strip())))


def parse_uri(text: str) -> tuple[str | None, str]:
    """A web link, kept as it is and never opened. No `|`: that is how a key of title and year is told from a link."""
    uri = text.strip()
    if not uri:
        return "", ""
    return (uri, "") if len(uri) <= MAX_URI and URI.fullmatch(uri) else ("", "link_left_out")


def is_yes(text: str) -> bool:
    return text.strip().casefold() in {"yes", "true", "1"}
