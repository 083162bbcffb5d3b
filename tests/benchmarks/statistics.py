"""The statistics of a 10,000-film import: computed cold, and read warm, as ratios to a plain read of the same rows."""

import gc
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import django

django.setup()
gc.collect()
gc.freeze()  # as config.wsgi does

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie
from imports.models import Analytics, ImportSession, Movie, Owner, Viewing
from imports.outcomes import settle
from imports.reconciling import keeping
from imports.sessions.start import start_import
from imports.sources.base import Upload
from imports.statistics import kept
from imports.statistics.films import FACTS
from imports.statistics.filters import Filters
from tests.benchmarks.database import fresh_database
from tests.exports import letterboxd_zip
from tests.factories import UserFactory

FILMS = 10_000
ROUNDS = 5


def main() -> None:
    with fresh_database():
        user: Any = UserFactory()
        session = matched_import(user)
        keeping.recompute(user)
        measure(session, user)


def matched_import(user: User) -> ImportSession:
    """Every film with details as full as TMDB's."""
    upload = Upload("export.zip", letterboxd_zip(FILMS))
    session = start_import(Owner(user=user), [upload])
    TmdbMovie.objects.bulk_create(film(n) for n in range(1, FILMS + 2))
    lookups = list(TitleLookup.objects.order_by("pk"))
    for number, lookup in enumerate(lookups, start=1):
        lookup.status, lookup.tmdb_movie_id = LookupStatus.MATCHED, number
    TitleLookup.objects.bulk_update(lookups, ["status", "tmdb_movie"], batch_size=500)
    settle.apply(session=session)
    session.refresh_from_db()
    assert session.matched_count == session.total_movies
    return session


def film(number: int) -> TmdbMovie:
    return TmdbMovie(
        tmdb_id=number,
        title=f"Film {number}",
        release_date=date(2010, 1, 1) - timedelta(days=number * 3),  # before any day in a diary of letterboxd_zip
        runtime=60 + number % 120,
        budget=number * 10_000,
        revenue=number * 25_000,
        vote_average=number % 90 / 10 + 1,
        vote_count=number,
        original_language=["en", "fr", "ja", "pt"][number % 4],
        countries=[f"Country {number % 60}"],
        genres=[f"Genre {number % 19}", f"Genre {number % 7}"],
        directors=[f"Director {number % 3_000}"],
        cast=[f"Actor {number * step % 20_000}" for step in range(1, 11)],
        details_status=DetailsStatus.DONE,
        fetched_at=timezone.now(),
    )


def measure(session: ImportSession, user: User) -> None:
    floor = best(lambda: read_rows(session))
    cold = best(lambda: kept.of_session(session), clean=forget)
    warm = best(lambda: kept.of_session(session))
    one_year = best(lambda: kept.of_session(session, Filters(year=2017)))
    library = best(lambda: kept.of_library(user), clean=forget)
    print(f"\nStatistics of {FILMS:,} films on {connection.vendor} (best of {ROUNDS})")
    print(f"  {'cold (aim: under 1 s)':32}{cold:>10.3f} s")
    print(f"  {'warm':32}{warm:>10.4f} s")
    print(f"  {'filtered by a year':32}{one_year:>10.3f} s")
    print(f"  {'a library, cold':32}{library:>10.3f} s")
    print(f"  {'floor: the rows by values_list':32}{floor:>10.3f} s")
    print(f"  {'ratio cold / floor':32}{cold / floor:>10.2f}")
    print(f"  {'ratio warm / floor':32}{warm / floor:>10.3f}")


def best(work: Callable[[], Any], clean: Callable[[], None] = lambda: None) -> float:
    times = []
    for _ in range(ROUNDS):
        clean()
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def read_rows(session: ImportSession) -> None:
    list(Movie.objects.filter(session=session).values_list("pk", "title", "rating", "watched_on", *FACTS))
    list(Viewing.objects.filter(movie__session=session).values_list("movie_id", "watched_on", "rewatch", "tags"))


def forget() -> None:
    Analytics.objects.all().delete()


if __name__ == "__main__":
    main()
