"""A person's library over JSON, through HTTP."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrichment.models import TmdbMovie
from imports.models import (
    HandViewing,
    ImportSession,
    LibraryChange,
    LibraryDecision,
    LibraryQuestion,
    LibraryViewing,
    Movie,
    Source,
)
from imports.reconciling import keeping
from tests.factories import (
    ImportSessionFactory,
    MovieFactory,
    RankingFactory,
    TmdbMovieFactory,
    UserFactory,
    ViewingFactory,
)
from tests.tmdb_films import film as tmdb_film
from tests.tmdb_server import TmdbServer

pytestmark = pytest.mark.django_db

URL = "/api/v1/library/"


@pytest.fixture
def person(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


def film(title: str, **more: Any) -> TmdbMovie:
    made: TmdbMovie = TmdbMovieFactory(done=True, title=title, release_date=date(1995, 5, 1), **more)
    return made


def an_import(user: User, source: str = Source.LETTERBOXD) -> ImportSession:
    is_review = source == Source.PRIME_VIDEO
    made: ImportSession = ImportSessionFactory(
        user=user,
        browser_key="",
        source=source,
        link_readable=not is_review,
        closed_at=timezone.now() if is_review else None,
    )
    return made


def told(session: ImportSession, seen: TmdbMovie | None, *days: str, **more: Any) -> Movie:
    if session.is_review:
        more |= {"decision": "added", "decided_at": session.created_at}
    match: dict[str, Any] = {"matched": True, "tmdb_movie": seen} if seen else {}
    movie: Movie = MovieFactory(session=session, **match | more)
    for day in days:
        ViewingFactory(movie=movie, watched_on=day)
    return movie


@pytest.fixture
def library(person: User) -> tuple[ImportSession, ImportSession]:
    """Heat by a diary and a stream, of which one day is perhaps the same; Alien by a diary; Lost without a match."""
    heat, alien = film("Heat", tmdb_id=949, directors=["Michael Mann"], genres=["Crime"]), film("Alien", tmdb_id=348)
    diary, stream = an_import(person), an_import(person, Source.PRIME_VIDEO)
    entry = told(diary, heat, "2024-08-05", rating=Decimal("4.5"), rated_on=date(2024, 8, 5))
    ViewingFactory(movie=entry, watched_on="2024-05-01", review="Loved it", tags=["cinema"], rating=Decimal(4))
    told(stream, heat, "2024-05-01", "2024-08-01")
    told(diary, alien, "2023-01-01", liked_on=date(2023, 1, 2))
    told(diary, None, title="Lost", year=2001)
    keeping.recompute(person)
    return diary, stream


def get(client: Client, name: str) -> Any:
    answer = client.get(f"{URL}{name}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def post(client: Client, name: str, body: Any) -> Any:
    return client.post(f"{URL}{name}", body, content_type="application/json")


def patch(client: Client, viewing_id: int, body: Any) -> Any:
    return client.patch(f"{URL}viewings/{viewing_id}/", body, content_type="application/json")


def viewing_on(client: Client, day: str | None) -> Any:
    return next(viewing for viewing in get(client, "viewings")["viewings"] if viewing["watched_date"] == day)


# Read


@pytest.mark.usefixtures("library")
def test_a_film_is_told_once_with_all_that_tells_of_it(client: Client) -> None:
    answer = get(client, "films")
    parts = {name: answer[name] for name in ("total", "page", "per_page", "is_complete")}
    assert parts == {"total": 3, "page": 1, "per_page": 50, "is_complete": True}
    heat, alien, lost = answer["films"]
    assert heat == {
        "tmdb_id": 949,
        "title": "Heat",
        "year": 1995,
        "rating": 4.5,
        "rating_source": "letterboxd",
        "viewings": 3,
        "first_watched": "2024-05-01",
        "last_watched": "2024-08-05",
        "liked": False,
        "sources": ["letterboxd", "prime_video"],
    }
    assert (alien["liked"], alien["rating"], alien["rating_source"]) == (True, None, None)
    assert (lost["tmdb_id"], lost["title"], lost["year"], lost["last_watched"]) == (None, "Lost", 2001, None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Heat", "Alien", "Lost"]),
        ("?q=mann", ["Heat"]),
        ("?source=prime_video", ["Heat"]),
        ("?source=person", []),
        ("?rating=4.5", ["Heat"]),
        ("?rating=any", ["Heat"]),
        ("?rating=none", ["Alien", "Lost"]),
        ("?liked=true", ["Alien"]),
        ("?genre=Crime", ["Heat"]),
        ("?watched=2023", ["Alien"]),
        ("?watched=2024-05-01", ["Heat"]),
        ("?rewatched=true", ["Heat"]),
        ("?tag=cinema", ["Heat"]),
        ("?sort=title", ["Alien", "Heat", "Lost"]),
        ("?sort=first_oldest", ["Alien", "Heat", "Lost"]),
        ("?per_page=2&page=2", ["Lost"]),
    ],
)
@pytest.mark.usefixtures("library")
def test_films_are_filtered_and_paged(client: Client, query: str, expected: list[str]) -> None:
    assert [film["title"] for film in get(client, f"films{query}")["films"]] == expected


@pytest.mark.parametrize(
    "query", ["films?sort=best", "films?source=netflix", "films?watched=2024-13", "films?page=0", "viewings?rated=x"]
)
@pytest.mark.usefixtures("person")
def test_what_can_not_be_asked_for_is_refused_in_a_sentence(client: Client, query: str) -> None:
    answer = client.get(f"{URL}{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_viewing_tells_its_review_and_every_import_that_tells_of_it(
    client: Client, library: tuple[ImportSession, ImportSession]
) -> None:
    diary, stream = library
    answer = get(client, "viewings")
    assert (answer["total"], answer["is_complete"]) == (5, True)
    days = [viewing["watched_date"] for viewing in answer["viewings"]]
    assert days == ["2024-08-05", "2024-08-01", "2024-05-01", "2023-01-01", None]
    joined = answer["viewings"][2]
    assert joined.pop("id")
    assert joined == {
        "tmdb_id": 949,
        "title": "Heat",
        "year": 1995,
        "watched_date": "2024-05-01",
        "rating": 4.0,
        "rewatch": False,
        "tags": ["cinema"],
        "review": "Loved it",
        "told_by": [
            {"source": "letterboxd", "session_id": str(diary.pk)},
            {"source": "prime_video", "session_id": str(stream.pk)},
        ],
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=alien", ["2023-01-01"]),
        ("?source=prime_video", ["2024-08-01", "2024-05-01"]),
        ("?rated=yes", ["2024-05-01"]),
        ("?watched=2024-08", ["2024-08-05", "2024-08-01"]),
        ("?watched=2024-08-05", ["2024-08-05"]),
        ("?per_page=2&page=3", [None]),
    ],
)
@pytest.mark.usefixtures("library")
def test_viewings_are_filtered_and_paged(client: Client, query: str, expected: list[str | None]) -> None:
    assert [viewing["watched_date"] for viewing in get(client, f"viewings{query}")["viewings"]] == expected


def test_a_page_takes_no_more_queries_with_more_rows(client: Client, person: User) -> None:
    session, stream = an_import(person), an_import(person, Source.PRIME_VIDEO)
    counts = []
    for count in (2, 20):
        for n in range(count):
            entry = told(session, seen := film(f"Film {count} {n}"), rating=Decimal(4))
            ViewingFactory(movie=entry, watched_on="2024-05-05", review="Yes")
            told(stream, seen, "2024-05-01")
        keeping.recompute(person)
        asked = []
        for name in ("films", "viewings", "perhaps"):
            with CaptureQueriesContext(connection) as queries:
                get(client, name)
            asked.append(len(queries))
        counts.append(asked)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12


def test_a_large_library_that_is_behind_says_so(
    client: Client, person: User, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 0)
    LibraryChange.objects.create(user=person, key="tmdb:949")
    for name in ("films", "viewings", "perhaps"):
        answer = get(client, name)
        assert answer["is_complete"] is False and answer["total"]


def test_each_sees_their_own(client: Client, person: User) -> None:
    stranger = UserFactory()
    told(an_import(stranger), film("Heat"), "2024-05-01")
    keeping.recompute(stranger)
    viewing = LibraryViewing.objects.get(user=stranger)
    for name in ("films", "viewings", "perhaps"):
        assert get(client, name)["total"] == 0
    assert patch(client, viewing.pk, {"rewatch": True}).status_code == 404
    assert client.delete(f"{URL}viewings/{viewing.pk}/").status_code == 404
    client.logout()
    answer = client.get(f"{URL}films")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


# Tell


def test_a_viewing_is_told_and_kept_with_all_of_it(client: Client, person: User) -> None:
    film("Heat", tmdb_id=949)
    body = {
        "tmdb_id": 949,
        "watched_date": "2024-05-01",
        "rating": 4.5,
        "rewatch": True,
        "tags": ["a"],
        "review": "Yes",
    }
    answer = post(client, "viewings", body)
    assert answer.status_code == 201
    viewing = answer.json()
    assert {name: viewing[name] for name in body} == body
    assert viewing["told_by"] == [{"source": "person", "session_id": None}]
    assert get(client, "viewings")["viewings"] == [viewing]
    again = post(client, "viewings", body)
    assert (again.status_code, again.json()["code"]) == (409, "already_there")


@pytest.mark.usefixtures("library")
def test_what_a_diary_tells_too_is_one_viewing(client: Client) -> None:
    answer = post(client, "viewings", {"tmdb_id": 949, "watched_date": "2024-05-01"}).json()
    assert [told["source"] for told in answer["told_by"]] == ["person", "letterboxd", "prime_video"]
    assert get(client, "viewings")["total"] == 5


@pytest.mark.usefixtures("library")
def test_a_viewing_without_a_day_stands_where_nothing_tells_one(client: Client) -> None:
    film("Tron", tmdb_id=97)
    assert post(client, "viewings", {"tmdb_id": 97, "watched_date": None}).json()["watched_date"] is None
    folded = post(client, "viewings", {"tmdb_id": 949, "watched_date": None})
    assert (folded.status_code, folded.json()["watched_date"]) == (201, "2024-08-05")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"watched_date": (date.today() + timedelta(days=3)).isoformat()}, 400, "future_day"),
        ({"watched_date": "1887-12-31"}, 400, "early_day"),
        ({"watched_date": "2024-5-1"}, 400, "invalid"),
        ({"tmdb_id": 5}, 404, "film_unknown"),
        ({"tmdb_id": 404}, 404, "film_gone"),
        ({"tmdb_id": 0}, 400, "invalid"),
        ({"rating": 4.2}, 400, "invalid"),
        ({"rating": 6}, 400, "invalid"),
        ({"tags": ["x" * 201]}, 400, "invalid"),
        ({"tags": ["x"] * 101}, 400, "invalid"),
        ({"review": "a\0b"}, 400, "invalid"),
        ({"review": "x" * 100_001}, 400, "invalid"),
    ],
)
def test_what_can_not_be_is_refused_in_a_sentence(
    client: Client, person: User, tmdb: TmdbServer, change: dict[str, Any], status: int, code: str
) -> None:
    film("Heat", tmdb_id=949)
    TmdbMovieFactory(tmdb_id=404, details_status="gone", title="")
    answer = post(client, "viewings", {"tmdb_id": 949, "watched_date": "2024-05-01"} | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not HandViewing.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_film_that_is_not_known_here_is_asked_for(client: Client, person: User, tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(tmdb_film(900_001, "Zebra Crossing", 1999))
    answer = post(client, "viewings", {"tmdb_id": 900_001, "watched_date": "2024-05-01"})
    assert (answer.status_code, answer.json()["title"], answer.json()["year"]) == (201, "Zebra Crossing", 1999)
    tmdb.bad_tokens = ["a-token-for-tests"]
    answer = post(client, "viewings", {"tmdb_id": 900_002, "watched_date": "2024-05-01"})
    assert (answer.status_code, answer.json()["code"]) == (503, "tmdb_unavailable")


# Put right, take out


@pytest.mark.usefixtures("library")
def test_what_is_put_right_counts_and_the_rest_stays(client: Client) -> None:
    before = viewing_on(client, "2024-05-01")
    answer = patch(client, before["id"], {"watched_date": "2024-05-03", "rating": None})
    assert answer.status_code == 200
    assert answer.json() == before | {"watched_date": "2024-05-03", "rating": None}
    assert viewing_on(client, "2024-05-03") == answer.json()


@pytest.mark.usefixtures("library")
def test_what_is_as_it_was_decides_nothing(client: Client) -> None:
    before = viewing_on(client, "2024-05-01")
    for body in ({}, {"watched_date": "2024-05-01", "review": "Loved it", "tags": ["cinema"], "rating": 4}):
        assert patch(client, before["id"], body).json() == before
    assert not LibraryDecision.objects.exists()


@pytest.mark.usefixtures("library")
def test_a_day_to_come_is_refused_and_nothing_changes(client: Client) -> None:
    before = viewing_on(client, "2024-05-01")
    answer = patch(client, before["id"], {"watched_date": "2999-01-01"})
    assert (answer.status_code, answer.json()["code"]) == (400, "future_day")
    assert viewing_on(client, "2024-05-01") == before


@pytest.mark.usefixtures("library")
def test_what_is_taken_out_is_gone(client: Client) -> None:
    viewing = viewing_on(client, "2024-05-01")
    assert client.delete(f"{URL}viewings/{viewing['id']}/").status_code == 204
    assert get(client, "viewings")["total"] == 4
    assert client.delete(f"{URL}viewings/{viewing['id']}/").status_code == 404


# Perhaps the same


@pytest.mark.parametrize(("same", "expected"), [(True, 4), (False, 5)])
@pytest.mark.usefixtures("library")
def test_a_pair_is_told_and_answered_once(client: Client, same: bool, expected: int) -> None:
    answer = get(client, "perhaps")
    [pair] = answer["perhaps"]
    assert (answer["total"], pair["earlier"]["watched_date"], pair["later"]["watched_date"]) == (
        *(1, "2024-08-01"),
        "2024-08-05",
    )
    assert pair["later"] == viewing_on(client, "2024-08-05")
    assert post(client, f"perhaps/{pair['id']}/", {"same": same}).status_code == 204
    assert get(client, "viewings")["total"] == expected
    assert get(client, "perhaps")["total"] == 0
    assert post(client, f"perhaps/{pair['id']}/", {"same": same}).status_code == 404


@pytest.mark.parametrize("body", [{}, {"same": "yes"}, {"same": None}, []])
@pytest.mark.usefixtures("library")
def test_an_answer_is_yes_or_no(client: Client, body: Any) -> None:
    question = LibraryQuestion.objects.get()
    answer = post(client, f"perhaps/{question.pk}/", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert LibraryQuestion.objects.exists()


# Taken away


@pytest.mark.parametrize(
    ("asked", "content_type"),
    [
        ("", "application/json"),
        ("?format=json", "application/json"),
        ("?format=csv", "text/csv; charset=utf-8"),
        ("?format=letterboxd", "application/zip"),
        ("?format=letterboxd-missing", "application/zip"),
    ],
)
@pytest.mark.usefixtures("library")
def test_the_same_files_as_on_the_page(client: Client, asked: str, content_type: str) -> None:
    answer = client.get(f"{URL}export{asked}")
    assert isinstance(answer, StreamingHttpResponse)
    assert (answer.status_code, answer["Content-Type"]) == (200, content_type)
    assert answer.getvalue()


def test_rankings_are_the_persons_own(client: Client, person: User) -> None:
    RankingFactory(user=person, tmdb_movie=film("Heat"), title="Heat", rating=3)
    keeping.recompute(person)
    [heat] = get(client, "films?source=person")["films"]
    assert (heat["rating"], heat["rating_source"], heat["sources"], heat["viewings"]) == (3.0, "person", ["person"], 1)
