"""A cluster that starts before its database sticks, so both wait for it."""

import time

from django.core.management.base import CommandError
from django.db import OperationalError, connection

SECONDS = 30


def wait_for_database() -> None:
    """Raises CommandError when there is no database within SECONDS."""
    for left in range(SECONDS, -1, -1):
        try:
            connection.ensure_connection()
        except OperationalError as exc:
            if not left:
                raise CommandError(f"The database does not answer: {str(exc).splitlines()[0]}") from exc
            time.sleep(1)
        else:
            connection.close()
            return
