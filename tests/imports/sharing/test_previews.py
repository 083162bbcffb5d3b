"""The pictures of share links, and a shared Prime history, whose ratings are its owner's rankings."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from imports.library import rankings
from imports.models import ImportSession, Ranking, SessionStatus, ShareLink, Source
from imports.reconciling import keeping, marks
from imports.sharing.links import make_link
from tests.factories import ImportSessionFactory, MovieFactory, RankingFactory, UserFactory

pytestmark = pytest.mark.django_db
SHOWS = ("films", "statistics", "ratings", "reviews", "dates")


@pytest.fixture(autouse=True)
def _no_posters(settings: Any) -> Iterator[None]:
    settings.TMDB = replace(settings.TMDB, image_url="http://127.0.0.1:9/t/p")
    caches["pictures"].clear()
    yield
    caches["pictures"].clear()


@pytest.fixture
def prime() -> ImportSession:
    made: ImportSession = ImportSessionFactory(
        user=UserFactory(),
        browser_key="",
        source=Source.PRIME_VIDEO,
        link_readable=False,
        status=SessionStatus.COMPLETED,
        closed_at=timezone.now(),
    )
    for title in ("Alien", "Moon"):
        movie = MovieFactory(session=made, title=title, matched=True)
    RankingFactory(user=made.user, tmdb_movie=movie.tmdb_movie, rating=Decimal("4.5"))
    return made


def shared(thing: ImportSession | User, *shows: str) -> str:
    _, token = make_link(thing, name="", shows={f"shows_{what}": what in shows for what in SHOWS}, expires_at=None)
    return f"/s/{token}/"


def tables_read(address: str) -> tuple[bytes, str]:
    with CaptureQueriesContext(connection) as asked:
        answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content, " ".join(query["sql"] for query in asked)


def test_a_shared_prime_history_shows_the_owners_ratings_where_it_may(prime: ImportSession) -> None:
    open_one, closed_one = shared(prime, "films", "statistics", "ratings"), shared(prime, "films", "statistics")
    for view in ("films/", "films/?view=table", "films/?rating=4.5"):
        assert "4.5 of 5 stars" in Client().get(open_one + view).content.decode()
        assert "4.5 of 5 stars" not in Client().get(closed_one + view).content.decode()
    first = Client().get(f"{open_one}films/?sort=rating").context["page"][0]
    assert (first.title, first.stars_given) == ("Moon", Decimal("4.5"))


def test_a_picture_is_served_without_reading_films_while_nothing_changes(prime: ImportSession) -> None:
    address = f"{shared(prime, 'films', 'statistics', 'ratings')}preview.png"
    drawn, asked = tables_read(address)
    assert "imports_movie" in asked
    again, asked = tables_read(address)
    assert again == drawn and "imports_movie" not in asked and "imports_analytics" not in asked
    rankings.change(Ranking.objects.get(), {"rating": Decimal("0.5")})
    assert tables_read(address)[0] != drawn


def test_a_picture_changes_with_its_link_and_its_import(prime: ImportSession) -> None:
    address = f"{shared(prime, 'films', 'statistics', 'ratings')}preview.png"
    pictures = [tables_read(address)[0]]
    ShareLink.objects.update(name="Another name")
    pictures.append(tables_read(address)[0])
    ShareLink.objects.update(shows_ratings=False)
    pictures.append(tables_read(address)[0])
    MovieFactory(session=prime, title="Heat", matched=True)
    ImportSession.objects.update(revision=9)
    pictures.append(tables_read(address)[0])
    assert len(set(pictures)) == 4


def test_the_picture_of_a_library_changes_with_it_and_is_served_without_reading_films_meanwhile() -> None:
    session = ImportSessionFactory(user=UserFactory(), browser_key="", status=SessionStatus.COMPLETED)
    MovieFactory(session=session, title="Alien", tmdb_movie__title="Alien", matched=True)
    keeping.recompute(session.user)
    address = f"{shared(session.user, 'films', 'statistics', 'ratings')}preview.png"
    drawn, asked = tables_read(address)
    assert "imports_libraryfilm" in asked
    again, asked = tables_read(address)
    assert again == drawn and "imports_libraryfilm" not in asked and "imports_analytics" not in asked
    MovieFactory(session=session, title="Heat", tmdb_movie__title="Heat", matched=True)
    marks.mark(session.movies.all())
    assert tables_read(address)[0] != drawn
