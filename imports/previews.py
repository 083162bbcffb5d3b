"""Which picture a share link has, kept until what is on it changes, or the link is revoked."""

from hashlib import sha256

from django.core.cache import caches
from django.utils.translation import gettext

from enrichment import services as enrichment

from . import pictures, shared
from .models import ShareLink
from .pictures import Picture, Poster

POSTER_SIZE = "w185"
WAIT_FOR_POSTERS = 1.2  # seconds
KEEP_WHOLE, KEEP_LACKING = 24 * 60 * 60, 5 * 60  # seconds; the posters that could not be had are tried again


def preview(link: ShareLink) -> bytes:
    """A PNG, drawn at most once for what is on it."""
    picture = _picture(link)
    mark = sha256(repr(picture).encode()).hexdigest()
    kept = caches["pictures"].get(_name(link))
    if kept is not None and kept[0] == mark:
        return bytes(kept[1])
    wanted = {poster.path for poster in picture.posters if poster.path}
    images = enrichment.posters(wanted, POSTER_SIZE, WAIT_FOR_POSTERS)
    drawn = pictures.draw(picture, images)
    caches["pictures"].set(_name(link), (mark, drawn), KEEP_WHOLE if wanted == images.keys() else KEEP_LACKING)
    return drawn


def forget(link: ShareLink) -> None:
    caches["pictures"].delete(_name(link))


def title(link: ShareLink) -> str:
    return link.name or gettext("A film history")


def _picture(link: ShareLink) -> Picture:
    numbers = tuple((number.figure, number.label) for number in shared.numbers(link))
    return Picture(title(link), numbers, _posters(link) if link.shows_films else ())


def _posters(link: ShareLink) -> tuple[Poster, ...]:
    found = shared.best_known(link)[: pictures.MOST_POSTERS]
    return tuple(
        Poster(film.title, film.film_year, film.tmdb_movie.poster_path if film.tmdb_movie else "") for film in found
    )


def _name(link: ShareLink) -> str:
    return f"preview-{link.pk}"
