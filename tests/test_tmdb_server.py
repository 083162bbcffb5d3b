"""The tests' own stand-in for TMDB, asked over real HTTP."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.tmdb_films import film, generated_films
from tests.tmdb_server import TmdbServer

TOKEN = "a.read.token"
FILMS = [
    film(1, "The Walk", 2015, vote_count=3000, directors=["Di Rector", "Ed Itor"], cast=["Joe Walker"]),
    film(2, "The Walk", 2024, vote_count=20),
    film(
        3, "Amélie & Co.", 2001, original_title="Le Destin", other_titles=["Amelie aus Montmartre"], other_years=[2000]
    ),
    film(4, "No Day", None),
]


@pytest.fixture
def server() -> Iterator[TmdbServer]:
    with TmdbServer(FILMS) as server:
        yield server


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {TOKEN}"
        yield session


class Ask:
    def __init__(self, server: TmdbServer, session: requests.Session) -> None:
        self.server, self.session = server, session

    def __call__(self, path: str, **params: str) -> requests.Response:
        return self.session.get(f"{self.server.base_url}/{path}", params=params, timeout=5)

    def found(self, query: str, **params: str) -> list[int]:
        return [hit["id"] for hit in self("search/movie", query=query, **params).json()["results"]]


@pytest.fixture
def ask(server: TmdbServer, session: requests.Session) -> Ask:
    return Ask(server, session)


def test_search_finds_by_every_word_of_any_title(ask: Ask) -> None:
    assert ask.found("the WALK") == [1, 2]
    assert ask.found("le destin") == ask.found("montmartre") == ask.found("amelie & co") == [3]
    assert ask.found("amelie and co") == ask.found("the walks") == []


def test_search_of_decomposed_text_finds_nothing(ask: Ask) -> None:
    assert ask.found("Am\u00e9lie & Co.") == [3]
    assert ask.found("Ame\u0301lie & Co.") == []


def test_search_by_year_means_any_release_and_by_primary_year_the_shown_one(ask: Ask) -> None:
    assert ask.found("the walk", year="2024") == [2]
    assert ask.found("amelie", year="2000") == ask.found("amelie", year="2001") == [3]
    assert ask.found("amelie", primary_release_year="2000") == []


def test_search_hit_has_an_empty_release_date_when_unknown(ask: Ask) -> None:
    (hit,) = ask("search/movie", query="no day").json()["results"]
    assert hit["release_date"] == ""
    assert hit["genre_ids"] == [18]
    assert not {"genres", "credits", "imdb_id", "other_titles"} & hit.keys()


def test_search_refuses_an_empty_query_and_a_page_out_of_range(ask: Ask) -> None:
    assert ask("search/movie", query="").status_code == 422
    assert ask("search/movie", query="walk", page="501").json()["status_code"] == 22


def test_details_append_credits_when_asked_for(ask: Ask) -> None:
    told = ask("movie/1", append_to_response="credits").json()
    assert [member["name"] for member in told["credits"]["crew"]] == ["Di Rector", "Ed Itor"]
    assert [member["name"] for member in told["credits"]["cast"]] == ["Joe Walker"]
    assert not {"credits", "other_years"} & ask("movie/1").json().keys()


def test_details_of_an_unknown_or_deleted_film_are_404(server: TmdbServer, ask: Ask) -> None:
    server.gone = [2]
    assert ask("movie/99").json()["status_code"] == 34
    assert (ask("movie/1").status_code, ask("movie/2").status_code) == (200, 404)
    assert ask.found("the walk") == [1, 2]


def test_find_answers_an_imdb_id(ask: Ask) -> None:
    assert [hit["id"] for hit in ask("find/tt0000002").json()["movie_results"]] == [2]
    assert ask("find/tt9999999").json()["movie_results"] == []


def test_discover_is_sorted_by_votes_and_can_ask_for_a_least_number(ask: Ask) -> None:
    assert [hit["id"] for hit in ask("discover/movie").json()["results"]] == [1, 3, 4, 2]
    assert [hit["id"] for hit in ask("discover/movie", **{"vote_count.gte": "101"}).json()["results"]] == [1]


@pytest.mark.parametrize("header", ["", "Bearer bad", "Bearer " + "0a" * 16])
def test_a_bad_or_missing_token_and_a_v3_key_as_bearer_are_401(server: TmdbServer, header: str) -> None:
    server.bad_tokens = ["bad"]
    answer = requests.get(f"{server.base_url}/authentication", headers={"Authorization": header}, timeout=5)
    assert (answer.status_code, answer.json()["status_code"]) == (401, 7)


def test_a_v3_key_in_the_address_is_good(server: TmdbServer) -> None:
    answer = requests.get(f"{server.base_url}/authentication", params={"api_key": "0a" * 16}, timeout=5)
    assert answer.json()["success"] is True


def test_limit_answers_429_past_it_and_opens_again(server: TmdbServer, ask: Ask) -> None:
    server.limit, server.window, server.retry_after = 3, 0.4, 7
    refused = [ask("movie/1") for _ in range(5)][-1]
    assert server.record.statuses == {200: 3, 429: 2}
    assert (refused.json()["status_code"], refused.headers["Retry-After"]) == (25, "7")
    time.sleep(0.45)
    assert ask("movie/1").status_code == 200
    assert server.record.worst_window == 5


def test_limit_holds_for_many_at_once(server: TmdbServer) -> None:
    server.limit = 10
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda _: get(f"{server.base_url}/movie/1").status_code, range(40)))
    assert statuses.count(200) == 10
    assert server.record.worst_window == server.record.requests == 40


def get(url: str) -> requests.Response:
    return requests.get(url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5)


def test_record_counts_paths_repeats_and_connections(server: TmdbServer, ask: Ask) -> None:
    for path in ("movie/1", "movie/1", "movie/2", "find/tt0000001"):
        ask(path)
    server.latency = 0.2
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(get, [f"{server.base_url}/movie/{n}" for n in (3, 4, 99)]))
    assert server.record.paths == {"/3/movie/{id}": 6, "/3/find/{id}": 1}
    assert server.record.repeated == 1
    assert server.record.most_connections == 4


@pytest.mark.parametrize(("fail", "status"), [("500", 500), ("html", 503), ("429", 429)])
def test_fail_with_a_status(server: TmdbServer, ask: Ask, fail: str, status: int) -> None:
    server.fail, server.retry_after = fail, None
    answer = ask("movie/1")
    assert answer.status_code == status
    assert "Retry-After" not in answer.headers
    server.fail = "none"
    assert ask("movie/1").status_code == 200


def test_fail_garbage_is_200_and_not_json(server: TmdbServer, ask: Ask) -> None:
    server.fail = "garbage"
    answer = ask("movie/1")
    assert answer.status_code == 200
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize(
    ("fail", "trouble"),
    [("down", requests.ConnectionError), ("cut", requests.exceptions.ChunkedEncodingError)],
)
def test_fail_without_a_whole_answer(server: TmdbServer, ask: Ask, fail: str, trouble: type[Exception]) -> None:
    server.fail = fail
    with pytest.raises(trouble):
        ask("movie/1")
    assert server.record.repeated == 0


def test_fail_slow_outlasts_the_time_out(server: TmdbServer, session: requests.Session) -> None:
    server.fail = "slow"
    with pytest.raises(requests.ReadTimeout):
        session.get(f"{server.base_url}/movie/1", timeout=0.2)


def test_fail_flaky_fails_every_third_time(server: TmdbServer, ask: Ask) -> None:
    server.fail = "flaky"
    results = []
    for _ in range(18):
        try:
            results.append(ask("movie/1").json()["id"] == 1)
        except (requests.RequestException, KeyError):
            results.append(False)
    assert results == [True, True, False] * 6


def test_modes_stats_and_reset_over_http(server: TmdbServer, ask: Ask) -> None:
    modes: dict[str, Any] = {"fail": "500", "retry_after": None, "gone": [1], "bad_tokens": ["x"], "latency": 0.01}
    assert requests.post(f"{server.host_url}/_mode", json=modes, timeout=5).ok
    assert {name: getattr(server, name) for name in modes} == modes
    ask("movie/1")
    stats = requests.get(f"{server.host_url}/_stats", timeout=5).json()
    assert (stats["requests"], stats["statuses"], stats["paths"]) == (1, {"500": 1}, {"/3/movie/{id}": 1})
    requests.post(f"{server.host_url}/_reset", timeout=5)
    assert server.record.requests == 0


def test_an_unknown_mode_is_refused(server: TmdbServer) -> None:
    assert requests.post(f"{server.host_url}/_mode", json={"films": {}}, timeout=5).status_code == 400


def test_posters_are_small_pictures(server: TmdbServer, ask: Ask) -> None:
    path = ask("movie/1").json()["poster_path"]
    one, other = (requests.get(f"{server.image_url}/w342{p}", timeout=5) for p in (path, "/2.png"))
    assert one.headers["Content-Type"] == "image/png"
    assert one.content.startswith(b"\x89PNG")
    assert one.content != other.content


def test_a_stopped_server_answers_nobody_any_more(session: requests.Session) -> None:
    with TmdbServer(FILMS) as server:
        ask = Ask(server, session)
        assert ask("movie/1").ok
    with pytest.raises(requests.ConnectionError):
        ask("movie/1")


def test_default_films_hold_the_sample_and_invented_ones(session: requests.Session) -> None:
    with TmdbServer() as server:
        ask = Ask(server, session)
        assert ask("movie/129", append_to_response="credits").json()["credits"]["crew"][0]["name"] == "Hayao Miyazaki"
        invented = generated_films(300)[-1]
        assert ask.found(invented["title"], year=invented["release_date"][:4]) == [invented["id"]]


def test_generated_films_are_distinct_and_the_same_every_time() -> None:
    films = generated_films(10_000)
    assert films[:50] == generated_films(50)
    assert len({one["title"] for one in films}) == len({one["id"] for one in films}) == 10_000


def test_the_server_runs_as_a_process_of_its_own() -> None:
    command = [
        sys.executable,
        "-m",
        "tests.tmdb_server",
        "--port",
        "0",
        "--limit",
        "1",
        "--window",
        "10",
        "--latency",
        "0",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        statuses = [get(f"{address}/movie/129").status_code for _ in range(2)]
        process.terminate()
    assert statuses == [200, 429]
