"""The rows of all files → one frame of values. What could not be used is noted in the file's account.

In a frame nothing is ever missing, so that no column changes its type: 0 stands for an unknown year, day (a date's
ordinal) or rating (in half stars), and "" for no text."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final, TypeVar

import pandas as pd

from ..accounting import Account
from ..base import ENTRY_KINDS, FILM_KINDS, IMPORT_FORMAT
from ..dates import Order, can_be_seen_on, form_of, parse_date
from ..lookalikes import DAY_OF_VIEWING, looks_like
from ..ratings import FEW, parse_rating, scale_of
from ..text import SKIPPED, Row, Table
from ..values import is_yes, parse_title, parse_uri, parse_year
from .escapes import without_backslashes
from .files import BASE
from .links import link_kind, main_kind
from .media import skip_rule, tells_what_rows_are, type_of

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
    "rating": "rating",
    "rewatch": "rewatch",
    "tags": "tags",
    "review": "review",
}
DAY_OF_RATING: Final = ("date", "rated_at", "date rated", "rateddate")
MANY: Final = 3  # more than one of so many numbers
NOTE_OF_SCALE: Final = {10: "ratings_of_ten", 100: "ratings_of_a_hundred"}
MEANING_OF_DATE = {"marked_on": ["watched"], "rated_on": ["ratings"], "liked_on": ["likes"], "logged_on": ENTRY_KINDS}
BASE_COLUMNS = [column.casefold() for column in BASE]
LINKS_LOOKED_AT = 500

Value = TypeVar("Value")
Parse = Callable[[str], tuple[Value | None, str]]  # the value, and a code of reasons.REASONS when there is a fault


def read_cells(table: Table, account: Account) -> pd.DataFrame:
    """The usable rows of one file, as texts, and what can only be told from the file as a whole."""
    table = without_backslashes(table)
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
        order=_order_of_dates(cells, account),
        scale=_scale(cells["rating"], account),
    )


def _read_import_format(table: Table, account: Account) -> pd.DataFrame:
    """A row that tells of a viewing is one, as in a diary; any other is a film, as in ratings.csv but without a day."""
    rows = _films(_usable(table, account), table, account)
    columns = {name: _column(rows, table, column) for name, column in CELLS_OF_IMPORT.items()}
    for name, names in (("watched_on", DAY_OF_VIEWING), ("on", DAY_OF_RATING)):
        columns[name] = _column(rows, table, next(filter(table.columns.__contains__, names), ""))
    of_ten = _column(rows, table, "rating10")
    cells = pd.DataFrame({"line": [row.line for row in rows], **columns}, dtype=object)
    tells = zip(*(columns[name] for name in ("watched_on", "rewatch", "tags", "review")), strict=True)
    is_entry = texts(["diary" if _tells_of_viewing(*viewing) else "ratings" for viewing in tells], cells)
    leads_to_entry = texts([link_kind(uri.strip()) for uri in columns["uri"]], cells) == "entry"
    is_of_ten = (cells["rating"].str.strip() == "") & (texts(of_ten, cells).str.strip() != "")
    scale = _scale_of_list(cells["rating"], table, account)
    scales = pd.Series(scale, index=cells.index, dtype="int64").where(~is_of_ten, 10)
    return cells.assign(
        kind=is_entry,
        rating=cells["rating"].where(~is_of_ten, texts(of_ten, cells)),
        film_uri=cells["uri"].where(~leads_to_entry, ""),
        entry_uri=cells["uri"].where(leads_to_entry, ""),
        order=_order_of_dates(cells, account),
        scale=scales,
    )


def _films(rows: list[Row], table: Table, account: Account) -> list[Row]:
    """The rows but those of which another service's list says that they are no film, or were not seen."""
    return [row for row in rows if _is_film(row, table, account)] if tells_what_rows_are(table.columns) else rows


def _is_film(row: Row, table: Table, account: Account) -> bool:
    cells = dict(zip(table.columns, row.cells, strict=False))
    rule = skip_rule(cells)
    if rule is None:
        account.note("type_unknown", row.line, type_of(cells))
    if rule:
        account.report.skipped[rule] = account.report.skipped.get(rule, 0) + 1
    return not rule


def _tells_of_viewing(watched_on: str, rewatch: str, tags: str, review: str) -> bool:
    return is_yes(rewatch) or any(cell.strip() for cell in (watched_on, tags, review))


def read_values(cells: pd.DataFrame, accounts: Sequence[Account], today: date) -> pd.DataFrame:
    """`cells`: those of all files; their `file` is a place in `accounts`."""
    cells = _with_title(cells, accounts)
    frame = cells[["file", "kind", "line", "title", "tags"]].copy()
    frame["year"] = _numbers(cells, "year", partial(parse_year, today=today), int, accounts)
    frame["rating"] = _ratings(cells, accounts)
    frame["watched_on"] = _days(cells, "watched_on", frame["year"], today, accounts)
    day = _days(cells, "on", pd.Series(0, index=cells.index), today, accounts)
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
    if row.fault in SKIPPED:
        account.skip(row.fault)
    elif row.fault:
        account.lose(row.fault, row.line, ", ".join(row.cells))
    elif len(row.cells) < least:
        account.lose("too_few_cells", row.line, ", ".join(row.cells))
    else:
        return True
    return False


def _least_cells(table: Table, account: Account) -> int:
    needed = ["title"] if account.report.kind == IMPORT_FORMAT else BASE_COLUMNS
    return max(table.columns.index(column) for column in needed if column in table.columns) + 1


def _column(rows: list[Row], table: Table, column: str) -> list[str]:
    """Blank where the file has no such column."""
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


def _order_of_dates(cells: pd.DataFrame, account: Account) -> Order:
    form = form_of([*cells["on"].unique(), *cells["watched_on"].unique()], date.today())
    if form.note:
        account.note(form.note)
    return form.order


def _scale_of_list(ratings: pd.Series, table: Table, account: Account) -> int:
    """Letterboxd's import has a column of its own for points of ten, so it takes many of them to be some here; other
    services have nothing else."""
    if looks_like(table.columns) and (ratings.str.strip() != "").any():
        account.note("ratings_of_ten")
        return 10
    return _scale(ratings, account, few=MANY)


def _scale(ratings: pd.Series, account: Account, *, few: int = FEW) -> int:
    scale = scale_of(ratings, few)
    if scale in NOTE_OF_SCALE:
        account.note(NOTE_OF_SCALE[scale])
    return scale


def _with_title(cells: pd.DataFrame, accounts: Sequence[Account]) -> pd.DataFrame:
    titles = _parsed(cells, "title", parse_title, accounts, Account.lose)
    kept = cells[texts(map(titles.get, cells["title"]), cells).notna()]
    return kept.assign(title=texts(map(titles.get, kept["title"]), kept))


def _days(cells: pd.DataFrame, column: str, years: pd.Series, today: date, accounts: Sequence[Account]) -> pd.Series:
    days = pd.Series(0, index=cells.index)
    for order, part in cells.groupby("order"):
        days[part.index] = _numbers(part, column, partial(parse_date, order=order), date.toordinal, accounts)
    pairs = pd.DataFrame({"day": days, "year": years})[days > 0]
    can_be = {
        pair: can_be_seen_on(date.fromordinal(pair[0]), today, pair[1] or None)
        for pair in pairs.drop_duplicates().itertuples(index=False, name=None)
    }
    impossible = pairs.index[[not can_be[pair] for pair in zip(pairs["day"], pairs["year"], strict=True)]]
    for file, line, text in zip(*(cells.loc[impossible, name] for name in ("file", "line", column)), strict=True):
        accounts[file].note("day_impossible", line, text)
    days[impossible] = 0
    return days


def _ratings(cells: pd.DataFrame, accounts: Sequence[Account]) -> pd.Series:
    ratings = pd.Series(0, index=cells.index)
    for scale, part in cells.groupby("scale"):
        parse = partial(parse_rating, scale=int(scale))
        ratings[part.index] = _numbers(part, "rating", parse, in_halves, accounts)
    return ratings


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
