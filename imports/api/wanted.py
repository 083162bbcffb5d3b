"""What a call may ask for in its address. A value that can't be is refused here; a page lets it filter nothing."""

from typing import Annotated, Any, Literal

from django.utils.translation import gettext
from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from imports.films.conditions import LONGEST
from imports.films.listing import MovieFilters
from imports.library.diary import DiaryFilters
from imports.library.films import LibraryFilters
from imports.models import PERSON, Outcome, Source
from imports.periods import first_day_of
from imports.statistics.filters import Filters


def _a_day_month_or_year(value: str) -> str:
    try:
        first_day_of(value)
    except ValueError as wrong:
        said = gettext("write a year, a month or a day, like 2024, 2024-05 or 2024-05-17")
        raise PydanticCustomError("when", "{said}", {"said": said}) from wrong
    return value


NO_NUL = r"^[^\x00]*$"  # PostgreSQL keeps none in a text, so it can't be asked for one
Words = Annotated[str, Field(max_length=100, pattern=NO_NUL)]
Name = Annotated[str, Field(max_length=LONGEST, pattern=NO_NUL)]
Stars = Annotated[
    str, Field(pattern=r"^([0-4]\.5|[1-5](\.0)?|none)?$", description="stars, as 4.5, or none: not rated")
]
Year = Annotated[int, Field(ge=1, le=9999)]
Decade = Annotated[int, Field(ge=0, le=9990, multiple_of=10, description="of the release, as 1990")]
_MONTH_OR_YEAR = r"^(?!0000)\d{4}(-(0[1-9]|1[0-2]))?$"  # there was no year 0
When = Annotated[
    str,
    AfterValidator(_a_day_month_or_year),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "pattern": _MONTH_OR_YEAR}]},
    ),
]


def _without_null(schema: dict[str, Any]) -> None:
    """An address can leave something out, but it can't say null."""
    for field in schema["properties"].values():
        if "anyOf" in field:
            field["anyOf"] = [kind for kind in field["anyOf"] if kind != {"type": "null"}]


class Wanted(Schema):
    model_config = ConfigDict(json_schema_extra=_without_null)


class Paged(Wanted):
    page: int = Field(1, ge=1, le=1_000_000)
    per_page: int = Field(50, ge=1, le=200)

    @property
    def rows(self) -> slice:
        start = (self.page - 1) * self.per_page
        return slice(start, start + self.per_page)


class MoviesWanted(Paged):
    q: Words = Field("", description="words of a title or of a director's name")
    status: Outcome | None = None
    decade: Decade | None = None
    year: Year | None = Field(None, description="of the release")
    genre: Name = Field("", description="as TMDB calls it: Drama")
    genre_too: Name = Field("", description="beside `genre`")
    director: Name = ""
    cast: Name = Field("", description="one of its actors")
    country: Name = Field("", description="as TMDB calls it: France")
    language: str = Field("", max_length=8, pattern=NO_NUL, description="the original one, as ISO 639-1: fr")
    rating: Stars = ""
    liked: bool = False
    seen: bool = Field(False, description="as statistics count: seen films, each once")
    watched: When | None = Field(None, description="in a year, in a month or on a day: 2024, 2024-05, 2024-05-17")
    weekday: int | None = Field(None, ge=0, le=6, description="watched on; 0 is Monday")
    rewatched: bool = False
    tag: Name = Field("", description="the owner's only")
    sort: Literal[
        "watched", "watched_oldest", "title", "year", "year_oldest", "rating", "rating_lowest", "runtime",
        "runtime_shortest",
    ] = "watched"  # fmt: skip

    def filters(self) -> MovieFilters:
        # what is left out stays at the filters' own defaults: some are empty texts where these are None
        return MovieFilters(**self.model_dump(exclude=set(Paged.model_fields), exclude_defaults=True))


ANY_SOURCE = f"^({'|'.join([PERSON, *Source.values])})?$"


class LibraryFilmsWanted(Paged):
    q: Words = Field("", description="words of a title or of a director's name")
    source: str = Field("", pattern=ANY_SOURCE, description="person: told by hand")
    decade: Decade | None = None
    year: Year | None = Field(None, description="of the release")
    genre: Name = Field("", description="as TMDB calls it: Drama")
    genre_too: Name = Field("", description="beside `genre`")
    director: Name = ""
    cast: Name = Field("", description="one of its actors")
    country: Name = Field("", description="as TMDB calls it: France")
    language: str = Field("", max_length=8, pattern=NO_NUL, description="the original one, as ISO 639-1: fr")
    rating: str = Field(
        "", pattern=r"^([0-4]\.5|[1-5](\.0)?|none|any)?$", description="stars, as 4.5; any: rated; none: not rated"
    )
    liked: bool = False
    watched: When | None = Field(None, description="in a year, in a month or on a day: 2024, 2024-05, 2024-05-17")
    weekday: int | None = Field(None, ge=0, le=6, description="watched on; 0 is Monday")
    rewatched: bool = False
    tag: Name = ""
    sort: Literal[
        "watched", "watched_oldest", "first", "first_oldest", "title", "year", "year_oldest", "rating",
        "rating_lowest", "runtime", "runtime_shortest",
    ] = "watched"  # fmt: skip

    def filters(self) -> LibraryFilters:
        # what is left out stays at the filters' own defaults: some are empty texts where these are None
        return LibraryFilters(**self.model_dump(exclude=set(Paged.model_fields), exclude_defaults=True))


class LibraryViewingsWanted(Paged):
    q: Words = Field("", description="words of a title, of a director's name or of a tag")
    source: str = Field("", pattern=ANY_SOURCE, description="person: told by hand")
    rated: Literal["", "yes", "no"] = ""
    watched: When | None = Field(None, description="in a year, in a month or on a day: 2024, 2024-05, 2024-05-17")

    def filters(self) -> DiaryFilters:
        return DiaryFilters(q=self.q, source=self.source, rated=self.rated, when=self.watched or "")


class StatisticsWanted(Wanted):
    year: Year | None = Field(None, description="watched in")
    decade: Decade | None = None
    genre: Name = ""
    rating: Stars = ""

    def filters(self) -> Filters:
        return Filters(**self.model_dump())
