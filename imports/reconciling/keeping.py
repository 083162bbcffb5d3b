"""A library is kept in rows: what changed is reconciled, a portion of films in a transaction, until nothing is left to
be seen to. What a crash leaves undone stands in LibraryChange, and is done the next time."""

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F, Min, Q, QuerySet
from django.db.models.functions import ExtractYear, Left
from django.utils import timezone

from imports.models import Library, LibraryChange, LibraryFilm

from . import evidence, keys, marks
from .rows import TITLE_LENGTH, write

PORTION = 5_000  # films in one transaction: about a second
AT_ONCE = 3_000  # changes that a page waits for: about a second's work


def up_to_date(user: User) -> bool:
    """Bring a library up to date where that takes no longer than a page may; False: it is still being put together by
    the cluster, and what is there so far can be shown."""
    waiting = list(_changes(user).values_list("key", flat=True)[: AT_ONCE + 1])
    if not waiting:
        return True
    if len(waiting) > AT_ONCE or (keys.EVERYTHING in waiting and len(evidence.keys_of(user)) > AT_ONCE):
        return False
    catch_up(user)
    return True


def catch_up(user: User, has_time: Callable[[], bool] = lambda: True) -> bool:
    """Reconcile what changed, portion by portion while there is time. Returns whether nothing is left."""
    ensure_library(user)
    while has_time():
        if not _reconcile_a_portion(user):
            return True
    return not _changes(user).exists()


def ensure_library(user: User) -> None:
    """Have a row to lock; an account that was deleted just now gets none."""
    with suppress(IntegrityError):
        Library.objects.get_or_create(user=user)


def is_anyone_behind() -> bool:
    return LibraryChange.objects.exists()


def people_with_changes() -> Iterator[User]:
    """Those whose libraries are behind, the longest waiting first."""
    waiting = LibraryChange.objects.order_by().values("user").annotate(first=Min("pk")).order_by("first")
    for row in list(waiting):
        if user := User.objects.filter(pk=row["user"]).first():
            yield user


def recompute(user: User) -> None:
    """Have every film of a library reconciled anew."""
    marks.mark_all([user.pk])
    catch_up(user)


class _Undone(Exception):
    """Ends a transaction without a trace."""


def drifts(user: User, *, mends: bool = False) -> set[str]:
    """The keys of the films whose rows are not what follows from what tells of them, though nothing is noted as
    changed: whoever changed it forgot to mark it. With `mends` they are put right."""
    catch_up(user)
    drifted: set[str] = set()
    with suppress(_Undone), transaction.atomic():
        Library.objects.select_for_update().get(user=user)
        drifted = _reconcile(user, evidence.keys_of(user))
        waiting = set(_changes(user).values_list("key", flat=True))  # what came while this was read
        drifted = set() if keys.EVERYTHING in waiting else drifted - waiting
        if not mends:
            raise _Undone
        if drifted:
            Library.objects.filter(user=user).update(revision=F("revision") + 1)
    return drifted


def people() -> QuerySet[User]:
    """Everyone who has a library, or should have one."""
    has_any = Q(library__isnull=False) | Q(import_sessions__isnull=False) | Q(rankings__isnull=False)
    return User.objects.filter(has_any | Q(hand_viewings__isnull=False)).order_by("pk").distinct()


def mark_renamed(tmdb_ids: Collection[int] | None = None) -> None:
    """Of these films, or of all: those that TMDB calls otherwise now than libraries do are looked at again."""
    of_films = Q() if tmdb_ids is None else Q(tmdb_movie__in=tmdb_ids)
    is_other = ~Q(title=Left("tmdb_movie__title", TITLE_LENGTH)) | ~Q(year=ExtractYear("tmdb_movie__release_date"))
    renamed = LibraryFilm.objects.filter(of_films, is_other).exclude(tmdb_movie__title="").order_by()
    for user_id, tmdb_id in renamed.values_list("user_id", "tmdb_movie_id").iterator(chunk_size=PORTION):
        marks.mark_films([user_id], [tmdb_id])


def _changes(user: User) -> QuerySet[LibraryChange]:
    return LibraryChange.objects.filter(user=user).order_by("pk")


def _reconcile_a_portion(user: User) -> bool:
    """False: there was nothing to do."""
    with transaction.atomic():
        library = Library.objects.select_for_update().filter(user=user).first()  # one at a time for each person
        changes = list(_changes(user).values_list("pk", "key")[:PORTION])
        if library is None or not changes:  # without a library: the account was deleted just now
            return False
        seen_to = LibraryChange.objects.filter(pk__in=[pk for pk, _ in changes])
        names = {key for _, key in changes}
        if keys.EVERYTHING in names:  # each of them in its turn
            seen_to.filter(key=keys.EVERYTHING).delete()
            marks.mark_keys(user.pk, evidence.keys_of(user))
            return True
        # before anything is read: what changes from now on brings a row of its own
        seen_to.delete()
        is_changed = int(bool(_reconcile(user, names)))
        Library.objects.filter(pk=library.pk).update(revision=F("revision") + is_changed, reconciled_at=timezone.now())
    return True


def _reconcile(user: User, names: Collection[str]) -> set[str]:
    """Make the rows of these films say what follows from what tells of them now. Returns the keys of what changed."""
    films = evidence.read(user, names)
    return write(user, names, films, evidence.decisions_of(user.pk))
