"""A whole library, to take away as JSON: what it says, and all that it follows from, so that it can be read back
(sources/reelkeeper/library_shape.py). What it says is the same in whichever order its imports came."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, cast

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.db.models.functions import MD5

from imports.films.ratings import as_number
from imports.models import HandViewing, ImportSession, LibraryDecision, Ranking, Viewing
from imports.sources.reelkeeper import library_shape as shape
from imports.sources.reelkeeper.versions import LIBRARY_FORMAT, LIBRARY_VERSION
from imports.sources.traits import REVIEWS

from .library_films import FilmWithViewings, Reviewed, films
from .session import part_of_library
from .streams import BATCH, as_json, json_members

CONTENT = ("source_key", "title", "year", "rating", "liked_on", "marked_on", "rated_on", "is_seen", "decision")
ENTRY = ("movie__source_key", "watched_on", "number", "entry_uri", "rating", "rewatch", "tags")


def library_json(user: User) -> Iterator[str]:
    head: shape.LibraryHead = {"format": LIBRARY_FORMAT, "version": LIBRARY_VERSION}
    yield "{" + ",".join(f'\n"{name}": {as_json(value)}' for name, value in head.items())
    yield ',\n"films": ['
    yield from json_members(map(_film, films(user)))
    yield '\n],\n"by_hand": ['
    yield from json_members(map(_by_hand, _told_by_hand(user)))
    yield '\n],\n"rankings": ['
    yield from json_members(map(_ranking, own_rankings(user).iterator(chunk_size=BATCH)))
    yield '\n],\n"decisions": ['
    yield from json_members(map(_decision, user.library_decisions.order_by("decided_at", "pk").iterator(BATCH)))
    yield '\n],\n"imports": ['
    for number, session in enumerate(_imports(user)):
        yield ",\n" if number else "\n"
        yield from part_of_library(session)
    yield "\n]}\n"


def own_rankings(user: User) -> QuerySet[Ranking]:
    """What an import's ratings were once copied to says nothing beside that import, and is no one's own."""
    is_copy = Q(movie__isnull=False, changed_at=None) & ~Q(movie__session__source__in=REVIEWS)
    return user.rankings.exclude(is_copy).select_related("movie__session").order_by("tmdb_movie")


# The conclusion


def _film(film_told: FilmWithViewings) -> shape.Film:
    """The film as our export has it; an iterator stands for its viewings, which are written as they are read."""
    film, viewings = film_told.film, map(_viewing, film_told.viewings)
    at_tmdb = film.tmdb_movie
    return {
        "title": film.title,
        "year": film.year,
        "tmdb_id": film.tmdb_movie_id,
        "imdb_id": (at_tmdb and at_tmdb.imdb_id) or None,
        "is_seen": film.is_seen,
        "rating": as_number(film.rating),
        "rating_source": film.rating_source or None,
        "ratings": [
            {"source": rating["source"], "rating": rating["rating"], "rated_on": rating["on"]}
            for rating in film.ratings
        ],
        "liked": film.liked_on is not None,
        "viewings": cast(list[shape.FilmViewing], viewings),
    }


def _viewing(reviewed: Reviewed) -> shape.FilmViewing:
    viewing = reviewed.viewing
    return {
        "watched_date": viewing.watched_on,
        "rating": as_number(viewing.rating),
        "rewatch": viewing.rewatch,
        "tags": viewing.tags,
        "review": reviewed.review,
        "told_by": [{"source": entry["source"]} for entry in viewing.told_by],
    }


# What it follows from


def _told_by_hand(user: User) -> Iterator[HandViewing]:
    standing = user.hand_viewings.filter(removed_at=None).select_related("tmdb_movie")
    return standing.order_by("tmdb_movie", "watched_on", "key").iterator(chunk_size=BATCH)


def _by_hand(viewing: HandViewing) -> shape.ByHand:
    return {
        "key": viewing.key,
        "tmdb_id": viewing.tmdb_movie_id,
        "title": viewing.tmdb_movie.title,
        "watched_date": viewing.watched_on,
        "rating": as_number(viewing.rating),
        "rewatch": viewing.rewatch,
        "tags": viewing.tags,
        "review": viewing.review,
        "created_at": viewing.created_at,
    }


def _ranking(ranking: Ranking) -> shape.OwnRanking:
    movie = ranking.movie
    added_by: shape.AddedBy | None = None
    if movie is not None:
        added_by = {"source": movie.session.source, "source_key": movie.source_key}
    return {
        "tmdb_id": ranking.tmdb_movie_id,
        "title": ranking.title,
        "year": ranking.year,
        "rating": as_number(ranking.rating),
        "rated_at": ranking.rated_at,
        "changed_at": ranking.changed_at,
        "added_by": added_by,
    }


def _decision(decision: LibraryDecision) -> shape.Decision:
    said = {"watched_date" if name == "watched_on" else name: value for name, value in decision.values.items()}
    values = {name: said[name] for name in sorted(said)}  # the same text, however a database keeps it
    return {
        "kind": decision.kind,
        "refs": decision.refs,
        "values": cast(shape.Values, values),
        "decided_at": decision.decided_at,
        "decided_with": decision.decided_with,
    }


def _imports(user: User) -> list[ImportSession]:
    """In an order that says nothing of when they came: by source, then by what is in them."""
    return sorted(ImportSession.objects.filter(user=user), key=lambda session: (session.source, _fingerprint(session)))


def _fingerprint(session: ImportSession) -> str:
    """The same for the same films and viewings."""
    digest = sha256()
    movies: Any = session.movies.order_by("source_key").values_list(*CONTENT)
    entries = Viewing.objects.filter(movie__session=session)
    viewings: Any = entries.order_by("movie__source_key", "entry_uri", "watched_on", "number").values_list(
        *ENTRY, MD5("review")
    )
    for rows in (movies, viewings):
        for row in rows.iterator(chunk_size=BATCH):
            digest.update(as_json(row).encode())
    return digest.hexdigest()
