"""What TMDB told us of films, kept."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.utils import timezone

from . import titles
from .models import Catalogue, DetailsStatus, TmdbMovie
from .tmdb.types import MovieDetails, SearchHit


def catalogue_in_use() -> Catalogue:
    return Catalogue.SAMPLE if settings.TMDB.is_sample else Catalogue.TMDB


def facts(told: SearchHit | MovieDetails) -> dict[str, Any]:
    """The fields of TmdbMovie for what TMDB told."""
    values = asdict(told)
    values.pop("video", None)
    keys = {"title_key": titles.key(told.title), "original_key": titles.key(told.original_title)}
    return values | keys


def keep_hits(hits: Iterable[SearchHit]) -> None:
    """Keep hits as films known from a search. What is known already stays: details tell more than a hit."""
    rows = [
        TmdbMovie(**facts(hit), fetched_at=timezone.now(), catalogue=catalogue_in_use())
        for hit in sorted(hits, key=lambda hit: hit.tmdb_id)
    ]
    TmdbMovie.objects.bulk_create(rows, ignore_conflicts=True)


def keep_details(details: MovieDetails) -> None:
    """Keep a film that is asked for by its number, with all that is told; one that is known already stays."""
    film = TmdbMovie(
        **facts(details),
        details_status=DetailsStatus.DONE,
        fetched_at=timezone.now(),
        catalogue=catalogue_in_use(),
    )
    TmdbMovie.objects.bulk_create([film], ignore_conflicts=True)
