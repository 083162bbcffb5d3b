"""What is there to know of a film? Fetch its details, once."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from enrichment.films.records import catalogue_in_use, facts, keep_details
from enrichment.films.references import lookups_of
from enrichment.models import Catalogue, DetailsStatus, TitleLookup, TmdbMovie
from enrichment.questions.asking import ask_again
from enrichment.signals import merged, reopened, settled
from enrichment.tmdb.errors import TMDBGone
from enrichment.tmdb.types import MovieDetails, Tmdb

from .leases import settle


def complete(film: TmdbMovie, tmdb: Tmdb) -> None:
    """Also of a film that is known already: what TMDB tells now takes the place of what it told before."""
    try:
        details = tmdb.details(film.pk)
    except TMDBGone as gone:
        if settings.TMDB.is_sample and film.catalogue == Catalogue.TMDB:
            raise  # it was deleted only where TMDB itself says so
        _bury(film, str(gone))
        return
    if details.tmdb_id != film.pk:
        _merge(film, details)
        return
    with transaction.atomic():
        if _tell(film, details):
            _take_failure_back(film)
            settled.send(TmdbMovie, lookups=[], films=[film.pk])


def _tell(film: TmdbMovie, details: MovieDetails) -> bool:
    values = {name: value for name, value in facts(details).items() if name != "tmdb_id"}
    done = {"details_status": DetailsStatus.DONE, "fetched_at": timezone.now(), "catalogue": catalogue_in_use()}
    return settle(film, **values, **done, error="")


def _bury(film: TmdbMovie, error: str) -> None:
    """TMDB deleted the film: what was matched with it is matched again, without it."""
    with transaction.atomic():
        lookups = list(lookups_of(film.pk).select_for_update(no_key=True))
        if _end(film, error):
            ask_again(lookups)
            settled.send(TmdbMovie, lookups=[], films=[film.pk])


def _merge(film: TmdbMovie, details: MovieDetails) -> None:
    """TMDB made one film of two and answers with the other: whoever had this one has that one from now on."""
    with transaction.atomic():
        lookups = list(lookups_of(film.pk).select_for_update(no_key=True))
        keep_details(details)
        pair = TmdbMovie.objects.filter(pk__in=[film.pk, details.tmdb_id]).order_by("pk").select_for_update(no_key=True)
        other = {row.pk: row for row in pair}[details.tmdb_id]
        if not _end(film, f"merged into {other.pk}"):
            return
        _tell(other, details)
        for lookup in lookups:
            _point_anew(lookup, film.pk, other.pk)
        _take_failure_back(film, other)
        merged.send(TmdbMovie, old=film.pk, new=other.pk)
        settled.send(TmdbMovie, lookups=[lookup.pk for lookup in lookups], films=[film.pk, other.pk])


def _end(film: TmdbMovie, error: str) -> bool:
    return settle(film, details_status=DetailsStatus.GONE, error=error, catalogue=catalogue_in_use())


def _point_anew(lookup: TitleLookup, old: int, new: int) -> None:
    scores: dict[int, Any] = {}  # best first, so of two that are one film now the better counts
    for candidate in lookup.candidates:
        scores.setdefault(new if candidate["id"] == old else candidate["id"], candidate["score"])
    lookup.candidates = [{"id": pk, "score": score} for pk, score in scores.items()]
    lookup.tmdb_movie_id = new if lookup.tmdb_movie_id == old else lookup.tmdb_movie_id
    lookup.save(update_fields=["candidates", "tmdb_movie"])


def _take_failure_back(*films: TmdbMovie) -> None:
    """Whoever took failed details as an answer waits for the answer that comes now."""
    failed = [film.pk for film in films if film.details_status == DetailsStatus.FAILED]
    if failed:
        reopened.send(TmdbMovie, lookups=[], films=failed)
