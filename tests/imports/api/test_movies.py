"""An import's films over JSON: filtered, ordered and paged as on the page."""

from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from imports.api.wanted import MoviesWanted, Paged
from imports.films.listing import ORDERS, MovieFilters
from imports.models import ImportSession, Movie, Outcome, Viewing
from tests.factories import ImportSessionFactory, MovieFactory, TmdbMovieFactory, UserFactory, ViewingFactory

pytestmark = pytest.mark.django_db

NOTHING_KNOWN = dict.fromkeys(
    "tmdb_id tmdb_title genres directors cast runtime budget revenue popularity vote_average original_language country "
    "enriched_at confidence".split()
)


@pytest.fixture
def session(client: Client) -> ImportSession:
    """Of the client's person: three films, each with something that the others lack."""
    user = UserFactory()
    client.force_login(user)
    session: ImportSession = ImportSessionFactory(user=user, browser_key="", total_movies=3)
    heat = TmdbMovieFactory(
        done=True,
        title="Heat",
        release_date="1995-12-15",
        runtime=170,
        genres=["Crime", "Drama"],
        directors=["Michael Mann"],
        cast=["Al Pacino"],
        countries=["United States of America"],
        original_language="en",
    )
    amelie = TmdbMovieFactory(
        done=True,
        title="Amélie",
        release_date="2001-04-25",
        runtime=122,
        genres=["Comedy"],
        directors=["Jean-Pierre Jeunet"],
        cast=["Audrey Tautou"],
        countries=["France"],
        original_language="fr",
    )
    film(session, "Heat", heat, year=1995, rating=Decimal("4.5"), days=[date(2023, 1, 1), date(2024, 5, 17)], turn=0)
    film(session, "Amélie", amelie, year=2001, rating=None, days=[date(2024, 5, 20)], turn=1, liked_on="2024-05-20")
    MovieFactory(session=session, title="Unknown", year=1950, rating=Decimal("1.0"), turn=2, is_seen=False)
    return session


def film(session: ImportSession, title: str, match: Any, *, days: list[date], **more: Any) -> None:
    made = MovieFactory(session=session, title=title, tmdb_movie=match, matched=True, watched_on=days[-1], **more)
    for day in days:
        ViewingFactory(movie=made, watched_on=day, tags=["cinema"] if len(days) > 1 else [])


def movies(client: Client, session: ImportSession, query: str = "") -> Any:
    answer = client.get(f"/api/session/{session.pk}/movies?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Amélie", "Heat", "Unknown"]),
        ("q=amelie", ["Amélie"]),
        ("q=mann", ["Heat"]),
        ("q=nobody", []),
        ("decade=1990", ["Heat"]),
        ("year=2001", ["Amélie"]),
        ("genre=Crime", ["Heat"]),
        ("genre=Crime&genre_too=Drama", ["Heat"]),
        ("genre=Crime&genre_too=Comedy", []),
        ("rating=4.5", ["Heat"]),
        ("rating=1", ["Unknown"]),
        ("rating=none", ["Amélie"]),
        ("status=open", ["Unknown"]),
        ("status=matched", ["Amélie", "Heat"]),
        ("liked=true", ["Amélie"]),
        ("liked=false", ["Amélie", "Heat", "Unknown"]),
        ("seen=true", ["Amélie", "Heat"]),
        ("watched=2023", ["Heat"]),
        ("watched=2024-05", ["Amélie", "Heat"]),
        ("watched=2024-05-17", ["Heat"]),
        ("weekday=0", ["Amélie"]),
        ("rewatched=true", ["Heat"]),
        ("director=Michael%20Mann", ["Heat"]),
        ("cast=Audrey%20Tautou", ["Amélie"]),
        ("country=France", ["Amélie"]),
        ("language=en", ["Heat"]),
        ("tag=cinema", ["Heat"]),
        ("sort=title", ["Amélie", "Heat", "Unknown"]),
        ("sort=rating", ["Heat", "Unknown", "Amélie"]),
        ("sort=year_oldest&status=matched", ["Heat", "Amélie"]),
        ("sort=runtime_shortest&decade=1990", ["Heat"]),
    ],
)
def test_the_films_are_filtered_and_ordered_as_on_the_page(
    client: Client, session: ImportSession, query: str, expected: list[str]
) -> None:
    answer = movies(client, session, query)
    assert [movie["title"] for movie in answer["movies"]] == expected
    assert answer["total"] == len(expected)


def test_the_api_filters_by_all_that_the_page_filters_by() -> None:
    names = set(MoviesWanted.model_fields) - set(Paged.model_fields)
    assert names == {field.name for field in fields(MovieFilters)}
    assert MoviesWanted.model_validate({}).filters() == MovieFilters()
    sorts = MoviesWanted.model_json_schema()["properties"]["sort"]["enum"]
    assert sorts == list(ORDERS)


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "x" * 101,
        "q=%00",
        "decade=1995",
        "decade=-10",
        "decade=x",
        "year=0",
        "year=99999",
        "genre=%00",
        "rating=6",
        "rating=0",
        "rating=3.3",
        "status=nowhere",
        "status=",
        "liked=perhaps",
        "watched=0000",
        "watched=2024-13",
        "watched=2024-02-30",
        "watched=2024-W01-1",
        "watched=yesterday",
        "weekday=7",
        "weekday=Monday",
        "director=" + "x" * 201,
        "tag=%00",
        "sort=price",
        "page=0",
        "per_page=201",
    ],
)
def test_a_value_that_cannot_be_is_refused_by_its_name(client: Client, session: ImportSession, query: str) -> None:
    answer = client.get(f"/api/session/{session.pk}/movies?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["detail"].startswith(query.partition("=")[0] + ": ")


@pytest.mark.parametrize("value", ["2024-W01-1", "0000", "٢٠٢٤"])
def test_the_page_takes_no_other_kind_of_day(client: Client, session: ImportSession, value: str) -> None:
    answer = client.get(f"/imports/{session.pk}/films/", {"watched": value})
    assert answer.status_code == 200
    assert "Amélie" in answer.content.decode()


def test_the_total_counts_what_is_found_on_all_pages(client: Client, session: ImportSession) -> None:
    answer = movies(client, session, "status=matched&per_page=1&page=2")
    assert [movie["title"] for movie in answer.pop("movies")] == ["Heat"]
    assert answer == {"total": 2, "page": 2, "per_page": 1}
    assert movies(client, session, "page=9")["movies"] == []


def test_a_film_is_told_with_all_that_is_known(client: Client, session: ImportSession) -> None:
    _, heat, unknown = movies(client, session)["movies"]
    assert (heat["year"], heat["rating"], heat["watched_date"]) == (1995, 4.5, "2024-05-17")
    assert (heat["tags"], heat["runtime"], heat["country"]) == (["cinema"], 170, "United States of America")
    assert {viewing["watched_date"] for viewing in heat["viewings"]} == {"2023-01-01", "2024-05-17"}
    assert (heat["status"], heat["tmdb_enriched"]) == ("matched", True)
    assert unknown == NOTHING_KNOWN | {
        "id": session.movies.get(title="Unknown").pk,
        "title": "Unknown",
        "year": 1950,
        "rating": 1.0,
        "watched_date": None,
        "rewatch": False,
        "tags": [],
        "review": "",
        "letterboxd_uri": "",
        "viewings": [],
        "viewings_count": 0,
        "status": "open",
        "tmdb_enriched": False,
        "reasons": [],
    }


def test_a_tag_is_the_owners_to_ask_for(client: Client, session: ImportSession) -> None:
    stranger = Client()
    answer = stranger.get(f"/api/session/{session.pk}/movies?tag=cinema")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert movies(stranger, session, "q=cinema")["total"] == 0
    assert {movie["tags"] for movie in movies(stranger, session)["movies"]} == {None}


@pytest.mark.parametrize("count", [3, 40])
@pytest.mark.parametrize(("query", "queries"), [("", 4), ("sort=title", 4), ("status=matched&genre=Drama&q=film", 5)])
def test_filters_cost_one_count_for_any_number_of_films(
    client: Client, count: int, query: str, queries: int, django_assert_num_queries: Any
) -> None:
    session = ImportSessionFactory(total_movies=count, last_accessed=timezone.now())
    for _ in range(count):
        match = TmdbMovieFactory(done=True, genres=["Drama"], title="A Film")
        ViewingFactory(movie=MovieFactory(session=session, matched=True, tmdb_movie=match))
    with django_assert_num_queries(queries):  # import, films, viewings, these counted; how many are left
        assert len(movies(client, session, query)["movies"]) == count


def test_every_status_can_be_asked_for(client: Client, session: ImportSession) -> None:
    assert sum(movies(client, session, f"status={status}")["total"] for status in Outcome.values) == 3


@pytest.fixture
def often(session: ImportSession) -> Movie:
    """Seen on 120 days, reviewed on the first, seen again by the diary's word only then."""
    movie: Movie = MovieFactory(session=session, title="Often", watched_on=date(2024, 6, 1), turn=3)
    first = date(2024, 2, 3)
    ViewingFactory(movie=movie, watched_on=first, rewatch=True, tags=["first"], review="Once more")
    ViewingFactory(movie=movie, watched_on=None)
    Viewing.objects.bulk_create(
        Viewing(movie=movie, watched_on=first + timedelta(days=n), tags=["later"]) for n in range(1, 119)
    )
    return movie


def test_a_film_has_its_newest_viewings_and_says_how_many_there_are(
    client: Client, session: ImportSession, often: Movie
) -> None:
    film = movies(client, session, "q=often")["movies"][0]
    days = [viewing["watched_date"] for viewing in film["viewings"]]
    assert (len(days), film["viewings_count"], film["rewatch"]) == (50, 120, True)
    assert days == sorted(days, reverse=True) and days[0] == "2024-05-31"
    assert film["tags"] == ["later"]
    assert len(client.get(f"/api/session/{session.pk}/movies-summary").json()["movies"][0]["viewings"]) == 50


def test_all_viewings_of_a_film_come_in_pages(client: Client, session: ImportSession, often: Movie) -> None:
    address = f"/api/session/{session.pk}/movies/{often.pk}/viewings"
    pages = [client.get(f"{address}?page={page}&per_page=100").json() for page in (1, 2, 3)]
    assert [(len(page["viewings"]), page["total"], page["page"]) for page in pages] == [
        (100, 120, 1),
        (20, 120, 2),
        (0, 120, 3),
    ]
    days = [viewing["watched_date"] for page in pages for viewing in page["viewings"]]
    assert days[:-1] == sorted(days[:-1], reverse=True) and days[-1] is None
    first = pages[1]["viewings"][-2]
    assert (first["review"], first["tags"], first["rewatch"]) == ("Once more", ["first"], True)
    with_the_link = Client().get(f"{address}?page=2&per_page=100").json()["viewings"][-2]
    assert (with_the_link["review"], with_the_link["tags"]) == (None, None)
    assert client.get(f"/api/session/{session.pk}/movies/{often.pk + 1}/viewings").status_code == 404
    assert client.get(f"{address}?per_page=201").status_code == 400


def test_of_a_review_without_end_a_film_has_the_beginning_and_its_viewing_all(
    client: Client, session: ImportSession, often: Movie
) -> None:
    Viewing.objects.filter(movie=often, watched_on="2024-05-31").update(review="x" * 100_000)
    film = movies(client, session, "q=often")["movies"][0]
    assert film["review"] == film["viewings"][0]["review"] == "x" * 20_000 + "…"
    viewings = client.get(f"/api/session/{session.pk}/movies/{often.pk}/viewings").json()["viewings"]
    assert viewings[0]["review"] == "x" * 100_000
