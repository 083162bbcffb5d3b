"""One object of the export, its fields read as what they must be. Whatever is anything else is a Fault."""

import re
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ..values import parse_uri

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LARGEST = 2**31 - 1
LATEST = 9998  # a year in which no time zone leads out of the calendar
EARLIEST = 1900


class Fault(Exception):
    """`field` is not what an export of ours has there."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field.encode("ascii", "backslashreplace").decode()[:60]


class Part:
    def __init__(self, values: Any, name: str = "") -> None:
        if not isinstance(values, dict):
            raise Fault(name)
        self.values: dict[str, Any] = values

    def only(self, *known: str) -> None:
        """Nothing else is in it: what was added by hand would be lost."""
        for name in self.values:
            if name not in known:
                raise Fault(name)

    def text(self, name: str, *, longest: int, may_be_empty: bool = False) -> str:
        value = self._get(name)
        if not isinstance(value, str) or len(value) > longest or not (value or may_be_empty) or not is_storable(value):
            raise Fault(name)
        return value

    def choice(self, name: str, choices: Collection[str]) -> str:
        value = self._get(name)
        if not isinstance(value, str) or value not in choices:
            raise Fault(name)
        return value

    def link(self, name: str) -> str:
        value = self.text(name, longest=500, may_be_empty=True)
        if value and parse_uri(value)[0] != value:
            raise Fault(name)
        return value

    def flag(self, name: str) -> bool:
        value = self._get(name)
        if not isinstance(value, bool):
            raise Fault(name)
        return value

    def number(self, name: str, *, least: int = 0, most: int = LARGEST) -> int:
        value = self._get(name)
        if type(value) is not int or not least <= value <= most:
            raise Fault(name)
        return value

    def number_or_none(self, name: str, *, least: int = 0, most: int = LARGEST) -> int | None:
        return None if self._get(name) is None else self.number(name, least=least, most=most)

    def rating(self, name: str) -> Decimal | None:
        value = self._get(name)
        if value is None:
            return None
        if type(value) not in (int, float) or not 0.5 <= value <= 5 or value * 2 % 1:
            raise Fault(name)
        return Decimal(str(float(value)))

    def day_or_none(self, name: str) -> date | None:
        return None if self._get(name) is None else self.day(name)

    def day(self, name: str) -> date:
        value = self._get(name)
        try:
            if isinstance(value, str) and DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise Fault(name)

    def moment_or_none(self, name: str) -> datetime | None:
        value = self._get(name)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None or not EARLIEST <= moment.year <= LATEST:
            raise Fault(name)
        return moment

    def uuid_or_none(self, name: str) -> UUID | None:
        value = self._get(name)
        try:
            return None if value is None else UUID(value)
        except (ValueError, AttributeError, TypeError) as exc:
            raise Fault(name) from exc

    def texts(self, name: str, *, longest: int) -> list[str]:
        values = self._get(name)
        if not isinstance(values, list):
            raise Fault(name)
        return [Part({name: value}).text(name, longest=longest) for value in values]

    def parts(self, name: str) -> "list[Part]":
        values = self._get(name)
        if not isinstance(values, list):
            raise Fault(name)
        return [Part(value, name) for value in values]

    def part_or_none(self, name: str) -> "Part | None":
        value = self._get(name)
        return None if value is None else Part(value, name)

    def _get(self, name: str) -> Any:
        if name not in self.values:
            raise Fault(name)
        return self.values[name]


def is_storable(text: str) -> bool:
    """Without halves of a surrogate pair and NUL, which JSON can hold and a database can't."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False
