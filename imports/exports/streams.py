"""What a person takes away, line by line: nothing here grows with the number of films, or of their viewings."""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder

# Also where a spreadsheet cuts a cell that it should leave whole, and the signs as wide as a Chinese character.
FORMULA = re.compile(r"(\A|[;\t\r\n])(\s*)([=+\-@＝＋－＠]?)")
BATCH = 500
BOM = "\ufeff"  # at the beginning of a file for people: Excel takes it for Windows text without

Row = TypeVar("Row")


def csv_lines(rows: Iterable[Iterable[object]], *, for_people: bool = True) -> Iterator[str]:
    """`for_people`: no cell is a formula. A program that reads the file wants its texts exact."""
    writer = csv.writer(_Echo())
    for row in rows:
        yield writer.writerow([_cell(value) for value in row] if for_people else row)


def _cell(value: object) -> object:
    """A spreadsheet takes such a text, or such a part of it, for a formula; an apostrophe before it keeps it a text."""
    return FORMULA.sub(_as_text, value) if isinstance(value, str) else value


def _as_text(part: re.Match[str]) -> str:
    cut, space, sign = part.groups()
    is_formula = sign or (part.start() == 0 and space.startswith(("\t", "\r")))
    return f"{cut}'{space}{sign}" if is_formula else part[0]


class _Echo:
    """A file for csv.writer that gives each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        """Milliseconds even when there are none: Django leaves them out only of a full second, so that what was cut
        off to one would be written otherwise once it is read back."""
        if isinstance(o, datetime):
            return o.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return super().default(o)


def as_json(value: object) -> str:
    return json.dumps(value, cls=_Encoder, ensure_ascii=False, allow_nan=False)


def json_members(items: Iterable[object]) -> Iterator[str]:
    """What stands between the brackets of a list, each member on a line of its own."""
    for number, item in enumerate(items):
        pieces = _json_of(item)
        yield f"{',' if number else ''}\n{next(pieces)}"
        yield from pieces


def _json_of(item: object) -> Iterator[str]:
    """The pieces of what `as_json` writes; a value of the object that is an iterator is a list, written as it comes."""
    if not isinstance(item, dict) or not any(isinstance(value, Iterator) for value in item.values()):
        yield as_json(item)
        return
    for number, (name, value) in enumerate(item.items()):
        yield f"{', ' if number else '{'}{as_json(name)}: "
        yield from _json_list(value) if isinstance(value, Iterator) else [as_json(value)]
    yield "}"


def _json_list(items: Iterable[object]) -> Iterator[str]:
    yield "["
    for number, item in enumerate(items):
        yield f", {as_json(item)}" if number else as_json(item)
    yield "]"


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch
