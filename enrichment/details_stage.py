"""What is there to know of a film? Fetch its details, once."""

from django.db import transaction
from django.utils import timezone

from .films import catalogue_in_use, facts
from .leases import settle
from .models import DetailsStatus, TitleLookup, TmdbMovie
from .services import ask_again
from .signals import settled
from .tmdb.errors import TMDBGone
from .tmdb.types import Tmdb


def complete(film: TmdbMovie, tmdb: Tmdb) -> None:
    try:
        details = tmdb.details(film.pk)
    except TMDBGone as gone:
        _bury(film, str(gone))
        return
    values = facts(details)
    del values["tmdb_id"]  # a merged film answers under its new id; the row is the one that was asked for
    done = {"details_status": DetailsStatus.DONE, "fetched_at": timezone.now(), "catalogue": catalogue_in_use()}
    with transaction.atomic():
        if settle(film, **values, **done, error=""):
            settled.send(TmdbMovie, lookups=[], films=[film.pk])


def _bury(film: TmdbMovie, error: str) -> None:
    """TMDB deleted the film: what was matched with it is matched again, without it."""
    with transaction.atomic():
        lookups = list(TitleLookup.objects.filter(tmdb_movie=film).order_by("pk").select_for_update())
        if settle(film, details_status=DetailsStatus.GONE, error=error, catalogue=catalogue_in_use()):
            ask_again(lookups)
            settled.send(TmdbMovie, lookups=[], films=[film.pk])
