"""What an account takes in when its person signs in, and how it goes, with all that is theirs."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction

from . import decisions, limits, services
from .access import expiry
from .models import ImportSession, Movie


def adopt(browser_key: str, user: User) -> int:
    """What this browser imported before signing in becomes the account's, and lives as long as its other imports.
    Returns how many they are."""
    found = ImportSession.objects.alive().filter(browser_key=browser_key, user=None)
    with transaction.atomic():
        decisions.remember_choices(user, Movie.objects.filter(session__in=found))
        return found.update(user=user, browser_key="", expires_at=expiry(has_account=True))


def delete_account(user: User) -> None:
    """Everything of theirs, import by import, so that no lock is held for long. The account goes last: what a crash
    interrupts can be asked for again."""
    user.rankings.all().delete()
    user.match_memories.all().delete()
    for session in list(user.import_sessions.order_by("pk")):
        services.delete_import(session)
    _sign_out_everywhere(user)
    limits.forget_logins(user)
    about = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=about, object_id=user.pk).update(object_repr=f"user {user.pk}")
    user.delete()


def _sign_out_everywhere(user: User) -> None:
    """A session names its user only inside its signed data, so all of them are opened."""
    rows = Session.objects.iterator()
    theirs = [row.pk for row in rows if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=theirs).delete()
