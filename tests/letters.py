"""Letters that wait for the background work."""

from typing import Any

from django.core import mail
from django.utils.module_loading import import_string
from django_q.models import OrmQ


def sent_letters() -> list[Any]:
    """Have what is queued done, as a worker would, and give all letters that were sent."""
    for queued in OrmQ.objects.order_by("pk"):
        task = queued.task
        import_string(task["func"])(*task["args"])
        queued.delete()
    return mail.outbox
