"""What an account takes in when its person signs in, and how it goes, with all that is theirs."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Model, TextField, Value
from django.db.models.functions import Concat

from imports.models import ImportSession, Movie, expiry
from imports.review import memory
from imports.sessions.delete import delete_import
from imports.sharing.links import revoke_link

from . import usage
from .rows import rows_of


def adopt(browser_key: str, user: User) -> int:
    """What this browser imported before signing in becomes the account's, and lives as long as its other imports.
    Returns how many they are."""
    found = ImportSession.objects.alive().filter(browser_key=browser_key, user=None)
    with transaction.atomic():
        memory.remember_choices(user, Movie.objects.filter(session__in=found))
        return found.update(user=user, browser_key="", expires_at=expiry(has_account=True))


def delete_account(user: User, watch: Callable[[Sequence[ImportSession]], Iterable[ImportSession]] = iter) -> None:
    """Everything of theirs, import by import, so that no lock is held for long. The account goes last: what a crash
    interrupts can be asked for again. `watch`: for a progress bar."""
    _forget_in_admin_log(user)
    user.rankings.all().delete()
    user.match_memories.all().delete()
    for session in watch(list(user.import_sessions.order_by("pk"))):
        delete_import(session)
    for link in user.share_links.all():
        revoke_link(link)
    _sign_out_everywhere(user)
    usage.forget_logins(user)
    user.delete()


def _forget_in_admin_log(user: User) -> None:
    """What staff did stays told; of whom and of what no longer."""
    told: dict[int, set[str]] = defaultdict(set)
    for kind_id, pk in LogEntry.objects.order_by().values_list("content_type", "object_id").distinct():
        if kind_id is not None and pk is not None:
            told[kind_id].add(pk)
    for model, rows in rows_of(user).items():
        kind = ContentType.objects.get_for_model(model).pk
        found = rows.filter(pk__in=_keys(model, told[kind])).values_list("pk", flat=True)
        entries = LogEntry.objects.filter(content_type=kind, object_id__in=[str(pk) for pk in found])
        name = Concat(Value(f"{model._meta.verbose_name} "), F("object_id"), output_field=TextField())
        entries.update(object_repr=name, change_message="")


def _keys(model: type[Model], texts: Iterable[str]) -> list[Any]:
    keys = []
    for text in texts:
        with suppress(ValidationError):
            keys.append(model._meta.pk.to_python(text))
    return keys


def _sign_out_everywhere(user: User) -> None:
    """A session names its user only inside its signed data, so all of them are opened."""
    rows = Session.objects.iterator()
    theirs = [row.pk for row in rows if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=theirs).delete()
