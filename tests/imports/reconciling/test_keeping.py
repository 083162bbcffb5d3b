"""Libraries are kept up to date by whoever reads them, and by the cluster; after an update for everyone."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client

from imports import tasks
from imports.models import Library, LibraryChange, LibraryFilm
from imports.reconciling import keeping, marks
from tests.factories import ImportSessionFactory, MovieFactory, RankingFactory, UserFactory

pytestmark = pytest.mark.django_db


def person_with(films: int) -> User:
    user: User = UserFactory()
    session: Any = ImportSessionFactory(user=user, browser_key="", total_movies=films)
    for _ in range(films):
        MovieFactory(session=session)
    marks.mark(session.movies.all())
    return user


def test_the_cluster_sees_to_everyone() -> None:
    people = [person_with(2), person_with(3)]
    assert tasks.keep_libraries() == "2 libraries"
    assert [LibraryFilm.objects.filter(user=user).count() for user in people] == [2, 3]
    assert not LibraryChange.objects.exists()
    assert not keeping.is_anyone_behind()
    assert tasks.keep_libraries() == "0 libraries"


def test_what_a_task_has_no_time_for_is_left_to_the_next() -> None:
    person_with(2)
    assert tasks.keep_libraries(budget_seconds=0) == "0 libraries"
    assert keeping.is_anyone_behind()


def test_a_large_library_is_put_together_portion_by_portion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "PORTION", 3)
    user = person_with(10)
    marks.mark_all([user.pk])
    portions = iter([True, True, True, False])
    assert not keeping.catch_up(user, lambda: next(portions))
    assert 0 < LibraryFilm.objects.count() < 10  # the rest stands in LibraryChange
    assert keeping.catch_up(user)
    assert LibraryFilm.objects.count() == 10
    assert keeping.drifts(user) == set()


def test_a_page_does_not_wait_for_a_large_library(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 5)
    user = person_with(10)
    client.force_login(user)
    page = client.get("/library/").content.decode()
    assert "being put together" in page
    assert not LibraryFilm.objects.exists()
    tasks.keep_libraries()
    page = client.get("/library/").content.decode()
    assert "being put together" not in page
    assert "10 films" in page


def test_after_the_update_every_account_is_noted() -> None:
    people = {person_with(1).pk, RankingFactory().user_id}
    UserFactory()  # has nothing
    ImportSessionFactory()  # a browser's
    LibraryChange.objects.all().delete()
    import_module("imports.migrations.0011_fill_libraries").note(apps, None)
    assert set(LibraryChange.objects.values_list("user", "key")) == {(pk, "") for pk in people}
    tasks.keep_libraries()
    assert set(Library.objects.values_list("user", flat=True)) == people
