"""What is the same viewing, and what is not: docs/reconciling.md, rule by rule."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations
from time import process_time
from typing import Any

import pytest

from imports.reconciling.rules import (
    Conclusion,
    Decisions,
    DecisionsByRef,
    Evidence,
    Instead,
    Kind,
    Rated,
    conclude,
    ratings_in_order,
)
from tests import shadows

MAY = date(2024, 5, 10)
KINDS: dict[str, Kind] = {
    **dict.fromkeys(("letterboxd", "trakt"), "diary"),
    **dict.fromkeys(("prime_video", "netflix"), "stream"),
    "person": "person",
}


def told(source: str, day: int | None = None, *, ref: str = "", **values: Any) -> Evidence:
    """What a source tells of a viewing so many days after 10 May; without a day, that the film was seen."""
    on = None if day is None else MAY + timedelta(days=day)
    kind = values.pop("kind", KINDS[source] if day is not None else "mark")
    return Evidence(ref or f"{source} {on}", source, kind, on, **values)


def days(conclusion: Conclusion) -> list[int | None]:
    return [(viewing.day - MAY).days if viewing.day else None for viewing in conclusion.viewings]


def adds_up(conclusion: Conclusion) -> bool:
    parts = len(conclusion.viewings) + conclusion.joined + conclusion.folded + conclusion.taken_out
    return conclusion.evidence == parts


STREAM, DIARY = "prime_video", "letterboxd"


@pytest.mark.parametrize(
    ("evidence", "expected", "asked"),
    [
        ([told(DIARY, 0)], [0], 0),
        ([told(DIARY, 0), told(STREAM, 0)], [0], 0),
        ([told(DIARY, 0, ref="a"), told(DIARY, 0, ref="b")], [0, 0], 0),  # two entries of a day are two
        ([told(DIARY, 0, ref="a"), told(DIARY, 0, ref="b"), told(STREAM, 0)], [0, 0], 0),  # one to one
        ([told(DIARY, 0), told(STREAM, 1)], [0], 0),  # a stream's clock
        ([told(STREAM, 0), told(DIARY, 1)], [1], 0),  # 23:50, and a diary written at 00:10
        ([told(STREAM, 0), told("netflix", 1)], [0, 1], 0),  # no clock explains two streams
        ([told("person", 0), told(STREAM, 1)], [0, 1], 0),  # a person knows the day
        ([told("person", 0), told(STREAM, 0)], [0], 0),
        ([told(DIARY, 0), told(STREAM, 0), told(STREAM, 1)], [0, 1], 0),  # nearest first: a stream resumed
        ([told(DIARY, 0), told(STREAM, 0), told("netflix", 0)], [0], 0),
        ([told(STREAM, 0), told(DIARY, 1), told("netflix", 2)], [1, 2], 0),  # not three days in one
        ([told(STREAM, 0), told(DIARY, 1), told("trakt", 1)], [1], 0),  # two diaries of one evening
        ([told(STREAM, 1), told(DIARY, 1), told("trakt", 0)], [1], 0),  # a clock between them, in the middle
        ([told(DIARY, 1), told("trakt", 0)], [0, 1], 0),  # and none
        ([told(STREAM, 0), told(DIARY, 2)], [0, 2], 1),
        ([told(STREAM, 0), told(DIARY, 7)], [0, 7], 1),
        ([told(STREAM, 0), told(DIARY, 8)], [0, 8], 0),
        ([told(DIARY, 0), told(STREAM, 3)], [0, 3], 0),  # a diary is not written before
        ([told(STREAM, 0), told(DIARY, 3, rewatch=True)], [0, 3], 0),
        ([told(STREAM, 0), told(DIARY, 3), told(DIARY, 6)], [0, 3, 6], 0),  # something else is near
        ([told(STREAM, -5), told(STREAM, 0), told(DIARY, 3)], [-5, 0, 3], 0),
        ([told(STREAM, 0), told(DIARY, 366)], [0, 366], 0),  # a rewatch a year later
        ([told(DIARY)], [None], 0),
        ([told(DIARY), told(STREAM, 5)], [5], 0),
        ([told(DIARY), told("netflix"), told("person", kind="person")], [None], 0),
        ([told(DIARY, ref="a"), told(DIARY, ref="b"), told("netflix")], [None, None], 0),
        ([], [], 0),
    ],
)
def test_the_viewings_of_a_film(evidence: list[Evidence], expected: list[int | None], asked: int) -> None:
    for in_order in permutations(evidence):
        conclusion = conclude(in_order)
        assert days(conclusion) == expected
        assert len(conclusion.questions) == asked
        assert adds_up(conclusion)
        assert conclusion == conclude(evidence)


def test_a_joined_viewing_keeps_everything() -> None:
    diary = told(DIARY, 1, rating=Decimal(4), tags=("cinema",), has_review=True)
    stream = told(STREAM, 0, rewatch=True, rating=Decimal(3), tags=("home",))
    (viewing,) = conclude([stream, diary]).viewings
    assert (viewing.day, viewing.source) == (MAY + timedelta(days=1), DIARY)
    assert (viewing.rating, viewing.rewatch, viewing.has_review) == (Decimal(4), True, True)
    assert viewing.tags == ("cinema", "home")
    assert viewing.told_by == (diary, stream)


def test_the_same_export_twice_adds_nothing() -> None:
    one = [told(DIARY, 0, rating=Decimal(3), until=MAY), told(DIARY, 9)]
    newer = [told(DIARY, 0, rating=Decimal(2), until=MAY + timedelta(days=30))]
    for in_order in ([*one, *newer], [*newer, *one]):
        conclusion = conclude(in_order)
        assert [viewing.rating for viewing in conclusion.viewings] == [2, None]  # the newer export's word
        assert adds_up(conclusion)


def test_a_review_without_a_day_is_not_lost() -> None:
    conclusion = conclude([told(DIARY, has_review=True), told(STREAM, 0)])
    (viewing,) = conclusion.viewings
    assert viewing.has_review
    assert (conclusion.folded, conclusion.joined) == (1, 0)


def test_what_is_not_the_same_stays_apart() -> None:
    diary, stream = told(DIARY, 0), told(STREAM, 0)
    decided = Decisions(apart=[(diary.ref, stream.ref)])
    assert days(conclude([diary, stream], decided)) == [0, 0]
    late = told(DIARY, 3)
    assert conclude([late, stream]).questions
    assert not conclude([late, stream], Decisions(apart=[(late.ref, stream.ref)])).questions


def test_what_is_the_same_becomes_one() -> None:
    resumed = [told(STREAM, 0), told(STREAM, 1)]
    decided = Decisions(same=[tuple(entry.ref for entry in resumed)])
    assert days(conclude(resumed, decided)) == [0]
    # and one of another source still joins it
    assert days(conclude([*resumed, told(DIARY, 0)], decided)) == [0]
    # what is gone is not missed
    assert days(conclude(resumed[:1], decided)) == [0]


def test_the_persons_values_stand_instead() -> None:
    diary, stream = told(DIARY, 0), told(STREAM, 0)
    day = MAY + timedelta(days=20)
    decided = Decisions(instead=[Instead((diary.ref, stream.ref), {"watched_on": day, "rating": Decimal(5)})])
    (viewing,) = conclude([stream, diary], decided).viewings
    assert (viewing.day, viewing.rating) == (day, Decimal(5))
    # what comes later joins by the day that the person knows
    assert days(conclude([stream, diary, told("netflix", 20)], decided)) == [20]
    # an undated film gets a day
    marked = told(DIARY)
    assert days(conclude([marked], Decisions(instead=[Instead((marked.ref,), {"watched_on": day})]))) == [20]


def test_what_is_not_theirs_is_left_out_and_counted() -> None:
    diary, stream = told(DIARY, 0), told(STREAM, 30)
    conclusion = conclude([diary, stream], Decisions(not_mine=frozenset({stream.ref})))
    assert days(conclusion) == [0]
    assert conclusion.taken_out == 1
    assert adds_up(conclusion)


def test_ten_thousand_viewings_of_one_film_are_read_in_one_pass() -> None:
    diary = [told(DIARY, n % 100, ref=f"d{n:05}") for n in range(10_000)]
    stream = [told(STREAM, n % 100, ref=f"s{n:05}") for n in range(10_000)]
    conclusion = conclude([*diary, *stream])
    assert (len(conclusion.viewings), conclusion.joined) == (10_000, 10_000)


def test_the_rating_that_counts() -> None:
    older = Rated(DIARY, "diary", Decimal(3), MAY)
    newer = Rated("trakt", "mark", Decimal(4), MAY + timedelta(days=9))
    own = Rated("person", "person", Decimal(2), MAY - timedelta(days=900))
    for in_order in permutations([older, newer, own]):
        assert [told.rating for told in ratings_in_order(in_order)] == [2, 4, 3]


def test_what_is_the_same_is_joined_and_no_rewatch_is_lost() -> None:
    shares = shadows.measured(list(shadows.films(4_000)))
    assert shares.adds_up
    assert shares.joined >= 0.995 * shares.pairs
    assert shares.lost <= 0.001 * shares.rewatches


@pytest.mark.parametrize("many", ["days", "one day", "reviews without a day", "changed"])
def test_a_film_of_thousands_of_viewings_takes_no_long_time(many: str) -> None:
    count = 4_000
    seen = [told(DIARY, n if many != "one day" else 0, ref=f"a{n}") for n in range(count)]
    streams = [told(STREAM, n if many != "one day" else 0, ref=f"b{n}") for n in range(count)]
    written = [told(DIARY, ref=f"c{n}", has_review=True) for n in range(count)]
    changed = [Instead((f"c{n}",), {"rating": Decimal(3)}) for n in range(count if many == "changed" else 0)]
    evidence = [*seen, *written] if many in ("reviews without a day", "changed") else [*seen, *streams]
    began = process_time()
    assert len(conclude(evidence, Decisions(instead=changed)).viewings) == count
    assert process_time() - began < 2  # when each was compared with all others: seven and more


def test_of_thousands_of_decisions_a_film_sees_its_own() -> None:
    others = [(f"x{n}", f"y{n}") for n in range(2_000)]
    changed = [Instead(refs, {"rating": Decimal(3)}) for refs in others]
    own = Decisions(same=[("a", "b")], apart=[("c", "a")], instead=[Instead(("b",), {"rewatch": True})])
    everything = Decisions(
        same=[*others, *own.same], apart=[*own.apart, *others], instead=[*changed, *own.instead, *changed]
    )
    assert DecisionsByRef(everything).on([told(DIARY, 0, ref="a"), told(STREAM, 3, ref="b")]) == own


def test_the_last_day_of_the_calendar_is_a_day() -> None:
    assert conclude([Evidence("a", DIARY, "diary", date.max)]).viewings[0].day == date.max


def test_what_has_another_day_now_is_still_what_others_tell_of_the_day_it_had() -> None:
    diary, stream, again = told(DIARY, 0), told(STREAM, 0), told(STREAM, 20)
    changed = Decisions(instead=[Instead((diary.ref,), {"watched_on": MAY + timedelta(days=3)})])
    assert days(conclude([diary], changed)) == days(conclude([diary, stream], changed)) == [3]
    assert days(conclude([diary, stream, again], changed)) == [3, 20]
    of_that_day = told(DIARY, 0, ref="another")
    (first, _) = conclude([diary, of_that_day, stream], changed).viewings
    assert len(first.told_by) == 2 and of_that_day in first.told_by  # nearest first
    apart = Decisions(instead=changed.instead, apart=[(diary.ref, stream.ref)])
    assert days(conclude([diary, stream], apart)) == [0, 3]
    no_day = Decisions(instead=[Instead((diary.ref,), {"watched_on": None})])
    assert days(conclude([diary, stream], no_day)) == [None]
