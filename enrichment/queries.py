"""Reads that others need."""

from collections.abc import Collection

from django.conf import settings

from enrichment.tmdb.health import ServiceState
from enrichment.tmdb.health import state as service_state

from .models import LookupStatus, TitleLookup, TmdbMovie, Upkeep

Key = tuple[str, int | None]  # title_key and year
BATCH = 500

__all__ = ["ServiceState", "known_matches", "open_work", "per_second", "poster_url", "service_state"]


def poster_url(path: str, size: str = "w342") -> str:
    """The address of a poster at TMDB's image host; sizes: w92 w154 w185 w342 w500 w780."""
    return f"{settings.TMDB.image_url}/{size}{path}" if path else ""


def per_second() -> float:
    """Requests a second that all processes may send together."""
    return float(settings.TMDB.rate_count / settings.TMDB.rate_seconds)


def open_work() -> int:
    return TitleLookup.objects.waiting().count() + TmdbMovie.objects.waiting().count() + Upkeep.objects.count()


def known_matches(keys: Collection[Key]) -> dict[Key, int]:
    """The TMDB ids of the questions, by title_key and year, that were answered with a match."""
    names = sorted({key for key, _ in keys})
    found: dict[Key, int] = {}
    for start in range(0, len(names), BATCH):
        matched = TitleLookup.objects.filter(status=LookupStatus.MATCHED, title_key__in=names[start : start + BATCH])
        for title_key, year, film in matched.values_list("title_key", "year", "tmdb_movie_id"):
            if film is not None:
                found[title_key, year] = film
    wanted = set(keys)
    return {key: film for key, film in found.items() if key in wanted}
