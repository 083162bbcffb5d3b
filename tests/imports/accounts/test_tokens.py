"""A person's tokens: made and revoked in Settings, and what comes with one over the API."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from imports.accounts import tokens
from imports.models import ApiToken, ImportSession, Source
from tests.exports import letterboxd_zip
from tests.factories import ImportSessionFactory, MovieFactory, RankingFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(client: Client) -> User:
    user: User = UserFactory(username="ana")
    client.force_login(user)
    return user


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def made(client: Client, name: str = "backup script") -> str:
    """The token that the settings page shows."""
    answer = client.post("/settings/tokens/", {"name": name}, follow=True)
    found = re.search(r'value="(rk_[\w-]{40,})"', answer.content.decode())
    assert found
    return found[1]


def test_a_token_is_shown_once_and_kept_nowhere(client: Client, ana: User) -> None:
    token = made(client)
    assert token not in client.get("/settings/").content.decode()
    kept = ApiToken.objects.get()
    assert (kept.user, kept.name) == (ana, "backup script")
    assert token not in str(vars(kept))
    assert token not in str(dict(client.session))


def test_a_token_may_what_its_person_may(client: Client, ana: User) -> None:
    token, script = made(client), Client(enforce_csrf_checks=True)
    ranking = RankingFactory(user=ana, rating=4)
    assert script.get("/api/v1/rankings/", headers=bearer(token)).json()["total"] == 1
    changed: dict[str, Any] = {"data": {"rating": 2.5}, "content_type": "application/json", "headers": bearer(token)}
    assert script.patch(f"/api/v1/rankings/{ranking.pk}/", **changed).json()["rating"] == 2.5
    theirs = RankingFactory(rating=4)
    assert script.patch(f"/api/v1/rankings/{theirs.pk}/", **changed).status_code == 404


def test_an_upload_with_a_token_is_the_accounts(client: Client, ana: User) -> None:
    script = Client(enforce_csrf_checks=True)
    file = SimpleUploadedFile("export.zip", letterboxd_zip(2))
    answer = script.post("/api/upload", {"files": file}, headers=bearer(made(client)))
    session = ImportSession.objects.get(pk=answer.json()["session_id"])
    assert (session.user, session.browser_key) == (ana, "")
    assert "sessionid" not in script.cookies
    ImportSession.objects.update(link_readable=False)
    assert client.get(f"/api/session/{session.pk}/movies").status_code == 200
    assert Client().get(f"/api/session/{session.pk}/movies").status_code == 404


def test_a_token_reads_and_deletes_what_is_private(client: Client, ana: User) -> None:
    token, script = made(client), Client(enforce_csrf_checks=True)
    session = ImportSessionFactory(user=ana, browser_key="", source=Source.PRIME_VIDEO, link_readable=False)
    MovieFactory(session=session)
    for path in ("", "/status", "/movies", "/analytics", "/report", "/export"):
        assert script.get(f"/api/session/{session.pk}{path}", headers=bearer(token)).status_code == 200, path
    assert script.delete(f"/api/session/{session.pk}", headers=bearer(token)).status_code == 204


def test_a_token_alone_says_who_calls(client: Client, ana: User) -> None:
    """A browser's cookie that comes along gives it nothing, and needs no CSRF token."""
    token, browser = made(client), Client(enforce_csrf_checks=True)
    browser.post("/api/upload", {"files": SimpleUploadedFile("export.zip", letterboxd_zip(1))})
    [session] = ImportSession.objects.all()
    assert browser.get(f"/api/session/{session.pk}/report").status_code == 200
    assert browser.get(f"/api/session/{session.pk}/report", headers=bearer(token)).status_code == 404
    answer = browser.delete(f"/api/session/{session.pk}", headers=bearer(token))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert browser.get(f"/api/session/{session.pk}/report").status_code == 200  # the cookie was left as it was


@pytest.mark.parametrize("token", ["rk_made-up", "", "rk_\xe9", "x" * 5000])
@pytest.mark.parametrize("path", ["/api/v1/rankings/", "/api/session/00000000-0000-0000-0000-000000000000"])
def test_a_token_that_is_not_known_is_refused(client: Client, ana: User, token: str, path: str) -> None:
    answer = client.get(path, headers=bearer(token))
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert (answer.json()["code"], bool(answer.json()["hint"])) == ("bad_token", True)


def test_a_revoked_token_and_that_of_a_closed_account_are_not_known(client: Client, ana: User) -> None:
    token, script = made(client), Client()
    User.objects.update(is_active=False)
    assert script.get("/api/v1/rankings/", headers=bearer(token)).status_code == 401
    User.objects.update(is_active=True)
    assert script.get("/api/v1/rankings/", headers=bearer(token)).status_code == 200
    page = client.post(f"/settings/tokens/{ApiToken.objects.get().pk}/revoke/", follow=True)
    assert "The token is revoked" in page.content.decode()
    assert script.get("/api/v1/rankings/", headers=bearer(token)).status_code == 401


def test_a_token_is_revoked_by_its_person_alone(client: Client, ana: User) -> None:
    tokens.make(UserFactory(), "theirs")
    assert client.post(f"/settings/tokens/{ApiToken.objects.get().pk}/revoke/").status_code == 404
    assert "theirs" not in client.get("/settings/").content.decode()
    assert ApiToken.objects.exists()


def test_a_tokens_use_is_noted_to_the_minute(client: Client, ana: User) -> None:
    token = made(client)
    assert "Never used" in client.get("/settings/").content.decode()
    Client().get("/api/v1/rankings/", headers=bearer(token))
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    Client().get("/api/v1/rankings/", headers=bearer(token))
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    Client().get("/api/v1/rankings/", headers=bearer(token))
    assert timezone.now() - ApiToken.objects.get().last_used_at < timedelta(minutes=1)  # type: ignore[operator]


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\0b"])
def test_a_token_needs_a_name(client: Client, ana: User, name: str) -> None:
    answer = client.post("/settings/tokens/", {"name": name})
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_there_is_an_end_to_tokens(client: Client, ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 2)
    for name in ("one", "two", "three"):
        answer = client.post("/settings/tokens/", {"name": name})
    assert (answer.status_code, ApiToken.objects.count()) == (422, 2)
    assert "There are 2 tokens already" in answer.content.decode()


@pytest.mark.parametrize("count", [1, 15])
def test_settings_ask_the_same_number_of_queries_for_any_number_of_tokens(
    client: Client, ana: User, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        tokens.make(ana, f"token {number}")
    with django_assert_num_queries(3):
        assert client.get("/settings/").status_code == 200
