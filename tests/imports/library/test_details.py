"""Films that a review adds to the library get their details; until then numbers say of how many films they are."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client

from enrichment.models import DetailsStatus, TmdbMovie
from enrichment.tmdb.client import client as tmdb_client
from enrichment.work import engine
from imports import tasks
from imports.models import ImportSession, Ranking, ShareLink
from imports.reconciling import keeping
from imports.review import decisions
from imports.sessions.start import start_review
from imports.sharing import reading
from imports.sources.base import Upload
from tests.factories import RankingFactory, TmdbMovieFactory, UserFactory
from tests.tmdb_films import generated_films
from tests.tmdb_server import TmdbServer

pytestmark = pytest.mark.django_db(transaction=True)

FILMS = 4


def work() -> None:
    engine.run(tmdb_client(), 30)


@pytest.fixture
def person() -> User:
    user: User = UserFactory()
    return user


@pytest.fixture
def review(person: User, tmdb: TmdbServer) -> ImportSession:
    lines = ["Date Watched,Type,Title,Episode"]
    lines += [f'2024-01-0{n + 1},Movie,"{film["title"]}",' for n, film in enumerate(generated_films(FILMS))]
    session = start_review(person, [Upload("history.csv", "\n".join(lines).encode())], replace=False)
    work()
    return session


def known_lengths(person: User) -> int:
    return Ranking.objects.filter(user=person, tmdb_movie__runtime__gt=0).count()


def test_a_film_that_is_added_gets_its_details(review: ImportSession, person: User) -> None:
    movie = review.movies.order_by("turn")[0]
    decisions.add(movie, Decimal(4), date(2024, 1, 1))
    assert known_lengths(person) == 0
    tasks.sweep()
    work()
    assert known_lengths(person) == 1


def test_all_that_are_added_at_once_get_their_details(review: ImportSession, person: User) -> None:
    decisions.add_all(review, decisions.sure_films(review), None)
    work()
    assert known_lengths(person) == FILMS


def test_a_film_that_is_skipped_costs_no_request(review: ImportSession, tmdb: TmdbServer) -> None:
    asked = tmdb.record.requests
    decisions.skip(review.movies.order_by("turn")[0])
    work()
    assert tmdb.record.requests == asked


def test_libraries_of_before_are_completed_by_the_sweep(tmdb: TmdbServer, person: User) -> None:
    film = generated_films(1)[0]
    known = TmdbMovieFactory(tmdb_id=film["id"], title=film["title"])
    RankingFactory(user=person, tmdb_movie=known)
    TmdbMovieFactory(tmdb_id=generated_films(2)[1]["id"])  # in nobody's library
    tasks.sweep()
    work()
    assert known_lengths(person) == 1
    assert TmdbMovie.objects.filter(details_status=DetailsStatus.DONE).count() == 1


def test_numbers_say_of_how_many_films_they_are(client: Client, person: User) -> None:
    RankingFactory(user=person, tmdb_movie__runtime=120, tmdb_movie__done=True)
    RankingFactory(user=person, tmdb_movie__runtime=None)
    keeping.recompute(person)
    client.force_login(person)
    page = client.get("/library/stats/").content.decode()
    assert "2 films in 2 viewings: 2 hours, of the 1 film whose length is known." in page
    link = ShareLink.objects.create(user=person, shows_statistics=True, token_hash="a" * 64)
    assert reading.Number("2+", "hours") in reading.numbers(link)


def test_numbers_that_are_whole_say_nothing_of_it(client: Client, person: User) -> None:
    RankingFactory(user=person, tmdb_movie__runtime=120, tmdb_movie__done=True)
    keeping.recompute(person)
    client.force_login(person)
    page = client.get("/library/stats/").content.decode()
    assert "1 film in 1 viewing: 2 hours of film." in page
    assert "whose length is known" not in page
