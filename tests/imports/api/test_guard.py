"""What a page of another site can do by a person's browser: nothing, and nothing to it either."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from imports.accounts import tokens
from imports.models import ImportSession
from tests.exports import letterboxd_zip
from tests.factories import ImportSessionFactory, UserFactory

pytestmark = pytest.mark.django_db

OTHER_SITE = "https://player.example.net"
HERE = "http://testserver"
ELSEWHERE: list[dict[str, str]] = [
    {"Origin": OTHER_SITE, "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null"},
    {"Origin": "https://testserver"},
    {"Origin": "http://testserver:8001"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]
AT_HOME: list[dict[str, str]] = [
    {},
    {"Origin": HERE, "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
]


def upload(
    client: Client, path: str = "/api/upload", data: bytes | None = None, headers: dict[str, str] | None = None
) -> Any:
    file = SimpleUploadedFile("export.zip", letterboxd_zip(1) if data is None else data)
    return client.post(path, {"files": file}, headers=headers)


@pytest.mark.parametrize("headers", ELSEWHERE)
@pytest.mark.parametrize("data", [b"x", None], ids=["refused", "read"])
def test_another_sites_page_brings_nothing_in_and_sets_no_cookie(headers: dict[str, str], data: bytes | None) -> None:
    client = Client(enforce_csrf_checks=True)
    for path in ("/api/upload", "/api/session/import", "/api/v1/import/amazon-prime/upload/"):
        answer = upload(client, path, data, headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
        assert "token" in answer.json()["hint"]
        assert not answer.cookies
    assert not ImportSession.objects.exists()


@pytest.mark.parametrize("headers", AT_HOME)
def test_our_own_pages_and_scripts_bring_something_in(headers: dict[str, str]) -> None:
    answer = upload(Client(enforce_csrf_checks=True), headers=headers)
    assert (answer.status_code, set(answer.cookies)) == (201, {"sessionid", "csrftoken"})


def test_a_named_site_calls_with_a_token_and_never_without(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [OTHER_SITE]
    client = Client(enforce_csrf_checks=True)
    refused = upload(client, headers={"Origin": OTHER_SITE})
    assert (refused.status_code, refused.json()["code"], bool(refused.cookies)) == (403, "cross_site", False)
    assert refused["Access-Control-Allow-Origin"] == OTHER_SITE  # so that it can read why
    token = tokens.make(UserFactory(), "player")
    assert upload(client, headers={"Origin": OTHER_SITE, "Authorization": f"Bearer {token}"}).status_code == 201


def test_a_trusted_origin_is_ours(settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = [OTHER_SITE]
    assert upload(Client(enforce_csrf_checks=True), headers={"Origin": OTHER_SITE}).status_code == 201


def test_another_sites_page_reads_as_anyone_does(client: Client) -> None:
    session = ImportSessionFactory()
    assert client.get(f"/api/session/{session.pk}", headers=ELSEWHERE[0]).status_code == 200


@pytest.mark.parametrize("path", ["/imports/", "/imports/sample/", "/accounts/login/", "/accounts/signup/"])
def test_another_sites_form_to_a_page_sets_no_cookie(path: str) -> None:
    answer = upload(Client(enforce_csrf_checks=True), path, headers=ELSEWHERE[0])
    assert (answer.status_code, bool(answer.cookies)) == (403, False)


@pytest.mark.parametrize("path", ["/api/upload", "/api/session/import", "/imports/"])
def test_a_refused_file_makes_no_session(client: Client, path: str) -> None:
    assert upload(client, path, b"x").status_code in (400, 422)
    assert "sessionid" not in client.cookies


def test_a_browser_keeps_the_key_of_its_first_import(client: Client) -> None:
    upload(client, "/imports/")
    upload(client)
    assert ImportSession.objects.count() == 2
    assert len(set(ImportSession.objects.values_list("browser_key", flat=True))) == 1
