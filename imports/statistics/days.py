"""Viewings in time: years, months, weekdays, the calendar, streaks, milestones. Only days on which a film was watched;
those on which films were only marked stand apart."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from .films import Film
from .items import item
from .shape import Amounts, Calendar, DatedItem, DayCount, Ends, Milestone, Month, Span, Streaks, Weekday, Year

MILESTONES = (1, 50)  # and every hundredth; from there on every thousandth
HUNDREDTHS_END = 10_000


class Event(NamedTuple):
    """A film watched on a day."""

    day: date
    film: Film
    is_rewatch: bool


def events_of(films: Iterable[Film]) -> list[Event]:
    """Oldest first; of one day, in the order of the import."""
    events = [Event(watch.day, film, watch.is_rewatch) for film in films for watch in film.watches if watch.day]
    return sorted(events, key=lambda event: (event.day, -event.film.turn, event.film.id))


def years(events: Sequence[Event]) -> list[Year]:
    return [
        {"year": int(year), **amounts(within), "filter": {"watched": year}}
        for year, within in _periods(events, year_of).items()
    ]


def year_of(day: date) -> str:
    return day.isoformat()[:4]


def months(events: Sequence[Event]) -> list[Month]:
    return [
        {"month": month, **amounts(within), "filter": {"watched": month}}
        for month, within in _periods(events, month_of).items()
    ]


def month_of(day: date) -> str:
    return day.isoformat()[:7]


def _periods(events: Sequence[Event], period: Callable[[date], str]) -> dict[str, list[Event]]:
    periods: dict[str, list[Event]] = {}
    for event in events:
        periods.setdefault(period(event.day), []).append(event)
    return periods


def amounts(events: Sequence[Event]) -> Amounts:
    return {
        "viewings": len(events),
        "films": len({event.film.id for event in events}),
        "minutes": sum(event.film.facts.runtime or 0 for event in events if event.film.facts),
    }


def calendar(events: Sequence[Event], films: Sequence[Film]) -> Calendar:
    per_day = Counter(event.day for event in events)
    busiest = max(per_day, key=lambda day: (per_day[day], day), default=None)
    only_marked = [film.marked_on for film in films if film.marked_on and not film.days]
    return {
        "days": _counts(per_day),
        "busiest": {"day": busiest.isoformat(), "viewings": per_day[busiest]} if busiest else None,
        "marked": {"films": len(only_marked), "days": _counts(Counter(only_marked))},
    }


def _counts(per_day: Counter[date]) -> list[DayCount]:
    return [[day.isoformat(), per_day[day]] for day in sorted(per_day)]


def weekdays(events: Sequence[Event]) -> list[Weekday]:
    per_weekday = Counter(event.day.weekday() for event in events)
    return [{"weekday": weekday, "viewings": per_weekday[weekday]} for weekday in range(7)]


def streaks(events: Sequence[Event], today: date) -> Streaks:
    """A run still goes on the day after, and the week after, its last viewing."""
    days, weeks = runs({event.day for event in events}), runs({monday(event.day) for event in events}, step=7)
    longest_weeks = longest(weeks)
    return {
        "days": span(longest(days)),
        "weeks": span(longest_weeks, step=7),
        "current_days": _current(days, today),
        "current_weeks": _current(weeks, monday(today), step=7),
    }


class Run(NamedTuple):
    first: date
    length: int

    def last(self, step: int) -> date:
        return self.first + timedelta(days=(self.length - 1) * step)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def runs(days: Iterable[date], step: int = 1) -> list[Run]:
    """Days without a gap, put together."""
    stretches: list[Run] = []
    for day in sorted(days):
        if stretches and (day - stretches[-1].last(step)).days == step:
            stretches[-1] = stretches[-1]._replace(length=stretches[-1].length + 1)
        else:
            stretches.append(Run(day, 1))
    return stretches


def longest(stretches: Sequence[Run]) -> Run | None:
    """The earliest of those that are equal."""
    return max(stretches, key=lambda run: run.length, default=None)


def span(run: Run | None, step: int = 1) -> Span | None:
    if run is None:
        return None
    last = run.last(step) + timedelta(days=step - 1)
    return {"length": run.length, "from": run.first.isoformat(), "to": last.isoformat()}


def _current(stretches: Sequence[Run], today: date, step: int = 1) -> int:
    is_going_on = bool(stretches) and (today - stretches[-1].last(step)).days <= step
    return stretches[-1].length if is_going_on else 0


def first_and_last(events: Sequence[Event]) -> Ends:
    return {"first": dated(events[0]) if events else None, "last": dated(events[-1]) if events else None}


def milestones(events: Sequence[Event]) -> list[Milestone]:
    hundredths = range(100, min(len(events), HUNDREDTHS_END) + 1, 100)
    thousandths = range(HUNDREDTHS_END + 1_000, len(events) + 1, 1_000)
    numbers = [*(n for n in MILESTONES if n <= len(events)), *hundredths, *thousandths]
    return [{**dated(events[n - 1]), "number": n} for n in numbers]


def dated(event: Event) -> DatedItem:
    return {**item(event.film), "day": event.day.isoformat()}
