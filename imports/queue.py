"""How imports have a task run. A task only says "look": what is to be done stands in the rows. But a letter, which is
not worth a row: a person who gets none asks again."""

from collections.abc import Sequence

from django.db import transaction
from django_q.tasks import async_task

CLEAN_UP = "imports.tasks.cleanup"
KEEP_LIBRARIES = "imports.tasks.keep_libraries"
RESET_LETTERS = "imports.tasks.reset_letters"


def clean_up() -> None:
    """Have deleted what is over, once this transaction is committed."""
    transaction.on_commit(lambda: async_task(CLEAN_UP))


def keep_libraries() -> None:
    """Have libraries brought up to date that are behind, once this transaction is committed."""
    transaction.on_commit(lambda: async_task(KEEP_LIBRARIES))


def send_reset_letters(user_ids: Sequence[int], site: str) -> None:
    """Also for nobody: what is done here takes the same time for every address."""
    async_task(RESET_LETTERS, list(user_ids), site, save=False)
