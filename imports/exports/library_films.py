"""The films of a library with their viewings and reviews, read so that no more is held at a time than a portion,
however many viewings a film has."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db.models import F

from imports.library.reviews import ReviewOf, reviews_of
from imports.models import LibraryFilm, LibraryViewing

from .streams import BATCH, batches

MOST_VIEWINGS = 1_000  # held at a time
NEWEST_FIRST = (F("watched_on").desc(nulls_last=True), "-pk")


class Told(NamedTuple):
    """A viewing and what was written about it."""

    viewing: LibraryViewing
    reviews: list[ReviewOf]

    @property
    def review(self) -> str:
        return "\n\n".join(review.text for review in self.reviews)


class FilmTold(NamedTuple):
    """A film with its viewings, the oldest first, those without a day last; an iterator where they are too many."""

    film: LibraryFilm
    viewings: Iterable[Told]

    @property
    def is_held(self) -> bool:
        return isinstance(self.viewings, list)


def films(user: User, **only: Any) -> Iterator[FilmTold]:
    """The films of a library by their titles, in an order that says nothing of when they came."""
    rows = user.library_films.filter(**only).select_related("tmdb_movie").order_by("title_key", "year", "key")
    for batch in batches(rows.iterator(chunk_size=BATCH)):
        for portion in _portions(batch):
            yield from _with_viewings(portion)


def viewings(user: User) -> Iterator[Told]:
    """The viewings of a library, newest first, each with its film."""
    rows = user.library_viewings.select_related("film__tmdb_movie").order_by(*NEWEST_FIRST)
    return _with_reviews(rows.iterator(chunk_size=BATCH))


def _portions(batch: list[LibraryFilm]) -> Iterator[list[LibraryFilm]]:
    """As many films together as have no more viewings than are held, or one that has more."""
    portion: list[LibraryFilm] = []
    count = 0
    for film in batch:
        if portion and count + film.viewings_count > MOST_VIEWINGS:
            yield portion
            portion, count = [], 0
        portion.append(film)
        count += film.viewings_count
    yield portion


def _with_viewings(portion: list[LibraryFilm]) -> Iterator[FilmTold]:
    rows = LibraryViewing.objects.filter(film__in=portion).order_by("film", "place", "pk")
    if portion[0].viewings_count > MOST_VIEWINGS:  # it stands alone
        yield FilmTold(portion[0], _with_reviews(rows.iterator(chunk_size=BATCH)))
        return
    of_film: dict[int, list[Told]] = defaultdict(list)
    for told in _with_reviews(rows):
        of_film[told.viewing.film_id].append(told)
    yield from (FilmTold(film, of_film[film.pk]) for film in portion)


def _with_reviews(rows: Iterable[LibraryViewing]) -> Iterator[Told]:
    for batch in batches(rows):
        reviews = reviews_of(batch)
        yield from (Told(viewing, reviews.get(viewing.pk, [])) for viewing in batch)
