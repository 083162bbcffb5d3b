"""An import is deleted, with all that is in it and what only it needed."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from enrichment import services as enrichment
from imports.models import Decision, ImportSession, ImportSessionQuerySet, Movie, ShareLink, Viewing
from imports.outcomes import settle
from imports.reconciling import marks
from imports.review import decisions
from imports.sharing import previews

IN_LIBRARY = (Decision.ADDED, Decision.ALREADY_RANKED, Decision.SAME_FILM)


def delete_import(session: ImportSession) -> None:
    """Delete it with all that is in it, and let go of questions that nobody else asks."""
    with transaction.atomic():
        left = delete_rows(ImportSession.objects.filter(pk=session.pk))
    left.forget()


def undo_import(session: ImportSession) -> decisions.Undone:
    """Take back all that it added to the library, and delete it: both or neither. Raises decisions.ImportGone."""
    with transaction.atomic():
        undone = decisions.undo_import(session)
        left = delete_rows(ImportSession.objects.filter(pk=session.pk))
    left.forget()
    return undone


def delete_expired(session_id: UUID) -> bool:
    """Delete this import if its time is still over: it may have been opened just now, or deleted by someone else. What
    was added in a review stays. Returns whether it went."""
    with transaction.atomic():
        left = end_rows(ImportSession.objects.expired().filter(pk=session_id))
    left.forget()
    return left.is_deleted


@dataclass
class Leftovers:
    """What a deleted import leaves, to be seen to when its transaction is over: whoever settles a question locks it
    before the import."""

    is_deleted: bool = False
    lookups: set[int] = field(default_factory=set)
    links: list[ShareLink] = field(default_factory=list)

    def forget(self) -> None:
        enrichment.forget_unneeded(self.lookups)
        for link in self.links:
            previews.forget(link)


def end_rows(rows: ImportSessionQuerySet) -> Leftovers:
    """Delete an import whose time is over, or whose place another takes. Of an open review what its person added is in
    their library, and stays as an import that is done; the rest of it is dropped."""
    session = rows.select_for_update().first()
    if session is None:
        return Leftovers()
    if session.is_open_review:
        settle.sort_out(session.pk)  # what was rated elsewhere meanwhile is theirs
    added = session.movies.filter(decision__in=IN_LIBRARY)
    if not session.is_open_review or not added.filter(decision=Decision.ADDED).exists():
        return delete_rows(rows)
    dropped = session.movies.exclude(pk__in=added.values("pk"))
    left = Leftovers(True, set(dropped.filter(lookup__isnull=False).values_list("lookup_id", flat=True)))
    Viewing.objects.filter(movie__in=dropped).delete()
    dropped.delete()
    settle.close_with_what_is_left(session)
    return left


def delete_rows(rows: ImportSessionQuerySet) -> Leftovers:
    session = rows.select_for_update().first()  # locked before its films, as whoever settles one does
    if session is None:
        return Leftovers()
    films = Movie.objects.filter(session=session, lookup__isnull=False)
    left = Leftovers(True, set(films.values_list("lookup_id", flat=True)), list(session.share_links.all()))
    marks.mark(Movie.objects.filter(session=session))
    Viewing.objects.filter(movie__session=session).delete()
    session.delete()
    return left
