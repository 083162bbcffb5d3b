"""Quotation marks within cells as letterboxd.com's help writes them, with a backslash, which CSV does not know."""

import csv
import re
from collections.abc import Sequence
from dataclasses import replace

from ..text import Table

ESCAPED = re.compile(r'\\(["\\])')


def without_backslashes(table: Table) -> Table:
    """The table as the csv module has it. A whole file escapes in one way or the other: with backslashes where that
    makes fewer of its rows faulty."""
    below = table.lines[table.header_line :]
    if not any('\\"' in line for line in below):
        return table
    mended = [ESCAPED.sub(_plain, line) for line in below]
    if _faults(mended, table) >= _faults(below, table):
        return table
    return replace(table, lines=[*table.lines[: table.header_line], *mended])


def _plain(escaped: re.Match[str]) -> str:
    return '""' if escaped[1] == '"' else "\\"


def _faults(lines: Sequence[str], table: Table) -> int:
    """Rows that are no CSV, or wider than the header."""
    reader = csv.reader(lines, delimiter=table.delimiter, strict=True)
    faults = 0
    while True:
        try:
            faults += len(next(reader)) > len(table.columns)
        except csv.Error:
            faults += 1
        except StopIteration:
            return faults
