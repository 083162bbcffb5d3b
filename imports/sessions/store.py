"""An import is stored: everything that was read, or nothing. Column by column, as the only writes of many rows."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from enrichment import bulk
from enrichment import queue as enrichment_queue
from enrichment import services as enrichment
from enrichment.models import DetailsStatus
from imports import queue
from imports.models import (
    ChosenBy,
    Decision,
    ImportSession,
    Movie,
    Owner,
    RowProblem,
    SessionStatus,
    Viewing,
    expiry_of,
)
from imports.outcomes import settle
from imports.reconciling import marks
from imports.review import memory
from imports.sources.base import Parsed, ParsedMovie, ParsedViewing, RowNote
from imports.sources.traits import REVIEWS

from . import restore
from .bounds import refuse_too_much
from .delete import Leftovers, end_rows
from .open_review import ReviewOpen, open_review

TRIES = 3


def _make_room(owner: Owner, parsed: Parsed, *, replace: bool) -> Leftovers:
    """For a review: the open one goes, or ReviewOpen is raised. Within the transaction that stores the new one, so
    that a failure leaves the old one; uploads of one person come one after the other."""
    if parsed.source not in REVIEWS or parsed.restored or owner.user is None:
        return Leftovers()
    list(User.objects.filter(pk=owner.user.pk).select_for_update(no_key=True))
    if not replace and (current := open_review(owner.user)):
        raise ReviewOpen(current)
    return end_rows(ImportSession.objects.open_reviews().filter(user=owner.user))


def settle_known(session: ImportSession) -> ImportSession:
    incomplete = session.movies.filter(lookup__tmdb_movie__details_status=DetailsStatus.FAILED)
    enrichment.ask_details_again(incomplete.values_list("lookup__tmdb_movie", flat=True))
    settle.apply(session=session)
    session.refresh_from_db()
    if session.open_count:
        enrichment_queue.wake()
    return session


def store_import(
    owner: Owner, parsed: Parsed, movies: Sequence[ParsedMovie], time_zone: str, *, replace: bool = False
) -> ImportSession:
    """`movies` in the order of their turns. `replace`: a review that is open goes, when this is one. Raises SourceError
    when it is more than an import may hold."""
    refuse_too_much(parsed)
    films = [(turn, movie) for turn, movie in enumerate(movies) if movie.kind == "film"]
    questions = [enrichment.Question(memory.name_of(film), film.year, turn, tuple(film.names)) for turn, film in films]
    for attempt in range(1, TRIES + 1):
        ids = enrichment.get_or_create_lookups(questions)
        lookup_ids = dict(zip((turn for turn, _ in films), ids, strict=True))
        try:
            with transaction.atomic():
                left = _make_room(owner, parsed, replace=replace)
                asked = [lookup_ids.get(turn) for turn in range(len(movies))]
                session = _store_rows(owner, parsed, movies, time_zone, asked)
        except IntegrityError:
            if attempt == TRIES:
                raise
            continue  # another import was deleted just now, and its open questions with it: ask them again
        left.forget()
        if owner.user is not None:
            queue.keep_libraries()
        return session
    raise AssertionError("the last try returns or raises")


def _store_rows(
    owner: Owner, parsed: Parsed, movies: Sequence[ParsedMovie], time_zone: str, lookup_ids: Sequence[int | None]
) -> ImportSession:
    session = _session(owner, parsed, sum(movie.kind == "film" for movie in movies), time_zone)
    if parsed.restored:
        restore.adapt(session, parsed)
    session.expires_at = expiry_of(session)
    session.save(force_insert=True)
    if parsed.notes:
        bulk.insert(RowProblem, problem_columns(session, parsed.notes))
    if not movies:
        return session
    done = restore.columns(movies) if parsed.restored else chosen_before(owner, session, movies)
    bulk.insert(Movie, movie_columns(session, movies, lookup_ids) | done)
    ids = dict(session.movies.values_list("turn", "pk"))
    viewings = [(ids[turn], viewing) for turn, movie in enumerate(movies) for viewing in movie.viewings]
    if viewings:
        bulk.insert(Viewing, viewing_columns(viewings))
    if parsed.restored and owner.user is not None:
        restore.give_back(owner.user, session, movies)
    marks.mark(Movie.objects.filter(session=session))
    return session


def _session(owner: Owner, parsed: Parsed, films: int, time_zone: str) -> ImportSession:
    is_review = parsed.source in REVIEWS
    return ImportSession(
        **owner.fields,
        source=parsed.source,
        status=SessionStatus.ENRICHING if films else SessionStatus.COMPLETED,
        files=[report.as_json() for report in parsed.files],
        total_movies=films,
        time_zone=time_zone,
        link_readable=not is_review,
        closed_at=None if films else timezone.now(),
        entries_count=sum(report.rows for report in parsed.files),
        series_count=sum(report.skipped.get("series", 0) for report in parsed.files),
        found_count=sum(movie.kind == "film" for movie in parsed.movies),
    )


def chosen_before(owner: Owner, session: ImportSession, movies: Sequence[ParsedMovie]) -> dict[str, Sequence[Any]]:
    """What the person chose for these titles in an earlier import is taken as chosen in this one."""
    if owner.user is None:
        return {}
    keys = [memory.key_of(movie) for movie in movies]
    chosen = {key: film for key, film in memory.remembered(owner.user, keys).items() if film is not None}
    films = [chosen.get(key) if movie.kind == "film" else None for key, movie in zip(keys, movies, strict=True)]
    if not session.is_review:
        enrichment.ask_details({film: turn for turn, film in enumerate(films) if film})
    return {"tmdb_movie_id": films, "chosen_by": [ChosenBy.PERSON if film else ChosenBy.NOBODY for film in films]}


# Column by column, because these are the only writes of many rows: see enrichment.bulk


def movie_columns(
    session: ImportSession, movies: Sequence[ParsedMovie], lookup_ids: Sequence[int | None]
) -> dict[str, Sequence[Any]]:
    return {
        "session_id": [session.pk] * len(movies),
        "title": [movie.title for movie in movies],
        "source_key": [movie.source_key for movie in movies],
        "year": [movie.year for movie in movies],
        "letterboxd_uri": [movie.uri for movie in movies],
        "rating": [movie.rating for movie in movies],
        "watched_on": [movie.watched_on for movie in movies],
        "liked_on": [movie.liked_on for movie in movies],
        "marked_on": [movie.marked_on for movie in movies],
        "rated_on": [movie.rated_on for movie in movies],
        "is_seen": [movie.is_seen for movie in movies],
        "kind": [movie.kind for movie in movies],
        "source_image_url": [movie.image_url for movie in movies],
        "decision": [_first_decision(session, movie) for movie in movies],
        "lookup_id": lookup_ids,
        "turn": range(len(movies)),
    }


def _first_decision(session: ImportSession, movie: ParsedMovie) -> str:
    if not session.is_review:
        return Decision.NONE
    return Decision.PENDING if movie.kind == "film" else Decision.NOT_A_FILM


def viewing_columns(viewings: Sequence[tuple[int, ParsedViewing]]) -> dict[str, Sequence[Any]]:
    same = ("watched_on", "rating", "rewatch", "tags", "review", "entry_uri", "number")
    columns: dict[str, Sequence[Any]] = {name: [getattr(viewing, name) for _, viewing in viewings] for name in same}
    return columns | {"movie_id": [movie_id for movie_id, _ in viewings]}


def problem_columns(session: ImportSession, notes: Sequence[RowNote]) -> dict[str, Sequence[Any]]:
    same = ("file", "line", "kind", "reason", "detail")
    columns: dict[str, Sequence[Any]] = {name: [getattr(note, name) for note in notes] for name in same}
    return columns | {"session_id": [session.pk] * len(notes)}
