"""Of statistics, what a share link allows: the rest is not there at all, whatever a page would do with it. Pure."""

from typing import Any, cast

from imports.statistics.shape import Statistics

Section = dict[str, Any]

_NO_RATINGS: Section = {
    "ratings": [],
    "unrated": 0,
    "best": {name: [] for name in ("genres", "directors", "cast", "countries", "languages", "decades")},
    "against_tmdb": {"films": 0, "yours": None, "tmdb": None, "difference": None, "higher": [], "lower": []},
    "likes": {"films": 0, "unseen": 0, "share": None, "average": None, "filter": {}},
}
_NO_DATES: Section = {
    "years": [],
    "months": [],
    "calendar": {"days": [], "busiest": None, "marked": {"films": 0, "days": []}},
    "streaks": {"days": None, "weeks": None, "current_days": 0, "current_weeks": 0},
    "weekdays": [],
    "first": None,
    "last": None,
    "milestones": [],
    "reviews": [],
}
# What stands in every film, group and year in review, and tells of ratings.
_OF_RATINGS: Section = {
    "rating": None,
    "average_rating": None,
    "rated": 0,
    "liked": 0,
    "liked_unseen": 0,
    "favourites": [],
}
_OF_DAYS: Section = {"days": 0, "without_viewing": 0, "undated_viewings": 0, "future_viewings": 0}
_OF_EVERY_FILM: Section = {"id": 0, "tmdb_id": None}  # rows are numbered in the order of their days


def public(data: Statistics) -> Statistics:
    """What a reader with the link may see: tags are the owner's."""
    return {**data, "tags": []}


def allowed(data: Statistics, *, ratings: bool, dates: bool) -> Statistics:
    """In the same shape; what is hidden is empty, as if nobody had rated anything, or on no known day."""
    told: Section = {
        **public(data),
        "filters": {},
        "choices": {"years": [], "decades": [], "genres": [], "ratings": []},
    }
    if not ratings:
        told |= _NO_RATINGS
    if not dates:
        coverage = dict(data["coverage"]) | _OF_DAYS | {"dated_films": data["coverage"]["films"]}
        told |= _NO_DATES | {"coverage": coverage, "totals": dict(data["totals"]) | {"days": 0}}
    return cast(Statistics, _without(told, _OF_EVERY_FILM if ratings else _OF_EVERY_FILM | _OF_RATINGS))


def _without(told: Any, hidden: Section) -> Any:
    if isinstance(told, dict):
        if "rated" in hidden and "rated" in told:  # an average of ratings, not of minutes
            hidden = hidden | {"average": None}
        return {name: hidden[name] if name in hidden else _without(value, hidden) for name, value in told.items()}
    return [_without(one, hidden) for one in told] if isinstance(told, list) else told
