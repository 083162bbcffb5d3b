"""What tests of all parts share."""

import os
from collections import OrderedDict
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from xdist.scheduler import LoadScopeScheduling

from enrichment.films import best_known
from enrichment.tmdb import client as tmdb_client
from enrichment.tmdb import health
from tests.instance import NO_DATABASE
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


# By these a test gets a database: one of its own process, or one for the processes that it starts.
DATABASE_FIXTURES = {"django_db_setup", "live_server", "template", "fresh_database", "shell"}


@pytest.hookimpl(tryfirst=True)  # before pytest looks at `-m`
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first, so that no worker is left alone with one at the end; those that have a database are marked."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    for item in items:
        fixtures: list[str] = getattr(item, "fixturenames", [])
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES.intersection(fixtures):
            item.add_marker("database")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """A test without the mark `database` can't reach one, so it need not be run again on another: pytest-django
    refuses it here, and a process that it starts finds an address that it can't read."""
    if item.get_closest_marker("database"):
        return (yield)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", NO_DATABASE)
        return (yield)


def pytest_deselected(items: list[pytest.Item]) -> None:
    if items and hasattr(items[0].config, "workeroutput"):
        items[0].config.workeroutput["left_out"] = len(items)


@pytest.hookimpl(optionalhook=True)  # xdist's
def pytest_testnodedown(node: Any) -> None:
    """Tell once how many tests `-m` left out: with several workers pytest itself does not."""
    node.config.left_out = getattr(node, "workeroutput", {}).get("left_out", 0)  # one that crashed tells nothing


# Files with a fixture that is prepared once for all of their tests.
BY_ONE_WORKER = {
    "tests/test_deployment.py",
    "tests/imports/management/test_in_trouble.py",
    "tests/imports/statistics/test_counted.py",
}


class OneByOne(LoadScopeScheduling):
    """Gives each worker its next test when it is free, so that all of them end together."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.split("::")[0]
        return path if path in BY_ONE_WORKER else nodeid

    def remove_node(self, node: Any) -> str | None:
        """The test that a worker dies of fails, and is not given to the next one: xdist would, until none is left,
        and then wait for ever."""
        units = self.assigned_work[node]
        died_of = next((test for unit in units.values() for test, is_done in unit.items() if not is_done), None)
        if died_of is not None:
            units[self._split_scope(died_of)][died_of] = True
        self.assigned_work[node] = OrderedDict((scope, unit) for scope, unit in units.items() if not all(unit.values()))
        super().remove_node(node)
        return died_of


@pytest.hookimpl(optionalhook=True)  # xdist's
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneByOne:
    return OneByOne(config, log)


@pytest.hookimpl(optionalhook=True)  # xdist's
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait for TMDB's pauses, for processes or for the browser."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if left_out := getattr(terminalreporter.config, "left_out", 0):
        terminalreporter.write_line(f"{left_out} tests were left out by -m {terminalreporter.config.option.markexpr!r}")
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
        DatabaseOperations.sql_flush = _delete_rows  # type: ignore[method-assign, assignment]


def _delete_rows(self: DatabaseOperations, style: Any, tables: list[str], **_: Any) -> list[str]:
    """How tables are emptied after a test with transactions of its own. PostgreSQL's TRUNCATE makes new files for each
    table and index, however few rows there are. Foreign keys are looked at when the transaction ends."""
    return [f"DELETE FROM {self.quote_name(table)}" for table in tables]  # noqa: S608 (no name comes from outside)
