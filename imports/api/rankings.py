"""A person's rankings over JSON, for themselves."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from ninja import Query, Router, Schema
from ninja import Status as Answer
from ninja.errors import HttpError
from pydantic import Field

from imports.films.filters import FilmFilters
from imports.library import rankings
from imports.models import Ranking
from imports.web import access

from .guard import SIGNED_IN, caller
from .schemas import CHANGING, Day, RankingOut, Rankings, errors
from .wanted import Paged, Stars, Words

router = Router(tags=["Rankings"], auth=SIGNED_IN)

Rating = Annotated[float, Field(strict=True, ge=0.5, le=5, multiple_of=0.5, allow_inf_nan=False)]


class Wanted(Paged):
    rating: Stars = ""
    year: int | None = Field(None, ge=0, le=9999)
    q: Words = Field("", description="words of the title or of a director's name")


class Change(Schema):
    """What is left out stays."""

    rating: Rating | None = Field(None, description="half stars from 0.5 to 5; null: none yet")
    rated_at: Day | None = Field(None, description="a day, not in the future")


@router.get("/", response={200: Rankings, **errors()}, summary="A person's library")
def ranking_list(request: HttpRequest, query: Query[Wanted]) -> Rankings:
    """Best rated first."""
    filters = FilmFilters(q=query.q, rating=query.rating, year=query.year)
    chosen = rankings.find(caller(request), filters)
    return Rankings(
        rankings=[RankingOut.of(ranking) for ranking in chosen[query.rows]],
        total=rankings.count(chosen),
        page=query.page,
        per_page=query.per_page,
    )


@router.patch("/{int:ranking_id}/", response={200: RankingOut, **CHANGING}, summary="Change a rating")
def ranking_change(request: HttpRequest, ranking_id: int, change: Change) -> RankingOut:
    ranking, values = _own(request, ranking_id), rankings.Changed()
    # null is a rating, too: none yet
    if "rating" in change.model_fields_set:
        values["rating"] = None if change.rating is None else Decimal(str(change.rating))
    if "rated_at" in change.model_fields_set:
        values["rated_at"] = _day(change.rated_at)
    with access.or_404():
        return RankingOut.of(rankings.change(ranking, values))


@router.delete("/{int:ranking_id}/", response={204: None, **CHANGING}, summary="Take a film out of the library")
def ranking_delete(request: HttpRequest, ranking_id: int) -> Answer[None]:
    with access.or_404():
        rankings.remove(_own(request, ranking_id))
    return Answer(204, None)


def _day(rated_at: date | None) -> date:
    if rated_at is None:
        raise HttpError(400, gettext("rated_at must be a day, like 2024-05-31."))
    if rated_at > rankings.today():
        raise HttpError(400, gettext("rated_at can't be in the future."))
    return rated_at


def _own(request: HttpRequest, ranking_id: int) -> Ranking:
    return get_object_or_404(caller(request).rankings.select_related("tmdb_movie"), pk=ranking_id)
