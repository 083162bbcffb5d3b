"""Which file of a Prime Video history is this, and which of its columns is which? Told by its header.

`script`: the browser script "Watch History Exporter for Amazon Prime Video", whose columns were in the page's language
for a while. `legacy` and `activity`: what Amazon itself sends on request, before and since 2022. `list`: titles and
days that somebody wrote down in a file whose name says that they are Prime's, for Netflix has the same header."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Final, Literal

from ..archive import Member
from ..text import fold

Format = Literal["", "script", "legacy", "activity", "list"]
Names = dict[str, tuple[str, ...]]

# what we call a column → what it may be called, folded; the first one is the English one
SCRIPT: Final[Names] = {
    "date": (
        "date watched",
        "datum angesehen",
        "fecha de visualización",
        "fecha vista",
        "date regardée",
        "data assistida",
        "data de visualização",
        "視聴日",
        "觀看日期",
        "观看日期",
        "datewatched",
    ),
    "type": ("type", "typ", "tipo", "種類", "類型", "类型"),
    "title": ("title", "titel", "título", "titre", "タイトル", "標題", "标题"),
    "episode": (
        "episode",
        "folge",
        "episodio",
        "épisode",
        "episódio",
        "エピソード",
        "集",
        "episode title",
        "episodetitle",
    ),
    "gti": ("global title identifier", "id"),
    "image": ("image url", "imageurl"),
}
DELETED: Final = ("is deleted", "deleted", "deleted from watch history", "is deleted by customer")
LEGACY: Final[Names] = {
    "date": ("playback hour",),
    "type": ("video type",),
    "title": ("title",),
    "deleted": DELETED,
}
ACTIVITY: Final[Names] = {
    "date": ("playback start datetime (utc)", "playback start datetime"),
    "type": ("material type description", "material type"),
    "title": ("title", "title name"),
    "seconds": ("seconds viewed", "seconds watched"),
    "autoplay": ("is autoplay", "autoplay"),
    "deleted": DELETED,
}
LIST: Final[Names] = {
    "title": SCRIPT["title"],
    "date": ("date", "datum", "fecha", "data", "日付", "日期", "watched", "watched on", "watched date", "date viewed"),
    "type": SCRIPT["type"],
    "episode": SCRIPT["episode"],
}
FORMATS: Final[dict[Format, Names]] = {"script": SCRIPT, "legacy": LEGACY, "activity": ACTIVITY, "list": LIST}
NEEDED: Final = ("date", "type", "title")
NEEDED_OF_LIST: Final = ("date", "title")

MEANINGS = {form: {name: cell for cell, names in cells.items() for name in names} for form, cells in FORMATS.items()}

OF_PRIME = re.compile(r"(?!.*(?:watch-?list|rating|search|wish))[^/]*(?:prime|amazon)", re.IGNORECASE)


def recognises(member: Member) -> bool:
    if member.suffix == ".json":
        return member.is_loose or b'"dateWatched"' in member.read()
    return member.suffix == ".csv" and not is_private(member) and format_of(member.columns(), member.path) != ""


def is_private(member: Member) -> bool:
    """Letterboxd's profile.csv, which holds an e-mail address: never opened, not even to see what it is."""
    return member.path.casefold().endswith("profile.csv")


def format_of(columns: Iterable[str], path: str) -> Format:
    """`path`: of the file, for a list that says only there whose it is."""
    names = list(columns)
    fits = (form for form in FORMATS if {"date", "title"} <= set(meanings(names, form)))
    return next((form for form in fits if form != "list" or OF_PRIME.match(path)), "")


def needed(form: Format, names: Collection[str]) -> tuple[str, ...]:
    """What it can't be read without. The script's episodes say what its types say."""
    return NEEDED_OF_LIST if form == "list" or (form == "script" and "episode" in names) else NEEDED


def meanings(columns: Iterable[str], form: Format) -> list[str]:
    """What each column is, in their order; "" for one that is not read."""
    return [meaning(column, form) for column in columns]


@lru_cache(maxsize=512)
def meaning(column: str, form: Format) -> str:
    return MEANINGS[form].get(unicodedata.normalize("NFC", fold(column).strip('" ')), "")


def missing(known: Collection[str], form: Format) -> str:
    """The columns that it can't be read without, in English."""
    return ", ".join(FORMATS[form][cell][0].title() for cell in needed(form, known) if cell not in known)
