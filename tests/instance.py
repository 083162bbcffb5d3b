"""An installation of Reelkeeper, started as its users start it: `manage.py serve` with its web server and cluster."""

import os
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
def fresh_database(folder: Path) -> Iterator[str]:
    """The address of an empty database, of the kind that DATABASE_URL names; gone afterwards."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield f"sqlite:///{folder / 'instance.sqlite3'}"
        return
    name = f"reelkeeper_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
