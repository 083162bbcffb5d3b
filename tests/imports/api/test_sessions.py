"""The JSON API, through HTTP."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from enrichment.models import TmdbService
from imports.models import ImportSession
from tests.exports import csv_bytes, letterboxd_zip
from tests.factories import ImportSessionFactory, MovieFactory, TmdbMovieFactory, UserFactory, ViewingFactory

pytestmark = pytest.mark.django_db


def send(client: Client, name: str, data: bytes, **more: Any) -> Any:
    return client.post("/api/upload", {"files": SimpleUploadedFile(name, data), **more})


def test_upload_starts_an_import(client: Client) -> None:
    answer = send(client, "export.zip", letterboxd_zip(4), time_zone="Europe/Lisbon")
    session = ImportSession.objects.get()
    assert answer.status_code == 201
    assert answer.json()["session_id"] == str(session.pk)
    assert (answer.json()["status"], answer.json()["total_movies"]) == ("enriching", session.total_movies)
    assert session.time_zone == "Europe/Lisbon"


@pytest.mark.parametrize("name", ["Mars/Olympus", "localtime", "Factory", "posixrules"])
def test_a_time_zone_means_the_same_on_every_machine(client: Client, name: str) -> None:
    answer = send(client, "export.zip", letterboxd_zip(1), time_zone=name)
    assert (answer.status_code, "Europe/Lisbon" in answer.json()["detail"]) == (400, True)


def test_upload_takes_loose_files_and_a_file_that_nothing_tells_as_watched(client: Client) -> None:
    data = csv_bytes(["Date", "Name", "Year", "Letterboxd URI"], [["2024-01-01", "Heat", "1995", ""]])
    answer = send(client, "something.csv", data)
    assert (answer.status_code, answer.json()["total_movies"]) == (201, 1)
    assert ImportSession.objects.get().problems.filter(line=None).exists()


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("notes.pdf", b"%PDF-1.4", 400),
        ("watched.csv", b"", 400),
        ("watched.csv", b"a,b\r\n1,2\r\n", 400),
        ("export.zip", b"not a zip", 422),
        ("watched.csv", b"\0" * 500, 422),
    ],
)
def test_upload_refuses_with_a_sentence_and_stores_nothing(client: Client, name: str, data: bytes, status: int) -> None:
    answer = send(client, name, data)
    body = answer.json()
    assert answer.status_code == status
    assert name in body["detail"]
    assert body["file"] == name
    assert body["code"]
    assert not ImportSession.objects.exists()


def test_upload_of_nothing_is_refused(client: Client) -> None:
    answer = client.post("/api/upload", {})
    assert (answer.status_code, answer.json()["code"]) == (400, "nothing_sent")
    assert "curl -F files=@" in answer.json()["hint"]


def test_upload_of_too_much_is_refused_as_json(client: Client, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = settings.UPLOAD_SLACK_BYTES = 100
    answer = send(client, "export.zip", b"x" * 1000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_session_tells_counts_and_files_to_its_owner_only(client: Client) -> None:
    url = f"/api/session/{send(client, 'export.zip', letterboxd_zip(3)).json()['session_id']}"
    mine, theirs = client.get(url).json(), Client().get(url).json()
    assert {file["kind"] for file in mine["metadata"]["files"]} >= {"watched", "ratings", "diary"}
    assert theirs["metadata"] == {}
    assert mine["total_movies"] == theirs["total_movies"]


def test_status_is_read_in_one_row_while_nothing_changes(client: Client, django_assert_num_queries: Any) -> None:
    session = ImportSessionFactory(total_movies=4, enriched_count=1, matched_count=1)
    url = f"/api/session/{session.pk}/status"
    answer = client.get(url)
    assert (answer.json()["progress_percent"], answer.json()["status"]) == (25, "enriching")
    assert answer.json()["session_id"] == str(session.pk)
    assert answer.json()["created_at"] == session.created_at.isoformat(timespec="milliseconds")[:-6] + "Z"
    client.cookies["sessionid"] = "some-browser's"
    with django_assert_num_queries(1):
        again = client.get(url, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"])
    assert "Cookie" not in again["Vary"]
    ImportSession.objects.update(revision=9)
    changed = client.get(url, headers={"If-None-Match": answer["ETag"]})
    assert changed.status_code == 200
    TmdbService.objects.create(down_since=timezone.now(), down_reason="overloaded", retry_at=timezone.now())
    down = client.get(url, headers={"If-None-Match": changed["ETag"]})
    assert (down.status_code, down.json()["eta_seconds"]) == (200, None)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("{}", 304),
        ("W/{}", 304),
        ('"a", {}', 304),
        ('W/"a",W/{}, "b"', 304),
        ("*", 304),
        ('"a"', 200),
        ("completed", 200),
        ("{}x", 200),
    ],
)
def test_status_knows_its_etag_however_it_is_sent(
    client: Client, sent: str, status: int, django_assert_num_queries: Any
) -> None:
    session = ImportSessionFactory(status="completed", total_movies=1, enriched_count=1, matched_count=1)
    url = f"/api/session/{session.pk}/status"
    etag = client.get(url)["ETag"]
    with django_assert_num_queries(1):
        answer = client.get(url, headers={"If-None-Match": sent.format(etag)})
    assert (answer.status_code, answer["ETag"]) == (status, etag)


def test_status_tells_of_another_end(client: Client) -> None:
    session = ImportSessionFactory(expires_at=timezone.now() + timedelta(minutes=5))
    url = f"/api/session/{session.pk}/status"
    before = client.get(url)
    ImportSession.objects.update(expires_at=timezone.now() + timedelta(minutes=30))
    after = client.get(url, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert after.json()["expires_at"] > before.json()["expires_at"]


@pytest.mark.parametrize(
    ("status", "settled", "count"), [("enriching", 1, 2), ("completed", 4, 1)], ids=["and the rate", "and no more"]
)
def test_status_that_changed_costs_one_row(
    client: Client, status: str, settled: int, count: int, django_assert_num_queries: Any
) -> None:
    now = timezone.now()
    session = ImportSessionFactory(
        status=status,
        total_movies=4,
        enriched_count=settled,
        matched_count=settled,
        created_at=now - timedelta(minutes=5),
    )
    MovieFactory(session=session, matched=True, settled_at=now - timedelta(seconds=25))
    with django_assert_num_queries(count):
        answer = client.get(f"/api/session/{session.pk}/status").json()
    # 3 films at one in 25 seconds, and what the test takes
    assert answer["eta_seconds"] in (range(75, 90) if status == "enriching" else [None])


def test_status_of_a_private_or_expired_import_is_nothing_for_strangers(client: Client) -> None:
    session = ImportSessionFactory(link_readable=False)
    url = f"/api/session/{session.pk}/status"
    etag = {"If-None-Match": '"enriching-0"'}
    assert client.get(url, headers=etag).status_code == 404
    ImportSession.objects.update(link_readable=True)
    assert client.get(url, headers=etag).status_code == 304
    ImportSession.objects.update(expires_at=timezone.now())
    assert client.get(url, headers=etag).status_code == 404


def test_movies_come_newest_watched_first_with_what_tmdb_knows(client: Client) -> None:
    session = ImportSessionFactory(total_movies=2)
    film = TmdbMovieFactory(done=True, title="Heat (TMDB)", directors=["Michael Mann"], countries=["Spain", "Italy"])
    MovieFactory(session=session, title="Old", watched_on="2020-01-01", turn=1)
    heat = MovieFactory(
        session=session, title="Heat", watched_on="2024-05-01", rating=4.5, matched=True, tmdb_movie=film
    )
    ViewingFactory(movie=heat, watched_on="2024-05-01", rewatch=True)
    answer = client.get(f"/api/session/{session.pk}/movies").json()
    assert [movie["title"] for movie in answer["movies"]] == ["Heat", "Old"]
    found, unknown = answer["movies"]
    assert (found["rating"], found["tmdb_title"], found["country"]) == (4.5, "Heat (TMDB)", "Spain")
    assert (found["rewatch"], found["tmdb_enriched"], found["directors"]) == (True, True, ["Michael Mann"])
    assert (unknown["genres"], unknown["tmdb_id"], unknown["tmdb_enriched"]) == (None, None, False)
    assert answer["total"] == 2


@pytest.mark.parametrize("query", ["page=0", "per_page=201", "per_page=0", "page=x", "page=99999999999999999999"])
def test_movies_refuses_a_page_that_cannot_be(client: Client, query: str) -> None:
    answer = client.get(f"/api/session/{ImportSessionFactory().pk}/movies?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize("count", [3, 40])
def test_movies_asks_the_same_number_of_queries_for_any_number(
    client: Client, count: int, django_assert_num_queries: Any
) -> None:
    session = ImportSessionFactory(total_movies=count)
    for _ in range(count):
        ViewingFactory(movie=MovieFactory(session=session, matched=True))
    with django_assert_num_queries(4):
        assert len(client.get(f"/api/session/{session.pk}/movies").json()["movies"]) == count


def test_delete_is_the_owners_and_needs_the_csrf_token_with_a_cookie() -> None:
    client = Client(enforce_csrf_checks=True)
    url = f"/api/session/{send(client, 'export.zip', letterboxd_zip(2)).json()['session_id']}"
    assert Client(enforce_csrf_checks=True).delete(url).status_code == 404  # bare curl: not refused, just not the owner
    assert client.delete(url).json()["code"] == "csrf"
    token = client.cookies["csrftoken"].value
    assert client.delete(url, headers={"X-CSRFToken": token}).status_code == 204
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("path", ["/api/session/not-a-uuid", "/api/nowhere", "/api/session/" + "0" * 8])
def test_unknown_addresses_answer_in_json(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert answer.json()["code"] == "not_found"


def test_health_tells_of_each_service_and_no_secret(client: Client, settings: Any) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json()["services"] == {"database": "up", "worker": "down", "tmdb": "up"}
    assert settings.TMDB.token not in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["/api/session/{}", "/api/session/{}/status", "/api/session/{}/movies", "/api/nowhere"]
)
def test_head_is_get_without_the_body(client: Client, path: str) -> None:
    address = path.format(ImportSessionFactory().pk)
    got, head = client.get(address), client.head(address)
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert (head["Content-Type"], head["Content-Length"]) == (got["Content-Type"], got["Content-Length"])
    assert client.head("/api/upload").status_code == 405


def test_the_docs_let_a_signed_in_person_try_what_changes_something() -> None:
    client = Client(enforce_csrf_checks=True)
    person = UserFactory()
    client.force_login(person)
    session = ImportSessionFactory(user=person, browser_key="")
    page = client.get("/api/docs").content.decode()
    token = re.search(r'data-csrf-token="(\w+)"', page)
    assert token and 'data-api-csrf="true"' in page
    assert client.delete(f"/api/session/{session.pk}", headers={"X-CSRFToken": token[1]}).status_code == 204
    described = client.get("/api/openapi.json").json()
    assert set(described["components"]["securitySchemes"]) == {"Token"}  # no page can send a cookie of its choice
    assert "Letterboxd" in described["info"]["description"]


def test_the_api_describes_itself_without_a_cdn(client: Client) -> None:
    assert "/api/session/{session_id}/status" in client.get("/api/openapi.json").json()["paths"]
    assert "https://" not in client.get("/api/docs").content.decode()


def test_a_fault_of_ours_answers_in_json_without_a_trace(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from imports.api import sessions

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a secret inside")

    monkeypatch.setattr(sessions, "take_in", broken)
    client.raise_request_exception = False
    answer = send(client, "export.zip", letterboxd_zip(1))
    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
    assert b"secret" not in answer.content
