"""Counters and films move together, once, whoever brings the news and however often."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count

from enrichment import services
from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie
from enrichment.tmdb.client import client
from enrichment.work import engine
from imports import tasks
from imports.models import ChosenBy, ImportSession, Movie, Outcome, Owner
from imports.outcomes import settle
from imports.sessions.delete import delete_import
from imports.sessions.start import start_import
from imports.sources.base import Upload
from tests.exports import letterboxd_zip
from tests.factories import MovieFactory, TmdbMovieFactory
from tests.tmdb_films import generated_films
from tests.tmdb_server import TmdbServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def import_films(count: int, browser: str = "a-browser") -> ImportSession:
    titles = [(film["title"], int(film["release_date"][:4])) for film in generated_films(count)]
    return start_import(Owner(browser_key=browser), [Upload("export.zip", letterboxd_zip(count, titles=titles))])


def work() -> engine.Run:
    try:
        return engine.run(client(), 30)
    finally:
        connection.close()


def counters_are_exact(session: ImportSession) -> bool:
    session.refresh_from_db()
    rows = session.movies.exclude(outcome=Outcome.OPEN).values_list("outcome").annotate(n=Count("pk"))
    counted = {f"{outcome}_count": n for outcome, n in rows.order_by()}
    kept = {f"{o}_count": getattr(session, f"{o}_count") for o in ("matched", "unsure", "unmatched", "failed")}
    return kept == {name: counted.get(name, 0) for name in kept}


def test_an_import_completes_and_every_film_has_an_outcome(tmdb: TmdbServer) -> None:
    session = import_films(20)
    work()
    session.refresh_from_db()
    assert session.status == "completed"
    assert session.enriched_count == session.total_movies == session.movies.exclude(settled_at=None).count()
    assert (session.matched_count, session.closed_at is not None) == (20, True)
    assert counters_are_exact(session)


def test_two_requests_a_film_at_the_first_import_and_none_at_the_second(tmdb: TmdbServer) -> None:
    first = import_films(20)
    work()
    asked = tmdb.record.requests
    assert asked <= 2.1 * first.total_movies
    second = import_films(20, "another-browser")
    assert (second.status, second.matched_count) == ("completed", 20)  # settled in the upload itself
    assert tmdb.record.requests == asked


def test_the_same_news_twice_changes_nothing(tmdb: TmdbServer) -> None:
    session = import_films(5)
    work()
    session.refresh_from_db()
    before = session.revision
    settle.apply(session=session)
    settle.apply(lookups=list(TitleLookup.objects.values_list("pk", flat=True)))
    session.refresh_from_db()
    assert session.revision == before
    assert counters_are_exact(session)


def test_many_workers_and_imports_of_the_same_films_keep_counters_exact(tmdb: TmdbServer) -> None:
    tmdb.latency = 0.005
    sessions = [import_films(40, f"browser-{n}") for n in range(3)]
    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(work) for _ in range(4)]:
            future.result()
    tasks.sweep()
    work()
    for session in sessions:
        assert counters_are_exact(session)
        assert session.status == "completed"
    assert tmdb.record.repeated == 0


def test_an_answer_that_nobody_took_is_taken_by_the_sweep(tmdb: TmdbServer) -> None:
    session = import_films(1)
    film = TmdbMovieFactory(done=True)
    # as if the worker's settling had been seen by nobody: no signal
    TitleLookup.objects.update(status=LookupStatus.MATCHED, tmdb_movie=film, confidence=1)
    tasks.sweep()
    session.refresh_from_db()
    assert session.status == "completed"


def test_a_persons_choice_is_not_changed_by_an_answer() -> None:
    chosen = TmdbMovieFactory(done=True)
    movie = MovieFactory(tmdb_movie=chosen, chosen_by=ChosenBy.PERSON, session__total_movies=1)
    other = TmdbMovieFactory(done=True)
    TitleLookup.objects.update(status=LookupStatus.MATCHED, tmdb_movie=other, confidence=1)
    settle.apply(lookups=[movie.lookup_id])
    movie.refresh_from_db()
    assert movie.tmdb_movie_id == chosen.pk


def test_a_film_whose_details_failed_ends_as_failed_and_can_be_asked_again(tmdb: TmdbServer) -> None:
    session = import_films(1)
    work()
    film = TmdbMovie.objects.get(lookups__movies__session=session)
    services.ask_again(TitleLookup.objects.all())
    TmdbMovie.objects.filter(pk=film.pk).update(details_status=DetailsStatus.FAILED, error="TMDB answered 400")
    session.refresh_from_db()
    assert (session.status, session.enriched_count) == ("enriching", 0)
    work()
    session.refresh_from_db()
    assert (session.status, session.failed_count) == ("completed", 1)
    assert counters_are_exact(session)


def test_asking_again_reopens_what_the_machine_took_and_nothing_else(tmdb: TmdbServer) -> None:
    session = import_films(3)
    work()
    kept = Movie.objects.filter(session=session).first()
    assert kept is not None
    Movie.objects.filter(pk=kept.pk).update(chosen_by=ChosenBy.PERSON)
    services.ask_again(TitleLookup.objects.all())
    session.refresh_from_db()
    assert (session.status, session.enriched_count, session.closed_at) == ("enriching", 1, None)
    assert counters_are_exact(session)
    work()
    session.refresh_from_db()
    assert session.status == "completed"


def test_deleting_an_import_in_the_middle_lets_go_of_its_questions_only(tmdb: TmdbServer) -> None:
    first, second = import_films(10), import_films(4, "another-browser")
    delete_import(first)
    assert not Movie.objects.filter(session_id=first.pk).exists()
    assert TitleLookup.objects.count() == second.total_movies
    work()
    second.refresh_from_db()
    assert second.status == "completed"


def test_a_row_settled_after_its_import_was_deleted_harms_nobody(tmdb: TmdbServer) -> None:
    from enrichment.work import leases

    session = import_films(1)
    row = leases.lease_next(0)
    delete_import(session)
    assert row is not None
    assert engine._work(row, client(), 0) is True
    assert not TitleLookup.objects.exists()


def test_a_failed_store_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DatabaseError

    from imports.sessions import store

    def no_disk(*args: object, **kwargs: object) -> None:
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(store, "viewing_columns", no_disk)
    with pytest.raises(DatabaseError):
        import_films(3)
    assert not ImportSession.objects.exists()
    assert not Movie.objects.exists()


def test_a_question_deleted_while_the_upload_reads_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = services.get_or_create_lookups
    deleted: list[object] = []

    def ask_and_lose(questions: list[services.Question]) -> list[int]:
        ids = ask(questions)
        if not deleted:
            deleted.append(TitleLookup.objects.filter(pk=ids[0]).delete())
        return ids

    monkeypatch.setattr(services, "get_or_create_lookups", ask_and_lose)
    session = import_films(3)
    assert deleted
    assert session.movies.count() == session.total_movies


def test_a_film_that_failed_is_asked_about_again_by_the_next_upload(tmdb: TmdbServer) -> None:
    first = import_films(1)
    TitleLookup.objects.update(status=LookupStatus.FAILED, error="wrong address")
    settle.apply(session=first)
    first.refresh_from_db()
    assert first.failed_count == 1
    second = import_films(1, "another-browser")
    work()
    for session in (first, second):
        session.refresh_from_db()
        assert (session.status, session.matched_count) == ("completed", 1)


def test_imports_can_be_deleted_while_they_are_matched_and_others_are_uploaded(tmdb: TmdbServer) -> None:
    tmdb.latency = 0.002
    sessions = [import_films(60, f"browser-{n}") for n in range(4)]

    def delete(session: ImportSession) -> None:
        try:
            delete_import(session)
        finally:
            connection.close()

    def upload(n: int) -> ImportSession:
        try:
            return import_films(60, f"late-{n}")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        working = [pool.submit(work) for _ in range(3)]
        deleting = [pool.submit(delete, session) for session in sessions[:3]]
        late = [pool.submit(upload, n) for n in range(2)]
        done: list[Future[Any]] = [*working, *deleting, *late]
        for future in done:
            future.result()
    tasks.sweep()
    work()
    for session in [sessions[3], *(future.result() for future in late)]:
        assert counters_are_exact(session)
        assert session.status == "completed"
    assert ImportSession.objects.count() == 3


def test_many_viewings_of_one_film_on_one_day_are_stored() -> None:
    rows = b"2024-01-01,Heat,1995,,,,,2024-01-01\r\n" * 33_000
    data = b"Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\r\n" + rows
    session = start_import(Owner(browser_key="b"), [Upload("diary.csv", data)])
    assert session.movies.get().viewings.count() == 33_000
