"""What an import has put into its owner's library, and taking that back. The import stays."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Q

from imports.films.locking import lock_import
from imports.models import ImportSession, Ranking


@dataclass(frozen=True)
class InLibrary:
    """How the rated films of an import stand in a library."""

    put_in: int  # by this import, and still there
    changed: int  # of these: changed by hand since, so that they stay
    more: int  # rated films with a match that the library lacks

    @property
    def can_be_taken_back(self) -> bool:
        return self.put_in > self.changed


def in_library(session: ImportSession, user: User) -> InLibrary:
    own = Ranking.objects.filter(user=user)
    counts = own.filter(movie__session=session).aggregate(
        put_in=Count("pk"), changed=Count("pk", filter=Q(changed_at__isnull=False))
    )
    rated = session.movies.filter(rating__isnull=False, tmdb_movie__isnull=False)
    lacking = rated.exclude(tmdb_movie__in=own.values("tmdb_movie"))
    return InLibrary(**counts, more=lacking.aggregate(n=Count("tmdb_movie", distinct=True))["n"])


@dataclass(frozen=True)
class TakenBack:
    removed: int
    kept: int  # changed by hand since


def take_back(session: ImportSession, user: User, *, since: datetime | None = None) -> TakenBack:
    """Remove the rankings that this import put in (`since` then), but for those that were changed by hand. Raises
    ImportSession.DoesNotExist when it was deleted meanwhile."""
    put_in: dict[str, Any] = {"user": user, "movie__session": session}
    if since is not None:
        put_in["created_at__gte"] = since
    with transaction.atomic():
        lock_import(session.pk)  # as whoever changes a ranking does
        rankings = Ranking.objects.filter(**put_in)
        kept = rankings.filter(changed_at__isnull=False).count()
        removed, _ = rankings.filter(changed_at=None).delete()
    return TakenBack(removed, kept)
