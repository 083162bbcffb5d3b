"""The years in review."""

from datetime import date
from functools import cached_property

from django.utils.translation import gettext, ngettext

from imports.statistics.shape import Compared, Review

from . import words
from .base import Base
from .shapes import FilmRow, Number


class ReviewShown(Review):
    """A year in review with what a page says of it."""

    url: str
    hours: int
    average: float | None
    films_of_note: list[FilmRow]
    changes: list[str]


class Reviews(Base):
    @cached_property
    def reviews(self) -> list[ReviewShown]:
        if not self.shows_dates:
            return []
        return [self.review(review) for review in self.data["reviews"]]

    def review(self, review: Review) -> ReviewShown:
        change = review["change"]
        return {
            **review,
            "url": self.links.year(review["year"]),
            "hours": round(review["minutes"] / 60),
            "average": review["average_rating"] if self.shows_ratings else None,
            "films_of_note": self._films(review["favourites"] if self.shows_ratings else [], lambda film: ""),
            "changes": self._changes(change, review["year"] - 1) if change else [],
        }

    def _changes(self, change: Compared, before: int) -> list[str]:
        viewings, hours = change["viewings"], round(change["minutes"] / 60)
        changes = [
            ngettext("%(n)s viewing", "%(n)s viewings", abs(viewings)) % {"n": words.signed(viewings)},
            ngettext("%(n)s hour", "%(n)s hours", abs(hours)) % {"n": words.signed(hours)},
        ]
        if self.shows_ratings and change["average_rating"] is not None:
            changes.append(gettext("%(n)s stars") % {"n": words.signed(float(change["average_rating"]))})
        if self._is_running(before + 1):  # it was compared with the same part of the year before
            return [*changes, gettext("so far, against %(year)s up to the same day") % {"year": before}]
        return [*changes, gettext("against %(year)s") % {"year": before}]

    def _is_running(self, year: int) -> bool:
        return date.fromisoformat(self.data["today"]).year == year

    def facts(self, review: Review) -> list[Number]:
        """What stands out in a year."""
        numbers = [
            Number(
                label=label,
                text=most["name"],
                note=words.films(most["films"]),
                url=self.links.films({parameter: most["name"]}),
            )
            for most, label, parameter in (
                (review["director"], gettext("most seen director"), "director"),
                (review["actor"], gettext("most seen actor"), "cast"),
                (review["genre"], gettext("most seen genre"), "genre"),
            )
            if most and most["films"] > 1  # one film makes nobody the most seen
        ]
        busiest, streak = review["busiest_month"], review["streak"]
        if busiest:
            numbers.append(
                Number(
                    label=gettext("busiest month"),
                    text=words.month(busiest["month"], "F"),
                    note=words.viewings(busiest["viewings"]),
                    url=self.links.films({"watched": busiest["month"]}),
                )
            )
        if streak and streak["length"] > 1:
            numbers.append(
                Number(label=gettext("longest run"), text=words.days(streak["length"]), note=words.from_to(streak))
            )
        if review["new_releases"]:
            numbers.append(
                Number(
                    label=gettext("new that year"),
                    text=words.films(review["new_releases"]),
                    url=self.links.films({"year": review["year"]}),
                )
            )
        return numbers

    def first_and_last(self, review: Review) -> list[FilmRow]:
        ends = [review["first"], review["last"]] if review["viewings"] > 1 else [review["first"]]
        return self._films(ends, lambda film: words.day(film["day"]))
