"""What was watched: genres, eras, people, places, tags, lengths."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from imports.languages import language_name
from imports.statistics.shape import Group, NamedGroup, NameSection, RuntimeItem, YearGroup

from . import words
from .base import Base, Counted
from .shapes import Chart, Columns, FilmRow, Heading, Rank, Ranks, Row, share

RANKS: dict[NameSection, Any] = {
    "genres": _("Genres"),
    "directors": _("Directors"),
    "cast": _("Cast"),
    "countries": _("Countries"),
    "languages": _("Languages"),
}
PEOPLE: tuple[NameSection, ...] = ("directors", "cast")
PLACES: tuple[NameSection, ...] = ("countries", "languages")
TOP = 10


class Kinds(Base):
    @cached_property
    def release_years(self) -> Chart | None:
        years = {group["year"]: group for group in self.data["release_years"]}
        if len(years) < 2:  # one bar is no chart
            return None
        # the years of no film, too: else the axis would jump
        rows = [self._release_year(year, years.get(year)) for year in range(min(years), max(years) + 1)]
        most = max(rows, key=lambda row: row.cells[0])
        return Chart(
            key="release-years",
            title=gettext("Films by release year"),
            summary=gettext("From %(first)s to %(last)s; most are of %(most)s: %(n)s.")
            % {"first": min(years), "last": max(years), "most": most.label, "n": words.films(int(most.cells[0]))},
            first=gettext("Year"),
            headings=[Heading(gettext("Films"), "bar")],
            rows=rows,
        )

    def _release_year(self, year: int, group: YearGroup | None) -> Row:
        if group is None:
            return Row(label=str(year), cells=(0,), is_gap=True)
        return Row(label=str(year), cells=(group["films"],), url=self.links.films(group["filter"]))

    @cached_property
    def decades(self) -> Ranks | None:
        decades = self.data["decades"][::-1]  # the newest first
        if not decades:
            return None
        most = max(decade["films"] for decade in decades)
        rows = [self._rank(gettext("%(decade)ss") % {"decade": decade["decade"]}, decade, most) for decade in decades]
        return Ranks(
            key="decades", title=gettext("Decades"), coverage=self.known("release_year"), top=rows, total=len(rows)
        )

    @cached_property
    def genres(self) -> Ranks | None:
        return self._ranks("genres")

    @cached_property
    def people(self) -> list[Ranks]:
        return [ranks for name in PEOPLE if (ranks := self._ranks(name))]

    @cached_property
    def places(self) -> list[Ranks]:
        return [ranks for name in PLACES if (ranks := self._ranks(name, language_name))]

    @cached_property
    def tags(self) -> Ranks | None:
        tags = self.data["tags"]
        rows = self._rows(tags)
        return (
            Ranks(key="tags", title=gettext("Tags"), coverage="", top=rows[:TOP], more=rows[TOP:], total=len(tags))
            if tags
            else None
        )

    def _ranks(self, name: NameSection, in_words: Callable[[str], str] = str) -> Ranks | None:
        groups = self.data[name]
        if not groups:
            return None
        spoken = in_words if name == "languages" else str  # languages are codes there, all else has names
        rows = self._rows(groups, spoken)
        return Ranks(
            key=name,
            title=str(RANKS[name]),
            coverage=self.known(name),
            top=rows[:TOP],
            more=rows[TOP:],
            best=self._rows(self.data["best"][name], spoken) if self.shows_ratings else (),
            total=self.data["totals"][name],
        )

    def _rows(self, groups: Iterable[NamedGroup], spoken: Callable[[str], str] = str) -> list[Rank]:
        groups = list(groups)
        most = max((group["films"] for group in groups), default=0)
        return [self._rank(spoken(group["name"]), group, most) for group in groups]

    def _rank(self, name: str, group: Group, most: int) -> Rank:
        return Rank(
            name=name,
            films=group["films"],
            width=share(group["films"], most),
            average=group["average"] if self.shows_ratings else None,
            url=self.links.films(group["filter"]),
        )

    @cached_property
    def runtimes(self) -> Columns | None:
        runtimes = self.data["runtimes"]
        if not runtimes["longest"]:
            return None
        entries = []
        for group in runtimes["distribution"]:
            start, end = group["from"], group["to"]
            if end is None:
                label, spoken = f"{start}+", gettext("%(n)s minutes and more") % {"n": start}
            elif not start:
                # the last minute of a column is within it: 0 to 59 is under 60
                label, spoken = f"< {end + 1}", gettext("under %(n)s minutes") % {"n": end + 1}
            else:
                label = f"{start}–{end}"
                spoken = gettext("%(start)s to %(end)s minutes") % {"start": start, "end": end}
            entries.append(Counted(label, spoken, group["films"]))
        return self._columns(gettext("Films by minutes"), entries)

    @cached_property
    def shortest_and_longest(self) -> list[tuple[str, str, list[FilmRow]]]:
        runtimes = self.data["runtimes"]
        if len(runtimes["longest"]) < 2:  # one film would be both
            return []
        return [
            ("longest", gettext("Longest"), self._films(runtimes["longest"], self._minutes)),
            ("shortest", gettext("Shortest"), self._films(runtimes["shortest"], self._minutes)),
        ]

    @cached_property
    def runtime(self) -> str:
        runtimes = self.data["runtimes"]
        if self.runtimes is None or runtimes["average"] is None or runtimes["median"] is None:
            return ""
        minutes = {"average": round(runtimes["average"]), "median": round(runtimes["median"])}
        return gettext("%(average)s minutes on average; half of the films are shorter than %(median)s.") % minutes

    @cached_property
    def runtime_known(self) -> str:
        return self.known("runtime")

    @staticmethod
    def _minutes(film: RuntimeItem) -> str:
        return words.running_time(film["runtime"])
