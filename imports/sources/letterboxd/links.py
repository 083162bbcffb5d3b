"""Does a Letterboxd link lead to a film or to a diary entry? Told from its text: no link is ever opened.

The code after boxd.it/ is a number in base 62, and its last decimal digit is the kind. That held for 130,000 links,
but nobody promised it: it guards what a file says of itself, and only when most of the file's links agree."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Literal

LinkKind = Literal["film", "entry", "list", ""]

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = {char: number for number, char in enumerate(ALPHABET)}
KINDS: dict[int, LinkKind] = {0: "film", 1: "entry", 2: "list"}

SHORT = re.compile(r"https?://boxd\.it/([0-9A-Za-z]{1,12})/?", re.IGNORECASE)
OLD_FILM = re.compile(r"https?://(?:www\.)?letterboxd\.com/film/[^/]+/?", re.IGNORECASE)
OLD_ENTRY = re.compile(r"https?://(?:www\.)?letterboxd\.com/(?!film/)[^/]+/film/[^/]+/(?:\d+/?)?", re.IGNORECASE)


def link_kind(uri: str) -> LinkKind:
    if match := SHORT.fullmatch(uri):
        return KINDS.get(decode(match[1]) % 10, "")
    if OLD_FILM.fullmatch(uri):
        return "film"
    return "entry" if OLD_ENTRY.fullmatch(uri) else ""


def decode(code: str) -> int:
    number = 0
    for char in code:
        number = number * 62 + DIGITS[char]
    return number


def main_kind(uris: Iterable[str]) -> LinkKind:
    """What more than half of the links that can be told lead to."""
    counts = Counter(kind for uri in uris if (kind := link_kind(uri)))
    return next((kind for kind, count in counts.items() if count * 2 > counts.total()), "")
