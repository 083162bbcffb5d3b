"""TMDB's answers with odd facts in them: what is kept fits the database, and one odd hit costs only itself."""

import json
from typing import Any

import pytest

from enrichment.films.records import facts
from enrichment.models import TmdbMovie
from enrichment.numbers import LARGEST
from enrichment.tmdb import types
from enrichment.tmdb.types import MovieDetails, SearchAnswer
from tests.tmdb_films import film, hit

HUGE = json.loads("1e400")
ODD_NUMBERS: list[Any] = [2**63, 10**400, HUGE, -HUGE, -1, True, "12", "abc", [], {}]
ODD_TEXTS: list[Any] = [7, [], ["a"], {}, True, "\0", "\ud800", None]


def details(**odd: Any) -> MovieDetails:
    return MovieDetails.from_json(film(5, "Zebra", 1999, **odd))


@pytest.mark.parametrize("odd", ODD_NUMBERS)
@pytest.mark.parametrize("name", ["runtime", "budget", "revenue", "vote_count"])
def test_an_odd_number_is_unknown(name: str, odd: Any) -> None:
    assert getattr(details(**{name: odd}), name) is None


@pytest.mark.parametrize("odd", [10**400, HUGE, -HUGE, float("nan"), -1, True, "abc", []])
@pytest.mark.parametrize("name", ["popularity", "vote_average"])
def test_an_odd_measure_is_unknown(name: str, odd: Any) -> None:
    assert getattr(details(**{name: odd}), name) is None


def test_numbers_are_kept_to_the_columns_limits() -> None:
    known = details(budget=2**63 - 1, runtime=2**31 - 1, revenue=1e6)
    assert (known.budget, known.runtime, known.revenue) == (2**63 - 1, 2**31 - 1, 1_000_000)
    assert details(runtime=2**31).runtime is None


@pytest.mark.parametrize("odd", ODD_TEXTS)
@pytest.mark.parametrize("name", ["original_title", "original_language", "overview", "poster_path", "imdb_id"])
def test_an_odd_text_is_empty(name: str, odd: Any) -> None:
    assert getattr(details(**{name: odd}), name) == ""


@pytest.mark.parametrize(
    ("name", "longest"),
    [
        ("original_language", types.MAX_LANGUAGE),
        ("imdb_id", types.MAX_IMDB_ID),
    ],
)
def test_a_code_too_long_is_unknown(name: str, longest: int) -> None:
    assert getattr(TmdbMovie._meta.get_field(name), "max_length") == longest  # noqa: B009
    assert getattr(details(**{name: "x" * longest}), name) == "x" * longest
    assert getattr(details(**{name: "x" * (longest + 1)}), name) == ""


def test_a_poster_path_too_long_is_unknown() -> None:
    assert TmdbMovie._meta.get_field("poster_path").max_length == types.MAX_PATH
    longest = f"/{'x' * (types.MAX_PATH - 5)}.jpg"
    assert len(longest) == types.MAX_PATH and details(poster_path=longest).poster_path == longest
    assert details(poster_path=f"{longest}g").poster_path == ""


@pytest.mark.parametrize(
    "path",
    [
        *("a.jpg", "/../a.jpg", "/..", "/a/b.jpg", "//evil.example/a.jpg", "/a.jpg?x=1", "/a.jpg#x", "/%2e%2e.jpg"),
        *("/a b.jpg", "/a\\b.jpg", "/a.jpg\n", "@evil.example/a.jpg", '/"onerror=.jpg', "/é.jpg", "/", ""),
    ],
)
def test_a_poster_path_is_one_segment(path: str) -> None:
    assert details(poster_path=path).poster_path == ""
    assert details(poster_path="/aZ-_9.b.png").poster_path == "/aZ-_9.b.png"


def test_texts_lose_what_no_database_keeps() -> None:
    known = MovieDetails.from_json(film(5, "Ze\0bra\ud800", overview="a\udfffb😀"))
    assert (known.title, known.overview) == ("Zebra", "ab😀")


@pytest.mark.parametrize("odd", [None, 7, "names", {"name": "x"}, [7, None, "x", {"name": 7}, {"name": "\0"}, {}]])
def test_odd_people_are_nobody(odd: Any) -> None:
    known = details(genres=odd, production_countries=odd, credits={"cast": odd, "crew": odd})
    assert (known.genres, known.countries, known.cast, known.directors) == ([], [], [], [])
    assert details(credits=odd).cast == []


def test_a_cast_with_odd_places_is_kept() -> None:
    rows = [{"name": "C", "order": "x"}, {"name": "B", "order": 1}, {"name": "A", "order": 0}, {"name": "D"}]
    assert details(credits={"cast": rows, "crew": []}).cast == ["A", "B", "C", "D"]


@pytest.mark.parametrize("odd", [19990615, [], {}, True, "1999-13-45", "soon"])
def test_an_odd_date_is_unknown(odd: Any) -> None:
    assert details(release_date=odd).release_date is None


ODD_HITS: list[Any] = [
    None,
    7,
    "film",
    [],
    {},
    *({"id": odd, "title": "Odd"} for odd in [*ODD_NUMBERS, 0, None, 2**31]),
    *({"id": 6, "title": odd} for odd in ODD_TEXTS),
]


@pytest.mark.parametrize("odd", ODD_HITS)
def test_one_odd_hit_costs_only_itself(odd: Any) -> None:
    answer = SearchAnswer.from_json({"results": [odd, hit(film(5, "Zebra", 1999))], "total_results": 2})
    assert [found.tmdb_id for found in answer.hits] == [5]
    assert answer.total == 2


@pytest.mark.parametrize("odd", [None, {}, "hits", 7])
def test_hits_that_are_no_list_are_no_answer(odd: Any) -> None:
    with pytest.raises(TypeError):
        SearchAnswer.from_json({"results": odd})


@pytest.mark.parametrize("odd", ODD_NUMBERS)
def test_an_odd_total_is_what_was_counted(odd: Any) -> None:
    assert SearchAnswer.from_json({"results": [hit(film(5, "Zebra"))], "total_results": odd}).total == 1


@pytest.mark.django_db
def test_the_longest_facts_fit_the_database() -> None:
    most = dict.fromkeys(("vote_count", "runtime"), LARGEST) | {"id": LARGEST}
    money = dict.fromkeys(("budget", "revenue"), types.MAX_MONEY)
    known = MovieDetails.from_json(film(5, "Zebra\0\ud800", 1999, vote_average=1e308) | most | money)
    TmdbMovie.objects.create(**facts(known))
    assert TmdbMovie.objects.get().budget == types.MAX_MONEY
