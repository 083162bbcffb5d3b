"""cleanup_sessions, and the same done by the cluster every day."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ, Task

from enrichment.models import LookupStatus, TitleLookup
from imports import tasks
from imports.accounts import account
from imports.models import HandViewing, ImportSession, Movie, SessionStatus, ShareLink, Source, Usage
from imports.operation import cleanup
from imports.operation.schedules import SCHEDULES
from imports.queue import CLEAN_UP
from imports.sessions.delete import delete_expired
from imports.sharing import previews
from imports.sharing.links import make_link
from imports.web import access
from tests.factories import ImportSessionFactory, MovieFactory, TitleLookupFactory, TmdbMovieFactory, UserFactory

pytestmark = pytest.mark.django_db


def ago(**age: float) -> Any:
    return timezone.now() - timedelta(**age)


def run(*args: str) -> dict[str, int]:
    """What it said: how many of each."""
    said = io.StringIO()
    call_command("cleanup_sessions", *args, stdout=said)
    lines = (line.split(", ", 1)[1].rsplit(": ", 1) for line in said.getvalue().splitlines())
    return {name: int(n) for name, n in lines}


def expired(**values: Any) -> ImportSession:
    session: ImportSession = ImportSessionFactory(expires_at=ago(seconds=1), **values)
    return session


def review(**values: Any) -> ImportSession:
    session: ImportSession = ImportSessionFactory(
        **{"user": UserFactory(), "browser_key": "", "source": Source.PRIME_VIDEO, "link_readable": False} | values
    )
    return session


def test_what_is_over_goes_and_the_rest_stays() -> None:
    over = [expired(), expired(user=UserFactory(), browser_key=""), expired(status=SessionStatus.COMPLETED)]
    over.append(review(status=SessionStatus.COMPLETED, expires_at=ago(minutes=1)))
    over.append(ImportSessionFactory(last_accessed=ago(days=31)))  # a browser's without an end
    for session in over:
        MovieFactory(session=session)
    kept = [
        ImportSessionFactory(expires_at=timezone.now() + timedelta(minutes=1)),
        ImportSessionFactory(user=UserFactory(), browser_key="", last_accessed=ago(days=900)),
        ImportSessionFactory(last_accessed=ago(days=29)),
        review(),  # its films are being matched
        review(status=SessionStatus.COMPLETED, expires_at=timezone.now() + timedelta(minutes=1)),
    ]
    assert run("--dry-run")["expired imports"] == len(over)
    assert ImportSession.objects.count() == len(over) + len(kept)
    assert run()["expired imports"] == len(over)
    assert set(ImportSession.objects.all()) == set(kept)
    assert not Movie.objects.exists()
    assert run()["expired imports"] == 0


def test_whatever_else_has_aged_goes_too() -> None:
    user, film = UserFactory(), TmdbMovieFactory(title="Heat", done=True)
    links = [make_link(user, name="x", shows={}, expires_at=ago(days=days))[0] for days in (31, 29)]
    caches["pictures"].set(previews._name(links[0]), "kept")
    Session.objects.create(session_key="old", session_data="", expire_date=ago(days=1))
    Session.objects.create(session_key="new", session_data="", expire_date=timezone.now() + timedelta(days=1))
    for days in (31, 29):
        Usage.objects.create(kind=Usage.Kind.SEARCH, address="192.0.2.1", at=ago(days=days))
        Task.objects.create(
            id=f"{days}", name="x", func="x", started=ago(days=days), stopped=ago(days=days), success=False
        )
    for title, status, age in [("No film", "unmatched", 2), ("Today's", "unmatched", 0), ("Waits", "pending", 2)]:
        TitleLookupFactory(title=title, status=status, created_at=ago(days=age))
    answers = {"status": LookupStatus.MATCHED, "tmdb_movie": film, "created_at": ago(days=2)}
    TitleLookupFactory(title="HEAT!", **answers)
    TitleLookupFactory(title="Heat, with Bo", **answers)
    TitleLookupFactory(title="Heat", variants=["Heat", "with Bo"], year=1995, **answers)
    for day, removed in [(1, ago(hours=25)), (2, ago(hours=23)), (3, None)]:
        HandViewing.objects.create(user=user, tmdb_movie=film, watched_on=date(2024, 5, day), removed_at=removed)
    MovieFactory(lookup=TitleLookupFactory(title="Asked", unmatched=True, created_at=ago(days=2)))

    done = run("--dry-run")
    assert set(done.values()) == {0, 1, 4}
    assert run() == done
    assert list(ShareLink.objects.all()) == [links[1]]
    assert caches["pictures"].get(previews._name(links[0])) is None
    assert Session.objects.get().session_key == "new"
    assert [Usage.objects.count(), Task.objects.count()] == [1, 1]
    assert set(HandViewing.objects.values_list("watched_on__day", flat=True)) == {2, 3}
    assert set(TitleLookup.objects.values_list("title", flat=True)) == {"Today's", "HEAT!", "Asked"}


def test_an_import_that_is_opened_meanwhile_stays(client: Client, settings: Any) -> None:
    first, second = expired(), expired()
    clean = cleanup.CHORES[0].clean()
    assert next(clean) == 1
    left = ImportSession.objects.get()
    left.last_accessed = ago(days=1)
    access._opened(left)
    assert list(clean) == [0]
    assert ImportSession.objects.get() == left in (first, second)


def test_a_page_whose_import_is_cleaned_up_meanwhile_says_so() -> None:
    session = expired(last_accessed=ago(days=1))
    delete_expired(session.pk)
    with pytest.raises(access.ImportExpired):
        access._opened(session)


def test_an_import_adopted_meanwhile_stays() -> None:
    session = ImportSessionFactory(browser_key="b", last_accessed=ago(days=31))
    account.adopt("b", UserFactory())
    assert not delete_expired(session.pk)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_share_the_work() -> None:
    for _ in range(12):
        MovieFactory(session=expired())

    def one(_: int) -> int:
        try:
            return run()["expired imports"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(one, range(2))) == 12
    assert not ImportSession.objects.exists()
    assert not TitleLookup.objects.exists()


def test_one_that_is_stopped_says_how_far_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    expired(), expired(), expired()
    delete, said = delete_expired, io.StringIO()

    def stopped(pk: Any) -> bool:
        if ImportSession.objects.count() == 1:
            raise KeyboardInterrupt
        return delete(pk)

    monkeypatch.setattr(cleanup, "delete_expired", stopped)
    with pytest.raises(KeyboardInterrupt):
        call_command("cleanup_sessions", stdout=said)
    assert said.getvalue() == "Deleted, expired imports: 2\n"


@pytest.mark.django_db(transaction=True)
def test_the_daily_task_goes_on_in_another_when_its_time_is_over() -> None:
    assert SCHEDULES["cleanup"]["func"] == CLEAN_UP
    expired(), expired()
    assert tasks.cleanup(budget_seconds=0) == "expired imports: 1"
    assert [row.func() for row in OrmQ.objects.all()] == [CLEAN_UP]
    assert tasks.cleanup() == "expired imports: 1"
    assert tasks.cleanup() == "nothing to clean up"
    assert OrmQ.objects.count() == 1


def test_a_dry_run_writes_nothing() -> None:
    expired()
    with CaptureQueriesContext(connection) as asked:
        run("--dry-run")
    writes = ("INSERT", "UPDATE", "DELETE")
    assert [query["sql"] for query in asked if query["sql"].startswith(writes)] == []
