"""Films of note: seen again, milestones, money."""

from functools import cached_property

from django.utils.translation import gettext

from . import words
from .base import Base, Section


class Notable(Base):
    @cached_property
    def rewatched(self) -> list[Section]:
        return [] if self.is_library else self._films(self.data["rewatched"], self._times)

    @staticmethod
    def _times(film: Section) -> str:
        """One viewing: those before it are of another year, or in no diary."""
        return words.viewings(film["viewings"]) if film["viewings"] > 1 else gettext("seen before")

    @property
    def rewatched_url(self) -> str:
        return self.links.films({"rewatched": "on"})

    @cached_property
    def milestones(self) -> list[Section]:
        """The first, the round numbers, the last."""
        if not self.shows_dates or self.is_library:
            return []
        found = self._films(self.data["milestones"], lambda film: words.day(film["day"]))
        last = self.data["last"]
        if last and len(found) and self.data["totals"]["viewings"] > 1:
            found += [one | {"number": None} for one in self._films([last], lambda film: words.day(film["day"]))]
        return found

    @cached_property
    def money(self) -> list[tuple[str, str, str, list[Section]]]:
        """A title, a sentence and the films at the top; of each."""
        money, found = self.data["money"], []
        for name, title in (("budget", gettext("Largest budgets")), ("revenue", gettext("Largest revenues"))):
            if money[name]["top"]:
                told = gettext("%(total)s in all.") % {"total": words.dollars(money[name]["total"])}
                top = [film | {"amount": film[name]} for film in money[name]["top"]]
                found.append(
                    (
                        name,
                        title,
                        f"{told} {self.known(name)}",
                        self._films(top, lambda film: words.dollars(film["amount"])),
                    )
                )
        if money["best_returns"]:
            title = gettext("Best returns")
            told = gettext("Revenue for each dollar of budget; budgets under a million are left out.")
            found.append(
                ("returns", title, told, self._films(money["best_returns"], lambda film: f"{film['ratio']:g} ×"))
            )
        return found
