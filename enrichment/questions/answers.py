"""What a question is answered with, which questions are answered, and how much waits."""

from collections.abc import Collection
from typing import Any

from django.utils import timezone

from enrichment import matching
from enrichment.batches import batches
from enrichment.films.records import catalogue_in_use
from enrichment.models import LookupStatus, TitleLookup, TmdbMovie, Upkeep

KEPT_CANDIDATES = 6

Key = tuple[str, int | None]  # title_key and year


def answer(verdict: matching.Verdict) -> dict[str, Any]:
    """The fields of a lookup that say what came of it."""
    kept = verdict.ranking[:KEPT_CANDIDATES]
    return {
        "status": verdict.status,
        "tmdb_movie_id": verdict.tmdb_id,
        "confidence": verdict.confidence,
        "reasons": list(verdict.reasons),
        "candidates": [{"id": scored.candidate.tmdb_id, "score": scored.score} for scored in kept],
        "asked_at": timezone.now(),
        "catalogue": catalogue_in_use(),
    }


def open_work() -> int:
    return TitleLookup.objects.waiting().count() + TmdbMovie.objects.waiting().count() + Upkeep.objects.count()


def known_matches(keys: Collection[Key]) -> dict[Key, int]:
    """The TMDB ids of the questions, by title_key and year, that were answered with a match."""
    names = sorted({key for key, _ in keys})
    films: dict[Key, int] = {}
    for batch in batches(names):
        matched = TitleLookup.objects.filter(status=LookupStatus.MATCHED, title_key__in=batch)
        for title_key, year, film in matched.values_list("title_key", "year", "tmdb_movie_id"):
            if film is not None:
                films[title_key, year] = film
    asked = set(keys)
    return {key: film for key, film in films.items() if key in asked}
