"""An installation of Reelkeeper, started as its users start it: `manage.py serve` with its web server and cluster."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
NO_DATABASE = "none://this-test-has-no-database"  # DATABASE_URL within such a test: whatever reads it fails


@dataclass
class Instance:
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


@contextmanager
def installed(folder: Path, database: str, tmdb_url: str, rate: str, **more: str) -> Iterator[Instance]:
    """A running instance with this TMDB (its address without path) and TMDB_RATE; `more` of its environment."""
    port = free_port()
    own = {
        "DATA_DIR": str(folder),
        "DATABASE_URL": database,
        "PORT": str(port),
        "TMDB_TOKEN": "a-token-for-tests",
        "TMDB_BASE_URL": f"{tmdb_url}/3",
        "TMDB_IMAGE_URL": f"{tmdb_url}/t/p",
        "TMDB_RATE": rate,
        "WARM_CATALOGUE": "false",
    }
    instance = Instance(os.environ | own | more, f"http://127.0.0.1:{port}")
    try:
        instance.start()
        yield instance
    finally:
        if instance.process is not None and instance.process.poll() is None:
            instance.stop()


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


@contextmanager
def fresh_database(folder: Path, template: str = "") -> Iterator[str]:
    """The address of a database of the kind that DATABASE_URL names; gone afterwards. It is empty, or a copy of the
    database at the address `template`, which nobody may be connected to."""
    url = os.environ.get("DATABASE_URL", "")
    assert url != NO_DATABASE, "mark this test with django_db, or name its fixture in DATABASE_FIXTURES"
    if not url.startswith("postgres"):
        if template:
            shutil.copyfile(template.removeprefix("sqlite:///"), folder / "instance.sqlite3")
        yield f"sqlite:///{folder / 'instance.sqlite3'}"
        return
    name = f"reelkeeper_{os.getpid()}_{time.monotonic_ns()}"
    source = urlsplit(template).path.removeprefix("/") or "template1"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
