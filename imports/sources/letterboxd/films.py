"""The rows of all files → films with their viewings, and what became of each row.

A film row and a diary row share no link: `Letterboxd URI` is the film's in one and the entry's in the other.
So entries join films by exact title and year, and only where exactly one film fits."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import pandas as pd

from ..accounting import Account
from ..base import FILM_KINDS, ParsedMovie, ParsedViewing
from ..values import parse_tags
from .rows import texts

FILM_FACTS = ("year", "rating", "marked_on", "rated_on", "liked_on")
FILM_VALUES = FILM_FACTS[1:]
ENTRY_FACTS = ("watched_on", "logged_on", "rating", "rewatch", "tags", "review")
ENTRY_VALUES = ("name", "watched_on", "rating", "rewatch", "tags", "review")
BLANKS = {"tags": "", "review": "", "name": ""}  # of the other columns: 0


def assemble(rows: pd.DataFrame, accounts: Sequence[Account]) -> list[ParsedMovie]:
    """`rows`: the frames of all files, watched first; their `file` is a place in `accounts`. Newest watched first."""
    is_film = rows["kind"].isin(FILM_KINDS)
    films = _with_film_keys(rows[is_film], accounts)
    entries = _with_identity(_with_keys_of_films(rows[~is_film], films, accounts))
    # numbers, because pandas groups by them much faster than by texts
    numbers = pd.factorize(pd.concat([films["key"], entries["key"]]))[0]
    films, entries = films.assign(film=numbers[: len(films)]), entries.assign(film=numbers[len(films) :])
    _count(films, "film", FILM_VALUES, "film_told_differently", accounts)
    _count(entries, "entry", ENTRY_VALUES, "entry_told_differently", accounts)
    viewings = _merge(entries, "entry", ENTRY_FACTS)
    movies = _merge(pd.concat([films, viewings.assign(rating=0)]), "film", FILM_FACTS)
    _add_what_viewings_tell(movies, viewings)
    return _movies(_newest_first(movies), _viewings_by_key(viewings))


def _with_film_keys(films: pd.DataFrame, accounts: Sequence[Account]) -> pd.DataFrame:
    """A film's key is its link; without one, the link of the only film of that title and year, else those."""
    linked, unlinked = films[films["film_uri"] != ""], films[films["film_uri"] == ""]
    only, several = _films_by_name(linked["name"], linked["film_uri"])
    _note(unlinked[unlinked["name"].isin(several)], "several_films", accounts)
    pairs = zip(films["film_uri"], films["name"], strict=True)
    return films.assign(key=texts((uri or only.get(name, name) for uri, name in pairs), films))


def _films_by_name(names: Iterable[str], keys: Iterable[str]) -> tuple[dict[str, str], set[str]]:
    """Title and year → key, where one film bears them; and those that several bear."""
    first: dict[str, str] = {}
    several = {name for name, key in zip(names, keys, strict=True) if first.setdefault(name, key) != key}
    return {name: key for name, key in first.items() if name not in several}, several


def _with_keys_of_films(entries: pd.DataFrame, films: pd.DataFrame, accounts: Sequence[Account]) -> pd.DataFrame:
    only, several = _films_by_name(films["name"], films["key"])
    keys = set(films["key"])
    is_film_link = entries["entry_uri"].isin(keys)  # never so in Letterboxd's own files, but others follow its columns
    film_uri = entries["film_uri"].where(~is_film_link, entries["entry_uri"])
    pairs = list(zip(film_uri, entries["name"], strict=True))
    joined = [uri if uri in keys else only.get(name, "") for uri, name in pairs]
    alone = entries[texts(joined, entries) == ""]
    _note(alone[alone["name"].isin(several)], "several_films", accounts)
    if (films["kind"] == "watched").any():  # without that file, a film of its own is nothing odd
        _note(alone[~alone["name"].isin(several)], "no_such_film", accounts)
    own = (key or uri or name for key, (uri, name) in zip(joined, pairs, strict=True))
    return entries.assign(key=texts(own, entries), entry_uri=entries["entry_uri"].where(~is_film_link, ""))


def _with_identity(entries: pd.DataFrame) -> pd.DataFrame:
    """An entry is its link; without one, its film, its day, and its number among such entries of its file."""
    unlinked = entries[entries["entry_uri"] == ""]
    number = unlinked.groupby(["file", "key", "watched_on"]).cumcount().reindex(entries.index, fill_value=0) + 1
    columns = (entries["entry_uri"], entries["key"], entries["watched_on"], number)
    identities = (uri or f"{key}\n{day}\n{number}" for uri, key, day, number in zip(*columns, strict=True))
    return entries.assign(number=number, entry=pd.factorize(texts(identities, entries))[0])


def _count(rows: pd.DataFrame, identity: str, values: Sequence[str], reason: str, accounts: Sequence[Account]) -> None:
    """What became of each row: it made something, told more of it, or was there before, in a file of its kind."""
    is_new = ~rows.duplicated(identity)
    differs = _differs(rows, identity, values)
    already = _was_in_another_file(rows, identity) & ~is_new & ~differs
    _note(rows[differs], reason, accounts)
    for name, mask in (("added", is_new), ("already", already), ("merged", ~is_new & ~already)):
        for file, count in rows[mask]["file"].value_counts().items():
            report = accounts[file].report
            setattr(report, name, getattr(report, name) + count)


def _was_in_another_file(rows: pd.DataFrame, identity: str) -> pd.Series:
    again = rows[rows.duplicated(["kind", identity], keep=False)]
    first_file = again.groupby(["kind", identity])["file"].transform("first")
    return (first_file != again["file"]).reindex(rows.index, fill_value=False)


def _differs(rows: pd.DataFrame, identity: str, values: Sequence[str]) -> pd.Series:
    again = rows[rows.duplicated(identity, keep=False)]
    differs = pd.Series(False, index=rows.index)
    for column in values:
        filled = again.loc[again[column] != BLANKS.get(column, 0), [identity, column]]
        repeated = filled[filled.duplicated(identity)]
        first = filled.drop_duplicates(identity).set_index(identity)[column].reindex(repeated[identity])
        differs[repeated.index[repeated[column].to_numpy() != first.to_numpy()]] = True
    return differs


def _merge(rows: pd.DataFrame, identity: str, facts: Sequence[str]) -> pd.DataFrame:
    """One row each, in the order of their first rows: of every fact what was told first."""
    merged = rows.drop_duplicates(identity).set_index(identity, drop=False)
    for column in facts:
        blank = BLANKS.get(column, 0)
        filled = rows.loc[rows[column] != blank, [identity, column]].drop_duplicates(identity)
        merged[column] = filled.set_index(identity)[column].reindex(merged.index, fill_value=blank)
    merged["is_seen"] = merged[identity].isin(rows.loc[rows["kind"] != "likes", identity])
    return merged


def _add_what_viewings_tell(movies: pd.DataFrame, viewings: pd.DataFrame) -> None:
    """The newest day it was watched; and the newest rating, where ratings.csv has none."""
    movies["watched_on"] = viewings.groupby("film")["watched_on"].max().reindex(movies.index, fill_value=0)
    day = viewings["watched_on"].where(viewings["watched_on"] > 0, viewings["logged_on"])
    rated = viewings.assign(day=day)[viewings["rating"] > 0].sort_values("day", kind="stable")
    newest = rated.drop_duplicates("film", keep="last").set_index("film")["rating"]
    movies["rating"] = movies["rating"].where(movies["rating"] > 0, newest.reindex(movies.index, fill_value=0))


def _newest_first(movies: pd.DataFrame) -> pd.DataFrame:
    other = movies["marked_on"]
    for column in ("rated_on", "liked_on"):
        other = other.where(other > 0, movies[column])
    other = other.where(movies["watched_on"] == 0, 0)  # films of one viewing day stay in the order of their file
    return movies.assign(other=other).sort_values(["watched_on", "other"], ascending=False, kind="stable")


def _viewings_by_key(viewings: pd.DataFrame) -> dict[str, list[ParsedViewing]]:
    columns = ("key", "watched_on", "rating", "rewatch", "tags", "review", "entry_uri", "number", "file")
    by_key: dict[str, list[ParsedViewing]] = defaultdict(list)
    for key, day, rating, rewatch, tags, review, uri, number, file in zip(*_lists(viewings, columns), strict=True):
        viewing = ParsedViewing(_day(day), _stars(rating), bool(rewatch), parse_tags(tags), review, uri, number, file)
        by_key[key].append(viewing)
    return by_key


def _movies(movies: pd.DataFrame, viewings: dict[str, list[ParsedViewing]]) -> list[ParsedMovie]:
    columns = ("key", "title", "year", "rating", "liked_on", "marked_on", "rated_on", "is_seen", "kind", "file")
    return [
        ParsedMovie(
            source_key=key,
            title=title,
            year=year or None,
            uri="" if "|" in key else key,  # no link has one, every title and year has
            rating=_stars(rating),
            liked_on=_day(liked_on),
            marked_on=_day(marked_on),
            rated_on=_day(rated_on),
            is_seen=is_seen,
            viewings=viewings.get(key, []),
            file=file if kind in FILM_KINDS else None,
        )
        for key, title, year, rating, liked_on, marked_on, rated_on, is_seen, kind, file in zip(
            *_lists(movies, columns), strict=True
        )
    ]


def _lists(frame: pd.DataFrame, columns: Sequence[str]) -> list[list[object]]:
    return [frame[column].tolist() for column in columns]


def _day(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None


def _stars(halves: int) -> Decimal | None:
    return Decimal(halves * 5).scaleb(-1) if halves else None


def _note(rows: pd.DataFrame, reason: str, accounts: Sequence[Account]) -> None:
    for file, line, title in zip(rows["file"], rows["line"], rows["title"], strict=True):
        accounts[file].note(reason, line, title)
