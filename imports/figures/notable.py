"""Films of note: seen again, milestones, money."""

from functools import cached_property

from django.utils.translation import gettext

from imports.statistics.shape import KnownOf, RewatchedItem

from . import words
from .base import Base
from .shapes import FilmRow


class Notable(Base):
    @cached_property
    def rewatched(self) -> list[FilmRow]:
        return self._films(self.data["rewatched"], self._times)

    @staticmethod
    def _times(film: RewatchedItem) -> str:
        """One viewing: those before it are of another year, or in no diary."""
        return words.viewings(film["viewings"]) if film["viewings"] > 1 else gettext("seen before")

    @property
    def rewatched_url(self) -> str:
        return self.links.films({"rewatched": "on"})

    @cached_property
    def milestones(self) -> list[FilmRow]:
        """The first, the round numbers, the last."""
        if not self.shows_dates:
            return []
        rows = [self._film(film, words.day(film["day"]), film["number"]) for film in self.data["milestones"]]
        last = self.data["last"]
        if last and len(rows) and self.data["totals"]["viewings"] > 1:  # the only one is the first already
            rows.append(self._film(last, words.day(last["day"])))
        return rows

    @cached_property
    def money(self) -> list[tuple[str, str, str, list[FilmRow]]]:
        """A title, a sentence and the films at the top; of each."""
        money, lists = self.data["money"], []
        if money["budget"]["top"]:
            sentence = self._in_all(money["budget"]["total"], "budget")
            films = self._films(money["budget"]["top"], lambda film: words.dollars(film["budget"]))
            lists.append(("budget", gettext("Largest budgets"), sentence, films))
        if money["revenue"]["top"]:
            sentence = self._in_all(money["revenue"]["total"], "revenue")
            films = self._films(money["revenue"]["top"], lambda film: words.dollars(film["revenue"]))
            lists.append(("revenue", gettext("Largest revenues"), sentence, films))
        if money["best_returns"]:
            title = gettext("Best returns")
            sentence = gettext("Revenue for each dollar of budget; budgets under a million are left out.")
            films = self._films(money["best_returns"], lambda film: f"{film['ratio']:g} ×")
            lists.append(("returns", title, sentence, films))
        return lists

    def _in_all(self, total: int, what: KnownOf) -> str:
        return f"{gettext('%(total)s in all.') % {'total': words.dollars(total)}} {self.known(what)}"
