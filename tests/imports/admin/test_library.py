"""The admin's pages of libraries: found by person, and reconciled anew."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django_q.models import OrmQ

from imports import tasks
from imports.models import Library, LibraryChange, LibraryDecision, LibraryFilm, SessionStatus
from imports.reconciling import keeping
from tests.factories import ImportSessionFactory, MovieFactory, UserFactory, ViewingFactory

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/imports/library/"


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory(username="operator", is_staff=True, is_superuser=True))
    return client


def library_of(name: str, films: int) -> User:
    user: User = UserFactory(username=name)
    session = ImportSessionFactory(user=user, browser_key="", status=SessionStatus.COMPLETED)
    for _ in range(films):
        movie = MovieFactory(session=session, tmdb_movie__title=f"Of {name}", matched=True)
        for day in ("2024-01-02", "2024-05-06"):
            ViewingFactory(movie=movie, watched_on=day)
    keeping.recompute(user)
    return user


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def reconcile_anew(client: Client, *people: User, **data: str) -> Any:
    chosen = [user.pk for user in people]
    return client.post(LIST, {"action": "reconcile_anew", "_selected_action": chosen, **data})


def test_libraries_are_found_by_person_with_their_counts(staff: Client) -> None:
    anna = library_of("anna", 3)
    library_of("bert", 1)
    LibraryChange.objects.create(user=anna, key="tmdb:1")
    [row] = staff.get(f"{LIST}?q=anna").context["cl"].result_list
    assert (row.user, row.n_films, row.n_viewings, row.n_waiting) == (anna, 3, 6, 1)
    shown = page(staff, f"{LIST}{anna.pk}/change/")
    films = f"/admin/imports/libraryfilm/?user__exact={anna.pk}"
    assert f'<a href="{films}">3</a>' in shown
    listed = page(staff, films)
    assert listed.count("Of anna") >= 3 and "Of bert" not in listed
    film = LibraryFilm.objects.filter(user=anna).latest("pk")
    viewings = f"/admin/imports/libraryviewing/?film__exact={film.pk}"
    assert f'<a href="{viewings}">2</a>' in page(staff, f"/admin/imports/libraryfilm/{film.pk}/change/")
    assert len(staff.get(viewings).context["cl"].result_list) == 2


def test_a_library_is_reconciled_anew_by_the_cluster_once_it_is_confirmed(staff: Client) -> None:
    anna, bert = library_of("anna", 2), library_of("bert", 1)
    decision = LibraryDecision.objects.create(user=anna, kind="not_mine", refs=["letterboxd\tnowhere"])
    LibraryFilm.objects.update(title="Drifted")
    assert "What people said stays." in reconcile_anew(staff, anna).content.decode()
    assert not LibraryChange.objects.exists() and not OrmQ.objects.exists()
    answer = reconcile_anew(staff, anna, confirmed="yes")
    assert answer.status_code == 302 and OrmQ.objects.count() == 1
    assert set(LibraryChange.objects.values_list("user", flat=True)) == {anna.pk}
    assert "1 library is reconciled anew." in page(staff, LIST)
    assert LogEntry.objects.get().object_id == str(anna.pk)
    tasks.keep_libraries()
    assert set(LibraryFilm.objects.filter(user=anna).values_list("title", flat=True)) == {"Of anna"}
    assert LibraryFilm.objects.get(user=bert).title == "Drifted"
    assert LibraryDecision.objects.get() == decision


def test_who_may_only_look_reconciles_nothing(client: Client) -> None:
    anna = library_of("anna", 1)
    helper = UserFactory(is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename="view_library"))
    client.force_login(helper)
    assert "anna" in page(client, LIST)
    reconcile_anew(client, anna, confirmed="yes")
    assert not LibraryChange.objects.exists() and Library.objects.get().revision == 1
