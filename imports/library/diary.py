"""The diary of a library: its viewings by day, the newest first, and how many each month has."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db.models import Count, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Left, StrIndex
from django.db.models.lookups import GreaterThan

from enrichment.titles import fold
from imports.films import conditions
from imports.films.listing import MOST_WORDS
from imports.models import LibraryViewing
from imports.periods import first_day_of

RATED, UNRATED = "yes", "no"
MONTH = Left(Cast("watched_on", TextField()), 7)  # "2024-05": read as text, so that SQLite needs no Python for it


@dataclass(frozen=True, kw_only=True)
class DiaryFilters:
    """What a person wants to see of their diary."""

    q: str = ""
    source: str = ""  # PERSON, or an import's
    rated: str = ""
    when: str = ""  # "2024" or "2024-05"
    undated: bool = False  # those without a day, which are on pages of their own


class Month(NamedTuple):
    """A month of the diary, "2024-05", or a year of it, and how many viewings it has."""

    name: str
    viewings_count: int

    @property
    def first_day(self) -> date:
        return first_day_of(self.name)

    @property
    def year(self) -> str:
        return self.name[:4]


class Calendar(NamedTuple):
    """How many viewings there are, by month, the newest first."""

    months: list[Month]
    undated: int

    @property
    def years(self) -> list[Month]:
        by_year = groupby(self.months, lambda month: month.year)
        return [Month(year, sum(month.viewings_count for month in months)) for year, months in by_year]

    def months_of(self, year: str) -> list[Month]:
        return [month for month in self.months if month.year == year]


def find(user: User, filters: DiaryFilters = DiaryFilters()) -> QuerySet[LibraryViewing]:
    """The viewings that the filters leave, with their films: by day, the newest first; without a day, by title."""
    viewings = _own(user, filters).select_related("film__tmdb_movie")
    if filters.undated:
        return viewings.filter(watched_on=None).order_by("film__title_key", "film__year", "pk")
    when = conditions.on(filters.when) if filters.when else Q()
    return viewings.filter(when, watched_on__isnull=False).order_by("-watched_on", "-pk")


def newest_first(user: User, filters: DiaryFilters = DiaryFilters()) -> QuerySet[LibraryViewing]:
    """All of them in one list: those without a day come last."""
    when = conditions.on(filters.when) if filters.when else Q()
    viewings = _own(user, filters).filter(when).select_related("film")
    return viewings.order_by(F("watched_on").desc(nulls_last=True), "-pk")


def calendar(user: User, filters: DiaryFilters = DiaryFilters()) -> Calendar:
    """How many viewings the filters leave in each month, whichever month or year is looked at."""
    rows: Any = _own(user, filters).order_by().annotate(month=MONTH).values_list("month")
    counts: Mapping[str | None, int] = dict(rows.annotate(count=Count("pk")))
    months = [Month(name, count) for name, count in counts.items() if name]
    return Calendar(sorted(months, reverse=True), counts.get(None, 0))


def _own(user: User, filters: DiaryFilters) -> QuerySet[LibraryViewing]:
    condition = _search(filters.q)
    if filters.rated:
        condition &= Q(rating__isnull=filters.rated == UNRATED)
    if filters.source:
        condition &= _told_by(filters.source)
    texts = {"names": Cast("film__tmdb_movie__directors", TextField()), "tags_text": Cast("tags", TextField())}
    return LibraryViewing.objects.alias(**texts).filter(condition, user=user)


def _told_by(source: str) -> Q:
    """JSON as both databases write it; a quote within a text is written with a backslash."""
    place = StrIndex(Cast("told_by", TextField()), Value(f'"source": {json.dumps(source)}'))
    return Q(GreaterThan(place, 0))


def _search(q: str) -> Q:
    """Every word, in any of the names: the film's title, the original one, a director's; or in a tag."""
    condition = Q()
    for word in list(dict.fromkeys(q.split()))[:MOST_WORDS]:
        folded, in_json = fold(word) or word, json.dumps(word, ensure_ascii=False)[1:-1]
        titles = Q(film__title_key__contains=folded) | Q(film__title__icontains=word)
        original = Q(film__tmdb_movie__original_key__contains=folded)
        condition &= titles | original | Q(names__icontains=in_json) | Q(tags_text__icontains=in_json)
    return condition
