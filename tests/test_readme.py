"""The README's lines of curl, run as they stand there."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from imports.accounts import tokens
from imports.models import ImportSession, LibraryViewing
from tests.exports import letterboxd_zip
from tests.factories import TmdbMovieFactory, UserFactory

README = Path(__file__).resolve().parents[1] / "README.md"
HOST = "http://127.0.0.1:8000"


def blocks() -> list[str]:
    """The lines of an import, and those of a library."""
    section = README.read_text().partition("## The JSON API\n")[2].partition("\n## ")[0]
    return [block.replace("\n    ", "\n").strip() for block in re.findall(r"(?:\n    .*)+", section)]


def four_lines() -> list[str]:
    return blocks()[0].splitlines()


@pytest.mark.django_db(transaction=True)
def test_the_whole_way_with_four_curl_lines(live_server: Any, tmp_path: Path) -> None:
    (tmp_path / "letterboxd.zip").write_bytes(letterboxd_zip(5))
    lines = four_lines()
    assert len(lines) == 4
    script = "\necho; echo ----\n".join(line.replace(HOST, live_server.url) for line in lines)
    bash = subprocess.run(["bash", "-euc", script], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (bash.returncode, bash.stderr) == (0, "")
    uploaded, status, movies, export = bash.stdout.split("\n----\n")
    session = ImportSession.objects.get()
    assert uploaded.strip() == str(session.pk)
    assert json.loads(status)["session_id"] == str(session.pk)
    assert json.loads(status)["total_movies"] == session.total_movies > 0
    assert json.loads(movies)["total"] == session.total_movies
    assert len(json.loads(export)["movies"]) == session.total_movies


@pytest.mark.django_db(transaction=True)
def test_a_library_with_a_token(live_server: Any, tmp_path: Path) -> None:
    user = UserFactory()
    TmdbMovieFactory(done=True, tmdb_id=949, title="Heat")
    [_, script] = blocks()
    script = script.replace("https://your.host", live_server.url).replace("curl ", "curl -sf ")
    given = {"PATH": os.environ["PATH"], "TOKEN": tokens.make(user, "a script")}
    bash = subprocess.run(["bash", "-euc", script], cwd=tmp_path, capture_output=True, text=True, timeout=60, env=given)
    assert (bash.returncode, bash.stderr) == (0, "")
    assert '"watched_date": "2024-05-31"' in bash.stdout
    assert [path.suffix for path in tmp_path.iterdir()] == [".zip"]
    assert LibraryViewing.objects.get(user=user).film.title == "Heat"
