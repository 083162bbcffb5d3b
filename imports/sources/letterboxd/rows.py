"""The rows of all files → one frame of values. What could not be used is noted in the file's account.

In a frame nothing is ever missing, so that no column changes its type: 0 stands for an unknown year, day (a date's
ordinal) or rating (in half stars), and "" for no text."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TypeVar

import pandas as pd

from ..accounting import Account
from ..base import ENTRY_KINDS, FILM_KINDS, IMPORT_FORMAT
from ..text import Row, Table
from ..values import NUMBER, is_day_first, is_yes, parse_date, parse_rating, parse_title, parse_uri, parse_year
from .files import BASE
from .links import link_kind, main_kind

CELLS = {
    "title": "name",
    "year": "year",
    "uri": "letterboxd uri",
    "on": "date",
    "rating": "rating",
    "watched_on": "watched date",
    "rewatch": "rewatch",
    "tags": "tags",
    "review": "review",
}
CELLS_OF_IMPORT = {
    "title": "title",
    "year": "year",
    "uri": "letterboxduri",
    "on": "date",
    "rating": "rating",
    "watched_on": "watcheddate",
    "rewatch": "rewatch",
    "tags": "tags",
    "review": "review",
}
MEANING_OF_DATE = {"marked_on": ["watched"], "rated_on": ["ratings"], "liked_on": ["likes"], "logged_on": ENTRY_KINDS}
BASE_COLUMNS = [column.casefold() for column in BASE]
LINKS_LOOKED_AT = 500

Value = TypeVar("Value")
Parse = Callable[[str], tuple[Value | None, str]]  # the value, and a code of reasons.REASONS when there is a fault


def read_cells(table: Table, account: Account) -> pd.DataFrame:
    """The usable rows of one file, as texts, and what can only be told from the file as a whole."""
    if account.report.kind == IMPORT_FORMAT:
        return _read_import_format(table, account)
    rows = _usable(table, account)
    columns = {name: _column(rows, table, column) for name, column in CELLS.items()}
    cells = pd.DataFrame({"line": [row.line for row in rows], **columns}, dtype=object)
    leads_to_films = _leads_to_films(cells["uri"], account)
    none = texts([""] * len(cells), cells)
    return cells.assign(
        kind=account.report.kind,
        film_uri=cells["uri"] if leads_to_films else none,
        entry_uri=none if leads_to_films else cells["uri"],
        day_first=_is_day_first(cells, account),
    )


def _read_import_format(table: Table, account: Account) -> pd.DataFrame:
    """A row that tells of a viewing is one, as in a diary; any other is a film, as in ratings.csv but without a day."""
    rows = _usable(table, account)
    columns = {name: _column(rows, table, column) for name, column in CELLS_OF_IMPORT.items()}
    ratings = zip(columns["rating"], _column(rows, table, "rating10"), strict=True)
    columns["rating"] = [rating if rating.strip() else _of_ten(of_ten) for rating, of_ten in ratings]
    cells = pd.DataFrame({"line": [row.line for row in rows], **columns}, dtype=object)
    tells = zip(*(columns[name] for name in ("watched_on", "rewatch", "tags", "review")), strict=True)
    is_entry = texts(["diary" if _tells_of_viewing(*viewing) else "ratings" for viewing in tells], cells)
    leads_to_entry = texts([link_kind(uri.strip()) for uri in columns["uri"]], cells) == "entry"
    return cells.assign(
        kind=is_entry,
        film_uri=cells["uri"].where(~leads_to_entry, ""),
        entry_uri=cells["uri"].where(leads_to_entry, ""),
        day_first=_is_day_first(cells, account),
    )


def _tells_of_viewing(watched_on: str, rewatch: str, tags: str, review: str) -> bool:
    return is_yes(rewatch) or any(cell.strip() for cell in (watched_on, tags, review))


def _of_ten(text: str) -> str:
    """Points of ten as stars; what is no number stays as it is."""
    return str(Decimal(text.strip().replace(",", ".")) / 2) if NUMBER.fullmatch(text.strip()) else text


def read_values(cells: pd.DataFrame, accounts: Sequence[Account], today: date) -> pd.DataFrame:
    """`cells`: those of all files; their `file` is a place in `accounts`."""
    cells = _with_title(cells, accounts)
    frame = cells[["file", "kind", "line", "title", "tags"]].copy()
    frame["year"] = _numbers(cells, "year", partial(parse_year, today=today), int, accounts)
    frame["rating"] = _numbers(cells, "rating", parse_rating, in_halves, accounts)
    frame["watched_on"] = _days(cells, "watched_on", accounts)
    day = _days(cells, "on", accounts)
    for column, kinds in MEANING_OF_DATE.items():
        frame[column] = day.where(cells["kind"].isin(kinds), 0)
    frame["rewatch"] = cells["rewatch"].map(is_yes).astype("int64")
    frame["review"] = cells["review"].str.replace("\r\n", "\n")
    names = zip(frame["title"], frame["year"].tolist(), strict=True)
    frame["name"] = texts((f"{title}|{year or ''}" for title, year in names), frame)
    for column in ("film_uri", "entry_uri"):
        links = _parsed(cells, column, parse_uri, accounts, Account.note)
        frame[column] = texts(map(links.get, cells[column]), cells)
    _note_likes_without_day(frame, accounts)
    return frame


def in_halves(stars: Decimal) -> int:
    return int(stars * 2)


def texts(values: Iterable[str | None], like: pd.DataFrame) -> pd.Series:
    """A column of texts, which it stays when it is empty."""
    return pd.Series(list(values), index=like.index, dtype=object)


def _usable(table: Table, account: Account) -> list[Row]:
    least = _least_cells(table, account)
    return [row for row in table.rows(multiline="review" in table.columns) if _is_usable(row, least, account)]


def _is_usable(row: Row, least: int, account: Account) -> bool:
    """Counts the row, and what is not usable also as what became of it."""
    account.report.rows += 1
    if row.fault == "blank":
        account.report.skipped["blank"] = account.report.skipped.get("blank", 0) + 1
    elif row.fault:
        account.lose(row.fault, row.line, ", ".join(row.cells))
    elif len(row.cells) < least:
        account.lose("too_few_cells", row.line, ", ".join(row.cells))
    else:
        return True
    return False


def _least_cells(table: Table, account: Account) -> int:
    needed = ["title"] if account.report.kind == IMPORT_FORMAT else BASE_COLUMNS
    return max(map(table.columns.index, needed)) + 1


def _column(rows: list[Row], table: Table, column: str) -> list[str]:
    if column not in table.columns:
        return [""] * len(rows)
    place = table.columns.index(column)
    return [row.cells[place] if place < len(row.cells) else "" for row in rows]


def _leads_to_films(links: pd.Series, account: Account) -> bool:
    """Whose links these are follows from the kind of the file, unless the links themselves disagree."""
    is_film_kind = account.report.kind in FILM_KINDS
    looks = main_kind(links.iloc[:: len(links) // LINKS_LOOKED_AT + 1].str.strip())
    if is_film_kind and looks == "entry":
        account.note("entry_links")
        return False
    if not is_film_kind and looks == "film":
        account.note("film_links")
        return True
    return is_film_kind


def _is_day_first(cells: pd.DataFrame, account: Account) -> bool:
    answer = is_day_first([*cells["on"].unique(), *cells["watched_on"].unique()])
    if answer is None:
        account.note("dates_taken_as_american")
    return bool(answer)


def _with_title(cells: pd.DataFrame, accounts: Sequence[Account]) -> pd.DataFrame:
    titles = _parsed(cells, "title", parse_title, accounts, Account.lose)
    kept = cells[texts(map(titles.get, cells["title"]), cells).notna()]
    return kept.assign(title=texts(map(titles.get, kept["title"]), kept))


def _days(cells: pd.DataFrame, column: str, accounts: Sequence[Account]) -> pd.Series:
    days = pd.Series(0, index=cells.index)
    for day_first, part in cells.groupby("day_first"):
        parse = partial(parse_date, day_first=bool(day_first))
        days[part.index] = _numbers(part, column, parse, date.toordinal, accounts)
    return days


def _numbers(
    cells: pd.DataFrame, column: str, parse: Parse[Value], to: Callable[[Value], int], accounts: Sequence[Account]
) -> pd.Series:
    values = _parsed(cells, column, parse, accounts, Account.note)
    numbers = {text: 0 if value is None else to(value) for text, value in values.items()}
    return pd.Series([numbers[text] for text in cells[column]], index=cells.index, dtype="int64")


def _parsed(
    cells: pd.DataFrame, column: str, parse: Parse[Value], accounts: Sequence[Account], tell: Callable[..., None]
) -> dict[str, Value | None]:
    """Every distinct text is parsed once; `tell` says of each row what could not be."""
    answers = {text: parse(text) for text in cells[column].unique()}
    faults = {text: code for text, (_, code) in answers.items() if code}
    faulty = cells[cells[column].isin(list(faults))] if faults else cells[:0]
    for file, line, text in zip(faulty["file"], faulty["line"], faulty[column], strict=True):
        tell(accounts[file], faults[text], line, text)
    return {text: value for text, (value, _) in answers.items()}


def _note_likes_without_day(frame: pd.DataFrame, accounts: Sequence[Account]) -> None:
    likes = frame[(frame["kind"] == "likes") & (frame["liked_on"] == 0)]
    for file, line in zip(likes["file"], likes["line"], strict=True):
        accounts[file].note("like_without_day", line)
