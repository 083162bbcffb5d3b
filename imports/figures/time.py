"""When the films were watched: the calendar, years, months, weekdays, streaks."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext, ngettext

from imports.statistics.shape import Month, Year

from . import heatmap, words
from .base import FEW, Base, Counted
from .shapes import Chart, Columns, Heading, Number, Row

YEARS_SHOWN, MONTHS_SHOWN, MARKED_SHOWN = 3, 60, 3
YEARS_DRAWN = 30  # each is up to 366 squares; the table has them all


class InTime(Base):
    @cached_property
    def years(self) -> list[heatmap.Year]:
        years = heatmap.years_of(self.data["calendar"]["days"]) if self.shows_dates else []
        return [self._linked(year) for year in years]

    def _linked(self, year: heatmap.Year) -> heatmap.Year:
        return heatmap.Year(
            year.year, year.days, year.months, year.outline, self.links.films({"watched": f"{year.year:04}"})
        )

    @property
    def newest_years(self) -> list[heatmap.Year]:
        return self.years[:YEARS_SHOWN]

    @property
    def older_years(self) -> list[heatmap.Year]:
        return self.years[YEARS_SHOWN:YEARS_DRAWN]

    @property
    def years_not_drawn(self) -> int:
        return len(self.years[YEARS_DRAWN:])

    @cached_property
    def calendar_rows(self) -> list[tuple[heatmap.Year, list[tuple[int, str]]]]:
        """A year and its months, each with its number and a link."""
        return [
            (year, [(m.count, self.links.films({"watched": m.key}) if m.count else "") for m in year.months])
            for year in self.years
        ]

    @cached_property
    def when(self) -> str:
        coverage, sentences = self.data["coverage"], []
        if coverage["dated_films"] < coverage["films"]:
            sentences.append(
                gettext("A day is known for %(n)s of %(films)s.")
                % {"n": words.number(coverage["dated_films"]), "films": words.films(coverage["films"])}
            )
        if coverage["future_viewings"]:
            sentences.append(
                ngettext(
                    "%(n)s viewing has a day that is yet to come, and is counted without it.",
                    "%(n)s viewings have days that are yet to come, and are counted without them.",
                    coverage["future_viewings"],
                )
                % {"n": words.number(coverage["future_viewings"])}
            )
        if coverage["early_viewings"]:
            sentences.append(
                ngettext(
                    "%(n)s viewing has a day before there were films, and is counted without it.",
                    "%(n)s viewings have days before there were films, and are counted without them.",
                    coverage["early_viewings"],
                )
                % {"n": words.number(coverage["early_viewings"])}
            )
        return " ".join(sentences)

    @cached_property
    def streaks(self) -> list[Number]:
        streaks, calendar = self.data["streaks"], self.data["calendar"]
        numbers = [
            Number(label=label, text=count(span["length"]), note=words.from_to(span))
            for span, label, count in (
                (streaks["days"], gettext("longest run of days"), words.days),
                (streaks["weeks"], gettext("longest run of weeks"), words.weeks),
            )
            if span and span["length"] > 1
        ]
        if numbers and (streaks["current_days"] > 1 or streaks["current_weeks"] > 1):
            days, weeks = streaks["current_days"], streaks["current_weeks"]
            now = words.days(days) if days > 1 else words.weeks(weeks)
            numbers.append(Number(label=gettext("running right now"), text=now))
        if calendar["busiest"] and calendar["busiest"]["viewings"] > 1:  # one film makes no day a busy one
            busiest = calendar["busiest"]
            numbers.append(
                Number(
                    label=gettext("busiest day"),
                    text=words.viewings(busiest["viewings"]),
                    note=words.day(busiest["day"]),
                    url=self.links.films({"watched": busiest["day"]}),
                )
            )
        return numbers

    @cached_property
    def marked(self) -> str:
        """Days on which films were only marked as seen are not viewing days."""
        marked = self.data["calendar"]["marked"]
        if not marked["films"] or not self.shows_dates:
            return ""
        counts = [(str(day), int(count)) for day, count in marked["days"]]
        most = sorted(counts, key=lambda entry: (-entry[1], entry[0]))[:MARKED_SHOWN]
        days = ", ".join(f"{words.day(day)} ({words.number(count)})" for day, count in most)
        parts = {"films": words.films(marked["films"]), "days": days}
        if len(counts) > len(most):
            return gettext("%(films)s were only marked as seen, nobody knows when: most of them on %(days)s.") % parts
        return gettext("%(films)s only marked as seen, nobody knows when: on %(days)s.") % parts

    @cached_property
    def weekdays(self) -> Columns | None:
        if not self.years:
            return None
        entries = [
            Counted(
                str(WEEKDAYS_ABBR[group["weekday"]]),
                str(WEEKDAYS[group["weekday"]]),
                group["viewings"],
                {"weekday": group["weekday"]},
            )
            for group in self.data["weekdays"]
        ]
        return self._columns(gettext("Viewings by weekday"), entries)

    @cached_property
    def per_year(self) -> Chart | None:
        rows = [(str(year["year"]), year) for year in self.data["years"]]
        title = gettext("Year by year")
        return self._periods("per-year", title, gettext("Year"), rows) if self.shows_dates and len(rows) > 1 else None

    @cached_property
    def per_month(self) -> Chart | None:
        """The newest months, with those in which nothing was watched."""
        months = {month["month"]: month for month in self.data["months"]}
        this_month = self.data["today"][:7]
        past = [month for month in months if month <= this_month] or list(months)
        if not self.shows_dates or len(past) < FEW:
            return None
        shown = heatmap.months_back(date.fromisoformat(f"{max(past)}-01"), MONTHS_SHOWN)
        keys = [key for month in shown if (key := month.isoformat()[:7]) >= min(past)]
        rows = [(words.month(key, "M Y"), months.get(key)) for key in keys]
        title = gettext("Month by month")
        if len(keys) < len(past):
            title = gettext("The newest five years, month by month")
        return self._periods("per-month", title, gettext("Month"), rows, hours="")

    @cached_property
    def months_of_year(self) -> Columns | None:
        """For the page of one year."""
        if not self.years:
            return None
        entries = [
            Counted(month.name[:3], words.month(month.key), month.count, {"watched": month.key})
            for month in self.years[0].months
        ]
        # fewest: the months are what this page is of, however few viewings they have
        return self._columns(gettext("Viewings by month"), entries, fewest=1)

    def _periods(
        self,
        key: str,
        title: str,
        first: str,
        entries: Sequence[tuple[str, Year | Month | None]],
        *,
        hours: str = "line",
    ) -> Chart:
        rows = [self._period(label, period) for label, period in entries]
        most = max(rows, key=lambda row: row.cells[0])
        parts = {"rows": len(rows), "most": most.label, "n": words.viewings(int(most.cells[0]))}
        return Chart(
            key=key,
            title=title,
            summary=gettext("%(most)s has the most: %(n)s.") % parts,
            first=first,
            headings=[Heading(gettext("Viewings"), "bar"), Heading(gettext("Hours"), hours), Heading(gettext("Films"))],
            rows=rows,
        )

    def _period(self, label: str, period: Year | Month | None) -> Row:
        if period is None:
            return Row(label=label, cells=(0, 0, 0), is_gap=True)
        cells = (period["viewings"], round(period["minutes"] / 60, 1), period["films"])
        return Row(label=label, cells=cells, url=self.links.films(period["filter"]))
