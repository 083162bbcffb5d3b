import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection

from enrichment.models import TmdbService
from enrichment.tmdb import ratelimit
from enrichment.tmdb.errors import TMDBUnavailable

pytestmark = pytest.mark.django_db(transaction=True)


def limit(settings: Any, count: int, seconds: float) -> None:
    settings.TMDB = replace(settings.TMDB, rate_count=count, rate_seconds=seconds)


def permits(count: int) -> list[float]:
    """When each request left."""
    times = []
    for _ in range(count):
        permit = ratelimit.take_permit()
        times.append(time.monotonic())
        ratelimit.sent(permit)
    connection.close()
    return times


def test_permits_of_many_takers_never_exceed_the_limit_in_any_window(settings: Any) -> None:
    limit(settings, 10, 0.5)
    with ThreadPoolExecutor(4) as pool:
        taken = sorted(t for times in pool.map(permits, [8] * 4) for t in times)
    fullest = max(sum(start <= t < start + 0.5 for t in taken) for start in taken)
    assert fullest <= 10
    assert len(taken) == 32


def test_a_database_that_answers_slowly_makes_no_window_too_full(settings: Any) -> None:
    limit(settings, 10, 0.5)

    def slow(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        time.sleep(random.choice([0, 0.03]))
        return answer

    def take() -> list[float]:
        with connection.execute_wrapper(slow):
            return permits(8)

    with ThreadPoolExecutor(4) as pool:
        taken = sorted(t for future in [pool.submit(take) for _ in range(4)] for t in future.result())
    assert max(sum(start <= t < start + 0.5 for t in taken) for start in taken) <= 10


def test_permits_are_evenly_spaced(settings: Any) -> None:
    limit(settings, 10, 0.5)
    gaps = [later - earlier for earlier, later in pairwise(permits(8))]
    assert min(gaps) > 0.03  # 0.052 by the plan; a burst would have gaps of almost none


def test_a_person_goes_ahead_of_the_workers_that_wait(settings: Any) -> None:
    limit(settings, 10, 1)
    with ThreadPoolExecutor(12) as pool:
        workers = [pool.submit(permits, 3) for _ in range(12)]  # 36 slots: almost four seconds
        time.sleep(0.3)
        started = time.monotonic()
        ratelimit.take_permit(patience=3)
        waited = time.monotonic() - started
        taken = [t for worker in workers for t in worker.result()]
    assert sum(t > started + waited for t in taken) > 15  # most of those that waited before it
    assert len(taken) == 36


def test_a_request_that_leaves_late_moves_all_later_slots(settings: Any) -> None:
    limit(settings, 10, 1)
    permits = [ratelimit.take_permit(), ratelimit.take_permit()]
    before = TmdbService.objects.get().next_slot_at
    time.sleep(0.2)
    for permit in permits:
        ratelimit.sent(permit)  # late by the same stall: it moves them once
    assert TmdbService.objects.get().next_slot_at - before == pytest.approx(0.3, abs=0.05)


def test_a_clock_that_jumps_stops_nobody_for_long(settings: Any) -> None:
    limit(settings, 10, 1)
    permit = ratelimit.take_permit()
    ratelimit.sent(replace(permit, due_at=permit.due_at - 3600))  # the machine slept for an hour
    assert TmdbService.objects.get().next_slot_at - time.time() < 2
    TmdbService.objects.update(next_slot_at=time.time() + 3600)  # and the other way
    started = time.monotonic()
    ratelimit.take_permit()
    assert time.monotonic() - started < 2


def test_push_back_holds_everyone(settings: Any) -> None:
    limit(settings, 1000, 1)
    ratelimit.push_back(0.4)
    started = time.monotonic()
    ratelimit.take_permit()
    assert time.monotonic() - started > 0.35


def test_a_wait_that_is_too_long_is_refused_and_takes_no_slot(settings: Any) -> None:
    limit(settings, 1000, 1)
    ratelimit.push_back(30)
    before = TmdbService.objects.get().next_slot_at
    with pytest.raises(TMDBUnavailable) as refusal:
        ratelimit.take_permit(patience=0.1)
    assert refusal.value.reason == "limited"
    assert TmdbService.objects.get().next_slot_at == before


def test_permits_are_counted_by_the_minute_of_their_slot(settings: Any) -> None:
    limit(settings, 1000, 1)
    permits(3)
    row = TmdbService.objects.get()
    assert row.minute == int(row.next_slot_at) // 60 and row.slots + row.slots_before == 3
    TmdbService.objects.update(minute=row.minute - 1, slots=7, slots_before=5)
    permits(1)
    row.refresh_from_db()
    assert (row.slots, row.slots_before) == (1, 7)
    TmdbService.objects.update(minute=row.minute - 9)
    permits(1)
    row.refresh_from_db()
    assert (row.slots, row.slots_before) == (1, 0)
