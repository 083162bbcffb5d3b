"""What the export tells of the import as a whole: where it came from, and what became of every row of its files."""

from typing import Any, Literal, cast

from ..base import ENTRY_KINDS, FILM_KINDS, IMPORT_FORMAT, FileReport, Restored, RowNote
from ..reasons import REASONS, SKIP_RULES
from ..traits import TRAITS
from .fields import Fault, Part
from .versions import FORMAT

HEAD = ("format", "version", "source", "time_zone", "created_at", "found_count")
FILE = ("name", "size", "kind", "encoding", "rows", "added", "merged", "already", "skipped", "problems")
COUNTS = ("size", "rows", "added", "merged", "already", "problems")
PROBLEM = ("file", "line", "kind", "reason", "detail")
KINDS = {*FILM_KINDS, *ENTRY_KINDS, IMPORT_FORMAT, "history", *SKIP_RULES}


def read_head(head: Part) -> tuple[str, Restored]:
    head.only(*HEAD)
    head.choice("format", (FORMAT,))
    created_at = head.moment_or_none("created_at")
    if created_at is None:
        raise Fault("created_at")
    restored = Restored(
        time_zone=head.text("time_zone", longest=64), found_count=head.number("found_count"), created_at=created_at
    )
    return head.choice("source", TRAITS), restored


def read_file(file: Part) -> FileReport:
    file.only(*FILE)
    skipped = file.part_or_none("skipped")
    if skipped is None:
        raise Fault("skipped")
    counts: dict[str, Any] = {name: file.number(name) for name in COUNTS}
    report = FileReport(
        name=file.text("name", longest=300),
        kind=file.choice("kind", KINDS),
        encoding=file.text("encoding", longest=40, may_be_empty=True),
        skipped={
            rule: skipped.number(rule)
            for rule in skipped.values
            if Part({"skipped": rule}).choice("skipped", SKIP_RULES)
        },
        **counts,
    )
    if not report.adds_up:
        raise Fault("rows")
    return report


def read_problem(problem: Part) -> RowNote:
    problem.only(*PROBLEM)
    return RowNote(
        file=problem.text("file", longest=300, may_be_empty=True),
        line=problem.number_or_none("line"),
        kind=cast(Literal["lost", "note"], problem.choice("kind", ("lost", "note"))),
        reason=problem.choice("reason", REASONS),
        detail=problem.text("detail", longest=200, may_be_empty=True),
    )
