"""The one door to the task queue. A task only says "look again": what is to be done stands in the rows."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

RUN = "enrichment.tasks.run"


def wake() -> None:
    """Have the workers look for open lookups and details, once this transaction is committed."""
    transaction.on_commit(_enqueue)


def _enqueue() -> None:
    waiting = OrmQ.objects.filter(lock__lte=timezone.now()).count()
    for _ in range(settings.CLUSTER_WORKERS - waiting):  # more would find nothing left to do
        async_task(RUN)
