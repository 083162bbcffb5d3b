"""Which file of a Letterboxd export is this? By its path, then its header, then its name, then what the person said."""

import re
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from ..archive import Member
from ..base import IMPORT_FORMAT, RoleNeeded, SourceError
from ..lookalikes import could_be_import_format, is_import_format, is_watch_events, looks_like
from ..refusals import refusal
from ..text import Table

BASE = ("Date", "Name", "Year", "Letterboxd URI")
# what a file of this name can't be without; a diary had no Rewatch before 2018, and whoever makes one leaves out more
NEEDED = {"watched": (), "films": (), "ratings": ("Rating",), "diary": ("Watched Date",), "reviews": ("Review",)}
BESIDE_YEAR = {"date", "rating", "review", "watched date"}
NOTHING_LOST = ("empty", "columns_missing", "other_format")
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
    folders = _folders(member)
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


def _folders(member: Member) -> list[str]:
    return member.path.casefold().replace("\\", "/").split("/")[:-1]


def is_named(member: Member) -> bool:
    """Does it bear the name of a file of the export?"""
    return stem(member) in NEEDED


def costs_itself(member: Member, fault: str) -> bool:
    """Is a file of a ZIP left out alone, for a fault by the code of its refusal? Where it only adds to the films that
    others tell, or has nothing that would be lost: no rows, or not the columns that make it what its name says."""
    is_side_file = stem(member) == "reviews" or "likes" in _folders(member)
    return not member.is_loose and (is_side_file or (fault in NOTHING_LOST and stem(member) != "watched"))


def kind_of(member: Member, table: Table, names: Collection[str], *, ask: bool) -> tuple[str, bool]:
    """A kind or a skip rule, and whether anything says so. `names` are the stems of all files."""
    if table.columns[0].startswith("letterboxd list export"):
        return "lists", True
    if is_watch_events(table.columns):
        raise refusal("watch_events", table.file)
    if is_import_format(table.columns) or (member.is_loose and could_be_import_format(table.columns)):
        if "title" not in table.columns:
            raise refusal("columns_missing", table.file, columns="Title")
        return IMPORT_FORMAT, True
    missing = _missing(member, table.columns)
    if missing and not member.is_loose and not is_named(member):
        return "unknown", True
    if missing:
        raise _not_ours(table, missing, is_named=is_named(member))
    kind = next((kind for kind, column in TELLING.items() if column in table.columns), "watched")
    return (kind, True) if kind != "watched" else _kind_of_four_columns(member, names, ask=ask)


def _missing(member: Member, columns: Collection[str]) -> list[str]:
    """The title is needed, and what says that it is Letterboxd's: its links, a file name of its export, or of a file
    that a person sends by itself a year and what Letterboxd has beside it."""
    is_ours = "letterboxd uri" in columns or is_named(member) or (member.is_loose and _is_list_of_films(columns))
    needed = NEEDED.get(stem(member), ()) if "name" in columns and is_ours else BASE
    return [column for column in needed if column.casefold() not in columns]


def _is_list_of_films(columns: Collection[str]) -> bool:
    return "year" in columns and not BESIDE_YEAR.isdisjoint(columns) and not looks_like(columns)


def _not_ours(table: Table, missing: Sequence[str], *, is_named: bool) -> SourceError:
    """`is_unknown`: nothing says that it is a file of Letterboxd, so who sent it for another service's is told else."""
    if name := looks_like(table.columns):
        return refusal("other_format", table.file, format=name)
    is_unknown = not is_named and "letterboxd uri" not in table.columns
    return refusal("columns_missing", table.file, columns=", ".join(missing), is_unknown=is_unknown)


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
