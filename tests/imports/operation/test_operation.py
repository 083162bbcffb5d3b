"""What runs by itself, and what stands before the pages."""

import http.client
import socket
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import OperationalError
from django_q.models import OrmQ, Schedule

from enrichment import queue
from imports.operation.schedules import SCHEDULES
from tests.factories import TitleLookupFactory


@pytest.mark.django_db
def test_schedules_are_those_of_this_version_however_often_they_are_written() -> None:
    Schedule.objects.create(name="of an older version", func="nowhere.at_all")
    for _ in range(2):
        call_command("sync_schedules")
    written = {name: (func, minutes) for name, func, minutes in Schedule.objects.values_list("name", "func", "minutes")}
    assert written.keys() == SCHEDULES.keys()
    assert written["sweep"] == ("imports.tasks.sweep", 1)


@pytest.mark.django_db(transaction=True)
def test_waking_enqueues_a_task_for_each_worker_and_no_more(settings: Any) -> None:
    for _ in range(3):
        queue.wake()
    assert OrmQ.objects.count() == settings.CLUSTER_WORKERS


@pytest.mark.django_db(transaction=True)
def test_the_sweep_wakes_workers_only_when_there_is_work() -> None:
    from imports import tasks

    tasks.sweep()
    assert not OrmQ.objects.exists()
    TitleLookupFactory()
    tasks.sweep()
    assert OrmQ.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_client_that_sends_too_much_sees_the_answer(live_server: Any, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = settings.UPLOAD_SLACK_BYTES = 1_000_000
    host, port = live_server.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=20)
    connection.request("POST", "/api/upload", body=b"x" * 5_000_000, headers={"Content-Type": "text/plain"})
    answer = connection.getresponse()
    assert answer.status == 413
    assert b"too_large" in answer.read()


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "says"), [("/imports/sample/", "try again"), ("/api/upload", '"unavailable"')])
def test_a_busy_database_gets_a_sentence(client: Any, monkeypatch: pytest.MonkeyPatch, path: str, says: str) -> None:
    def locked(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("imports.sessions.start.store_import", locked)
    answer = client.post(path, {"files": SimpleUploadedFile("watched.csv", b"Date,Name,Year,Letterboxd URI\n")})
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert says in answer.content.decode()


def test_tests_reach_no_network() -> None:
    with pytest.raises(OSError, match="may not reach the network"), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))


@pytest.mark.django_db
def test_too_many_files_get_a_sentence(client: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    files = [SimpleUploadedFile(f"{n}.csv", b"x") for n in range(201)]
    for address, kind in (("/api/upload", "application/json"), ("/imports/", "text/html")):
        answer = client.post(address, {"files": files})
        assert answer.status_code == 413
        assert answer["Content-Type"].startswith(kind)
        assert "more files" in answer.content.decode()
        for file in files:
            file.seek(0)


def test_a_hostile_review_is_shown_as_text() -> None:
    from imports.templatetags.films import plain_text

    assert "<" not in plain_text("<script>alert(1)</script><b>fine</b>").replace("&lt;", "")
    assert plain_text("I <i>liked</i> it &amp; more.<br>Really.") == "I liked it & more.\n\nReally."
    plain_text("<a " * 30_000 + ">" * 10)
    plain_text("<" * 50_000)
