"""The client against TMDB's answers over real HTTP: what it keeps, what it asks again, what it gives up on."""

import socketserver
import sqlite3
import threading
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests
import time_machine
from django.db.models import Sum
from django.utils import timezone

from enrichment.models import TmdbService, TmdbTrouble
from enrichment.tmdb import health
from enrichment.tmdb.client import client, prepare_cache
from enrichment.tmdb.errors import TMDBGone, TMDBRejected, TMDBUnavailable
from enrichment.tmdb.transport import retry_after
from tests.tmdb_films import film
from tests.tmdb_server import TmdbServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


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


@pytest.mark.parametrize("fault", ["drip", "endless"])
def test_an_answer_without_end_is_trouble(
    tmdb: TmdbServer, settings: Any, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr("enrichment.tmdb.transport.TRIES", 1)
    settings.TMDB = replace(settings.TMDB, connect_timeout=0.5, read_timeout=0.5)
    tmdb.fail, started = fault, time.monotonic()
    with pytest.raises(TMDBUnavailable):
        client().search("zebra")
    assert time.monotonic() - started < 3  # the last byte would come after a minute
    tmdb.fail = "none"
    assert client().search("zebra").hits


def test_headers_without_end_are_trouble(
    tmdb: TmdbServer, settings: Any, monkeypatch: pytest.MonkeyPatch, slow_headers: str
) -> None:
    monkeypatch.setattr("enrichment.tmdb.transport.TRIES", 1)
    settings.TMDB = replace(settings.TMDB, base_url=slow_headers, connect_timeout=0.5, read_timeout=0.5)
    started = time.monotonic()
    with pytest.raises(TMDBUnavailable):
        client().search("zebra")
    assert time.monotonic() - started < 3


@pytest.fixture
def slow_headers() -> Iterator[str]:
    """A server's address: a letter of its headers each tenth of a second."""
    closing = threading.Event()

    class Slow(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            for letter in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 600:
                if closing.wait(0.1):
                    return
                self.request.sendall(bytes([letter]))

    with socketserver.TCPServer(("127.0.0.1", 0), Slow) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/3"
        closing.set()
        server.shutdown()


def test_a_packed_answer_in_chunks_is_read_and_kept(tmdb: TmdbServer) -> None:
    tmdb.fail = "packed"
    for _ in range(2):
        assert [hit.tmdb_id for hit in client().search("zebra", 1999).hits] == [900_001]
    assert tmdb.record.requests == 1


@pytest.mark.parametrize(("sent", "seconds"), [("2", 2.0), ("²", None), ("-1", None), ("86400", None), ("", None)])
def test_only_a_sane_retry_after_counts(sent: str, seconds: float | None) -> None:
    response = requests.Response()
    response.headers["Retry-After"] = sent
    assert retry_after(response) == seconds


@pytest.mark.parametrize(
    "body",
    [
        '{"id": 1e400, "title": "Odd"}',
        '{"id": 5, "title": "Odd", "budget": ' + "9" * 5000 + "}",
        "[" * 200_000,
        '{"results": {"1": 2}}',
        "[]",
    ],
)
def test_json_of_no_shape_is_never_asked_again(tmdb: TmdbServer, httpserver: Any, settings: Any, body: str) -> None:
    httpserver.expect_request("/3/movie/5").respond_with_data(body, content_type="application/json")
    httpserver.expect_request("/3/search/movie").respond_with_data(body, content_type="application/json")
    settings.TMDB = replace(settings.TMDB, base_url=httpserver.url_for("/3"))
    for ask in (lambda: client().details(5), lambda: client().search("zebra")):
        with pytest.raises(TMDBRejected):
            ask()


def test_odd_facts_are_kept_as_unknown_from_the_cache_too(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(film(900_004, "Odd \ud800 Zebra\0", 1990, vote_average="abc", overview="\ud800", poster_path=7))
    for _ in range(2):
        hit = client().search("odd zebra").hits[0]
        assert (hit.title, hit.vote_average, hit.overview, hit.poster_path) == ("Odd  Zebra", None, "", "")
    assert tmdb.record.requests == 1


@pytest.mark.parametrize(("code", "error"), [(34, TMDBGone), (6, TMDBRejected)])
def test_tmdbs_own_404_says_which(
    tmdb: TmdbServer, httpserver: Any, settings: Any, code: int, error: type[Exception]
) -> None:
    said = {"success": False, "status_code": code, "status_message": "Something."}
    httpserver.expect_request("/3/movie/5").respond_with_json(said, status=404)
    settings.TMDB = replace(settings.TMDB, base_url=httpserver.url_for("/3"))
    with pytest.raises(TMDBRejected) as trouble:
        client().details(5)
    assert type(trouble.value) is error


def test_a_cache_that_breaks_stops_nothing(tmdb: TmdbServer, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    client().search("zebra")
    with sqlite3.connect(settings.TMDB.cache_path) as cache:
        cache.execute("DROP TABLE responses")
    assert client().search("zebra").hits
    assert client().search("nothing bears this").hits == ()
    assert "the HTTP cache is not used (OperationalError" in caplog.text
    assert "127.0.0.1" not in "".join(r.getMessage() for r in caplog.records if r.name == "reelkeeper.tmdb")


def test_a_full_disk_stops_nothing_and_the_cache_is_used_again(
    tmdb: TmdbServer, caplog: pytest.LogCaptureFixture
) -> None:
    with client()._session.cache.responses.connection() as cache:  # type: ignore[attr-defined]
        cache.execute("PRAGMA max_page_count = 1")  # SQLite's own way to be full
        for word in ("the", "of", "bridge", "candle", "garden"):  # each with a page of twenty hits
            assert client().search(word).hits
        assert "database or disk is full" in caplog.text
        cache.execute("PRAGMA max_page_count = 100000")
    tmdb.reset()
    for _ in range(2):
        client().search("crossing two")
    assert tmdb.record.requests == 1


def test_a_cache_file_that_is_none_stops_nothing(tmdb: TmdbServer, settings: Any) -> None:
    settings.TMDB.cache_path.write_bytes(b"no database at all" * 100)
    prepare_cache()
    for _ in range(2):
        assert client().search("zebra", 1999).hits


def test_a_cache_that_cannot_be_written_does_not_hang(tmdb: TmdbServer) -> None:
    """The library's own would try for ever."""
    with client()._session.cache.responses.connection() as cache:  # type: ignore[attr-defined]
        cache.execute("PRAGMA query_only = 1")
        cache.execute("BEGIN")  # as a broken write leaves it
    assert client().search("zebra", 1999).hits


def test_troubles_are_counted_by_what_was_answered(tmdb: TmdbServer) -> None:
    for fault in ("429", "500", "down"):
        tmdb.fail, tmdb.retry_after = fault, 1
        with pytest.raises(TMDBUnavailable):
            client().search(f"zebra {fault}")
    tmdb.fail = ""
    with pytest.raises(TMDBGone):
        client().details(404_404)
    client().search("zebra")
    assert dict(TmdbTrouble.objects.values_list("http_status").annotate(Sum("count"))) == {429: 3, 500: 3, 0: 3}


def test_troubles_are_kept_for_an_hour() -> None:
    old = timezone.now() - timedelta(minutes=62)
    TmdbTrouble.objects.create(minute=old, http_status=500, count=5)
    health.trouble(500)
    assert list(TmdbTrouble.objects.values_list("http_status", "count")) == [(500, 1)]
