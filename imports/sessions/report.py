"""What became of every row of an import's files, in numbers and in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from imports.models import ImportSession, RowProblem
from imports.sources.reasons import REASONS, SKIP_RULES


@dataclass(frozen=True)
class FileTotals:
    """Rows of all files of an import: each was one of the other five."""

    rows: int
    added: int
    merged: int
    already: int
    skipped: int
    problems: int


def file_totals(files: Iterable[dict[str, Any]]) -> FileTotals:
    """What became of all rows of all files, for one sentence."""
    counts = [
        (f["rows"], f["added"], f["merged"], f["already"], sum(f["skipped"].values()), f["problems"]) for f in files
    ]
    return (
        FileTotals(*(sum(column) for column in zip(*counts, strict=True))) if counts else FileTotals(0, 0, 0, 0, 0, 0)
    )


def row_reason(problem: RowProblem) -> str:
    """What the report says of a row."""
    return _(REASONS.get(problem.reason, "%(detail)s")) % {"detail": problem.detail}


def skip_rule(code: str) -> str:
    """Why rows or a file were left out, for what no sentence is written: the code itself."""
    return _(SKIP_RULES[code]) if code in SKIP_RULES else code


def report_rows(session: ImportSession) -> Iterator[tuple[object, ...]]:
    """First what became of each file's rows, in numbers; then every line of which there is something to say."""
    yield _("File"), _("Line"), _("What"), _("Rows"), _("Why"), _("Value")
    for file in session.files:
        yield from ((file["name"], "", *counted) for counted in _counted(file))
    for problem in session.problems.iterator(chunk_size=500):
        rows = 1 if problem.kind == "lost" else ""
        what = problem.get_kind_display()
        yield problem.file, problem.line or "", what, rows, row_reason(problem), problem.detail


def _counted(file: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    yield _("Read"), file["rows"], "", ""
    yield _("Added"), file["added"], "", ""
    yield _("Merged"), file["merged"], "", ""
    yield _("Already there"), file["already"], "", ""
    for rule, rows in file["skipped"].items():
        yield _("Skipped"), rows, skip_rule(rule), ""
