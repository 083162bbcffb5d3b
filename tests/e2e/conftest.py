"""A real instance for a real browser: `manage.py serve` with its web server and cluster, a database of its own, and a
TMDB over HTTP."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.tmdb_server import TmdbServer

ROOT = Path(__file__).resolve().parent.parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@dataclass
class Instance:
    """One installation of Reelkeeper, started as its users start it."""

    env: dict[str, str]
    url: str
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "manage.py", "serve"], cwd=ROOT, env=self.env)
        wait_for(lambda: urllib.request.urlopen(f"{self.url}/health").status == 200, "the web server")

    def stop(self, number: int = signal.SIGINT) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(timeout=60)

    def clusters(self) -> list[int]:
        """The main process of each cluster of this instance."""
        marks = Path(self.env["DATA_DIR"]).glob("cluster-*")
        return [int(mark.name.removeprefix("cluster-")) for mark in marks]


def wait_for(check: Any, what: str, seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := check():
                return found
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s for {what}")


@pytest.fixture
def slow_tmdb() -> Iterator[TmdbServer]:
    with TmdbServer(latency=0.02) as server:
        yield server


@pytest.fixture
def instance(slow_tmdb: TmdbServer, tmp_path: Path, fresh_database: str) -> Iterator[Instance]:
    port = free_port()
    own = {
        "DATA_DIR": str(tmp_path / "var"),
        "DATABASE_URL": fresh_database,
        "PORT": str(port),
        "TMDB_TOKEN": "a-token-for-tests",
        "TMDB_BASE_URL": slow_tmdb.base_url,
        "TMDB_IMAGE_URL": slow_tmdb.image_url,
        "TMDB_RATE": "200/1",
    }
    instance = Instance(os.environ | own, f"http://127.0.0.1:{port}")
    instance.start()
    yield instance
    if instance.process is not None and instance.process.poll() is None:
        instance.stop()


@pytest.fixture
def fresh_database(tmp_path: Path) -> Iterator[str]:
    """An empty database of the kind that the tests run on."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield f"sqlite:///{tmp_path / 'e2e.sqlite3'}"
        return
    name = f"reelkeeper_e2e_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium; the tests download no browser."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium here: install it (Debian: apt-get install chromium) to run the browser tests")
    return {**browser_type_launch_args, "executable_path": found, "args": QUIET}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
