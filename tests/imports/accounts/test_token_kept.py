"""TMDB's key is told to TMDB and to nobody else: no page, log, error, export, row or file of ours holds it."""

import logging
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.views.debug import technical_500_response

from enrichment.tmdb.client import client as tmdb_client
from enrichment.work import engine
from imports.models import ImportSession
from tests.exports import letterboxd_zip
from tests.factories import UserFactory
from tests.tmdb_films import generated_films
from tests.tmdb_server import TmdbServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

V3, V4 = "0123456789abcdef0123456789abcdef", "eyJhbGciOi.a-token-like-the-long-ones.Zz0-_"
PAGES = ["/", "/imports/", "/library/", "/settings/", "/library/add/?q=zebra", "/health", "/nothing/", "/admin/"]
PAGES += ["/admin/status/", "/library/export.json", "/api/openapi.json", "/api/admin/worker/status", "/library/stats/"]
IMPORT_PAGES = ["", "films/", "stats/", "report/", "report.csv", "review/", "review/search/?q=zebra", "export/"]
IMPORT_PAGES += ["export.json", "export.csv", "viewings.csv", "letterboxd.zip", "share/", "update/"]
CALLS = ["", "/status", "/movies", "/analytics", "/enrichment-stats", "/export", "/report"]


@pytest.mark.parametrize("token", [V3, V4])
@pytest.mark.parametrize("fault", ["none", "refused", "down", "500", "garbage", "cut"])
def test_the_key_is_told_to_nobody(
    token: str, fault: str, tmdb: TmdbServer, settings: Any, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.TMDB = replace(settings.TMDB, token=token)
    tmdb_client.cache_clear()
    tmdb.fail, tmdb.bad_tokens = ("none", [token]) if fault == "refused" else (fault, [])
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    titles = [(one["title"], None) for one in generated_films(3)]
    client.post("/imports/", {"files": SimpleUploadedFile("export.zip", letterboxd_zip(3, titles=titles))})
    engine.run(tmdb_client(), 2)
    assert tmdb.record.requests or fault == "down"

    session = ImportSession.objects.get()
    pages = [*PAGES, *(f"/imports/{session.pk}/{part}" for part in IMPORT_PAGES)]
    pages += [f"/api/session/{session.pk}{part}" for part in CALLS]
    for page in pages:
        answer = client.get(page, follow=True)
        shown = b"".join(answer) if answer.streaming else answer.content
        assert token.encode() not in shown, page

    assert token not in "\n".join(str(row) for row in everything_stored())
    assert token not in caplog.text
    kept = Path(settings.TMDB.cache_path)
    for file in (kept, kept.with_name(f"{kept.name}-wal")):
        assert token.encode() not in (file.read_bytes() if file.exists() else b"")


def everything_stored() -> list[dict[str, Any]]:
    return [row for model in apps.get_models() for row in model._default_manager.values()]


@pytest.mark.parametrize("token", [V3, V4])
def test_neither_commands_nor_djangos_own_error_page_tell_the_key(token: str, settings: Any) -> None:
    settings.TMDB = replace(settings.TMDB, token=token)
    said = StringIO()
    call_command("check_counts", stdout=said)
    call_command("check", stdout=said)
    said.write(repr(settings.TMDB))
    settings.DEBUG = True
    try:
        _break()
    except ValueError as error:
        within = error.__traceback__ and error.__traceback__.tb_next  # this test's own frame knows the key
        page = technical_500_response(RequestFactory().get("/"), type(error), error, within)
    assert "TMDBSettings" in page.content.decode()
    assert token not in said.getvalue() + page.content.decode()


def _break() -> None:
    raise ValueError("broken")
