"""A date that names its month, in the languages that people's spreadsheet programs speak: the names are CLDR's."""

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from typing import Final, NamedTuple

from babel import Locale

# no Croatian, whose listopad is October where it is November in Czech and Polish
LANGUAGES: Final = (
    "en de de_AT fr es it pt nl pl sv da nb nn fi cs sk sl tr ru uk bg zh hu ro el ca et lv lt id"
).split()
OTHER_NAMES: Final = {"mrz": 3, "sept": 9, "set": 9, "ott": 10, "okt": 10, "dez": 12}
WORDS_BETWEEN: Final = frozenset(
    "of de del den der di do d la le el the a st nd rd th er e eme ste ta a um at kl klo г года р року".split()
)
LEAST: Final = 3  # letters that a shortened name has
PART = re.compile(r"\d+|[^\W\d_]+")
BETWEEN = re.compile(r"[\s.,/\-–'’°]*")


class NamedDate(NamedTuple):
    year: str
    month: int
    day: str


def month_in(text: str) -> NamedDate | None:
    """`25 May 2026`, `May 25th, 2026`, `Mo., 25. Mai 2026`, `25 de mayo de 2026`, `25-mai-26`, `2026 May 25`."""
    folded = fold(text)
    if BETWEEN.sub("", PART.sub("", folded)):
        return None
    words = _without_weekday([part for part in PART.findall(folded) if part not in WORDS_BETWEEN])
    if len(words) != 3:
        return None
    place = next((place for place, word in enumerate(words) if month_of(word)), None)
    if place is None or place == 2:
        return None
    month = month_of(words.pop(place))
    first, last = words
    if not (first.isdecimal() and last.isdecimal()):
        return None
    day, year = (last, first) if place == 1 and len(first) == 4 else (first, last)
    return NamedDate(year, month, day) if len(day) <= 2 and len(year) in (2, 4) else None


def month_of(word: str) -> int:
    """1 to 12, or 0 for a word that names none. A beginning that only one month has is its name, too."""
    if word.isdecimal():
        return 0
    names, beginnings = _names()
    return names.get(word) or (beginnings.get(word, 0) if len(word) >= LEAST else 0)


def fold(text: str) -> str:
    """The text without its accents and capitals, Turkish ones included."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    return unicodedata.normalize("NFC", "".join(sign for sign in decomposed if not unicodedata.combining(sign)))


def _without_weekday(words: list[str]) -> list[str]:
    """A weekday stands before the date, or behind it; a short one can be a month's name, too (Italian `mar`)."""
    for place in (0, -1):
        if len(words) > 3 and words[place] in _weekdays():
            words = words[1:] if place == 0 else words[:-1]
    return words


@lru_cache(maxsize=1)
def _names() -> tuple[dict[str, int], dict[str, int]]:
    """The names of months; and the beginnings of them, of those that are only one month's."""
    names: dict[str, set[int]] = defaultdict(set)
    beginnings: dict[str, set[int]] = defaultdict(set)
    for locale in map(Locale.parse, LANGUAGES):
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, name in locale.months[context][width].items():
                    for word in _words(name):
                        names[word].add(month)
    for word, months in names.items():
        for length in range(LEAST, len(word)):
            beginnings[word[:length]] |= months
    return _certain(names) | OTHER_NAMES, _certain(beginnings)


def _certain(months: dict[str, set[int]]) -> dict[str, int]:
    return {word: next(iter(numbers)) for word, numbers in months.items() if len(numbers) == 1}


def _words(name: str) -> list[str]:
    return [word for word in PART.findall(fold(name)) if word not in WORDS_BETWEEN and not word.isdecimal()]


@lru_cache(maxsize=1)
def _weekdays() -> frozenset[str]:
    names = (
        name
        for locale in map(Locale.parse, LANGUAGES)
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated", "short")
        for name in locale.days[context][width].values()
    )
    return frozenset(word for name in names for word in PART.findall(fold(name)))
