"""What a newer export has that an import does not: reads, compares, writes nothing.

A film is its link, else its title and year; a viewing is its link, else its day. A link that the import lacks is taken
over. What the newer files leave blank says nothing, for they may be fewer files than the first."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from imports.models import ImportSession, Movie, Viewing
from imports.sources.accounting import shorten
from imports.sources.base import Parsed, ParsedMovie, ParsedViewing, RowNote

from .gone import GONE, Gone, StillThere, ends_before, what_is_gone

FILM_FIELDS = "source_key letterboxd_uri rating rated_on liked_on marked_on is_seen watched_on".split()
VIEWING_FIELDS = "entry_uri watched_on rating rewatch tags review".split()
SAID = {  # of what changed, and how the report names it
    "rating": "rating",
    "liked_on": "like",
    "watched_on": "day",
    "rewatch": "marked as rewatch",
    "tags": "tags",
    "review": "review",
}

Name = tuple[str, int | None]


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What an update does, in numbers."""

    films: int  # new
    viewings: int  # new
    ratings: int  # changed, of films
    others: int  # films and viewings with something else that is new: a like, a review, tags, a link
    missing: int  # films that are not in the newer files; they stay, as do the following
    gone_ratings: int = 0
    gone_likes: int = 0
    gone_viewings: int = 0

    @property
    def are_none(self) -> bool:
        return not (self.films or self.viewings or self.ratings or self.others)


class Newer:
    """`reports`: of the newer files, as the import has them; `notes`: what there is to say of them."""

    def __init__(self, session: ImportSession, parsed: Parsed) -> None:
        self.new: list[ParsedMovie] = []
        self.viewings: list[tuple[int, ParsedViewing]] = []  # new ones of films that are there, with the film's id
        self.changed_films: list[Movie] = []
        self.changed_viewings: list[Viewing] = []
        self.reports = [replace(report, skipped=dict(report.skipped)) for report in parsed.files]
        self.notes = list(parsed.notes)
        self.notes_of_gone: list[RowNote] = []
        self._still = StillThere()
        self._counts: Counter[str] = Counter()
        self._films = _Films(session.movies.order_by("turn"))
        self._viewings = _Viewings(Viewing.objects.filter(movie__session=session).order_by("pk"))
        for movie in parsed.movies:
            self._read(movie)
        gone = self._gone(session, parsed)
        self.changes = Changes(
            films=len(self.new),
            viewings=len(self.viewings) + sum(len(movie.viewings) for movie in self.new),
            ratings=self._counts["ratings"],
            others=self._counts["others"],
            missing=len(gone.films),
            gone_ratings=len(gone.ratings),
            gone_likes=len(gone.likes),
            gone_viewings=len(gone.viewings),
        )

    def _gone(self, session: ImportSession, parsed: Parsed) -> Gone:
        """What the newer files lack; its notes are kept even if nothing is new."""
        films = self._films.films
        if not self._has_news and ends_before(films, parsed):
            return Gone([], [], [], [])
        gone = what_is_gone(films, self._viewings.viewings, self._still, parsed)
        if gone:
            noted = set(session.problems.filter(reason=GONE).values_list("detail", flat=True))
            self.notes_of_gone = list(gone.notes(self.reports, noted))
        return gone

    @property
    def _has_news(self) -> bool:
        return bool(self.new or self.viewings or self._counts.total())

    def _read(self, newer: ParsedMovie) -> None:
        film = self._films.claim(newer)
        if film is None:
            self.new.append(newer)
            return
        self._still.films.add(film.pk)
        if _tells_the_rating(film, newer):
            self._still.rated.add(film.pk)
        if newer.liked_on:
            self._still.liked.add(film.pk)
        for viewing in newer.viewings:
            self._read_viewing(film, viewing)
        changed = _changed(film, _film_values(film, newer) | {"watched_on": self._viewings.newest_day(film)})
        if changed:
            self.changed_films.append(film)
        changed.pop("watched_on", None)  # that was a viewing's news
        self._count(newer.file, is_changed=bool(changed))
        if not changed:
            return
        if "rating" in changed:
            self._counts["ratings"] += 1
        if "rating" not in changed or changed.keys() - {"rating", "rated_on"}:
            self._counts["others"] += 1
        self._note(newer, newer.file, film, changed)

    def _read_viewing(self, film: Movie, newer: ParsedViewing) -> None:
        viewing = self._viewings.claim(film, newer)
        if viewing is None:
            self.viewings.append((film.pk, self._viewings.add(film, newer)))
            return
        self._still.viewings.add(viewing.pk)
        if viewing.rating is not None and newer.rating is None:
            self._still.unrated_viewings.append((viewing, viewing.rating))
        changed = _changed(viewing, _viewing_values(viewing, newer))
        self._count(newer.file, is_changed=bool(changed))
        if changed:
            self._counts["others"] += 1
            self.changed_viewings.append(viewing)
            self._note(newer, newer.file, film, changed)

    def _count(self, file: int | None, *, is_changed: bool) -> None:
        """The row was counted as if it had made something; here it told more of it, or nothing new."""
        if file is not None:
            report = self.reports[file]
            report.added -= 1
            report.merged += is_changed
            report.already += not is_changed

    def _note(self, newer: Any, file: int | None, film: Movie, changed: dict[str, Any]) -> None:
        said = [_said(name, changed[name], getattr(newer, name)) for name in SAID if name in changed]
        if said:
            detail = f"{shorten(str(film))}: {', '.join(said)}"
            self.notes.append(RowNote(self.reports[file or 0].name, None, "note", "changed_since", detail))


class _Films:
    """An import's films, each to be found by what a newer file tells of it."""

    def __init__(self, films: Any) -> None:
        self.by_key: dict[str, Movie] = {}
        self.by_name: dict[Name, list[Movie]] = defaultdict(list)
        self.films: list[Movie] = list(films)
        for film in self.films:
            self.by_key[film.source_key] = film
            self.by_name[film.title, film.year].append(film)

    def claim(self, newer: ParsedMovie) -> Movie | None:
        return self.by_key.get(newer.source_key) or self._only_namesake(newer)

    def _only_namesake(self, newer: ParsedMovie) -> Movie | None:
        """The only film of this title and year, unless both have links: two links are two films."""
        films = self.by_name.get((newer.title, newer.year), [])
        fitting = [film for film in films if not (newer.uri and film.letterboxd_uri)]
        return fitting[0] if len(fitting) == 1 else None


class _Viewings:
    """An import's viewings, each to be found by what a newer file tells of it."""

    def __init__(self, viewings: Any) -> None:
        self.of_film: dict[int, list[Viewing | ParsedViewing]] = defaultdict(list)
        self.by_uri: dict[str, Viewing] = {}
        self.by_day: dict[tuple[int, date | None], list[Viewing]] = defaultdict(list)
        self.numbers: dict[tuple[int, date | None], int] = {}
        self.claimed: set[int] = set()
        self.viewings: list[Viewing] = list(viewings)
        for viewing in self.viewings:
            day = viewing.movie_id, viewing.watched_on
            self.by_day[day].append(viewing)
            self.of_film[viewing.movie_id].append(viewing)
            if viewing.entry_uri:
                self.by_uri[viewing.entry_uri] = viewing
            else:
                self.numbers[day] = max(self.numbers.get(day, 0), viewing.number)

    def claim(self, film: Movie, newer: ParsedViewing) -> Viewing | None:
        viewing = self.by_uri.get(newer.entry_uri) if newer.entry_uri else None
        viewing = viewing or self._of_that_day(film, newer)
        if viewing is not None:
            self.claimed.add(viewing.pk)
        return viewing

    def _of_that_day(self, film: Movie, newer: ParsedViewing) -> Viewing | None:
        """Two links are two viewings; without one it is the next of its day that nothing has told of yet."""
        of_day = self.by_day.get((film.pk, newer.watched_on), [])
        free = [viewing for viewing in of_day if viewing.pk not in self.claimed]
        fitting = [viewing for viewing in free if not (newer.entry_uri and viewing.entry_uri)]
        return min(fitting, key=lambda viewing: bool(viewing.entry_uri), default=None)

    def add(self, film: Movie, newer: ParsedViewing) -> ParsedViewing:
        """One that is new, with its number."""
        new = replace(newer, number=self._number_for(film, newer))
        self.of_film[film.pk].append(new)
        return new

    def newest_day(self, film: Movie) -> date | None:
        """The last day that the film was watched on, the newer file included: a day may have been moved back."""
        return max((viewing.watched_on for viewing in self.of_film[film.pk] if viewing.watched_on), default=None)

    def _number_for(self, film: Movie, newer: ParsedViewing) -> int:
        if newer.entry_uri:
            return newer.number
        day = film.pk, newer.watched_on
        self.numbers[day] = max(newer.number, self.numbers.get(day, 0) + 1)
        return self.numbers[day]


def _changed(row: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Sets what differs; gives back what stood there."""
    before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    for name in before:
        setattr(row, name, values[name])
    return before


def _tells_the_rating(film: Movie, newer: ParsedMovie) -> bool:
    """Or is the film's own rating, which has a day, gone, and only a diary entry tells another one?"""
    if newer.rating is None or newer.rated_on or film.rated_on is None:
        return newer.rating is not None
    return newer.rating == film.rating or _is_rated_since(film, newer)


def _film_values(film: Movie, newer: ParsedMovie) -> dict[str, Any]:
    values: dict[str, Any] = {"is_seen": film.is_seen or newer.is_seen, "marked_on": film.marked_on or newer.marked_on}
    if newer.uri and not film.letterboxd_uri:
        values |= {"letterboxd_uri": newer.uri, "source_key": newer.source_key}
    if newer.liked_on:
        values["liked_on"] = max(newer.liked_on, film.liked_on or newer.liked_on)
    if newer.rating is not None and _is_rated_since(film, newer):
        values |= {"rating": newer.rating, "rated_on": newer.rated_on or film.rated_on}
    return values


def _is_rated_since(film: Movie, newer: ParsedMovie) -> bool:
    """Not before: an older export may be read after a newer one, or a diary after ratings.csv."""
    on = newer.rated_on or max((v.watched_on for v in newer.viewings if v.rating and v.watched_on), default=None)
    stands_since = film.rated_on or film.watched_on
    if film.rating is None or (newer.rated_on and not film.rated_on):
        return True
    if newer.rated_on is None and film.rated_on is not None:
        return on is not None and on > film.rated_on
    return stands_since is None or (on is not None and on >= stands_since)


def _viewing_values(viewing: Viewing, newer: ParsedViewing) -> dict[str, Any]:
    return {name: getattr(newer, name) or getattr(viewing, name) for name in VIEWING_FIELDS}


def _said(name: str, was: Any, now: Any) -> str:
    if name not in ("rating", "watched_on"):
        return SAID[name]
    return f"{SAID[name]} {was if was is not None else '–'} → {now if now is not None else '–'}"
