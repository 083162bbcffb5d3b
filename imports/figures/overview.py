"""What it is all about, and what the numbers do not hold."""

from functools import cached_property

from django.utils.translation import gettext, ngettext

from . import words
from .base import Base
from .shapes import Number


class Overview(Base):
    @property
    def is_empty(self) -> bool:
        return not self.data["totals"]["films"]

    @cached_property
    def lead(self) -> str:
        totals = self.data["totals"]
        counts = words.films(totals["films"])
        # “312 films in 300 viewings” would say what can't be
        lacks_some = self.data["coverage"]["without_viewing"] or totals["viewings"] < totals["films"]
        if totals["viewings"]:
            both = {"films": counts, "viewings": words.viewings(totals["viewings"])}
            form = gettext("%(films)s, %(viewings)s on record") if lacks_some else gettext("%(films)s in %(viewings)s")
            counts = form % both
        return f"{counts}: {self._length()}." if totals["minutes"] else f"{counts}."

    def _length(self) -> str:
        """All hours; and of how many films they are, where that is not all."""
        minutes, known = self.data["totals"]["minutes"], self.data["coverage"]["known"]["runtime"]
        hours = words.hours(minutes)
        if known < self.data["coverage"]["films"]:
            of_known = {"hours": hours, "films": words.films(known)}
            return (
                ngettext(
                    "%(hours)s, of the %(films)s whose length is known",
                    "%(hours)s, of the %(films)s whose length is known",
                    known,
                )
                % of_known
            )
        if minutes < 2 * 24 * 60:  # so few days say no more than the hours
            return gettext("%(hours)s of film") % {"hours": hours}
        days = words.days(round(minutes / 60 / 24))
        return gettext("%(hours)s, which is %(days)s and nights") % {"hours": hours, "days": days}

    @cached_property
    def headline(self) -> list[Number]:
        totals, films = self.data["totals"], self.links.films
        numbers = [
            Number(label=ngettext("film", "films", totals["films"]), text=words.number(totals["films"]), url=films({}))
        ]
        if totals["viewings"]:
            numbers.append(
                Number(label=ngettext("viewing", "viewings", totals["viewings"]), text=words.number(totals["viewings"]))
            )
        if totals["rewatches"]:
            marked = gettext("%(n)s marked as rewatch") % {"n": words.number(totals["marked_rewatches"])}
            again = words.number(totals["rewatches"])
            numbers.append(Number(label=gettext("seen again"), text=again, note=marked, url=films({"rewatched": "on"})))
        if totals["minutes"]:
            numbers.append(
                Number(
                    label=gettext("hours"), text=words.number(round(totals["minutes"] / 60)), note=self._known_lengths()
                )
            )
        if self.shows_ratings and totals["average_rating"] is not None:
            average = f"{totals['average_rating']:.2f}"
            numbers.append(Number(label=gettext("stars on average"), text=average, url=films({"sort": "rating"})))
        counted = (
            (totals["directors"], ngettext("director", "directors", totals["directors"])),
            (totals["countries"], ngettext("country", "countries", totals["countries"])),
            (totals["languages"], ngettext("language", "languages", totals["languages"])),
        )
        numbers += [Number(label=label, text=words.number(count)) for count, label in counted if count]
        return numbers

    def _known_lengths(self) -> str:
        known = self.data["coverage"]["known"]["runtime"]
        if known == self.data["coverage"]["films"]:
            return ""
        return gettext("of the %(films)s whose length is known") % {"films": words.films(known)}

    @cached_property
    def left_out(self) -> list[str]:
        """What the numbers do not hold, in sentences."""
        coverage, totals = self.data["coverage"], self.data["totals"]
        sentences = []
        if without := coverage["unmatched"] + coverage["unsure"] + coverage["failed"]:
            sentences.append(
                gettext("%(n)s of %(films)s have no match yet: nothing is known of their makers, genres and lengths.")
                % {"n": words.number(without), "films": words.films(coverage["films"])}
            )
        if coverage["merged"]:
            sentences.append(
                ngettext(
                    "%(n)s title is the same film as another, and was counted with it.",
                    "%(n)s titles are the same film as another, and were counted with it.",
                    coverage["merged"],
                )
                % {"n": words.number(coverage["merged"])}
            )
        if totals["liked_unseen"]:
            sentences.append(
                ngettext(
                    "%(n)s film is only liked, and was never marked as seen: it is in no other number.",
                    "%(n)s films are only liked, and were never marked as seen: they are in no other number.",
                    totals["liked_unseen"],
                )
                % {"n": words.number(totals["liked_unseen"])}
            )
        return sentences
