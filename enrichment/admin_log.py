"""The admin's own log, which outlives what it tells of: rows stand there by their numbers, because their names may be
people's: what somebody typed, or is called."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import F, Model, QuerySet, TextField, Value
from django.db.models.functions import Concat


def note(staff: User | AnonymousUser, rows: Sequence[Any], message: str = "", *, flag: int = CHANGE) -> list[LogEntry]:
    """Note what `staff` did with each of these rows."""
    about: dict[str, Any] = {"user_id": staff.pk, "action_flag": flag, "change_message": message}
    kinds = {type(row): ContentType.objects.get_for_model(row) for row in rows}
    return LogEntry.objects.bulk_create(
        LogEntry(content_type=kinds[type(row)], object_id=row.pk, object_repr=f"{_kind(type(row))} {row.pk}", **about)
        for row in rows
    )


def note_of_instance(staff: User | AnonymousUser, message: str) -> None:
    """Note what `staff` did with the whole instance."""
    about: dict[str, Any] = {"user_id": staff.pk, "action_flag": CHANGE, "change_message": message}
    LogEntry.objects.create(object_repr="Status", **about)


def forget(rows_of: Mapping[type[Model], QuerySet[Any]]) -> None:
    """What staff did stays told; what these rows were called, and what was changed of them, no longer."""
    keys: dict[int, set[str]] = defaultdict(set)
    for kind_id, pk in LogEntry.objects.order_by().values_list("content_type", "object_id").distinct():
        if kind_id is not None and pk is not None:
            keys[kind_id].add(pk)
    for model, rows in rows_of.items():
        kind = ContentType.objects.get_for_model(model).pk
        logged = rows.filter(pk__in=_as_keys(model, keys[kind])).values_list("pk", flat=True)
        entries = LogEntry.objects.filter(content_type=kind, object_id__in=[str(pk) for pk in logged])
        number = Concat(Value(f"{_kind(model)} "), F("object_id"), output_field=TextField())
        entries.update(object_repr=number, change_message="")


def _kind(model: type[Model]) -> str:
    return str(model._meta.verbose_name)


def _as_keys(model: type[Model], texts: Iterable[str]) -> list[Any]:
    keys = []
    for text in texts:
        with suppress(ValidationError):
            keys.append(model._meta.pk.to_python(text))
    return keys
