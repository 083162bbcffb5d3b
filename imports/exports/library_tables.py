"""A library as CSVs for people: a line for each film, or for each viewing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User

from imports.models import LibraryFilm

from .library_films import viewings
from .session import yes
from .streams import BATCH, BOM, csv_lines

FILM = (
    "title year rating rating_source viewings first_watched last_watched liked sources "
    "tmdb_id imdb_id directors genres countries runtime"
).split()
VIEWING = "title year watched_date rating rewatch tags review sources tmdb_id imdb_id".split()


def films_csv(user: User) -> Iterator[str]:
    """The films that were seen, by their titles."""
    seen = user.library_films.filter(is_seen=True).select_related("tmdb_movie").order_by("title_key", "year", "key")
    yield BOM
    yield from csv_lines([FILM])
    for film in seen.iterator(chunk_size=BATCH):
        yield from csv_lines([_film(film)])


def viewings_csv(user: User) -> Iterator[str]:
    """Newest first."""
    yield BOM
    yield from csv_lines([VIEWING])
    for reviewed in viewings(user):
        viewing, film = reviewed.viewing, reviewed.viewing.film
        own = [viewing.watched_on, viewing.rating, yes(viewing.rewatch), ", ".join(viewing.tags), reviewed.review]
        imdb_id = film.tmdb_movie.imdb_id if film.tmdb_movie else ""
        yield from csv_lines([[film.title, film.year, *own, _sources(viewing.told_by), film.tmdb_movie_id, imdb_id]])


def _film(film: LibraryFilm) -> list[object]:
    at_tmdb = film.tmdb_movie
    own = [film.title, film.year, film.rating, film.rating_source, film.viewings_count]
    days = [film.first_watched, film.last_watched, yes(film.liked_on is not None)]
    if at_tmdb is None:
        return [*own, *days, ", ".join(film.sources), *[""] * 6]
    lists = [", ".join(names) for names in (at_tmdb.directors, at_tmdb.genres, at_tmdb.countries)]
    return [*own, *days, ", ".join(film.sources), at_tmdb.pk, at_tmdb.imdb_id, *lists, at_tmdb.runtime]


def _sources(told_by: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(dict.fromkeys(evidence["source"] for evidence in told_by))
