"""A year in review, for each year, and how it differs from the one before."""

from collections.abc import Sequence
from datetime import date

from .days import Event, amounts, dated, longest, months, runs, span
from .films import Film
from .groups import most_named
from .items import average, first_of, item, ratings_of
from .shape import BusiestMonth, Compared, Item, Review, YearSeen

FAVOURITES = 5


def years_in_review(events: Sequence[Event], today: date) -> list[Review]:
    """The newest first."""
    by_year: dict[int, list[Event]] = {}
    for event in events:
        by_year.setdefault(event.day.year, []).append(event)
    reviews = {year: _review(year, within, today) for year, within in by_year.items()}
    changes = {year: _change(review, reviews.get(year - 1)) for year, review in reviews.items()}
    changes |= {year: None for year in reviews if year > today.year}
    if today.year in reviews:
        changes[today.year] = _change_so_far(by_year[today.year], by_year.get(today.year - 1, []), today)
    return [{**reviews[year], "change": changes[year]} for year in sorted(reviews, reverse=True)]


def _review(year: int, events: Sequence[Event], today: date) -> YearSeen:
    films = list({event.film.id: event.film for event in events}.values())
    days = {event.day for event in events}
    return {
        "year": year,
        "filter": {"watched": f"{year:04}"},
        **amounts(events),
        "rewatches": sum(event.is_rewatch for event in events),
        "rated": len(ratings_of(films)),
        "average_rating": average(ratings_of(films)),
        "favourites": _favourites(films),
        "director": most_named(films, "directors"),
        "actor": most_named(films, "cast"),
        "genre": most_named(films, "genres"),
        "country": most_named(films, "countries"),
        "language": most_named(films, "languages"),
        "first": dated(events[0]),
        "last": dated(events[-1]),
        "streak": span(longest(runs(day for day in days if day <= today))),
        "busiest_month": _busiest_month(events),
        "days": len(days),
        "new_releases": sum(film.year == year for film in films),
    }


def _favourites(films: Sequence[Film]) -> list[Item]:
    """Rated best; of equals, those that are liked."""
    rated = [film for film in films if film.rating is not None]
    first = first_of(rated, FAVOURITES, lambda film: (-(film.rating or 0), not film.is_liked))
    return [item(film) for film in first]


def _busiest_month(events: Sequence[Event]) -> BusiestMonth:
    busiest = max(months(events), key=lambda month: month["viewings"])
    return {"month": busiest["month"], "viewings": busiest["viewings"]}


def _change_so_far(events: Sequence[Event], before: Sequence[Event], today: date) -> Compared | None:
    """The running year, against the one before up to the same day."""
    now, then = (
        [event for event in year if (event.day.month, event.day.day) <= (today.month, today.day)]
        for year in (events, before)
    )
    return _change(_compared(now), _compared(then)) if now and then else None


def _compared(events: Sequence[Event]) -> Compared:
    films = {event.film.id: event.film for event in events}
    return {**amounts(events), "average_rating": average(ratings_of(films.values()))}


def _change(review: Compared, before: Compared | None) -> Compared | None:
    if before is None:
        return None
    return {
        "viewings": review["viewings"] - before["viewings"],
        "films": review["films"] - before["films"],
        "minutes": review["minutes"] - before["minutes"],
        "average_rating": _difference(review["average_rating"], before["average_rating"]),
    }


def _difference(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else round(now - before, 2)
