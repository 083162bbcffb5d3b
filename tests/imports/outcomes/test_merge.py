"""TMDB made one film of two: what people have of it, where two rankings meet, and how their reviews stand."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from enrichment.models import DetailsStatus, TmdbMovie
from enrichment.tmdb.client import client
from enrichment.work import engine, refresh
from imports.library import viewings
from imports.models import (
    ChosenBy,
    Decision,
    HandViewing,
    LibraryDecision,
    LibraryFilm,
    LibraryViewing,
    MatchMemory,
    Movie,
    Outcome,
    Ranking,
)
from imports.reconciling import keeping
from imports.review import decisions
from tests.factories import MovieFactory, RankingFactory, TmdbMovieFactory, UserFactory
from tests.imports.outcomes.test_settle import counters_are_exact
from tests.imports.review.test_decisions import movies, start, user, work  # noqa: F401 (a fixture)
from tests.tmdb_films import film
from tests.tmdb_server import TmdbServer

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW = 900_001, 900_002


@pytest.fixture
def pair(tmdb: TmdbServer) -> tuple[TmdbMovie, TmdbMovie]:
    tmdb.catalogue.add(film(OLD, "Zebra Crossing", 1999), film(NEW, "Night Mare", 2001))
    return TmdbMovieFactory(tmdb_id=OLD, done=True), TmdbMovieFactory(tmdb_id=NEW, done=True)


def merge(tmdb: TmdbServer) -> None:
    tmdb.merged = {OLD: NEW}
    refresh.film(OLD, client())


def test_films_rankings_and_memories_are_the_others(tmdb: TmdbServer, pair: Any) -> None:
    old, _ = pair
    counts = {"session__total_movies": 1, "session__matched_count": 1, "session__enriched_count": 1}
    chosen = MovieFactory(matched=True, tmdb_movie=old, **counts)
    Movie.objects.filter(pk=chosen.pk).update(chosen_by=ChosenBy.PERSON)
    ranking = RankingFactory(tmdb_movie=old, title="Zebra Crossing", rating=Decimal("4.5"))
    MatchMemory.objects.create(user=ranking.user, title_key="zebra crossing", tmdb_movie=old)
    before = chosen.session.revision
    merge(tmdb)
    chosen.refresh_from_db()
    ranking.refresh_from_db()
    assert (chosen.tmdb_movie_id, chosen.chosen_by, chosen.outcome) == (NEW, ChosenBy.PERSON, Outcome.MATCHED)
    assert (ranking.tmdb_movie_id, ranking.title, ranking.rating) == (NEW, "Zebra Crossing", Decimal("4.5"))
    assert MatchMemory.objects.get().tmdb_movie_id == NEW
    assert counters_are_exact(chosen.session)
    assert chosen.session.revision > before


AN_HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("of_old", "of_new", "kept"),
    [
        ({"rated_at": date(2024, 5, 2)}, {"rated_at": date(2024, 5, 1)}, "old"),
        ({"rated_at": date(2024, 5, 1)}, {"rated_at": date(2024, 5, 2)}, "new"),
        ({"created_at": timezone.now()}, {"created_at": timezone.now() - AN_HOUR}, "old"),
        (
            {"created_at": timezone.now() - AN_HOUR, "changed_at": timezone.now() + AN_HOUR},
            {"created_at": timezone.now()},
            "old",
        ),
        ({"created_at": timezone.now() - AN_HOUR}, {"created_at": timezone.now()}, "new"),
    ],
)
def test_of_two_rankings_that_meet_the_newer_is_kept(
    tmdb: TmdbServer, pair: Any, of_old: dict[str, Any], of_new: dict[str, Any], kept: str
) -> None:
    person, other = UserFactory(), UserFactory()
    same_day = {"user": person, "rated_at": date(2024, 1, 1)}
    RankingFactory(tmdb_movie=pair[0], rating=Decimal(1), **same_day | of_old)
    RankingFactory(tmdb_movie=pair[1], rating=Decimal(2), **same_day | of_new)
    RankingFactory(tmdb_movie=pair[1], rating=Decimal(3), user=other)
    merge(tmdb)
    ranking = Ranking.objects.get(user=person)
    assert (ranking.tmdb_movie_id, ranking.rating) == (NEW, Decimal(1 if kept == "old" else 2))
    assert Ranking.objects.get(user=other).rating == Decimal(3)


MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)


def test_viewings_by_hand_are_the_others_and_of_two_of_a_day_the_older_stays(tmdb: TmdbServer, pair: Any) -> None:
    person, other = UserFactory(), UserFactory()
    for who, tmdb_id, day, review in [
        (person, OLD, MAY, "older"),
        (person, NEW, MAY, "younger"),
        (person, OLD, JUNE, "alone"),
        (other, NEW, MAY, "another's"),
    ]:
        viewings.add(who, tmdb_id, {"watched_on": day, "review": review}, today=JUNE)
    merge(tmdb)
    assert set(HandViewing.objects.values_list("tmdb_movie", flat=True)) == {NEW}
    stay = HandViewing.objects.filter(removed_at=None).order_by("pk")
    assert list(stay.values_list("review", flat=True)) == ["older", "alone", "another's"]
    keeping.up_to_date(person)
    assert [film.key for film in LibraryFilm.objects.filter(user=person)] == [f"tmdb:{NEW}"]
    own = LibraryViewing.objects.filter(user=person).order_by("watched_on")
    assert list(own.values_list("watched_on", flat=True)) == [MAY, JUNE]


def test_what_was_decided_about_a_ranking_holds_under_its_new_number(tmdb: TmdbServer, pair: Any) -> None:
    ranking = RankingFactory(tmdb_movie=pair[0], rating=Decimal(4))
    keeping.recompute(ranking.user)
    viewings.take_out(LibraryFilm.objects.get(user=ranking.user))
    merge(tmdb)
    assert LibraryDecision.objects.get().refs == [f"person\ttmdb:{NEW}"]
    keeping.up_to_date(ranking.user)
    film = LibraryFilm.objects.get(user=ranking.user)
    assert (film.key, film.is_seen) == (f"tmdb:{NEW}", False)


def test_an_open_review_is_sorted_out_anew(tmdb: TmdbServer, user: User) -> None:  # noqa: F811
    tmdb.catalogue.add(film(OLD, "Zebra Crossing", 1999), film(NEW, "Night Mare", 2001))
    session = start(user, "Zebra Crossing", "Night Mare")
    work()
    first, second = movies(session)
    assert (first.tmdb_movie_id, second.tmdb_movie_id) == (OLD, NEW)
    merge(tmdb)
    first, second = movies(session)
    assert (first.tmdb_movie_id, second.tmdb_movie_id) == (NEW, NEW)
    assert (first.decision, second.decision) == (Decision.PENDING, Decision.SAME_FILM)
    assert counters_are_exact(session)
    ranking = decisions.add(first, Decimal(4), date(2024, 1, 1))
    assert ranking.tmdb_movie_id == NEW


def test_a_film_ranked_under_its_old_number_needs_no_decision(tmdb: TmdbServer, user: User) -> None:  # noqa: F811
    tmdb.catalogue.add(film(OLD, "Zebra Crossing", 1999), film(NEW, "Night Mare", 2001))
    RankingFactory(user=user, tmdb_movie=TmdbMovieFactory(tmdb_id=OLD, done=True))
    session = start(user, "Night Mare")
    work()
    assert movies(session)[0].decision == Decision.PENDING
    merge(tmdb)
    assert movies(session)[0].decision == Decision.ALREADY_RANKED
    assert counters_are_exact(session)


def test_a_film_that_waits_for_details_under_its_old_number_gets_them(tmdb: TmdbServer, pair: Any) -> None:
    old, _ = pair
    TmdbMovie.objects.filter(pk=OLD).update(details_status=DetailsStatus.PENDING)
    movie = MovieFactory(tmdb_movie=old, chosen_by=ChosenBy.PERSON, session__total_movies=1)
    tmdb.merged = {OLD: NEW}
    engine.run(client(), 30)
    movie.refresh_from_db()
    movie.session.refresh_from_db()
    assert (movie.outcome, movie.tmdb_movie_id, movie.session.status) == (Outcome.MATCHED, NEW, "completed")
    assert counters_are_exact(movie.session)


SENTENCE = "TMDB no longer has this film."


@pytest.mark.parametrize("status", [DetailsStatus.DONE, DetailsStatus.GONE])
def test_a_films_page_says_that_tmdb_has_it_no_more(client: Client, user: User, status: str) -> None:  # noqa: F811
    known = TmdbMovieFactory(details_status=status, fetched_at=timezone.now(), overview="A zebra crosses.")
    movie = MovieFactory(matched=True, tmdb_movie=known)
    ranking = RankingFactory(user=user, tmdb_movie=known)
    keeping.recompute(user)
    client.force_login(user)
    for address in (movie.get_absolute_url(), f"/library/{ranking.pk}/"):
        page = client.get(address, follow=True).content.decode()
        assert "A zebra crosses." in page
        assert (SENTENCE in page) == (status == DetailsStatus.GONE)
