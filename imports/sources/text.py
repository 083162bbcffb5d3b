"""The rows of a CSV, each with the line it starts on. One bad row costs that row."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from .disguises import is_json
from .encodings import Text, decode
from .refusals import refusal

MAX_CELLS = 1_000
MAX_ROW = 1_000_000  # characters
MAX_LINES = 200_000  # of all files that are read: twenty-five times the largest account seen
MAX_SKIPPED_LINES = 2_000_000  # of all files whose rows are only counted
# above every upload's limit: a row too long is told as such, where the csv module would lose its place
csv.field_size_limit(2**31 - 1)

# all three, each at the start of a line: a review may well hold a line of =======
CONFLICT = [re.compile(pattern, re.MULTILINE) for pattern in ("^<{7} ", "^={7}\\r?$", "^>{7} ")]


SEPARATOR = re.compile(r"""['"]?sep=(.)['"]?[,;\t]*""", re.IGNORECASE)  # Excel's own first line
DELIMITERS = ",;\t|"
BLANK = "\ufeff \t\r\n"
HEADER_ABOVE = 1_000  # lines, empty ones too: no header begins further down
HEADER_WITHIN = 6  # lines: a name or a remark may stand above it
ALONE = {"title", "name", "imdbid", "tmdbid", "letterboxduri"}  # a header may be one of these alone
LIST_BEGINS = "letterboxd list export"  # has its header further below, and is left out
MAX_JOINED = 3  # lines that one row without a review runs over, at most
SKIPPED = ("blank", "header_again")  # rules by which a row is no row


class Row(NamedTuple):
    line: int  # header = 1
    cells: list[str]
    fault: str = ""  # a key of SKIPPED, or a code of reasons.REASONS: the row can't be used


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV whose header is read. `columns` are folded: `letterboxd uri`."""

    file: str
    text: Text
    columns: list[str]
    lines: list[str]
    header_line: int
    delimiter: str

    @property
    def encoding(self) -> str:
        return self.text.encoding

    def rows(self, *, multiline: bool) -> Iterator[Row]:
        """All rows but empty lines. Without `multiline` a row runs over several lines only where they make a whole row
        together, so that a quotation mark which is never closed can't swallow the rows below it."""
        last = self.header_line
        for last, cells in self._records() if multiline else self._single_lines():
            if not multiline and cells and cells[-1].endswith(("\n", "\r")) and last < len(self.lines):
                yield Row(last, [self.lines[last - 1][:MAX_ROW]], "open_quote")
            elif cells:
                yield Row(last, cells, self._fault(last, cells))
        self._refuse_if_cut(last)

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """The first line and the cells of each record, which may run over several lines."""
        lines = map(_shortened, islice(self.lines, self.header_line, None))
        reader = csv.reader(lines, delimiter=self.delimiter)
        first = self.header_line + 1
        for cells in reader:
            yield first, cells
            first = self.header_line + reader.line_num + 1

    def _single_lines(self) -> Iterator[tuple[int, list[str]]]:
        """Read each line with a reader of its own. In the last cell it leaves the line break where a quotation mark
        is open, and only there."""
        number = self.header_line + 1
        while number <= len(self.lines):
            cells = next(csv.reader([_shortened(self.lines[number - 1])], delimiter=self.delimiter), [])
            taken = 1
            if cells and cells[-1].endswith(("\n", "\r")):
                cells, taken = self._joined(number) or (cells, 1)
            yield number, cells
            number += taken

    def _joined(self, number: int) -> tuple[list[str], int] | None:
        """The row that begins on that line and goes on below it, its line breaks as blanks; and its lines."""
        lines = self.lines[number - 1 : number - 1 + MAX_JOINED]
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        try:
            cells = next(reader, [])
        except csv.Error:
            return None
        is_whole = len(cells) == len(self.columns) and sum(map(len, cells)) <= MAX_ROW
        return ([" ".join(cell.splitlines()) for cell in cells], reader.line_num) if is_whole else None

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
        if fold(cells[0]) == self.columns[0] and list(map(fold, cells)) == self.columns:
            return "header_again"  # of another file that was joined to this one
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
    text = decode(data, file)
    if all(marker.search(text.text) for marker in CONFLICT):
        raise refusal("conflict_markers", file)
    if is_json(data):
        raise refusal("json_called_csv", file)
    lines = split_lines(text.text)
    header, delimiter = _header(lines, file)
    columns = next(csv.reader([lines[header - 1]], delimiter=delimiter))
    if len(columns) > MAX_CELLS:
        raise refusal("row_too_wide", file, line=header)
    return Table(file, text, [fold(column) for column in columns], lines, header, delimiter)


def _header(lines: Sequence[str], file: str) -> tuple[int, str]:
    """The line of the header, from 1, and what stands between cells."""
    filled = [number for number, line in enumerate(islice(lines, 0, HEADER_ABOVE), 1) if line.strip(BLANK)]
    if not filled:
        raise refusal("empty", file)
    first, *below = filled[:HEADER_WITHIN]
    if len(lines[first - 1]) > MAX_ROW:
        raise refusal("row_too_wide", file, line=first)
    if below and (separator := SEPARATOR.fullmatch(lines[first - 1].strip(BLANK))):
        return below[0], separator[1]
    if not _is_remark(lines[first - 1]):
        return first, _delimiter(lines[first - 1])
    header = next((number for number in below if not _is_remark(lines[number - 1])), first)
    return header, _delimiter(lines[header - 1])


def _is_remark(line: str) -> bool:
    """A name or a remark above the header: one cell, and no column that may stand alone."""
    text = fold(line.split(_delimiter(line))[0].strip('"'))
    if text.startswith(LIST_BEGINS):
        return False
    has_one = not any(cell.strip(BLANK + '"') for cell in line.split(_delimiter(line))[1:])
    return line.lstrip(BLANK).startswith("#") or (has_one and text not in ALONE)


def _delimiter(line: str) -> str:
    return max(DELIMITERS, key=line.count)


def _shortened(line: str) -> str:
    """A line that is too long to be taken apart is lost as such; whether a quotation mark is open after it stays."""
    if len(line) <= 2 * MAX_ROW:
        return line
    head = line[: 2 * MAX_ROW]
    is_torn = (line.count('"') - head.count('"')) % 2
    return head + ('"' if is_torn else "") + "\n"


def fold(column: str) -> str:
    return " ".join(column.replace("\ufeff", "").split()).casefold()


def split_lines(text: str) -> list[str]:
    # not splitlines(): that also splits at characters that a review may hold
    return list(io.StringIO(text, newline=""))
