"""A library stays true, whatever was said before and whatever comes and goes."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from enrichment.models import TmdbMovie
from imports.exports.library import library_json
from imports.library import rankings, telling, viewings
from imports.models import Decision, HandViewing, ImportSession, LibraryDecision, LibraryFilm, Movie, Source
from imports.outcomes import settle
from imports.reconciling import keeping
from imports.review import decisions
from imports.sessions import in_library
from imports.sessions.delete import delete_expired, delete_import
from tests.factories import (
    ImportSessionFactory,
    MovieFactory,
    TitleLookupFactory,
    TmdbMovieFactory,
    UserFactory,
    ViewingFactory,
)

from .told import days_of, film_of, seen

pytestmark = pytest.mark.django_db
MAY = date(2024, 5, 17)
TODAY = date(2026, 1, 1)
NOTHING_MORE: viewings.Values = {"watched_on": None, "rating": None, "rewatch": False, "tags": [], "review": ""}


@pytest.fixture
def person(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def heat(person: User) -> LibraryFilm:
    """In a diary on two days."""
    seen(person, "Heat", "2022-01-01", "2024-05-17", facts={})
    keeping.recompute(person)
    return film_of(person, "Heat")


@pytest.fixture
def ran() -> TmdbMovie:
    film: TmdbMovie = TmdbMovieFactory(done=True, title="Ran")
    return film


def titles(user: User) -> list[str]:
    """In the library, which nothing has drifted from."""
    keeping.catch_up(user)
    assert keeping.drifts(user) == set()
    return [film["title"] for film in json.loads("".join(library_json(user)))["films"]]


# Told anew


def test_what_was_taken_out_is_told_anew(heat: LibraryFilm) -> None:
    assert heat.tmdb_movie_id
    viewing = viewings.add(heat.user, heat.tmdb_movie_id, {"watched_on": MAY, "rating": Decimal(5)}, today=TODAY)
    viewings.remove(viewing)
    heat.refresh_from_db()
    assert days_of(heat) == ["2022-01-01"] and heat.rating is None  # the stars went with the viewing
    viewings.add(heat.user, heat.tmdb_movie_id, {"watched_on": MAY}, today=TODAY)
    assert days_of(heat) == ["2022-01-01", "2024-05-17"]
    with pytest.raises(viewings.CantTell, match="already"):
        viewings.add(heat.user, heat.tmdb_movie_id, {"watched_on": MAY}, today=TODAY)


def test_a_film_that_was_taken_out_is_told_anew_without_a_day(person: User, ran: TmdbMovie) -> None:
    telling.tell(person, ran, NOTHING_MORE, today=TODAY)
    for _ in range(2):
        keeping.catch_up(person)
        viewings.take_out(film_of(person, "Ran"))
        assert not film_of(person, "Ran").is_seen
        assert telling.tell(person, ran, NOTHING_MORE, today=TODAY)
        assert film_of(person, "Ran").is_seen


def test_a_rewatch_without_a_day_is_folded_away_and_undone(person: User, heat: LibraryFilm) -> None:
    assert heat.tmdb_movie
    done = telling.tell(person, heat.tmdb_movie, {**NOTHING_MORE, "rewatch": True}, today=TODAY)
    heat.refresh_from_db()
    assert done and (heat.folded, heat.viewings_count) == (1, 2)
    viewings.undo(person, done)
    assert not HandViewing.objects.filter(removed_at=None).exists()


@pytest.mark.parametrize("refs", [["person\tfoo"], ["person\ttmdb:x"], ["person\ttmdb:²"], ["x"], ["a\t\t", "\t"]])
def test_a_decision_on_what_never_was_is_undone(client: Client, person: User, refs: list[str]) -> None:
    decision = LibraryDecision.objects.create(user=person, kind=LibraryDecision.Kind.SAME, refs=refs)
    assert client.post("/library/undo/", {"done": f"decision-{decision.pk}"}).status_code == 303
    assert not LibraryDecision.objects.exists()
    assert titles(person) == []


# An export that was brought in twice


def test_which_film_it_is_is_said_of_every_import_of_it(person: User, ran: TmdbMovie) -> None:
    sent: dict[str, Any] = {"title": "Heat", "source_key": "https://boxd.it/heat", "matched": True}
    machines: TmdbMovie = TmdbMovieFactory(done=True, title="Heat")
    lookup = TitleLookupFactory(title="Heat", matched=True, tmdb_movie=machines)
    counts = {"total_movies": 1, "enriched_count": 1, "matched_count": 1}
    rows: list[Movie] = []
    for _ in range(2):
        session = ImportSessionFactory(user=person, browser_key="", **counts)
        rows.append(MovieFactory(session=session, lookup=lookup, tmdb_movie=machines, **sent))
        ViewingFactory(movie=rows[-1], watched_on=MAY, entry_uri="https://boxd.it/e")
    keeping.recompute(person)
    assert titles(person) == ["Heat"]
    decisions.choose(rows[0], ran.pk)
    assert titles(person) == ["Ran"]
    decisions.reject(Movie.objects.get(pk=rows[1].pk))
    assert titles(person) == ["Heat"] and film_of(person, "Heat").tmdb_movie is None
    decisions.unchoose(Movie.objects.get(pk=rows[0].pk))
    assert titles(person) == ["Heat"] and film_of(person, "Heat").tmdb_movie == machines
    assert days_of(film_of(person, "Heat")) == [str(MAY)]


# A review beside what is rated elsewhere


def review_of(user: User, film: TmdbMovie, **more: Any) -> Movie:
    """A review in which nothing is decided."""
    session: ImportSession = ImportSessionFactory(
        user=user, browser_key="", source=Source.PRIME_VIDEO, link_readable=False, total_movies=1
    )
    movie: Movie = MovieFactory(session=session, matched=True, tmdb_movie=film, **more)
    ViewingFactory(movie=movie, watched_on=MAY, entry_uri="")
    Movie.objects.filter(pk=movie.pk).update(decision=Decision.PENDING)
    settle.sort_out(session.pk)
    keeping.recompute(user)
    return movie


def rated_in_history(user: User, film: TmdbMovie) -> ImportSession:
    session: ImportSession = ImportSessionFactory(user=user, browser_key="", total_movies=1)
    MovieFactory(session=session, matched=True, tmdb_movie=film, rating=Decimal(4))
    keeping.recompute(user)
    return session


def test_a_review_counts_where_a_history_rates_whichever_came_first(person: User, ran: TmdbMovie) -> None:
    review_of(person, ran)
    assert titles(person) == []
    rated_in_history(person, ran)
    second: User = UserFactory()
    rated_in_history(second, ran)
    review_of(second, ran)
    both = [json.loads("".join(library_json(user)))["films"] for user in (person, second)]
    assert both[0] == both[1] and len(both[0][0]["viewings"]) == 1


@pytest.mark.parametrize("way", ["left out", "deleted", "rating removed"])
def test_a_review_counts_as_long_as_its_film_is_rated_elsewhere(person: User, ran: TmdbMovie, way: str) -> None:
    history = rated_in_history(person, ran) if way != "rating removed" else None
    ranking, _ = rankings.add(person, ran, Decimal(4), MAY) if history is None else (None, False)
    review = review_of(person, ran).session
    assert titles(person) == ["Ran"]
    if history is None:
        assert ranking
        rankings.remove(ranking)
    elif way == "deleted":
        delete_import(history)
    else:
        in_library.put(history, False)
    without = titles(person)
    settle.sort_out(review.pk)
    assert titles(person) == without == []


def test_what_is_rated_elsewhere_outlives_the_time_of_a_review(person: User, ran: TmdbMovie) -> None:
    session = review_of(person, ran).session
    MovieFactory(session=session, matched=True, decision=Decision.ADDED, decided_at=timezone.now())
    rated_in_history(person, ran)  # after it was sorted out
    before = titles(person)
    ImportSession.objects.filter(pk=session.pk).update(expires_at="2020-01-01T00:00Z")
    assert delete_expired(session.pk)
    assert len(film_of(person, "Ran").viewings.get().told_by) == 1 and film_of(person, "Ran").last_watched == MAY
    assert [title for title in titles(person) if title == "Ran"] == [title for title in before if title == "Ran"]
