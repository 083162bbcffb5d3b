"""An import and its films, locked and read anew before anything is judged by them: first the import, then its films by
their keys (ADR 4). Within a transaction only. Where the database locks as a whole, it is locked already."""

from uuid import UUID

from django.db.models import Q

from imports.models import ImportSession, Movie


def lock_import(session_id: UUID) -> ImportSession:
    """The import as it stands until the transaction ends. Raises ImportSession.DoesNotExist: deleted meanwhile."""
    # no_key: a row that only points here need not wait
    return ImportSession.objects.select_for_update(no_key=True).get(pk=session_id)


def lock_films(session: ImportSession, which: Q) -> list[Movie]:
    """These films of a locked import as they stand, with their questions and matches."""
    films = session.movies.filter(which).select_related("lookup", "tmdb_movie").order_by("pk")
    locked = list(films.select_for_update(of=("self",), no_key=True))
    for movie in locked:
        movie.session = session
    return locked


def lock_film(session_id: UUID, movie_id: int) -> Movie:
    """One film as it stands, after its import. Raises ImportSession.DoesNotExist, Movie.DoesNotExist."""
    films = lock_films(lock_import(session_id), Q(pk=movie_id))
    if not films:
        raise Movie.DoesNotExist
    return films[0]
