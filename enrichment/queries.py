"""Reads that others need."""

from django.conf import settings

from .health import ServiceState
from .health import state as service_state
from .models import TitleLookup, TmdbMovie

__all__ = ["ServiceState", "open_work", "per_second", "poster_url", "service_state"]


def poster_url(path: str, size: str = "w342") -> str:
    """The address of a poster at TMDB's image host; sizes: w92 w154 w185 w342 w500 w780."""
    return f"{settings.TMDB.image_url}/{size}{path}" if path else ""


def per_second() -> float:
    """Requests a second that all processes may send together."""
    return float(settings.TMDB.rate_count / settings.TMDB.rate_seconds)


def open_work() -> int:
    return TitleLookup.objects.waiting().count() + TmdbMovie.objects.waiting().count()
