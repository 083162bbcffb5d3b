"""A database for one benchmark, of the kind that DATABASE_URL names, and gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.test.utils import get_runner


@contextmanager
def fresh_database() -> Iterator[None]:
    runner = get_runner(settings)(verbosity=0, interactive=False)
    runner.setup_test_environment()
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(settings.DATA_DIR / "bench.sqlite3")  # in a file, as in life
    databases = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(databases)
        runner.teardown_test_environment()
