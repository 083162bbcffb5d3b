"""Files that a person sends → films. Each service is a package here, and this is the only way in."""

from collections.abc import Sequence

from imports.sources import letterboxd, prime_video, reelkeeper
from imports.sources.archive import Limits, open_uploads
from imports.sources.base import Parsed, RoleNeeded, SourceError, Upload
from imports.sources.refusals import refusal

MAX_FILMS = 100_000  # an hour of storing and matching for a machine; no account seen has a fifth of it

__all__ = ["Parsed", "RoleNeeded", "SourceError", "Upload", "read"]


def read(uploads: Sequence[Upload], *, max_bytes: int, ask: bool, time_zone: str = "UTC") -> Parsed:
    """Everything or a SourceError. With `ask`, a file that could be several things raises RoleNeeded. `time_zone`
    decides the day where a file has times (Prime Video's)."""
    members = open_uploads(uploads, Limits(max_bytes=max_bytes))
    if any(map(reelkeeper.recognises, members)):
        parsed = reelkeeper.parse(members)
    elif any(map(prime_video.recognises, members)):
        parsed = prime_video.parse(members, time_zone)
    else:  # where neither recognises anything, its refusal says what is missing
        parsed = letterboxd.parse(members, ask=ask)
    if len(parsed.movies) > MAX_FILMS:
        raise refusal("too_many_films", uploads[0].name, most=MAX_FILMS)
    return parsed
