"""What an import itself says against an answer that holds for everyone else."""

from datetime import date

import pytest
from django.test import Client

from enrichment.tmdb.client import client
from enrichment.work import engine
from imports.models import ImportSession, Movie, Outcome, Owner
from imports.outcomes import ask_again, settle
from imports.review import decisions
from imports.sessions.start import start_import, start_review
from imports.sources.base import Upload
from tests.exports import letterboxd_files, zip_bytes
from tests.factories import UserFactory
from tests.tmdb_films import film
from tests.tmdb_server import TmdbServer

from .test_settle import counters_are_exact

pytestmark = pytest.mark.django_db(transaction=True)

LATE = film(900_001, "Zebra Water", 2026, vote_count=800)


def work() -> None:
    engine.run(client(), 30)


def prime(*rows: tuple[str, str]) -> ImportSession:
    lines = ["Date Watched,Type,Title,Episode", *(f'{day},Movie,"{title}",' for day, title in rows)]
    upload = Upload("history.csv", "\n".join(lines).encode())
    session = start_review(UserFactory(), [upload], replace=False)
    work()
    return session


def letterboxd(*rows: tuple[str, int], day: str = "2024-01-01") -> ImportSession:
    lines = [
        "Date,Name,Year,Letterboxd URI",
        *(f"{day},{title},{year},https://boxd.it/{n}" for n, (title, year) in enumerate(rows)),
    ]
    session = start_import(Owner(browser_key="a-browser"), [Upload("watched.csv", "\n".join(lines).encode())])
    work()
    return session


def the_film(session: ImportSession, title: str) -> Movie:
    return session.movies.select_related("lookup", "tmdb_movie").get(title=title)


def test_a_film_that_came_out_after_it_was_watched_is_not_taken(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(LATE)
    session = prime(("2022-04-24", "Zebra Water"))
    movie = the_film(session, "Zebra Water")
    assert (movie.outcome, movie.tmdb_movie, movie.doubt) == (Outcome.UNSURE, None, "out_later")
    assert movie.reasons[-1] == {"code": "out_later"}
    assert decisions.film_of(movie) is not None  # proposed all the same
    assert counters_are_exact(session)


@pytest.mark.parametrize("day", ["2026-04-20", "2026-06-15", "2026-12-01"])
def test_a_premiere_some_weeks_before_is_no_doubt(tmdb: TmdbServer, day: str) -> None:
    tmdb.catalogue.add(LATE)  # on 15 June
    assert the_film(prime((day, "Zebra Water")), "Zebra Water").outcome == Outcome.MATCHED


def test_the_first_of_its_days_counts(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(LATE)
    session = prime(("2026-08-01", "Zebra Water"), ("2022-04-24", "Zebra Water"))
    assert the_film(session, "Zebra Water").doubt == "out_later"


def test_a_film_whose_year_the_file_names_is_that_film_whenever_it_was_watched(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(LATE)
    files = letterboxd_files(1, titles=[("Zebra Water", 2026)])
    session = start_import(Owner(browser_key="a-browser"), [Upload("lb.zip", zip_bytes(files))])
    work()
    assert session.movies.filter(viewings__watched_on__lt=date(2026, 1, 1)).exists()
    assert the_film(session, "Zebra Water").outcome == Outcome.MATCHED


TWO = [film(900_001, "The Zebra Run", 2012, vote_count=900)]


@pytest.mark.parametrize("titles", [["The Zebra Run", "Zebra Run"], ["Zebra Run", "The Zebra Run"]])
def test_of_two_titles_of_one_film_the_less_exact_one_is_unsure(tmdb: TmdbServer, titles: list[str]) -> None:
    tmdb.catalogue.add(*TWO)
    session = letterboxd(*((title, 2012) for title in titles))
    exact, other = the_film(session, "The Zebra Run"), the_film(session, "Zebra Run")
    assert (exact.outcome, exact.tmdb_movie_id) == (Outcome.MATCHED, 900_001)
    assert (other.outcome, other.tmdb_movie_id, other.doubt) == (Outcome.UNSURE, None, "taken")
    assert counters_are_exact(session)
    settle.apply(session=session)
    assert counters_are_exact(session)


def test_the_other_title_alone_is_that_film(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(*TWO)
    assert the_film(letterboxd(("Zebra Run", 2012)), "Zebra Run").outcome == Outcome.MATCHED


def test_the_other_imports_answer_is_not_touched(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(*TWO)
    first = letterboxd(("Zebra Run", 2012))
    letterboxd(("Zebra Run", 2012), ("The Zebra Run", 2012))
    assert the_film(first, "Zebra Run").outcome == Outcome.MATCHED


def test_two_exact_titles_of_one_film_are_both_that_film(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(film(900_001, "The Zebra Run", 2012, original_title="Der Lauf des Zebras", vote_count=900))
    session = letterboxd(("The Zebra Run", 2012), ("Der Lauf des Zebras", 2012))
    assert set(session.movies.values_list("outcome", flat=True)) == {Outcome.MATCHED}


def test_a_doubted_film_is_decided_by_the_person_and_not_asked_about_again(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(*TWO)
    session = letterboxd(("The Zebra Run", 2012), ("Zebra Run", 2012))
    movie = the_film(session, "Zebra Run")
    assert not ask_again.can_ask(movie)
    assert not ask_again.films_to_ask(session, ask_again.Which.UNCLEAR).exists()
    decisions.choose(movie, 900_001)
    movie.refresh_from_db()
    assert (movie.outcome, movie.tmdb_movie_id) == (Outcome.MATCHED, 900_001)
    decisions.unchoose(movie)
    movie.refresh_from_db()
    assert (movie.outcome, movie.doubt) == (Outcome.UNSURE, "taken")
    assert counters_are_exact(session)


def test_the_page_says_what_speaks_against_it(tmdb: TmdbServer, client: Client) -> None:
    tmdb.catalogue.add(*TWO)
    session = letterboxd(("The Zebra Run", 2012), ("Zebra Run", 2012))
    page = client.get(the_film(session, "Zebra Run").get_absolute_url()).content.decode()
    assert "another title of this import is exactly that film" in page


def test_nobody_is_told_to_ask_tmdb_about_it_again(tmdb: TmdbServer, client: Client) -> None:
    tmdb.catalogue.add(LATE)
    session = prime(("2022-04-24", "Zebra Water"))
    assert session.user is not None
    client.force_login(session.user)
    page = client.get(session.get_absolute_url()).content.decode()
    assert "Start review" in page
    assert "Ask TMDB again" not in page
