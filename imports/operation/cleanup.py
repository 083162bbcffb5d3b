"""What is over is deleted, in short transactions: it may be stopped at any time, and two at once harm nobody."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone
from django_q.models import Task

from enrichment import services as enrichment
from enrichment.batches import SIZE, batches
from imports.accounts import usage
from imports.models import HandViewing, ImportSession, ShareLink
from imports.sessions.delete import delete_expired
from imports.sharing.links import revoke_link

KEEP_LINKS = timedelta(days=30)  # after their end, so that their owner sees what became of them
KEEP_FAILURES = timedelta(days=30)  # django-q limits only the tasks that went well
KEEP_QUESTIONS = timedelta(days=1)
KEEP_REMOVED = timedelta(days=1)  # so long a removal can be undone


@dataclass(frozen=True)
class Chore:
    name: str  # what goes, as a person calls it
    count: Callable[[], int]
    clean: Callable[[], Iterator[int]]  # step by step: how many went


def clean_up(budget_seconds: float) -> tuple[dict[str, int], bool]:
    """How many of each went, and whether all is clean: False when the time was over before."""
    deadline = time.monotonic() + budget_seconds
    done: dict[str, int] = {}
    for chore in CHORES:
        for gone in chore.clean():
            done[chore.name] = done.get(chore.name, 0) + gone
            if time.monotonic() > deadline:
                return done, False
    return done, True


def _imports() -> Iterator[int]:
    for pk in list(ImportSession.objects.expired().order_by("expires_at").values_list("pk", flat=True)):
        yield int(delete_expired(pk))


def _links() -> "QuerySet[ShareLink]":
    return ShareLink.objects.filter(expires_at__lt=_before(KEEP_LINKS))


def _revoke_links() -> Iterator[int]:
    for link in list(_links()):
        revoke_link(link)
        yield 1


def _questions() -> list[int]:
    return enrichment.left_over(_before(KEEP_QUESTIONS))


def _forget_questions() -> Iterator[int]:
    for batch in batches(_questions()):
        yield enrichment.forget_unneeded(batch)


def _rows(name: str, find: "Callable[[], QuerySet[Any]]") -> Chore:
    def clean() -> Iterator[int]:
        while ids := list(find().order_by("pk").values_list("pk", flat=True)[:SIZE]):
            yield find().filter(pk__in=ids).delete()[0]

    return Chore(name, lambda: find().count(), clean)


def _before(age: timedelta) -> datetime:
    return timezone.now() - age


CHORES = (
    Chore("expired imports", lambda: ImportSession.objects.expired().count(), _imports),
    Chore("share links that ended long ago", lambda: _links().count(), _revoke_links),
    Chore("questions that nobody asks", lambda: len(_questions()), _forget_questions),
    _rows(
        "viewings by hand that were removed",
        lambda: HandViewing.objects.filter(removed_at__lt=_before(KEEP_REMOVED)),
    ),
    _rows("browsers' sessions that have run out", lambda: Session.objects.filter(expire_date__lt=timezone.now())),
    Chore("old uses and wrong passwords", usage.count_old, lambda: iter([usage.forget_old()])),
    _rows(
        "old failed tasks", lambda: Task.objects.filter(success=False, stopped__lt=_before(KEEP_FAILURES)).order_by()
    ),
)
