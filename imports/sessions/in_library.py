"""Whether an import is in its owner's library: a partner's export is left out."""

from django.db import transaction
from django.db.models import F

from imports.films.locking import lock_import
from imports.models import ImportSession
from imports.reconciling import marks


def put(session: ImportSession, is_in: bool) -> None:
    """Take it into the library, or leave it out. Raises ImportSession.DoesNotExist when it was deleted meanwhile."""
    with transaction.atomic():
        standing = lock_import(session.pk)
        if standing.in_library == is_in:
            return
        ImportSession.objects.filter(pk=session.pk).update(in_library=is_in, revision=F("revision") + 1)
        marks.mark(standing.movies.all())
