"""What TMDB told us of films, kept."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from enrichment import bulk, titles
from enrichment.matching import Candidate
from enrichment.models import Catalogue, DetailsStatus, TmdbMovie
from enrichment.tmdb.types import MovieDetails, SearchHit

UNKEPT = ("video", "other_titles")  # of what TMDB tells


def catalogue_in_use() -> Catalogue:
    return Catalogue.SAMPLE if settings.TMDB.is_sample else Catalogue.TMDB


def facts(film: SearchHit | MovieDetails) -> dict[str, Any]:
    """The fields of TmdbMovie for what TMDB told."""
    values = {name: value for name, value in asdict(film).items() if name not in UNKEPT}
    keys = {"title_key": titles.key(film.title), "original_key": titles.key(film.original_title)}
    return values | keys


# of TmdbMovie, in `candidate`'s order
CANDIDATE_FIELDS = ("tmdb_id", "title", "original_title", "release_date", "vote_count", "popularity")


def candidate(
    tmdb_id: int,
    title: str,
    original_title: str,
    released: date | None,
    votes: int | None,
    popularity: float | None,
    *,
    video: bool = False,
) -> Candidate:
    """What we know of a film, for the judge."""
    year = released.year if released else None
    return Candidate(tmdb_id, title, original_title, year, votes or 0, popularity or 0.0, video)


def keep_hits(hits: Iterable[SearchHit]) -> None:
    """Keep hits as films known from a search. What is known already stays: details tell more than a hit.
    Unless it was purged: then there is no title."""
    source = {"fetched_at": timezone.now(), "catalogue": catalogue_in_use()}
    films = {hit.tmdb_id: facts(hit) | source for hit in sorted(hits, key=lambda hit: hit.tmdb_id)}
    TmdbMovie.objects.bulk_create([TmdbMovie(**values) for values in films.values()], ignore_conflicts=True)
    purged = TmdbMovie.objects.filter(pk__in=films, title="")
    for pk in purged.order_by("pk").values_list("pk", flat=True):
        purged.filter(pk=pk).update(**films[pk])


def refresh_hits(hits: Iterable[SearchHit]) -> None:
    """Keep these hits as films, and update those known from a hit only; films with details, or waiting for them,
    stay."""
    films = [facts(hit) for hit in sorted({hit.tmdb_id: hit for hit in hits}.values(), key=lambda hit: hit.tmdb_id)]
    if films:
        columns: dict[str, list[Any]] = {name: [film[name] for film in films] for name in films[0]}
        columns |= {"fetched_at": [timezone.now()] * len(films), "catalogue": [catalogue_in_use()] * len(films)}
        bulk.upsert(TmdbMovie, columns, where=("details_status", DetailsStatus.NONE.value))


def keep_details(details: MovieDetails) -> None:
    """Keep a film that is asked for by its number, with all that is told; one whose details are known, or waited for,
    stays."""
    done = {"details_status": DetailsStatus.DONE, "fetched_at": timezone.now(), "catalogue": catalogue_in_use()}
    values = facts(details) | done
    TmdbMovie.objects.bulk_create([TmdbMovie(**values)], ignore_conflicts=True)
    known = TmdbMovie.objects.filter(pk=details.tmdb_id).exclude(details_status=DetailsStatus.PENDING)
    known.filter(Q(title="") | Q(details_status=DetailsStatus.NONE)).update(**values)
