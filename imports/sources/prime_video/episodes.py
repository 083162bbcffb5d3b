"""Which titles of Amazon's own files are episodes? Written are `<episode>-<show> - Season 1` and `<episode>-<show>`,
or `<episode>-<show> Season 1`.

A hyphen proves nothing ("Spider-Man"), and an episode or a show may hold hyphens itself. So titles are judged together.
What follows a hyphen is a show when it is one elsewhere, with its season; or when several episodes end in it: two,
or three where it is a single word, and told apart by the word before the hyphen, for "The Amazing Spider-Man" and
"Spider-Man" say no more of "Man" than one of them does."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from itertools import islice

from .marks import clean, without_bare_season, without_season

TIGHT = re.compile(r"(?<=\S)-(?=\S)")
MAX_HYPHENS = 8


def shows(titles: Collection[str]) -> dict[str, str]:
    """Episode → its show, with its season where that is told; of the titles that are no episodes, nothing."""
    words = _words_before(titles)
    with_season = {title: _best(title, words) for title in titles if _has_season(title)}
    known = {without_bare_season(clean(show).text) for show in with_season.values()}
    others = ((title, _show(title, words, known)) for title in titles if title not in with_season)
    return with_season | {title: show for title, show in others if show}


def _has_season(title: str) -> bool:
    """A bare one counts behind an episode's hyphen: `Pilot-Bosch Season 2`, but not `Open Season 2`."""
    text = clean(title).text
    return without_season(text) != text or any(_ends_in_season(tail) for _, tail in _tails(text))


def _ends_in_season(text: str) -> bool:
    text = clean(text).text
    return without_bare_season(text) != text


def _tails(title: str) -> list[tuple[str, str]]:
    """(the word before a hyphen, all that follows it), longest first."""
    hyphens = islice(TIGHT.finditer(title), MAX_HYPHENS)
    return [(title[: hyphen.start()].rsplit(None, 1)[-1].casefold(), title[hyphen.end() :]) for hyphen in hyphens]


def _words_before(titles: Collection[str]) -> dict[str, set[str]]:
    words: dict[str, set[str]] = defaultdict(set)
    for title in titles:
        for word, tail in _tails(title):
            words[tail].add(word)
    return words


def _best(title: str, words: Mapping[str, Collection[str]]) -> str:
    """What most titles end in; the longest of several."""
    tails = (tail for _, tail in _tails(title) if _ends_in_season(tail))
    return max(tails, key=lambda tail: len(words[tail]), default=title)


def _show(title: str, words: Mapping[str, Collection[str]], known: Collection[str]) -> str:
    fits = (tail for _, tail in _tails(title) if tail in known or len(words[tail]) >= (2 if " " in tail else 3))
    return next(fits, "")
