"""The library's pages: what a person ranked, changed, removed, added and took away."""

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


# Adding by hand


@pytest.mark.django_db(transaction=True)
def test_a_film_is_searched_for_picked_and_rated(client: Client, person: User, tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(film(900_001, "Zebra Crossing", 1999))
    shown = page(client, "/library/add/?q=zebra+crossing+1999")
    assert "Zebra Crossing" in shown and 'href="?film=900001"' in shown
    assert "Add to your library" in page(client, "/library/add/?film=900001")
    answer = client.post("/library/add/", {"film": 900001, "rating": "3.5", "rated_at": "2024-05-01"}, follow=True)
    assert "“Zebra Crossing” is in your library now." in answer.content.decode()
    ranking = Ranking.objects.get()
    assert (ranking.title, ranking.year, ranking.rating) == ("Zebra Crossing", 1999, Decimal("3.5"))
    assert (str(ranking.rated_at), ranking.movie, ranking.changed_at) == ("2024-05-01", None, None)
    assert (
        TmdbMovie.objects.get(pk=900_001).details_status == DetailsStatus.PENDING
    )  # genres and directors are asked for
    assert "In your library" in page(client, "/library/add/?q=zebra+crossing")


@pytest.mark.django_db(transaction=True)
def test_a_search_shows_what_is_known_here_at_once_and_then_what_tmdb_has_besides(
    client: Client, heat: Ranking, tmdb: TmdbServer
) -> None:
    assert heat.tmdb_movie is not None
    TmdbMovie.objects.filter(pk=heat.tmdb_movie_id).update(title="Heat", title_key="heat", vote_count=7000)
    tmdb.catalogue.add(film(heat.tmdb_movie_id, "Heat"), film(900_002, "Heat Again"))
    at_once = page(client, "/library/add/?q=heat", headers=HTMX)
    assert f'href="?film={heat.tmdb_movie_id}"' in at_once
    assert "1 film known here" in at_once and "In your library" in at_once and "<html" not in at_once
    assert 'hx-get="/library/add/?q=heat&amp;rest=1"' in at_once
    assert tmdb.record.requests == 0
    besides = page(client, "/library/add/?q=heat&rest=1", headers=HTMX)
    assert 'href="?film=900002"' in besides and f'href="?film={heat.tmdb_movie_id}"' not in besides
    whole = page(client, "/library/add/?q=heat")
    assert 'href="?film=900002"' in whole and f'href="?film={heat.tmdb_movie_id}"' in whole and "rest=1" not in whole


def test_a_film_that_is_ranked_already_is_left_alone(client: Client, heat: Ranking) -> None:
    sent = {"film": heat.tmdb_movie_id, "rating": "1.0", "rated_at": "2020-01-01"}
    answer = client.post("/library/add/", sent, follow=True)
    assert "was in your library already" in answer.content.decode()
    assert state(heat) == UNCHANGED
    assert client.get(f"/library/add/?film={heat.tmdb_movie_id}")["Location"] == f"/library/{heat.pk}/"


@pytest.mark.parametrize("sent", [{"rating": "3.3"}, {"rating": "x"}, {"rated_at": FUTURE}, {"rated_at": ""}])
def test_a_bad_rating_adds_nothing(client: Client, person: User, sent: dict[str, str]) -> None:
    known = TmdbMovieFactory(done=True)
    answer = client.post("/library/add/", {"film": known.pk, "rating": "3.0", "rated_at": "2024-01-01"} | sent)
    assert answer.status_code == 422
    assert not Ranking.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "0", "-1", "999999", "9" * 40, "²"])
def test_a_film_that_nobody_found_is_not_there(client: Client, person: User, number: str) -> None:
    sent = {"film": number, "rating": "3.0", "rated_at": "2024-01-01"}
    assert client.post("/library/add/", sent).status_code == 404
    assert not Ranking.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://www.themoviedb.org/tv/1396", "That is a series"),
        ("no such words anywhere", "TMDB knows no such film"),
        ("themoviedb.org/movie/899999", "has it no more"),
        ("x" * 201, "at most 200"),
        ("", "required"),
    ],
)
def test_a_search_without_a_film_says_why(
    client: Client, person: User, tmdb: TmdbServer, text: str, words: str
) -> None:
    assert words in page(client, f"/library/add/?q={text}")


@pytest.mark.django_db(transaction=True)
def test_a_search_while_tmdb_refuses_the_key_says_so(client: Client, person: User, tmdb: TmdbServer) -> None:
    tmdb.bad_tokens = ["a-token-for-tests"]
    assert "nothing can be searched for" in page(client, "/library/add/?q=heat")


@pytest.mark.parametrize("path", ["", "add/", "1/", "export.csv", "export.json"])
def test_the_library_asks_to_sign_in_first(client: Client, path: str) -> None:
    answer = client.get(f"/library/{path}")
    assert answer["Location"] == f"/accounts/login/?next=/library/{path}"
