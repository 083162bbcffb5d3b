"""The best known films in this process's memory, to find what TMDB's search for words can't: misspellings, `and` for
`&`, numbers written otherwise; and at once what a person begins to type."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from rapidfuzz import fuzz, process

from enrichment import titles
from enrichment.matching import Candidate
from enrichment.models import Catalogue, DetailsStatus, TmdbMovie

from .records import CANDIDATE_FIELDS, candidate, catalogue_in_use

MOST = 10_000
LOOK_EVERY = 60.0  # seconds between two looks at how many films there are
RENEW_EVERY = 300.0  # and until it is made anew though there are as many
ALIKE = 80  # of 100: less is another title
GUESSES = 3


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Titles, folded and loose, each with the place of its film; a film stands there once for each title."""

    keys: list[str]
    loose: list[str]
    places: list[int]

    def add(self, key: str, loose: str, place: int) -> None:
        self.keys.append(key)
        self.loose.append(loose)
        self.places.append(place)

    def alike(self, name: str) -> Iterator[int]:
        """The places of the most alike, best first; loosely, for who misspells a title drops its article too."""
        loose = titles.loose(name)
        for _, _, at in process.extract(loose, self.loose, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=GUESSES):
            yield self.places[at]

    def beginning(self, text: str) -> Iterator[int]:
        """The places of titles with words that begin so, best known first; the very title before others."""
        begins, inside = text, f" {text}"
        longer = []
        for key, place in zip(self.keys, self.places, strict=True):
            if key.startswith(begins) or inside in key:
                if key == text:
                    yield place
                else:
                    longer.append(place)
        yield from longer


@dataclass(frozen=True, slots=True)
class Index:
    films: list[Candidate]  # best known first
    all: _Shelf
    by_year: dict[int, _Shelf]
    by_loose: dict[str, list[int]]
    loose_forms: dict[str, str]  # of titles: the slow part of making it
    catalogue: Catalogue
    count: int  # of films in the table
    made_at: float
    looked_at: float


_lock = Lock()
_index: Index | None = None


def forget() -> None:
    global _index
    _index = None


def loosely(names: Sequence[str], year: int | None) -> list[Candidate]:
    """Films that bear one of the names but for articles, numbers, `&`; where a year is given, within a year of it."""
    index = _current()
    return _guesses(index, year, (place for name in names for place in index.by_loose.get(titles.loose(name), ())))


def misspelt(names: Sequence[str], year: int | None) -> list[Candidate]:
    """Films whose title is nearly one of the names; where a year is given, within a year of it."""
    index = _current()
    shelves = list(_shelves(index, year))
    return _guesses(index, year, (place for name in names for shelf in shelves for place in shelf.alike(name)))


def suggestions(text: str, year: int | None, most: int) -> list[int]:
    """TMDB ids of the films that `text` may be or become: the title, those with words that begin so, and where there
    is none, misspellings."""
    index, key = _current(), titles.key(text)
    places = dict.fromkeys(place for shelf in _shelves(index, year) for place in shelf.beginning(key))
    places |= dict.fromkeys(index.by_loose.get(titles.loose(text), ()))
    if not places:
        places = dict.fromkeys(place for shelf in _shelves(index, year) for place in shelf.alike(text))
    return [film.tmdb_id for film in (index.films[place] for place in places) if _is_near(film, year)][:most]


def _guesses(index: Index, year: int | None, places: Iterable[int]) -> list[Candidate]:
    near = (index.films[place] for place in dict.fromkeys(places))
    return [replace(film, is_guess=True) for film in near if _is_near(film, year)]


def _shelves(index: Index, year: int | None) -> Iterator[_Shelf]:
    """Where to look: the year's own first."""
    if year is None:
        yield index.all
    else:
        yield from (index.by_year[near] for near in (year, year + 1, year - 1) if near in index.by_year)


def _is_near(film: Candidate, year: int | None) -> bool:
    return year is None or (film.year is not None and abs(film.year - year) <= 1)


def _current() -> Index:
    """Shared by this process's threads; made by the first that needs it, and anew when there are other films."""
    global _index
    if (index := _index) is not None and _is_recent(index):
        return index
    with _lock:
        if _index is None or not _is_recent(_index):
            _index = _renewed(_index)
        return _index


def _is_recent(index: Index) -> bool:
    return time.monotonic() - index.looked_at < LOOK_EVERY and index.catalogue == catalogue_in_use()


def _renewed(index: Index | None) -> Index:
    now, count, catalogue = time.monotonic(), TmdbMovie.objects.count(), catalogue_in_use()
    if index and (index.count, index.catalogue) == (count, catalogue) and now - index.made_at < RENEW_EVERY:
        return replace(index, looked_at=now)
    known = TmdbMovie.objects.filter(catalogue=catalogue, vote_count__gte=1).exclude(title_key="")
    best = known.exclude(details_status=DetailsStatus.GONE).order_by("-vote_count", "pk")
    rows = best.values_list("title_key", "original_key", *CANDIDATE_FIELDS)[:MOST]
    made = Index([], _Shelf([], [], []), defaultdict(lambda: _Shelf([], [], [])), {}, {}, catalogue, count, now, now)
    _fill(made, rows, index.loose_forms if index else {})
    return replace(made, by_year=dict(made.by_year))


def _fill(index: Index, rows: Iterable[tuple[Any, ...]], loose_forms: dict[str, str]) -> None:
    for place, (title_key, original_key, *facts) in enumerate(rows):
        film = candidate(*facts)
        index.films.append(film)
        for key, title in {title_key: film.title, original_key: film.original_title}.items():
            if not key:
                continue
            loose = index.loose_forms[title] = loose_forms.get(title) or titles.loose(title)
            index.all.add(key, loose, place)
            if film.year:
                index.by_year[film.year].add(key, loose, place)
            if loose:  # a title of signs alone likens to nothing
                index.by_loose.setdefault(loose, []).append(place)
