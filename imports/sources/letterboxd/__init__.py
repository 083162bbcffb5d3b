"""Reading a Letterboxd export: a ZIP, or the files from inside it."""

from collections.abc import Collection, Sequence
from datetime import date

import pandas as pd

from ..accounting import Account
from ..archive import Member, count_rows
from ..base import ENTRY_KINDS, FILM_KINDS, IMPORT_FORMAT, FileReport, Parsed
from ..refusals import refusal
from ..text import MAX_LINES, MAX_SKIPPED_LINES, LineCount, Table, open_table
from .files import kind_of, skip_rule, stem
from .films import assemble
from .rows import read_cells, read_values

NAME = "letterboxd"
KINDS = (*FILM_KINDS, *ENTRY_KINDS, IMPORT_FORMAT)


def parse(members: Sequence[Member], *, ask: bool) -> Parsed:
    names = {stem(member) for member in members}
    accounts: list[Account] = []
    opened: list[tuple[int, Table]] = []
    lines, skipped = LineCount(MAX_LINES), LineCount(MAX_SKIPPED_LINES)
    for place, member in enumerate(members):
        table = None if skip_rule(member) else _open(member, lines)
        accounts.append(_account(member, table, names, skipped, ask=ask))
        if table and accounts[place].report.kind in KINDS:
            opened.append((place, table))
    if not opened:
        raise refusal("no_films", members[0].upload)
    movies = assemble(_rows(opened, accounts), accounts)
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


def _rows(opened: Sequence[tuple[int, Table]], accounts: Sequence[Account]) -> pd.DataFrame:
    """All rows: watched first, then as KINDS has it; among files of a kind the one sent first."""
    by_kind = sorted(opened, key=lambda item: KINDS.index(accounts[item[0]].report.kind))
    cells = [read_cells(table, accounts[place]).assign(file=place) for place, table in by_kind]
    return read_values(pd.concat(cells, ignore_index=True), accounts, date.today())
