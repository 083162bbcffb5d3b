"""A person's viewings of films, and what four sources would tell of them: a diary; a stream whose clock is UTC, so that
evenings west of Greenwich fall on the next day; a list without days; and a diary of a quarter of the films. Each source
knows viewings that the others don't. The same number and seed give the same people."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import NamedTuple

from imports.reconciling.rules import Conclusion, Evidence, conclude

FIRST, DAYS = date(2012, 1, 1), 5_000


class Watched(NamedTuple):
    """One time that a film was really seen; `number` is unique among all films."""

    number: int
    day: date


class Film(NamedTuple):
    watched: list[Watched]
    evidence: list[Evidence]
    truth: dict[str, int]  # what each ref tells of: the number of the viewing


class Shares(NamedTuple):
    pairs: int  # of evidence with a day that tell of the same viewing
    joined: int  # of these, those that were put together
    rewatches: int  # viewings after a film's first
    lost: int  # viewings that were put together with another one
    adds_up: bool


def films(count: int, *, seed: int = 3) -> Iterator[Film]:
    chance = random.Random(seed)
    numbers = iter(range(100 * count))
    for _ in range(count):
        watched = [Watched(next(numbers), day) for day in _days(chance)]
        yield _told(watched, chance)


def measured(told: Sequence[Film]) -> Shares:
    shares = Shares(0, 0, 0, 0, True)
    for film in told:
        conclusion = conclude(film.evidence)
        pairs, joined = _pairs(film, conclusion)
        lost = sum(len({film.truth[entry.ref] for entry in dated}) - 1 for dated in _dated(conclusion) if dated)
        parts = len(conclusion.viewings) + conclusion.joined + conclusion.folded + conclusion.taken_out
        shares = Shares(
            pairs=shares.pairs + pairs,
            joined=shares.joined + joined,
            rewatches=shares.rewatches + len(film.watched) - 1,
            lost=shares.lost + lost,
            adds_up=shares.adds_up and parts == conclusion.evidence == len(film.evidence),
        )
    return shares


def _days(chance: random.Random) -> list[date]:
    """Most films are seen once; a rewatch comes most often months later, one in a hundred within the week."""
    day = FIRST + timedelta(days=chance.randrange(DAYS))
    days = [day]
    while chance.random() < 0.22:
        gap = chance.randint(1, 7) if chance.random() < 0.01 else int(chance.expovariate(1 / 500)) + 8
        days.append(days[-1] + timedelta(days=gap))
    return days


def _told(watched: Sequence[Watched], chance: random.Random) -> Film:
    evidence: list[Evidence] = []
    truth: dict[str, int] = {}

    def tell(source: str, kind: str, viewing: Watched, day: date, *, rewatch: bool = False) -> None:
        ref = f"{source} {viewing.number}"
        truth[ref] = viewing.number
        evidence.append(Evidence(ref, source, kind, day, rewatch=rewatch))  # type: ignore[arg-type]

    in_quarter = chance.random() < 0.25
    for place, viewing in enumerate(watched):
        written_on = viewing.day + timedelta(days=chance.random() < 0.03)  # after midnight
        if chance.random() < 0.9:
            tell("letterboxd", "diary", viewing, written_on, rewatch=place > 0)
        if chance.random() < 0.5:
            tell("prime_video", "stream", viewing, viewing.day + timedelta(days=chance.random() < 0.4))
        if in_quarter:
            tell("tracker", "diary", viewing, written_on)
    seen = Evidence(f"list {watched[0].number}", "list", "mark")
    return Film(list(watched), [*evidence, seen], truth)


def _dated(conclusion: Conclusion) -> Iterator[list[Evidence]]:
    return ([entry for entry in viewing.told_by if entry.day] for viewing in conclusion.viewings)


def _pairs(film: Film, conclusion: Conclusion) -> tuple[int, int]:
    place = {entry.ref: n for n, viewing in enumerate(conclusion.viewings) for entry in viewing.told_by}
    same = [(a, b) for a, b in combinations(film.truth, 2) if film.truth[a] == film.truth[b]]
    return len(same), sum(place[a] == place[b] for a, b in same)
