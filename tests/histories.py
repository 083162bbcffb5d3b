"""Histories for the statistics: as many films as one likes, matched and known, written in a few statements. The same
number and seed give the same history."""

import random
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from enrichment import titles
from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie
from imports.models import ChosenBy, ImportSession, Movie, Outcome, SessionStatus, Viewing
from tests.exports import ADJECTIVES, NOUNS, PLACES, TAGS

GENRES = "Action Adventure Animation Comedy Crime Documentary Drama Family Fantasy Horror Mystery Romance".split()
COUNTRIES = ["United States of America", "France", "Japan", "Italy", "United Kingdom", "Iran", "South Korea", "Brazil"]
LANGUAGES = ["en", "fr", "ja", "it", "fa", "ko", "pt", "zh"]
FIRST_NAMES = "Agnès Akira Claire Edward Hayao Jane Lucrecia Mati Pedro Wong".split()
LAST_NAMES = "Almada Campion Denis Diop Kiarostami Martel Miyazaki Ozu Varda Yang".split()
NEWEST = date(2025, 6, 30)


def fill(session: ImportSession, count: int, *, seed: int = 7) -> None:
    """One film in thirty has no match, one in five no rating and one in six no day; some were seen again."""
    chance = random.Random(seed)
    names = [_title(number, chance) for number in range(count)]
    years = [min(2025, 2026 - int(chance.expovariate(1 / 18)) - 1) for _ in names]
    lookups = TitleLookup.objects.bulk_create(
        TitleLookup(
            title=name, title_key=titles.key(f"{name} {session.pk} {number}"), year=year, status=LookupStatus.UNMATCHED
        )
        for number, (name, year) in enumerate(zip(names, years, strict=True))
    )
    first = 500_000 + TmdbMovie.objects.count()
    films = TmdbMovie.objects.bulk_create(
        _film(number, name, year, chance) for number, (name, year) in enumerate(zip(names, years, strict=True), first)
    )
    movies = Movie.objects.bulk_create(
        _movie(session, number, lookup, film, chance)
        for number, (lookup, film) in enumerate(zip(lookups, films, strict=True))
    )
    Viewing.objects.bulk_create(viewing for movie in movies for viewing in _viewings(movie, chance))
    unmatched = sum(movie.outcome == Outcome.UNMATCHED for movie in movies)
    ImportSession.objects.filter(pk=session.pk).update(
        status=SessionStatus.COMPLETED,
        total_movies=count,
        enriched_count=count,
        matched_count=count - unmatched,
        unmatched_count=unmatched,
    )


def _lookup(key: str, title: str, year: int) -> TitleLookup:
    return TitleLookup(title=title, title_key=titles.key(key), year=year, status=LookupStatus.UNMATCHED)


def _title(number: int, chance: random.Random) -> str:
    form = chance.choice(["The {a} {n}", "{a} {n}", "{n} of {p}", "{p}", "A {n} in {p}, and Other {a} Stories"])
    return form.format(a=chance.choice(ADJECTIVES), n=chance.choice(NOUNS), p=chance.choice(PLACES))


def _person(chance: random.Random) -> str:
    return f"{FIRST_NAMES[int(chance.triangular(0, 10, 0))]} {LAST_NAMES[int(chance.triangular(0, 10, 3))]}"


def _film(number: int, title: str, year: int, chance: random.Random) -> TmdbMovie:
    place = min(int(chance.expovariate(0.6)), 7)
    return TmdbMovie(
        tmdb_id=number,
        title=title,
        release_date=date(year, 1 + number % 12, 3),
        runtime=int(chance.gauss(108, 24)) if chance.random() < 0.97 else None,
        budget=int(chance.lognormvariate(16, 1.5)) if chance.random() < 0.5 else None,
        revenue=int(chance.lognormvariate(16.5, 2)) if chance.random() < 0.5 else None,
        vote_average=round(chance.uniform(4.5, 8.6), 1),
        vote_count=int(chance.lognormvariate(6, 2)),
        original_language=LANGUAGES[place],
        countries=[COUNTRIES[place]],
        genres=chance.sample(GENRES, chance.choice([1, 2, 2, 3])),
        directors=[_person(chance)] if chance.random() < 0.98 else [],
        cast=list(dict.fromkeys(_person(chance) for _ in range(6))),
        details_status=DetailsStatus.DONE,
        fetched_at=timezone.now(),
    )


def _movie(session: ImportSession, number: int, lookup: TitleLookup, film: TmdbMovie, chance: random.Random) -> Movie:
    is_matched = number % 30 != 29
    day = NEWEST - timedelta(days=int(number * 1.1 + chance.randrange(4)))
    rating = max(1, min(10, round(chance.gauss(7, 1.9))))
    return Movie(
        session=session,
        title=lookup.title,
        source_key=f"https://boxd.it/h{number}",
        year=lookup.year,
        lookup=lookup,
        tmdb_movie=film if is_matched else None,
        chosen_by=ChosenBy.MACHINE if is_matched else ChosenBy.NOBODY,
        outcome=Outcome.MATCHED if is_matched else Outcome.UNMATCHED,
        settled_at=timezone.now(),
        rating=None if number % 5 == 4 else Decimal(rating) / 2,
        liked_on=day if number % 7 == 0 else None,
        marked_on=date(2019, 1, 1) if number % 6 == 5 else day,
        watched_on=None if number % 6 == 5 else day,
        turn=number,
    )


def _viewings(movie: Movie, chance: random.Random) -> list[Viewing]:
    if movie.watched_on is None:
        return []
    tags = [chance.choice(TAGS)] if chance.random() < 0.2 else []
    newest = Viewing(movie=movie, watched_on=movie.watched_on, rating=movie.rating, tags=tags)
    if movie.turn % 11:
        return [newest]
    newest.rewatch = True
    return [newest, Viewing(movie=movie, watched_on=movie.watched_on - timedelta(days=100 + movie.turn % 300))]
