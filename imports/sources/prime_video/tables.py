"""The rows of one file → its cells by name. What is not usable is counted as lost or skipped in the file's account."""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn

from ..accounting import Account
from ..encodings import decode
from ..nesting import too_deep
from ..refusals import refusal
from ..text import MAX_ROW, SKIPPED, Table
from .files import NEEDED, Format, meaning, meanings, needed

Cells = Mapping[str, str]  # by the names that files.FORMATS gives them

MAX_JSON = 20  # MB: 30,000 entries
MAX_PARTS = 200_000  # of a JSON file: each becomes an object many times its size
MAX_COMMAS = 2_000_000  # what is no object takes room too
MAX_NAME = 50
TABLE = re.compile(r"[^{\n]*[,;\t][^\n]*\n")  # begins as a CSV does
BETWEEN = re.compile(r"[\s,]*")
EPISODE_BEGINS = re.compile(r'"\s*,\s*"')
OLD_SCRIPT = ["date", "type", "title", "episode"]


def csv_rows(table: Table, form: Format, account: Account) -> Iterator[tuple[int, Cells]]:
    names = meanings(table.columns, form)
    last_needed = max(map(names.index, needed(form, names)))
    for row in _mended(table, names, form).rows(multiline=False):
        account.report.rows += 1
        if row.fault in SKIPPED:
            account.skip(row.fault)
        elif row.fault:
            account.lose(row.fault, row.line, ", ".join(row.cells))
        elif len(row.cells) <= last_needed:
            account.lose("too_few_cells", row.line, ", ".join(row.cells))
        else:
            yield row.line, dict(zip(names, row.cells, strict=False))


def _mended(table: Table, names: Sequence[str], form: Format) -> Table:
    """The script left quotation marks in titles unescaped until 2.0, and Amazon's first file has no quoting at all."""
    if names == OLD_SCRIPT:
        split = _split_script
    elif form == "legacy" and names[-1] == "title":
        split = partial(str.split, maxsplit=len(names) - 1)
    else:
        return table
    above, below = table.lines[: table.header_line], table.lines[table.header_line :]
    return replace(table, lines=[*above, *(_mend(line, table.delimiter, split) for line in below)])


def _mend(line: str, delimiter: str, split: Callable[[str, str], list[str]]) -> str:
    """The line as the csv module writes it, or as it is where it can't be understood."""
    if len(line) > MAX_ROW:
        return line  # which is lost, or refused, whatever is in it
    body = line.rstrip("\r\n")
    quoted = ('"' + cell.replace('"', '""') + '"' for cell in split(body, delimiter))
    return (delimiter.join(quoted) or body) + line[len(body) :]


def _split_script(body: str, delimiter: str) -> list[str]:
    cells, width = _strict(body, delimiter), len(OLD_SCRIPT)
    is_torn = not cells or (len(cells) > width and any(cells[width - 1 :]))
    return _from_both_ends(body, delimiter) if is_torn else cells


def _strict(body: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([body], delimiter=delimiter, skipinitialspace=True, strict=True), [])
    except csv.Error:
        return []


def _from_both_ends(body: str, delimiter: str) -> list[str]:
    """Date and type hold neither a comma nor a quotation mark, and a film has no episode: the rest is the title."""
    date, kind, rest = (*body.split(delimiter, 2), "", "")[:3]
    rest = rest.strip()
    for no_episode in (delimiter, delimiter + '""', delimiter + ' ""'):
        if rest.endswith(no_episode):
            return _unquoted(date, kind, rest.removesuffix(no_episode), "")
    if between := EPISODE_BEGINS.search(rest):
        return _unquoted(date, kind, rest[: between.start() + 1], rest[between.end() - 1 :])
    title, _, episode = rest.rpartition(delimiter)
    return _unquoted(date, kind, title, episode) if title else []


def _unquoted(*cells: str) -> list[str]:
    """Nothing where a quotation mark is opened and not closed: the row goes on elsewhere, or was cut."""
    stripped = [cell.strip() for cell in cells]
    if any(cell.startswith('"') and (len(cell) == 1 or not cell.endswith('"')) for cell in stripped):
        return []
    return [cell[1:-1] if cell.startswith('"') else cell for cell in stripped]


def json_rows(data: bytes, account: Account) -> Iterator[tuple[int, Cells]]:
    """The script's other way of writing: a list of objects."""
    is_ours = False
    for line, item in _items(_json_text(data, account), account.report.name):
        account.report.rows += 1
        if account.report.rows > MAX_PARTS:
            raise refusal("too_many_rows", account.report.name, most=MAX_PARTS)
        cells = _cells_of(item) if isinstance(item, dict) else {}
        if not cells:
            account.lose("not_an_entry", line, ", ".join(item) if isinstance(item, dict) else type(item).__name__)
        elif not _is_text("".join(cells.values())):
            account.lose("broken_text", line, cells["title"].encode("ascii", "replace").decode())
        else:
            yield line, cells
        is_ours = is_ours or bool(cells)
    if account.report.rows and not is_ours:
        raise refusal("other_json", account.report.name)


def _json_text(data: bytes, account: Account) -> str:
    name, parts = account.report.name, data.count(b"[") + data.count(b"{")
    if len(data) > MAX_JSON * 1024 * 1024 or parts > MAX_PARTS or data.count(b",") > MAX_COMMAS:
        raise refusal("too_large", name, megabytes=MAX_JSON)
    decoded = decode(data, name)
    account.note_text(decoded)
    text = decoded.text
    if not text.lstrip().startswith("["):
        raise refusal("csv_called_json" if TABLE.match(text) else "other_json", name)
    return text


def _items(text: str, file: str) -> Iterator[tuple[int, Any]]:
    """(line, value) of each member of the list that `text` is."""
    decoder = json.JSONDecoder(strict=False, parse_constant=_no_constant)
    place, last, line = _next(text, text.index("[") + 1), 0, 1
    while not text.startswith("]", place):
        try:
            item, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as exc:
            raise refusal("bad_json", file) from exc
        if too_deep(text, place, end) is not None:
            raise refusal("bad_json", file)
        line, last = line + text.count("\n", last, place), place
        yield line, item
        place = _next(text, end)


def _next(text: str, end: int) -> int:
    """Where the next member begins, or the bracket that ends the list."""
    between = BETWEEN.match(text, end)
    return between.end() if between else end


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _cells_of(item: dict[str, Any]) -> dict[str, str]:
    named = ((meaning(key, "script"), value) for key, value in item.items() if len(key) < MAX_NAME)
    cells = {name: _text(value) for name, value in named if name}
    return dict.fromkeys(NEEDED, "") | cells if "title" in cells or "date" in cells else {}


def _text(value: object) -> str:
    if isinstance(value, float) and abs(value) < 1e15:
        return f"{value:.0f}"
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _is_text(text: str) -> bool:
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can hold and nothing can store
        return False
