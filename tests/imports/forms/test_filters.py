"""Each filter of a film list is known to its form, to what is read, and to the words of its chips."""

from dataclasses import fields
from typing import Any

import pytest
from django.http import QueryDict

from imports.films import listing
from imports.films.filters import Facets, FilmFilters
from imports.films.listing import MovieFilters
from imports.forms.films import MovieFilterForm
from imports.forms.filters import FilmFilterForm
from imports.forms.library import LibraryFilterForm
from imports.forms.sharing import SharedFilterForm
from imports.forms.statistics import StatisticsFilterForm
from imports.library import films
from imports.library.films import LibraryFacets, LibraryFilters
from imports.models import ImportSession, ShareLink
from imports.reconciling import keeping
from imports.sharing import reading
from imports.statistics.filters import Filters
from imports.statistics.shape import Choices
from tests.factories import ImportSessionFactory, MovieFactory, UserFactory

pytestmark = pytest.mark.django_db

# For each filter, what the film of these tests is not. A new filter is entered here.
OTHERS: dict[str, Any] = {
    "q": "solaris", "rating": "4.5", "decade": 1970, "year": 1972, "genre": "Drama", "genre_too": "Crime",
    "director": "Jane Diop", "cast": "Ann Actor", "country": "France", "language": "ja", "status": "open",
    "liked": True, "seen": True, "watched": "2024-05", "weekday": 4, "rewatched": True, "tag": "cinema",
    "source": "prime_video",
}  # fmt: skip
FACETS = Facets(decades=[1970], genres=["Drama"])
OF_LIBRARY = LibraryFacets(decades=[1970], genres=["Drama"], sources=["prime_video"])


def names(filters: type) -> list[str]:
    return [field.name for field in fields(filters) if field.name != "sort"]


@pytest.fixture
def session() -> ImportSession:
    made: ImportSession = ImportSessionFactory(user=UserFactory(), browser_key="")
    made.is_mine = True
    return made


@pytest.fixture
def link(session: ImportSession) -> ShareLink:
    return ShareLink(session=session, shows_films=True, shows_ratings=True, shows_dates=True)


def form_of(kind: type, data: Any, session: ImportSession, link: ShareLink) -> FilmFilterForm:
    if kind is MovieFilters:
        return MovieFilterForm(data, facets=FACETS, session=session)
    return LibraryFilterForm(data, facets=OF_LIBRARY) if kind is LibraryFilters else SharedFilterForm(data, link=link)


@pytest.mark.parametrize("kind", [MovieFilters, LibraryFilters, FilmFilters])
def test_the_fields_of_a_form_are_the_filters_of_its_list(kind: type, session: ImportSession, link: ShareLink) -> None:
    form = form_of(kind, {}, session, link)
    assert sorted(form.fields) == sorted([*names(kind), "sort", "view"])


def test_the_fields_of_the_statistics_form_are_their_filters() -> None:
    form = StatisticsFilterForm({}, choices=Choices(years=[], decades=[], genres=[], ratings=[]))
    assert list(form.fields) == names(Filters)


@pytest.mark.parametrize("name", names(MovieFilters))
def test_each_filter_leaves_out_a_film_of_an_import(name: str, session: ImportSession) -> None:
    MovieFactory(session=session, matched=True, title="Ran", year=1985, is_seen=False)
    assert len(listing.movies(session)) == 1
    assert len(listing.movies(session, MovieFilters(**{name: OTHERS[name]}))) == 0


@pytest.mark.parametrize("name", names(LibraryFilters))
def test_each_filter_leaves_out_a_film_of_a_library(name: str) -> None:
    user = UserFactory()
    MovieFactory(session__user=user, session__browser_key="", matched=True, title="Ran", year=1985, is_seen=True)
    keeping.recompute(user)
    assert len(films.find(user)) == 1
    assert len(films.find(user, LibraryFilters(**{name: OTHERS[name]}))) == 0


@pytest.mark.parametrize("name", names(FilmFilters))
def test_each_filter_leaves_out_a_film_of_a_shared_list(name: str, link: ShareLink) -> None:
    MovieFactory(session=link.session, matched=True, title="Ran", year=1985, is_seen=True)
    assert len(reading.films(link, FilmFilters(), "title")) == 1
    assert len(reading.films(link, FilmFilters(**{name: OTHERS[name]}), "title")) == 0


@pytest.mark.parametrize("kind", [MovieFilters, LibraryFilters, FilmFilters])
def test_each_hidden_filter_is_told_as_a_chip(kind: type, session: ImportSession, link: ShareLink) -> None:
    hidden = [field.name for field in form_of(kind, {}, session, link).hidden_fields() if field.name != "view"]
    chosen = QueryDict(mutable=True)
    chosen.update({name: str(OTHERS[name]) for name in hidden})
    chips = form_of(kind, chosen, session, link).chips(chosen)
    without = [set(chosen) - set(QueryDict(chip.without.removeprefix("?"))) for chip in chips]
    assert sorted(map(sorted, without)) == sorted([name] for name in hidden)


@pytest.mark.parametrize("kind", [MovieFilters, LibraryFilters])
def test_a_list_begins_with_the_first_order_of_its_form(kind: type, session: ImportSession, link: ShareLink) -> None:
    assert form_of(kind, {}, session, link).defaults["sort"] == kind().sort


@pytest.mark.parametrize("shows_ratings", [True, False])
@pytest.mark.parametrize("shows_dates", [True, False])
def test_a_shared_list_offers_the_orders_that_its_link_allows(
    link: ShareLink, shows_ratings: bool, shows_dates: bool
) -> None:
    link.shows_ratings, link.shows_dates = shows_ratings, shows_dates
    for order in (form := SharedFilterForm({}, link=link)).orders:
        asked = SharedFilterForm({"sort": order}, link=link)
        assert asked.order == order and list(reading.films(link, asked.filters(), order)) == []
    assert len(form.orders) == len(reading.ORDERS) - 2 * (not shows_ratings) - 2 * (not shows_dates)


@pytest.mark.parametrize(
    ("filters", "leave_all"),
    [
        (MovieFilters(), True),
        (MovieFilters(sort="title"), True),
        (MovieFilters(sort="title", seen=True), False),
        (LibraryFilters(sort="title"), True),
        (LibraryFilters(year=1985), False),
        (FilmFilters(), True),
    ],
)
def test_filters_leave_all_films_in_whichever_order(filters: FilmFilters, leave_all: bool) -> None:
    assert filters.leave_all is leave_all
