"""An import in short, over JSON: its first films, those that are still open, and what is known of all."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from imports.models import ChosenBy, ImportSession, Outcome
from tests.factories import ImportSessionFactory, MovieFactory, TitleLookupFactory, TmdbMovieFactory, ViewingFactory

pytestmark = pytest.mark.django_db


def told(client: Client, session: ImportSession, what: str) -> Any:
    return client.get(f"/api/session/{session.pk}/{what}").json()


def waiting(session: ImportSession, title: str, turn: int, **lookup: Any) -> None:
    MovieFactory(session=session, title=title, turn=turn, lookup=TitleLookupFactory(title=title, **lookup))


def failed(session: ImportSession, title: str, turn: int, **more: Any) -> None:
    settled = {"outcome": Outcome.FAILED, "settled_at": timezone.now()}
    MovieFactory(session=session, title=title, turn=turn, **settled, **more)


def test_the_summary_has_the_first_ten_with_what_is_known(client: Client) -> None:
    session = ImportSessionFactory(total_movies=12, enriched_count=1, matched_count=1)
    known = TmdbMovieFactory(done=True, title="Heat (TMDB)", genres=["Crime"])
    MovieFactory(session=session, title="Heat", watched_on="2024-05-01", matched=True, tmdb_movie=known, turn=0)
    for turn in range(1, 12):
        MovieFactory(session=session, title=f"T{turn}", watched_on=date(2023, 12, 31 - turn), turn=turn)
    answer = told(client, session, "movies-summary")
    assert [movie["title"] for movie in answer["movies"]] == ["Heat", *(f"T{turn}" for turn in range(1, 10))]
    assert (answer["movies"][0]["tmdb_title"], answer["movies"][0]["genres"]) == ("Heat (TMDB)", ["Crime"])
    del answer["movies"]
    assert answer == {"session_id": str(session.pk), "total_movies": 12, "enriched_count": 1}


def test_the_summary_tells_a_reader_no_tags_and_reviews(client: Client) -> None:
    session = ImportSessionFactory(total_movies=1)
    ViewingFactory(movie=MovieFactory(session=session), tags=["secret"], review="a secret thought")
    [movie] = told(client, session, "movies-summary")["movies"]
    assert (movie["tags"], movie["review"], movie["viewings"][0]["review"]) == (None, None, None)


@pytest.mark.parametrize("count", [2, 12])
def test_the_summary_asks_the_same_for_any_number(client: Client, count: int, django_assert_num_queries: Any) -> None:
    session = ImportSessionFactory(total_movies=count)
    for _ in range(count):
        ViewingFactory(movie=MovieFactory(session=session, matched=True))
    with django_assert_num_queries(4):  # the import, films, viewings, these counted
        told(client, session, "movies-summary")


def test_open_films_are_told_with_their_tries_and_reasons(client: Client) -> None:
    session = ImportSessionFactory(total_movies=6, enriched_count=3, matched_count=1, failed_count=2)
    MovieFactory(session=session, title="Known", matched=True, turn=0)
    waiting(session, "Waiting", 1)
    waiting(session, "Tried", 2, attempts=2, error="no answer (ConnectTimeout)")
    details = TmdbMovieFactory(pending=True, attempts=1, error="TMDB answered 500")
    waiting(session, "Found", 3, status="matched", tmdb_movie=details, attempts=1)
    failed(session, "Never found", 4, lookup=TitleLookupFactory(status="failed", attempts=1, error="TMDB answered 422"))
    gone_wrong = TmdbMovieFactory(details_status="failed", attempts=5, error="gave up after 5 tries: TMDB answered 500")
    failed(session, "Never known", 5, tmdb_movie=gone_wrong, chosen_by=ChosenBy.MACHINE)
    answer = told(client, session, "unenriched-movies")
    assert [tuple(movie[name] for name in ("title", "status", "attempts", "error")) for movie in answer["movies"]] == [
        ("Waiting", "open", 0, ""),
        ("Tried", "open", 2, "no answer (ConnectTimeout)"),
        ("Found", "open", 1, "TMDB answered 500"),
        ("Never found", "failed", 1, "TMDB answered 422"),
        ("Never known", "failed", 5, "gave up after 5 tries: TMDB answered 500"),
    ]
    assert answer["movies"][0].keys() == {"title", "year", "letterboxd_uri", "status", "attempts", "error"}
    assert (answer["total"], answer["page"], answer["per_page"]) == (5, 1, 50)


def test_open_films_are_paged(client: Client) -> None:
    session = ImportSessionFactory(total_movies=3)
    for turn in range(3):
        waiting(session, f"T{turn}", turn)
    answer = told(client, session, "unenriched-movies?per_page=2&page=2")
    assert [movie["title"] for movie in answer["movies"]] == ["T2"]
    assert answer["total"] == 3
    assert client.get(f"/api/session/{session.pk}/unenriched-movies?per_page=0").status_code == 400


@pytest.mark.parametrize("count", [2, 30])
def test_open_films_cost_one_query_more_than_the_import(
    client: Client, count: int, django_assert_num_queries: Any
) -> None:
    session = ImportSessionFactory(total_movies=count)
    for turn in range(count):
        waiting(session, f"T{turn}", turn)
    with django_assert_num_queries(2):
        assert len(told(client, session, "unenriched-movies")["movies"]) == count


def test_what_is_known_of_all_has_this_shape(client: Client) -> None:
    session = ImportSessionFactory(total_movies=2, enriched_count=1, matched_count=1)
    known = TmdbMovieFactory(
        done=True,
        runtime=90,
        genres=["Crime", "Drama"],
        directors=["Michael Mann"],
        countries=["France"],
        original_language="fr",
    )
    ViewingFactory(
        movie=MovieFactory(session=session, matched=True, tmdb_movie=known, rating=4), watched_on="2024-05-01"
    )
    MovieFactory(session=session, rating=3)
    answer = told(client, session, "enrichment-stats")
    genres = answer["data_summary"].pop("unique_genres")
    assert (genres["count"], sorted(genres["examples"])) == (2, ["Crime", "Drama"])
    assert answer == {
        "session_id": str(session.pk),
        "total_movies": 2,
        "enriched_count": 1,
        "enrichment_percentage": 50,
        "data_summary": {
            "unique_directors": {"count": 1, "examples": ["Michael Mann"]},
            "unique_languages": {"count": 1, "examples": ["fr"]},
            "unique_countries": {"count": 1, "examples": ["France"]},
            "runtime": {"average": 90.0, "total_hours": 1.5},
            "ratings": {"average": 3.5},
        },
    }
