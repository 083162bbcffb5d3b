"""What is kept of a person's uses and wrong passwords: told in their export, and forgotten."""

from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from imports.models import Usage

LOGIN_ROWS = (AccessAttempt, AccessLog, AccessFailureLog)


def usage_of(user: User) -> dict[str, list[dict[str, Any]]]:
    """What is kept of this person's uses and wrong passwords, for their export."""
    attempts = AccessAttempt.objects.filter(username=user.get_username())
    return {
        "uses": list(user.usage.order_by("at").values("kind", "address", "at")),
        "failed_logins": list(attempts.values("ip_address", "user_agent", "attempt_time", "failures_since_start")),
    }


def forget_logins(user: User) -> None:
    """Their uses go with the account; these rows know it only by its name."""
    for model in LOGIN_ROWS:
        model.objects.filter(username=user.get_username()).delete()


def forget_old(days: int = 30) -> int:
    """Addresses, and names that someone tried to sign in with, are kept no longer than that. Returns how many rows
    went."""
    return sum(rows.delete()[0] for rows in _old(days))


def count_old(days: int = 30) -> int:
    return sum(rows.count() for rows in _old(days))


def _old(days: int) -> "list[QuerySet[Any]]":
    before = timezone.now() - timedelta(days=days)
    return [
        Usage.objects.filter(at__lt=before),
        *(model.objects.filter(attempt_time__lt=before) for model in LOGIN_ROWS),
    ]
