"""What must hold is a constraint: each is tried, on whatever database the tests run on."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from imports.models import ImportSession, RowProblem, SessionStatus, Source, Viewing
from tests.factories import ImportSessionFactory, MovieFactory, TmdbMovieFactory, UserFactory, ViewingFactory

pytestmark = pytest.mark.django_db


def refuses(make: Any, constraint: str, **values: Any) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make(**values)


def test_session_has_exactly_one_owner() -> None:
    user = UserFactory()
    refuses(ImportSessionFactory, "session_has_one_owner", user=user)
    refuses(ImportSessionFactory, "session_has_one_owner", browser_key="")
    assert ImportSessionFactory(user=user, browser_key="").pk


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"total_movies": 2, "enriched_count": 1}, "session_counts_add_up"),
        ({"enriched_count": 1, "matched_count": 1}, "session_settled_at_most_all"),
        ({"total_movies": 1, "status": SessionStatus.COMPLETED}, "session_completed_means_all"),
        ({"status": SessionStatus.FAILED}, "session_failed_says_why"),
        ({"source": Source.PRIME_VIDEO, "link_readable": False}, "session_prime_is_private"),
    ],
)
def test_session_refuses_states_that_cannot_be(values: dict[str, Any], constraint: str) -> None:
    refuses(ImportSessionFactory, constraint, **values)
    assert not ImportSession.objects.exists()


def test_movie_is_once_per_import() -> None:
    movie = MovieFactory()
    refuses(MovieFactory, "UNIQUE|movie_once", session=movie.session, source_key=movie.source_key)
    assert MovieFactory(source_key=movie.source_key).pk  # in another import


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"source_key": ""}, "movie_has_a_key"),
        ({"rating": 0}, "movie_rating_in_halves"),
        ({"rating": 5.5}, "movie_rating_in_halves"),
        ({"rating": 3.3}, "movie_rating_in_halves"),
        ({"outcome": "unmatched"}, "movie_settled_iff_outcome"),
        ({"outcome": "matched", "settled_at": timezone.now()}, "movie_matched_has_a_film"),
    ],
)
def test_movie_refuses_states_that_cannot_be(values: dict[str, Any], constraint: str) -> None:
    refuses(MovieFactory, constraint, **values)


def test_movie_with_a_film_says_who_chose_it() -> None:
    refuses(MovieFactory, "movie_film_was_chosen_by_someone", tmdb_movie=TmdbMovieFactory())


@pytest.mark.parametrize("rating", [0.5, 1, 2.5, 4.5, 5, None])
def test_movie_keeps_half_stars_exactly(rating: float | None) -> None:
    movie = MovieFactory(rating=rating)
    movie.refresh_from_db()
    assert movie.rating == rating


def test_viewing_is_once_per_entry() -> None:
    viewing = ViewingFactory()
    refuses(ViewingFactory, "UNIQUE|viewing_once_per_entry", movie=viewing.movie, entry_uri=viewing.entry_uri)


def test_viewing_without_an_entry_is_once_per_day_and_number() -> None:
    viewing = ViewingFactory(entry_uri="", watched_on=date(2024, 1, 1))
    same = {"movie": viewing.movie, "entry_uri": "", "watched_on": viewing.watched_on}
    refuses(ViewingFactory, "UNIQUE|viewing_once_without_entry", **same)
    assert ViewingFactory(**same, number=2).pk
    assert Viewing.objects.count() == 2


def test_viewing_refuses_values_that_cannot_be() -> None:
    refuses(ViewingFactory, "viewing_rating_in_halves", rating=4.7)
    refuses(ViewingFactory, "viewing_number_from_one|out of range|CHECK", number=0)


def test_problem_has_a_reason() -> None:
    refuses(
        RowProblem.objects.create, "problem_has_a_reason", session=ImportSessionFactory(), file="a.csv", kind="lost"
    )
