"""All rows that belong to a person, found by walking the models: a new one can't be forgotten."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Model, Q, QuerySet

from .usage import LOGIN_ROWS

Rows = QuerySet[Any]


def rows_of(user: User) -> dict[type[Model], Rows]:
    """For every model whose rows lead to a user, straight or over others: this user's."""
    rows: dict[type[Model], Rows] = {User: User.objects.filter(pk=user.pk)}
    for model in apps.get_models(include_auto_created=True):
        if paths := list(_paths(model)):
            rows[model] = model._default_manager.filter(_any_of(paths, user))
    for model in LOGIN_ROWS:
        rows[model] = model._default_manager.filter(username=user.get_username())  # known only by its name
    return rows


def _any_of(paths: list[str], user: User) -> Q:
    theirs = Q()
    for path in paths:
        theirs |= Q(**{path: user.pk})
    return theirs


def _paths(model: type[Model], over: tuple[type[Model], ...] = ()) -> Iterator[str]:
    """The ways from this model to its person, as a filter names them: `user`, `session__user`."""
    for field in model._meta.concrete_fields:
        related = field.related_model
        if related is User:
            yield field.name
        elif related is not None and related not in (model, *over):
            yield from (f"{field.name}__{path}" for path in _paths(related, (model, *over)))
