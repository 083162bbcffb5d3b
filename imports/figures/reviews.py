"""The years in review."""

from datetime import date
from functools import cached_property

from django.utils.translation import gettext

from . import words
from .base import Base, Section
from .shapes import Number


class Reviews(Base):
    @cached_property
    def reviews(self) -> list[Section]:
        return [self.review(one) for one in self.data["reviews"]] if self.shows_dates and not self.is_library else []

    def review(self, one: Section) -> Section:
        change = one["change"] or {}
        return one | {
            "url": self.links.year(one["year"]),
            "hours": round(one["minutes"] / 60),
            "average": one["average_rating"] if self.shows_ratings else None,
            "films_of_note": self._films(one["favourites"] if self.shows_ratings else [], lambda film: ""),
            "changes": self._changes(change, one["year"] - 1) if change else [],
        }

    def _changes(self, change: Section, before: int) -> list[str]:
        told = [
            gettext("%(n)s viewings") % {"n": words.signed(change["viewings"])},
            gettext("%(n)s hours") % {"n": words.signed(round(change["minutes"] / 60))},
        ]
        if self.shows_ratings and change["average_rating"] is not None:
            told.append(gettext("%(n)s stars") % {"n": words.signed(float(change["average_rating"]))})
        if self._is_running(before + 1):
            return [*told, gettext("so far, against %(year)s up to the same day") % {"year": before}]
        return [*told, gettext("against %(year)s") % {"year": before}]

    def _is_running(self, year: int) -> bool:
        return date.fromisoformat(self.data["today"]).year == year

    def facts(self, review: Section) -> list[Number]:
        """What stands out in a year."""
        found = [
            Number(
                label=label,
                text=review[name]["name"],
                note=words.films(review[name]["films"]),
                url=self.links.films({parameter: review[name]["name"]}),
            )
            for name, label, parameter in (
                ("director", gettext("most seen director"), "director"),
                ("actor", gettext("most seen actor"), "cast"),
                ("genre", gettext("most seen genre"), "genre"),
            )
            if review[name] and review[name]["films"] > 1
        ]
        busiest, streak = review["busiest_month"], review["streak"]
        if busiest:
            found.append(
                Number(
                    label=gettext("busiest month"),
                    text=words.month(busiest["month"], "F"),
                    note=words.viewings(busiest["viewings"]),
                    url=self.links.films({"watched": busiest["month"]}),
                )
            )
        if streak and streak["length"] > 1:
            found.append(
                Number(label=gettext("longest run"), text=words.days(streak["length"]), note=words.from_to(streak))
            )
        if review["new_releases"]:
            found.append(
                Number(
                    label=gettext("new that year"),
                    text=words.films(review["new_releases"]),
                    url=self.links.films({"year": review["year"]}),
                )
            )
        return found

    def first_and_last(self, review: Section) -> list[Section]:
        ends = [review["first"], review["last"]] if review["viewings"] > 1 else [review["first"]]
        return self._films([film for film in ends if film], lambda film: words.day(film["day"]))
