"""Conditions of the film list: which titles of an import a number of the statistics stands for."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce, RowNumber, StrIndex
from django.db.models.lookups import GreaterThan

from enrichment.models import TmdbMovie
from imports.models import ImportSession, Kind, Movie, Outcome, Ranking, Viewing

from .filters import FilmFilters

MATCHED = Q(outcome=Outcome.MATCHED)
DAY = Coalesce("watched_on", Value(date(1, 1, 1)), output_field=DateField())
FIRST_DAY = date(1888, 1, 1)  # no film is older, so none was watched before
LONGEST = 200  # name or tag that is filtered by


def stars(session: ImportSession) -> Any:
    """A Prime history has no ratings: those of its films are in the library of its owner."""
    if not session.is_review:
        return F("rating")
    own = Ranking.objects.filter(user=session.user_id, tmdb_movie=OuterRef("tmdb_movie"))
    return Coalesce(Subquery(own.values("rating")[:1]), "rating")


def holding(field: str, entry: str) -> QuerySet[TmdbMovie]:
    """Films whose JSON list has this entry: read as text, the same on SQLite and PostgreSQL."""
    return TmdbMovie.objects.alias(place=_place(field, entry)).filter(place__gt=0)


def rated(filters: FilmFilters, field: str) -> Q:
    """The field holds the stars, or null: not rated."""
    if filters.rating == "none":
        return Q(**{field: None})
    return Q(**{field: Decimal(filters.rating)}) if filters.rating else Q()


def released(filters: FilmFilters, field: str) -> Q:
    """The field holds the year of the release."""
    condition = Q()
    if filters.decade is not None:
        condition &= Q(**{f"{field}__gte": filters.decade, f"{field}__lt": filters.decade + 10})
    return condition if filters.year is None else condition & Q(**{field: filters.year})


def facts(filters: FilmFilters) -> Q:
    """What TMDB knows of the film."""
    condition = Q()
    entries = (
        ("genres", filters.genre),
        ("genres", filters.genre_too),
        ("directors", filters.director),
        ("cast", filters.cast),
        ("countries", filters.country),
    )
    for field, entry in entries:
        if entry:
            condition &= Q(tmdb_movie__in=holding(field, entry))
    return condition & Q(tmdb_movie__original_language=filters.language) if filters.language else condition


def tagged(tag: str) -> Q:
    """The condition of a viewing that has this tag."""
    return listing("tags", tag)


def listing(field: str, entry: str) -> Q:
    """The JSON list holds this entry."""
    return Q(GreaterThan(_place(field, entry), 0))


def on(when: str, field: str = "watched_on") -> Q:
    """The field holds a day within this year, month or day: "2024", "2024-05", "2024-05-17"."""
    parts = [int(part) for part in when.split("-")]
    if len(parts) == 3:
        return Q(**{field: date(*parts)})
    return Q(**{f"{field}__{name}": part for name, part in zip(("year", "month"), parts, strict=False)})


def possible_day(session: ImportSession, field: str = "watched_on") -> Q:
    """A day that statistics count: there were films, and it is not yet to come."""
    return Q(**{f"{field}__range": (FIRST_DAY, session.today())})


class Titles:
    """Each title of an import on its own."""

    def __init__(self, session: ImportSession) -> None:
        self.session = session
        self.films = session.movies.filter(kind=Kind.FILM)
        self.viewings = Viewing.objects.filter(movie__session=session, movie__kind=Kind.FILM)

    def all(self) -> QuerySet[Movie]:
        """All films that the list can show, each with its rating as `stars`."""
        return self.films.annotate(stars=self._stars()).filter(self._shown())

    def any(self, condition: Q) -> Q:
        return condition

    def known(self, condition: Q) -> Q:
        """The condition for films of which TMDB knows what is asked."""
        return condition

    def watched(self, when: Q) -> Q:
        """The condition for films that have a viewing of this kind."""
        return Q(pk__in=self.viewings.filter(when).values("movie"))

    def again(self, when: Q) -> Q:
        """The condition for films with such a viewing that was not the first, by the diary's word or by its days."""
        return self.watched(when & (Q(rewatch=True) | self._after_another()))

    def _after_another(self) -> Q:
        """The condition of a viewing that has an earlier one of the same film."""
        return Q(Exists(self._earlier().filter(movie=OuterRef("movie"))))

    def _earlier(self) -> QuerySet[Viewing]:
        return self.viewings.filter(watched_on__lt=OuterRef("watched_on"))

    def _shown(self) -> Q:
        return Q()

    def _stars(self) -> Any:
        return stars(self.session)


class SeenFilms(Titles):
    """The films as statistics count them: those that were seen; of several titles that are one film, the one that was
    watched last stands for all of them. What it asks of other titles is asked once for a query: to look for those of
    each of 10,000 films takes minutes on SQLite."""

    def __init__(self, session: ImportSession) -> None:
        super().__init__(session)
        self.matched = self.films.filter(MATCHED)

    def any(self, condition: Q) -> Q:
        return condition | MATCHED & Q(tmdb_movie__in=self.matched.filter(condition).values("tmdb_movie"))

    def known(self, condition: Q) -> Q:
        return MATCHED & condition

    def watched(self, when: Q) -> Q:
        of_film = self.viewings.filter(when, movie__outcome=Outcome.MATCHED).values("movie__tmdb_movie")
        return super().watched(when) | MATCHED & Q(tmdb_movie__in=of_film)

    def _after_another(self) -> Q:
        matched = Q(movie__outcome=Outcome.MATCHED)
        of_film = self._earlier().filter(matched, movie__tmdb_movie=OuterRef("movie__tmdb_movie"))
        after_another = super()._after_another() | matched & Q(Exists(of_film))
        return possible_day(self.session) & after_another

    def _earlier(self) -> QuerySet[Viewing]:
        return super()._earlier().filter(possible_day(self.session))

    def _shown(self) -> Q:
        newest_first = [DAY.desc(), F("turn").asc(), F("pk").asc()]
        place = Window(RowNumber(), partition_by="tmdb_movie", order_by=newest_first)
        newest = self.matched.annotate(place=place).filter(place=1).values("pk")
        return (~MATCHED | Q(pk__in=newest)) & self.any(Q(is_seen=True))

    def _stars(self) -> Any:
        """The rating of the title, else that of the film's rated title that was watched last."""
        if self.session.is_review:
            return super()._stars()
        rated = self.matched.filter(tmdb_movie=OuterRef("tmdb_movie"), rating__isnull=False)
        newest = rated.order_by(F("watched_on").desc(nulls_last=True), "turn", "pk").values("rating")[:1]
        films = self.matched.order_by().values("tmdb_movie").annotate(n=Count("pk")).filter(n__gt=1)
        has_others = MATCHED & Q(tmdb_movie__in=films.values("tmdb_movie"))
        return Coalesce("rating", Case(When(has_others, then=Subquery(newest))))


def _place(field: str, entry: str) -> StrIndex:
    """Where the entry stands in the list, read as text; 0: nowhere. Unlike LIKE, it knows A from a on SQLite, too."""
    return StrIndex(Cast(field, TextField()), Value(json.dumps(entry, ensure_ascii=False)))
