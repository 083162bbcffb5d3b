"""The JSON text, taken apart member by member: no list is ever held as a whole, and every fault has its line."""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from ..nesting import too_deep
from ..refusals import refusal
from .fields import Fault

LISTS = ("files", "problems", "movies")
FOLLOWING = "statistics"  # from all the rest: for reading only
LISTS_OF_LIBRARY = ("films", "by_hand", "rankings", "decisions")
PARTS = "imports"  # of a library: a list of documents
MAX_PARTS = 2_000_000  # lists and objects: each becomes many times its size
MAX_COMMAS = 8_000_000  # 100,000 films have fewer
MAX_NAMES = 200  # in one object: a film has 41
SPACE = re.compile(r"[ \t\r\n]*")


def text_of(data: bytes, file: str) -> str:
    """The text of an export. Raises SourceError."""
    if data.count(b"{") + data.count(b"[") > MAX_PARTS or data.count(b",") > MAX_COMMAS:
        raise refusal("too_many_rows", file, most=MAX_COMMAS)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise refusal("not_text", file) from exc


class Document:
    """An export, or a part of one that is an export itself. `head`: the single values at the top. `line`: where the
    part begins that was read last."""

    def __init__(self, text: str, file: str, *, lists: tuple[str, ...] = LISTS, begin: int = 0) -> None:
        self.text, self.file, self.line, self.head = text, file, 1, dict[str, Any]()
        self.parts: list[Document] = []
        self._lists, self._begin = lists, begin
        self._counted = self._end = 0
        self._places: dict[str, int] = {}
        self._decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)

    def read(self) -> None:
        """The whole text is this one object."""
        end = self.read_head()
        if end < len(self.text):
            raise self._cut(end)

    def read_head(self) -> int:
        """All single values, and where the lists are: they may stand in any order. Returns where the next sign stands
        after it."""
        place = self._after("{", self._begin)
        while not self.text.startswith("}", place):
            name, place = self._member(place)
            if name in (FOLLOWING, PARTS, *self._lists):
                self._places[name] = place
                place = self._passed(name, place)
            elif self.text[place : place + 1] in ("[", "{"):
                raise Fault(name)
            else:
                self.head[name], place = self._value(place)
            if not self.text.startswith("}", place):
                place = self._after(",", place)
        return self._skip(place + 1)

    def _passed(self, name: str, place: int) -> int:
        """Where the next sign stands after the list, or whatever else bears this name."""
        if name == FOLLOWING:
            return self._value(place)[1]
        if name == PARTS:
            return self._read_parts(place)
        for _ in self._objects(name):
            pass
        return self._skip(self._end)

    def _read_parts(self, place: int) -> int:
        if self._lists is LISTS:  # an import has none
            raise Fault(PARTS)
        place = self._after("[", place)
        while not self.text.startswith("]", place):
            part = Document(self.text, self.file, begin=place)
            self.parts.append(part)
            try:
                place = part.read_head()
            except Fault:
                self.line = part.line
                raise
            if not self.text.startswith("]", place):
                place = self._after(",", place)
        return self._skip(place + 1)

    def __contains__(self, name: str) -> bool:
        """Whether there is such a list."""
        return name in self._places

    def items(self, name: str) -> Iterator[dict[str, Any]]:
        """The objects of one of the lists, one at a time."""
        if name not in self._places:
            raise Fault(name)
        self._counted, self.line = 0, 1
        yield from self._objects(name)

    def _member(self, place: int) -> tuple[str, int]:
        """The name of the next value, and where that begins."""
        name, place = self._value(place)
        if not isinstance(name, str):
            raise self._cut(place)
        if name in self.head or name in self._places or len(self.head) == MAX_NAMES:
            raise Fault(name)
        return name, self._after(":", place)

    def _objects(self, name: str) -> Iterator[dict[str, Any]]:
        """The objects of the list that bears this name; when all are read, `_end` is where it ends."""
        place = self._after("[", self._places[name])
        while not self.text.startswith("]", place):
            item, place = self._value(place)
            if not isinstance(item, dict):
                raise Fault(name)
            yield item
            if not self.text.startswith("]", place):
                place = self._after(",", place)
        self._end = place + 1

    def _value(self, place: int) -> tuple[Any, int]:
        """The JSON value that begins at this place, and the place where the next sign stands."""
        self.line += self.text.count("\n", self._counted, place)
        self._counted = place
        end = len(self.text)
        try:
            value, end = self._decoder.raw_decode(self.text, place)
        except (ValueError, RecursionError) as exc:
            raise self._cut(getattr(exc, "pos", place)) from exc
        finally:  # before any other fault: how deep the parser came to see that differs between Pythons
            if (deep := too_deep(self.text, place, end)) is not None:
                raise self._cut(deep)
        return value, self._skip(end)

    def _after(self, sign: str, place: int) -> int:
        place = self._skip(place)
        if not self.text.startswith(sign, place):
            raise self._cut(place)
        return self._skip(place + 1)

    def _skip(self, place: int) -> int:
        space = SPACE.match(self.text, place)
        return space.end() if space else place

    def _cut(self, place: int) -> Exception:
        return refusal("export_cut", self.file, line=self.text.count("\n", 0, place) + 1)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members or len(members) == MAX_NAMES:
            raise Fault(name)
        members[name] = value
    return members


def _no_constant(name: str) -> NoReturn:
    raise Fault(name)  # NaN and Infinity, which are no JSON
