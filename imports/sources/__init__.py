"""Files that a person sends → films. Each service is a package here, and this is the only way in."""

from collections.abc import Sequence

from imports.sources import letterboxd, prime_video
from imports.sources.archive import Limits, open_uploads
from imports.sources.base import Parsed, RoleNeeded, SourceError, Upload

__all__ = ["Parsed", "RoleNeeded", "SourceError", "Upload", "read"]


def read(uploads: Sequence[Upload], *, max_bytes: int, ask: bool, time_zone: str = "UTC") -> Parsed:
    """Everything or a SourceError. With `ask`, a file that could be several things raises RoleNeeded. `time_zone`
    decides the day where a file has times (Prime Video's)."""
    members = open_uploads(uploads, Limits(max_bytes=max_bytes))
    if any(map(prime_video.recognises, members)):
        return prime_video.parse(members, time_zone)
    return letterboxd.parse(members, ask=ask)  # where neither recognises anything, its refusal says what is missing
