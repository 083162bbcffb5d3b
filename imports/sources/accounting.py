"""The account that a source gives of one file: what became of its rows, and the notes on its lines."""

from dataclasses import dataclass, field

from .base import FileReport, RowNote
from .encodings import CODE_PAGES, Text

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

    def skip(self, rule: str) -> None:
        self.report.skipped[rule] = self.report.skipped.get(rule, 0) + 1

    def note_text(self, text: Text) -> None:
        """Take down which text the file was, and what had to be guessed or undone to read it."""
        self.report.encoding = text.encoding
        if text.encoding == "cp1252":
            self.note("read_as_windows_text")
        elif text.encoding in CODE_PAGES:
            self.note("read_as_code_page", detail=CODE_PAGES[text.encoding])
        if text.is_mended:
            self.note("text_mended")
        if text.is_garbled:
            self.note("text_garbled")


def shorten(text: str) -> str:
    text = " ".join(text.replace("\0", " ").split())
    return text if len(text) <= MAX_DETAIL else text[: MAX_DETAIL - 1] + "…"
