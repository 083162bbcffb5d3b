"""What TMDB told us of films, kept."""

from collections.abc import Iterable
from dataclasses import asdict

from django.conf import settings
from django.utils import timezone

from .models import Catalogue, DetailsStatus, TmdbMovie
from .tmdb.types import MovieDetails, SearchHit


def catalogue_in_use() -> Catalogue:
    return Catalogue.SAMPLE if settings.TMDB.is_sample else Catalogue.TMDB


def keep_hits(hits: Iterable[SearchHit]) -> None:
    """Keep hits as films known from a search. What is known already stays: details tell more than a hit."""
    rows = []
    for hit in sorted(hits, key=lambda hit: hit.tmdb_id):
        facts = asdict(hit)
        del facts["video"]
        rows.append(TmdbMovie(**facts, fetched_at=timezone.now(), catalogue=catalogue_in_use()))
    TmdbMovie.objects.bulk_create(rows, ignore_conflicts=True)


def keep_details(details: MovieDetails) -> None:
    """Keep a film that is asked for by its number, with all that is told; one that is known already stays."""
    film = TmdbMovie(
        **asdict(details),
        details_status=DetailsStatus.DONE,
        fetched_at=timezone.now(),
        catalogue=catalogue_in_use(),
    )
    TmdbMovie.objects.bulk_create([film], ignore_conflicts=True)
