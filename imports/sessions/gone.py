"""What an import has and a newer export has no more. It stays, and the report lists it.

A kind of thing can be missed only where the file that tells of it was read: without likes/films.csv nothing says that
a like is gone."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from imports.models import Movie, Viewing
from imports.sources.accounting import shorten
from imports.sources.base import FileReport, Parsed, ParsedMovie, RowNote

GONE = "gone_from_file"


@dataclass
class StillThere:
    """What the newer files still tell of the import's films, by their ids."""

    films: set[int] = field(default_factory=set)
    rated: set[int] = field(default_factory=set)
    liked: set[int] = field(default_factory=set)
    viewings: set[int] = field(default_factory=set)
    unrated_viewings: list[tuple[Viewing, Decimal]] = field(default_factory=list)  # with the rating they had


@dataclass(frozen=True)
class Gone:
    """In the order of the films, each a line of the report: a kind of file, and what it lacks."""

    films: list[tuple[str, str]]
    ratings: list[tuple[str, str]]
    likes: list[tuple[str, str]]
    viewings: list[tuple[str, str]]

    def __bool__(self) -> bool:
        return any((self.films, self.ratings, self.likes, self.viewings))

    def notes(self, files: Sequence[FileReport], noted: Collection[str]) -> Iterator[RowNote]:
        """But for what the report says already."""
        names = {report.kind: report.name for report in reversed(files)}
        for kind, detail in (*self.films, *self.ratings, *self.likes, *self.viewings):
            if detail not in noted:
                yield RowNote(names.get(kind, ""), None, "note", GONE, detail)


def what_is_gone(films: Sequence[Movie], viewings: Sequence[Viewing], still: StillThere, parsed: Parsed) -> Gone:
    """A film that is gone takes what is known of it along: it has one line."""
    kinds = {report.kind for report in parsed.files}
    gone = [film for film in films if film.pk not in still.films] if "watched" in kinds else []
    left = {film.pk: film for film in films if film not in gone} if gone else {film.pk: film for film in films}
    rated_viewings = {viewing.movie_id for viewing in viewings if viewing.rating is not None}
    unrated = (
        film
        for film in left.values()
        if film.rating is not None
        and film.pk not in still.rated
        and (film.rated_on or film.pk not in rated_viewings)  # else it is a viewing's
    )
    return Gone(
        films=[("watched", shorten(str(film))) for film in gone],
        ratings=[
            *(("ratings", f"{shorten(str(film))}: rating {film.rating}") for film in unrated if "ratings" in kinds),
            *_ratings_of_viewings(left, still, parsed),
        ],
        likes=[
            ("likes", f"{shorten(str(film))}: like")
            for film in left.values()
            if "likes" in kinds and film.liked_on and film.pk not in still.liked
        ],
        viewings=[
            (_told_in(viewing), f"{shorten(str(left[viewing.movie_id]))}: viewing {_on(viewing)}")
            for viewing in viewings
            if viewing.movie_id in left and viewing.pk not in still.viewings and _told_in(viewing) in kinds
        ],
    )


def _told_in(viewing: Viewing) -> str:
    """The kind of file that has it: a diary knows the day of each of its entries."""
    return "diary" if viewing.watched_on else "reviews"


def _ratings_of_viewings(films: dict[int, Movie], still: StillThere, parsed: Parsed) -> Iterator[tuple[str, str]]:
    if not any(viewing.rating for movie in parsed.movies for viewing in movie.viewings):
        return  # files without a column for it
    for viewing, rating in still.unrated_viewings:
        yield (
            _told_in(viewing),
            f"{shorten(str(films[viewing.movie_id]))}: rating {rating} of the viewing {_on(viewing)}",
        )


def _on(viewing: Viewing) -> str:
    return f"of {viewing.watched_on}" if viewing.watched_on else "without a day"


def ends_before(films: Sequence[Movie], parsed: Parsed) -> bool:
    """Do the files end before the import does, by the days on which films were marked or by all days? Then they are an
    older export, and what they lack is not gone."""
    return _newest_mark(parsed.movies) < _newest_mark(films) or _newest_day(parsed.movies) < _newest_day(films)


def _newest_mark(films: Sequence[Movie | ParsedMovie]) -> date:
    return max((film.marked_on for film in films if film.marked_on), default=date.max)  # unknown: that says nothing


def _newest_day(films: Sequence[Movie | ParsedMovie]) -> date:
    days = (day for film in films for day in (film.watched_on, film.marked_on, film.rated_on, film.liked_on) if day)
    return max(days, default=date.min)
