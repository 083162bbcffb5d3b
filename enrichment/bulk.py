"""Many rows in one statement, column by column: bulk_create spent most of an upload on building objects and SQL."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model

AS_THEY_ARE = {str, int, bool, type(None)}


def insert(model: type[Model], columns: Mapping[str, Sequence[Any]], *, ignore_conflicts: bool = False) -> None:
    """Insert rows given as columns of equal length (field attname -> values); fields left out take their default.
    With `ignore_conflicts`, rows that a unique constraint refuses are passed over."""
    count = len(next(iter(columns.values())))
    if not count:
        return
    fields = [field for field in model._meta.concrete_fields if not field.generated and not _is_auto(field)]
    values = [_prepared(field, columns.get(field.attname) or [field.get_default()] * count) for field in fields]
    quote = connection.ops.quote_name
    head = f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(quote(str(field.column)) for field in fields)})"
    tail = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            places = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
            cursor.execute(f"{head} SELECT * FROM unnest({places}){tail}", values)  # noqa: S608 (names from the model)
        else:
            places = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"{head} VALUES ({places}){tail}", list(zip(*values, strict=True)))


def _is_auto(field: "Field[Any, Any]") -> bool:
    return field.primary_key and field.get_internal_type() in ("AutoField", "BigAutoField")


def _prepared(field: "Field[Any, Any]", values: Sequence[Any]) -> list[Any]:
    """As the database takes them: most are; empty lists, and days and ratings that come again, are converted once."""
    convert = cache(lambda value: field.get_db_prep_save(value, connection))
    empty = cache(lambda: field.get_db_prep_save([], connection))
    return [
        value
        if type(value) in AS_THEY_ARE
        else convert(value)
        if value.__hash__
        else field.get_db_prep_save(value, connection)
        if value
        else empty()
        for value in values
    ]
