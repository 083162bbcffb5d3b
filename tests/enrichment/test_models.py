"""What must hold is a constraint: each is tried, on whatever database the tests run on."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from enrichment.models import TitleLookup, TmdbService
from tests.factories import TitleLookupFactory, TmdbMovieFactory

pytestmark = pytest.mark.django_db


def refuses(make: Any, constraint: str, **values: Any) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make(**values)


@pytest.mark.parametrize("year", [1999, None])
def test_lookup_is_asked_once_for_a_title_and_year(year: int | None) -> None:
    TitleLookupFactory(title="Heat", year=year)
    refuses(TitleLookupFactory, "UNIQUE|lookup_once", title="HEAT", year=year)
    assert TitleLookupFactory(title="Heat", year=1986).pk
    assert TitleLookup.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"status": "matched"}, "lookup_film_iff_matched"),
        ({"confidence": 1.2}, "lookup_confidence_0_to_1"),
        ({"status": "unmatched", "lease_token": uuid.uuid4()}, "lookup_lease_while_pending"),
        ({"title_key": ""}, "lookup_has_a_key"),
    ],
)
def test_lookup_refuses_states_that_cannot_be(values: dict[str, Any], constraint: str) -> None:
    refuses(TitleLookupFactory, constraint, **values)


def test_lookup_has_a_film_only_when_matched() -> None:
    refuses(TitleLookupFactory, "lookup_film_iff_matched", tmdb_movie=TmdbMovieFactory())


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"tmdb_id": 0}, "film_id_positive"),
        ({"details_status": "done"}, "film_details_have_a_day"),
        ({"details_status": "none", "lease_token": uuid.uuid4()}, "film_lease_while_pending"),
    ],
)
def test_film_refuses_states_that_cannot_be(values: dict[str, Any], constraint: str) -> None:
    refuses(TmdbMovieFactory, constraint, **values)


def test_service_is_one_row_that_says_why_it_is_down() -> None:
    from django.utils import timezone

    refuses(TmdbService.objects.create, "tmdb_service_is_one_row", id=2)
    refuses(TmdbService.objects.create, "tmdb_service_down_has_a_reason", down_since=timezone.now())
