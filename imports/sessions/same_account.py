"""Is a newer export the same account's? Told by what two people never share, before anything is stored. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

HANDFUL = 5  # from fewer, nothing follows
NEARLY_NONE = 10  # one in so many

Entries = Mapping[str, date | None]  # of a diary: the link, which no other diary has, and the day
Ratings = Mapping[str, Decimal]  # by film


@dataclass(frozen=True)
class History:
    entries: Entries
    ratings: Ratings


@dataclass(frozen=True)
class Doubt:
    """Why it seems to be another's."""

    entries: int  # of the newer export, in the time that the import knows
    common: int  # of these, in the import
    films: int  # rated in both
    different: int  # of these, with another rating


def doubt(known: History, newer: History) -> Doubt | None:
    """None: it may well be the same account."""
    entries = _in_time_of(known.entries, newer.entries)
    common = len(entries.keys() & known.entries.keys())
    compared = known.ratings.keys() & newer.ratings.keys()
    different = sum(known.ratings[film] != newer.ratings[film] for film in compared)
    fewer = min(len(entries), len(known.entries))
    is_another_diary = fewer >= HANDFUL and common * NEARLY_NONE < fewer
    is_another_taste = len(compared) >= HANDFUL and different * 2 > len(compared)
    return Doubt(len(entries), common, len(compared), different) if is_another_diary or is_another_taste else None


def _in_time_of(known: Entries, newer: Entries) -> Entries:
    """The newer entries up to the last day that the import knows: a file of this month's alone has none in common
    with it."""
    last = max((day for day in known.values() if day), default=None)
    return {link: day for link, day in newer.items() if day and last and day <= last}
