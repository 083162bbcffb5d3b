"""Reading an Amazon Prime Video history: of any version of the browser script, or Amazon's own two files."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from ..accounting import Account
from ..archive import Member, count_rows
from ..base import FileReport, Parsed
from ..lookalikes import LETTERBOXD, is_import_format, is_watch_events, looks_like
from ..refusals import refusal
from ..text import MAX_LINES, MAX_SKIPPED_LINES, LineCount, open_table
from .entries import read_entries
from .files import is_private, missing, recognises
from .marks import names
from .titles import assemble

__all__ = ["NAME", "names", "parse", "recognises"]

NAME = "prime_video"


def parse(members: Sequence[Member], time_zone: str) -> Parsed:
    """`members`: at least one that is recognised. What else a ZIP holds is left out, and so is Amazon's
    list of watch events; what else was sent is refused."""
    ours = [recognises(member) for member in members]
    accounts, entries, rows, titles = [], [], 0, set[str]()
    lines, skipped = LineCount(MAX_LINES), LineCount(MAX_SKIPPED_LINES)
    for file, member in enumerate(members):
        if ours[file]:
            accounts.append(Account(FileReport(member.name, member.size, "history")))
            if member.suffix == ".csv":  # in JSON an entry has several
                lines.add(member.read(), member.name)
            entries += read_entries(member, file, accounts[file], ZoneInfo(time_zone), titles)
            rows += accounts[file].report.rows
            if rows > MAX_LINES:
                raise refusal("too_many_rows", member.name, most=MAX_LINES)
        else:
            if not is_private(member):
                _refuse_other(member, beside=members[ours.index(True)])
            accounts.append(_left_out(member, skipped))
    movies = assemble(entries, accounts)
    notes = [note for account in accounts for note in sorted(account.notes, key=lambda note: note.line or 0)]
    return Parsed(NAME, movies, notes, [account.report for account in accounts])


def _refuse_other(member: Member, *, beside: Member) -> None:
    columns = member.columns()
    if columns >= LETTERBOXD or is_import_format(columns):
        raise refusal("several_services", member.name, other=beside.name)
    if not member.is_loose or is_watch_events(columns):
        return
    open_table(member.read(), member.name)  # a file that can't be read has a refusal of its own
    if name := looks_like(columns):
        raise refusal("other_format", member.name, format=name)
    raise refusal("columns_missing", member.name, columns=missing((), "script"))


def _left_out(member: Member, skipped: LineCount) -> Account:
    rule = "profile" if is_private(member) else "unknown"
    rows = count_rows(member, rule, skipped)
    return Account(FileReport(member.name, member.size, rule, encoding="", rows=rows, skipped={rule: rows}))
