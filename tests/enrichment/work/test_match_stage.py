"""Which questions are asked of TMDB over real HTTP, in which order, and what they are good for."""

from typing import Any

import pytest

from enrichment import services
from enrichment.films import best_known, catalogue
from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie
from enrichment.tmdb.client import client
from enrichment.work import engine
from tests.factories import TmdbMovieFactory
from tests.tmdb_films import film
from tests.tmdb_server import TmdbServer

pytestmark = pytest.mark.django_db(transaction=True)

SEARCH, DETAILS = "/3/search/movie", "/3/movie/{id}"


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    best_known.forget()


def ask(title: str, year: int | None = None, *variants: str) -> TitleLookup:
    [pk] = services.get_or_create_lookups([services.Question(title, year, 0, variants)])
    engine.run(client(), 30)
    return TitleLookup.objects.get(pk=pk)


def codes(lookup: TitleLookup) -> list[str]:
    return [reason["code"] for reason in lookup.reasons]


def proposed(lookup: TitleLookup) -> list[int]:
    return [candidate["id"] for candidate in lookup.candidates]


# The whole name before its halves


SAGA = film(900_001, "Zebra Saga", 1977, vote_count=20_000)
SEQUEL = film(900_002, "Zebra Saga: The Quagga", 2008, vote_count=900)
NAMES = ("Zebra Saga - The Quagga", "Zebra Saga", "The Quagga")


def test_a_whole_name_that_is_found_needs_no_halves(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(SAGA, SEQUEL)
    assert ask(NAMES[0], None, *NAMES).tmdb_movie_id == 900_002
    assert tmdb.record.paths[SEARCH] == 1


def test_the_catalogue_takes_no_half_for_the_whole_either(tmdb: TmdbServer) -> None:
    for one in (SAGA, SEQUEL):
        facts = {name: one[name] for name in ("title", "original_title", "release_date", "vote_count")}
        TmdbMovieFactory(tmdb_id=one["id"], **facts)
    catalogue.note_read()
    tmdb.catalogue.add(SAGA, SEQUEL)
    assert ask(NAMES[0], None, *NAMES).tmdb_movie_id == 900_002


@pytest.mark.parametrize("half", ["Zebra Saga", "The Quagga"])
def test_a_film_that_only_a_half_finds_is_proposed(tmdb: TmdbServer, half: str) -> None:
    tmdb.catalogue.add(film(900_001, half, 1977, vote_count=20_000))
    lookup = ask(NAMES[0], None, *NAMES)
    assert (lookup.status, proposed(lookup)) == (LookupStatus.UNSURE, [900_001])
    assert tmdb.record.paths[SEARCH] == 3


def test_a_double_name_matches_the_film_that_bears_both(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(film(900_001, "The Quagga", 1977, original_title="Das Quagga"))
    lookup = ask("Das Quagga - The Quagga", None, "Das Quagga - The Quagga", "Das Quagga", "The Quagga")
    assert (lookup.tmdb_movie_id, codes(lookup)[0]) == (900_001, "both_halves")


# Without a year


def test_namesakes_on_the_second_page_count(tmdb: TmdbServer) -> None:
    others = [film(900_100 + n, f"Zebra {n} Tales", 1990, vote_count=5_000) for n in range(25)]
    tmdb.catalogue.add(film(900_001, "Zebra", 2005, vote_count=90_000), *others)
    tmdb.catalogue.add(film(900_002, "Zebra", 1966, vote_count=4_000))
    lookup = ask("Zebra")
    assert (lookup.status, set(proposed(lookup)[:2])) == (LookupStatus.UNSURE, {900_001, 900_002})
    assert {"namesakes", "rivals"} <= set(codes(lookup))


def test_a_far_better_known_film_with_an_article_is_a_doubt_though_no_search_finds_it(tmdb: TmdbServer) -> None:
    TmdbMovieFactory(tmdb_id=900_002, title="Zebra-Man", release_date="2002-05-01", vote_count=18_000)
    tmdb.catalogue.add(film(900_001, "Zebraman", 2010, vote_count=12))
    lookup = ask("Zebraman")
    assert (lookup.status, codes(lookup)[-1]) == (LookupStatus.UNSURE, "famous_alike")


# Only the very title ends the asking


def test_a_title_that_is_nearly_the_same_does_not_end_the_asking(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(film(900_001, "The Long Zebra", 2012, vote_count=14), film(900_002, "Long Zebra", 2013))
    lookup = ask("Long Zebra", 2012)
    assert (lookup.status, proposed(lookup)[0]) == (LookupStatus.UNSURE, 900_002)


def test_years_on_both_sides_are_seen(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(film(900_001, "Zebra Twice", 2011), film(900_002, "Zebra Twice", 2013, vote_count=9_000))
    lookup = ask("Zebra Twice", 2012)
    assert (lookup.status, "both_sides" in codes(lookup)) == (LookupStatus.UNSURE, True)


@pytest.mark.parametrize(("votes", "status"), [(29, LookupStatus.UNSURE), (30, LookupStatus.MATCHED)])
def test_a_hardly_known_film_of_the_very_year_is_looked_at_twice(tmdb: TmdbServer, votes: int, status: str) -> None:
    tmdb.catalogue.add(film(900_001, "Zebra", 2022, vote_count=votes), film(900_002, "Zebra", 2023, vote_count=9_000))
    assert ask("Zebra", 2022).status == status


# Other titles


@pytest.mark.parametrize("year", [2022, None])
def test_another_title_of_the_only_film_is_a_match_and_costs_no_request_more(
    tmdb: TmdbServer, year: int | None
) -> None:
    tmdb.catalogue.add(film(900_001, "Survivors of the Zebra", 2022, other_titles=["Die Überlebenden des Zebras"]))
    lookup = ask("Die Ueberlebenden des Zebras", year) if year is None else ask("Die Überlebenden des Zebras", year)
    assert (lookup.tmdb_movie_id, codes(lookup)[0]) == (900_001, "other_title")
    known = TmdbMovie.objects.get(pk=900_001)
    assert (known.details_status, known.directors) == (DetailsStatus.DONE, ["Di Rector"])
    services.ask_details({900_001: 0})
    engine.run(client(), 30)
    assert tmdb.record.paths[DETAILS] == 1


def test_a_film_without_that_title_stays_unsure(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(film(900_001, "Survivors", 2022, other_titles=["Die Überlebenden des Zebras und andere"]))
    lookup = ask("Die Überlebenden des Zebras", 2022)
    assert (lookup.status, proposed(lookup)) == (LookupStatus.UNSURE, [900_001])


def test_a_film_that_is_gone_by_then_is_no_trouble(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(film(900_001, "Survivors", 2022, other_titles=["Die Überlebenden"]))
    tmdb.gone = [900_001]
    lookup: Any = ask("Die Überlebenden", 2022)
    assert lookup.status == LookupStatus.UNSURE
