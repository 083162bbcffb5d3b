"""What we keep of TMDB's answers. Zero, empty, null and whatever our columns don't hold all mean "not known"; unknown
fields are passed over."""

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, Self, TypeGuard

from enrichment.numbers import LARGEST

MAX_DIRECTORS = 3
MAX_CAST = 10
# what the fields of TmdbMovie hold on every database
MAX_MONEY = 2**63 - 1
MAX_LANGUAGE, MAX_IMDB_ID, MAX_PATH = 8, 12, 100  # letters
UNKEPT = re.compile(r"[\x00\ud800-\udfff]")  # no database keeps these in a text
POSTER_PATH = re.compile(r"/[A-Za-z0-9_-][A-Za-z0-9_.-]*")  # one segment: it is put behind an address of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    tmdb_id: int
    title: str
    original_title: str
    original_language: str
    release_date: date | None
    popularity: float | None
    vote_average: float | None
    vote_count: int | None
    overview: str
    poster_path: str
    video: bool

    @classmethod
    def from_json(cls, item: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError when `item` has no usable id or title."""
        return cls(**_common(item), video=bool(item.get("video")))


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    hits: tuple[SearchHit, ...]  # of one page, at most 20
    total: int  # on all pages, also of hits that are no use

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        hits = usable_hits(body["results"])
        return cls(hits=hits, total=_positive(body.get("total_results")) or len(hits))


@dataclass(frozen=True, slots=True, kw_only=True)
class MovieDetails:
    tmdb_id: int
    title: str
    original_title: str
    original_language: str
    release_date: date | None
    popularity: float | None
    vote_average: float | None
    vote_count: int | None
    overview: str
    poster_path: str
    imdb_id: str
    runtime: int | None
    budget: int | None
    revenue: int | None
    countries: list[str]
    genres: list[str]
    directors: list[str]
    cast: list[str]
    other_titles: list[str]  # that TMDB knows it by, where they were asked for

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        credits = body.get("credits")
        people = credits if isinstance(credits, dict) else {}
        return cls(
            **_common(body),
            imdb_id=_short(body.get("imdb_id"), MAX_IMDB_ID),
            runtime=_positive(body.get("runtime")),
            budget=_positive(body.get("budget"), MAX_MONEY),
            revenue=_positive(body.get("revenue"), MAX_MONEY),
            countries=_names(_rows(body.get("production_countries"))),
            genres=_names(_rows(body.get("genres"))),
            directors=_names(p for p in _rows(people.get("crew")) if p.get("job") == "Director")[:MAX_DIRECTORS],
            cast=_names(sorted(_rows(people.get("cast")), key=_place))[:MAX_CAST],
            other_titles=_other_titles(body.get("alternative_titles")),
        )


class Tmdb(Protocol):
    """What the workers ask: TMDB itself, or the sample in its place. `fresh` passes the cache by."""

    def search(self, title: str, year: int | None = None, *, page: int = 1, fresh: bool = False) -> SearchAnswer: ...
    def details(self, tmdb_id: int, *, with_titles: bool = False) -> MovieDetails: ...
    def most_voted(self, page: int) -> SearchAnswer: ...


def usable_hits(items: Any) -> tuple[SearchHit, ...]:
    """The hits that have an id and a title. Raises TypeError when `items` is no list, or holds only odd ones:
    then TMDB speaks another language, and that is not "none found"."""
    if not isinstance(items, list):
        raise TypeError("hits come in a list")
    usable = tuple(hit for item in items if (hit := _hit(item)))
    if items and not usable:
        raise TypeError("no hit can be read")
    return usable


def _hit(item: Any) -> SearchHit | None:
    try:
        return SearchHit.from_json(item)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _common(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "tmdb_id": _id(item["id"]),
        "title": _title(item["title"]),
        "original_title": _text(item.get("original_title")),
        "original_language": _short(item.get("original_language"), MAX_LANGUAGE),
        "release_date": _date(item.get("release_date")),
        "popularity": _measure(item.get("popularity")),
        "vote_average": _measure(item.get("vote_average")),
        "vote_count": _positive(item.get("vote_count")),
        "overview": _text(item.get("overview")),
        "poster_path": _poster_path(item.get("poster_path")),
    }


def _id(value: Any) -> int:
    number = _positive(value)
    if number is None:
        raise ValueError("a film has a number")
    return number


def _title(value: Any) -> str:
    title = _text(value)
    if not title:
        raise TypeError("a film has a title")
    return title


def _text(value: Any) -> str:
    return UNKEPT.sub("", value) if isinstance(value, str) else ""


def _short(value: Any, longest: int) -> str:
    """A code or path: cut off it would be another one."""
    text = _text(value)
    return text if len(text) <= longest else ""


def _poster_path(value: Any) -> str:
    """Nothing for a path that could lead elsewhere than to a picture."""
    path = _short(value, MAX_PATH)
    return path if POSTER_PATH.fullmatch(path) else ""


def _positive(value: Any, most: int = LARGEST) -> int | None:
    return int(value) if _is_number(value) and 1 <= value <= most else None


def _measure(value: Any) -> float | None:
    return float(value) if _is_number(value) and value > 0 else None


def _is_number(value: Any) -> TypeGuard[int | float]:
    """Finite: JSON's 1e400 is read as infinity, and a number of 400 digits fits into no float."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _other_titles(part: Any) -> list[str]:
    rows = _rows(part.get("titles")) if isinstance(part, dict) else []
    return [title for row in rows if (title := _text(row.get("title")))]


def _place(person: Mapping[str, Any]) -> float:
    """A person's place in the cast; without one, the last."""
    order = person.get("order")
    return float(order) if _is_number(order) else LARGEST


def _names(people: Iterable[Mapping[str, Any]]) -> list[str]:
    """Names in order, each once: one person has a row for each of their jobs."""
    names = (_text(person.get("name")) for person in people)
    return list(dict.fromkeys(name for name in names if name))
