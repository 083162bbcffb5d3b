"""What depends on who asks is kept by no cache."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from imports.models import ImportSession
from imports.sharing.links import make_link
from tests.factories import ImportSessionFactory, MovieFactory, RankingFactory, UserFactory

pytestmark = pytest.mark.django_db

NEVER = "private, no-store"


@pytest.fixture
def session(client: Client) -> ImportSession:
    user = UserFactory()
    client.force_login(user)
    RankingFactory(user=user)
    made: ImportSession = ImportSessionFactory(user=user, browser_key="", total_movies=1)
    MovieFactory(session=made)
    return made


@pytest.mark.parametrize(
    "path",
    ["", "/movies", "/movies-summary", "/unenriched-movies", "/analytics", "/enrichment-stats", "/export", "/report"],
)
def test_the_api_tells_caches_to_keep_nothing(client: Client, session: ImportSession, path: str) -> None:
    for asks in (client, Client()):
        answer = asks.get(f"/api/session/{session.pk}{path}")
        assert answer["Cache-Control"] == NEVER
        assert {"Cookie", "Authorization"} <= set(answer["Vary"].split(", "))


def test_a_status_is_asked_for_again_each_time(client: Client, session: ImportSession) -> None:
    address = f"/api/session/{session.pk}/status"
    answer = client.get(address)
    known = client.get(address, headers={"If-None-Match": answer["ETag"]})
    assert (answer.status_code, known.status_code) == (200, 304)
    assert answer["Cache-Control"] == known["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "films/",
        "stats/",
        "report/",
        "export/",
        "export.json",
        "export.csv",
        "viewings.csv",
        "letterboxd.zip",
        "report.csv",
    ],
)
def test_an_imports_pages_and_files_are_kept_by_nobody(client: Client, session: ImportSession, path: str) -> None:
    assert client.get(f"{session.get_absolute_url()}{path}")["Cache-Control"] == NEVER


@pytest.mark.parametrize("path", ["/", "/imports/", "/library/", "/library/export.json", "/library/export.csv"])
def test_a_persons_pages_and_files_are_kept_by_nobody(client: Client, session: ImportSession, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Cache-Control"]) == (200, NEVER)


def test_what_says_otherwise_is_left_alone(client: Client, session: ImportSession) -> None:
    _, token = make_link(session, name="", shows={"shows_films": True}, expires_at=None)
    assert "must-revalidate" in client.get(f"/s/{token}/")["Cache-Control"]
    assert "Cache-Control" not in client.get("/schemas/export-v1.json")


@pytest.mark.parametrize(
    "path", ["/api/session/{}", "/api/session/{}/status", "/api/session/{}/export", "/imports/{}/"]
)
def test_nothing_tells_that_a_private_import_is_there(session: ImportSession, path: str) -> None:
    ImportSession.objects.update(link_readable=False)
    stranger = Client()
    private, unknown = (stranger.get(path.format(pk)) for pk in (session.pk, uuid4()))
    assert private.status_code == unknown.status_code == 404
    assert telling(private) == telling(unknown)


def telling(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in ("X-Request-ID", "Content-Length")}
