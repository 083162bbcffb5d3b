"""The films of a library with their viewings and reviews, read so that no more is held at a time than a portion,
however many viewings a film has."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db.models import F
from django.db.models.functions import Length

from imports.library.reviews import ReviewOf, reviews_of
from imports.models import LibraryFilm, LibraryViewing, Viewing

from .streams import BATCH, batches

MOST_VIEWINGS = 1_000  # held at a time
MOST_CHARACTERS = 1_000_000  # of reviews
NEWEST_FIRST = (F("watched_on").desc(nulls_last=True), "-pk")


class Reviewed(NamedTuple):
    """A viewing and what was written about it."""

    viewing: LibraryViewing
    reviews: list[ReviewOf]

    @property
    def review(self) -> str:
        return "\n\n".join(review.text for review in self.reviews)


class FilmWithViewings(NamedTuple):
    """A film with its viewings, the oldest first, those without a day last: to be read before the next film is."""

    film: LibraryFilm
    viewings: Iterator[Reviewed]


def films(user: User, **only: Any) -> Iterator[FilmWithViewings]:
    """The films of a library by their titles, in an order that says nothing of when they came."""
    rows = user.library_films.filter(**only).select_related("tmdb_movie").order_by("title_key", "year", "key")
    for batch in batches(rows.iterator(chunk_size=BATCH)):
        for portion in _portions(batch):
            yield from _with_viewings(portion)


def viewings(user: User) -> Iterator[Reviewed]:
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


def _with_viewings(portion: list[LibraryFilm]) -> Iterator[FilmWithViewings]:
    rows = LibraryViewing.objects.filter(film__in=portion).order_by("film", "place", "pk")
    if portion[0].viewings_count > MOST_VIEWINGS:  # it stands alone
        yield FilmWithViewings(portion[0], _with_reviews(rows.iterator(chunk_size=BATCH)))
        return
    of_film: dict[int, list[LibraryViewing]] = defaultdict(list)
    for viewing in rows:
        of_film[viewing.film_id].append(viewing)
    all_told = _with_reviews(viewing for film in portion for viewing in of_film[film.pk])
    for film in portion:
        viewings = islice(all_told, len(of_film[film.pk]))
        yield FilmWithViewings(film, viewings)
        deque(viewings, maxlen=0)  # whatever was not read


def _with_reviews(rows: Iterable[LibraryViewing]) -> Iterator[Reviewed]:
    for batch in batches(rows):
        for portion in _by_length(batch):
            reviews = reviews_of(portion)
            yield from (Reviewed(viewing, reviews.get(viewing.pk, [])) for viewing in portion)


def _by_length(batch: list[LibraryViewing]) -> Iterator[list[LibraryViewing]]:
    """As many together as have no more written about them than is held, or one that has more."""
    numbers = {viewing.pk: _numbers(viewing) for viewing in batch if viewing.has_review}
    written = Viewing.objects.filter(pk__in=[number for some in numbers.values() for number in some])
    lengths = dict(written.values_list("pk", Length("review"))) if numbers else {}
    portion: list[LibraryViewing] = []
    characters = 0
    for viewing in batch:
        length = sum(lengths.get(number, 0) for number in numbers.get(viewing.pk, ()))
        if portion and characters + length > MOST_CHARACTERS:
            yield portion
            portion, characters = [], 0
        portion.append(viewing)
        characters += length
    yield portion


def _numbers(viewing: LibraryViewing) -> list[int]:
    return [row["viewing"] for evidence in viewing.told_by for row in evidence["rows"] if row["viewing"]]
