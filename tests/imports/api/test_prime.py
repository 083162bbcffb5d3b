"""A Prime Video review over the JSON API."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from enrichment.models import TitleLookup
from enrichment.tmdb.client import client as tmdb_client
from enrichment.work import engine
from imports.models import ImportSession, Ranking
from imports.sessions import store
from tests.exports import letterboxd_zip
from tests.factories import UserFactory
from tests.tmdb_films import film, generated_films
from tests.tmdb_server import TmdbServer

pytestmark = pytest.mark.django_db(transaction=True)

PRIME = "/api/v1/import/amazon-prime"
TITLES = [one["title"] for one in generated_films(5)]


def history(*titles: str) -> bytes:
    days = [date(2024, 6, 30) - timedelta(days=n) for n in range(len(titles))]
    rows = [f'{day},Movie,"{title}",' for day, title in zip(days, titles, strict=True)]
    return "\n".join(["Date Watched,Type,Title,Episode", '2024-01-01,Series,"A Show","Pilot"', *rows]).encode()


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory())
    return client


def send(client: Client, data: bytes, name: str = "history.csv") -> Any:
    return client.post(f"{PRIME}/upload/", {"file": SimpleUploadedFile(name, data)})


def started(client: Client, *titles: str) -> str:
    session_id: str = send(client, history(*titles)).json()["session_id"]
    engine.run(tmdb_client(), 30)
    return f"{PRIME}/session/{session_id}"


def post(client: Client, url: str, body: Any = None) -> Any:
    return client.post(url, body, content_type="application/json") if body is not None else client.post(url)


def test_upload_tells_what_was_found(tmdb: TmdbServer, owner: Client) -> None:
    answer = send(owner, history(*TITLES))
    body = answer.json()
    assert answer.status_code == 201
    assert (body["total_entries"], body["movies_found"], body["tv_shows_filtered"]) == (6, 5, 1)
    assert (body["already_ranked"], body["ready_for_review"]) == (0, 5)
    first = body["movies"][0]
    assert (first["parsed"]["title"], first["parsed"]["watch_date"]) == (TITLES[0], "2024-06-30")
    assert (first["tmdb_match"], first["match_status"], first["status"]) == (None, "pending", "pending")


def test_upload_replaces_the_open_review(tmdb: TmdbServer, owner: Client) -> None:
    first = send(owner, history(TITLES[0])).json()["session_id"]
    send(owner, history(TITLES[1]))
    assert ImportSession.objects.count() == 1
    assert not ImportSession.objects.filter(pk=first).exists()


def test_a_review_that_cannot_be_stored_leaves_the_open_one(
    tmdb: TmdbServer, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = send(owner, history(TITLES[0])).json()["session_id"]

    def locked(*args: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(store, "movie_columns", locked)
    assert send(owner, history(TITLES[1])).status_code == 503
    assert [str(session.pk) for session in ImportSession.objects.all()] == [first]
    assert ImportSession.objects.get().movies.filter(lookup__status="pending").exists()


def test_uploads_at_once_leave_one_open_review(tmdb: TmdbServer, owner: Client) -> None:
    def upload(title: str) -> int:
        browser = Client()
        browser.cookies = owner.cookies
        try:
            return int(send(browser, history(title)).status_code)
        finally:
            connection.close()

    for _ in range(3):
        with ThreadPoolExecutor(4) as pool:
            statuses = set(pool.map(upload, TITLES[:4]))
        assert 201 in statuses
        assert statuses <= {201, 409}
    session = ImportSession.objects.get()
    assert session.movies.get(kind="film").title in TITLES
    assert TitleLookup.objects.count() == 1  # what only the replaced ones asked is let go


def test_nobody_is_let_in_without_signing_in(client: Client) -> None:
    answer = send(client, history(TITLES[0]))
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert not ImportSession.objects.exists()


def test_a_cookie_needs_its_csrf_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(UserFactory())
    assert send(strict, history(TITLES[0])).json()["code"] == "csrf"


def test_a_letterboxd_export_is_shown_its_own_way(owner: Client) -> None:
    answer = send(owner, letterboxd_zip(1), "letterboxd.zip")
    assert answer.status_code == 422
    assert "/api/upload" in answer.json()["detail"]


def test_a_prime_history_at_the_other_upload_is_shown_its_own_way(client: Client) -> None:
    answer = client.post("/api/upload", {"files": SimpleUploadedFile("history.csv", history(TITLES[0]))})
    assert answer.status_code == 422
    assert f"{PRIME}/upload/" in answer.json()["detail"]


def test_a_review_from_the_first_film_to_the_last(tmdb: TmdbServer, owner: Client) -> None:
    url = started(owner, *TITLES[:4], "Nothing Is Called This")
    body = owner.get(f"{url}/").json()
    assert (body["current_index"], body["total_movies"], body["remaining_count"]) == (0, 5, 5)
    assert body["movies"][0]["tmdb_match"]["title"] == TITLES[0]
    added = post(owner, f"{url}/movie/0/add/", {"rating": 4})
    assert (added.status_code, added.json()["rating"], added.json()["rated_at"]) == (201, 4, "2024-06-30")
    dated = post(owner, f"{url}/movie/1/add/", {"rating": 2, "rated_at": "2020-02-02"})
    assert dated.json()["rated_at"] == "2020-02-02"
    assert post(owner, f"{url}/movie/2/skip/").status_code == 204
    undone = post(owner, f"{url}/movie/1/undo/")
    assert (undone.status_code, undone.json()["status"]) == (200, "pending")
    body = owner.get(f"{url}/").json()
    assert (body["current_index"], body["added_count"], body["skipped_count"], body["remaining_count"]) == (1, 1, 1, 3)
    assert post(owner, f"{url}/complete/").json() == {
        "movies_added": 1,
        "movies_skipped": 1,
        "unmatched_titles": ["Nothing Is Called This"],
    }


def test_a_film_can_be_named_by_its_number(tmdb: TmdbServer, owner: Client) -> None:
    tmdb.catalogue.add(film(900_001, "Zebra Crossing", 1999))
    url = started(owner, "Nothing Is Called This")
    answer = post(owner, f"{url}/movie/0/match/", {"tmdb_id": 900_001})
    assert (answer.status_code, answer.json()["tmdb_match"]["title"]) == (200, "Zebra Crossing")
    gone = post(owner, f"{url}/movie/0/match/", {"tmdb_id": 123_456_789})
    assert (gone.status_code, gone.json()["code"]) == (404, "not_found")
    assert post(owner, f"{url}/movie/0/add/", {"rating": 5}).status_code == 201
    assert Ranking.objects.get().tmdb_movie_id == 900_001


def test_a_number_cannot_be_looked_up_while_tmdb_is_down(tmdb: TmdbServer, owner: Client) -> None:
    url = started(owner, TITLES[0])
    tmdb.fail = "down"
    answer = post(owner, f"{url}/movie/0/match/", {"tmdb_id": 900_001})
    assert (answer.status_code, answer.json()["code"]) == (503, "tmdb_unavailable")


@pytest.mark.parametrize(
    "body",
    [
        {"rating": 0},
        {"rating": 6},
        {"rating": "x"},
        {"rating": 3.5},
        {},
        {"rating": 3, "rated_at": "tomorrow"},
        {"rating": 3, "rated_at": "20240101"},
        {"rating": 3, "rated_at": "2024-W01-1"},
        {"rating": 3, "rated_at": (timezone.localdate() + timedelta(days=2)).isoformat()},
    ],
    ids=str,
)
def test_a_rating_that_cannot_be_changes_nothing(tmdb: TmdbServer, owner: Client, body: dict[str, Any]) -> None:
    url = started(owner, TITLES[0])
    answer = post(owner, f"{url}/movie/0/add/", body)
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert not Ranking.objects.exists()


def test_a_decision_that_stands_is_told_and_kept(tmdb: TmdbServer, owner: Client) -> None:
    url = started(owner, TITLES[0])
    post(owner, f"{url}/movie/0/add/", {"rating": 4})
    for again in (post(owner, f"{url}/movie/0/add/", {"rating": 1}), post(owner, f"{url}/movie/0/skip/")):
        assert (again.status_code, again.json()["code"]) == (409, "already_decided")
    assert Ranking.objects.get().rating == 4


def test_what_is_not_there_is_not_found(tmdb: TmdbServer, owner: Client) -> None:
    url = started(owner, TITLES[0])
    assert post(owner, f"{url}/movie/99/skip/").status_code == 404
    other = Client()
    other.force_login(UserFactory())
    assert other.get(f"{url}/").status_code == 404
    assert post(other, f"{url}/movie/0/skip/").status_code == 404
    assert post(owner, f"{url}/movie/0/undo/").json()["code"] == "nothing_to_undo"
    assert owner.delete(f"{url}/").status_code == 204
    assert owner.get(f"{url}/").status_code == 404


@pytest.mark.parametrize("count", [2, 5])
def test_the_review_asks_the_same_number_of_queries_for_any_size(
    tmdb: TmdbServer, owner: Client, count: int, django_assert_num_queries: Any
) -> None:
    url = started(owner, *TITLES[:count])
    with django_assert_num_queries(7):
        owner.get(f"{url}/")
