"""Files that a person sends → films. Each service is a package here, and this is the only way in."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import NamedTuple

from . import letterboxd, prime_video, reelkeeper
from .apart import give_back, read_apart, turn
from .archive import Limits, Member, open_uploads, weight
from .base import Parsed, ParsedLibrary, RoleNeeded, SourceError, Upload
from .refusals import refusal

MAX_FILMS = 100_000  # an hour of storing and matching for a machine; no account seen has a fifth of it

MAX_TEXT = 20_000_000  # characters of reviews: ten thousand long ones
MOST_SAID = 100_000  # viewings by hand, ratings or decisions of a person: four a day for a lifetime
LARGE = 8 * 1024 * 1024  # bytes, unpacked: an account of some 20,000 films
MANY_LINES = 60_000

__all__ = ["Parsed", "RoleNeeded", "SourceError", "Upload", "read_here", "reading"]

_in_hand = Lock()


class Reader(NamedTuple):
    recognises: Callable[[Member], bool]
    parse: Callable[[Sequence[Member], str], Parsed]  # all files of the upload, and the person's time zone


NAMES_OF = {prime_video.NAME: prime_video.names}  # of sources whose titles are cleaned before they are asked about
# The first one that recognises a file reads them all: docs/adding-a-source.md
READERS = [
    Reader(reelkeeper.recognises, lambda members, _: reelkeeper.parse(members, NAMES_OF)),
    Reader(prime_video.recognises, prime_video.parse),
]


@contextmanager
def reading(
    uploads: Sequence[Upload], *, max_bytes: int, ask: bool = False, time_zone: str = "UTC", only_ours: bool = False
) -> Iterator[Parsed]:
    """Everything or a SourceError. With `ask`, a file that could be several things raises RoleNeeded. `time_zone`
    decides the day where a file has times (Prime Video's). `only_ours`: an export of our own, and nothing else.
    Each process has one upload in hand at a time, and a machine one large one, until the caller is done with it: what
    many take together would be many times as much."""
    if is_large(uploads, max_bytes):
        with turn():
            parsed = read_apart(uploads, max_bytes=max_bytes, ask=ask, time_zone=time_zone, only_ours=only_ours)
            with _in_hand:
                yield parsed
            del parsed
            give_back()
    else:
        with _in_hand:
            yield read_here(uploads, max_bytes=max_bytes, ask=ask, time_zone=time_zone, only_ours=only_ours)


def read_here(
    uploads: Sequence[Upload], *, max_bytes: int, ask: bool = False, time_zone: str = "UTC", only_ours: bool = False
) -> Parsed:
    """Read in this process, however large it is. The arguments are those of `reading`."""
    if only_ours:
        return _read_export(uploads, max_bytes=max_bytes)
    members = open_uploads(uploads, Limits(max_bytes=max_bytes))
    reader = next((reader for reader in READERS if any(map(reader.recognises, members))), None)
    # where nobody recognises anything, Letterboxd's refusal says what is missing
    parsed = reader.parse(members, time_zone) if reader else letterboxd.parse(members, ask=ask)
    return _not_too_many(parsed, uploads[0].name)


def is_large(uploads: Sequence[Upload], max_bytes: int) -> bool:
    """Whether reading them could take so much memory or time that others would feel it. Raises SourceError for what
    is refused unread."""
    size = lines = 0
    for upload in uploads:
        unpacked, below = weight(upload, Limits(max_bytes=max_bytes))
        size, lines = size + unpacked, lines + below
    return size > LARGE or lines > MANY_LINES


def _read_export(uploads: Sequence[Upload], *, max_bytes: int) -> Parsed:
    members = open_uploads(uploads, Limits(max_bytes=max_bytes))
    if not any(map(reelkeeper.recognises, members)):
        raise refusal("not_our_export", uploads[0].name)
    return _not_too_many(reelkeeper.parse(members, NAMES_OF), uploads[0].name)


def _not_too_many(parsed: Parsed, file: str) -> Parsed:
    """Of a library each import is looked at by itself: it must come back whole, however many it has."""
    if parsed.library:
        _refuse_too_much_said(parsed.library, file)
    for part in parsed.parts:
        if len(part.movies) > MAX_FILMS:
            raise refusal("too_many_films", file, most=MAX_FILMS)
        if sum(len(viewing.review) for movie in part.movies for viewing in movie.viewings) > MAX_TEXT:
            raise refusal("too_much_text", file, most=MAX_TEXT)
    return parsed


def _refuse_too_much_said(library: ParsedLibrary, file: str) -> None:
    """Each decision is looked at whenever a film is reconciled."""
    if max(len(library.by_hand), len(library.rankings), len(library.decisions)) > MOST_SAID:
        raise refusal("too_many_rows", file, most=MOST_SAID)
    said = sum(len(viewing.review) for viewing in library.by_hand)
    if said + sum(len(decision.values.get("review", "")) for decision in library.decisions) > MAX_TEXT:
        raise refusal("too_much_text", file, most=MAX_TEXT)
