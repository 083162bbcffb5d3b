"""What others may see of statistics: what is named here. A new number is hidden until it is entered. Pure."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, cast

from imports.statistics.shape import Statistics, Totals

PLAIN = "plain"


class Grant(Enum):
    """What a reader may see beyond the statistics as such."""

    RATINGS = auto()
    DATES = auto()
    ADDRESS = auto()  # they have the import's own address, with its films and filters
    OWNER = auto()  # given to nobody here: owners don't come by this door


@dataclass(frozen=True)
class With:
    """Shown by `rule` to whom it is granted; to others, `hidden` stands there, as if there were none of it."""

    grant: Grant
    hidden: Any
    rule: "Rule" = PLAIN


# PLAIN shows a text, a number or None. A mapping shows the keys that it has, each by its own rule; a list of one rule
# shows every entry by that.
Rule = str | With | Mapping[str, "Rule"] | list["Rule"]
Rules = dict[str, Rule]
RATINGS, DATES, ADDRESS, OWNER = Grant


def plain(*names: str) -> Rules:
    return dict.fromkeys(names, PLAIN)


ITEM = {
    **plain("title", "year", "poster"),
    "id": With(ADDRESS, 0),  # rows are numbered in the order of their days
    "tmdb_id": With(ADDRESS, None),
    "rating": With(RATINGS, None),
}
DATED_ITEM = {**ITEM, **plain("day")}
GROUP = {**plain("films"), "rated": With(RATINGS, 0), "average": With(RATINGS, None)}
YEAR_GROUP = {**GROUP, **plain("year"), "filter": plain("year")}
DECADE_GROUP = {**GROUP, **plain("decade"), "filter": plain("decade")}
GENRE = {**GROUP, **plain("name"), "filter": plain("genre")}
DIRECTOR = {**GROUP, **plain("name"), "filter": plain("director")}
ACTOR = {**GROUP, **plain("name"), "filter": plain("cast")}
COUNTRY = {**GROUP, **plain("name"), "filter": plain("country")}
LANGUAGE = {**GROUP, **plain("name"), "filter": plain("language")}
AMOUNTS = plain("viewings", "films", "minutes")
YEAR = {**AMOUNTS, **plain("year"), "filter": plain("watched")}
MONTH = {**AMOUNTS, **plain("month"), "filter": plain("watched")}
SPAN = plain("length", "from", "to")
DAY_COUNTS = With(DATES, [], [[PLAIN]])
DIFFERENCES = With(RATINGS, [], [{**ITEM, **plain("tmdb_rating", "difference")}])

TOTALS = {
    **plain("films", "viewings", "rewatches", "marked_rewatches", "minutes", "hours", "average_runtime"),
    **plain("genres", "directors", "cast", "countries", "languages"),
    "rated": With(RATINGS, 0),
    "average_rating": With(RATINGS, None),
    "liked": With(RATINGS, 0),
    "liked_unseen": With(RATINGS, 0),
    "days": With(DATES, 0),
}
COVERAGE = {
    **plain("films", "open", "matched", "unsure", "unmatched", "failed", "merged", "awaited"),
    "known": {
        **plain("genres", "directors", "cast", "countries", "languages"),
        **plain("runtime", "tmdb_rating", "budget", "revenue", "release_year"),
    },
    "rated": With(RATINGS, 0),
    "compared": With(RATINGS, 0),
    "dated_films": With(DATES, 0),
    "without_viewing": With(DATES, 0),
    "undated_viewings": With(DATES, 0),
    "early_viewings": With(DATES, 0),
    "future_viewings": With(DATES, 0),
}
REVIEW = {
    **YEAR,
    **plain("rewatches", "days", "new_releases"),
    "rated": With(RATINGS, 0),
    "average_rating": With(RATINGS, None),
    "favourites": With(RATINGS, [], [ITEM]),
    **dict.fromkeys(("director", "actor", "genre", "country", "language"), plain("name", "films")),
    "first": DATED_ITEM,
    "last": DATED_ITEM,
    "streak": SPAN,
    "busiest_month": plain("month", "viewings"),
    "change": {**AMOUNTS, "average_rating": With(RATINGS, None)},
}
WITH_STATISTICS: Rules = {
    **plain("version", "kind", "today"),
    "totals": TOTALS,
    "coverage": COVERAGE,
    "release_years": [YEAR_GROUP],
    "decades": [DECADE_GROUP],
    "genres": [GENRE],
    "directors": [DIRECTOR],
    "cast": [ACTOR],
    "countries": [COUNTRY],
    "languages": [LANGUAGE],
    "runtimes": {
        **plain("average", "median"),
        "shortest": [{**ITEM, **plain("runtime")}],
        "longest": [{**ITEM, **plain("runtime")}],
        "distribution": [plain("from", "to", "films")],
    },
    "rewatched": [{**ITEM, **plain("viewings")}],
    "money": {
        "budget": {**plain("films", "total"), "top": [{**ITEM, **plain("budget")}]},
        "revenue": {**plain("films", "total"), "top": [{**ITEM, **plain("revenue")}]},
        "best_returns": [{**ITEM, **plain("budget", "revenue", "ratio")}],
    },
}
WITH_RATINGS: Rules = {
    "ratings": With(RATINGS, [], [{**plain("stars", "films"), "filter": plain("rating")}]),
    "unrated": With(RATINGS, 0),
    "unrated_filter": {"rating": With(RATINGS, None)},
    "best": {
        "genres": With(RATINGS, [], [GENRE]),
        "directors": With(RATINGS, [], [DIRECTOR]),
        "cast": With(RATINGS, [], [ACTOR]),
        "countries": With(RATINGS, [], [COUNTRY]),
        "languages": With(RATINGS, [], [LANGUAGE]),
        "decades": With(RATINGS, [], [DECADE_GROUP]),
    },
    "against_tmdb": {
        **plain("least_votes"),
        "films": With(RATINGS, 0),
        "yours": With(RATINGS, None),
        "tmdb": With(RATINGS, None),
        "difference": With(RATINGS, None),
        "higher": DIFFERENCES,
        "lower": DIFFERENCES,
    },
    "likes": {
        "films": With(RATINGS, 0),
        "unseen": With(RATINGS, 0),
        "share": With(RATINGS, None),
        "average": With(RATINGS, None),
        "filter": With(RATINGS, {}, plain("liked")),
    },
}
WITH_DATES: Rules = {
    "years": With(DATES, [], [YEAR]),
    "months": With(DATES, [], [MONTH]),
    "calendar": {
        "days": DAY_COUNTS,
        "busiest": With(DATES, None, plain("day", "viewings")),
        "marked": {"films": With(DATES, 0), "days": DAY_COUNTS},
    },
    "streaks": {
        "days": With(DATES, None, SPAN),
        "weeks": With(DATES, None, SPAN),
        "current_days": With(DATES, 0),
        "current_weeks": With(DATES, 0),
    },
    "weekdays": With(DATES, [], [plain("weekday", "viewings")]),
    "first": With(DATES, None, DATED_ITEM),
    "last": With(DATES, None, DATED_ITEM),
    "milestones": With(DATES, [], [{**DATED_ITEM, **plain("number")}]),
    "reviews": With(DATES, [], [REVIEW]),
}
WITH_ADDRESS: Rules = {
    "filters": With(ADDRESS, {}, plain("year", "decade", "genre", "rating")),
    "choices": dict.fromkeys(("years", "decades", "genres", "ratings"), With(ADDRESS, [], [PLAIN])),
}
# which services a person uses is nobody's business: a review is private
OF_OWNER: Rules = {"tags": With(OWNER, []), "sources": With(OWNER, [])}
STATISTICS: Rules = {**WITH_STATISTICS, **WITH_RATINGS, **WITH_DATES, **WITH_ADDRESS, **OF_OWNER}


def public(data: Statistics) -> Statistics:
    """What a reader with the import's own address may see."""
    return cast(Statistics, _shown(data, STATISTICS, {RATINGS, DATES, ADDRESS}))


def allowed(data: Statistics, *, ratings: bool, dates: bool) -> Statistics:
    """What a reader with a share link may see: in the same shape, as if nobody had rated anything where ratings are
    hidden, or on no known day where dates are."""
    shown = cast(Statistics, _shown(data, STATISTICS, _granted(ratings=ratings, dates=dates)))
    if not dates:  # or a page would say for how many films a day is known
        shown["coverage"]["dated_films"] = shown["coverage"]["films"]
    return shown


def allowed_totals(totals: Totals, *, ratings: bool, dates: bool) -> Totals:
    """The one section that every shared page needs."""
    return cast(Totals, _shown(totals, TOTALS, _granted(ratings=ratings, dates=dates)))


def _granted(*, ratings: bool, dates: bool) -> set[Grant]:
    return ({RATINGS} if ratings else set()) | ({DATES} if dates else set())


def _shown(value: Any, rule: Rule, granted: Set[Grant]) -> Any:
    """`value`, its keys in their order. Where it has another shape than its rule, nothing of it is shown."""
    if isinstance(rule, With):
        return _shown(value, rule.rule, granted) if rule.grant in granted else rule.hidden
    if isinstance(value, dict):
        rules = rule if isinstance(rule, dict) else {}
        return {name: _shown(part, rules[name], granted) for name, part in value.items() if name in rules}
    if isinstance(value, list):
        return [_shown(entry, rule[0], granted) for entry in value] if isinstance(rule, list) else []
    return value if rule == PLAIN else None
