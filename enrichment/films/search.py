"""A person looks for a film: by its title, its number, or an address."""

import re
from collections.abc import Iterator

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from enrichment import titles
from enrichment.models import DetailsStatus, TmdbMovie
from enrichment.numbers import FIRST_FILM_YEAR, LARGEST, YEARS_AHEAD
from enrichment.tmdb.client import client
from enrichment.tmdb.errors import TMDBGone, TMDBRejected, TMDBUnavailable

from . import best_known
from .records import keep_details, keep_hits

LONGEST = 200
MOST = 20  # films in one answer
SUGGESTED = 8
PATIENCE = 3.0  # seconds that a person waits for a permit

TMDB_ADDRESS = re.compile(r"themoviedb\.org/(\w+)(?:/(\d+))?", re.IGNORECASE)
IMDB_ADDRESS = re.compile(r"imdb\.com/", re.IGNORECASE)
IMDB_ID = re.compile(r"\btt\d{7,8}\b")
BRACKETED_YEAR = re.compile(r"^(.*\S)\s*\((\d{4})\)$")
BARE_YEAR = re.compile(r"^(.*\S)[\s,]+(\d{4})$")


class SearchRefused(Exception):
    """What was typed can't lead to a film; its text is a sentence for the person."""


class SearchUnavailable(Exception):
    """TMDB can't be asked just now; its text is a sentence for the person."""


def search_by_hand(text: str, year: int | None = None) -> list[TmdbMovie]:
    """The films that `text` may mean, at most 20, in TMDB's order: a title, with or without its year at the end, a
    TMDB or IMDb id, or an address there. None found is an answer.
    Raises SearchRefused and SearchUnavailable. Never call it inside a transaction: it may wait for a permit."""
    text = _tidy(text)
    if len(text) > LONGEST:
        raise SearchRefused(gettext("That is too long for a title: at most %(n)d characters.") % {"n": LONGEST})
    try:
        return _in_order(_ids(text, year))[:MOST]
    except TMDBUnavailable as trouble:
        raise SearchUnavailable(_sentence(trouble)) from trouble
    except TMDBRejected as trouble:
        raise SearchUnavailable(gettext("TMDB's answer could not be understood. Try other words.")) from trouble


def suggest(text: str, year: int | None = None) -> list[TmdbMovie]:
    """What search_by_hand may find, at once and without a request: the best known films by that title, that begin so,
    or that are alike. A number or an address suggests nothing."""
    text = _tidy(text)
    if len(text) > LONGEST or TMDB_ADDRESS.search(text) or IMDB_ID.search(text) or IMDB_ADDRESS.search(text):
        return []
    for title, of_year in _readings(text, year):
        if titles.fold(title) and (ids := best_known.suggestions(title, of_year, SUGGESTED)):
            return _in_order(ids)
    return []


def _tidy(text: str) -> str:
    return " ".join(text.encode(errors="ignore").decode().replace("\0", "").split())


def _ids(text: str, year: int | None) -> list[int]:
    if address := TMDB_ADDRESS.search(text):
        return _by_address(address[1], address[2])
    if imdb := IMDB_ID.search(text):
        return _by_imdb_id(imdb[0])
    if IMDB_ADDRESS.search(text):
        raise SearchRefused(gettext("That address leads to no film: a film's has a number like tt0113277 in it."))
    if not titles.query(text):
        raise SearchRefused(gettext("Type a title, or a film's address at TMDB or IMDb."))
    found_ids = _by_title(text, year)
    if text.isdecimal() and (numbered := _known_or_asked(int(text))):  # 949 may be a number, and 1917 is a title
        found_ids = [*found_ids[: MOST - 1], numbered]
    return found_ids


def _by_address(kind: str, number: str | None) -> list[int]:
    if kind == "tv":
        raise SearchRefused(gettext("That is a series at TMDB, and only films can be taken."))
    if kind != "movie" or number is None:
        raise SearchRefused(gettext("That address leads to no film: a film's is like themoviedb.org/movie/949."))
    if found := _known_or_asked(int(number)):
        return [found]
    raise SearchRefused(gettext("TMDB has no film with the number %(number)s, or has it no more.") % {"number": number})


def _by_imdb_id(imdb_id: str) -> list[int]:
    hit = client(PATIENCE).find_imdb(imdb_id)
    if hit is None:
        raise SearchRefused(
            gettext("TMDB knows no film with the IMDb number %(number)s. It may be a series or an episode.")
            % {"number": imdb_id}
        )
    keep_hits([hit])
    return [hit.tmdb_id]


def _by_title(text: str, year: int | None) -> list[int]:
    """The ids that the first reading of the text finds which finds anything."""
    for title, of_year in _readings(text, year):
        if hits := client(PATIENCE).search(titles.query(title), of_year).hits:
            keep_hits(hits)
            return [hit.tmdb_id for hit in hits]
    return []


def _readings(text: str, year: int | None) -> Iterator[tuple[str, int | None]]:
    """Heat (1995) names its year; Heat 1995 most likely does, but Wonder Woman 1984 is a title."""
    if year is None and (named := BRACKETED_YEAR.match(text)):
        yield named[1], int(named[2])
        text = named[1]
    elif year is not None:
        yield text, year
    yield text, None
    bare = BARE_YEAR.match(text) if year is None else None
    if bare and FIRST_FILM_YEAR <= int(bare[2]) <= timezone.now().year + YEARS_AHEAD:
        yield bare[1], int(bare[2])
        yield bare[1], None


def _known_or_asked(tmdb_id: int) -> int | None:
    """The film of that number, asked for only when it isn't known; TMDB may give a merged film's new number."""
    if not 0 < tmdb_id <= LARGEST:
        return None
    known = TmdbMovie.objects.filter(pk=tmdb_id).exclude(title="")  # else it was purged
    status = known.values_list("details_status", flat=True).first()
    if status is not None and status != DetailsStatus.GONE:
        return tmdb_id
    try:
        details = client(PATIENCE).details(tmdb_id)
    except TMDBGone:
        return None
    keep_details(details)
    return None if status and details.tmdb_id == tmdb_id else details.tmdb_id


def _in_order(ids: list[int]) -> list[TmdbMovie]:
    """The films of these ids, in their order, without those that TMDB has deleted, or that were purged, since."""
    films = TmdbMovie.objects.exclude(Q(details_status=DetailsStatus.GONE) | Q(title="")).in_bulk(ids)
    return [films[pk] for pk in dict.fromkeys(ids) if pk in films]


def _sentence(trouble: TMDBUnavailable) -> str:
    if trouble.reason == "key":
        return gettext("TMDB refuses this installation's key, so nothing can be searched for.")
    if trouble.reason == "limited":
        return gettext("TMDB is very busy with imports just now. Try again in a moment.")
    return gettext("TMDB can't be reached just now. Try again in a moment.")
