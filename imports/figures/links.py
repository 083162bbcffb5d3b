"""Addresses that lead from a number to the films behind it."""

from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlencode

from django.urls import reverse

from imports.films.conditions import LONGEST
from imports.models import ImportSession

Filter = Mapping[str, Any]


class Links(Protocol):
    """An empty address: no link."""

    def films(self, filters: Filter) -> str: ...
    def film(self, pk: int) -> str: ...
    def year(self, year: int) -> str: ...


class NoLinks:
    """For pages that show numbers and no list of films."""

    def films(self, filters: Filter) -> str:
        return ""

    def film(self, pk: int) -> str:
        return ""

    def year(self, year: int) -> str:
        return ""


class SessionLinks:
    def __init__(self, session: ImportSession, chosen: Filter) -> None:
        """`chosen`: the filters of the statistics themselves, which every list of films keeps."""
        self.session, self.chosen = session, chosen
        self.list = reverse("imports:movie_list", args=[session.pk])

    def films(self, filters: Filter) -> str:
        if not can_be_filtered(filters):
            return ""
        # seen: as statistics count, so that the list has as many films as the number says
        return f"{self.list}?{urlencode({'seen': 'on'} | narrowed(self.chosen, filters))}"

    def film(self, pk: int) -> str:
        return f"{self.list}{pk}/"

    def year(self, year: int) -> str:
        return reverse("imports:session_year", args=[self.session.pk, year])


class LibraryLinks:
    def __init__(self, chosen: Filter) -> None:
        """`chosen`: the filters of the statistics themselves, which every list of films keeps."""
        self.chosen = chosen
        self.list = reverse("imports:library")

    def films(self, filters: Filter) -> str:
        if not can_be_filtered(filters):
            return ""
        query = urlencode(narrowed(self.chosen, filters))
        return f"{self.list}?{query}" if query else self.list

    def film(self, pk: int) -> str:
        return f"{self.list}films/{pk}/"

    def year(self, year: int) -> str:
        return reverse("imports:library_year", args=[year])


def can_be_filtered(filters: Filter) -> bool:
    """The lists take no name or tag that is longer."""
    return all(len(str(value)) <= LONGEST for value in filters.values())


def narrowed(chosen: Filter, filters: Filter) -> dict[str, Any]:
    """The filters of the statistics and those of one of their numbers, as one list of films has both."""
    of_page = {name: value for name, value in chosen.items() if name != "year"}
    if "year" in chosen:  # statistics mean the year of watching by it, lists that of the release
        of_page["watched"] = f"{chosen['year']:04}"
    # one genre the statistics are of, and another that is counted within: a film has both
    if chosen.get("genre", filters.get("genre")) != filters.get("genre") and "genre" in filters:
        filters = {name: value for name, value in filters.items() if name != "genre"} | {"genre_too": filters["genre"]}
    return of_page | dict(filters)
