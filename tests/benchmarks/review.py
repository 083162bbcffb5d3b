"""Adding and skipping a film in a review of 500, beside a library of 10,000: server time of each answer, as ratio to a
page that does nothing but know who asks."""

import statistics
import time
from datetime import date, timedelta
from typing import Any

import django

django.setup()

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from enrichment.models import LookupStatus, TitleLookup, TmdbMovie
from imports.models import ImportSession, Ranking
from imports.outcomes import settle
from imports.sessions.start import start_review
from imports.sources.base import Upload
from tests.benchmarks.database import fresh_database
from tests.factories import UserFactory

FILMS, LIBRARY = 500, 10_000
HTMX = {"HX-Request": "true"}


def main() -> None:
    with fresh_database():
        user: Any = UserFactory()
        client = Client()
        client.force_login(user)
        fill_library(user)
        session = start(user)
        floor = [timed(lambda: client.get("/settings/")) for _ in range(50)]
        times, queries = decide(client, session)
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"\nA review of {FILMS} films beside {LIBRARY:,} rankings on {connection.vendor}")
    print(f"  {'add or skip, median':32}{statistics.median(times) * 1000:>10.1f} ms")
    print(f"  {'add or skip, p95 (aim: under 50)':32}{p95 * 1000:>10.1f} ms")
    print(f"  {'the settings page, median':32}{statistics.median(floor) * 1000:>10.1f} ms")
    print(f"  {'ratio of medians':32}{statistics.median(times) / statistics.median(floor):>10.2f}")
    print(f"  {'queries, most (aim: 10)':32}{max(queries):>10}")


def fill_library(user: Any) -> None:
    films = [TmdbMovie(tmdb_id=n, title=f"Film {n}") for n in range(1, LIBRARY + FILMS + 1)]
    TmdbMovie.objects.bulk_create(films)
    rankings = [
        Ranking(user=user, tmdb_movie=film, title=film.title, rating=(film.pk % 10 + 1) / 2, rated_at=date(2024, 1, 1))
        for film in films[:LIBRARY]
    ]
    Ranking.objects.bulk_create(rankings)


def start(user: Any) -> ImportSession:
    """A review whose films are all matched."""
    rows = [f'{date(2024, 1, 1) + timedelta(days=n)},Movie,"Title {n}",' for n in range(FILMS)]
    data = "\n".join(["Date Watched,Type,Title,Episode", *rows]).encode()
    session = start_review(user, [Upload("history.csv", data)], replace=False)
    for film, lookup in enumerate(TitleLookup.objects.order_by("pk"), start=LIBRARY + 1):
        lookup.status, lookup.tmdb_movie_id, lookup.confidence = LookupStatus.MATCHED, film, 1.0
        lookup.candidates = [{"id": film - n, "score": 1.0 - n / 10} for n in range(6)]
        lookup.save()
    settle.apply(session=session)
    return session


def decide(client: Client, session: ImportSession) -> tuple[list[float], list[int]]:
    times, queries = [], []
    for n, pk in enumerate(session.movies.order_by("turn").values_list("pk", flat=True)[: FILMS - 1]):
        address = f"/imports/{session.pk}/review/{pk}/{'add' if n % 3 else 'skip'}/"
        with CaptureQueriesContext(connection) as captured:
            times.append(timed(lambda: client.post(address, {"rating": "4", "rated_at": "2024-01-01"}, headers=HTMX)))  # noqa: B023
        queries.append(sum(not query["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE")) for query in captured))
    return times, queries


def timed(ask: Any) -> float:
    started = time.perf_counter()
    answer = ask()
    elapsed = time.perf_counter() - started
    assert answer.status_code == 200, answer.status_code
    return elapsed


if __name__ == "__main__":
    main()
