"""Which file of a Letterboxd export is this? By its path, then its header, then its name, then what the person said."""

import csv
import io
import re
from collections.abc import Collection, Sequence
from itertools import islice
from pathlib import PurePosixPath
from typing import Final

from ..archive import Member
from ..base import RoleNeeded, SourceError
from ..lookalikes import looks_like
from ..refusals import refusal
from ..text import MAX_ROW, LineCount, Table

FILM_KINDS: Final = ("watched", "ratings", "likes")  # a row is a film; in this order they name and date it
ENTRY_KINDS: Final = ("diary", "reviews")  # a row is a viewing
BASE = ("Date", "Name", "Year", "Letterboxd URI")
COLUMNS = {
    "reviews": (*BASE, "Rating", "Review", "Tags", "Watched Date"),
    "diary": (*BASE, "Rating", "Tags", "Watched Date"),  # before 2018 without Rewatch
    "ratings": (*BASE, "Rating"),
    "watched": BASE,
}
TELLING = {"reviews": "review", "diary": "watched date", "ratings": "rating"}
SKIPPED_FOLDERS = ("deleted", "orphaned", "lists")
SKIPPED_FILES = ("profile", "comments", "watchlist")
SKIPPED_LIKES = {"reviews": "likes_reviews", "lists": "likes_lists"}
IMPORT_FORMAT: Final = "import"  # what letterboxd.com takes in: each row is a film, or a viewing of one
OF_IMPORT_FORMAT = {"letterboxduri", "tmdbid", "imdbid", "rating10", "watcheddate"}  # nothing else has them
NUMBERED = re.compile(r"(?<!\s)\s*\(\d+\)$")  # from where the white space begins, or a name of it takes hours
ROLE_WORDS = {"watched": "watched", "likes": "likes", "liked": "likes", "watchlist": "watchlist"}


def skip_rule(member: Member) -> str:
    """The rule that leaves a file out unopened, or ""."""
    if not member.path.casefold().endswith(".csv"):
        return "unknown"
    folders = member.path.casefold().replace("\\", "/").split("/")[:-1]
    for folder in SKIPPED_FOLDERS:
        if folder in folders:
            return folder
    if "likes" in folders:
        return SKIPPED_LIKES.get(stem(member), "")
    return stem(member) if stem(member) in SKIPPED_FILES else ""


def stem(member: Member) -> str:
    """`Watched (1).csv`, as a browser names a second download → `watched`."""
    name = member.path.replace("\\", "/").rsplit("/", 1)[-1]
    return NUMBERED.sub("", PurePosixPath(name).stem).casefold()


def is_named(member: Member) -> bool:
    """Does it bear the name of a file of the export?"""
    return stem(member) in (*COLUMNS, "films")


def kind_of(member: Member, table: Table, names: Collection[str], *, ask: bool) -> tuple[str, bool]:
    """A kind or a skip rule, and whether anything says so. `names` are the stems of all files."""
    if table.columns[0].startswith("letterboxd list export"):
        return "lists", True
    if is_import_format(table.columns):
        if "title" not in table.columns:
            raise refusal("columns_missing", table.file, columns="Title")
        return IMPORT_FORMAT, True
    kind = next((kind for kind, column in TELLING.items() if column in table.columns), "watched")
    wanted = (*COLUMNS[kind], *COLUMNS.get(stem(member), ()))
    missing = [column for column in wanted if column.casefold() not in table.columns]
    if missing and not member.is_loose and not is_named(member):
        return "unknown", True
    if missing:
        raise _not_ours(table, missing)
    return (kind, True) if kind != "watched" else _kind_of_four_columns(member, names, ask=ask)


def is_import_format(columns: Collection[str]) -> bool:
    return bool(OF_IMPORT_FORMAT.intersection(columns)) and "name" not in columns


def _not_ours(table: Table, missing: Sequence[str]) -> SourceError:
    if name := looks_like(table.columns):
        return refusal("other_format", table.file, format=name)
    return refusal("columns_missing", table.file, columns=", ".join(dict.fromkeys(missing)))


def _kind_of_four_columns(member: Member, names: Collection[str], *, ask: bool) -> tuple[str, bool]:
    """Watched, likes and watchlist have the same header."""
    folder_and_name = "/".join(member.path.casefold().replace("\\", "/").split("/")[-2:])
    words = {ROLE_WORDS[word] for word in re.findall("[a-z]+", folder_and_name) if word in ROLE_WORDS}
    if len(words) == 1:
        return words.pop(), True
    if member.role:
        return member.role, True
    if stem(member) == "films" and "watched" in names:
        return "likes", True  # likes/films.csv, sent without its folder
    if ask:
        raise RoleNeeded(member.name)
    return "watched", False


def count_rows(member: Member, rule: str, skipped: LineCount) -> int:
    """The rows of a file that is skipped, however damaged. A list has its rows below a second header."""
    if rule == "profile" or not member.path.casefold().endswith(".csv"):
        return 0
    data = member.read()
    skipped.add(data, member.name)
    text = io.StringIO(data.decode("utf-8-sig", errors="replace"), newline="")
    records = (cells for cells in csv.reader(line[:MAX_ROW] for line in text) if any(cells))
    first = list(islice(records, 5))
    header = next((place for place, cells in enumerate(first) if cells[0] == "Position"), 0)
    return max(len(first) + sum(1 for _ in records) - header - 1, 0)
