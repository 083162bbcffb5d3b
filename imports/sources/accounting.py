"""The account that a source gives of one file: what became of its rows, and the notes on its lines."""

from dataclasses import dataclass, field

from .base import FileReport, RowNote

MAX_DETAIL = 100


@dataclass(slots=True)
class Account:
    """The report of one file, and the notes on its lines."""

    report: FileReport
    notes: list[RowNote] = field(default_factory=list)

    def note(self, reason: str, line: int | None = None, detail: str = "") -> None:
        self.notes.append(RowNote(self.report.name, line, "note", reason, shorten(detail)))

    def lose(self, reason: str, line: int, detail: str = "") -> None:
        self.notes.append(RowNote(self.report.name, line, "lost", reason, shorten(detail)))
        self.report.problems += 1


def shorten(text: str) -> str:
    text = " ".join(text.replace("\0", " ").split())
    return text if len(text) <= MAX_DETAIL else text[: MAX_DETAIL - 1] + "…"
