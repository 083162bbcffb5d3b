"""The library over JSON, through HTTP."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from imports.models import Ranking
from tests.factories import RankingFactory, TmdbMovieFactory, UserFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/rankings/"


@pytest.fixture
def person(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def heat(person: User) -> Ranking:
    film = TmdbMovieFactory(tmdb_id=949, done=True, imdb_id="tt0113277", directors=["Michael Mann"], genres=["Crime"])
    made: Ranking = RankingFactory(
        user=person, tmdb_movie=film, title="Heat", year=1995, rating=Decimal("4.5"), rated_at="2024-05-01"
    )
    return made


def patch(client: Client, ranking: Ranking, body: Any) -> Any:
    return client.patch(f"{URL}{ranking.pk}/", body, content_type="application/json")


def test_a_ranking_is_told_in_numbers_and_exact_titles(client: Client, heat: Ranking) -> None:
    answer = client.get(URL).json()
    assert {name: answer[name] for name in ("total", "page", "per_page")} == {"total": 1, "page": 1, "per_page": 50}
    assert answer["rankings"] == [
        {
            "id": heat.pk,
            "title": "Heat",
            "year": 1995,
            "rating": 4.5,
            "rated_at": "2024-05-01",
            "tmdb_id": 949,
            "imdb_id": "tt0113277",
            "directors": ["Michael Mann"],
            "genres": ["Crime"],
            "poster_url": None,
        }
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["B", "A", "C", "Ärger"]),
        ("?rating=4.5", ["A"]),
        ("?rating=5", ["B"]),
        ("?rating=5.0", ["B"]),
        ("?rating=none", ["Ärger"]),
        ("?year=1999", ["A", "C"]),
        ("?q=arger", ["Ärger"]),
        ("?per_page=2", ["B", "A"]),
        ("?per_page=2&page=2", ["C", "Ärger"]),
        ("?per_page=2&page=2&q=e", []),
        ("?page=9", []),
    ],
)
def test_the_list_is_filtered_and_paged(client: Client, person: User, query: str, expected: list[str]) -> None:
    for title, year, rating in [("A", 1999, "4.5"), ("B", 2000, "5.0"), ("C", 1999, "1.0"), ("Ärger", None, None)]:
        RankingFactory(user=person, title=title, year=year, rating=rating and Decimal(rating))
    RankingFactory()  # another person's
    answer = client.get(URL + query).json()
    assert [ranking["title"] for ranking in answer["rankings"]] == expected


@pytest.mark.parametrize("query", ["rating=6", "rating=3.3", "page=0", "per_page=201", "year=x", "q=" + "x" * 101])
def test_a_filter_that_cannot_be_is_refused(client: Client, person: User, query: str) -> None:
    answer = client.get(f"{URL}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize("count", [3, 60])
def test_the_list_asks_the_same_number_of_queries_for_any_number(
    client: Client, person: User, count: int, django_assert_num_queries: Any
) -> None:
    RankingFactory.create_batch(count, user=person)
    with django_assert_num_queries(4):  # session, person, count, rows
        assert client.get(f"{URL}?per_page=200").json()["total"] == count


@pytest.mark.parametrize(
    ("body", "rating", "day"),
    [
        ({"rating": 0.5}, "0.5", "2024-05-01"),
        ({"rating": 5}, "5.0", "2024-05-01"),
        ({"rating": None}, None, "2024-05-01"),
        ({"rated_at": "2020-02-29"}, "4.5", "2020-02-29"),
        ({"rating": 1.5, "rated_at": "2020-02-29"}, "1.5", "2020-02-29"),
    ],
)
def test_a_change_counts_as_made_by_hand(
    client: Client, heat: Ranking, body: dict[str, Any], rating: str | None, day: str
) -> None:
    answer = patch(client, heat, body)
    heat.refresh_from_db()
    assert (answer.status_code, answer.json()["rated_at"]) == (200, day)
    assert (heat.rating, str(heat.rated_at)) == (rating and Decimal(rating), day)
    assert heat.changed_at is not None


@pytest.mark.parametrize("body", [{}, {"rating": 4.5}])
def test_what_changes_nothing_is_no_change(client: Client, heat: Ranking, body: dict[str, Any]) -> None:
    assert patch(client, heat, body).json()["rating"] == 4.5
    heat.refresh_from_db()
    assert heat.changed_at is None


FUTURE = str(timezone.localdate() + timedelta(days=2))


@pytest.mark.parametrize(
    "body",
    [
        {"rating": 0},
        {"rating": 6},
        {"rating": 3.3},
        {"rating": "x"},
        {"rating": "4"},
        {"rating": True},
        {"rating": [4]},
        {"rated_at": FUTURE},
        {"rated_at": "2024-13-01"},
        {"rated_at": None},
        {"rating": 3, "rated_at": FUTURE},
        "{",
    ],
)
def test_a_bad_change_is_refused_and_nothing_changes(client: Client, heat: Ranking, body: Any) -> None:
    answer = patch(client, heat, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["detail"]
    heat.refresh_from_db()
    assert (heat.rating, str(heat.rated_at), heat.changed_at) == (Decimal("4.5"), "2024-05-01", None)


def test_a_ranking_is_deleted_once(client: Client, heat: Ranking) -> None:
    answer = client.delete(f"{URL}{heat.pk}/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.delete(f"{URL}{heat.pk}/").status_code == 404
    assert not Ranking.objects.exists()


@pytest.mark.parametrize("number", ["0", "999", "9" * 30])
def test_a_number_of_nothing_is_not_found(client: Client, person: User, number: str) -> None:
    answer = client.delete(f"{URL}{number}/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_another_persons_ranking_is_not_found(client: Client, person: User) -> None:
    theirs = RankingFactory()
    assert patch(client, theirs, {"rating": 1}).status_code == 404
    assert client.delete(f"{URL}{theirs.pk}/").json()["code"] == "not_found"
    assert Ranking.objects.get() == theirs


def test_who_is_not_signed_in_is_told_so(client: Client) -> None:
    ranking = RankingFactory()
    answers = [client.get(URL), patch(client, ranking, {"rating": 1}), client.delete(f"{URL}{ranking.pk}/")]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(401, "not_signed_in")}
    assert Ranking.objects.exists()


def test_a_change_by_cookie_needs_the_csrf_token(heat: Ranking) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(heat.user)
    assert patch(client, heat, {"rating": 1}).json()["code"] == "csrf"
    assert client.delete(f"{URL}{heat.pk}/").status_code == 403
    client.cookies["csrftoken"] = token = "t" * 32
    answer = client.delete(f"{URL}{heat.pk}/", headers={"X-CSRFToken": token})
    assert answer.status_code == 204
