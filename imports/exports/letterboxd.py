"""Writes the format that letterboxd.com takes in: CSVs of at most 1 MB each, in a ZIP that is written as it is sent."""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from django.contrib.auth.models import User

from enrichment.models import TmdbMovie
from imports.models import Decision, ImportSession, Kind, LibraryFilm, Movie, Source, Viewing

from . import library_films
from .films import Told, movies
from .streams import csv_lines

COLUMNS = "LetterboxdURI tmdbID imdbID Title Year Directors Rating WatchedDate Rewatch Tags Review".split()
MAX_PART = 1_000_000  # bytes, the header among them
HEADER = next(csv_lines([COLUMNS], for_people=False)).encode()

Cells = list[object]


def session_zip(session: ImportSession) -> Iterator[bytes]:
    """Every film that was seen, but those skipped in a review."""
    seen = movies(session, kind=Kind.FILM, is_seen=True)
    kept = (film_told for film_told in seen if film_told.movie.decision != Decision.SKIPPED)
    is_review = session.is_review
    return _zipped(row for film_told in kept for row in _rows(film_told, is_review=is_review))


def library_zip(user: User) -> Iterator[bytes]:
    """Every film of a library that was seen."""
    seen = library_films.films(user, is_seen=True)
    return _zipped(row for film, viewings in seen for row in _of_library(film, viewings))


def missing_zip(user: User) -> Iterator[bytes]:
    """What Letterboxd lacks: the days that it does not tell, and the films that it does not know of."""
    seen = library_films.films(user, is_seen=True)
    return _zipped(row for film, viewings in seen for row in _missing(film, viewings))


def _rows(film_told: Told, *, is_review: bool) -> Iterator[Cells]:
    """Each viewing, the oldest first. What the last one does not say of the film's rating, a row without a day does."""
    film = _film(film_told.movie, is_review=is_review)
    rating = film_told.ranking.rating if film_told.ranking else film_told.movie.rating
    last = None
    for number, viewing in enumerate(film_told.viewings.oldest_first(), 1):
        if is_review and number == film_told.viewings.count:
            viewing.rating = rating  # a history has no ratings of its own
        last = viewing.rating or last
        yield [*film, *_viewing(viewing)]
    if not film_told.viewings.count or (rating is not None and rating != last):
        yield [*film, _text(rating), "", "", "", ""]


def _film(movie: Movie, *, is_review: bool) -> Cells:
    film = movie.tmdb_movie
    if film is None:
        return [movie.letterboxd_uri, "", "", movie.title, movie.year or "", ""]
    # Letterboxd's own names lead back to its films; what Amazon writes around a title would not
    title, year = (film.title, film.year) if is_review else (movie.title, movie.year)
    return [movie.letterboxd_uri, film.pk, film.imdb_id, title, year or "", _directors(film)]


def _viewing(viewing: Viewing) -> Cells:
    rewatch = "true" if viewing.rewatch else "false"
    return [_text(viewing.rating), viewing.watched_on or "", rewatch, ", ".join(viewing.tags), viewing.review]


def _of_library(film: LibraryFilm, viewings: Iterable[library_films.Reviewed]) -> Iterator[Cells]:
    """Each viewing. What the last one does not say of the film's rating, a row without a day does."""
    named, last = _library_film(film), None
    for reviewed in viewings:
        last = _rating(film, reviewed) or last
        yield [*named, *_library_viewing(film, reviewed)]
    if film.rating is not None and film.rating != last:
        yield [*named, _text(film.rating), "", "", "", ""]


def _missing(film: LibraryFilm, viewings: Iterable[library_films.Reviewed]) -> Iterator[Cells]:
    """Of a film that Letterboxd knows its rating there stands."""
    if Source.LETTERBOXD not in film.sources:
        yield from _of_library(film, viewings)
        return
    named, is_seen_there = _library_film(film), False
    for reviewed in viewings:  # those without a day come last
        days = [entry["day"] for entry in reviewed.viewing.told_by if entry["source"] == Source.LETTERBOXD]
        is_seen_there = is_seen_there or bool(days)
        if not (any(days) if reviewed.viewing.watched_on else is_seen_there):
            yield [*named, *_library_viewing(film, reviewed)]


def _rating(film: LibraryFilm, reviewed: library_films.Reviewed) -> Decimal | None:
    """Without a day it is the film that is rated."""
    viewing = reviewed.viewing
    return film.rating if viewing.rating is None and viewing.watched_on is None else viewing.rating


def _library_film(film: LibraryFilm) -> Cells:
    at_tmdb = film.tmdb_movie
    if at_tmdb is None:
        return ["", "", "", film.title, film.year or "", ""]
    return ["", at_tmdb.pk, at_tmdb.imdb_id, film.title, film.year or "", _directors(at_tmdb)]


def _library_viewing(film: LibraryFilm, reviewed: library_films.Reviewed) -> Cells:
    viewing = reviewed.viewing
    rewatch = "true" if viewing.rewatch else "false"
    return [_text(_rating(film, reviewed)), viewing.watched_on or "", rewatch, ", ".join(viewing.tags), reviewed.review]


def _directors(film: TmdbMovie) -> str:
    return ", ".join(film.directors)


def _text(rating: Decimal | None) -> str:
    return "" if rating is None else f"{rating.normalize():f}"


def _zipped(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    sent = _Sink()
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, part in enumerate(_parts(rows), 1):
            archive.writestr(f"letterboxd-import-{number}.csv", part)
            yield sent.take()
    yield sent.take()


def _parts(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Each begins with the header; the first comes even without a row. A row that is longer stands alone."""
    lines, size = [HEADER], len(HEADER)
    for text in csv_lines(rows, for_people=False):
        line = text.encode()
        if size + len(line) > MAX_PART and len(lines) > 1:
            yield b"".join(lines)
            lines, size = [HEADER], len(HEADER)
        lines.append(line)
        size += len(line)
    yield b"".join(lines)


class _Sink:
    """A file for ZipFile that can only be written to, so that it needs no place to go back to."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.chunks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        taken, self.chunks = b"".join(self.chunks), []
        return taken
