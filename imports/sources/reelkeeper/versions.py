"""The versions of our exports, and how an older one becomes the newest: one step for each version."""

from collections.abc import Callable
from typing import Any, Final

from ..refusals import refusal

FORMAT: Final = "reelkeeper"  # an import
VERSION = 1  # of what is written: shape.py
LIBRARY_FORMAT: Final = "reelkeeper-library"
LIBRARY_VERSION = 1  # library_shape.py

Step = Callable[[dict[str, Any], str], dict[str, Any]]

# version → what makes of an object of it ("head", or one of "files", "problems" or "movies") the same of the next
# version. Every version ever written stays readable.
STEPS: dict[int, Step] = {}
# of a library: "head", or one of "by_hand", "rankings" or "decisions"; its imports have versions of their own
LIBRARY_STEPS: dict[int, Step] = {}


def version_of(head: dict[str, Any], file: str, newest: int = VERSION) -> int:
    version = head.get("version")
    if type(version) is not int or version < 1:
        raise refusal("export_edited", file, line=1, field="version")
    if version > newest:
        raise refusal("export_later", file, version=version if version < 1_000_000 else "?")
    return version


def upgraded(part: dict[str, Any], name: str, version: int) -> dict[str, Any]:
    for number in range(version, VERSION):
        part = STEPS[number](part, name)
    return part


def library_upgraded(part: dict[str, Any], name: str, version: int) -> dict[str, Any]:
    for number in range(version, LIBRARY_VERSION):
        part = LIBRARY_STEPS[number](part, name)
    return part
