"""The viewings of films: however many a film has, a page or an answer holds no more than so many of them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When, Window
from django.db.models.functions import Left, RowNumber

from imports.models import Movie, Viewing

from .conditions import possible_day

NEWEST_FIRST = (F("watched_on").desc(nulls_last=True), F("pk").desc())
A_PAGE = 50  # nobody known has seen a film so often
REVIEW_SHOWN = 20_000  # characters of one review, ten pages of a book: a page of reviews must stay one


class WithViewings(NamedTuple):
    """A film with its newest viewings (of a very long review, the beginning), and what is so of all of them."""

    movie: Movie
    viewings: Sequence[Viewing]  # the newest first, at most A_PAGE
    viewings_count: int
    rewatches: int


def with_viewings(rows: QuerySet[Movie]) -> list[WithViewings]:
    """The films of these rows with their viewings: two queries more, however many films."""
    movies = list(rows)
    newest, counts = _newest(movies), _counts(movies)
    return [WithViewings(movie, newest[movie.pk], *counts.get(movie.pk, (0, 0))) for movie in movies]


def _newest(movies: Sequence[Movie]) -> dict[int, list[Viewing]]:
    place = Window(RowNumber(), partition_by="movie", order_by=NEWEST_FIRST)
    placed = Viewing.objects.filter(movie__in=movies).annotate(place=place).filter(place__lte=A_PAGE)
    newest: dict[int, list[Viewing]] = {movie.pk: [] for movie in movies}
    # by their numbers: only these are read with their reviews
    rows: QuerySet[Any] = to_be_shown(Viewing.objects.filter(pk__in=placed.order_by().values("pk")))
    for viewing in rows.order_by(*NEWEST_FIRST):
        viewing.review = beginning(viewing.shown_review)
        newest[viewing.movie_id].append(viewing)
    return newest


def _counts(movies: Sequence[Movie]) -> dict[int, tuple[int, int]]:
    viewings = Viewing.objects.filter(movie__in=movies).order_by().values_list("movie")
    counted = viewings.annotate(count=Count("pk"), again=Count("pk", filter=Q(rewatch=True)))
    return {movie_id: (count, rewatches) for movie_id, count, rewatches in counted}


def to_be_shown(viewings: QuerySet[Viewing]) -> QuerySet[Viewing]:
    """The viewings with `shown_review` instead of the whole review: one character more than REVIEW_SHOWN tells that it
    was cut off."""
    return viewings.defer("review").annotate(shown_review=Left("review", REVIEW_SHOWN + 1))


def with_later_days(viewings: QuerySet[Viewing], movie: Movie) -> QuerySet[Viewing]:
    """With `is_later`: there was one on an earlier day, as statistics count days, whatever the files mark."""
    possible = possible_day(movie.session)
    earlier = movie.viewings.filter(possible, watched_on__lt=OuterRef("watched_on")).order_by()
    return viewings.annotate(is_later=Case(When(possible, then=Exists(earlier)), default=False))


def beginning(review: str) -> str:
    return f"{review[:REVIEW_SHOWN]}…" if len(review) > REVIEW_SHOWN else review
