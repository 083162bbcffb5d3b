"""Files that a person sends → films. Each service is a package here, and this is the only way in."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from . import letterboxd, prime_video, reelkeeper
from .archive import Limits, Member, open_uploads
from .base import Parsed, RoleNeeded, SourceError, Upload
from .refusals import refusal

MAX_FILMS = 100_000  # an hour of storing and matching for a machine; no account seen has a fifth of it

__all__ = ["Parsed", "RoleNeeded", "SourceError", "Upload", "read", "read_export"]


class Reader(NamedTuple):
    recognises: Callable[[Member], bool]
    parse: Callable[[Sequence[Member], str], Parsed]  # all files of the upload, and the person's time zone


NAMES_OF = {prime_video.NAME: prime_video.names}  # of sources whose titles are cleaned before they are asked about
# The first one that recognises a file reads them all: docs/adding-a-source.md
READERS = [
    Reader(reelkeeper.recognises, lambda members, _: reelkeeper.parse(members, NAMES_OF)),
    Reader(prime_video.recognises, prime_video.parse),
]


def read(uploads: Sequence[Upload], *, max_bytes: int, ask: bool, time_zone: str = "UTC") -> Parsed:
    """Everything or a SourceError. With `ask`, a file that could be several things raises RoleNeeded. `time_zone`
    decides the day where a file has times (Prime Video's)."""
    members = open_uploads(uploads, Limits(max_bytes=max_bytes))
    reader = next((reader for reader in READERS if any(map(reader.recognises, members))), None)
    # where nobody recognises anything, Letterboxd's refusal says what is missing
    parsed = reader.parse(members, time_zone) if reader else letterboxd.parse(members, ask=ask)
    return _not_too_many(parsed, uploads[0].name)


def read_export(upload: Upload, *, max_bytes: int) -> Parsed:
    """An export of our own, and nothing else; or a SourceError."""
    members = open_uploads([upload], Limits(max_bytes=max_bytes))
    if not any(map(reelkeeper.recognises, members)):
        raise refusal("not_our_export", upload.name)
    return _not_too_many(reelkeeper.parse(members, NAMES_OF), upload.name)


def _not_too_many(parsed: Parsed, file: str) -> Parsed:
    if len(parsed.movies) > MAX_FILMS:
        raise refusal("too_many_films", file, most=MAX_FILMS)
    return parsed
