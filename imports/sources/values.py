"""Cells → values. Each function is pure, and says by a code of reasons.REASONS what it could not use."""

import html
import re
from datetime import date
from typing import Final

from enrichment.numbers import FIRST_FILM_YEAR, YEARS_AHEAD

# true is what a spreadsheet program writes anew, in its own language
YES: Final = frozenset("yes y true 1 1.0 ja wahr oui vrai sí si sì verdadero vero sim verdadeiro waar prawda".split())
MAX_TITLE = 500
# of a title that a line break stands in; more are rows that a quotation mark swallowed
MAX_TITLE_LINES, MAX_BROKEN_TITLE = 3, 150
MAX_URI = 300
MAX_ESCAPES = 3  # an ampersand that was escaped again and again

ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});", re.ASCII)
# 2009.0 is what a spreadsheet program makes of it; some write the day of the release
YEAR = re.compile(r"\(?(\d{4})\)?(?:[.,]0+|-\d\d-\d\d)?", re.ASCII)
URI = re.compile(r"https?://[^\s|\"<>]+", re.IGNORECASE)


def parse_title(text: str) -> tuple[str | None, str]:
    """The title as it is, but for white space around it and HTML's entities. None means that the row is lost."""
    title = unescaped(text).strip()
    if not title:
        return None, "no_title"
    if "\n" in title or "\r" in title:
        lines = title.splitlines()
        if len(lines) > MAX_TITLE_LINES or len(title) > MAX_BROKEN_TITLE:
            return None, "title_has_line_break"
        title = " ".join(line.strip() for line in lines if line.strip())
    return (title, "") if len(title) <= MAX_TITLE else (None, "title_too_long")


def unescaped(text: str) -> str:
    """`Love &amp; Basketball` as a person wrote it. Only what ends in a semicolon is an entity: `Rock&Roll` is none."""
    for _ in range(MAX_ESCAPES):
        if "&" not in text or not ENTITY.search(text):
            break
        text = ENTITY.sub(_character, text)
    return text


def _character(entity: re.Match[str]) -> str:
    character = html.unescape(entity[0])
    return " " if character.isspace() else character


def parse_year(text: str, today: date) -> tuple[int | None, str]:
    text = text.strip()
    if not text:
        return None, ""
    match = YEAR.fullmatch(text)
    year = int(match[1]) if match else 0
    return (year, "") if FIRST_FILM_YEAR <= year <= today.year + YEARS_AHEAD else (None, "year_unreadable")


def parse_tags(text: str) -> list[str]:
    return list(dict.fromkeys(tag for part in text.split(",") if (tag := part.strip())))


def parse_uri(text: str) -> tuple[str | None, str]:
    """A web link, kept as it is and never opened. No `|`: that is how a key of title and year is told from a link."""
    uri = text.strip()
    if not uri:
        return "", ""
    return (uri, "") if len(uri) <= MAX_URI and URI.fullmatch(uri) else ("", "link_left_out")


def is_yes(text: str) -> bool:
    return text.strip().casefold() in YES
