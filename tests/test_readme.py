"""The README's four lines, run as they stand there."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from imports.models import ImportSession
from tests.exports import letterboxd_zip

README = Path(__file__).resolve().parents[1] / "README.md"
HOST = "http://127.0.0.1:8000"


def four_lines() -> list[str]:
    section = README.read_text().partition("## The JSON API\n")[2].partition("\n## ")[0]
    return re.findall(r"^    (.*\bcurl .*)$", section, flags=re.MULTILINE)


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
