"""The films of an import with their viewings, read so that no more is held at a time than a portion, however much a
film has of them."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Count, F, Sum, TextField
from django.db.models.functions import Cast, Length

from imports.models import ImportSession, Movie, Ranking, Viewing

from .streams import BATCH, batches

# A portion. Most films have a viewing or two, so most portions are what a whole batch of films has.
MOST_VIEWINGS = 2_000
MOST_CHARACTERS = 1_000_000  # of reviews and tags
LENGTH = Length("review") + Length(Cast("tags", TextField()))


class Size(NamedTuple):
    viewings: int = 0
    characters: int = 0

    @property
    def is_a_portion(self) -> bool:
        return self.viewings <= MOST_VIEWINGS and self.characters <= MOST_CHARACTERS


class Summary(NamedTuple):
    """What is so of all viewings of a film."""

    rewatch: bool
    tags: list[str]
    review: str  # the last one that was written


class Viewings:
    """The viewings of a film, as its source told them: read anew each time unless they are few enough to be `held`."""

    def __init__(self, movie: Movie, count: int, held: list[Viewing] | None) -> None:
        self.movie, self.count, self.held = movie, count, held

    def __iter__(self) -> Iterator[Viewing]:
        return self._read("pk") if self.held is None else iter(self.held)

    def oldest_first(self) -> Iterator[Viewing]:
        """The viewings by their days, those without one first."""
        if self.held is None:
            return self._read(F("watched_on").asc(nulls_first=True), "pk")
        return iter(sorted(self.held, key=lambda viewing: viewing.watched_on or date.min))

    @cached_property
    def summary(self) -> Summary:
        rewatch, tags, review = False, set(), ""
        for viewing in self:
            rewatch |= viewing.rewatch
            tags.update(viewing.tags)
            review = viewing.review or review
        return Summary(rewatch, sorted(tags), review)

    def _read(self, *order: Any) -> Iterator[Viewing]:
        in_order = Viewing.objects.filter(movie=self.movie).order_by(*order).annotate(length=LENGTH)
        lengths = in_order.values_list("pk", "length").iterator(chunk_size=MOST_VIEWINGS)
        for portion in _portions((pk, Size(1, length)) for pk, length in lengths):
            viewings = Viewing.objects.in_bulk(portion)
            yield from (viewings[pk] for pk in portion if pk in viewings)


class Told(NamedTuple):
    """A film of the import with its TMDB film, its viewings as they were told, and what the library of a review's
    person has of it."""

    movie: Movie
    viewings: Viewings
    ranking: Ranking | None


def movies(session: ImportSession, **only: Any) -> Iterator[Told]:
    """The films of an import, in its order. With prefetch_related a film and its viewings would hold each other in
    memory until a late collection."""
    rows = session.movies.filter(**only).select_related("tmdb_movie").order_by("turn", "pk")
    for batch in batches(rows.iterator(chunk_size=BATCH)):
        ranked = _ranked(session, batch)
        for movie, viewings in _with_viewings(batch):
            yield Told(movie, viewings, ranked.get(movie.tmdb_movie_id))


def _with_viewings(batch: list[Movie]) -> Iterator[tuple[Movie, Viewings]]:
    movies, sizes = {movie.pk: movie for movie in batch}, _sizes(batch)
    for portion in _portions(sizes.items()):
        is_more_than_that = not sizes[portion[0]].is_a_portion  # it stands alone
        held = {} if is_more_than_that else _held(portion)
        yield from ((movies[pk], Viewings(movies[pk], sizes[pk].viewings, held.get(pk))) for pk in portion)


def _sizes(batch: list[Movie]) -> dict[int, Size]:
    grouped = Viewing.objects.filter(movie__in=batch).order_by().values_list("movie")
    sizes = {pk: Size(count, length) for pk, count, length in grouped.annotate(n=Count("pk"), length=Sum(LENGTH))}
    return {movie.pk: sizes.get(movie.pk, Size()) for movie in batch}


def _portions(sizes: Iterable[tuple[int, Size]]) -> Iterator[list[int]]:
    """Keys, as many together as are a portion, or one that is more."""
    portion: list[int] = []
    whole = Size()
    for key, size in sizes:
        whole = Size(whole.viewings + size.viewings, whole.characters + size.characters)
        if portion and not whole.is_a_portion:
            yield portion
            portion, whole = [], size
        portion.append(key)
    if portion:
        yield portion


def _held(movie_ids: list[int]) -> dict[int, list[Viewing]]:
    held: dict[int, list[Viewing]] = {pk: [] for pk in movie_ids}
    for viewing in Viewing.objects.filter(movie__in=movie_ids).order_by("pk"):
        held[viewing.movie_id].append(viewing)
    return held


def _ranked(session: ImportSession, batch: list[Movie]) -> dict[int | None, Ranking]:
    if not session.is_review or session.user_id is None:
        return {}
    films = [movie.tmdb_movie_id for movie in batch if movie.tmdb_movie_id]
    rankings = Ranking.objects.filter(user_id=session.user_id, tmdb_movie__in=films)
    return {ranking.tmdb_movie_id: ranking for ranking in rankings}
