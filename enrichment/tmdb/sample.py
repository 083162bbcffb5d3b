"""The built-in sample catalogue: it answers in TMDB's place, in TMDB's shapes, until there is a key.

The films are in sample.json, written down by hand: titles, names, dates and ids, no texts and no pictures.
A film's `standing` is our own rough estimate of how many people voted for it on TMDB. It is there so that the
matcher can tell namesakes apart as it does with TMDB's votes, and is not shown as anybody's opinion.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

PAGE_SIZE = 20


@dataclass(frozen=True, kw_only=True)
class Film:
    id: int
    imdb_id: str
    title: str
    original_title: str = ""  # when it is another than the title
    release_date: str  # ISO
    runtime: int  # minutes
    language: str  # ISO 639-1, TMDB's `cn` for Cantonese and `xx` for none
    countries: list[str]  # ISO 3166-1, the main one first
    genres: list[str]
    directors: list[str]
    cast: list[str]
    standing: int
    names: list[set[str]] = field(init=False)  # the words of each title

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", [words(self.title), words(self.original_title)])


class Catalogue(NamedTuple):
    films: list[Film]  # the best known first
    genres: dict[str, int]  # TMDB's names and numbers
    countries: dict[str, str]  # code -> TMDB's name


class Answer(NamedTuple):
    status: HTTPStatus
    body: dict[str, Any]


NOT_FOUND = Answer(
    HTTPStatus.NOT_FOUND,
    {"success": False, "status_code": 34, "status_message": "The resource you requested could not be found."},
)
NO_QUERY = Answer(HTTPStatus.UNPROCESSABLE_ENTITY, {"errors": ["query must be provided"]})


class SampleAdapter(HTTPAdapter):
    """Mounted on a requests session for TMDB's address, answers from the sample catalogue and opens no socket."""

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        status, body = answer(request.url or "")
        raw = HTTPResponse(
            body=BytesIO(json.dumps(body).encode()),
            headers={"Content-Type": "application/json;charset=utf-8"},
            status=status,
            reason=status.phrase,
            preload_content=False,
            request_method=request.method,
            request_url=request.url,
        )
        return self.build_response(request, raw)


def answer(url: str) -> Answer:
    """What TMDB would answer to this URL, whatever comes before the API's own path."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    for pattern, reply in ROUTES.items():
        if match := re.search(pattern, parts.path):
            return reply(match, query)
    return NOT_FOUND


@cache
def catalogue() -> Catalogue:
    data = json.loads(Path(__file__).with_name("sample.json").read_text(encoding="utf-8"))
    films = sorted((Film(**row) for row in data["films"]), key=lambda film: -film.standing)
    return Catalogue(films, data["genres"], data["countries"])


@cache
def person_ids() -> dict[str, int]:
    """TMDB numbers people; these numbers are our own, and hold within the catalogue only."""
    names = {name for film in catalogue().films for name in [*film.directors, *film.cast]}
    return {name: number for number, name in enumerate(sorted(names), start=1)}


def words(text: str) -> set[str]:
    """The words that a search compares, as TMDB does: case, accents and punctuation make no difference."""
    letters = (c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return set(re.findall(r"\w+", "".join(letters)))


def search(_: re.Match[str], query: Mapping[str, str]) -> Answer:
    asked = words(query.get("query", ""))
    if not asked:
        return NO_QUERY
    year = query.get("primary_release_year") or query.get("year") or ""
    return page((film for film in of_year(year) if any(asked <= name for name in film.names)), query)


def discover(_: re.Match[str], query: Mapping[str, str]) -> Answer:
    return page(of_year(query.get("primary_release_year", "")), query)


def of_year(year: str) -> Iterable[Film]:
    return (film for film in catalogue().films if film.release_date.startswith(year))


def page(films: Iterable[Film], query: Mapping[str, str]) -> Answer:
    number, hits = int(query.get("page", 1)), [hit(film) for film in films]
    start = (number - 1) * PAGE_SIZE
    counts = {"total_pages": -(-len(hits) // PAGE_SIZE), "total_results": len(hits)}
    return Answer(HTTPStatus.OK, {"page": number, "results": hits[start : start + PAGE_SIZE], **counts})


def movie(match: re.Match[str], query: Mapping[str, str]) -> Answer:
    for film in catalogue().films:
        if film.id == int(match["id"]):
            with_credits = "credits" in query.get("append_to_response", "").split(",")
            return Answer(HTTPStatus.OK, details(film) | ({"credits": credits(film)} if with_credits else {}))
    return NOT_FOUND


def find(match: re.Match[str], _: Mapping[str, str]) -> Answer:
    hits = [hit(film) | {"media_type": "movie"} for film in catalogue().films if film.imdb_id == match["imdb_id"]]
    others: dict[str, Any] = {f"{kind}_results": [] for kind in ("person", "tv", "tv_episode", "tv_season")}
    return Answer(HTTPStatus.OK, {"movie_results": hits, **others})


def authentication(_: re.Match[str], __: Mapping[str, str]) -> Answer:
    return Answer(HTTPStatus.OK, {"success": True, "status_code": 1, "status_message": "Success."})


ROUTES: dict[str, Callable[[re.Match[str], Mapping[str, str]], Answer]] = {
    r"/search/movie$": search,
    r"/discover/movie$": discover,
    r"/movie/(?P<id>\d+)$": movie,
    r"/find/(?P<imdb_id>tt\d+)$": find,
    r"/authentication$": authentication,
}


def hit(film: Film) -> dict[str, Any]:
    genres = catalogue().genres
    return facts(film) | {"genre_ids": [genres[name] for name in film.genres]}


def details(film: Film) -> dict[str, Any]:
    _, genres, countries = catalogue()
    return facts(film) | {
        "belongs_to_collection": None,
        "budget": 0,
        "genres": [{"id": genres[name], "name": name} for name in film.genres],
        "homepage": "",
        "imdb_id": film.imdb_id,
        "origin_country": film.countries[:1],
        "production_companies": [],
        "production_countries": [{"iso_3166_1": code, "name": countries[code]} for code in film.countries],
        "revenue": 0,
        "runtime": film.runtime,
        "spoken_languages": [],
        "status": "Released",
        "tagline": "",
    }


def facts(film: Film) -> dict[str, Any]:
    """What search hits and details have in common; what the catalogue does not know has TMDB's empty form."""
    return {
        "adult": False,
        "backdrop_path": None,
        "id": film.id,
        "original_language": film.language,
        "original_title": film.original_title or film.title,
        "overview": "",
        "popularity": film.standing / 100,
        "poster_path": None,
        "release_date": film.release_date,
        "title": film.title,
        "video": False,
        "vote_average": 0,
        "vote_count": film.standing,
    }


def credits(film: Film) -> dict[str, Any]:
    cast = [person(name) | {"character": "", "order": order} for order, name in enumerate(film.cast)]
    crew = [person(name) | {"job": "Director", "department": "Directing"} for name in film.directors]
    return {"cast": cast, "crew": crew}


def person(name: str) -> dict[str, Any]:
    return {"id": person_ids()[name], "name": name, "original_name": name, "profile_path": None}
