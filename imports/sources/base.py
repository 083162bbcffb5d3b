"""What every source gives: films, what became of each row, and errors a person can read. No Django here."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from os import SEEK_END
from typing import Any, BinaryIO, Final, Literal
from uuid import UUID

Role = Literal["", "watched", "likes", "watchlist"]
Kind = Literal["film", "series", "not_a_film"]

# What the files of an export hold, as reports name it
FILM_KINDS: Final = ("watched", "ratings", "likes")  # a row is a film; in this order they name and date it
ENTRY_KINDS: Final = ("diary", "reviews")  # a row is a viewing
IMPORT_FORMAT: Final = "import"  # what letterboxd.com takes in: each row is a film, or a viewing of one


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it was sent; `content` may be an open file, which is read only when its turn comes. `role` is what
    the person said a file is, when its header can't tell."""

    name: str
    content: bytes | BinaryIO
    role: Role = ""

    @property
    def size(self) -> int:
        if isinstance(self.content, bytes):
            return len(self.content)
        return self.content.seek(0, SEEK_END)

    def read(self) -> bytes:
        if isinstance(self.content, bytes):
            return self.content
        self.content.seek(0)
        return self.content.read()


@dataclass(slots=True)
class ParsedViewing:
    watched_on: date | None = None
    rating: Decimal | None = None
    rewatch: bool = False
    tags: list[str] = field(default_factory=list)
    review: str = ""
    entry_uri: str = ""
    number: int = 1  # of the entries without a URI on that day, from 1
    # the place among the files of the row that was counted for it
    file: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ParsedRanking:
    """What stood in the person's library for a film of a review."""

    title: str
    year: int | None
    rating: Decimal | None
    rated_at: date
    changed_at: datetime | None = None  # by hand, after the review


@dataclass(frozen=True, slots=True)
class ParsedOwnRanking(ParsedRanking):
    """A rating in the person's library, by TMDB's number of the film."""

    tmdb_id: int = 0
    added_by: tuple[str, str] | None = None  # source and source_key of the film of a review that it came from


@dataclass(frozen=True, slots=True)
class ParsedHandViewing:
    """A viewing that the person told by hand."""

    key: UUID
    tmdb_id: int
    watched_on: date | None
    rating: Decimal | None
    rewatch: bool
    tags: list[str]
    review: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ParsedDecision:
    """What the person said about viewings of their library."""

    kind: str
    refs: list[str]
    values: dict[str, Any]
    decided_at: datetime
    decided_with: UUID | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What the person had done with a film, as an export of ours tells it."""

    tmdb_id: int | None = None  # of the film they chose or ranked
    is_chosen: bool = False  # they said which film it is; without an id: none of TMDB's
    decision: str = ""  # pending, added or skipped, in a review
    decided_at: datetime | None = None
    decided_with: UUID | None = None
    ranking: ParsedRanking | None = None


@dataclass(slots=True)
class ParsedMovie:
    source_key: str  # never empty, unique within one Parsed
    title: str
    year: int | None = None
    uri: str = ""  # the film's own link, "" when not known
    rating: Decimal | None = None
    liked_on: date | None = None
    marked_on: date | None = None
    rated_on: date | None = None
    is_seen: bool = True
    viewings: list[ParsedViewing] = field(default_factory=list)
    kind: Kind = "film"
    names: list[str] = field(default_factory=list)  # what to search for, in this order; none: the title as it is
    image_url: str = ""  # kept, never loaded
    file: int | None = field(default=None, compare=False)  # as a viewing's; None: only viewings were counted
    decided: Decided | None = None  # only in what an export of ours restores

    @property
    def watched_on(self) -> date | None:
        """The newest viewing's day; never the day it was marked."""
        return max((v.watched_on for v in self.viewings if v.watched_on), default=None)


@dataclass(frozen=True, slots=True)
class RowNote:
    """What the report says of a line: `lost` rows are not stored, of a `note` row something was left or decided."""

    file: str
    line: int | None  # the first line of the row in its file, header = 1; None: about the whole file
    kind: Literal["lost", "note"]
    reason: str  # a key of reasons.REASONS
    detail: str = ""


@dataclass(slots=True)
class FileReport:
    """What became of one file's rows. For every file: rows = added + merged + already + sum(skipped) + problems."""

    name: str
    size: int
    kind: str  # "watched", "ratings", "diary", "reviews", "likes", "history", or a skip rule's name, as "watchlist"
    encoding: str = "utf-8"
    rows: int = 0
    added: int = 0  # made a film or a viewing
    merged: int = 0  # told more of one, or the same again
    already: int = 0  # was in the import before (an update, or the same file twice)
    skipped: dict[str, int] = field(default_factory=dict)  # rule -> rows
    problems: int = 0  # lost rows, each with its line and reason

    @property
    def adds_up(self) -> bool:
        return self.rows == self.added + self.merged + self.already + sum(self.skipped.values()) + self.problems

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Parsed:
    """A whole upload, understood. `movies` newest watched first: the films, then series, then what is no film."""

    source: str
    movies: list[ParsedMovie]
    notes: list[RowNote]
    files: list[FileReport]
    restored: "Restored | None" = None  # from an export of ours; `files` and `notes` begin with those told there
    library: "ParsedLibrary | None" = None  # from the export of a whole one: all the rest is in it

    @property
    def is_ours(self) -> bool:
        """An export of our own."""
        return self.restored is not None or self.library is not None

    @property
    def parts(self) -> "list[Parsed]":
        """This, or the imports of the library that it is."""
        return [part.parsed for part in self.library.imports] if self.library else [self]


@dataclass(frozen=True, slots=True)
class ParsedPart:
    """One of a library's imports."""

    parsed: Parsed
    in_library: bool  # False: its person leaves it out


@dataclass(frozen=True, slots=True)
class ParsedLibrary:
    """A whole library, as an export of ours tells it."""

    imports: list[ParsedPart]
    by_hand: list[ParsedHandViewing]
    rankings: list[ParsedOwnRanking]
    decisions: list[ParsedDecision]


@dataclass(frozen=True, slots=True)
class Restored:
    """What an export of ours tells of the import as a whole."""

    time_zone: str
    found_count: int
    created_at: datetime


def gettext_noop(message: str) -> str:
    """Marks a sentence for translation: sources know no Django, the pages translate what they show."""
    return message


class SourceError(Exception):
    """The upload can't be taken: one sentence for the person that says what is wrong, where, and what to do.
    `message` is the English sentence with %(name)s places (marked by gettext_noop), `params` fills them."""

    def __init__(self, message: str, *, code: str, status: Literal[400, 413, 422], **params: object) -> None:
        super().__init__(message % params)
        self.message, self.code, self.status, self.params = message, code, status, params

    @property
    def file(self) -> str:
        return str(self.params.get("file", ""))


class RoleNeeded(SourceError):
    """A four-column file that could be watched, likes or watchlist: the page asks, the API takes it as watched."""

    def __init__(self, file: str) -> None:
        super().__init__(
            gettext_noop(
                "“%(file)s” could be your watched films, your likes or your watchlist: say which, then send it again."
            ),
            code="role_needed",
            status=400,
            file=file,
        )
