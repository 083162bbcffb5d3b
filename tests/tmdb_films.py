"""What the tests' stand-in for TMDB knows and answers: the sample's films, invented ones, and posters. No HTTP here."""

import json
import math
import re
import struct
import unicodedata
import zlib
from collections.abc import Iterable
from functools import cache
from itertools import islice, product
from typing import Any, NamedTuple

from enrichment.tmdb import sample

Film = dict[str, Any]
OWN = {"credits", "other_titles", "other_years"}  # kept beside TMDB's fields
HIT = (
    "adult backdrop_path id original_language original_title overview popularity poster_path "
    "release_date title video vote_average vote_count"
).split()


class Answer(NamedTuple):
    status: int
    body: dict[str, Any] | bytes  # bytes are a page of HTML

    @property
    def sent(self) -> tuple[bytes, str]:
        """The body as it is sent, and its content type."""
        if isinstance(self.body, bytes):
            return self.body, "text/html"
        return json.dumps(self.body).encode(), "application/json;charset=utf-8"


def error(status: int, code: int, message: str) -> Answer:
    return Answer(status, {"success": False, "status_code": code, "status_message": message})


NO_PAGE = error(400, 22, "Invalid page: Pages start at 1 and max at 500. They are expected to be an integer.")
NOT_FOUND = error(404, 34, "The resource you requested could not be found.")


def film(id: int, title: str, year: int | None = None, **facts: Any) -> Film:
    """A film as TMDB's details tell it, and what only a search knows: `other_titles` and `other_years` (lists).
    `directors` and `cast` are lists of names; any other fact replaces TMDB's field of that name."""
    cast, directors = facts.pop("cast", ["Ann Actor", "Bo Player"]), facts.pop("directors", ["Di Rector"])
    return {
        "adult": False,
        "backdrop_path": None,
        "budget": 0,
        "genres": [{"id": 18, "name": "Drama"}],
        "id": id,
        "imdb_id": f"tt{id:07}",
        "original_language": "en",
        "original_title": title,
        "overview": "",
        "popularity": 1.0,
        "poster_path": f"/{id}.png",
        "production_countries": [{"iso_3166_1": "FR", "name": "France"}],
        "release_date": f"{year}-06-15" if year else "",
        "revenue": 0,
        "runtime": 100,
        "title": title,
        "video": False,
        "vote_average": 6.5,
        "vote_count": 100,
        "credits": {
            "cast": [{"name": name, "character": "", "order": order} for order, name in enumerate(cast)],
            "crew": [{"name": name, "job": "Director", "department": "Directing"} for name in directors],
        },
        "other_titles": [],
        "other_years": [],
    } | facts


def sample_films() -> list[Film]:
    known = [sample.details(one) | {"credits": sample.credits(one)} for one in sample.catalogue().films]
    return [film(one["id"], one["title"]) | one | {"poster_path": f"/{one['id']}.png"} for one in known]


def generated_films(count: int) -> list[Film]:
    """Invented films, the same every time, no title twice; at most 10,000."""
    places = "Aarhus Bilbao Cork Dakar Essen Faro Ghent Hanoi Izmir Jaffa Kyoto Lagos Malmö Nîmes Oslo Pécs".split()
    things = "Anchor Bridge Candle Diver Engine Ferry Garden Harvest Island Juggler Kite Ladder Mirror Needle".split()
    colours = "Amber Blue Crimson Dusty Emerald Frosted Golden Hazel Ivory Jade Khaki Lilac Mauve Noir Ochre".split()
    others = ["", "Return to ", "Farewell to "]
    titles = (f"{before}The {c} {t} of {p}" for before, p, t, c in product(others, places, things, colours))
    return [film(5_000_000 + n, title, 1930 + n * 7 % 95) for n, title in enumerate(islice(titles, count))]


@cache
def default_films() -> tuple[Film, ...]:
    return (*sample_films(), *generated_films(1000))


@cache
def words(text: str) -> frozenset[str]:
    """Case, accents and punctuation make no difference, but `&` is a word, and another than `and`."""
    letters = (c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return frozenset(re.findall(r"\w+|&", "".join(letters)))


class Catalogue:
    """TMDB's answers over some films."""

    def __init__(self, films: Iterable[Film]) -> None:
        self.films: dict[int, Film] = {}
        self.add(*films)

    def add(self, *films: Film) -> None:
        self.films |= {one["id"]: one for one in films}

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        if path == "/3/authentication":
            return Answer(200, {"success": True, "status_code": 1, "status_message": "Success."})
        if path == "/3/search/movie":
            return self.search(query)
        if path == "/3/discover/movie":
            return self.discover(query)
        if found := re.fullmatch(r"/3/movie/(\d+)", path):
            return self.details(int(found[1]), query)
        if found := re.fullmatch(r"/3/find/(tt\d+)", path):
            hits = [hit(one) | {"media_type": "movie"} for one in self.films.values() if one["imdb_id"] == found[1]]
            empty: dict[str, Any] = {f"{kind}_results": [] for kind in ("person", "tv", "tv_episode", "tv_season")}
            return Answer(200, {"movie_results": hits, **empty})
        return NOT_FOUND

    def search(self, query: dict[str, str]) -> Answer:
        if not query.get("query", "").strip():
            return Answer(422, {"errors": ["query must be provided"]})
        asked = words(query["query"])
        if not asked or not unicodedata.is_normalized("NFC", query["query"]):
            return page([], query)
        names = ((one, (one["title"], one["original_title"], *one["other_titles"])) for one in self.films.values())
        found = [one for one, titles in names if any(asked <= words(title) for title in titles)]
        return page([one for one in found if is_of_year(one, query)], query)

    def discover(self, query: dict[str, str]) -> Answer:
        least = int(query.get("vote_count.gte", 0))
        return page([f for f in self.films.values() if f["vote_count"] >= least and is_of_year(f, query)], query)

    def details(self, id: int, query: dict[str, str]) -> Answer:
        one = self.films.get(id)
        if one is None:
            return NOT_FOUND
        appended = set(query.get("append_to_response", "").split(","))
        body = {name: value for name, value in one.items() if name not in OWN - ({"credits"} & appended)}
        if "alternative_titles" in appended:
            body["alternative_titles"] = {"titles": [{"title": title} for title in one["other_titles"]]}
        return Answer(200, body)


def hit(one: Film) -> dict[str, Any]:
    return {name: one[name] for name in HIT} | {"genre_ids": [genre["id"] for genre in one["genres"]]}


def is_of_year(one: Film, query: dict[str, str]) -> bool:
    """`year` is that of any release, `primary_release_year` of the one shown."""
    shown = one["release_date"][:4]
    if year := query.get("primary_release_year"):
        return bool(shown == year)
    year = query.get("year")
    return not year or year in {shown, *map(str, one["other_years"])}


def page(films: list[Film], query: dict[str, str]) -> Answer:
    number = int(query.get("page", 1))
    if not 1 <= number <= 500:
        return NO_PAGE
    hits = [hit(one) for one in sorted(films, key=lambda one: -one["vote_count"])]
    counts = {"total_pages": math.ceil(len(hits) / 20), "total_results": len(hits)}
    return Answer(200, {"page": number, "results": hits[20 * (number - 1) : 20 * number], **counts})


def poster(path: str) -> bytes:
    """A small PNG card, 2:3, of a colour that goes with the path."""
    number = zlib.crc32(path.encode())
    colour = bytes(60 + (number >> shift) % 140 for shift in (0, 8, 16))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 20, 30, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress((b"\0" + colour * 20) * 30)),
        (b"IEND", b""),
    )
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)
