"""Reading a Letterboxd export: a ZIP, or the files from inside it."""

from collections.abc import Collection, Sequence
from datetime import date

import pandas as pd

from ..accounting import Account
from ..archive import Member, count_rows
from ..base import ENTRY_KINDS, FILM_KINDS, IMPORT_FORMAT, FileReport, Parsed, SourceError
from ..refusals import refusal
from ..text import MAX_LINES, MAX_SKIPPED_LINES, LineCount, Table, open_table
from .files import costs_itself, kind_of, skip_rule, stem
from .films import assemble
from .rows import read_cells, read_values

NAME = "letterboxd"
TOO_MUCH = 413
KINDS = (*FILM_KINDS, *ENTRY_KINDS, IMPORT_FORMAT)


def parse(members: Sequence[Member], *, ask: bool) -> Parsed:
    names = {stem(member) for member in members}
    accounts: list[Account] = []
    opened: list[tuple[int, Table]] = []
    faults: list[SourceError] = []
    lines, skipped = LineCount(MAX_LINES), LineCount(MAX_SKIPPED_LINES)
    for place, member in enumerate(members):
        try:
            table = None if skip_rule(member) else _open(member, lines)
            accounts.append(_account(member, table, names, skipped, ask=ask))
        except SourceError as error:
            accounts.append(_left_out(member, error))
            faults.append(error)
            continue
        if table and accounts[place].report.kind in KINDS:
            opened.append((place, table))
    if not opened:
        raise faults[0] if faults else refusal("no_films", members[0].upload)
    movies = assemble(_rows(opened, members, accounts), accounts)
    notes = [note for account in accounts for note in sorted(account.notes, key=lambda note: note.line or 0)]
    return Parsed(NAME, movies, notes, [account.report for account in accounts])


def _open(member: Member, lines: LineCount) -> Table:
    data = member.read()
    lines.add(data, member.name)
    return open_table(data, member.name)


def _account(member: Member, table: Table | None, names: Collection[str], skipped: LineCount, *, ask: bool) -> Account:
    kind, is_told = kind_of(member, table, names, ask=ask) if table else (skip_rule(member), True)
    account = Account(FileReport(member.name, member.size, kind, encoding=""))
    if kind not in KINDS:
        account.report.rows = count_rows(member, kind, skipped)
        account.report.skipped = {kind: account.report.rows}
    if not is_told:
        account.note("taken_as_watched")
    if table:
        account.note_text(table.text)
    return account


def _left_out(member: Member, error: SourceError) -> Account:
    """The account of a file that costs only itself; any other refuses the upload, and so does what is too much."""
    if not costs_itself(member, error.code) or error.status == TOO_MUCH:
        raise error
    account = Account(FileReport(member.name, member.size, "unreadable", encoding="", skipped={"unreadable": 0}))
    account.note("file_left_out", detail=str(error).partition(": ")[0])
    return account


def _rows(opened: Sequence[tuple[int, Table]], members: Sequence[Member], accounts: list[Account]) -> pd.DataFrame:
    """All rows: watched first, then as KINDS has it; among files of a kind the one sent first."""
    frames = []
    for place, table in sorted(opened, key=lambda item: KINDS.index(accounts[item[0]].report.kind)):
        try:
            frames.append(read_cells(table, accounts[place]).assign(file=place))
        except SourceError as error:
            accounts[place] = _left_out(members[place], error)
            if len(opened) == 1:
                raise
    if not frames:
        raise refusal("no_films", members[0].upload)
    return read_values(pd.concat(frames, ignore_index=True), accounts, date.today())
