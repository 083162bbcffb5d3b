"""When was it watched? Times become days in the person's time zone; a plain date stays the day that it is."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from ..values import parse_date

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECONDS = re.compile(r"(\d{12,13})(?:\.0)?", re.ASCII)  # from 1973 to 2286
TIMED = re.compile(
    r"(\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{4})[T ]+(\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?",
    re.ASCII,
)


def parse_day(text: str, zone: tzinfo, *, day_first: bool = False) -> tuple[date | None, str]:
    """The day, and a code of reasons.REASONS when it could not be told. A time that names no zone is UTC."""
    text = text.strip()
    try:
        if match := MILLISECONDS.fullmatch(text):
            return (EPOCH + timedelta(milliseconds=int(match[1]))).astimezone(zone).date(), ""
        if match := TIMED.fullmatch(text):
            return _moment(match, day_first).astimezone(zone).date(), ""
    except (ValueError, OverflowError):
        return None, "date_unreadable"
    return parse_date(text, day_first=day_first)


def _moment(match: re.Match[str], day_first: bool) -> datetime:
    day, fault = parse_date(match[1], day_first=day_first)
    if day is None:
        raise ValueError(fault)
    clock = time(int(match[2]), int(match[3]), int(match[4] or 0))
    return datetime.combine(day, clock, tzinfo=_offset(match[5] or "Z"))


def _offset(text: str) -> tzinfo:
    if text in ("Z", "UTC"):
        return UTC
    ahead = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-ahead if text[0] == "-" else ahead)
