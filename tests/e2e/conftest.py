"""A real instance for a real browser: `manage.py serve` with its web server and cluster, a database of its own, and a
TMDB over HTTP."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.instance import Instance, fresh_database, installed
from tests.tmdb_server import TmdbServer

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture
def slow_tmdb() -> Iterator[TmdbServer]:
    with TmdbServer(latency=0.02) as server:
        yield server


@pytest.fixture
def instance(slow_tmdb: TmdbServer, tmp_path: Path, fresh_database: str) -> Iterator[Instance]:
    with installed(tmp_path / "var", fresh_database, slow_tmdb.host_url, "200/1") as instance:
        yield instance


@pytest.fixture(name="fresh_database")
def _fresh_database(tmp_path: Path) -> Iterator[str]:
    with fresh_database(tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium; the tests download no browser."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium here: install it (Debian: apt-get install chromium) to run the browser tests")
    return {**browser_type_launch_args, "executable_path": found, "args": QUIET}
