"""What staff see of the instance, and what people read of its troubles."""

import re
import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ, Task

from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie, TmdbService, TmdbTrouble, Upkeep
from imports.models import LibraryChange, SessionStatus
from imports.operation.status import instance_status
from imports.reconciling import keeping
from tests.clusters import a_cluster_lives
from tests.factories import ImportSessionFactory, MovieFactory, TitleLookupFactory, TmdbMovieFactory, UserFactory

pytestmark = pytest.mark.django_db

STATUS, ASK_AGAIN, WAKE = "/admin/status/", "/admin/status/ask-again/", "/admin/status/wake/"
CLEAN_UP, READ_CATALOGUE = "/admin/status/clean-up/", "/admin/status/read-catalogue/"
FILES = "django.core.cache.backends.filebased.FileBasedCache"
REDIS = "django.core.cache.backends.redis.RedisCache"
BUTTONS = (ASK_AGAIN, WAKE, CLEAN_UP, READ_CATALOGUE)


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def page(client: Client, address: str = STATUS) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def row(shown: str, name: str) -> str:
    found = re.search(rf'<th scope="row">\s*{name}\s*</th>\s*<td>\s*(.*?)\s*</td>', shown, re.DOTALL)
    assert found
    return found[1]


def failures() -> None:
    """Two questions and the details of one film."""
    for n in range(2):
        TitleLookupFactory(title=f"Failed {n}", status=LookupStatus.FAILED, error="TMDB answered 400")
    TmdbMovieFactory(details_status=DetailsStatus.FAILED, error="gave up <after> 5 tries")


def test_only_staff_see_it_and_do_anything() -> None:
    failures()
    person = Client()
    person.force_login(UserFactory())
    for client in (Client(), person):
        for answer in (client.get(STATUS), *map(client.post, BUTTONS)):
            assert answer.status_code == 302
            assert answer["Location"].startswith("/admin/login/")
    assert not TitleLookup.objects.waiting().exists()
    assert not OrmQ.objects.exists() and not LogEntry.objects.exists()


def test_staff_without_permission_look_and_do_nothing(client: Client) -> None:
    failures()
    client.force_login(UserFactory(is_staff=True))
    assert "Ask all failed again" not in page(client) and "Look again now" not in page(client)
    assert {client.post(button).status_code for button in BUTTONS} == {403}
    assert not (TitleLookup.objects.waiting().exists() or OrmQ.objects.exists() or LogEntry.objects.exists())


def test_nothing_is_done_by_get_or_without_a_token(staff: Client) -> None:
    failures()
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(UserFactory(is_staff=True))
    for address in BUTTONS:
        assert staff.get(address).status_code == 405
        assert careful.post(address).status_code == 403
    assert not TitleLookup.objects.waiting().exists()


def test_an_idle_instance_without_a_cluster(staff: Client) -> None:
    shown = page(staff)
    assert "None gives a sign of life" in shown
    assert "Ask all failed again" not in shown
    assert (row(shown, "State"), row(shown, "Requests allowed a second")) == ("Up", "1000")
    assert (row(shown, "Tasks that wait"), row(shown, "The oldest since")) == ("0", "–")


def test_work_and_failures_are_counted(staff: Client) -> None:
    failures()
    MovieFactory(session=ImportSessionFactory(total_movies=3, enriched_count=1, matched_count=1))
    MovieFactory(session=ImportSessionFactory(total_movies=1))
    ImportSessionFactory(status=SessionStatus.COMPLETED)
    ImportSessionFactory(total_movies=9, expires_at=timezone.now() - timedelta(days=1))
    TmdbMovieFactory.create_batch(3, pending=True)
    work = instance_status().work
    assert (work.imports, work.films, work.open_lookups, work.open_details) == (2, 3, 2, 3)
    assert (work.failed_lookups, work.failed_details, work.failed) == (2, 1, 3)
    assert work.oldest_at == min(TitleLookup.objects.waiting().values_list("created_at", flat=True))
    assert work.failures == [("TMDB answered 400", 2), ("gave up <after> 5 tries", 1)]
    shown = page(staff)
    assert "Ask all failed again" in shown and "gave up &lt;after&gt; 5 tries" in shown


def test_the_queue_is_shown_with_its_age(staff: Client) -> None:
    now = timezone.now()
    OrmQ.objects.create(key="reelkeeper", payload="", lock=now - timedelta(minutes=7))
    OrmQ.objects.create(key="reelkeeper", payload="", lock=now - timedelta(minutes=1))
    OrmQ.objects.create(key="reelkeeper", payload="", lock=now + timedelta(minutes=5))  # a worker has it
    queue = instance_status().queue
    assert (queue.waiting, queue.taken, queue.oldest_at) == (2, 1, now - timedelta(minutes=7))
    assert (timezone.localtime(now) - timedelta(minutes=7)).strftime("%H:%M:%S") in page(staff)


def test_clusters_that_are_alive_are_shown(staff: Client) -> None:
    a_cluster_lives("worker-machine")
    shown = page(staff)
    assert "worker-machine" in shown and "Idle, 2 workers" in shown
    cache.clear()
    assert "worker-machine" not in page(staff)


def test_a_refused_key_is_the_operators_matter(staff: Client) -> None:
    retry_at = timezone.now() + timedelta(seconds=60)
    TmdbService.objects.create(down_since=timezone.now(), down_reason="key", retry_at=retry_at)
    shown = page(staff)
    for words in ("TMDB has refused the key since", "401", "TMDB_TOKEN", "Nothing was marked as failed", "restart"):
        assert words in shown


def test_an_outage_is_shown_with_the_next_try(staff: Client) -> None:
    now = timezone.localtime()
    TmdbService.objects.create(
        down_since=now - timedelta(minutes=3), down_reason="overloaded", retry_at=now, answered_at=now
    )
    shown = page(staff)
    assert "Not answering since" in shown and "it is overloaded" in shown
    assert now.strftime("%H:%M:%S") in shown
    assert "refused the key" not in shown


def test_the_sample_is_named(staff: Client, settings: Any) -> None:
    settings.TMDB = replace(settings.TMDB, token="")
    assert "The sample catalogue: no TMDB_TOKEN is set." in page(staff)


@pytest.mark.django_db(transaction=True)
def test_all_that_failed_is_asked_again(staff: Client) -> None:
    failures()
    TitleLookupFactory(unmatched=True)
    answer = staff.post(ASK_AGAIN)
    assert (answer.status_code, answer["Location"]) == (302, STATUS)
    assert TitleLookup.objects.waiting().count() == 2
    assert TmdbMovie.objects.waiting().count() == 1
    assert OrmQ.objects.exists()
    assert "3 questions are asked again." in page(staff)


@pytest.mark.django_db(transaction=True)
def test_workers_can_be_woken(staff: Client) -> None:
    assert staff.post(WAKE)["Location"] == STATUS
    assert OrmQ.objects.exists()
    assert "The workers look for open work now." in page(staff)


def test_the_admin_leads_there(staff: Client) -> None:
    assert '<a href="/admin/status/">Status</a>' in page(staff, "/admin/")
    assert "/admin/status/" not in page(Client(), "/admin/login/")


def test_queries_do_not_grow_with_rows(staff: Client) -> None:
    needed = []
    for batch in range(2):
        with CaptureQueriesContext(connection) as queries:
            page(staff)
        needed.append(len(queries))
        for n in range(20):
            TitleLookupFactory(title=f"More {batch}-{n}", status=LookupStatus.FAILED, error=f"trouble {n}")
            MovieFactory(session=ImportSessionFactory(total_movies=1))
            TmdbTrouble.objects.create(minute=timezone.now(), http_status=500 + n)
    assert needed[0] == needed[1]


def test_people_read_that_a_refused_key_is_not_theirs_to_mend() -> None:
    session = ImportSessionFactory(total_movies=2)
    retry_at = timezone.now() + timedelta(seconds=60)
    service = TmdbService.objects.create(down_since=timezone.now(), down_reason="key", retry_at=retry_at)
    shown = page(Client(), session.get_absolute_url())
    assert "TMDB has refused this installation&#x27;s key since" in shown or "installation's key since" in shown
    assert "The person who runs it has to look at that" in shown
    assert "It is tried again at" not in shown and "TMDB_TOKEN" not in shown
    TmdbService.objects.filter(pk=service.pk).update(down_reason="unreachable")
    assert "It is tried again at" in page(Client(), session.get_absolute_url())


@time_machine.travel("2026-11-20 10:00:30Z", tick=False)
def test_the_rate_is_told_since_the_minute_before_this_one(settings: Any) -> None:
    settings.TMDB = replace(settings.TMDB, rate_count=40, rate_seconds=10)
    minute = int(timezone.now().timestamp()) // 60
    TmdbService.objects.create(minute=minute, slots=30, slots_before=70)
    rate = instance_status().tmdb.rate
    assert (rate.used, rate.allowed) == (100, rate.seconds * 4)
    assert (rate.seconds, rate.left) == (90, 260)
    TmdbService.objects.update(minute=minute - 1)
    assert instance_status().tmdb.rate.used == 30
    TmdbService.objects.update(minute=minute - 2)
    assert instance_status().tmdb.rate.used == 0


def test_troubles_are_those_of_the_last_hour() -> None:
    now = timezone.now()
    for ago, http_status, count in ((5, 429, 2), (9, 429, 1), (30, 0, 7), (61, 503, 99)):
        TmdbTrouble.objects.create(minute=now - timedelta(minutes=ago), http_status=http_status, count=count)
    assert instance_status().tmdb.troubles == [(0, 7), (429, 3)]


def clean_up(minutes_ago: int, *, success: bool = True, func: str = "imports.tasks.cleanup") -> None:
    stopped = timezone.now() - timedelta(minutes=minutes_ago)
    kept = {"id": uuid.uuid4().hex, "name": func, "started": stopped, "stopped": stopped}
    Task.objects.create(**kept, func=func, success=success, result="Traceback (most recent call last)")


def test_the_last_clean_up_is_told(staff: Client) -> None:
    clean_up(1, func="imports.tasks.sweep")
    assert row(page(staff), "The last clean-up") == "never"
    clean_up(50, success=False)
    clean_up(30)
    shown = row(page(staff), "The last clean-up")
    assert timezone.localtime(timezone.now() - timedelta(minutes=30)).strftime("%H:%M") in shown
    assert "it ended well" in shown
    clean_up(10, success=False)
    shown = page(staff)
    assert "it failed" in row(shown, "The last clean-up") and "Traceback" not in shown


def test_what_is_stored_is_told(staff: Client, settings: Any, tmp_path: Path) -> None:
    settings.TMDB = replace(settings.TMDB, cache_path=tmp_path / "answers.sqlite3")
    assert instance_status().storage.answers == 0
    (tmp_path / "answers.sqlite3").write_bytes(b"x" * 3000)
    (tmp_path / "answers.sqlite3-wal").write_bytes(b"x" * 72)
    settings.CACHES = settings.CACHES | {"pictures": settings.CACHES["pictures"] | {"LOCATION": tmp_path / "pictures"}}
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "one.djcache").write_bytes(b"x" * 500)
    ImportSessionFactory(expires_at=timezone.now() - timedelta(days=1))
    status = instance_status()
    assert (status.storage.answers, status.storage.pictures, status.expired) == (3072, 500, 1)
    assert status.storage.database > 50_000 and status.storage.free > 0
    shown = page(staff)
    assert row(shown, "TMDB’s answers, on this machine") == "3.0\xa0KB"
    assert row(shown, "Expired imports to delete") == "1"
    settings.CACHES = settings.CACHES | {"pictures": {"BACKEND": REDIS, "LOCATION": "redis://127.0.0.1:6379/0"}}
    assert row(page(staff), "Pictures") == "not in files here"


@pytest.mark.parametrize("kept_by", [FILES, REDIS])
def test_clusters_whose_signs_of_life_cant_be_read_are_said_to_be_so(
    staff: Client, settings: Any, tmp_path: Path, kept_by: str
) -> None:
    a_file = tmp_path / "no-folder"
    a_file.touch()
    place = {FILES: a_file, REDIS: "redis://127.0.0.1:9"}[kept_by]  # nobody answers there
    settings.CACHES = settings.CACHES | {"default": {"BACKEND": kept_by, "LOCATION": place}}
    assert instance_status().clusters is None
    assert "signs of life can&#x27;t be read" in page(staff) or "signs of life can't be read" in page(staff)
    told = staff.get("/api/admin/worker/status")
    assert (told.status_code, told.json()["running"], told.json()["clusters"]) == (200, None, [])


def test_libraries_are_counted_with_the_changes_that_wait(staff: Client) -> None:
    assert row(page(staff), "The oldest change") == "–"
    for films in (2, 1):
        session = ImportSessionFactory(user=UserFactory(), browser_key="")
        MovieFactory.create_batch(films, session=session, matched=True)
        keeping.recompute(session.user)
    since = timezone.now() - timedelta(hours=3)
    for key in ("tmdb:1", "tmdb:2"):
        LibraryChange.objects.create(user=session.user, key=key, at=since)
    shown = page(staff)
    assert (row(shown, "Libraries with films"), row(shown, "Films in them")) == ("2", "3")
    assert row(shown, "Libraries with changes that wait") == "1"
    assert row(shown, "The oldest change") == "3\xa0hours ago"
    told = staff.get("/api/admin/worker/status").json()["libraries"]
    assert (told["libraries"], told["films"], told["behind"]) == (2, 3, 1)
    assert told["behind_since"][:19] == since.isoformat()[:19]


@pytest.mark.django_db(transaction=True)
def test_a_clean_up_can_be_had_now(staff: Client) -> None:
    assert staff.post(CLEAN_UP)["Location"] == STATUS
    assert OrmQ.objects.get().func() == "imports.tasks.cleanup"
    entry = LogEntry.objects.get()
    assert (entry.object_repr, entry.change_message) == (
        "Status",
        "Expired imports are deleted as soon as a worker is free.",
    )


def test_the_catalogue_can_be_read_again(staff: Client, settings: Any) -> None:
    for says in ("The catalogue is read again", "The catalogue is being read already."):
        assert staff.post(READ_CATALOGUE)["Location"] == STATUS
        assert says in page(staff)
    assert Upkeep.objects.count() == 500
    settings.TMDB = replace(settings.TMDB, token="")
    assert staff.post(READ_CATALOGUE).status_code == 404
    assert "Read the catalogue again" not in page(staff)


@time_machine.travel("2026-11-20 10:00:30Z", tick=False)
def test_troubles_and_the_rate_are_shown(staff: Client) -> None:
    minute = int(timezone.now().timestamp()) // 60
    TmdbService.objects.create(minute=minute, slots=1200, slots_before=34, limited_at=timezone.now())
    for http_status, count in ((429, 2), (0, 5)):
        TmdbTrouble.objects.create(minute=timezone.now(), http_status=http_status, count=count)
    shown = page(staff)
    assert "1,234 of 90,000 (88,766 left)" in row(shown, "Used in the last 90 seconds")
    assert row(shown, "No answer, within the hour") == "5"
    assert row(shown, "Answers 429 within the hour") == "2"
