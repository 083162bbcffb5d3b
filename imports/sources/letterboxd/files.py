"""Which file of a Letterboxd export is this? By its path, then its header, then its name, then what the person said."""

import re
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from ..archive import Member
from ..base import IMPORT_FORMAT, RoleNeeded, SourceError
from ..lookalikes import is_import_format, looks_like
from ..refusals import refusal
from ..text import Table

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
    needed = (*COLUMNS[kind], *COLUMNS.get(stem(member), ()))
    missing = [column for column in needed if column.casefold() not in table.columns]
    if missing and not member.is_loose and not is_named(member):
        return "unknown", True
    if missing:
        raise _not_ours(table, missing)
    return (kind, True) if kind != "watched" else _kind_of_four_columns(member, names, ask=ask)


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
