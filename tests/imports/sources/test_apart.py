"""Large uploads are read by another process: the same films and refusals come of it, and nothing of its troubles."""

import io
import random
import subprocess
from datetime import date
from typing import Any

import pytest

from imports import sources
from imports.sources.base import RoleNeeded, SourceError, Upload
from tests.exports import letterboxd_zip, zip_bytes

MAX_BYTES = 50 * 1024 * 1024
HEADER = b"Date,Name,Year,Letterboxd URI\n"


@pytest.fixture
def all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "LARGE", 0)


def read(*uploads: Upload, ask: bool = False) -> sources.Parsed:
    with sources.reading(uploads, max_bytes=MAX_BYTES, ask=ask) as parsed:
        return parsed


def test_the_same_films_come_of_it(all_are_large: None) -> None:
    upload = Upload("export.zip", letterboxd_zip(1_300))
    assert read(upload) == sources.read_here([upload], max_bytes=MAX_BYTES)


def test_an_open_file_is_read_as_well(all_are_large: None) -> None:
    data = letterboxd_zip(20)
    assert read(Upload("export.zip", io.BytesIO(data))) == read(Upload("export.zip", data))


def test_a_refusal_comes_back_as_it_is(all_are_large: None) -> None:
    upload = Upload("watched.csv", b"Colour,Weight\nred,3\n")
    with pytest.raises(SourceError) as here:
        sources.read_here([upload], max_bytes=MAX_BYTES)
    with pytest.raises(SourceError) as there:
        read(upload)
    assert (str(there.value), there.value.params) == (str(here.value), here.value.params)


def test_a_question_comes_back_too(all_are_large: None) -> None:
    with pytest.raises(RoleNeeded, match=r"films\.csv"):
        read(Upload("films.csv", HEADER + b"2024-01-01,Heat,1995,\n"), ask=True)


def test_days_are_those_of_the_persons_time_zone(all_are_large: None) -> None:
    header = b"Playback Start Datetime (UTC),Material Type Description,Title,Seconds Viewed\n"
    rows = header + b"2024-01-01 23:30:00,FEATURE,Heat,900\n"
    with sources.reading([Upload("h.csv", rows)], max_bytes=MAX_BYTES, time_zone="Asia/Tokyo") as parsed:
        assert parsed.movies[0].watched_on == date(2024, 1, 2)


@pytest.mark.parametrize(
    ("data", "is_large"),
    [
        (HEADER + b"2024-01-01,Heat,1995,\n" * 100, False),
        (HEADER + b"".join(b"2024-01-01,Film %d,1995,\n" % n for n in range(60_001)), True),
        (HEADER + b'2024-01-01,"' + random.Random(1).randbytes(4_500_000).hex().encode() + b'",1995,\n', True),
    ],
)
def test_what_is_large_is_told_by_bytes_and_lines_unpacked(data: bytes, is_large: bool) -> None:
    assert sources.is_large([Upload("watched.csv", data)], MAX_BYTES) is is_large
    assert sources.is_large([Upload("lb.zip", zip_bytes({"watched.csv": data}))], MAX_BYTES) is is_large
    parts = [Upload(f"{number}.csv", data) for number in range(3)]
    assert sources.is_large(parts, MAX_BYTES) is is_large


@pytest.mark.slow
@pytest.mark.parametrize("limit", ["MOST_MEMORY", "MOST_SECONDS"])
def test_what_takes_too_much_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    """The limits are the child's own: here they are so low that it dies of anything."""
    script = f"from imports.sources import apart; apart.{limit} = 1; apart.main()"
    real = subprocess.Popen

    def start(command: list[str], **options: Any) -> Any:
        return real([command[0], "-c", script], **options)

    monkeypatch.setattr(subprocess, "Popen", start)
    rows = b"".join(b"2024-01-01,Film %d,1995,\n" % n for n in range(70_000))
    with pytest.raises(SourceError) as refused:
        read(Upload("watched.csv", HEADER + rows))
    assert (refused.value.code, refused.value.status) == ("too_much_to_read", 413)
