"""A person's search, with TMDB over real HTTP."""

import time
from dataclasses import replace
from typing import Any

import pytest

from enrichment import services
from enrichment.models import DetailsStatus, TmdbMovie
from enrichment.services import SearchRefused, SearchUnavailable, search_by_hand
from enrichment.tmdb import ratelimit
from tests.factories import TmdbMovieFactory
from tests.tmdb_films import film
from tests.tmdb_server import TmdbServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ZEBRA = film(900_001, "Zebra Crossing", 1995, vote_count=50)
OTHER_ZEBRA = film(900_002, "Zebra Crossing", 1999, vote_count=500)
WITH_A_YEAR = film(900_003, "Zebra Woman 1984", 2020)
NUMBER = film(900_004, "900001", 1970)


@pytest.fixture(autouse=True)
def films(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(ZEBRA, OTHER_ZEBRA, WITH_A_YEAR, NUMBER)


def ids(text: str, year: int | None = None) -> list[int]:
    return [one.pk for one in search_by_hand(text, year)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zebra crossing", [900_002, 900_001]),
        ("Zebra: Crossing", [900_002, 900_001]),
        ("zebra crossing 1995", [900_001]),
        ("zebra crossing (1995)", [900_001]),
        ("zebra crossing, 1995", [900_001]),
        ("zebra crossing (1950)", [900_002, 900_001]),  # a wrong year hides nothing
        ("Zebra Woman 1984", [900_003]),
        ("no such words", []),
        ("https://www.themoviedb.org/movie/900001-zebra-crossing?language=de", [900_001]),
        ("themoviedb.org/movie/900001", [900_001]),
        ("tt0900001", [900_001]),
        ("https://www.imdb.com/title/tt0900001/?ref_=fn", [900_001]),
        ("900001", [900_004, 900_001]),  # a title and a number
        ("900002", [900_002]),
    ],
)
def test_a_film_is_found_by_title_number_or_address(text: str, expected: list[int]) -> None:
    assert ids(text) == expected


def test_a_year_of_its_own_goes_before_the_text(tmdb: TmdbServer) -> None:
    assert ids("zebra crossing", 1995) == [900_001]
    assert ids("zebra crossing", 1996) == [900_002, 900_001]


def test_hits_are_kept_as_films_and_asked_for_once(tmdb: TmdbServer) -> None:
    ids("zebra crossing")
    ids("zebra crossing")
    assert set(TmdbMovie.objects.values_list("pk", "details_status")) == {(900_001, "none"), (900_002, "none")}
    assert tmdb.record.requests == 1


def test_a_film_asked_for_by_number_is_kept_whole_and_not_asked_for_again(tmdb: TmdbServer) -> None:
    for _ in range(2):
        [found] = search_by_hand("themoviedb.org/movie/900001")
    assert (found.details_status, found.directors, found.imdb_id) == (DetailsStatus.DONE, ["Di Rector"], "tt0900001")
    assert tmdb.record.requests == 1


def test_what_is_known_already_stays(tmdb: TmdbServer) -> None:
    TmdbMovieFactory(tmdb_id=900_001, title="As it was", done=True)
    ids("zebra crossing")
    assert TmdbMovie.objects.get(pk=900_001).title == "As it was"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://www.themoviedb.org/tv/1396-breaking-bad", "a series"),
        ("https://www.themoviedb.org/person/2", "no film"),
        ("https://www.themoviedb.org/movie/", "no film"),
        ("https://www.themoviedb.org/movie/899999", "no film with the number 899999"),
        ("https://www.themoviedb.org/movie/99999999999999", "no film with the number"),
        ("https://www.imdb.com/name/nm0000134/", "no film"),
        ("tt7777777", "series or an episode"),
        ("  ", "Type a title"),
        ("\0", "Type a title"),
        ("x" * 201, "too long"),
    ],
)
def test_what_leads_to_no_film_is_refused_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(SearchRefused, match=words):
        search_by_hand(text)
    assert not TmdbMovie.objects.exists()


def test_a_film_that_tmdb_deleted_is_not_offered() -> None:
    TmdbMovieFactory(tmdb_id=900_001, details_status=DetailsStatus.GONE)
    assert ids("zebra crossing") == [900_002]
    with pytest.raises(SearchRefused, match="has it no more"):
        search_by_hand("themoviedb.org/movie/900001")


def test_at_most_20_are_shown_and_a_number_is_among_them(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(*(film(910_000 + n, f"900001 part {n}", 1980) for n in range(30)))
    found = ids("900001")
    assert (len(found), found[-1]) == (20, 900_001)


def test_half_a_letter_breaks_nothing() -> None:
    assert ids("zebra \ud800 crossing") == [900_002, 900_001]


@pytest.mark.parametrize(("fault", "words"), [("500", "can't be reached"), ("garbage", "can't be reached")])
def test_no_answer_is_said_and_is_never_no_such_film(
    tmdb: TmdbServer, fault: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enrichment.tmdb.transport.TRIES", 1)
    tmdb.fail = fault
    with pytest.raises(SearchUnavailable, match=words):
        search_by_hand("zebra")


def test_a_refused_key_is_said(tmdb: TmdbServer) -> None:
    tmdb.bad_tokens = ["a-token-for-tests"]
    with pytest.raises(SearchUnavailable, match="key"):
        search_by_hand("zebra")


def test_a_person_does_not_wait_long_for_a_permit(tmdb: TmdbServer) -> None:
    ratelimit.push_back(4)
    started = time.monotonic()
    with pytest.raises(SearchUnavailable, match="busy"):
        search_by_hand("zebra")
    assert time.monotonic() - started < 1
    assert tmdb.record.requests == 0


def test_the_sample_answers_when_there_is_no_key(settings: Any) -> None:
    settings.TMDB = replace(settings.TMDB, token="")
    [found] = services.search_by_hand("parasite 2019")
    assert (found.pk, found.catalogue) == (496243, "sample")
