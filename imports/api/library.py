"""A person's library over JSON, for themselves: what it says, viewings told and put right, and all of it as files."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self, cast
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from ninja import Status as Answer
from pydantic import Field

from enrichment import services as enrichment
from enrichment.models import DetailsStatus, TmdbMovie
from enrichment.numbers import LARGEST
from imports.films.ratings import as_number
from imports.films.viewings import beginning
from imports.library import diary, films, questions, rankings, viewings
from imports.library.reviews import ReviewOf, reviews_of
from imports.models import LibraryFilm, LibraryQuestion, LibraryViewing, Usage
from imports.reconciling.keeping import catch_up, up_to_date
from imports.web import downloads, limits

from .guard import SIGNED_IN, Refused, caller
from .schemas import CHANGING, DECIDING, Day, a_file, errors
from .wanted import NO_NUL, LibraryFilmsWanted, LibraryViewingsWanted, Paged

router = Router(tags=["Library"], auth=SIGNED_IN)

Rating = Annotated[float, Field(strict=True, ge=0.5, le=5, multiple_of=0.5, allow_inf_nan=False)]
Tag = Annotated[str, Field(min_length=1, max_length=viewings.TAG_LENGTH, pattern=NO_NUL)]
Tags = Annotated[list[Tag], Field(max_length=viewings.MOST_TAGS)]
Review = Annotated[str, Field(max_length=viewings.REVIEW_LENGTH, pattern=NO_NUL)]
IS_COMPLETE = Field(description="false: it is still being put together, and this is what is there so far")


class ExportWanted(Schema):
    format: Literal["json", "csv", "letterboxd", "letterboxd-missing"] = "json"


# What is told


class LibraryFilmOut(Schema):
    tmdb_id: int | None = Field(description="null: it has no match yet, and stands under the title of its files")
    title: str
    year: int | None
    rating: float | None
    rating_source: str | None = Field(description="person: their own")
    viewings: int
    first_watched: date | None
    last_watched: date | None
    liked: bool
    sources: list[str]

    @classmethod
    def of(cls, film: LibraryFilm) -> Self:
        return cls(
            tmdb_id=film.tmdb_movie_id,
            title=film.title,
            year=film.year,
            rating=as_number(film.rating),
            rating_source=film.rating_source or None,
            viewings=film.viewings_count,
            first_watched=film.first_watched,
            last_watched=film.last_watched,
            liked=film.liked_on is not None,
            sources=film.sources,
        )


class LibraryFilms(Schema):
    films: list[LibraryFilmOut]
    total: int
    page: int
    per_page: int
    is_complete: bool = IS_COMPLETE


class LibraryToldBy(Schema):
    source: str
    session_id: UUID | None = Field(description="null: told by hand")


class LibraryViewingOut(Schema):
    id: int
    tmdb_id: int | None
    title: str
    year: int | None
    watched_date: date | None
    rating: float | None
    rewatch: bool
    tags: list[str]
    review: str
    told_by: list[LibraryToldBy]

    @classmethod
    def of(cls, viewing: LibraryViewing, reviews: list[ReviewOf]) -> Self:
        """`viewing` with its film fetched."""
        film = viewing.film
        return cls(
            id=viewing.pk,
            tmdb_id=film.tmdb_movie_id,
            title=film.title,
            year=film.year,
            watched_date=viewing.watched_on,
            rating=as_number(viewing.rating),
            rewatch=viewing.rewatch,
            tags=viewing.tags,
            review=beginning(_review(reviews)),
            told_by=_told_by(viewing),
        )


class LibraryViewings(Schema):
    viewings: list[LibraryViewingOut]
    total: int
    page: int
    per_page: int
    is_complete: bool = IS_COMPLETE


class PerhapsPair(Schema):
    id: int
    earlier: LibraryViewingOut
    later: LibraryViewingOut


class Perhaps(Schema):
    perhaps: list[PerhapsPair]
    total: int
    page: int
    per_page: int
    is_complete: bool = IS_COMPLETE


# What is taken in


class NewViewing(Schema):
    tmdb_id: int = Field(ge=1, le=LARGEST, strict=True)
    watched_date: Day | None = Field(description="null: seen, but nobody knows when")
    rating: Rating | None = None
    rewatch: bool = False
    tags: Tags = []
    review: Review = ""


class ViewingChange(Schema):
    """What is left out stays."""

    watched_date: Day | None = None
    rating: Rating | None = Field(None, description="half stars from 0.5 to 5; null: none")
    rewatch: bool = False
    tags: Tags = []
    review: Review = ""


class PerhapsAnswer(Schema):
    same: bool = Field(strict=True)


@router.get("/films", response={200: LibraryFilms, **errors()}, summary="The films")
def film_list(request: HttpRequest, query: Query[LibraryFilmsWanted]) -> LibraryFilms:
    """Those that were seen, as all that the person brought in and told comes together; newest watched first."""
    user = caller(request)
    is_complete = up_to_date(user)
    chosen = films.find(user, query.filters())
    return LibraryFilms(
        films=[LibraryFilmOut.of(film) for film in chosen[query.rows]],
        total=chosen.count(),
        page=query.page,
        per_page=query.per_page,
        is_complete=is_complete,
    )


@router.get("/viewings", response={200: LibraryViewings, **errors()}, summary="The viewings")
def viewing_list(request: HttpRequest, query: Query[LibraryViewingsWanted]) -> LibraryViewings:
    """Newest first, those without a day last; each once, whatever tells of it. A review has its first 20,000
    characters."""
    user = caller(request)
    is_complete = up_to_date(user)
    chosen = diary.newest_first(user, query.filters())
    return LibraryViewings(
        viewings=_with_reviews(list(chosen[query.rows])),
        total=chosen.count(),
        page=query.page,
        per_page=query.per_page,
        is_complete=is_complete,
    )


TELLING = DECIDING | errors(429)


@router.post("/viewings", response={201: LibraryViewingOut, **TELLING}, summary="Tell a viewing")
def viewing_add(request: HttpRequest, new: NewViewing) -> Answer[LibraryViewingOut]:
    """A film that is not known here yet is asked for. The answer is what the viewing is in the library: one with what
    an import tells of that day, if one does."""
    user = caller(request)
    viewing = viewings.add(user, _known_here(request, new.tmdb_id), _values(new), today=rankings.today())
    [answer] = _with_reviews([viewing])
    return Answer(201, answer)


@router.patch(
    "/viewings/{int:viewing_id}/", response={200: LibraryViewingOut, **CHANGING}, summary="Put a viewing right"
)
def viewing_change(request: HttpRequest, viewing_id: int, change: ViewingChange) -> LibraryViewingOut:
    """What is said here counts from now on, whatever else tells of it; it can be undone on the film's page."""
    viewing = _own(request, viewing_id)
    given = _values(change)
    stands = _standing(viewing)
    differing: Any = {name: value for name, value in given.items() if value != stands[name]}
    if differing:
        viewings.change(viewing, differing, today=rankings.today())
        viewing = _as_it_stands(viewing)
    [answer] = _with_reviews([viewing])
    return answer


@router.delete("/viewings/{int:viewing_id}/", response={204: None, **CHANGING}, summary="Take a viewing out")
def viewing_remove(request: HttpRequest, viewing_id: int) -> Answer[None]:
    """What was told by hand is removed, what files tell of it is left out: it is not theirs. It can be undone on the
    film's page."""
    viewings.remove(_own(request, viewing_id))
    return Answer(204, None)


@router.get("/perhaps", response={200: Perhaps, **errors()}, summary="Viewings that are perhaps the same")
def perhaps(request: HttpRequest, query: Query[Paged]) -> Perhaps:
    """Pairs of a film: a stream, and an entry of a diary two to seven days later. They stay two until it is said."""
    user = caller(request)
    is_complete = up_to_date(user)
    pairs = list(questions.open_ones(user)[query.rows])
    for pair in pairs:
        pair.earlier.film = pair.later.film = pair.film
    answers = iter(_with_reviews([viewing for pair in pairs for viewing in (pair.earlier, pair.later)]))
    return Perhaps(
        perhaps=[PerhapsPair(id=pair.pk, earlier=next(answers), later=next(answers)) for pair in pairs],
        total=questions.count(user),
        page=query.page,
        per_page=query.per_page,
        is_complete=is_complete,
    )


@router.post("/perhaps/{int:question_id}/", response={204: None, **DECIDING}, summary="Say whether they are the same")
def perhaps_answer(request: HttpRequest, question_id: int, answer: PerhapsAnswer) -> Answer[None]:
    """It can be undone on the film's page."""
    viewings.answer(get_object_or_404(LibraryQuestion, user=caller(request), pk=question_id), same=answer.same)
    return Answer(204, None)


@router.get(
    "/export",
    response={200: None, **errors()},
    summary="Take the library away",
    openapi_extra=a_file(
        {
            "application/json": {"type": "object"},
            "text/csv": {"type": "string"},
            "application/zip": {"type": "string", "format": "binary"},
        }
    ),
)
def export(request: HttpRequest, query: Query[ExportWanted]) -> StreamingHttpResponse:
    """All of it, as a file: JSON that can be brought back (its schema: /schemas/library-v1.json), a CSV of the films,
    or a ZIP of what letterboxd.com takes in: of everything, or only of what Letterboxd does not have yet."""
    user = caller(request)
    up_to_date(user)
    return downloads.LIBRARY_FORMATS[query.format](user)


def _own(request: HttpRequest, viewing_id: int) -> LibraryViewing:
    user = caller(request)
    _catch_up(user)
    own = LibraryViewing.objects.select_related("film", "user")
    return get_object_or_404(own, user=user, pk=viewing_id)


def _known_here(request: HttpRequest, tmdb_id: int) -> int:
    """The film's number, which TMDB may have changed by merging it with another."""
    is_told = Q(title__gt="") | Q(details_status=DetailsStatus.GONE)  # a film that was purged is asked for anew
    if TmdbMovie.objects.filter(is_told, pk=tmdb_id).exists():
        return tmdb_id
    try:
        with limits.counted(request, Usage.Kind.SEARCH):
            [film] = enrichment.search_by_hand(f"themoviedb.org/movie/{tmdb_id}")
    except enrichment.SearchRefused as refused:
        raise Refused(404, "film_unknown", str(refused)) from refused
    except enrichment.SearchUnavailable as trouble:
        raise Refused(503, "tmdb_unavailable", str(trouble)) from trouble
    return film.pk


def _catch_up(user: User) -> None:
    """Whoever changes something is told how it stands then, however long it takes."""
    if not up_to_date(user):
        catch_up(user)


def _as_it_stands(viewing: LibraryViewing) -> LibraryViewing:
    """The viewing that is told now by what told it: another one may have become one with it."""
    _catch_up(viewing.user)
    refs = set(viewings.refs_of(viewing))
    own = LibraryViewing.objects.filter(user=viewing.user, film=viewing.film_id).select_related("film")
    standing = next((standing for standing in own if not refs.isdisjoint(viewings.refs_of(standing))), None)
    if standing is None:  # what told it was deleted just now, or is another film's
        raise viewings.GONE
    return standing


def _with_reviews(rows: list[LibraryViewing]) -> list[LibraryViewingOut]:
    reviews = reviews_of(rows)
    return [LibraryViewingOut.of(viewing, reviews.get(viewing.pk, [])) for viewing in rows]


def _review(reviews: list[ReviewOf]) -> str:
    return "\n\n".join(review.text for review in reviews)


def _told_by(viewing: LibraryViewing) -> list[LibraryToldBy]:
    """Each import once."""
    by_hand = [{"session": None}]
    by_import = [(entry["source"], row["session"]) for entry in viewing.told_by for row in entry["rows"] or by_hand]
    return [LibraryToldBy(source=source, session_id=session) for source, session in dict.fromkeys(by_import)]


def _values(said: NewViewing | ViewingChange) -> viewings.Values:
    """What was said of it, as rows have it."""
    given: Any = said.model_dump(exclude_unset=isinstance(said, ViewingChange), exclude={"tmdb_id"})
    if "watched_date" in given:
        given["watched_on"] = given.pop("watched_date")
    if given.get("rating") is not None:
        given["rating"] = Decimal(str(given["rating"]))
    return cast(viewings.Values, given)


def _standing(viewing: LibraryViewing) -> dict[str, Any]:
    names = ("watched_on", "rating", "rewatch", "tags")
    review = _review(reviews_of([viewing]).get(viewing.pk, []))
    return {name: getattr(viewing, name) for name in names} | {"review": review}
