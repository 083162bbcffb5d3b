"""The file in which this machine keeps TMDB's answers. It saves requests; without it everything goes on."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from requests_cache.backends.base import BaseCache
from requests_cache.backends.sqlite import SQLiteCache, SQLiteDict

log = logging.getLogger("reelkeeper.tmdb")

OPTIONS: dict[str, Any] = {"wal": True, "busy_timeout": 20_000}
UNUSABLE = (sqlite3.Error, OSError)


class _Table(SQLiteDict):
    @contextmanager
    def _acquire_sqlite_lock(self) -> Iterator[None]:
        """The library's own tries for ever where a file can't be written, and may leave its transaction open."""
        with self._lock, self._connection as connection:  # type: ignore[union-attr]  # `connection` has opened it
            connection.execute("BEGIN IMMEDIATE")
            self._active_transaction = True
            try:
                yield
            finally:
                self._active_transaction = False


class AnswerFile(SQLiteCache):
    """Raises sqlite3.Error or OSError when the file is no use."""

    def __init__(self, path: Path) -> None:
        BaseCache.__init__(self, cache_name=str(path))  # SQLiteCache's own would make tables of the library's kind
        self.responses = _Table(path, table_name="responses", serializer="json", **OPTIONS)
        self.redirects = _Table(path, table_name="redirects", lock=self.responses._lock, serializer=None, **OPTIONS)


class SessionCache(AnswerFile):
    """A session's: a full disk or a broken file costs the answers kept, not the request."""

    def get_response(self, *args: Any, **kwargs: Any) -> Any:
        with without_on_trouble():
            return super().get_response(*args, **kwargs)

    def save_response(self, *args: Any, **kwargs: Any) -> None:
        with without_on_trouble():
            super().save_response(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> None:
        with without_on_trouble():
            super().delete(*args, **kwargs)


@contextmanager
def without_on_trouble() -> Iterator[None]:
    try:
        yield
    except UNUSABLE as exc:
        log.warning("the HTTP cache is not used (%s: %s)", type(exc).__name__, exc)
