"""What we keep of TMDB's answers. Zero, empty and null all mean "not known"; unknown fields are passed over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, Self

MAX_DIRECTORS = 3
MAX_CAST = 10


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
        """Raises KeyError, TypeError or ValueError when `item` has no id or title."""
        return cls(**_common(item), video=bool(item.get("video")))


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    hits: tuple[SearchHit, ...]  # the first page, at most 20
    total: int  # on all pages

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        hits = tuple(SearchHit.from_json(item) for item in body["results"])
        return cls(hits=hits, total=int(body.get("total_results") or len(hits)))


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

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        credits = body.get("credits") or {}
        crew = credits.get("crew") or []
        cast = sorted(credits.get("cast") or [], key=lambda person: person.get("order", 999))
        return cls(
            **_common(body),
            imdb_id=body.get("imdb_id") or "",
            runtime=_positive(body.get("runtime")),
            budget=_positive(body.get("budget")),
            revenue=_positive(body.get("revenue")),
            countries=_names(body.get("production_countries") or []),
            genres=_names(body.get("genres") or []),
            directors=_names(p for p in crew if p.get("job") == "Director")[:MAX_DIRECTORS],
            cast=_names(cast)[:MAX_CAST],
        )


class Tmdb(Protocol):
    """What the workers ask: TMDB itself, or the sample in its place. `fresh` passes the cache by."""

    def search(self, title: str, year: int | None = None, *, fresh: bool = False) -> SearchAnswer: ...
    def details(self, tmdb_id: int) -> MovieDetails: ...
    def most_voted(self, page: int) -> SearchAnswer: ...


def _common(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "tmdb_id": int(item["id"]),
        "title": _title(item["title"]),
        "original_title": item.get("original_title") or "",
        "original_language": item.get("original_language") or "",
        "release_date": _date(item.get("release_date")),
        "popularity": item.get("popularity") or None,
        "vote_average": item.get("vote_average") or None,
        "vote_count": _positive(item.get("vote_count")),
        "overview": item.get("overview") or "",
        "poster_path": item.get("poster_path") or "",
    }


def _title(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("a film has a title")
    return value


def _positive(value: Any) -> int | None:
    return int(value) if value and int(value) > 0 else None


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


def _names(people: Iterable[Mapping[str, Any]]) -> list[str]:
    """Names in order, each once: one person has a row for each of their jobs."""
    return list(dict.fromkeys(person["name"] for person in people if person.get("name")))
