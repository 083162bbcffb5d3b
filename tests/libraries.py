"""A person's library of any size, told by four sources, written as rows in a few statements."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from enrichment import bulk, titles
from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie
from imports.models import (
    ChosenBy,
    Decision,
    HandViewing,
    ImportSession,
    Movie,
    Outcome,
    SessionStatus,
    Source,
    Viewing,
)

FIRST, DAYS = date(2012, 1, 1), 5_000
FIRST_TMDB = 900_000


def fill(user: User, films: int, *, seed: int = 5) -> list[ImportSession]:
    """Films known to TMDB; of three viewings two are in a diary, one is a stream of Prime Video's on the same day or
    the next, and one film in twenty was added by hand, too. An older export of the diary tells half of it again."""
    chance = random.Random(seed)
    numbers = range(FIRST_TMDB, FIRST_TMDB + films)
    _make_films(numbers)
    days = [FIRST + timedelta(days=chance.randrange(DAYS)) for _ in numbers]
    diary = _session(user, Source.LETTERBOXD, films)
    _tell(diary, numbers, [[day, day + timedelta(days=400)] if n % 5 == 0 else [day] for n, day in enumerate(days)])
    older = _session(user, Source.LETTERBOXD, films // 2)
    _tell(older, numbers[: films // 2], [[day] for day in days[: films // 2]])
    streamed = numbers[::3]
    prime = _session(user, Source.PRIME_VIDEO, len(streamed))
    _tell(prime, streamed, [[day + timedelta(days=n % 2)] for n, day in enumerate(days[::3])])
    by_hand = numbers[::20]
    HandViewing.objects.bulk_create(
        HandViewing(user=user, tmdb_movie_id=number, watched_on=day + timedelta(days=900))
        for number, day in zip(by_hand, days[::20], strict=True)
    )
    return [diary, older, prime]


def _make_films(numbers: Sequence[int]) -> None:
    TmdbMovie.objects.bulk_create(
        TmdbMovie(
            tmdb_id=number,
            title=f"The Film of {number}",
            title_key=titles.key(f"The Film of {number}"),
            release_date=date(1950, 1, 1) + timedelta(days=number % 25_000),
            details_status=DetailsStatus.DONE,
            fetched_at=timezone.now(),
            genres=["Drama", "Comedy"][: 1 + number % 2],
            directors=[f"Director {number % 900}"],
            runtime=90 + number % 60,
            vote_average=5 + number % 40 / 10,
            vote_count=number % 3_000,
        )
        for number in numbers
    )
    TitleLookup.objects.bulk_create(
        TitleLookup(
            title=f"The Film of {number}",
            title_key=titles.key(f"The Film of {number}"),
            year=2000,
            status=LookupStatus.MATCHED,
            tmdb_movie_id=number,
        )
        for number in numbers
    )


def _session(user: User, source: Source, films: int) -> ImportSession:
    now = timezone.now()
    return ImportSession.objects.create(
        user=user,
        source=source,
        status=SessionStatus.COMPLETED,
        closed_at=now,
        total_movies=films,
        enriched_count=films,
        matched_count=films,
    )


def _tell(session: ImportSession, numbers: Sequence[int], days: Sequence[Sequence[date]]) -> None:
    asked = dict(TitleLookup.objects.filter(tmdb_movie__in=numbers).values_list("tmdb_movie_id", "pk"))
    now, count = timezone.now(), len(numbers)
    is_review = session.is_review
    columns: dict[str, Sequence[Any]] = {
        "session_id": [session.pk] * count,
        "title": [f"The Film of {number}" for number in numbers],
        "source_key": [f"https://boxd.it/{number}" for number in numbers],
        "year": [2000] * count,
        "rating": [None if is_review or n % 4 == 0 else Decimal(n % 10 + 1) / 2 for n in range(count)],
        "watched_on": [max(of_film) for of_film in days],
        "rated_on": [None if is_review else max(of_film) for of_film in days],
        "lookup_id": [asked[number] for number in numbers],
        "tmdb_movie_id": list(numbers),
        "chosen_by": [ChosenBy.MACHINE] * count,
        "outcome": [Outcome.MATCHED] * count,
        "settled_at": [now] * count,
        "decision": [Decision.ADDED if is_review else Decision.NONE] * count,
        "decided_at": [now if is_review else None] * count,
        "turn": range(count),
    }
    bulk.insert(Movie, columns)
    pks = dict(session.movies.values_list("turn", "pk"))
    viewings = [(pks[turn], day) for turn, of_film in enumerate(days) for day in of_film]
    columns = {"movie_id": [pk for pk, _ in viewings], "watched_on": [day for _, day in viewings]}
    if not is_review:
        columns["entry_uri"] = [
            f"https://boxd.it/e{turn}x{day}" for turn, of_film in enumerate(days) for day in of_film
        ]
    bulk.insert(Viewing, columns)
