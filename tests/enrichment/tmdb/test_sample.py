"""The built-in catalogue, asked as the client asks TMDB, and the sample export that goes with it."""

import csv
import io
import re
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from requests import Response, Session
from requests_cache import CachedSession

from enrichment.tmdb.sample import SampleAdapter, catalogue
from imports import samples

API = "http://tmdb.test/any/prefix/3"
HIT_FIELDS = (
    "adult backdrop_path genre_ids id original_language original_title overview popularity poster_path "
    "release_date title video vote_average vote_count"
).split()
BASE_62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
WACHOWSKIS = ["Lana Wachowski", "Lilly Wachowski"]
EMMA = ("Emma", 1996)  # two films of one year, neither far ahead
UNKNOWN = {("11.22.63", 2016), ("Close to Home, Far from Vera", 2019)}


@pytest.fixture
def session() -> Session:
    session = Session()
    session.mount(API, SampleAdapter())
    return session


def ask(session: Session, path: str, **params: object) -> Response:
    return session.get(f"{API}/{path}", params={k: str(v) for k, v in params.items()}, timeout=1)


def search(session: Session, title: str, **params: object) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = ask(session, "search/movie", query=title, **params).json()["results"]
    return results


def export_rows(name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(samples.letterboxd_zip())) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))


def known_films() -> list[tuple[str, int]]:
    files = ["watched.csv", "ratings.csv", "diary.csv", "reviews.csv", "likes/films.csv", "watchlist.csv"]
    films = {(row["Name"], int(row["Year"])) for name in files for row in export_rows(name)}
    assert films > UNKNOWN
    return sorted(films - UNKNOWN)


def link_number(uri: str) -> int:
    number = 0
    for digit in uri.removeprefix("https://boxd.it/"):
        number = number * 62 + BASE_62.index(digit)
    return number


def test_catalogue_has_many_films_of_many_times_and_countries() -> None:
    films = catalogue().films
    assert len(films) >= 160
    assert len({film.release_date[:3] for film in films}) >= 10
    assert len({film.language for film in films}) >= 20
    assert {code for film in films for code in film.countries} == set(catalogue().countries)


def test_catalogue_ids_are_unique_and_well_formed() -> None:
    films = catalogue().films
    assert len({film.id for film in films}) == len({film.imdb_id for film in films}) == len(films)
    assert all(re.fullmatch(r"tt\d{7,8}", film.imdb_id) for film in films)


def test_catalogue_facts_are_whole() -> None:
    for film in catalogue().films:
        assert date.fromisoformat(film.release_date).year >= 1900
        assert film.genres
        assert set(film.genres) <= set(catalogue().genres)
        assert len(set(film.directors)) == len(film.directors)
        assert 1 <= len(film.directors) <= 3
        assert len(set(film.cast)) == len(film.cast) <= 6
        assert 0 < film.runtime < 300
        assert film.standing > 0


def test_catalogue_has_namesakes_so_that_ambiguity_shows() -> None:
    titles = Counter(film.title for film in catalogue().films)
    assert {"Dune", "The Mummy", "Hero", "Nosferatu", "Emma"} <= {title for title, count in titles.items() if count > 1}


def test_search_ignores_case_accents_and_punctuation(session: Session) -> None:
    assert [hit["title"] for hit in search(session, "wall-e")] == ["WALL·E"]
    assert [hit["title"] for hit in search(session, "AMELIE")] == ["Amélie"]
    assert [hit["title"] for hit in search(session, "8½")] == ["8½"]


def test_search_needs_every_word_of_one_title(session: Session) -> None:
    assert search(session, "Seven Samurai")[0]["id"] == 346
    assert search(session, "Seven Samurais") == []
    assert search(session, "Rashomon 羅生門") == []


def test_search_knows_the_original_title(session: Session) -> None:
    assert [hit["title"] for hit in search(session, "千と千尋の神隠し")] == ["Spirited Away"]


@pytest.mark.parametrize("filter_name", ["year", "primary_release_year"])
def test_search_keeps_to_the_year_asked_for(session: Session, filter_name: str) -> None:
    assert [hit["id"] for hit in search(session, "Dune", **{filter_name: 1984})] == [841]
    assert len(search(session, "Dune")) == 3


def test_search_hit_has_the_shape_of_tmdb(session: Session) -> None:
    (hit,) = search(session, "Stalker")
    assert sorted(hit) == HIT_FIELDS
    assert hit["genre_ids"] == [878, 18, 9648]
    assert (hit["original_title"], hit["original_language"], hit["release_date"]) == ("Сталкер", "ru", "1979-05-25")


def test_search_is_paged_best_known_first(session: Session) -> None:
    first, second = (ask(session, "search/movie", query="the", page=page).json() for page in (1, 2))
    votes = [hit["vote_count"] for hit in first["results"] + second["results"]]
    assert votes == sorted(votes, reverse=True)
    assert len(first["results"]) == 20
    assert first["total_results"] > 40
    assert first["total_pages"] == second["total_pages"] == -(-first["total_results"] // 20)
    assert search(session, "the", page=500) == []


def test_search_without_words_is_refused(session: Session) -> None:
    assert ask(session, "search/movie", query="").status_code == 422


def test_discover_lists_every_film_once(session: Session) -> None:
    pages = ask(session, "discover/movie").json()["total_pages"]
    listed = [hit for n in range(pages) for hit in ask(session, "discover/movie", page=n + 1).json()["results"]]
    assert sorted(hit["id"] for hit in listed) == sorted(film.id for film in catalogue().films)
    assert listed[0]["vote_count"] == max(hit["vote_count"] for hit in listed)


def test_movie_details_come_with_credits_when_asked_for(session: Session) -> None:
    film = ask(session, "movie/603", append_to_response="credits").json()
    assert film["imdb_id"] == "tt0133093"
    assert film["runtime"] == 136
    assert film["production_countries"] == [{"iso_3166_1": "US", "name": "United States of America"}]
    assert {"id": 878, "name": "Science Fiction"} in film["genres"]
    assert {c["name"]: c["job"] for c in film["credits"]["crew"]} == dict.fromkeys(WACHOWSKIS, "Director")
    assert film["credits"]["cast"][0]["name"] == "Keanu Reeves"
    assert "credits" not in ask(session, "movie/603").json()


@pytest.mark.parametrize("path", ["movie/1", "movie/603/images", "configuration"])
def test_what_the_catalogue_does_not_know_is_404_as_at_tmdb(session: Session, path: str) -> None:
    response = ask(session, path)
    assert response.status_code == 404
    assert response.json()["status_code"] == 34


def test_find_answers_an_imdb_id(session: Session) -> None:
    found = ask(session, "find/tt0245429", external_source="imdb_id").json()
    assert [hit["title"] for hit in found.pop("movie_results")] == ["Spirited Away"]
    assert list(found.values()) == [[], [], [], []]
    assert ask(session, "find/tt9999999", external_source="imdb_id").json()["movie_results"] == []


def test_authentication_succeeds(session: Session) -> None:
    assert ask(session, "authentication").json()["success"] is True


def test_answers_can_be_cached_as_the_client_caches(tmp_path: Path) -> None:
    session = CachedSession(tmp_path / "cache.sqlite", serializer="json")
    session.mount(API, SampleAdapter())
    fresh, again = (ask(session, "movie/8392", append_to_response="credits") for _ in range(2))
    assert [getattr(response, "from_cache", None) for response in (fresh, again)] == [False, True]
    assert fresh.json() == again.json()
    assert again.headers["Content-Type"].startswith("application/json")
    assert again.encoding == "utf-8"


@pytest.mark.parametrize(("title", "year"), known_films())
def test_sample_export_films_are_in_the_catalogue(session: Session, title: str, year: int) -> None:
    hits = [hit for near in (year, year + 1) for hit in search(session, title, year=near)]
    assert title.casefold() in [hit["title"].casefold() for hit in hits]


def test_sample_export_has_two_unknown_films_and_an_ambiguous_one(session: Session) -> None:
    assert all(search(session, title) == [] for title, _ in UNKNOWN)
    assert EMMA in known_films()
    votes = [hit["vote_count"] for hit in search(session, EMMA[0], year=EMMA[1])]
    assert len(votes) == 2
    assert votes[0] < 10 * votes[1]


def test_sample_export_links_tell_films_from_entries() -> None:
    for name in ("watched.csv", "ratings.csv", "likes/films.csv", "watchlist.csv"):
        assert {link_number(row["Letterboxd URI"]) % 10 for row in export_rows(name)} == {0}
    for name in ("diary.csv", "reviews.csv"):
        assert {link_number(row["Letterboxd URI"]) % 10 for row in export_rows(name)} == {1}


def test_sample_export_holds_what_letterboxd_says_of_itself() -> None:
    watched = {row["Letterboxd URI"] for row in export_rows("watched.csv")}
    diary = {row["Letterboxd URI"]: row for row in export_rows("diary.csv")}
    dated = [row for row in export_rows("reviews.csv") if row["Watched Date"]]
    assert {row["Letterboxd URI"] for row in export_rows("ratings.csv")} <= watched
    assert all(diary[row["Letterboxd URI"]]["Rating"] == row["Rating"] for row in dated)
    assert {row["Rewatch"] for row in diary.values()} == {"", "Yes"}
    assert {row["Watched Date"][:4] for row in diary.values()} == {"2023", "2024", "2025", "2026"}


def test_sample_export_is_the_same_every_time_with_letterboxds_line_ends() -> None:
    assert samples.letterboxd_zip() == samples.letterboxd_zip()
    with zipfile.ZipFile(io.BytesIO(samples.letterboxd_zip())) as archive:
        assert "profile.csv" not in archive.namelist()
        for name in archive.namelist():
            data = archive.read(name)
            assert data.count(b"\r\n") == data.count(b"\n") > 1
