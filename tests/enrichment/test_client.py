"""The client against TMDB's answers over real HTTP: what it keeps, what it asks again, what it gives up on."""

import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from enrichment.models import TmdbService
from enrichment.tmdb.client import client
from enrichment.tmdb.errors import TMDBGone, TMDBRejected, TMDBUnavailable
from tests.tmdb_films import film
from tests.tmdb_server import TmdbServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def films(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(film(900_001, "Zebra Crossing", 1999, directors=["A", "B", "C", "D"], runtime=0, budget=0))
    tmdb.catalogue.add(film(900_002, "Zebra Crossing Two", 2004, release_date=""))


def test_search_tells_hits_from_none(tmdb: TmdbServer) -> None:
    found = client().search("zebra crossing", 1999)
    assert [hit.tmdb_id for hit in found.hits] == [900_001]
    assert found.hits[0].release_date is not None
    assert found.hits[0].release_date.year == 1999
    assert client().search("no film bears these words").hits == ()


def test_search_without_a_date_keeps_it_unknown(tmdb: TmdbServer) -> None:
    dates = {hit.tmdb_id: hit.release_date for hit in client().search("zebra crossing").hits}
    assert dates[900_002] is None


def test_details_hold_what_is_kept_and_nothing_for_zero(tmdb: TmdbServer) -> None:
    details = client().details(900_001)
    assert details.directors == ["A", "B", "C"]
    assert (details.runtime, details.budget) == (None, None)
    assert details.genres == ["Drama"]


def test_a_question_is_asked_once(tmdb: TmdbServer) -> None:
    for _ in range(3):
        client().search("zebra", 1999)
    assert tmdb.record.requests == 1


def test_an_empty_answer_is_kept_for_a_day_and_others_for_a_week(tmdb: TmdbServer) -> None:
    client().search("unheard of")
    client().search("zebra")
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=True):
        client().search("unheard of")
        client().search("zebra")
    assert tmdb.record.requests == 3
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=True):
        client().search("zebra")
    assert tmdb.record.requests == 4


def test_details_are_not_kept_in_the_http_cache(tmdb: TmdbServer) -> None:
    client().details(900_001)
    client().details(900_001)
    assert tmdb.record.requests == 2


@pytest.mark.parametrize("fault", ["500", "html", "garbage", "cut", "down"])
def test_trouble_is_never_no_such_film(tmdb: TmdbServer, fault: str) -> None:
    tmdb.fail = fault
    with pytest.raises(TMDBUnavailable):
        client().search("zebra", 1999)
    tmdb.fail = "none"
    assert client().search("zebra", 1999).hits  # and it was not kept either


def test_one_bad_answer_is_asked_again_at_once(tmdb: TmdbServer) -> None:
    tmdb.fail = "flaky"  # every third request
    titles = [client().search("zebra", year).total for year in (1999, 2000, 2001, 2002)]
    assert titles[0] == 1
    assert tmdb.record.requests > 4


def test_429_without_retry_after_pushes_everyone_back(tmdb: TmdbServer) -> None:
    tmdb.fail, tmdb.retry_after = "429", None
    with pytest.raises(TMDBUnavailable):
        client().search("zebra")
    assert TmdbService.objects.get().next_slot_at > timezone.now().timestamp() + 1


def test_a_time_out_is_trouble(tmdb: TmdbServer, settings: Any) -> None:
    settings.TMDB = replace(settings.TMDB, read_timeout=0.2)
    tmdb.latency = 1.0
    with pytest.raises(TMDBUnavailable) as trouble:
        client().search("zebra")
    assert trouble.value.reason == "unreachable"


def test_a_deleted_film_is_gone(tmdb: TmdbServer) -> None:
    with pytest.raises(TMDBGone):
        client().details(123_456_789)


def test_a_refused_key_is_the_operators_trouble(tmdb: TmdbServer, settings: Any) -> None:
    settings.TMDB = replace(settings.TMDB, token="bad-token")
    tmdb.bad_tokens = ["bad-token"]
    with pytest.raises(TMDBUnavailable) as trouble:
        client().search("zebra")
    assert trouble.value.reason == "key"
    assert "bad-token" not in str(trouble.value)


@pytest.mark.parametrize("token", ["0123456789abcdef0123456789abcdef", "eyJhbGciOiJIUzI1NiJ9.e30.x"])
def test_a_key_of_either_form_is_accepted(tmdb: TmdbServer, settings: Any, token: str) -> None:
    settings.TMDB = replace(settings.TMDB, token=token)
    assert client().search("zebra").hits


def test_a_trouble_never_tells_the_key(tmdb: TmdbServer, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    key = "0123456789abcdef0123456789abcdef"
    settings.TMDB = replace(settings.TMDB, token=key)
    tmdb.fail = "down"
    with pytest.raises(TMDBUnavailable) as trouble:
        client().search("zebra")
    assert key not in repr(trouble.value)
    assert trouble.value.__cause__ is None
    assert key not in caplog.text


def test_an_unknown_shape_is_never_asked_again(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(film(900_003, "Odd One", 1990) | {"title": None})
    with pytest.raises(TMDBRejected):
        client().details(900_003)


def test_titles_reach_tmdb_composed() -> None:
    from enrichment.titles import query

    assert query(unicodedata.normalize("NFD", "Amélie")) == unicodedata.normalize("NFC", "Amélie")


@pytest.mark.parametrize("fault", [403, 404, 418])
def test_a_strangers_refusal_is_no_word_of_tmdbs(tmdb: TmdbServer, httpserver: Any, settings: Any, fault: int) -> None:
    """A proxy, or an address that is not TMDB's: neither "gone" nor "never"."""
    httpserver.expect_request("").respond_with_data("<html>no</html>", status=fault)
    settings.TMDB = replace(settings.TMDB, base_url=httpserver.url_for("/proxy"))
    for ask in (lambda: client().search("zebra"), lambda: client().details(900_001)):
        with pytest.raises(TMDBUnavailable):
            ask()


def test_a_search_that_is_not_found_is_a_wrong_address(tmdb: TmdbServer, settings: Any) -> None:
    settings.TMDB = replace(settings.TMDB, base_url=tmdb.base_url.removesuffix("/3"))
    with pytest.raises(TMDBUnavailable):
        client().search("zebra")


def test_a_key_with_letters_that_no_header_holds_is_refused_by_tmdb_not_by_us(tmdb: TmdbServer, settings: Any) -> None:
    settings.TMDB = replace(settings.TMDB, token="“pasted”")
    client().search("zebra")
    assert tmdb.record.requests == 1
