"""The API for the people who run the instance."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbService
from imports.accounts import tokens
from imports.models import Outcome, RowProblem
from tests.clusters import a_cluster_lives
from tests.factories import ImportSessionFactory, MovieFactory, TitleLookupFactory, TmdbMovieFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def failed_film(**more: Any) -> Any:
    lookup = TitleLookupFactory(status=LookupStatus.FAILED, attempts=5, error="TMDB answered 500")
    return MovieFactory(lookup=lookup, outcome=Outcome.FAILED, settled_at=timezone.now(), **more)


def test_worker_status_tells_what_the_status_page_shows(staff: Client) -> None:
    limited = timezone.now() - timedelta(minutes=5)
    TmdbService.objects.create(limited_at=limited, answered_at=timezone.now())
    old = TitleLookupFactory(created_at=timezone.now() - timedelta(hours=1))
    MovieFactory(session=ImportSessionFactory(total_movies=1), lookup=old)
    status = staff.get("/api/admin/worker/status").json()
    assert (status["running"], status["clusters"]) == (False, [])
    assert status["queue"] == {"waiting": 0, "taken": 0, "oldest_waiting_at": None}
    work = status["work"]
    assert (work["open_lookups"], work["sessions_in_queue"], work["films_in_queue"]) == (1, 1, 1)
    assert work["oldest_waiting_at"][:19] == old.created_at.isoformat()[:19]
    assert status["tmdb"]["last_429"][:19] == limited.isoformat()[:19]
    assert (status["tmdb"]["state"], status["tmdb"]["rate_allowed_per_second"]) == ("up", 1000)


def test_worker_status_tells_of_clusters_that_are_alive(staff: Client) -> None:
    a_cluster_lives("machine-1")
    status = staff.get("/api/admin/worker/status").json()
    assert status["running"]
    [cluster] = status["clusters"]
    assert (cluster["host"], cluster["state"], cluster["workers"]) == ("machine-1", "Idle", 2)


def test_worker_status_says_why_tmdb_does_not_answer(staff: Client) -> None:
    TmdbService.objects.create(down_since=timezone.now(), down_reason="key", retry_at=timezone.now())
    tmdb = staff.get("/api/admin/worker/status").json()["tmdb"]
    assert tmdb["state"] == "key"
    assert tmdb["down_since"]
    assert tmdb["retry_at"]


def test_worker_status_comes_with_a_staff_members_token() -> None:
    for user, status in ((UserFactory(is_staff=True), 200), (UserFactory(), 403)):
        headers = {"Authorization": f"Bearer {tokens.make(user, 'monitoring')}"}
        answer = Client().get("/api/admin/worker/status", headers=headers)
        assert answer.status_code == status
    assert answer.json()["code"] == "not_staff"


def test_session_errors_tell_attempts_and_reasons(staff: Client) -> None:
    session = ImportSessionFactory(total_movies=3, enriched_count=3, failed_count=2, matched_count=1)
    failed_film(session=session, title="Heat", turn=0)
    details = TmdbMovieFactory(details_status=DetailsStatus.FAILED, attempts=4, error="no JSON")
    MovieFactory(
        session=session, outcome=Outcome.FAILED, settled_at=timezone.now(), tmdb_movie=details, chosen_by="machine"
    )
    MovieFactory(session=session, matched=True)
    RowProblem.objects.create(session=session, file="diary.csv", line=7, kind="lost", reason="no_title")
    errors = staff.get(f"/api/admin/sessions/{session.pk}/errors").json()
    assert (errors["failed_films"], errors["row_problems"]) == (2, 1)
    assert [(film["attempts"], film["error"]) for film in errors["films"]] == [(5, "TMDB answered 500"), (4, "no JSON")]
    assert errors["films"][0]["title"] == "Heat"
    [problem] = errors["problems"]
    assert (problem["file"], problem["line"], problem["reason"]) == ("diary.csv", 7, "The row has no film title.")


@pytest.mark.parametrize("count", [2, 20])
def test_session_errors_ask_the_same_number_of_queries_for_any_number(
    staff: Client, count: int, django_assert_num_queries: Any
) -> None:
    session = ImportSessionFactory()
    for number in range(count):
        failed_film(session=session)
        RowProblem.objects.create(session=session, file="diary.csv", line=number, kind="lost", reason="no_title")
    with django_assert_num_queries(6):  # who asks (2), the import, the films, the problems and their number
        answer = staff.get(f"/api/admin/sessions/{session.pk}/errors").json()
    assert len(answer["films"]) == len(answer["problems"]) == count
    second = staff.get(f"/api/admin/sessions/{session.pk}/errors?page=2&per_page=1").json()
    assert (len(second["films"]), second["problems"][0]["line"]) == (1, 1)


@pytest.mark.parametrize(("sent", "asked"), [({"failed_only": True}, 1), ({}, 2), (None, 2)])
def test_re_enrich_asks_again(staff: Client, sent: Any, asked: int) -> None:
    session = ImportSessionFactory(
        status="completed", total_movies=2, enriched_count=2, failed_count=1, unmatched_count=1
    )
    failed_film(session=session)
    unmatched = TitleLookupFactory(unmatched=True)
    MovieFactory(session=session, lookup=unmatched, outcome=Outcome.UNMATCHED, settled_at=timezone.now())
    url = f"/api/admin/sessions/{session.pk}/re-enrich"
    answer = staff.generic("POST", url) if sent is None else staff.post(url, sent, content_type="application/json")
    assert (answer.status_code, answer.json()) == (202, {"session_id": str(session.pk), "asked_again": asked})
    assert TitleLookup.objects.waiting().count() == asked
    session.refresh_from_db()
    assert session.status == "enriching"
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.user.is_staff) == (str(session.pk), True)


@pytest.mark.parametrize(("path", "permission"), [("errors", "view_movie"), ("re-enrich", "change_importsession")])
def test_staff_need_the_permission_that_the_admin_asks_for(client: Client, path: str, permission: str) -> None:
    helper = UserFactory(is_staff=True)
    client.force_login(helper)
    session = ImportSessionFactory(status="completed", total_movies=1, enriched_count=1, failed_count=1)
    failed_film(session=session)
    url = f"/api/admin/sessions/{session.pk}/{path}"
    ask = client.get if path == "errors" else partial(client.generic, "POST")
    answer = ask(url)
    assert (answer.status_code, answer.json()["code"]) == (403, "no_permission")
    assert not TitleLookup.objects.waiting().exists()
    helper.user_permissions.set(Permission.objects.filter(codename=permission))
    assert ask(url).status_code in (200, 202)


@pytest.mark.parametrize("path", ["errors", "re-enrich"])
def test_an_import_that_is_not_there_is_not_found(staff: Client, path: str) -> None:
    url = f"/api/admin/sessions/{uuid4()}/{path}"
    answer = staff.get(url) if path == "errors" else staff.generic("POST", url)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
