"""Whose export is it? From links and ratings alone."""

from datetime import date
from decimal import Decimal

from imports.sessions.same_account import Doubt, History, doubt


def history(links: range, *, ratings: dict[int, float] | None = None, year: int = 2024) -> History:
    entries = {f"https://boxd.it/{n}": date(year, 1, 1) for n in links}
    return History(entries, {str(film): Decimal(str(stars)) for film, stars in (ratings or {}).items()})


def rated(films: range, stars: float) -> dict[int, float]:
    return dict.fromkeys(films, stars)


def test_next_months_export_is_the_same_accounts() -> None:
    assert doubt(history(range(40)), history(range(50))) is None
    assert doubt(history(range(40)), history(range(50), ratings=rated(range(9), 3))) is None


def test_no_entry_or_nearly_none_in_common_is_anothers() -> None:
    assert doubt(history(range(40)), history(range(40, 90))) == Doubt(50, 0, 0, 0)
    assert doubt(history(range(40)), history(range(38, 90))) == Doubt(52, 2, 0, 0)
    assert doubt(history(range(40)), history(range(36, 90))) is None


def test_from_a_few_nothing_follows() -> None:
    assert doubt(history(range(4)), history(range(50, 90))) is None
    assert doubt(history(range(40)), history(range(50, 54))) is None
    assert doubt(history(range(40)), history(range(0))) is None
    few = history(range(0), ratings=rated(range(4), 1)), history(range(0), ratings=rated(range(4), 2))
    assert doubt(*few) is None


def test_a_part_of_the_diary_is_the_same_accounts() -> None:
    assert doubt(history(range(10)), history(range(400))) is None
    assert doubt(history(range(400)), history(range(390, 400))) is None


def test_entries_after_the_import_tell_nothing() -> None:
    assert doubt(history(range(40)), history(range(50, 90), year=2025)) is None


def test_most_ratings_of_the_same_films_differ() -> None:
    mine = history(range(0), ratings=rated(range(20), 4))
    assert doubt(mine, history(range(0), ratings=rated(range(10, 40), 2))) == Doubt(0, 0, 10, 10)
    half = rated(range(10), 4) | rated(range(10, 20), 3)
    assert doubt(mine, history(range(0), ratings=half)) is None
    assert doubt(mine, history(range(0), ratings=half | {0: 1})) == Doubt(0, 0, 20, 11)
