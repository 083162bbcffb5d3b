"""An import or a review is started: files are read, told apart, stored, and what is known here is settled at once."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.models import User

from imports.models import ImportSession, Owner
from imports.outcomes import settle
from imports.review import memory
from imports.sources import reading
from imports.sources.base import Parsed, ParsedMovie, SourceError, Upload
from imports.sources.refusals import refusal
from imports.sources.traits import REVIEWS

from . import restore
from .open_review import ReviewOpen, open_review
from .restore_library import RestoredLibrary, restore_library
from .store import settle_known, store_import

COLUMNS_OF_REVIEW = "Date Watched, Type, Title"
MAX_REVIEW = 500  # films at a time


def start_import(
    owner: Owner, uploads: Sequence[Upload], *, time_zone: str = "UTC", ask: bool = False
) -> ImportSession:
    """Read a Letterboxd export, store all of it or nothing, settle what the instance knows already, queue the rest.
    An export of our own comes back as the import that it was.
    Raises SourceError when the files can't be taken; with `ask`, RoleNeeded when only the person can tell a file."""
    with reading(uploads, max_bytes=settings.MAX_UPLOAD_BYTES, ask=ask) as parsed:
        return _start(owner, parsed, time_zone)


def take_in(
    owner: Owner, uploads: Sequence[Upload], *, time_zone: str = "UTC", ask: bool = False
) -> ImportSession | RestoredLibrary:
    """As start_import, and an export of a whole library comes back as that."""
    with reading(uploads, max_bytes=settings.MAX_UPLOAD_BYTES, ask=ask) as parsed:
        return _restore_library(owner, parsed) if parsed.library else _start(owner, parsed, time_zone)


def start_review(user: User, uploads: Sequence[Upload], *, time_zone: str = "UTC", replace: bool) -> ImportSession:
    """Read an Amazon Prime Video history and open a review of at most MAX_REVIEW films, stored whole or not at all.
    A person has one open review: raises ReviewOpen when there is one and `replace` is false; SourceError as
    start_import."""
    try:
        with reading(uploads, max_bytes=settings.MAX_UPLOAD_BYTES, time_zone=time_zone) as parsed:
            if parsed.library:
                raise refusal("library_elsewhere", parsed.files[-1].name)
            if parsed.source not in REVIEWS:
                raise refusal("letterboxd_elsewhere", parsed.files[-1 if parsed.restored else 0].name)
            return _bring_in(user, parsed, time_zone, replace=replace)
    except SourceError as error:
        if error.params.get("is_unknown"):  # nobody sent it for Letterboxd's, whose columns it lacks
            raise refusal("columns_missing", error.file, columns=COLUMNS_OF_REVIEW) from error
        raise


def start_any(
    user: User, uploads: Sequence[Upload], *, time_zone: str = "UTC", replace: bool
) -> ImportSession | RestoredLibrary:
    """Start an import or a review, or bring back an export of ours, by what the files are. Raises SourceError and
    ReviewOpen."""
    with reading(uploads, max_bytes=settings.MAX_UPLOAD_BYTES, time_zone=time_zone) as parsed:
        if parsed.library:
            return _restore_library(Owner(user=user), parsed)
        return _bring_in(user, parsed, time_zone, replace=replace)


def _bring_in(user: User, parsed: Parsed, time_zone: str, *, replace: bool) -> ImportSession:
    if parsed.restored:
        return _restore(Owner(user=user), parsed)
    if parsed.source not in REVIEWS:
        return settle_known(store_import(Owner(user=user), parsed, parsed.movies, time_zone))
    if not replace and (current := open_review(user)):
        raise ReviewOpen(current)  # before the work; it is looked at again under the person's lock
    others = [movie for movie in parsed.movies if movie.kind != "film"]
    queue = [*review_queue(user, parsed.movies), *others]
    session = store_import(Owner(user=user), parsed, queue, time_zone, replace=replace)
    try:
        return settle_known(session)
    except ImportSession.DoesNotExist:
        if (another := open_review(user)) is None:
            raise
        raise ReviewOpen(another) from None  # an upload of the same moment has replaced this one


def restore_export(owner: Owner, upload: Upload) -> ImportSession | RestoredLibrary:
    """An export of our own, of an import or of a library, and nothing else. Raises SourceError."""
    with reading([upload], max_bytes=settings.MAX_UPLOAD_BYTES, only_ours=True) as parsed:
        return _restore_library(owner, parsed) if parsed.library else _restore(owner, parsed)


def review_queue(user: User, movies: Sequence[ParsedMovie]) -> list[ParsedMovie]:
    """The films to review, newest watched first, at most MAX_REVIEW. Those decided before come last; those that are
    ranked come after the rest and over the limit, so that the same file again goes on where the last one ended."""
    films = [movie for movie in movies if movie.kind == "film"]
    keys = [memory.key_of(film) for film in films]
    remembered = memory.remembered(user, keys)
    ranked = memory.ranked_keys(user, keys, remembered)
    new = [film for film, key in zip(films, keys, strict=True) if key not in remembered and key not in ranked]
    again = [film for film, key in zip(films, keys, strict=True) if key in remembered and key not in ranked]
    left_out = [film for film, key in zip(films, keys, strict=True) if key in ranked]
    return [*(new + again)[:MAX_REVIEW], *left_out]


def _start(owner: Owner, parsed: Parsed, time_zone: str) -> ImportSession:
    if parsed.library:
        raise refusal("library_elsewhere", parsed.files[-1].name)
    if parsed.restored:
        return _restore(owner, parsed)
    if parsed.source in REVIEWS:
        raise refusal("prime_elsewhere", parsed.files[0].name)
    return settle_known(store_import(owner, parsed, parsed.movies, time_zone))


def _restore_library(owner: Owner, parsed: Parsed) -> RestoredLibrary:
    if owner.user is None or parsed.library is None:
        raise refusal("library_is_a_persons", parsed.files[-1].name)
    return restore_library(owner.user, parsed.library)


def _restore(owner: Owner, parsed: Parsed) -> ImportSession:
    """The import that an export of ours tells of, finished if it was a review: there is one open at a time."""
    if parsed.source in REVIEWS and owner.user is None:
        raise refusal("export_is_a_persons", parsed.files[-1].name)
    session = store_import(owner, parsed, parsed.movies, restore.time_zone(parsed))
    settle.complete(session.pk)
    return settle_known(session)
