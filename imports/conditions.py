"""Conditions of the film list: which titles of an import a number of the statistics stands for."""

import json
from datetime import date
from typing import Any, Protocol

from django.db.models import Case, Count, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce

from enrichment.models import TmdbMovie

from .models import ImportSession, Kind, Movie, Outcome, Viewing

MATCHED = Q(outcome=Outcome.MATCHED)
DAY = Coalesce("watched_on", Value(date(1, 1, 1)), output_field=DateField())


def holding(field: str, entry: str) -> QuerySet[TmdbMovie]:
    """Films whose JSON list has this entry: read as text, the same on SQLite and PostgreSQL."""
    return TmdbMovie.objects.annotate(held=Cast(field, TextField())).filter(held__contains=_in_json(entry))


class Facts(Protocol):
    """The filters that both lists have of what TMDB knows."""

    @property
    def genre(self) -> str: ...
    @property
    def genre_too(self) -> str: ...
    @property
    def director(self) -> str: ...
    @property
    def cast(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def language(self) -> str: ...


def facts(filters: Facts) -> Q:
    """What TMDB knows of the film."""
    wanted = Q()
    entries = (
        ("genres", filters.genre),
        ("genres", filters.genre_too),
        ("directors", filters.director),
        ("cast", filters.cast),
        ("countries", filters.country),
    )
    for field, entry in entries:
        if entry:
            wanted &= Q(tmdb_movie__in=holding(field, entry))
    return wanted & Q(tmdb_movie__original_language=filters.language) if filters.language else wanted


def tagged(tag: str) -> Q:
    holding_it = Viewing.objects.annotate(held=Cast("tags", TextField())).filter(held__contains=_in_json(tag))
    return Q(pk__in=holding_it.values("pk"))


def on(when: str, field: str = "watched_on") -> Q:
    """In a year, in a month or on a day: "2024", "2024-05", "2024-05-17"."""
    parts = [int(part) for part in when.split("-")]
    if len(parts) == 3:
        return Q(**{field: date(*parts)})
    return Q(**{f"{field}__{name}": part for name, part in zip(("year", "month"), parts, strict=False)})


class Titles:
    """Each title of an import on its own."""

    def __init__(self, session: ImportSession) -> None:
        self.films = session.movies.filter(kind=Kind.FILM)
        self.viewings = Viewing.objects.filter(movie__session=session, movie__kind=Kind.FILM)

    def all(self) -> QuerySet[Movie]:
        """With `day` and `stars`, to be filtered by."""
        return self.films.alias(day=DAY, stars=self._stars()).filter(self._shown())

    def any(self, wanted: Q) -> Q:
        return wanted

    def known(self, wanted: Q) -> Q:
        """What TMDB knows."""
        return wanted

    def watched(self, when: Q) -> Q:
        """With a viewing that is so."""
        return Q(Exists(self.viewings.filter(when, movie=OuterRef("pk"))))

    def again(self) -> Q:
        """Watched more than once, by the diary's own word or by its days."""
        return self.watched(Q(rewatch=True)) | self.watched(Q(watched_on__lt=OuterRef("watched_on")))

    def _shown(self) -> Q:
        return Q()

    def _stars(self) -> Any:
        return F("rating")


class SeenFilms(Titles):
    """As statistics count: films that were seen; of several titles that are one film, the one that was watched last
    stands for all of them."""

    def __init__(self, session: ImportSession) -> None:
        # asked once for a query: to look for others of each of 10,000 films takes minutes on SQLite
        films = session.movies.filter(MATCHED, kind=Kind.FILM).order_by().values("tmdb_movie")
        self.has_others = MATCHED & Q(tmdb_movie__in=films.annotate(n=Count("pk")).filter(n__gt=1).values("tmdb_movie"))
        super().__init__(session)

    def any(self, wanted: Q) -> Q:
        return wanted | self.has_others & Q(Exists(self._same_film().filter(wanted)))

    def known(self, wanted: Q) -> Q:
        return MATCHED & wanted

    def watched(self, when: Q) -> Q:
        of_film = self.viewings.filter(when, movie__outcome=Outcome.MATCHED)
        of_film = of_film.filter(movie__tmdb_movie=OuterRef("tmdb_movie"))
        return super().watched(when) | self.has_others & Q(Exists(of_film))

    def _shown(self) -> Q:
        day, turn = OuterRef("day"), OuterRef("turn")
        ahead = Q(day__gt=day) | Q(day=day, turn__lt=turn) | Q(day=day, turn=turn, pk__lt=OuterRef("pk"))
        return (~self.has_others | ~Exists(self._same_film().alias(day=DAY).filter(ahead))) & self.any(Q(is_seen=True))

    def _stars(self) -> Any:
        """Of the title that was watched last among those that are rated."""
        rated = self._same_film().filter(rating__isnull=False)
        newest = rated.order_by(F("watched_on").desc(nulls_last=True), "turn", "pk").values("rating")[:1]
        return Coalesce("rating", Case(When(self.has_others, then=Subquery(newest))))

    def _same_film(self) -> QuerySet[Movie]:
        return self.films.filter(MATCHED, tmdb_movie=OuterRef("tmdb_movie"))


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
