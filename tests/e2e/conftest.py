"""A real instance for a real browser: `manage.py serve` with its web server and cluster, a database of its own, and a
TMDB over HTTP."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.instance import ROOT, Instance, fresh_database, installed
from tests.tmdb_server import TmdbServer

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.hookimpl(trylast=True)  # pytest has put those together by now that share the browser
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first here, too: they wait for processes while others use the browser."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture
def slow_tmdb() -> Iterator[TmdbServer]:
    with TmdbServer(latency=0.02) as server:
        yield server


@pytest.fixture
def instance(slow_tmdb: TmdbServer, tmp_path: Path, migrated_database: str) -> Iterator[Instance]:
    """Those of test_chaos and test_limits begin with an empty database instead."""
    with installed(tmp_path / "var", migrated_database, slow_tmdb.host_url, "200/1") as instance:
        yield instance


@pytest.fixture(name="fresh_database")
def _fresh_database(tmp_path: Path) -> Iterator[str]:
    with fresh_database(tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database that is up to date: a copy is made sooner than the migrations are run."""
    folder = tmp_path_factory.mktemp("template")
    with fresh_database(folder) as url:
        env = os.environ | {"DATA_DIR": str(folder), "DATABASE_URL": url}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
        yield url


@pytest.fixture
def migrated_database(tmp_path: Path, template: str) -> Iterator[str]:
    with fresh_database(tmp_path, template) as url:
        yield url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium; the tests download no browser."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium here: install it (Debian: apt-get install chromium) to run the browser tests")
    return {**browser_type_launch_args, "executable_path": found, "args": QUIET}
