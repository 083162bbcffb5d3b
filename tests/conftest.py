"""What tests of all parts share."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

from enrichment.films import best_known
from enrichment.tmdb import client as tmdb_client
from enrichment.tmdb import health
from tests.tmdb_server import TmdbServer


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Argon2 is slow by design."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture(autouse=True)
def _fresh_process() -> Iterator[None]:
    """What a process remembers, forgotten between tests."""
    tmdb_client.client.cache_clear()
    best_known.forget()
    health._noted_at = 0.0
    yield
    cache.clear()


@pytest.fixture
def tmdb(settings: Any, tmp_path: Any) -> Iterator[TmdbServer]:
    """TMDB over real HTTP, and the settings that lead to it."""
    from dataclasses import replace

    with TmdbServer() as server:
        settings.TMDB = replace(
            django_settings.TMDB, base_url=server.base_url, cache_path=tmp_path / "tmdb_cache.sqlite3"
        )
        yield server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: the quick ones tell first."""
    items.sort(key=lambda item: "e2e" in str(item.path))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = len(terminalreporter.stats.get("skipped", []))
    if skipped and os.environ.get("CI"):
        terminalreporter.write_line(f"{skipped} tests were skipped: in CI every test must run", red=True)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite in a file, as in life: in memory, connections of one process share locks that a file does not have.
    Neither database waits for the disk: what a test writes need not outlive a power cut."""
    options = connection.settings_dict["OPTIONS"]
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(django_settings.DATA_DIR / "test.sqlite3")  # of this process
        options["init_command"] += "PRAGMA synchronous=OFF;"
    else:
        options["options"] = "-c synchronous_commit=off"
        DatabaseOperations.sql_flush = _delete_rows  # type: ignore[method-assign]


def _delete_rows(self: DatabaseOperations, style: Any, tables: list[str], **_: Any) -> list[str]:
    """How tables are emptied after a test with transactions of its own. PostgreSQL's TRUNCATE makes new files for each
    table and index, however few rows there are. Foreign keys are looked at when the transaction ends."""
    return [f"DELETE FROM {self.quote_name(table)}" for table in tables]
