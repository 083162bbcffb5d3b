"""What an account takes in when its person signs in, and how it goes, with all that is theirs."""

from collections.abc import Callable, Iterable, Sequence

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction

from enrichment import admin_log
from imports import queue
from imports.models import ImportSession, Library, Movie, expiry
from imports.reconciling import keeping, marks
from imports.review import memory
from imports.sessions.delete import delete_import
from imports.sharing.links import revoke_link

from . import usage
from .rows import rows_of


def adopt(browser_key: str, user: User) -> int:
    """What this browser imported before signing in becomes the account's, and lives as long as its other imports.
    Returns how many they are."""
    brought = ImportSession.objects.alive().filter(browser_key=browser_key, user=None)
    with transaction.atomic():
        list(brought.order_by("pk").select_for_update(no_key=True))  # what another tab chooses now comes before this
        memory.remember_choices(user, Movie.objects.filter(session__in=brought))
        adopted = brought.update(user=user, browser_key="", expires_at=expiry(has_account=True))
        if adopted:
            marks.mark_all([user.pk])
            queue.keep_libraries()
        return adopted


def delete_account(user: User, watch: Callable[[Sequence[ImportSession]], Iterable[ImportSession]] = iter) -> None:
    """Everything of theirs, import by import, so that no lock is held for long. The account goes last: what a crash
    interrupts can be asked for again. `watch`: for a progress bar."""
    admin_log.forget(rows_of(user))
    user.rankings.all().delete()
    user.match_memories.all().delete()
    for session in watch(list(user.import_sessions.order_by("pk"))):
        delete_import(session)
    for link in user.share_links.all():
        revoke_link(link)
    _sign_out_everywhere(user)
    usage.forget_logins(user)
    keeping.ensure_library(user)
    with transaction.atomic():
        # who puts the library together is done before this begins, and who notes a change of it comes too late
        list(Library.objects.filter(user=user).select_for_update())
        list(User.objects.filter(pk=user.pk).select_for_update())
        user.delete()


def _sign_out_everywhere(user: User) -> None:
    """A session names its user only inside its signed data, so all of them are opened."""
    rows = Session.objects.iterator()
    theirs = [row.pk for row in rows if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=theirs).delete()
