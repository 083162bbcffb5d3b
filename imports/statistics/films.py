"""What statistics are made of: films and their viewings as plain values, read in two queries however many there are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, NamedTuple

from django.contrib.auth.models import User
from django.db.models import QuerySet

from enrichment.models import DetailsStatus
from imports.films import conditions
from imports.films.ratings import as_number
from imports.models import ImportSession, Kind, LibraryFilm, LibraryViewing, Outcome, Viewing

READ_AT_ONCE = 2_000  # viewings
ANSWERED = (DetailsStatus.DONE, DetailsStatus.GONE, DetailsStatus.FAILED)  # no more will come by itself


@dataclass(frozen=True, slots=True)
class Facts:
    """What TMDB knows of a film; None and empty: not known."""

    tmdb_id: int
    release_date: date | None
    runtime: int | None
    budget: int | None
    revenue: int | None
    vote_average: float | None
    vote_count: int | None
    language: str
    countries: list[str]
    genres: list[str]
    directors: list[str]
    cast: list[str]
    poster: str
    details_status: str

    @property
    def is_awaited(self) -> bool:
        return self.details_status not in ANSWERED


FACTS = tuple(
    f"tmdb_movie__{name}"
    for name in (
        *("tmdb_id", "release_date", "runtime", "budget", "revenue", "vote_average", "vote_count"),
        *("original_language", "countries", "genres", "directors", "cast", "poster_path", "details_status"),
    )
)


class Watch(NamedTuple):
    """One viewing; without a day, it is in no calendar. `is_rewatch`: seen again, by the source or its day."""

    day: date | None
    is_rewatch: bool = False
    tags: tuple[str, ...] = ()
    lost_day: Literal["", "early", "future"] = ""  # it has none because the one that is stored can't be
    is_marked: bool = False  # as a rewatch, by the source
    sources: tuple[str, ...] = ()  # that tell of it, in a library


@dataclass(slots=True)
class Film:
    id: int  # of the Movie, or the LibraryFilm
    title: str
    year: int | None
    rating: float | None = None
    is_seen: bool = True
    is_liked: bool = False
    marked_on: date | None = None
    outcome: str = Outcome.MATCHED
    turn: int = 0
    facts: Facts | None = None
    watches: list[Watch] = field(default_factory=list)
    titles: int = 1  # of the import that are this film
    sources: tuple[str, ...] = ()  # that tell of it, in a library

    @property
    def minutes(self) -> int:
        """A film that was seen, nobody knows when, was seen once."""
        runtime = self.facts.runtime if self.facts else None
        return (runtime or 0) * max(1, len(self.watches))

    @property
    def days(self) -> list[date]:
        return [watch.day for watch in self.watches if watch.day]


def films_of_session(session: ImportSession) -> list[Film]:
    """Two titles that are one film are one here: with all its viewings, and the rating of the title that was watched
    last. A film is what TMDB says only when it is matched."""
    watches = _watches(session)
    names = ("pk", "title", "year", "stars", "watched_on", "liked_on", "marked_on", "is_seen", "outcome", "turn")
    movies = session.movies.filter(kind=Kind.FILM).annotate(stars=conditions.stars(session))
    rows: QuerySet[Any, Any] = movies.values_list(*names, *FACTS)
    titles = [(row[4], _film_of_movie(row, watches.get(row[0], []))) for row in rows]
    titles.sort(key=lambda title: (-title[0].toordinal() if title[0] else 0, title[1].turn, title[1].id))
    films: dict[tuple[str, int], Film] = {}
    for _, film in titles:
        key = ("film", film.facts.tmdb_id) if film.facts else ("title", film.id)
        if key in films:
            _join(films[key], film)
        else:
            films[key] = film
    return list(films.values())


def films_of_library(user: User) -> list[Film]:
    """All that a person has seen, or only liked, reconciled from what their imports and they themselves tell."""
    watches = _watches_in_library(user)
    names = ("pk", "title", "year", "rating", "is_seen", "liked_on", "marked_on", "sources")
    own = LibraryFilm.objects.filter(user=user).order_by("title_key", "year", "key")
    rows: QuerySet[Any, Any] = own.values_list(*names, *FACTS)
    return [_film_of_library(row, place, watches.get(row[0], [])) for place, row in enumerate(rows)]


def _watches(session: ImportSession) -> dict[int, list[Watch]]:
    by_film: dict[int, list[Watch]] = {}
    rows = Viewing.objects.filter(movie__session=session).order_by("pk")
    columns = rows.values_list("movie_id", "watched_on", "rewatch", "tags")
    for movie_id, day, rewatch, tags in columns.iterator(chunk_size=READ_AT_ONCE):
        by_film.setdefault(movie_id, []).append(Watch(day, rewatch, tuple(tags), is_marked=rewatch))
    return by_film


def _watches_in_library(user: User) -> dict[int, list[Watch]]:
    by_film: dict[int, list[Watch]] = {}
    rows = LibraryViewing.objects.filter(user=user).order_by("film", "place")
    columns = rows.values_list("film_id", "watched_on", "rewatch", "tags", "told_by")
    for film_id, day, rewatch, tags, told_by in columns.iterator(chunk_size=READ_AT_ONCE):
        sources = tuple(sorted({evidence["source"] for evidence in told_by}))
        by_film.setdefault(film_id, []).append(Watch(day, rewatch, tuple(tags), is_marked=rewatch, sources=sources))
    return by_film


def _film_of_movie(row: tuple[Any, ...], watches: list[Watch]) -> Film:
    pk, title, year, rating, _, liked_on, marked_on, is_seen, outcome, turn, *known = row
    facts = Facts(*known) if outcome == Outcome.MATCHED else None
    return Film(
        id=pk,
        title=title,
        year=year or (facts.release_date.year if facts and facts.release_date else None),
        rating=as_number(rating),
        is_seen=is_seen,
        is_liked=liked_on is not None,
        marked_on=marked_on,
        outcome=outcome,
        turn=turn,
        facts=facts,
        watches=watches,
    )


def _film_of_library(row: tuple[Any, ...], place: int, watches: list[Watch]) -> Film:
    pk, title, year, rating, is_seen, liked_on, marked_on, sources, *known = row
    facts = Facts(*known) if known[0] is not None else None
    return Film(
        id=pk,
        title=title,
        year=year,
        rating=as_number(rating),
        is_seen=is_seen,
        is_liked=liked_on is not None,
        marked_on=marked_on,
        outcome=Outcome.MATCHED if facts else Outcome.UNMATCHED,
        turn=-place,
        facts=facts,
        watches=watches,
        sources=tuple(sources),
    )


def _join(film: Film, other: Film) -> None:
    """`other` is an earlier title of the same film."""
    film.rating = other.rating if film.rating is None else film.rating
    film.is_seen |= other.is_seen
    film.is_liked |= other.is_liked
    film.marked_on = min((day for day in (film.marked_on, other.marked_on) if day), default=None)
    film.watches = film.watches + other.watches
    film.titles += other.titles


def with_possible_days(film: Film, latest: date) -> Film:
    """The film with its viewings in order; a day before there were films, or after `latest`, is none."""
    watches = list(_in_order(_possible(watch, latest) for watch in film.watches))
    marked_on = film.marked_on if film.marked_on and conditions.FIRST_DAY <= film.marked_on <= latest else None
    return replace(film, watches=watches, marked_on=marked_on)


def _possible(watch: Watch, latest: date) -> Watch:
    if watch.day is None or conditions.FIRST_DAY <= watch.day <= latest:
        return watch
    return watch._replace(day=None, lost_day="future" if watch.day > latest else "early")


def _in_order(watches: Iterable[Watch]) -> Iterator[Watch]:
    """Oldest first, those without a day last. A second day is a rewatch, whether the source says so or not."""
    first: date | None = None
    for watch in sorted(watches, key=lambda watch: watch.day or date.max):
        if watch.day and first and watch.day > first and not watch.is_rewatch:
            watch = watch._replace(is_rewatch=True)
        first = first or watch.day
        yield watch
