"""All numbers of a history, from plain values: pure, but for what a rating can be and how an outcome is called."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import cast

from imports.models import Outcome

from . import days, groups, numbers
from .films import Facts, Film, with_possible_days
from .filters import EVERYTHING, Filters, choices
from .items import average, best, ratings_of
from .reviews import years_in_review
from .shape import Coverage, FactCounts, NameCounts, Statistics, Totals

VERSION = 6
# Of how many films is it known? By what of TMDB's record, where there is any.
KNOWN = {
    "genres": "genres",
    "directors": "directors",
    "cast": "cast",
    "countries": "countries",
    "languages": "language",
    "runtime": "runtime",
    "tmdb_rating": "vote_average",
    "budget": "budget",
    "revenue": "revenue",
}


def compute(films: Sequence[Film], *, kind: str, today: date, filters: Filters = EVERYTHING) -> Statistics:
    """Films that were seen count; those only liked are told of, and in no other number."""
    # what a person tells by hand is of their own clock, which may be a day ahead of this installation's
    latest = today + timedelta(days=1) if kind == "library" else today
    films = [with_possible_days(film, latest) for film in films]
    kept = filters.keep(films)
    seen = [film for film in kept if film.is_seen]
    unseen = sum(film.is_liked for film in kept if not film.is_seen)
    events = days.events_of(seen)
    so_far = [event for event in events if event.day <= today]
    named, counts, favourites = groups.by_names(seen)
    decades = groups.decades(seen)
    against_tmdb = numbers.against_tmdb(seen)
    return {
        "version": VERSION,
        "kind": kind,
        "today": today.isoformat(),
        "filters": filters.chosen,
        "choices": choices([film for film in films if film.is_seen]),
        "totals": _totals(seen, events, unseen, counts),
        "coverage": _coverage(seen, compared=against_tmdb["films"]),
        **numbers.ratings(seen),
        "years": days.years(events),
        "months": days.months(events),
        "calendar": days.calendar(events, seen),
        "streaks": days.streaks(so_far, today),
        "weekdays": days.weekdays(events),
        "release_years": groups.release_years(seen),
        "decades": decades,
        **named,
        "tags": groups.tags(seen),
        "best": {**favourites, "decades": best(decades, lambda group: group["decade"])},
        "runtimes": numbers.runtimes(seen),
        "against_tmdb": against_tmdb,
        "rewatched": numbers.rewatched(seen),
        **days.first_and_last(so_far),
        "milestones": days.milestones(so_far),
        "likes": groups.likes(seen, unseen),
        "money": numbers.money(seen),
        "reviews": years_in_review(events, today),
        "sources": groups.sources(seen),
    }


def _totals(films: Sequence[Film], events: Sequence[days.Event], unseen: int, names: NameCounts) -> Totals:
    minutes = sum(film.minutes for film in films)
    return {
        "films": len(films),
        "viewings": sum(len(film.watches) for film in films),
        "rewatches": sum(watch.is_rewatch for film in films for watch in film.watches),
        "marked_rewatches": sum(watch.is_marked for film in films for watch in film.watches),
        "minutes": minutes,
        "hours": round(minutes / 60, 1),
        "rated": len(ratings_of(films)),
        "average_rating": average(ratings_of(films)),
        "average_runtime": average([film.facts.runtime for film in films if film.facts and film.facts.runtime]),
        "days": len({event.day for event in events}),
        "liked": sum(film.is_liked for film in films),
        "liked_unseen": unseen,
        **names,
    }


def _coverage(films: Sequence[Film], *, compared: int) -> Coverage:
    outcomes = Counter(film.outcome for film in films)
    facts = [film.facts for film in films if film.facts]
    lost_days = Counter(watch.lost_day for film in films for watch in film.watches)
    return {
        "films": len(films),
        "open": outcomes[Outcome.OPEN],
        "matched": outcomes[Outcome.MATCHED],
        "unsure": outcomes[Outcome.UNSURE],
        "unmatched": outcomes[Outcome.UNMATCHED],
        "failed": outcomes[Outcome.FAILED],
        "merged": sum(film.titles - 1 for film in films),
        "known": {**_known(facts), "release_year": sum(film.year is not None for film in films)},
        "rated": len(ratings_of(films)),
        "dated_films": sum(bool(film.days) for film in films),
        "without_viewing": sum(not film.watches for film in films),
        "undated_viewings": sum(watch.day is None for film in films for watch in film.watches),
        "early_viewings": lost_days["early"],
        "future_viewings": lost_days["future"],
        "awaited": sum(known.is_awaited for known in facts),
        "compared": compared,
    }


def _known(facts: Sequence[Facts]) -> FactCounts:
    counts = {name: sum(bool(getattr(known, of)) for known in facts) for name, of in KNOWN.items()}
    return cast(FactCounts, counts)  # KNOWN's names are its keys
