"""What was written about viewings of a library, read where it was told."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from enrichment.models import TmdbMovie
from imports.library import viewings
from imports.library.reviews import ReviewOf, reviews_of
from imports.models import ImportSession, LibraryViewing
from imports.reconciling import keeping
from tests.factories import ImportSessionFactory, MovieFactory, TmdbMovieFactory, UserFactory, ViewingFactory

pytestmark = pytest.mark.django_db
DAY, TODAY = date(2024, 5, 10), date(2024, 6, 1)


@pytest.fixture
def person() -> User:
    return UserFactory()


@pytest.fixture
def heat() -> TmdbMovie:
    return TmdbMovieFactory(title="Heat", done=True)


def told(person: User, film: TmdbMovie, review: str, *, on: date = DAY, **values: Any) -> ImportSession:
    """An import of the person with this review of the film."""
    session: ImportSession = ImportSessionFactory(user=person, browser_key="")
    movie = MovieFactory(session=session, matched=True, tmdb_movie=film, source_key="heat", watched_on=on)
    ViewingFactory(movie=movie, watched_on=on, review=review, **values)
    return session


def library_of(person: User) -> list[LibraryViewing]:
    keeping.recompute(person)
    return list(LibraryViewing.objects.filter(user=person).order_by("watched_on", "pk"))


def texts(person: User) -> list[list[tuple[str, str]]]:
    own = library_of(person)
    reviews = reviews_of(own)
    return [[(review.source, review.text) for review in reviews.get(viewing.pk, [])] for viewing in own]


def test_all_that_was_written_of_a_viewing_is_told_with_its_source(person: User, heat: TmdbMovie) -> None:
    told(person, heat, "From the diary.")
    viewings.add(person, heat.pk, {"watched_on": DAY, "review": "By hand."}, today=TODAY)
    assert texts(person) == [[("person", "By hand."), ("letterboxd", "From the diary.")]]


def test_the_same_words_are_told_once(person: User, heat: TmdbMovie) -> None:
    told(person, heat, "The same.")
    viewings.add(person, heat.pk, {"watched_on": DAY, "review": "The same. "}, today=TODAY)
    assert texts(person) == [[("person", "The same. ")]]


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_an_entry_that_was_read_twice_the_newer_export_counts(
    person: User, heat: TmdbMovie, newest_first: bool
) -> None:
    exports = [("Written anew.", True), ("As first written.", False)]
    for review, is_newer in exports if newest_first else reversed(exports):
        session = told(person, heat, review, entry_uri="https://boxd.it/once")
        if is_newer:
            MovieFactory(session=session, matched=True, watched_on=date(2024, 5, 30))
    assert [("letterboxd", "Written anew.")] in texts(person)


def test_what_the_person_wrote_instead_replaces_all(person: User, heat: TmdbMovie) -> None:
    told(person, heat, "From the diary.")
    viewing = library_of(person)[0]
    done = viewings.change(viewing, {"review": "Mine."}, today=TODAY)
    assert texts(person) == [[("person", "Mine.")]]
    viewings.change(viewing, {"review": "Mine, again."}, today=TODAY)
    assert texts(person) == [[("person", "Mine, again.")]]
    viewings.undo(person, done)
    viewings.change(viewing, {"review": ""}, today=TODAY)
    assert texts(person) == [[]]


def test_nobody_reads_what_another_wrote(person: User, heat: TmdbMovie) -> None:
    told(person, heat, "Mine.")
    told(UserFactory(), heat, "Theirs.")
    assert texts(person) == [[("letterboxd", "Mine.")]]


def test_reviews_take_three_queries_however_many(
    person: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        film = TmdbMovieFactory(done=True)
        session = ImportSessionFactory(user=person, browser_key="")
        movie = MovieFactory(session=session, matched=True, tmdb_movie=film, watched_on=DAY)
        ViewingFactory(movie=movie, watched_on=DAY, review=f"Review {number}")
        viewings.add(person, film.pk, {"watched_on": DAY, "review": f"Mine {number}"}, today=TODAY)
    own = library_of(person)
    with django_assert_num_queries(3):
        reviews = reviews_of(own)
    assert {len(written) for written in reviews.values()} == {2} and len(reviews) == 5
    assert ReviewOf("person", "Mine 3") in [review for written in reviews.values() for review in written]
    with django_assert_num_queries(0):
        assert reviews_of([]) == {}
