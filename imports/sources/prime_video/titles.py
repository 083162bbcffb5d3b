"""The entries of all files → films, series and what is neither, each with its days; and what became of each row."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from ..accounting import Account
from ..base import Kind, ParsedMovie, ParsedViewing
from .entries import Entry
from .marks import clean, names, without_bare_season

ORDER: Final[tuple[Kind, ...]] = ("film", "series", "not_a_film")
Key = str


def assemble(entries: Sequence[Entry], accounts: Sequence[Account]) -> list[ParsedMovie]:
    """Films first, then series, then what is no film; of each the newest watched first."""
    by_key = _by_key(_with_bare_seasons(entries))
    kinds = {key: _kind(its_entries) for key, its_entries in by_key.items()}
    for key, its_entries in by_key.items():
        _count(its_entries, kinds[key], accounts)
    movies = [_movie(key, kinds[key], its_entries) for key, its_entries in by_key.items()]
    return sorted(movies, key=lambda movie: (ORDER.index(movie.kind), -(movie.watched_on or date.min).toordinal()))


def _with_bare_seasons(entries: Sequence[Entry]) -> list[Entry]:
    """`Bosch Season 2` is a series where any other row shows that Bosch is one; `Open Season 2` stays a film."""
    shows = {_show(title) for title in {entry.title for entry in entries if entry.kind == "series"}}
    films = {entry.title for entry in entries if entry.kind == "film"}
    seasons = {title for title in films if _show(title) in shows and _show(title) != clean(title).text.casefold()}
    return [
        entry._replace(kind="series") if entry.kind == "film" and entry.title in seasons else entry for entry in entries
    ]


def _show(title: str) -> str:
    return without_bare_season(clean(title).text).casefold()


def _by_key(entries: Sequence[Entry]) -> dict[Key, list[Entry]]:
    """The entries of each title, gathered by Amazon's id; one without an id belongs to the only title of its name and
    kind, or its name and kind are the key."""
    ids: dict[tuple[Kind, str], set[str]] = defaultdict(set)
    for entry in entries:
        if entry.gti:
            ids[entry.kind, entry.title].add(entry.gti)
    by_key: dict[Key, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_key[_key(entry, ids)].append(entry)
    return by_key


def _key(entry: Entry, ids: Mapping[tuple[Kind, str], set[str]]) -> Key:
    namesakes = ids.get((entry.kind, entry.title), set())
    only = next(iter(namesakes)) if len(namesakes) == 1 else ""
    return entry.gti or only or f"{entry.kind}|{entry.title}"


def _kind(entries: Sequence[Entry]) -> Kind:
    """One episode makes a title a series: rows of a series can come without."""
    kinds = {entry.kind for entry in entries}
    return "series" if "series" in kinds else "film" if "film" in kinds else "not_a_film"


def _count(entries: Sequence[Entry], kind: Kind, accounts: Sequence[Account]) -> None:
    first_file: dict[date | None, int] = {}
    for entry in entries:
        account = accounts[entry.file]
        if kind != "film":
            account.skip(kind)
        elif entry.day not in first_file:
            first_file[entry.day] = entry.file
            account.report.added += 1
        elif first_file[entry.day] == entry.file:
            account.report.merged += 1
        else:
            account.report.already += 1


def _movie(key: Key, kind: Kind, entries: Sequence[Entry]) -> ParsedMovie:
    title = entries[0].title
    return ParsedMovie(
        source_key=key,
        title=title,
        year=clean(title).year,
        viewings=[ParsedViewing(day) for day in dict.fromkeys(entry.day for entry in entries)],
        kind=kind,
        names=names(title, kind),
        image_url=next((entry.image_url for entry in entries if entry.image_url), ""),
    )
