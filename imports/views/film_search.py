"""A search by hand: at once what is known here, and then what TMDB finds besides. Without JavaScript both in one."""

from dataclasses import dataclass, replace
from typing import Literal

from enrichment import services as enrichment
from enrichment.models import TmdbMovie
from imports.models import Usage
from imports.web import limits
from imports.web.htmx import HtmxHttpRequest, wants_fragment

REST = "rest"  # in the address: only what TMDB finds besides the films that are shown already


@dataclass(frozen=True, slots=True)
class Searched:
    films: list[TmdbMovie]
    by: Literal["nobody", "us", "tmdb", "tmdb_besides"]
    problem: str = ""
    status: int = 200
    rest_url: str = ""  # where to ask for what TMDB finds besides


NOT_YET = Searched([], "nobody")


def searched(request: HtmxHttpRequest, q: str, year: int | None = None) -> Searched:
    if not q:
        return NOT_YET
    known = enrichment.suggest(q, year)
    # without JavaScript nobody would ask for the rest
    if not known or not wants_fragment(request):
        return _asked(request, q, year, known)
    if REST not in request.GET:
        # at once; the page asks for the rest by itself, which takes as long as TMDB does
        return Searched(known, "us", rest_url=f"{request.get_full_path()}&{REST}=1")
    result = _asked(request, q, year, known)
    return replace(result, films=[film for film in result.films if film not in known], by="tmdb_besides")


def _asked(request: HtmxHttpRequest, q: str, year: int | None, known: list[TmdbMovie]) -> Searched:
    """What TMDB finds; where that is nothing, or it can't be asked, what is known here."""
    try:
        with limits.counted(request, Usage.Kind.SEARCH):
            films = enrichment.search_by_hand(q, year)
    except limits.TooMany as full:
        return Searched(known, "us", str(full), 429)
    except enrichment.SearchRefused as refused:
        return Searched([], "tmdb", str(refused), 400)
    except enrichment.SearchUnavailable as trouble:
        # films to pick from are an answer, whatever is wrong with TMDB
        return Searched(known, "us", str(trouble), 200 if known else 503)
    return Searched(films, "tmdb") if films or not known else Searched(known, "us")
