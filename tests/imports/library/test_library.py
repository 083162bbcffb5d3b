"""The library's pages: what a person ranked, changed, removed, added and took away."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from imports.films.filters import FilmFilters
from imports.library import rankings
from imports.models import Ranking
from tests.factories import RankingFactory, UserFactory

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


def test_the_order_is_read_from_an_index(person: User) -> None:
    found = rankings.find(person, FilmFilters())
    assert not isinstance(found, rankings.Found)
    plan = found[:48].explain()
    if connection.vendor == "sqlite":  # PostgreSQL's plan depends on how many rows there are
        assert "ranking_by_rating" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("path", ["/library/films/1/rate/", "/library/perhaps/all/", "/library/undo/", "/library/add/"])
def test_changes_need_the_csrf_token(person: User, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    assert client.post(path).status_code == 403


@pytest.mark.parametrize("path", ["", "add/", "1/", "export.csv", "export.json"])
def test_the_library_asks_to_sign_in_first(client: Client, path: str) -> None:
    answer = client.get(f"/library/{path}")
    assert answer["Location"] == f"/accounts/login/?next=/library/{path}"
