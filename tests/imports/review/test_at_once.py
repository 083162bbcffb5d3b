"""Two tabs on one film: whichever two decisions meet, one wins, the other hears what stands; nothing is half done."""

from functools import partial
from itertools import combinations_with_replacement
from typing import Any

import pytest

from imports.models import Source

from .tabs import BESIDE, OF_LETTERBOXD, OF_REVIEW, WHICH_FILM, Act, Tab, at_once, faults, scenes

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PAIRS = list(combinations_with_replacement(OF_REVIEW, 2))
BESIDE_PAIRS = [(decision, other) for decision in OF_REVIEW for other in BESIDE]
LETTERBOXD_PAIRS = list(combinations_with_replacement(OF_LETTERBOXD, 2))


def meet(tabs: list[Tab], *acts: Act) -> list[Any]:
    return at_once(tabs[0].session, *(partial(act, tab) for act, tab in zip(acts, tabs, strict=True)))


def done(answer: Any) -> bool:
    return bool(answer.status_code < 400)


def check(tabs: list[Tab], answers: list[Any], where: str) -> None:
    assert {answer.status_code for answer in answers} <= {200, 201, 204, 302, 303, 400, 404, 409}, where
    assert not faults(tabs[0].session), where
    for answer in answers:
        if answer.status_code == 409:
            said = answer.content.decode()
            assert "decided" in said or "taken in" in said, where


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_of_two_decisions_one_wins(one: str, other: str) -> None:
    for scene, opened in scenes():
        tabs, where = opened(), f"{one} beside {other}, {scene}"
        answers = meet(tabs, OF_REVIEW[one], OF_REVIEW[other])
        check(tabs, answers, where)
        # back to the machine's answer, where that stands already, decides nothing
        if scene != "matched" or "unchoose" not in (one, other):
            assert sum(map(done, answers)) <= 1, where


@pytest.mark.parametrize(("one", "other"), BESIDE_PAIRS)
def test_a_decision_beside_what_else_is_done_to_the_import(one: str, other: str) -> None:
    for scene, opened in scenes():
        tabs = opened()
        check(tabs, meet(tabs, OF_REVIEW[one], BESIDE[other]), f"{one} beside {other}, {scene}")


@pytest.mark.parametrize(("one", "other"), list(combinations_with_replacement(BESIDE, 2)))
def test_what_else_is_done_to_an_import_twice_at_once(one: str, other: str) -> None:
    for scene, opened in scenes():
        tabs = opened()
        check(tabs, meet(tabs, BESIDE[one], BESIDE[other]), f"{one} beside {other}, {scene}")


@pytest.mark.parametrize(("one", "other"), LETTERBOXD_PAIRS)
def test_two_tabs_on_a_film_of_letterboxd(one: str, other: str) -> None:
    for scene, opened in scenes(Source.LETTERBOXD):
        tabs, where = opened(), f"{one} beside {other}, {scene}"
        answers = meet(tabs, OF_LETTERBOXD[one], OF_LETTERBOXD[other])
        check(tabs, answers, where)
        if scene == "chosen" and one in WHICH_FILM and other in WHICH_FILM:
            assert sum(map(done, answers)) == 1, where
