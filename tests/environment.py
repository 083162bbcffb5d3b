"""Loaded before Django (pyproject.toml, `-p`): the tests' own environment, and no network beyond this machine."""

import atexit
import os
import shutil
import socket
import sys
import tempfile
from typing import Any

DATA_DIR = tempfile.mkdtemp(prefix="reelkeeper-tests-")
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)

# A run starts Python some two hundred times: what it has compiled is kept, whatever the machine is set to.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

OTHERS = "DEBUG SECRET_KEY ALLOWED_HOSTS CORS_ALLOWED_ORIGINS SITE_URL REDIS_URL PORT PROXY_COUNT UPLOADS_PER_HOUR"
for name in list(os.environ):
    if name.startswith("TMDB_") or name in OTHERS.split():
        del os.environ[name]
os.environ.update(
    DATA_DIR=DATA_DIR,
    TMDB_TOKEN="a-token-for-tests",
    TMDB_BASE_URL="http://127.0.0.1:9/3",  # nobody answers here: tests that ask say whom
    TMDB_RATE="1000/1",
    WARM_CATALOGUE="false",
    DJANGO_ALLOW_ASYNC_UNSAFE="true",  # Playwright's loop runs beside Django's synchronous tests
)

_connect = socket.socket.connect


def _connect_here_only(self: socket.socket, address: Any) -> None:
    is_local = self.family == socket.AF_UNIX or str(address[0]).startswith("127.") or address[0] in ("::1", "localhost")
    if not is_local:
        raise OSError(f"tests may not reach the network: {address}")
    _connect(self, address)


socket.socket.connect = _connect_here_only  # type: ignore[method-assign, assignment]
