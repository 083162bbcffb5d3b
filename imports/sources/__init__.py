"""Files that a person sends → films. Each source is a module here, and this is the only way in."""

from collections.abc import Sequence
from typing import Protocol

from imports.sources import letterboxd
from imports.sources.archive import Limits, Member, open_uploads
from imports.sources.base import Parsed, RoleNeeded, SourceError, Upload

__all__ = ["Parsed", "RoleNeeded", "SourceError", "Upload", "read"]


class Source(Protocol):
    """What a module here offers."""

    def recognises(self, member: Member) -> bool: ...
    def parse(self, members: Sequence[Member], *, ask: bool) -> Parsed: ...


SOURCES: tuple[Source, ...] = (letterboxd,)


def read(uploads: Sequence[Upload], *, max_bytes: int, ask: bool) -> Parsed:
    """Everything or a SourceError. With `ask`, a file that could be several things raises RoleNeeded."""
    members = open_uploads(uploads, Limits(max_bytes=max_bytes))
    source = next((source for source in SOURCES if any(map(source.recognises, members))), letterboxd)
    return source.parse(members, ask=ask)  # where none recognises anything, its refusal says what is missing
