"""Something new is told of a film: noted as a row, in the transaction that told it. Whoever changes what a library
follows from marks it; `manage.py check_library` finds whoever forgot."""

from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from enrichment import bulk
from imports.models import Kind, LibraryChange, Movie

from . import keys

MOST = 2_000  # films told one by one; of more, all are looked at


def mark(movies: QuerySet[Movie]) -> None:
    """These films of people's imports have changed, or will be gone: called before what they are matched with changes,
    and after. Those of a browser are in no library."""
    rows = movies.filter(session__user__isnull=False, kind=Kind.FILM).order_by()
    names = rows.values_list("session__user_id", "tmdb_movie_id", "lookup__title_key", "lookup__year")
    changes: set[tuple[int, str]] = set()
    for user_id, tmdb_id, title_key, year in names.iterator(chunk_size=MOST):
        changes.add((user_id, keys.of_title(title_key, year)))
        if tmdb_id is not None:
            changes.add((user_id, keys.of_film(tmdb_id)))
        if len(changes) > MOST:
            mark_all(rows.values_list("session__user_id", flat=True).distinct())
            return
    _insert(changes)


def mark_films(user_ids: Iterable[int], tmdb_ids: Collection[int]) -> None:
    _insert({(user_id, keys.of_film(tmdb_id)) for user_id in user_ids for tmdb_id in tmdb_ids})


def mark_keys(user_id: int, film_keys: Iterable[str]) -> None:
    _insert({(user_id, key) for key in film_keys})


def mark_all(user_ids: Iterable[int]) -> None:
    """Every film of these people."""
    _insert({(user_id, keys.EVERYTHING) for user_id in user_ids})


def _insert(changes: Collection[tuple[int, str]]) -> None:
    in_order = sorted(changes, key=lambda change: (change[0], keys.in_order(change[1])))
    if in_order:
        columns: dict[str, list[object]] = {
            "user_id": [user_id for user_id, _ in in_order],
            "key": [key for _, key in in_order],
        }
        bulk.insert(LibraryChange, columns)
