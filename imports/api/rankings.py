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

from imports import rankings
from imports.models import Ranking
from imports.rankings import RankingFilters

from .guard import SIGNED_IN, caller
from .schemas import Error, RankingOut, Rankings

router = Router(tags=["Rankings"], auth=SIGNED_IN)
FAULTS = {400: Error, 401: Error, 403: Error, 404: Error}
HALF_STARS = r"^(none|0\.5|[1-4](\.[05])?|5(\.0)?)$"

Rating = Annotated[float, Field(strict=True, ge=0.5, le=5, multiple_of=0.5, allow_inf_nan=False)]


class Wanted(Schema):
    page: int = Field(1, ge=1, le=1_000_000)
    per_page: int = Field(50, ge=1, le=200)
    rating: str = Field("", description="half stars, like 4.5, or `none`", pattern=f"^$|{HALF_STARS}")
    year: int | None = Field(None, ge=0, le=9999)
    q: str = Field("", description="words of the title or of a director's name", max_length=100)


class Change(Schema):
    """What is left out stays."""

    rating: Rating | None = Field(None, description="half stars from 0.5 to 5; null: none yet")
    rated_at: date | None = Field(None, description="a day, not in the future")


@router.get("/", response={200: Rankings, 400: Error, 401: Error})
def ranking_list(request: HttpRequest, wanted: Query[Wanted]) -> Rankings:
    """The whole library, best rated first."""
    filters = RankingFilters(q=wanted.q, rating=wanted.rating, year=wanted.year)
    found = rankings.find(caller(request), filters)
    start = (wanted.page - 1) * wanted.per_page
    return Rankings(
        rankings=[RankingOut.of(ranking) for ranking in found[start : start + wanted.per_page]],
        total=rankings.count(found),
        page=wanted.page,
        per_page=wanted.per_page,
    )


@router.patch("/{int:ranking_id}/", response={200: RankingOut, **FAULTS})
def ranking_change(request: HttpRequest, ranking_id: int, change: Change) -> RankingOut:
    ranking = _own(request, ranking_id)
    sent = change.model_fields_set
    rating = ranking.rating if "rating" not in sent else None if change.rating is None else Decimal(str(change.rating))
    rated_at = change.rated_at if "rated_at" in sent else ranking.rated_at
    if rated_at is None:
        raise HttpError(400, gettext("rated_at must be a day, like 2024-05-31."))
    if "rated_at" in sent and rated_at > rankings.today():
        raise HttpError(400, gettext("rated_at can't be in the future."))
    rankings.change(ranking, rating, rated_at)
    return RankingOut.of(ranking)


@router.delete("/{int:ranking_id}/", response={204: None, 401: Error, 403: Error, 404: Error})
def ranking_delete(request: HttpRequest, ranking_id: int) -> Answer[None]:
    _own(request, ranking_id).delete()
    return Answer(204, None)


def _own(request: HttpRequest, ranking_id: int) -> Ranking:
    return get_object_or_404(caller(request).rankings.select_related("tmdb_movie"), pk=ranking_id)
