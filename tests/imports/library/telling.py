"""A person with evidence, for the tests of their diary."""

from datetime import date
from typing import Any

from django.contrib.auth.models import User

from enrichment.models import TmdbMovie
from imports.models import ImportSession, Source
from imports.reconciling import marks
from tests.factories import ImportSessionFactory, MovieFactory, TmdbMovieFactory, ViewingFactory


def import_of(person: User, source: str = Source.LETTERBOXD) -> ImportSession:
    session: ImportSession = ImportSessionFactory(
        user=person, browser_key="", source=source, link_readable=source == Source.LETTERBOXD
    )
    return session


def told(session: ImportSession, film: TmdbMovie | str, *days: date | None, **values: Any) -> TmdbMovie:
    """The import tells of the film on these days; without any, that it was seen."""
    if isinstance(film, str):
        film = TmdbMovieFactory(title=film, done=True, release_date=date(2001, 1, 1))
    newest = max((day for day in days if day), default=None)
    movie = MovieFactory(session=session, matched=True, tmdb_movie=film, watched_on=newest)
    for day in days:
        ViewingFactory(movie=movie, watched_on=day, **values)
    assert session.user_id
    marks.mark_films([session.user_id], [film.pk])
    return film
