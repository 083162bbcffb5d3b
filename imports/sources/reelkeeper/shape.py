"""The shape of our JSON export: the writer is typed by it, the reader checks by it, the schema is made from it.

A change that an older file does not keep to makes a new version (versions.py, docs/adr/0008). Of several faults in one
part the first in the order of the fields is told, so that what names a film comes first."""

import json
from functools import cache, reduce
from operator import getitem
from typing import Annotated, Any, NotRequired, TypeVar

from pydantic import (
    ConfigDict,
    FailFast,
    Field,
    SkipValidation,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    with_config,
)
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import ErrorDetails
from typing_extensions import TypedDict  # pydantic asks for it up to Python 3.11

from ..base import ENTRY_KINDS, FILM_KINDS, IMPORT_FORMAT
from ..reasons import REASONS, SKIP_RULES
from ..traits import TRAITS
from .fields import (
    STORABLE,
    Count,
    Day,
    Fault,
    FileName,
    Link,
    LongText,
    Moment,
    Number,
    ParsedTitle,
    Rating,
    Sum,
    Tag,
    Title,
    Uuid,
    Year,
    one_of,
)
from .versions import FORMAT, VERSION

MAX_FILES = 1000  # an export of fifteen files and as many updates as there are months in five years
REPORT_KINDS = sorted({*FILM_KINDS, *ENTRY_KINDS, IMPORT_FORMAT, "history", *SKIP_RULES})
STATISTICS = "The numbers that the page and the API tell; for reading only, for they follow from the rest"
Texts = list[str]
Shape = TypeVar("Shape")

strict = with_config(ConfigDict(extra="forbid", strict=True))  # what was added by hand would be lost


@strict
class Head(TypedDict):
    format: Annotated[str, one_of(FORMAT)]
    version: Annotated[int, SkipValidation(), WithJsonSchema({"const": VERSION})]  # version_of has looked at it before
    created_at: Moment
    time_zone: Annotated[str, Field(min_length=1, max_length=64), STORABLE]
    found_count: Annotated[Sum, Field(description="Distinct films in the files, before a review's cut at 500")]
    source: Annotated[str, WithJsonSchema({"enum": [*TRAITS]})]  # read_head looks it up


@strict
class File(TypedDict):
    """A file that was read: rows = added + merged + already + the sum of skipped + problems"""

    skipped: dict[Annotated[str, one_of(*SKIP_RULES)], Count]
    size: Count
    rows: Count
    added: Count
    merged: Count
    already: Count
    problems: Count
    name: Annotated[FileName, Field(min_length=1)]
    kind: Annotated[str, one_of(*REPORT_KINDS)]
    encoding: Annotated[str, Field(max_length=40), STORABLE]


@strict
class Problem(TypedDict):
    """What there is to say of a line, or of a file (line: null)"""

    file: FileName
    line: Count | None
    kind: Annotated[str, one_of("lost", "note")]
    reason: Annotated[str, one_of(*REASONS)]
    detail: Annotated[str, Field(max_length=200), STORABLE]


class Viewing(TypedDict):
    watched_date: Day | None
    rating: Rating | None
    rewatch: bool
    tags: Annotated[list[Tag], FailFast()]
    review: LongText
    entry_uri: Link
    number: Annotated[Number, Field(description="Of the viewings without a link on that day")]


class Ranking(TypedDict):
    """What the library had of a film of a review"""

    title: Title
    year: Annotated[int, Field(ge=0, le=9999)] | None  # TMDB's, which may be any
    rating: Rating | None
    rated_at: Day
    changed_at: Moment | None


class Facts(TypedDict, total=False):
    """What TMDB tells of a film, null where it is not known: never read back, so never checked."""

    tmdb_title: SkipValidation[str | None]
    imdb_id: SkipValidation[str | None]
    original_language: SkipValidation[str | None]
    country: SkipValidation[str | None]
    original_title: SkipValidation[str | None]
    release_date: SkipValidation[Day | None]
    runtime: SkipValidation[Annotated[int | None, Field(description="Minutes")]]
    genres: SkipValidation[Texts | None]
    directors: SkipValidation[Texts | None]
    cast: SkipValidation[Texts | None]
    countries: SkipValidation[Texts | None]
    budget: SkipValidation[Annotated[int | None, Field(description="US dollars")]]
    revenue: SkipValidation[Annotated[int | None, Field(description="US dollars")]]
    popularity: SkipValidation[float | None]
    vote_average: SkipValidation[float | None]
    vote_count: SkipValidation[int | None]


class Told(Facts, total=False):
    """What else is never read back: it follows from the viewings and from TMDB."""

    watched_date: SkipValidation[Day | None]
    rewatch: SkipValidation[bool]
    tags: SkipValidation[Texts]
    review: SkipValidation[str]
    status: Annotated[str, one_of("open", "matched", "unsure", "unmatched", "failed"), SkipValidation()]


@strict
class Movie(Told):
    title: Annotated[ParsedTitle, Field(description="As the person's files had it")]
    kind: Annotated[str, one_of("film", "series", "not_a_film")]
    source_key: Annotated[
        str,
        Field(
            min_length=1,
            max_length=600,
            description="What tells this film from the others of the import; no two are the same",
        ),
        STORABLE,
    ]
    year: Year | None
    letterboxd_uri: Link
    rating: Rating | None
    liked_on: Day | None
    marked_on: Day | None
    rated_on: Day | None
    is_seen: Annotated[bool, Field(description="false: liked, but never marked as watched")]
    viewings: Annotated[list[Viewing], FailFast()]
    source_image_url: Link
    decision: Annotated[str, one_of("", "pending", "added", "skipped", "already_ranked", "same_film", "not_a_film")]
    tmdb_id: Number | None
    chosen_by: Annotated[
        str,
        one_of("", "machine", "person"),
        Field(description="Who said that it is this film; a person and no tmdb_id: none of TMDB's"),
    ]
    decided_at: Moment | None
    ranking: Ranking | None
    decided_with: Annotated[Uuid | None, Field(description="Films that were decided at once share it")]


@strict
class Export(Head):
    files: Annotated[list[File], Field(max_length=MAX_FILES)]
    problems: list[Problem]
    statistics: NotRequired[Annotated[dict[str, Any], Field(description=STATISTICS)]]
    movies: Annotated[list[Movie], Field(description="In the import's own order, newest watched first")]


HEAD, FILE, PROBLEM, MOVIE = TypeAdapter(Head), TypeAdapter(File), TypeAdapter(Problem), TypeAdapter(Movie)


def checked(shape: TypeAdapter[Shape], part: dict[str, Any]) -> Shape:
    """The part with its days and moments read. Raises Fault: a field that was added by hand is named first."""
    try:
        return shape.validate_python(part)
    except ValidationError as exc:
        faults = exc.errors(include_url=False, include_context=False)
    added = (fault for fault in faults if fault["type"] == "extra_forbidden")
    raise Fault(_field(next(added, faults[0]), part))


def _field(fault: ErrorDetails, part: Any) -> str:
    """The innermost field on the way to the fault."""
    kind, way = fault["type"], fault["loc"]
    if kind != "extra_forbidden" and way[-1:] == ("[key]",):  # a name that its field may not hold
        way = way[:-2]
    elif kind == "string_unicode" and isinstance(reduce(getitem, way, part), dict):  # half a letter in a name
        return str(fault["input"])
    return next(name for name in reversed(way) if isinstance(name, str))


class Schema(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:
        return False  # they would say the names again


@cache
def json_schema() -> bytes:
    """For programs that read the export, or write one."""
    unread = ", ".join(Told.__annotations__)
    about = {
        "$schema": Schema.schema_dialect,
        "title": "An import of Reelkeeper, exported",
        "description": f"Version {VERSION}. What is told of a film for reading only, and never read back: {unread}.",
    }
    return json.dumps(TypeAdapter(Export).json_schema(schema_generator=Schema) | about, indent=2).encode()
