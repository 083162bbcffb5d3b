"""Writes: start an import, delete it."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from enrichment import bulk
from enrichment import queue as enrichment_queue
from enrichment import services as enrichment

from . import answers
from .access import Owner, expiry
from .models import ImportSession, Movie, RowProblem, SessionStatus, Source, Viewing
from .sources import read
from .sources.base import Parsed, ParsedMovie, ParsedViewing, RowNote, Upload

TRIES = 3


def start_import(
    owner: Owner, uploads: Sequence[Upload], *, time_zone: str = "UTC", ask: bool = False
) -> ImportSession:
    """Read the files, store all of it or nothing, settle what the instance knows already, and queue the rest.
    Raises SourceError when the files can't be taken; with `ask`, RoleNeeded when only the person can tell a file."""
    parsed = read(uploads, max_bytes=settings.MAX_UPLOAD_BYTES, ask=ask)
    session = _store(owner, parsed, time_zone)
    answers.apply(session=session)
    session.refresh_from_db()
    if not session.is_done:
        enrichment_queue.wake()
    return session


def delete_import(session: ImportSession) -> None:
    """Delete it with all that is in it, and let go of questions that nobody else asks."""
    with transaction.atomic():
        lookups = list(Movie.objects.filter(session=session, settled_at=None).values_list("lookup_id", flat=True))
        Viewing.objects.filter(movie__session=session).delete()
        session.delete()
        enrichment.forget_unneeded(lookups)


def _store(owner: Owner, parsed: Parsed, time_zone: str) -> ImportSession:
    questions = [enrichment.Question(movie.title, movie.year, turn) for turn, movie in enumerate(parsed.movies)]
    for attempt in range(1, TRIES + 1):
        lookup_ids = enrichment.get_or_create_lookups(questions)
        try:
            return _store_rows(owner, parsed, time_zone, lookup_ids)
        except IntegrityError:
            if attempt == TRIES:
                raise
            # another import was deleted just now, and its open questions with it: ask them again
    raise AssertionError("the last try returns or raises")


@transaction.atomic
def _store_rows(owner: Owner, parsed: Parsed, time_zone: str, lookup_ids: Sequence[int]) -> ImportSession:
    is_empty = not parsed.movies
    session = ImportSession.objects.create(
        **owner.fields,
        source=parsed.source,
        status=SessionStatus.COMPLETED if is_empty else SessionStatus.ENRICHING,
        files=[report.as_json() for report in parsed.files],
        total_movies=len(parsed.movies),
        time_zone=time_zone,
        link_readable=parsed.source == Source.LETTERBOXD,
        expires_at=expiry(has_account=owner.user is not None),
        closed_at=timezone.now() if is_empty else None,
    )
    if is_empty:
        return session
    bulk.insert(Movie, _movie_columns(session, parsed.movies, lookup_ids))
    ids = dict(session.movies.values_list("turn", "pk"))
    viewings = [(ids[turn], viewing) for turn, movie in enumerate(parsed.movies) for viewing in movie.viewings]
    if viewings:
        bulk.insert(Viewing, _viewing_columns(viewings))
    if parsed.notes:
        bulk.insert(RowProblem, _problem_columns(session, parsed.notes))
    return session


# Column by column, because these are the only writes of many rows: see enrichment.bulk


def _movie_columns(
    session: ImportSession, movies: Sequence[ParsedMovie], lookup_ids: Sequence[int]
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
        "lookup_id": lookup_ids,
        "turn": range(len(movies)),
    }


def _viewing_columns(viewings: Sequence[tuple[int, ParsedViewing]]) -> dict[str, Sequence[Any]]:
    same = ("watched_on", "rating", "rewatch", "tags", "review", "entry_uri", "number")
    columns: dict[str, Sequence[Any]] = {name: [getattr(viewing, name) for _, viewing in viewings] for name in same}
    return columns | {"movie_id": [movie_id for movie_id, _ in viewings]}


def _problem_columns(session: ImportSession, notes: Sequence[RowNote]) -> dict[str, Sequence[Any]]:
    same = ("file", "line", "kind", "reason", "detail")
    columns: dict[str, Sequence[Any]] = {name: [getattr(note, name) for note in notes] for name in same}
    return columns | {"session_id": [session.pk] * len(notes)}
