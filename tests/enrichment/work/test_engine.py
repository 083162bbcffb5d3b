"""The engine with TMDB over real HTTP: every question ends, outages wear nothing out, a row is one worker's."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from enrichment import services, signals
from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie, TmdbService, Upkeep, UpkeepKind
from enrichment.tmdb import health
from enrichment.tmdb.client import client
from enrichment.work import engine, leases, match_stage, stopping, upkeep
from tests.factories import TitleLookupFactory, TmdbMovieFactory
from tests.tmdb_films import film, generated_films
from tests.tmdb_server import TmdbServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def work(seconds: float = 30) -> engine.Run:
    return engine.run(client(), seconds)


def ask(title: str, year: int | None = 1999, turn: int = 0) -> TitleLookup:
    [pk] = services.get_or_create_lookups([services.Question(title, year, turn)])
    return TitleLookup.objects.get(pk=pk)


@pytest.fixture
def zebra(tmdb: TmdbServer) -> int:
    tmdb.catalogue.add(film(900_001, "Zebra Crossing", 1999))
    return 900_001


def test_a_lookup_is_matched_and_its_film_gets_details_once_asked_for(tmdb: TmdbServer, zebra: int) -> None:
    lookup = ask("Zebra Crossing")
    work()
    lookup.refresh_from_db()
    assert (lookup.status, lookup.tmdb_movie_id, lookup.lease_token) == (LookupStatus.MATCHED, zebra, None)
    assert lookup.tmdb_movie is not None
    assert lookup.tmdb_movie.details_status == DetailsStatus.NONE  # nobody needs more
    services.ask_details({zebra: 0})
    work()
    film_row = TmdbMovie.objects.get(pk=zebra)
    assert (film_row.details_status, film_row.directors) == (DetailsStatus.DONE, ["Di Rector"])
    assert tmdb.record.requests == 2


def test_a_film_of_the_year_before_is_found_without_the_year(tmdb: TmdbServer, zebra: int) -> None:
    lookup = ask("Zebra Crossing", 1998)
    work()
    lookup.refresh_from_db()
    assert [candidate["id"] for candidate in lookup.candidates] == [zebra]
    assert tmdb.record.requests == 2


def test_nothing_found_is_unmatched_and_keeps_no_film(tmdb: TmdbServer) -> None:
    lookup = ask("A Film That Is Nowhere")
    work()
    lookup.refresh_from_db()
    assert (lookup.status, lookup.tmdb_movie_id) == (LookupStatus.UNMATCHED, None)


@pytest.mark.parametrize("fault", ["down", "500", "html", "garbage", "cut"])
def test_an_outage_wears_out_no_tries(tmdb: TmdbServer, zebra: int, fault: str) -> None:
    lookup = ask("Zebra Crossing")
    tmdb.fail = fault
    work(1)
    lookup.refresh_from_db()
    assert (lookup.status, lookup.attempts, lookup.lease_token) == (LookupStatus.PENDING, 0, None)
    assert health.state().is_down
    tmdb.fail = "none"
    TmdbService.objects.update(retry_at=timezone.now())
    work()
    lookup.refresh_from_db()
    assert lookup.status == LookupStatus.MATCHED
    assert not health.state().is_down


def test_a_refused_key_stops_the_engine_and_marks_nothing(tmdb: TmdbServer, zebra: int) -> None:
    lookups = [ask(f"Zebra {n}") for n in range(3)]
    tmdb.bad_tokens = ["a-token-for-tests"]
    work(1)
    assert health.state().reason == "key"
    assert tmdb.record.requests == 1
    assert {TitleLookup.objects.get(pk=row.pk).attempts for row in lookups} == {0}
    assert health.state().pause > 500  # asking on would not help
    health.forget_refused_key()  # as a start does
    tmdb.bad_tokens = []
    work()
    assert not TitleLookup.objects.waiting().exists()


def test_a_row_that_fails_while_others_are_answered_ends_as_failed_with_its_reason(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(film(900_009, "Cursed", 1999))
    lookup = ask("Cursed")
    TitleLookup.objects.filter(pk=lookup.pk).update(attempts=leases.MAX_ATTEMPTS, error="TMDB answered 500")
    work()
    lookup.refresh_from_db()
    assert lookup.status == LookupStatus.FAILED
    assert "TMDB answered 500" in lookup.error


def test_a_lone_bad_answer_counts_against_its_row(tmdb: TmdbServer, zebra: int) -> None:
    lookup = ask("Zebra Crossing")
    TmdbService.objects.update_or_create(pk=1, defaults={"answered_at": timezone.now()})
    tmdb.fail = "500"
    row = leases.lease_next(0)
    assert row is not None
    assert engine._work(row, client(), 0) is False
    lookup.refresh_from_db()
    assert lookup.attempts == 1
    assert lookup.next_attempt_at > timezone.now()
    assert not health.state().is_down


def test_the_last_row_that_tmdb_always_answers_badly_ends_as_failed(tmdb: TmdbServer, zebra: int) -> None:
    """With nobody else to ask about, another question tells that TMDB itself is well."""
    lookup, fine = ask("Cursed"), ask("Zebra Crossing", turn=1)
    tmdb.broken = ["Cursed"]
    for _ in range(leases.MAX_ATTEMPTS + 1):
        TitleLookup.objects.update(next_attempt_at=timezone.now())
        TmdbService.objects.update(answered_at=timezone.now() - timedelta(hours=1))
        health._noted_at = 0.0
        work()
    lookup.refresh_from_db()
    fine.refresh_from_db()
    assert (lookup.status, fine.status) == (LookupStatus.FAILED, LookupStatus.MATCHED)
    assert "TMDB answered 500" in lookup.error
    assert not health.state().is_down


def test_an_answer_that_cant_be_kept_costs_its_row_alone(
    tmdb: TmdbServer, zebra: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd, fine = ask("Odd"), ask("Zebra Crossing", turn=1)
    resolve = match_stage.resolve

    def burst(lookup: TitleLookup, tmdb: Any) -> bool:
        if lookup.pk == odd.pk:
            raise OverflowError
        return resolve(lookup, tmdb)

    monkeypatch.setattr(match_stage, "resolve", burst)
    work()
    odd.refresh_from_db()
    fine.refresh_from_db()
    assert fine.status == LookupStatus.MATCHED
    assert (odd.status, odd.attempts, odd.lease_token) == (LookupStatus.PENDING, 1, None)
    assert "OverflowError" in odd.error


def test_the_catalogue_is_not_read_while_a_page_is_missing(tmdb: TmdbServer) -> None:
    Upkeep.objects.create(kind=UpkeepKind.CATALOGUE_PAGE, number=501)  # TMDB refuses it
    work()
    assert TmdbService.objects.get().catalogue_read_at is None
    page = Upkeep.objects.get()
    assert page.lease_token is None
    assert page.next_attempt_at > timezone.now() + timedelta(minutes=30)


def test_details_that_a_deleted_import_asked_for_are_let_go() -> None:
    film = TmdbMovieFactory(pending=True)
    lookup = TitleLookupFactory(matched=True, tmdb_movie=film)
    services.forget_unneeded([lookup.pk])
    film.refresh_from_db()
    assert film.details_status == DetailsStatus.NONE


def test_a_row_that_was_let_go_since_it_was_looked_for_is_not_taken() -> None:
    film = TmdbMovieFactory(pending=True)
    TmdbMovie.objects.update(details_status=DetailsStatus.NONE)  # its import was deleted just now
    assert not leases._take(film, timezone.now())
    assert TmdbMovie.objects.get().lease_token is None


def test_a_film_that_was_deleted_is_matched_again_without_it(tmdb: TmdbServer, zebra: int) -> None:
    lookup = ask("Zebra Crossing")
    work()
    services.ask_details({zebra: 0})
    tmdb.gone = [zebra]
    work()
    lookup.refresh_from_db()
    assert TmdbMovie.objects.get(pk=zebra).details_status == DetailsStatus.GONE
    assert (lookup.status, lookup.tmdb_movie_id) == (LookupStatus.UNMATCHED, None)


def test_a_killed_workers_row_is_taken_when_its_lease_ends(tmdb: TmdbServer, zebra: int) -> None:
    lookup = ask("Zebra Crossing")
    assert leases.lease_next(0) is not None  # and then its worker dies
    assert leases.lease_next(0) is None
    TitleLookup.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    work()
    lookup.refresh_from_db()
    assert (lookup.status, lookup.attempts) == (LookupStatus.MATCHED, 2)


def test_a_worker_whose_lease_was_taken_over_writes_nothing(tmdb: TmdbServer, zebra: int) -> None:
    ask("Zebra Crossing")
    late = leases.lease_next(0)
    TitleLookup.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert leases.lease_next(0) is not None
    assert late is not None
    assert leases.settle(late, status=LookupStatus.UNMATCHED) is False
    assert TitleLookup.objects.get().status == LookupStatus.PENDING


def test_rows_go_by_turn_over_both_stages_and_every_fourth_by_age() -> None:
    old = timezone.now() - timedelta(hours=1)
    first = TitleLookupFactory(turn=5)
    TmdbMovieFactory(pending=True, turn=5, tmdb_id=7)
    TitleLookupFactory(turn=9, title="oldest", created_at=old)
    assert [type(leases.lease_next(n)).__name__ for n in range(2)] == ["TmdbMovie", "TitleLookup"]
    first.refresh_from_db()
    assert first.lease_token
    TitleLookupFactory(turn=1, title="young")
    taken = leases.lease_next(3)
    assert isinstance(taken, TitleLookup)
    assert taken.title == "oldest"


def test_workers_at_once_answer_each_question_once(tmdb: TmdbServer) -> None:
    tmdb.latency = 0.01
    films = generated_films(60)
    for place, one in enumerate(films):
        ask(one["title"], int(one["release_date"][:4]), place)

    def one_worker(_: int) -> int:
        try:
            return work().done
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        done = sum(pool.map(one_worker, range(4)))
    assert done == TitleLookup.objects.count() == TitleLookup.objects.settled().count()
    assert tmdb.record.repeated == 0
    assert set(TitleLookup.objects.values_list("attempts", flat=True)) == {1}


def test_the_hands_of_a_worker_have_several_requests_in_flight(tmdb: TmdbServer) -> None:
    tmdb.latency = 0.2
    films = generated_films(12)
    for place, one in enumerate(films):
        ask(one["title"], int(one["release_date"][:4]), place)
    result = engine.run_together(client(), 30)
    assert result == engine.Run(done=12, more_to_do=False)
    assert 1 < tmdb.record.most_connections <= engine.HANDS
    assert (tmdb.record.requests, tmdb.record.repeated) == (12, 0)


def test_a_hand_without_work_stays_for_what_anothers_answer_opens(tmdb: TmdbServer, zebra: int) -> None:
    tmdb.latency = 0.3
    ask("Zebra Crossing")

    def fetch_details(lookups: list[int], **_: Any) -> None:
        if lookups:
            services.ask_details({zebra: 0})

    signals.settled.connect(fetch_details)
    result = engine.run_together(client(), 30)
    signals.settled.disconnect(fetch_details)
    assert result == engine.Run(done=2, more_to_do=False)


def test_a_worker_asked_to_stop_finishes_the_rows_in_hand(tmdb: TmdbServer) -> None:
    tmdb.latency = 0.5
    for place, one in enumerate(generated_films(20)):
        ask(one["title"], int(one["release_date"][:4]), place)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(engine.run_together, client(), 30)
        time.sleep(0.3)
        stopping.request(os.getsid(0))
        try:
            result = running.result()
        finally:
            stopping.flag(os.getsid(0)).unlink()
    assert result.more_to_do
    assert TitleLookup.objects.settled().count() == result.done
    assert not TitleLookup.objects.exclude(lease_token=None).exists()


def test_upkeep_waits_until_nobody_waits_for_anything() -> None:
    Upkeep.objects.create(kind=UpkeepKind.CATALOGUE_PAGE, number=1)
    lookup = TitleLookupFactory(turn=50_000)
    assert leases.lease_next(0) == lookup
    assert isinstance(leases.lease_next(1), Upkeep)
    assert leases.lease_next(2) is None


def test_questions_are_put_once_whatever_their_spelling() -> None:
    ids = services.get_or_create_lookups(
        [services.Question("Amélie", 2001), services.Question("AMELIE", 2001), services.Question("Amélie", None)]
    )
    assert ids[0] == ids[1] != ids[2]
    assert services.get_or_create_lookups([services.Question("amelie!", 2001)]) == ids[:1]


def test_a_shared_question_keeps_the_smallest_turn() -> None:
    for turn in (7, 3, 9):
        lookup = ask("Heat", turn=turn)
    assert lookup.turn == 3


@pytest.mark.parametrize(("days", "status"), [(29, LookupStatus.UNMATCHED), (31, LookupStatus.PENDING)])
def test_an_old_unsure_answer_is_asked_again(days: int, status: str) -> None:
    asked = timezone.now() - timedelta(days=days)
    TitleLookupFactory(unmatched=True, title="Heat", year=1999, asked_at=asked)
    assert ask("Heat").status == status


def test_the_sample_is_left_once_there_is_a_key(tmdb: TmdbServer, zebra: int) -> None:
    TitleLookupFactory(unmatched=True, title="Zebra Crossing", year=1999, catalogue="sample")
    assert services.leave_sample() == 1
    work()
    assert TitleLookup.objects.get().status == LookupStatus.MATCHED


def test_no_key_means_the_sample_answers_over_the_same_way(settings: Any) -> None:
    from dataclasses import replace

    settings.TMDB = replace(settings.TMDB, token="")
    lookup = ask("Parasite", 2019)
    work()
    lookup.refresh_from_db()
    assert (lookup.status, lookup.tmdb_movie_id, lookup.catalogue) == (LookupStatus.MATCHED, 496243, "sample")


@pytest.mark.parametrize("name", ["leased_until", "next_attempt_at"])
def test_a_clock_set_back_by_an_hour_keeps_no_row_waiting(tmdb: TmdbServer, zebra: int, name: str) -> None:
    lookup = ask("Zebra Crossing")
    TitleLookup.objects.update(**{name: timezone.now() + timedelta(hours=1)})
    work(5)
    lookup.refresh_from_db()
    assert lookup.status == LookupStatus.MATCHED


@pytest.mark.parametrize("name", ["leased_until", "next_attempt_at"])
def test_a_row_that_is_held_or_waits_for_a_minute_is_left_alone(tmdb: TmdbServer, zebra: int, name: str) -> None:
    ask("Zebra Crossing")
    TitleLookup.objects.update(**{name: timezone.now() + timedelta(minutes=1)})
    assert leases.lease_next(0) is None


@pytest.mark.parametrize(("reason", "longest"), [("down", health.LONGEST_PAUSE), ("key", health.KEY_PAUSE)])
def test_a_clock_set_back_ends_the_pause_that_was_written_before(reason: str, longest: float) -> None:
    now = timezone.now()
    TmdbService.objects.create(pk=1, down_since=now, down_reason=reason, retry_at=now + timedelta(seconds=longest))
    assert longest - 5 < health.state().pause <= longest
    TmdbService.objects.update(retry_at=now + timedelta(hours=1))
    assert health.state().pause == 0


def test_upkeep_waits_its_hour_and_no_longer() -> None:
    row = Upkeep.objects.create(kind=UpkeepKind.values[0], number=1, next_attempt_at=timezone.now())
    assert Upkeep.objects.free(timezone.now()).exists()
    leased = leases.lease_next(0)
    assert isinstance(leased, Upkeep)
    leases.try_later(leased, "odd", wait=upkeep.PAGE_WAITS)
    assert leases.lease_next(0) is None
    row.refresh_from_db()
    assert Upkeep.objects.free(row.next_attempt_at - timedelta(hours=2)).exists()  # the clock went back by one
