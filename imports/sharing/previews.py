"""Which picture a share link has, kept until what is on it changes, or the link is revoked."""

from hashlib import sha256
from typing import NamedTuple

from django.core.cache import caches
from django.utils.translation import get_language, gettext

from enrichment import services as enrichment
from imports.models import ShareLink
from imports.statistics import kept

from . import reading
from .picture import MOST_POSTERS, Picture, Poster, draw

POSTER_SIZE = "w185"
WAIT_FOR_POSTERS = 1.2  # seconds
KEEP_WHOLE, KEEP_LACKING = 24 * 60 * 60, 5 * 60  # seconds; the posters that could not be had are tried again


class Kept(NamedTuple):
    state: str  # of what the picture is made from: while it is the same, nothing is read
    drawn: bytes
    mark: str  # of what is on it
    seconds: int


def preview(link: ShareLink) -> bytes:
    """A PNG, drawn at most once for what is on it."""
    state, stored = _state(link), caches["pictures"].get(_name(link))
    kept = Kept(*stored) if stored else None
    if kept is not None and kept.state == state:
        return kept.drawn
    picture = _picture(link)
    mark = sha256(repr(picture).encode()).hexdigest()
    if kept is not None and kept.mark == mark:
        new = kept._replace(state=state)
    else:
        drawn, seconds = _drawn(picture, is_awaiting=reading.awaits_details(link))
        new = Kept(state, drawn, mark, seconds)
    caches["pictures"].set(_name(link), tuple(new), new.seconds)
    return new.drawn


def _drawn(picture: Picture, *, is_awaiting: bool) -> tuple[bytes, int]:
    """The picture as a PNG, and for how many seconds it may be kept."""
    paths = {poster.path for poster in picture.posters if poster.path}
    images = enrichment.posters(paths, POSTER_SIZE, WAIT_FOR_POSTERS)
    is_whole = paths == images.keys() and not is_awaiting
    return draw(picture, images), KEEP_WHOLE if is_whole else KEEP_LACKING


def _state(link: ShareLink) -> str:
    shown = (link.name, link.shows_films, link.shows_statistics, link.shows_ratings, get_language())
    state = f"{link.token_hash} {kept.mark_of(link.thing)} {shown}"  # its own, though numbers start anew
    return sha256(state.encode()).hexdigest()


def forget(link: ShareLink) -> None:
    caches["pictures"].delete(_name(link))


def title(link: ShareLink) -> str:
    return link.name or gettext("A film history")


def _picture(link: ShareLink) -> Picture:
    numbers = tuple((number.figure, number.label) for number in reading.numbers(link))
    return Picture(title(link), numbers, _posters(link) if link.shows_films else ())


def _posters(link: ShareLink) -> tuple[Poster, ...]:
    films = reading.best_known(link)[:MOST_POSTERS]
    return tuple(
        Poster(film.title, film.film_year, film.tmdb_movie.poster_path if film.tmdb_movie else "") for film in films
    )


def _name(link: ShareLink) -> str:
    return f"preview-{link.pk}"
