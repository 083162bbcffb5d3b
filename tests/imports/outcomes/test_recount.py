"""manage.py check_counts: the kept counters against the films."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from enrichment import tasks
from enrichment.models import LookupStatus, TitleLookup, TmdbMovie
from imports.models import ImportSession, Kind, Movie, Outcome, Owner, SessionStatus, Source
from imports.outcomes import recount
from imports.sessions.start import start_import
from imports.sources.base import Upload
from tests.exports import letterboxd_zip
from tests.factories import ImportSessionFactory, MovieFactory, TitleLookupFactory, TmdbMovieFactory, UserFactory
from tests.tmdb_films import generated_films
from tests.tmdb_server import TmdbServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def session() -> ImportSession:
    """Of seven films: two matched, one each failed, unsure and not found, two open."""
    made: ImportSession = ImportSessionFactory(
        total_movies=7, enriched_count=5, matched_count=2, unsure_count=1, unmatched_count=1, failed_count=1
    )
    MovieFactory.create_batch(2, session=made, matched=True)
    for outcome in (Outcome.UNSURE, Outcome.UNMATCHED, Outcome.FAILED):
        MovieFactory(session=made, outcome=outcome, settled_at=timezone.now())
    MovieFactory.create_batch(2, session=made)
    return made


def check(*arguments: str) -> tuple[list[str], int]:
    """What the command says, and its exit status."""
    out = StringIO()
    try:
        call_command("check_counts", *arguments, stdout=out)
    except CommandError as error:
        return out.getvalue().splitlines(), error.returncode
    return out.getvalue().splitlines(), 0


def change(session: ImportSession, **values: Any) -> None:
    ImportSession.objects.filter(pk=session.pk).update(**values)


def test_exact_counters_are_said_to_be_exact(session: ImportSession) -> None:
    assert check() == (["All counters are exact."], 0)


@pytest.mark.parametrize(
    ("drifted", "lines"),
    [
        ({"total_movies": 9}, ["total_movies: kept 9, counted 7"]),
        (
            {"matched_count": 3, "unsure_count": 0},
            ["matched_count: kept 3, counted 2", "unsure_count: kept 0, counted 1"],
        ),
        (
            {"unmatched_count": 0, "enriched_count": 4},
            ["enriched_count: kept 4, counted 5", "unmatched_count: kept 0, counted 1"],
        ),
        (
            {"failed_count": 2, "enriched_count": 6},
            ["enriched_count: kept 6, counted 5", "failed_count: kept 2, counted 1"],
        ),
    ],
)
def test_each_drift_is_named_and_mended(drifted: dict[str, int], lines: list[str], session: ImportSession) -> None:
    ImportSessionFactory(status=SessionStatus.COMPLETED)  # another, which is right
    before = {name: getattr(session, name) for name in drifted}
    change(session, **drifted)
    assert check() == ([f"{session.pk}  {line}" for line in lines], 1)
    said, status = check("--fix")
    assert (said[-1], status) == (f"{len(lines)} put right.", 0)
    session.refresh_from_db()
    assert {name: getattr(session, name) for name in drifted} == before
    assert session.revision == 1  # a page that is open shows it
    assert check() == (["All counters are exact."], 0)


def test_an_import_that_says_it_is_done_while_films_are_open_waits_again(session: ImportSession) -> None:
    change(session, total_movies=5, status=SessionStatus.COMPLETED, closed_at=timezone.now(), expires_at=timezone.now())
    said, status = check()
    assert (status, len(said)) == (1, 2)
    assert said[1].endswith("status: kept completed, counted enriching")
    check("--fix")
    session.refresh_from_db()
    assert (session.status, session.total_movies, session.closed_at) == (SessionStatus.ENRICHING, 7, None)
    assert check()[1] == 0


def test_an_import_whose_films_are_all_settled_is_completed(session: ImportSession) -> None:
    Movie.objects.filter(outcome=Outcome.OPEN).delete()
    change(session, total_movies=5)
    assert check()[0] == [f"{session.pk}  status: kept enriching, counted completed"]
    check("--fix")
    session.refresh_from_db()
    assert session.status == SessionStatus.COMPLETED
    assert session.closed_at is not None
    assert check()[1] == 0


def test_a_review_starts_its_clock_when_it_is_completed_by_mending() -> None:
    review = ImportSessionFactory(
        user=UserFactory(), browser_key="", source=Source.PRIME_VIDEO, link_readable=False, total_movies=1
    )
    MovieFactory(session=review, matched=True)
    check("--fix")
    review.refresh_from_db()
    assert (review.status, review.closed_at, review.matched_count) == (SessionStatus.COMPLETED, None, 1)
    assert timezone.now() < review.expires_at < timezone.now() + timedelta(hours=1)


def test_series_and_trailers_are_not_counted(session: ImportSession) -> None:
    MovieFactory(session=session, kind=Kind.SERIES, lookup=None)
    MovieFactory(session=session, kind=Kind.NOT_A_FILM, lookup=None)
    assert check()[1] == 0


def test_an_import_without_films_and_a_failed_one_are_right() -> None:
    ImportSessionFactory(status=SessionStatus.COMPLETED)
    ImportSessionFactory(status=SessionStatus.FAILED, error_message="The disk is full.")
    ImportSessionFactory(status=SessionStatus.PROCESSING)
    assert check()[1] == 0


def test_an_answer_that_nobody_took_is_named_and_taken(session: ImportSession) -> None:
    film = TmdbMovieFactory(done=True)
    lookups = TitleLookup.objects.filter(movies__in=session.movies.filter(outcome=Outcome.OPEN))
    lookups.update(status=LookupStatus.MATCHED, tmdb_movie=film, confidence=1)
    assert check() == ([f"{session.pk}  open films with an answer: kept 2, counted 0"], 1)
    assert check("--fix")[1] == 0
    session.refresh_from_db()
    assert (session.status, session.matched_count) == (SessionStatus.COMPLETED, 4)
    assert check()[1] == 0


def test_a_film_that_waits_for_details_has_no_answer_yet(session: ImportSession) -> None:
    for movie, film in zip(
        session.movies.filter(outcome=Outcome.OPEN), TmdbMovieFactory.create_batch(2, pending=True), strict=True
    ):
        TitleLookup.objects.filter(movies=movie).update(status=LookupStatus.MATCHED, tmdb_movie=film, confidence=1)
        Movie.objects.filter(pk=movie.pk).update(tmdb_movie=film, chosen_by="machine")
    assert check()[1] == 0


def test_wrong_counters_and_answers_that_nobody_took_are_mended_together(session: ImportSession) -> None:
    lookups = TitleLookup.objects.filter(movies__in=session.movies.filter(outcome=Outcome.OPEN))
    lookups.update(status=LookupStatus.UNMATCHED)
    change(session, total_movies=5)  # two more could not be counted as settled
    assert check("--fix")[1] == 0
    session.refresh_from_db()
    assert (session.status, session.total_movies, session.unmatched_count) == (SessionStatus.COMPLETED, 7, 3)
    assert check()[1] == 0


def test_a_settled_row_with_a_lease_is_named_and_let_go() -> None:
    TitleLookupFactory(matched=True, leased_until=timezone.now())
    TmdbMovieFactory(done=True, leased_until=timezone.now())
    TitleLookupFactory(leased_until=timezone.now())  # a worker has it
    assert check() == (
        [
            "all imports  settled lookups with a lease: kept 1, counted 0",
            "all imports  settled details with a lease: kept 1, counted 0",
        ],
        1,
    )
    assert check("--fix")[1] == 0
    assert TitleLookup.objects.exclude(leased_until=None).get().status == LookupStatus.PENDING
    assert not TmdbMovie.objects.exclude(leased_until=None).exists()


def test_many_imports_are_counted_in_a_few_queries(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    for _ in range(30):
        MovieFactory(session=ImportSessionFactory(total_movies=2, enriched_count=1, matched_count=1), matched=True)
        MovieFactory(session=ImportSession.objects.latest("created_at"))
    with django_assert_num_queries(6):  # missed answers, ids, films, imports, two of leases
        assert recount.drifts() == []
    monkeypatch.setattr("enrichment.batches.SIZE", 10)
    with django_assert_num_queries(10):
        assert recount.drifts() == []


def test_counters_that_move_while_they_are_checked_are_no_drift(tmdb: TmdbServer) -> None:
    titles = [(film["title"], int(film["release_date"][:4])) for film in generated_films(60)]
    upload = Upload("export.zip", letterboxd_zip(60, titles=titles))
    session = start_import(Owner(browser_key="a-browser"), [upload])

    def work() -> None:
        try:
            tasks.run(30)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        working = [pool.submit(work) for _ in range(2)]
        looks = 0
        while not all(future.done() for future in working):
            assert recount.drifts() == []
            looks += 1
        for future in working:
            future.result()
    assert looks > 1
    session.refresh_from_db()
    assert session.status == SessionStatus.COMPLETED
