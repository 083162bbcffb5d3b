"""Signs of life of a cluster that does not run."""

from queue import Queue
from types import SimpleNamespace

from django.utils import timezone
from django_q.conf import Conf
from django_q.status import Stat


def a_cluster_lives(host: str) -> None:
    """Idle, with two workers; as its sentinel saves it twice a second."""
    sentinel = SimpleNamespace(
        parent_pid=10,
        cluster_id="one",
        broker=None,
        tob=timezone.now(),
        reincarnations=0,
        status=lambda: Conf.IDLE,  # a lazy translation
        pid=11,
        monitor=None,
        pusher=None,
        pool=[SimpleNamespace(pid=n) for n in (12, 13)],
        result_queue=Queue(),
        task_queue=Queue(),
    )
    stat = Stat(sentinel)
    stat.host = host
    stat.save()
