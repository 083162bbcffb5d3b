"""An import is deleted, with all that is in it and what only it needed."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from enrichment import services as enrichment
from imports.models import ImportSession, ImportSessionQuerySet, Movie, ShareLink, Viewing
from imports.reconciling import marks
from imports.review import decisions
from imports.sharing import previews


def delete_import(session: ImportSession) -> None:
    """Delete it with all that is in it, and let go of questions that nobody else asks."""
    _delete(ImportSession.objects.filter(pk=session.pk))


def undo_import(session: ImportSession) -> decisions.Undone:
    """Take back all that it added to the library, and delete it: both or neither. Raises decisions.ImportGone."""
    with transaction.atomic():
        undone = decisions.undo_import(session)
        left = delete_rows(ImportSession.objects.filter(pk=session.pk))
    left.forget()
    return undone


def delete_expired(session_id: UUID) -> bool:
    """Delete this import if its time is still over: it may have been opened just now, or deleted by someone else.
    Returns whether it went."""
    return _delete(ImportSession.objects.expired().filter(pk=session_id))


def _delete(rows: ImportSessionQuerySet) -> bool:
    with transaction.atomic():
        left = delete_rows(rows)
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
