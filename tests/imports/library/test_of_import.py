"""An import's page says what it added to the library, and lets it be left out."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from imports.library.of_import import of_import
from imports.models import ImportSession, LibraryFilm, Source
from imports.reconciling import keeping
from tests.exports import letterboxd_zip
from tests.factories import UserFactory

from .told import seen, streamed, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def both(person: User) -> tuple[ImportSession, ImportSession]:
    """A diary of three films, of which one has no match, and a review of two, of which one is in the diary."""
    diary = seen(person, "Heat", "2024-05-10", "2024-08-10", facts={}).session
    seen(person, "Alien", "2024-05-11", facts={})
    seen(person, "Nobody knows it", "2024-05-12")
    review = streamed(person, "Heat", "2024-05-10", "2024-12-10").session
    streamed(person, "Playtime", "2024-05-13")
    keeping.recompute(person)
    return diary, review


def test_it_says_what_it_added(client: Client, both: tuple[ImportSession, ImportSession], person: User) -> None:
    diary, review = both
    of_diary, of_review = of_import(diary, person), of_import(review, person)
    assert (of_diary.films, of_diary.new, of_diary.viewings) == (3, 2, 4)
    assert (of_review.films, of_review.new, of_review.viewings) == (2, 1, 3)
    assert of_diary.known_from == {Source.PRIME_VIDEO: 1}
    assert of_review.known_from == {Source.LETTERBOXD: 1}
    page = text(client, diary.get_absolute_url())
    assert "<strong>3</strong> films, 2 of them new. 1 viewing was known from Amazon Prime Video." in page


def test_leaving_it_out_takes_exactly_its_evidence(
    client: Client, both: tuple[ImportSession, ImportSession], person: User
) -> None:
    _, review = both
    before = list(LibraryFilm.objects.order_by("key").values_list("key", "viewings_count", "sources"))
    switch = f"{review.get_absolute_url()}in-library/"
    assert client.post(switch).status_code == 302
    shown = text(client, review.get_absolute_url())
    assert "You left this import out" in shown and "This import is left out of your library." in shown
    assert text(client, "/imports/").count("not in your library") == 1
    keeping.catch_up(person)
    assert set(LibraryFilm.objects.values_list("title", "viewings_count")) == {
        *{("Heat", 2), ("Alien", 1), ("Nobody knows it", 1)}
    }
    assert client.post(switch, {"in_library": "on"}).status_code == 302
    keeping.catch_up(person)
    assert list(LibraryFilm.objects.order_by("key").values_list("key", "viewings_count", "sources")) == before


def test_a_partners_export_is_kept_out_when_it_is_uploaded(client: Client, person: User) -> None:
    upload = SimpleUploadedFile("export.zip", letterboxd_zip(5))
    answer: Any = client.post("/imports/", {"files": upload, "someone_elses": "on"})
    assert answer.status_code == 303
    assert not ImportSession.objects.get().in_library
    assert keeping.up_to_date(person)
    assert not LibraryFilm.objects.exists()


def test_it_costs_the_same_however_much_it_holds(both: tuple[ImportSession, ImportSession], person: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            of_import(both[0], person)
        return len(captured)

    few = queries()
    for number in range(20):
        seen(person, f"Film {number}", "2024-05-10", facts={})
    keeping.recompute(person)
    assert queries() == few <= 6


def test_a_stranger_and_a_browser_have_no_library(client: Client, both: tuple[ImportSession, ImportSession]) -> None:
    stranger = Client()
    diary, _ = both
    ImportSession.objects.filter(pk=diary.pk).update(link_readable=True)
    assert "In your library" not in text(stranger, diary.get_absolute_url())
    stranger.force_login(UserFactory())
    assert stranger.post(f"{diary.get_absolute_url()}in-library/").status_code == 404
    assert ImportSession.objects.get(pk=diary.pk).in_library
