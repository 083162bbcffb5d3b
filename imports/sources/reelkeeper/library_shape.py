"""The shape of a library's JSON export: the conclusion for reading, and all that it follows from, which is read back.
The writer is typed by it, the reader checks by it, the schema is made from it."""

import json
from functools import cache
from typing import Annotated

from pydantic import FailFast, Field, SkipValidation, TypeAdapter, WithJsonSchema
from typing_extensions import TypedDict  # pydantic asks for it up to Python 3.11

from .fields import STORABLE, Day, LongText, Moment, Number, Rating, Tag, Title, Uuid, one_of
from .shape import Export, Schema, strict
from .versions import LIBRARY_FORMAT, LIBRARY_VERSION

MAX_IMPORTS = 1000  # one a week for twenty years
MAX_REF = 2000  # characters: a source, the key of a film, a link
KINDS = ("same", "apart", "instead", "not_mine")
Ref = Annotated[
    str,
    Field(min_length=3, max_length=MAX_REF, description="Source, film and entry, with tabs between them"),
    STORABLE,
]
Year = Annotated[int, Field(ge=0, le=9999)]  # TMDB's, which may be any


@strict
class LibraryHead(TypedDict):
    format: Annotated[str, one_of(LIBRARY_FORMAT)]
    version: Annotated[int, SkipValidation(), WithJsonSchema({"const": LIBRARY_VERSION})]  # looked at before


# The conclusion, which is never read back


class SourceRating(TypedDict):
    source: str
    rating: Rating
    rated_on: Day | None


class ToldBy(TypedDict):
    source: Annotated[str, Field(description="Of an import; by hand: person")]


class FilmViewing(TypedDict):
    watched_date: Day | None
    rating: Rating | None
    rewatch: bool
    tags: list[str]
    review: str
    told_by: list[ToldBy]


class Film(TypedDict):
    """A film of the library, as follows from what the imports and the person tell"""

    title: str
    year: int | None
    tmdb_id: Number | None
    imdb_id: str | None
    is_seen: Annotated[bool, Field(description="false: only liked, or all of it was taken out")]
    rating: Rating | None
    rating_source: str | None
    ratings: Annotated[list[SourceRating], Field(description="The one that counts is the first")]
    liked: bool
    viewings: Annotated[list[FilmViewing], Field(description="Oldest first, those without a day last")]


# What it follows from


@strict
class LibraryImport(Export):
    in_library: Annotated[bool, Field(description="false: its person leaves it out")]


@strict
class ByHand(TypedDict):
    """A viewing that the person told by hand"""

    key: Annotated[Uuid, Field(description="What decisions name it by")]
    tmdb_id: Number
    title: SkipValidation[Annotated[str, Field(description="For reading only")]]
    watched_date: Day | None
    rating: Rating | None
    rewatch: bool
    tags: Annotated[list[Tag], FailFast()]
    review: LongText
    created_at: Moment


@strict
class AddedBy(TypedDict):
    """The film of one of the imports"""

    source: Annotated[str, Field(max_length=20), STORABLE]
    source_key: Annotated[str, Field(min_length=1, max_length=600), STORABLE]


@strict
class OwnRanking(TypedDict):
    """The person's own rating of a film"""

    tmdb_id: Number
    title: Title
    year: Year | None
    rating: Rating | None
    rated_at: Day
    changed_at: Moment | None
    added_by: AddedBy | None


@strict
class Values(TypedDict, total=False):
    watched_date: Day | None
    rating: Rating | None
    rewatch: bool
    tags: Annotated[list[Tag], FailFast()]
    review: LongText


@strict
class Decision(TypedDict):
    """What the person said about viewings"""

    kind: Annotated[str, one_of(*KINDS)]
    refs: Annotated[list[Ref], Field(min_length=1), FailFast()]
    values: Annotated[Values, Field(description="What counts instead; only those that were said")]
    decided_at: Moment
    decided_with: Annotated[Uuid | None, Field(description="What was decided at once shares it")]


@strict
class LibraryExport(LibraryHead):
    films: Annotated[list[Film], SkipValidation(), Field(description="For reading only: it follows from the rest")]
    by_hand: list[ByHand]
    rankings: list[OwnRanking]
    decisions: Annotated[list[Decision], Field(description="In the order in which they were made")]
    imports: Annotated[list[LibraryImport], Field(max_length=MAX_IMPORTS)]


LIBRARY_HEAD, BY_HAND, RANKING = TypeAdapter(LibraryHead), TypeAdapter(ByHand), TypeAdapter(OwnRanking)
DECISION = TypeAdapter(Decision)


@cache
def library_json_schema() -> bytes:
    """For programs that read the export, or write one."""
    about = {
        "$schema": Schema.schema_dialect,
        "title": "A library of Reelkeeper, exported",
        "description": f"Version {LIBRARY_VERSION}. What is in `films` follows from the rest, and is never read back.",
    }
    return json.dumps(TypeAdapter(LibraryExport).json_schema(schema_generator=Schema) | about, indent=2).encode()
