"""Reading Prime Video files that a test writes down."""

from datetime import date

from imports import sources
from imports.sources.base import Parsed, ParsedMovie, Upload
from tests.imports.sources.reading import MAX_BYTES

HEADER = "Date Watched,Type,Title,Episode"


def read_prime(*uploads: Upload, zone: str = "UTC") -> Parsed:
    return sources.read_here(uploads, max_bytes=MAX_BYTES, ask=True, time_zone=zone)


def script(*lines: str, header: str = HEADER, zone: str = "UTC") -> Parsed:
    return read_prime(Upload("history.csv", "\n".join([header, *lines]).encode()), zone=zone)


def entry(title: str, day: str = "2024-01-02", *, episode: str = "") -> str:
    kind = "Series" if episode else "Movie"
    return f'"{day}",{kind},"{title}","{episode}"'


def days(movie: ParsedMovie) -> list[date | None]:
    return [viewing.watched_on for viewing in movie.viewings]


def by_title(parsed: Parsed) -> dict[str, ParsedMovie]:
    return {movie.title: movie for movie in parsed.movies}


def kinds(parsed: Parsed) -> dict[str, str]:
    return {movie.title: movie.kind for movie in parsed.movies}
