"""What a shared page reads: no more than its link allows, and no order that tells what it hides."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import F, IntegerField, QuerySet, TextField
from django.db.models.functions import MD5, Cast, Coalesce, ExtractYear
from django.utils.translation import gettext, ngettext

from imports.films import listing
from imports.films.filters import Facets, FilmFilters
from imports.films.listing import MovieFilters
from imports.films.viewings import beginning, to_be_shown
from imports.library import films as library_films
from imports.library.films import LibraryFilters
from imports.library.reviews import reviews_of
from imports.models import ImportSession, LibraryViewing, ShareLink, Viewing
from imports.reconciling import keeping
from imports.statistics import kept
from imports.statistics.shape import Statistics

from .allowed import allowed, allowed_totals

# Equal ones go by their titles: the lists of their owner fall back to days and ratings.
TITLE = ("title_key", "film_year", "title")
ORDERS: dict[str, tuple[Any, ...]] = {
    "title": TITLE,
    "year": (F("film_year").desc(nulls_last=True), *TITLE),
    "year_oldest": (F("film_year").asc(nulls_last=True), *TITLE),
    "runtime": (F("tmdb_movie__runtime").desc(nulls_last=True), *TITLE),
    "runtime_shortest": (F("tmdb_movie__runtime").asc(nulls_last=True), *TITLE),
    "rating": (F("stars_given").desc(nulls_last=True), *TITLE),
    "rating_lowest": (F("stars_given").asc(nulls_last=True), *TITLE),
    "watched": (F("day_known").desc(nulls_last=True), *TITLE),
    "watched_oldest": (F("day_known").asc(nulls_last=True), *TITLE),
}
EVERYTHING = FilmFilters()
BEST = F("stars_given").desc(nulls_last=True)
BEST_KNOWN = F("tmdb_movie__vote_count").desc(nulls_last=True)
YEAR_OF_REVIEW = Coalesce("movie__year", ExtractYear("movie__tmdb_movie__release_date"), output_field=IntegerField())


def sorts(link: ShareLink) -> list[str]:
    """The orders that tell nothing of what the link hides, first the one that a list begins with."""
    hidden = [] if link.shows_ratings else ["rating", "rating_lowest"]
    hidden += [] if link.shows_dates else ["watched", "watched_oldest"]
    first = "watched" if link.shows_dates else "rating" if link.shows_ratings else "title"
    return [first, *(name for name in ORDERS if name not in (first, *hidden))]


def films(link: ShareLink, filters: FilmFilters, sort: str) -> QuerySet[Any]:
    """Movies, or a library's LibraryFilms: those that statistics count, each once, in order, with `film_year`,
    `stars_given` and `day_known`."""
    return _films(link, filters).order_by(*ORDERS[sort], "pk")


def best_known(link: ShareLink) -> QuerySet[Any]:
    """What they like best; where their ratings are hidden, what everyone knows."""
    best = [BEST, BEST_KNOWN] if link.shows_ratings else [BEST_KNOWN]
    return _films(link).order_by(*best, *TITLE, "pk")


def facets(link: ShareLink) -> Facets:
    shown_films = _films(link).order_by()
    years = shown_films.values_list("film_year", flat=True).distinct()
    genre_lists = shown_films.exclude(tmdb_movie=None).values_list("tmdb_movie__genres", flat=True).distinct()
    return Facets.of(years, genre_lists)


def bring_up_to_date(link: ShareLink) -> bool:
    """False: its library is still being put together."""
    return isinstance(link.thing, ImportSession) or keeping.up_to_date(link.thing)


# Reviews


@dataclass(frozen=True, kw_only=True)
class Review:
    """What was written about a viewing, with what a page says of it."""

    title: str
    year: int | None
    poster: str
    watched_on: date | None
    rating: Decimal | None
    text: str  # of a very long one, the beginning


def reviewed(link: ShareLink) -> QuerySet[Any]:
    """The viewings with a review, by title, each with `film_year`; `reviews` makes a page of them one of texts."""
    thing = link.thing
    return _reviewed_in_import(link) if isinstance(thing, ImportSession) else _reviewed_in_library(link)


def reviews(link: ShareLink, viewings: Iterable[Any]) -> list[Review]:
    """Those of some of the viewings that `reviewed` has, in their order."""
    if isinstance(link.thing, ImportSession):
        return [_review(viewing, viewing.movie, viewing.shown_review) for viewing in viewings]
    return list(_reviews_in_library(list(viewings)))


def _reviewed_in_import(link: ShareLink) -> QuerySet[Viewing]:
    within = F("watched_on").desc(nulls_last=True) if link.shows_dates else F("review").asc()
    written = Viewing.objects.filter(movie__session=link.session_id).exclude(review="")
    by_title = ("movie__lookup__title_key", "film_year", "movie__title", within, "pk")
    in_order = written.annotate(film_year=YEAR_OF_REVIEW).select_related("movie__tmdb_movie").order_by(*by_title)
    return to_be_shown(in_order)


def _reviewed_in_library(link: ShareLink) -> QuerySet[LibraryViewing]:
    # the numbers of viewings go by their days: as digests they tell nothing
    within = F("watched_on").desc(nulls_last=True) if link.shows_dates else MD5(Cast("pk", TextField()))
    written = LibraryViewing.objects.filter(user=link.user_id, has_review=True, film__is_seen=True)
    by_title = ("film__title_key", "film__year", "film__title", "film", within, "pk")
    return written.annotate(film_year=F("film__year")).select_related("film__tmdb_movie").order_by(*by_title)


def _reviews_in_library(viewings: list[LibraryViewing]) -> Iterator[Review]:
    texts = reviews_of(viewings)
    for viewing in viewings:
        for written in texts.get(viewing.pk, []):
            yield _review(viewing, viewing.film, written.text)


def _review(viewing: Any, film: Any, text: str) -> Review:
    return Review(
        title=film.title,
        year=viewing.film_year,
        poster=film.tmdb_movie.poster_path if film.tmdb_movie else "",
        watched_on=viewing.watched_on,
        rating=viewing.rating,
        text=beginning(text),
    )


# Numbers


def statistics(link: ShareLink) -> Statistics:
    return allowed(_statistics_of(link), ratings=link.shows_ratings, dates=link.shows_dates)


def _statistics_of(link: ShareLink) -> Statistics:
    """Everything, whatever the link shows."""
    thing = link.thing
    if isinstance(thing, ImportSession):
        return kept.of_session(thing)
    return kept.of_library(thing)


def awaits_details(link: ShareLink) -> bool:
    """More will be known of its films, and nothing will say so."""
    return bool(_statistics_of(link)["coverage"]["awaited"])


@dataclass(frozen=True)
class Number:
    figure: str
    label: str


def numbers(link: ShareLink) -> list[Number]:
    """Four that tell no more than the link does."""
    statistics = _statistics_of(link)
    totals = allowed_totals(statistics["totals"], ratings=link.shows_ratings, dates=link.shows_dates)
    films, countries = totals["films"], totals["countries"]
    shown = [Number(intcomma(films), ngettext("film", "films", films))]
    if link.shows_statistics:
        hours = round(totals["hours"])
        are_all_known = statistics["coverage"]["known"]["runtime"] == statistics["coverage"]["films"]
        shown.append(Number(intcomma(hours) + ("" if are_all_known else "+"), ngettext("hour", "hours", hours)))
    else:
        directors = totals["directors"]
        shown.append(Number(intcomma(directors), ngettext("director", "directors", directors)))
    shown.append(Number(intcomma(countries), ngettext("country", "countries", countries)))
    if totals["average_rating"] is not None:
        shown.append(Number(f"{totals['average_rating']:.1f}", gettext("average rating")))
    else:
        languages = totals["languages"]
        shown.append(Number(intcomma(languages), ngettext("language", "languages", languages)))
    return shown


def _films(link: ShareLink, filters: FilmFilters = EVERYTHING) -> QuerySet[Any]:
    thing, chosen = link.thing, asdict(filters)
    if isinstance(thing, ImportSession):
        movies = listing.movies(thing, MovieFilters(seen=True, **chosen))
        return movies.annotate(stars_given=F("stars"), day_known=F("watched_on"), title_key=F("lookup__title_key"))
    seen = library_films.find(thing, LibraryFilters(**chosen))
    return seen.annotate(film_year=F("year"), stars_given=F("rating"), day_known=F("last_watched"))
