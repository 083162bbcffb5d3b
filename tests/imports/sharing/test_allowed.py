"""What a share link lets through of the statistics: what is named, and nothing that someone adds one day."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, get_args, get_type_hints, is_typeddict

import pytest
from django.test import Client

from enrichment.models import DetailsStatus
from imports.models import Analytics, Outcome, SessionStatus
from imports.sharing.allowed import STATISTICS, With, allowed, public
from imports.statistics import computing
from imports.statistics.films import Facts, Film, Watch
from imports.statistics.filters import Filters
from imports.statistics.shape import Statistics
from tests.factories import ImportSessionFactory, MovieFactory, UserFactory

# By what a link shows: the paths at which it differs from what was computed, and what stands there instead. Written by
# the deny-list that came before, but for three: coverage.compared is hidden with the ratings, least_votes never is, and
# coverage has no "days".
HIDDEN: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "hidden.json").read_text())
SETTINGS = {
    "statistics": {"ratings": False, "dates": False},
    "statistics, ratings": {"ratings": True, "dates": False},
    "statistics, dates": {"ratings": False, "dates": True},
    "statistics, ratings, dates": {"ratings": True, "dates": True},
}
FILTERS = ("filter", "filters")
SECRET = "nobody has said yet who may see this"


def computed() -> Any:
    """Statistics in which every list holds something, and every number more than nothing."""
    films = [_film(number) for number in range(1, 40)]
    films += [_film(number, outcome=outcome) for number, outcome in enumerate(Outcome.values, start=40)]
    films += [_film(50, is_seen=False, is_liked=True), _film(51, watches=[], marked_on=date(2023, 1, 1))]
    films += [
        _film(52, year=2024, watches=[Watch(date(2024, 12, 24))]),
        _film(53, watches=[Watch(None), Watch(date(1500, 1, 1))]),
    ]
    drama = Filters(genre="Drama")
    return computing.compute(films, kind="import", today=date(2024, 6, 14), filters=drama)


def _film(number: int, **more: Any) -> Film:
    """Up to the 13th of June 2024, the higher its number the earlier it was watched."""
    last = date(2024, 6, 14) - timedelta(days=number if number < 10 else number * 20)
    watches = [Watch(last - timedelta(days=40), tags=("cinema",)), Watch(last, is_rewatch=True)][number % 2 :]
    watches = [watch._replace(sources=("letterboxd", "person")[: 1 + number % 2]) for watch in watches]
    values: dict[str, Any] = {"watches": watches, "year": 1990 + number % 12, "titles": 1 + number % 2}
    values |= {"sources": ("letterboxd", "person")[: 1 + number % 2]}
    values |= {"is_liked": number % 4 == 0, "rating": (1 + number % 9) / 2 if number % 5 else None}
    return Film(number, f"Film {number}", facts=_facts(number), **values | more)


def _facts(number: int) -> Facts:
    return Facts(
        tmdb_id=1000 + number,
        release_date=date(1980 + number, 1, 1),
        runtime=80 + 5 * number,
        budget=2_000_000 * number,
        revenue=3_000_000 * number**2,
        vote_average=1 + number % 8,
        vote_count=100,
        language="fr" if number % 2 else "ja",
        countries=["France" if number % 2 else "Japan"],
        genres=["Drama", f"Genre {number % 3}"],
        directors=[f"Director {number % 3}"],
        cast=[f"Actor {number % 3}"],
        poster=f"/{number}.jpg",
        details_status=DetailsStatus.DONE if number % 7 else DetailsStatus.PENDING,
    )


@pytest.mark.parametrize(("name", "shows"), SETTINGS.items(), ids=SETTINGS)
def test_a_link_shows_what_it_showed_before(name: str, shows: dict[str, bool]) -> None:
    assert hidden_of(computed(), allowed(computed(), **shows)) == HIDDEN[name]


def test_who_has_the_imports_own_address_sees_all_but_what_is_the_owners() -> None:
    assert json.dumps(public(computed())) == json.dumps(computed() | {"tags": [], "sources": []})


READERS: dict[str, Callable[[Any], Any]] = {
    **{name: partial(allowed, ratings=shows["ratings"], dates=shows["dates"]) for name, shows in SETTINGS.items()},
    "the import's own address": public,
}


@pytest.mark.parametrize("seen", READERS.values(), ids=READERS)
def test_a_new_key_is_hidden_at_every_level(seen: Callable[[Any], Any]) -> None:
    data = computed()
    for place in dicts_in(data):
        place["planted"] = SECRET
    assert SECRET in json.dumps(data)
    assert seen(data) == seen(computed())


@pytest.mark.parametrize("seen", READERS.values(), ids=READERS)
@pytest.mark.parametrize("more", [{"planted": SECRET}, [SECRET], [[SECRET]], [{"id": SECRET}]], ids=str)
def test_what_becomes_of_another_shape_is_hidden(seen: Callable[[Any], Any], more: Any) -> None:
    data = computed()
    for place in dicts_in(data):
        place |= {name: more for name, value in place.items() if not isinstance(value, dict | list)}
    assert SECRET not in json.dumps(seen(data))


def test_every_key_of_the_shape_has_a_rule() -> None:
    """A new one stays hidden by With(OWNER, 0), say: without a rule it would not be there when a shared page asks."""
    shape = keys_of_shape(Statistics)
    assert keys_of_rule(STATISTICS) == {key for key in shape if not key.startswith((".tags.", ".sources."))}
    assert keys_of_data(computed()) == shape


@pytest.mark.django_db
def test_readers_of_an_import_get_no_new_key(client: Client) -> None:
    session = ImportSessionFactory(status=SessionStatus.COMPLETED, browser_key="", user=UserFactory())
    MovieFactory(session=session, matched=True, watched_on=date(2024, 5, 1))
    address = f"/api/session/{session.pk}/analytics"
    before = client.get(address).json()
    row = Analytics.objects.get()
    for place in dicts_in(row.data):
        place["planted"] = SECRET
    row.save()
    assert client.get(address).json() == before
    assert session.user is not None
    client.force_login(session.user)
    assert SECRET in client.get(address).content.decode()


def dicts_in(value: Any) -> list[dict[str, Any]]:
    """The dictionaries in it, at every level."""
    if isinstance(value, dict):
        return [value, *(place for part in value.values() for place in dicts_in(part))]
    return [place for part in value for place in dicts_in(part)] if isinstance(value, list) else []


# The names of all keys, as paths; filters are as they come


def keys_of_rule(rule: Any, path: str = "") -> set[str]:
    if isinstance(rule, With):
        return keys_of_rule(rule.rule, path)
    if isinstance(rule, dict) and not path.endswith(FILTERS):
        return {key for name, part in rule.items() for key in keys_of_rule(part, f"{path}.{name}")} | {path}
    return keys_of_rule(rule[0], path) if isinstance(rule, list) else {path}


def keys_of_shape(shape: Any, path: str = "") -> set[str]:
    if is_typeddict(shape):
        hints = get_type_hints(shape)
        return {key for name, part in hints.items() for key in keys_of_shape(part, f"{path}.{name}")} | {path}
    inner = [part for part in get_args(shape) if part is not type(None)]
    return keys_of_shape(inner[0], path) if inner and not path.endswith(FILTERS) else {path}


def keys_of_data(data: Any, path: str = "") -> set[str]:
    if isinstance(data, dict) and not path.endswith(FILTERS):
        return {key for name, part in data.items() for key in keys_of_data(part, f"{path}.{name}")} | {path}
    return {key for part in data for key in keys_of_data(part, path)} if isinstance(data, list) else {path}


def hidden_of(before: Any, after: Any, path: str = "") -> dict[str, Any]:
    """The paths at which `after` differs, and what stands there. All entries of a list are one path."""
    if isinstance(before, dict) and isinstance(after, dict) and after:
        values = {name: (before.get(name, "absent"), after.get(name, "absent")) for name in before | after}
        parts = [hidden_of(*both, f"{path}.{name}".lstrip(".")) for name, both in values.items()]
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        parts = [hidden_of(*both, f"{path}[]") for both in zip(before, after, strict=True)]
    else:
        return {} if before == after else {path: after}
    return {path: value for part in parts for path, value in part.items()}
