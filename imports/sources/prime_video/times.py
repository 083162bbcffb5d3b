"""When was it watched? Times become days in the person's time zone; a plain date stays the day that it is."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from ..dates import Order, parse_date, split_time, tidy

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECONDS = re.compile(r"(\d{12,13})(?:\.0)?", re.ASCII)  # from 1973 to 2286
AFTERNOON = re.compile(r"p\.?\s?m\.?|午後|下午|오후", re.IGNORECASE)


def parse_day(text: str, zone: tzinfo, *, order: Order = "mdy") -> tuple[date | None, str]:
    """The day, and a code of reasons.REASONS when it could not be told. A time that names no zone is UTC."""
    if day := _day_of_moment(text, zone):
        return day, ""
    text = tidy(text)
    try:
        if match := MILLISECONDS.fullmatch(text):
            return (EPOCH + timedelta(milliseconds=int(match[1]))).astimezone(zone).date(), ""
        plain, clock = split_time(text)
        day, fault = parse_date(plain if clock else text, order)
        if day is None or clock is None:
            return day, fault
        return _moment(day, clock).astimezone(zone).date(), ""
    except (ValueError, OverflowError):
        return None, "date_unreadable"


def _day_of_moment(text: str, zone: tzinfo) -> date | None:
    """The day of a time as nearly all files have it, read in one step."""
    if text[4:5] != "-" or text[13:14] != ":":
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(zone).date()
    except (ValueError, OverflowError):
        return None


def _moment(day: date, clock: re.Match[str]) -> datetime:
    hour, half = int(clock["hour"]), clock["before"] or clock["after"]
    if half:
        hour = hour % 12 + (12 if AFTERNOON.match(half) else 0)
    at = time(hour, int(clock["minute"]), int(clock["second"] or 0))
    return datetime.combine(day, at, tzinfo=_offset((clock["zone"] or "Z").upper()))


def _offset(text: str) -> tzinfo:
    if text in ("Z", "UTC", "GMT"):
        return UTC
    ahead = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-ahead if text[0] == "-" else ahead)
