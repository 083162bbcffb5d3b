"""The library's pages: what a person ranked, changed, removed, added and took away."""

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from imports.library import rankings
from imports.library.rankings import RankingFilters
from imports.models import Ranking
from tests.factories import RankingFactory, TmdbMovieFactory, UserFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
FUTURE = str(timezone.localdate() + timedelta(days=2))


@pytest.fixture
def person(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def heat(person: User) -> Ranking:
    made: Ranking = RankingFactory(
        user=person, title="Heat", year=1995, rating=Decimal("4.5"), rated_at=date(2024, 5, 1)
    )
    return made


def page(client: Client, url: str, **more: Any) -> str:
    answer = client.get(url, **more)
    assert answer.status_code == 200
    return answer.content.decode()


def state(ranking: Ranking) -> tuple[str, str, bool]:
    ranking.refresh_from_db()
    return str(ranking.rating), str(ranking.rated_at), ranking.changed_at is not None


UNCHANGED = ("4.5", "2024-05-01", False)


@pytest.mark.parametrize(("sort", "index"), [("rating", "ranking_by_rating"), ("date", "ranking_by_date")])
def test_the_usual_orders_are_read_from_an_index(person: User, sort: str, index: str) -> None:
    found = rankings.find(person, RankingFilters(sort=sort))
    assert not isinstance(found, rankings.Found)
    plan = found[:48].explain()
    if connection.vendor == "sqlite":  # PostgreSQL's plan depends on how many rows there are
        assert index in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("path", ["/library/films/1/rate/", "/library/perhaps/all/", "/library/undo/", "/library/add/"])
def test_changes_need_the_csrf_token(person: User, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    assert client.post(path).status_code == 403


# Taking away


@pytest.fixture
def taken(person: User) -> None:
    one = TmdbMovieFactory(tmdb_id=949, done=True, imdb_id="tt0113277", genres=["Crime", "Drama"], directors=["A, B"])
    RankingFactory(
        user=person, tmdb_movie=one, title='=1+1 "é", 愛', year=1995, rating=Decimal("4.5"), rated_at="2024-05-01"
    )
    RankingFactory(user=person, title="Later", year=None, rating=None)
    RankingFactory(title="Somebody else's")


@pytest.mark.usefixtures("taken")
def test_the_csv_has_every_ranking_and_no_formula(client: Client) -> None:
    answer = client.get("/library/export.csv")
    assert answer.streaming and "attachment" in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert rows[0] == {
        "title": '\'=1+1 "é", 愛',
        "year": "1995",
        "rating": "4.5",
        "rated_at": "2024-05-01",
        "tmdb_id": "949",
        "imdb_id": "tt0113277",
        "directors": "A, B",
        "genres": "Crime, Drama",
    }
    assert [(row["title"], row["rating"], row["year"]) for row in rows[1:]] == [("Later", "", "")]


@pytest.mark.usefixtures("taken")
def test_the_json_has_exact_titles_and_numbers(client: Client) -> None:
    answer = client.get("/library/export.json")
    first, later = json.loads(answer.getvalue())["movies"]
    assert (first["title"], first["rating"], first["tmdb_id"]) == ('=1+1 "é", 愛', 4.5, 949)
    assert (first["rated_at"], first["directors"], first["genres"]) == ("2024-05-01", ["A, B"], ["Crime", "Drama"])
    assert (later["rating"], later["year"]) == (None, None)


def test_an_empty_library_can_be_taken_away(client: Client, person: User) -> None:
    assert json.loads(client.get("/library/export.json").getvalue()) == {"movies": []}
    assert client.get("/library/export.csv").getvalue().startswith(b"\xef\xbb\xbftitle,")


@pytest.mark.parametrize("path", ["", "add/", "1/", "export.csv", "export.json"])
def test_the_library_asks_to_sign_in_first(client: Client, path: str) -> None:
    answer = client.get(f"/library/{path}")
    assert answer["Location"] == f"/accounts/login/?next=/library/{path}"
