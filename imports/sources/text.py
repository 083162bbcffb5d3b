"""Bytes → rows of a CSV, each with the line it starts on. One bad row costs that row."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from .refusals import refusal

MAX_CELLS = 1_000
MAX_ROW = 1_000_000  # characters
MAX_LINES = 400_000  # of all files that are read: fifty times the largest account seen
MAX_SKIPPED_LINES = 2_000_000  # of all files whose rows are only counted
# above every upload's limit: a row too long is told as such, where the csv module would lose its place
csv.field_size_limit(2**31 - 1)

UTF16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
BOM = b"\xef\xbb\xbf"
BEYOND_ASCII = bytes(range(128, 256))
NOT_TEXT = re.compile("[\udc80-\udcff]+")  # what surrogateescape makes of a byte that is not UTF-8
# all three, each at the start of a line: a review may well hold a line of =======
CONFLICT = [re.compile(pattern, re.MULTILINE) for pattern in ("^<{7} ", "^={7}\\r?$", "^>{7} ")]


class Row(NamedTuple):
    line: int  # header = 1
    cells: list[str]
    fault: str = ""  # "blank", or a code of reasons.REASONS: the row can't be used


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV whose header is read. `columns` are folded: `letterboxd uri`."""

    file: str
    encoding: str
    columns: list[str]
    lines: list[str]
    header_line: int
    delimiter: str

    def rows(self, *, multiline: bool) -> Iterator[Row]:
        """All rows but empty lines. Without `multiline` no cell holds a line break, so that a quotation mark
        which is never closed can't swallow the rows below it. Either way each line is looked at once."""
        last = self.header_line
        for last, cells in self._records() if multiline else self._single_lines():
            if not multiline and last < len(self.lines) and cells and cells[-1].endswith(("\n", "\r")):
                yield Row(last, [self.lines[last - 1]], "open_quote")
            elif cells:
                yield Row(last, cells, self._fault(last, cells))
        self._refuse_if_cut(last)

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """The first line and the cells of each record, which may run over several lines."""
        reader = csv.reader(islice(self.lines, self.header_line, None), delimiter=self.delimiter)
        first = self.header_line + 1
        for cells in reader:
            yield first, cells
            first = self.header_line + reader.line_num + 1

    def _single_lines(self) -> Iterator[tuple[int, list[str]]]:
        """Read each line with a reader of its own. In the last cell it leaves the line break where a quotation mark
        is open, and only there."""
        for number, line in enumerate(islice(self.lines, self.header_line, None), self.header_line + 1):
            yield number, next(csv.reader([line], delimiter=self.delimiter), [])

    def _fault(self, line: int, cells: list[str]) -> str:
        if len(cells) > MAX_CELLS:
            raise refusal("row_too_wide", self.file, line=line)
        joined = "".join(cells)
        if "\0" in joined:
            return "broken_text"
        if not joined or joined.isspace():
            return "blank"
        if len(joined) > MAX_ROW:
            return "row_too_long"
        return "too_many_cells" if any(cells[len(self.columns) :]) else ""

    def _refuse_if_cut(self, last: int) -> None:
        """A file that was cut ends within quotation marks, or with half a row and no line break."""
        tail = self.lines[last - 1 :]
        try:
            cells = list(csv.reader(tail, delimiter=self.delimiter, strict=True))
        except csv.Error as exc:
            is_cut = "unexpected end of data" in str(exc)
        else:
            is_cut = 0 < len(cells[0]) < len(self.columns) and not tail[-1].endswith(("\n", "\r"))
        if is_cut:
            raise refusal("cut", self.file, line=last)


@dataclass(slots=True)
class LineCount:
    """The lines of several files, counted before they are taken apart."""

    most: int
    lines: int = 0

    def add(self, data: bytes, file: str) -> None:
        self.lines += max(data.count(b"\n"), data.count(b"\r"))
        if self.lines > self.most:
            raise refusal("too_many_rows", file, most=self.most)


def open_table(data: bytes, file: str) -> Table:
    LineCount(MAX_LINES).add(data, file)
    text, encoding = decode(data, file)
    if all(marker.search(text) for marker in CONFLICT):
        raise refusal("conflict_markers", file)
    lines = split_lines(text)
    header = next((number for number, line in enumerate(lines, 1) if line.strip()), None)
    if header is None:
        raise refusal("empty", file)
    delimiter = max(",;\t", key=lines[header - 1].count)
    columns = next(csv.reader([lines[header - 1]], delimiter=delimiter))
    if len(columns) > MAX_CELLS:
        raise refusal("row_too_wide", file, line=header)
    return Table(file, encoding, [fold(column) for column in columns], lines, header, delimiter)


def fold(column: str) -> str:
    return " ".join(column.replace("\ufeff", "").split()).casefold()


def split_lines(text: str) -> list[str]:
    # not splitlines(): that also splits at characters that a review may hold
    return list(io.StringIO(text, newline=""))


def decode(data: bytes, file: str) -> tuple[str, str]:
    """The text, and the encoding it was in."""
    if not data.removeprefix(BOM).strip():
        raise refusal("empty", file)
    if encoding := UTF16.get(data[:2]) or _utf16_without_mark(data):
        return _decode(data, encoding, file), "utf-16"
    if b"\0" * 8 in data:
        raise refusal("nul_bytes", file)
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as exc:
        if exc.reason == "unexpected end of data":
            raise refusal("cut", file, line=data.count(b"\n") + 1) from exc
    if _is_mostly_utf8(data):
        damaged = data.decode("utf-8-sig", errors="surrogateescape")
        return NOT_TEXT.sub("\0", damaged), "utf-8"  # NUL marks the rows that are lost
    return _decode(data, "cp1252", file), "cp1252"


def _decode(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as exc:
        raise refusal("not_text", file) from exc


def _utf16_without_mark(data: bytes) -> str:
    sample = data[:1000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    most, hardly = len(sample) * 0.3, len(sample) * 0.02
    if odd > most and even <= hardly:
        return "utf-16-le"
    return "utf-16-be" if even > most and odd <= hardly else ""


def _is_mostly_utf8(data: bytes) -> bool:
    """Does it hold more letters beyond ASCII than bytes that belong to none? Counted without a loop over them."""
    body = data.removeprefix(BOM)
    whole = body.decode(errors="ignore")
    letters = len(whole) - len(body.translate(None, delete=BEYOND_ASCII))
    return letters > len(body) - len(whole.encode())
