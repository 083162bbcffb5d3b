"""A newer export of the same account, read onto an import that is there: adds what is new, changes what has changed,
and takes nothing away. What the person chose or decided stays."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from enrichment import bulk
from enrichment import services as enrichment
from enrichment.batches import SIZE
from imports.models import ImportSession, Movie, Owner, RowProblem, Viewing
from imports.outcomes import settle
from imports.reconciling import marks
from imports.review import memory
from imports.sources import MAX_FILMS, reading
from imports.sources.base import Parsed, Upload
from imports.sources.refusals import refusal

from .bounds import refuse_too_much, refuse_too_much_more
from .compare import FILM_FIELDS, VIEWING_FIELDS, Changes, Newer
from .same_account import History, doubt
from .store import TRIES, chosen_before, movie_columns, problem_columns, settle_known, viewing_columns


def update_import(
    session: ImportSession, uploads: Sequence[Upload], *, ask: bool = False, is_sure: bool = False
) -> Changes:
    """All of it or nothing, and the same file again changes nothing. Raises SourceError when the files can't be taken,
    or seem to be another account's (unless the person `is_sure`); with `ask`, RoleNeeded when only the person can tell
    a file."""
    if not session.can_be_updated:
        raise refusal("update_of_review")
    with reading(uploads, max_bytes=settings.MAX_UPLOAD_BYTES, ask=ask) as parsed:
        return _update_by(session, parsed, is_sure=is_sure)


def _update_by(session: ImportSession, parsed: Parsed, *, is_sure: bool) -> Changes:
    if parsed.is_ours:
        raise refusal("update_by_export", parsed.files[-1].name)
    if parsed.source != session.source:
        raise refusal("update_by_prime", parsed.files[0].name)
    refuse_too_much(parsed)
    if not is_sure:
        _refuse_anothers(session, parsed)
    changes = _try_to_update(session, parsed)
    session.refresh_from_db()
    settle_known(session)
    return changes


def _refuse_anothers(session: ImportSession, parsed: Parsed) -> None:
    viewings = Viewing.objects.filter(movie__session=session).exclude(entry_uri="")
    rated = session.movies.exclude(rating=None)
    known = History(
        entries=dict(viewings.values_list("entry_uri", "watched_on")),
        ratings={key: rating for key, rating in rated.values_list("source_key", "rating") if rating is not None},
    )
    newer = History(
        entries={v.entry_uri: v.watched_on for movie in parsed.movies for v in movie.viewings if v.entry_uri},
        ratings={movie.source_key: movie.rating for movie in parsed.movies if movie.rating is not None},
    )
    reason = doubt(known, newer)
    if reason is not None:
        raise refusal("another_account", parsed.files[0].name, **asdict(reason))


def _try_to_update(session: ImportSession, parsed: Parsed) -> Changes:
    for _ in range(1, TRIES):
        try:
            return _update(session, parsed)
        except IntegrityError:
            # a question was let go of just now with another import, or another update came first: look again
            continue
    return _update(session, parsed)


def _update(session: ImportSession, parsed: Parsed) -> Changes:
    planned = Newer(session, parsed)
    new = planned.new
    if session.total_movies + len(new) > MAX_FILMS:
        raise refusal("too_many_films", parsed.files[0].name, most=MAX_FILMS)
    new_viewings = [viewing for movie in new for viewing in movie.viewings]
    refuse_too_much_more(session, parsed, new, [*new_viewings, *(viewing for _, viewing in planned.viewings)])
    # questions and films are locked before imports
    questions = [enrichment.Question(memory.name_of(movie), movie.year, turn) for turn, movie in enumerate(new)]
    keys = [movie.source_key for movie in new]
    lookups = dict(zip(keys, enrichment.get_or_create_lookups(questions), strict=True))
    chosen = chosen_before(Owner(user=session.user), session, new)
    with transaction.atomic():
        settle.lock(session.pk)
        newer = Newer(session, parsed)
        if [movie.source_key for movie in newer.new] != keys:
            raise IntegrityError("another update came first")
        if not newer.changes.are_none:
            _store(session, newer, lookups, chosen)
        if newer.notes_of_gone:
            bulk.insert(RowProblem, problem_columns(session, newer.notes_of_gone))
    return newer.changes


def _store(session: ImportSession, newer: Newer, lookups: dict[str, int], chosen: dict[str, Sequence[Any]]) -> None:
    viewings = list(newer.viewings)
    if newer.new:
        # what is new was watched last, so it comes first
        session.movies.update(turn=F("turn") + len(newer.new))
        ids = [lookups[movie.source_key] for movie in newer.new]
        bulk.insert(Movie, movie_columns(session, newer.new, ids) | chosen)
        pks = dict(session.movies.filter(turn__lt=len(newer.new)).values_list("turn", "pk"))
        viewings += [(pks[turn], viewing) for turn, movie in enumerate(newer.new) for viewing in movie.viewings]
    Movie.objects.bulk_update(newer.changed_films, FILM_FIELDS, batch_size=SIZE)
    Viewing.objects.bulk_update(newer.changed_viewings, VIEWING_FIELDS, batch_size=SIZE)
    if viewings:
        bulk.insert(Viewing, viewing_columns(viewings))
    if newer.notes:
        bulk.insert(RowProblem, problem_columns(session, newer.notes))
    _mark(session, newer)
    _tell(session, newer)


def _mark(session: ImportSession, newer: Newer) -> None:
    changed = {movie.pk for movie in newer.changed_films} | {viewing.movie_id for viewing in newer.changed_viewings}
    changed |= {movie_id for movie_id, _ in newer.viewings}
    is_changed = Q(pk__in=changed) | Q(turn__lt=len(newer.new))  # what is new stands first
    marks.mark(session.movies.filter(is_changed))


def _tell(session: ImportSession, newer: Newer) -> None:
    """The import's own row: its files, and that it waits for the films that are new."""
    files = ImportSession.objects.values_list("files", flat=True).get(pk=session.pk)
    ImportSession.objects.filter(pk=session.pk).update(
        files=[*files, *(report.as_json() for report in newer.reports)],
        entries_count=F("entries_count") + sum(report.rows for report in newer.reports),
        revision=F("revision") + 1,
    )
    if newer.new:
        settle.expect_more(session.pk, len(newer.new))
