"""Histories as nobody should have them are read, reconciled, and said."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from imports.models import ImportSession, LibraryFilm, LibraryViewing
from imports.reconciling import keeping
from tests.exports import BASE, DIARY, csv_bytes, entry_uri, film_uri, zip_bytes
from tests.factories import UserFactory

from .told import film_of, seen, streamed, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


def send(client: Client, files: dict[str, bytes]) -> ImportSession:
    answer: Any = client.post("/imports/", {"files": SimpleUploadedFile("export.zip", zip_bytes(files))})
    assert answer.status_code == 303
    return ImportSession.objects.latest("created_at")


def test_an_import_without_days(client: Client, person: User) -> None:
    send(client, {"watched.csv": csv_bytes(BASE, [["2024-05-01", "Heat", "1995", film_uri(1)]])})
    assert "1 entry from 1 source = <strong>1 viewing</strong>" in text(client, "/library/")
    assert "1 viewing without a day" in text(client, "/library/diary/")
    film = film_of(person, "Heat")
    assert (film.viewings_count, film.first_watched, film.marked_on) == (1, None, date(2024, 5, 1))
    assert client.get("/library/stats/").status_code == 200


@pytest.mark.slow
def test_ten_thousand_viewings_of_one_film(client: Client, person: User) -> None:
    days = [(date(1990, 1, 1) + timedelta(days=n)).isoformat() for n in range(10_000)]
    entries = [[day, "Heat", "1995", entry_uri(n), "", "", "", day] for n, day in enumerate(days)]
    entries = [entry for entry in entries if entry[0] >= "1995"]
    watched = csv_bytes(BASE, [["2024-05-01", "Heat", "1995", film_uri(1)]])
    send(client, {"watched.csv": watched, "diary.csv": csv_bytes(DIARY, entries)})
    assert keeping.up_to_date(person)
    film = film_of(person, "Heat")
    assert film.viewings_count == LibraryViewing.objects.count() == len(entries)
    assert keeping.drifts(person) == set()
    for page in (film.get_absolute_url(), "/library/", "/library/diary/", "/library/stats/"):
        assert len(text(client, page)) < 1_000_000, page
    assert f"{len(entries):,} viewings, the newest first" in text(client, film.get_absolute_url())


def test_one_film_under_two_titles(client: Client, person: User) -> None:
    session = streamed(person, "Heat", "2024-05-10").session
    again = streamed(person, "HEAT – Director’s Cut", "2024-05-10", source_key="cut")
    heat = film_of_tmdb(session)
    again.tmdb_movie = heat
    again.save()
    seen(person, "Heat", "2024-05-10", tmdb_movie=heat, matched=True)
    keeping.recompute(person)
    film = LibraryFilm.objects.get()
    # the file tells of two, and the diary of one of them
    assert (film.viewings_count, film.evidence, film.joined) == (2, 3, 1)
    page = text(client, film.get_absolute_url())
    assert "In your imports" in page
    assert "HEAT – Director’s Cut" in page


def film_of_tmdb(session: ImportSession) -> Any:
    return session.movies.get(title="Heat").tmdb_movie
