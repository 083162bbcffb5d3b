"""Reading files that a test writes down."""

import pytest

from imports import sources
from imports.sources.base import FileReport, Parsed, ParsedMovie, SourceError, Upload
from tests.exports import BASE, DIARY, RATINGS, REVIEWS, csv_bytes, zip_bytes

MAX_BYTES = 50 * 1024 * 1024
HEADERS = {"ratings": RATINGS, "diary": DIARY, "reviews": REVIEWS}
Rows = list[list[str]]


def read(*uploads: Upload, ask: bool = False) -> Parsed:
    return sources.read_here(uploads, max_bytes=MAX_BYTES, ask=ask)


def read_zip(**files: Rows) -> Parsed:
    """`watched=[…]`, `ratings=[…]` and so on, as an export; `likes` is likes/films.csv."""
    return read(Upload("export.zip", zip_bytes(export(**files))))


def export(**files: Rows) -> dict[str, bytes]:
    paths = {"likes": "likes/films.csv"}
    return {paths.get(kind, f"{kind}.csv"): csv_bytes(HEADERS.get(kind, BASE), rows) for kind, rows in files.items()}


def read_text(text: str, name: str = "watched.csv", *, ask: bool = False) -> Parsed:
    return read(Upload(name, text.encode()), ask=ask)


def refused(*uploads: Upload, ask: bool = False) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(*uploads, ask=ask)
    return caught.value


def only(parsed: Parsed) -> ParsedMovie:
    (movie,) = parsed.movies
    return movie


def report(parsed: Parsed, name: str) -> FileReport:
    (found,) = [file for file in parsed.files if file.name == name]
    return found


def reasons(parsed: Parsed) -> list[str]:
    return [note.reason for note in parsed.notes]
