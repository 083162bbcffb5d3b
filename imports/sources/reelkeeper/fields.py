"""What a field of the export may be: a type each, by which it is written, read and told in the schema."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, GetPydanticSchema, PlainValidator, WithJsonSchema
from pydantic_core import core_schema

from enrichment.numbers import FIRST_FILM_YEAR, LARGEST, YEARS_AHEAD

from ..text import MAX_ROW
from ..values import MAX_TITLE, MAX_URI, parse_title, parse_uri

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LATEST = 9998  # a year in which no time zone leads out of the calendar
EARLIEST = 1900
MOST_ROWS = 10**9  # of an import: updates add theirs, and the database counts to twice as many


class Fault(Exception):
    """`field` is not what an export of ours has there."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field.encode("ascii", "backslashreplace").decode()[:60]


def _storable(text: str) -> str:
    """The text as it is. Raises ValueError for half a surrogate pair or a NUL, which JSON can hold but no database."""
    if b"\0" in text.encode():
        raise ValueError
    return text


def _title(text: str) -> str:
    if parse_title(text)[0] != text:
        raise ValueError
    return text


def _link(text: str) -> str:
    if text and parse_uri(text)[0] != text:
        raise ValueError
    return text


def _year(year: int) -> int:
    if year > date.today().year + YEARS_AHEAD:
        raise ValueError
    return year


def _half_stars(rating: float) -> float:
    """Exactly, where pydantic's multiple_of takes what is nearly one, too."""
    if rating * 2 % 1:
        raise ValueError
    return rating


def _day(value: object) -> date:
    if isinstance(value, str) and DAY.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError


def _moment(value: object) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    if moment is None or moment.tzinfo is None or not EARLIEST <= moment.year <= LATEST:
        raise ValueError
    return moment


def _uuid(value: object) -> UUID:
    if isinstance(value, str):
        return UUID(value)
    raise ValueError


def stars(rating: float | None) -> Decimal | None:
    return None if rating is None else Decimal(str(rating))


def one_of(*choices: str) -> GetPydanticSchema:
    return GetPydanticSchema(lambda _type, _handler: core_schema.literal_schema([*choices]))


STORABLE = AfterValidator(_storable)  # after the lengths, which the schema tells
Title = Annotated[str, Field(min_length=1, max_length=MAX_TITLE), STORABLE]
ParsedTitle = Annotated[Title, AfterValidator(_title)]
LongText = Annotated[str, Field(max_length=MAX_ROW), STORABLE]
Tag = Annotated[str, Field(min_length=1, max_length=MAX_ROW), STORABLE]
FileName = Annotated[str, Field(max_length=300), STORABLE]
Link = Annotated[
    str,
    Field(max_length=MAX_URI, json_schema_extra={"pattern": "^$|^[hH][tT][tT][pP][sS]?://"}),
    AfterValidator(_link),
]
Count = Annotated[int, Field(ge=0, le=LARGEST)]
Sum = Annotated[int, Field(ge=0, le=MOST_ROWS)]
Number = Annotated[int, Field(ge=1, le=LARGEST)]  # from one on
Year = Annotated[int, Field(ge=FIRST_FILM_YEAR), AfterValidator(_year)]
Rating = Annotated[
    float, Field(ge=0.5, le=5, json_schema_extra={"multipleOf": 0.5}, description="Stars"), AfterValidator(_half_stars)
]
Day = Annotated[
    date,
    PlainValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}),
]
Moment = Annotated[datetime, PlainValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
Uuid = Annotated[UUID, PlainValidator(_uuid), WithJsonSchema({"type": "string", "format": "uuid"})]
