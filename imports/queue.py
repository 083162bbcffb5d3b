"""How imports have a task run. A task only says "look": what is to be done stands in the rows."""

from django.db import transaction
from django_q.tasks import async_task

CLEAN_UP = "imports.tasks.cleanup"


def clean_up() -> None:
    """Have deleted what is over, once this transaction is committed."""
    transaction.on_commit(lambda: async_task(CLEAN_UP))
