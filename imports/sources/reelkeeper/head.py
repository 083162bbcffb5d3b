"""What the export tells of the import as a whole: where it came from, and what became of every row of its files."""

from typing import Any, Literal, cast

from ..base import FileReport, Restored, RowNote
from ..traits import TRAITS
from .fields import Fault
from .shape import FILE, HEAD, PROBLEM, checked


def read_head(part: dict[str, Any]) -> tuple[str, Restored]:
    """The source, and what else there is to restore."""
    head = checked(HEAD, part)
    if head["source"] not in TRAITS:
        raise Fault("source")
    return head["source"], Restored(head["time_zone"], head["found_count"], head["created_at"])


def read_file(part: dict[str, Any]) -> FileReport:
    report = FileReport(**checked(FILE, part))
    if not report.adds_up:
        raise Fault("rows")
    return report


def read_problem(part: dict[str, Any]) -> RowNote:
    problem = checked(PROBLEM, part)
    return RowNote(
        problem["file"],
        problem["line"],
        cast(Literal["lost", "note"], problem["kind"]),
        problem["reason"],
        problem["detail"],
    )
