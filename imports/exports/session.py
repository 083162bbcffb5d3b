"""One import, to take away: our own JSON, which can be read back (sources/reelkeeper/shape.py), and CSVs for people."""

from collections.abc import Iterator
from typing import Any, cast

from enrichment.models import TmdbMovie
from imports.films.ratings import as_number
from imports.models import Decision, ImportSession, Kind, Movie, Ranking, Viewing
from imports.sources.reelkeeper import KIND, shape
from imports.sources.reelkeeper.versions import FORMAT, VERSION
from imports.statistics import kept

from .films import Told, movies
from .streams import BATCH, BOM, as_json, csv_lines, json_members

PROBLEM = tuple(shape.Problem.__annotations__)


def session_json(session: ImportSession) -> Iterator[str]:
    """Everything of it that is the person's; what TMDB tells of the films is there for reading."""
    yield from _head(session)
    yield f',\n"statistics": {as_json(_without_ids(kept.of_session(session)))}'
    yield from _movies(session)


def part_of_library(session: ImportSession) -> Iterator[str]:
    """The same without its statistics, and whether it counts in the library."""
    yield from _head(session)
    yield f',\n"in_library": {as_json(session.in_library)}'
    yield from _movies(session)


def _head(session: ImportSession) -> Iterator[str]:
    # the exports that it was restored from are no part of it: reading one back gives the same export again
    own = [file["name"] for file in session.files if file["kind"] == KIND]
    head: shape.Head = {
        "format": FORMAT,
        "version": VERSION,
        "source": session.source,
        "time_zone": session.time_zone,
        "created_at": session.created_at,
        "found_count": session.found_count,
    }
    yield "{" + ",".join(f'\n"{name}": {as_json(value)}' for name, value in head.items())
    yield ',\n"files": ['
    yield from json_members(file for file in session.files if file["kind"] != KIND)
    yield '\n],\n"problems": ['
    problems = session.problems.exclude(file__in=own).values(*PROBLEM)
    yield from json_members(problems.iterator(chunk_size=BATCH))
    yield "\n]"


def _movies(session: ImportSession) -> Iterator[str]:
    yield ',\n"movies": ['
    yield from json_members(map(_as_json, movies(session)))
    yield "\n]}\n"


def films_csv(session: ImportSession) -> Iterator[str]:
    header = "title year rating watched_date viewings rewatch tags liked_on letterboxd_uri status decision"
    facts = "tmdb_id tmdb_title imdb_id directors genres countries runtime"
    yield BOM
    yield from csv_lines([f"{header} {facts}".split()])
    for movie, viewings, ranking in movies(session, kind=Kind.FILM):
        film, summary = movie.tmdb_movie, viewings.summary
        rating = movie.rating if ranking is None else ranking.rating
        own = [movie.title, movie.year, rating, movie.watched_on, viewings.count, yes(summary.rewatch)]
        own += [", ".join(summary.tags), movie.liked_on, movie.letterboxd_uri, movie.outcome, movie.decision]
        lists = [", ".join(names) for names in (film.directors, film.genres, film.countries)] if film else [""] * 3
        of_film = [film.pk, film.title, film.imdb_id, *lists, film.runtime] if film else [""] * 7
        yield from csv_lines([[*own, *of_film]])


def viewings_csv(session: ImportSession) -> Iterator[str]:
    header = "title year watched_date rating rewatch tags review entry_uri letterboxd_uri tmdb_id tmdb_title"
    yield BOM
    yield from csv_lines([header.split()])
    for movie, viewings, _ in movies(session, kind=Kind.FILM):
        film = movie.tmdb_movie
        of_film = [movie.letterboxd_uri, film.pk if film else "", film.title if film else ""]
        for viewing in viewings:
            own = [viewing.watched_on, viewing.rating, yes(viewing.rewatch), ", ".join(viewing.tags), viewing.review]
            yield from csv_lines([[movie.title, movie.year, *own, viewing.entry_uri, *of_film]])


def _as_json(film: Told) -> shape.Movie:
    """The film as our export has it; an iterator stands for its viewings where they are too many to be held."""
    movie, viewings, ranking = film
    summary, as_told = viewings.summary, map(_viewing, viewings)
    return {
        "title": movie.title,
        "year": movie.year,
        "rating": as_number(movie.rating),
        "watched_date": movie.watched_on,
        "rewatch": summary.rewatch,
        "tags": summary.tags,
        "review": summary.review,
        "letterboxd_uri": movie.letterboxd_uri,
        "source_key": movie.source_key,
        "kind": movie.kind,
        "source_image_url": movie.source_image_url,
        "liked_on": movie.liked_on,
        "marked_on": movie.marked_on,
        "rated_on": movie.rated_on,
        "is_seen": movie.is_seen,
        "viewings": cast(list[shape.Viewing], as_told) if viewings.held is None else list(as_told),
        "status": movie.outcome,
        "tmdb_id": movie.tmdb_movie_id,
        "chosen_by": movie.chosen_by,
        "decision": movie.decision,
        "decided_at": movie.decided_at,
        "decided_with": movie.decided_with,
        "ranking": _ranking(movie, ranking),
        **_facts(movie.tmdb_movie),
    }


def _viewing(viewing: Viewing) -> shape.Viewing:
    return {
        "watched_date": viewing.watched_on,
        "rating": as_number(viewing.rating),
        "rewatch": viewing.rewatch,
        "tags": viewing.tags,
        "review": viewing.review,
        "entry_uri": viewing.entry_uri,
        "number": viewing.number,
    }


def _ranking(movie: Movie, ranking: Ranking | None) -> shape.Ranking | None:
    """What the review added, or found there."""
    is_its_own = ranking is not None and movie.decision == Decision.ADDED and ranking.movie_id == movie.pk
    if ranking is None or not (is_its_own or movie.decision == Decision.ALREADY_RANKED):
        return None
    return {
        "title": ranking.title,
        "year": ranking.year,
        "rating": as_number(ranking.rating),
        "rated_at": ranking.rated_at,
        "changed_at": ranking.changed_at,
    }


def _facts(film: TmdbMovie | None) -> shape.Facts:
    """Null for what is not known."""
    if film is None:
        return cast(shape.Facts, dict.fromkeys(shape.Facts.__annotations__))
    return {
        "tmdb_title": film.title,
        "imdb_id": film.imdb_id or None,
        "original_language": film.original_language or None,
        "country": film.countries[0] if film.countries else None,
        "original_title": film.original_title,
        "release_date": film.release_date,
        "runtime": film.runtime,
        "genres": film.genres,
        "directors": film.directors,
        "cast": film.cast,
        "countries": film.countries,
        "budget": film.budget,
        "revenue": film.revenue,
        "popularity": film.popularity,
        "vote_average": film.vote_average,
        "vote_count": film.vote_count,
    }


def _without_ids(value: Any) -> Any:
    """Rows have other numbers once they are read back."""
    if isinstance(value, dict):
        return {name: _without_ids(part) for name, part in value.items() if name != "id"}
    return list(map(_without_ids, value)) if isinstance(value, list) else value


def yes(value: bool) -> str:
    return "yes" if value else ""
