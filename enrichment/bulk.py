"""Many rows in one statement, column by column: bulk_create spent most of an upload on building objects and SQL."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Field, Model

AS_THEY_ARE = {str, int, bool, type(None)}


def insert(model: type[Model], columns: Mapping[str, Sequence[Any]], *, ignore_conflicts: bool = False) -> None:
    """Insert rows given as columns of equal length (field attname -> values); fields left out take their default.
    With `ignore_conflicts`, rows that a unique constraint refuses are passed over."""
    _insert(model, columns, " ON CONFLICT DO NOTHING" if ignore_conflicts else "")


def upsert(model: type[Model], columns: Mapping[str, Sequence[Any]], *, where: tuple[str, str]) -> None:
    """Insert rows; one whose primary key is there takes these columns, if its column `where[0]` is `where[1]`, and is
    left alone else. No primary key may come twice."""
    quote = connection.ops.quote_name
    key, table = quote(str(model._meta.pk.column)), quote(model._meta.db_table)
    news = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in columns if quote(name) != key)
    tail = f" ON CONFLICT ({key}) DO UPDATE SET {news} WHERE {table}.{quote(where[0])} = %s"
    with transaction.atomic():
        _insert(model, columns, tail, [where[1]])


def update(model: type[Model], column: str, values: Mapping[int, int]) -> None:
    """Give each row of these (primary key -> value) its own value."""
    quote = connection.ops.quote_name
    table, key, name = quote(model._meta.db_table), quote(str(model._meta.pk.column)), quote(column)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            statement = f"""UPDATE {table} SET {name} = told.value
                FROM unnest(%s::bigint[], %s::integer[]) AS told(id, value) WHERE {key} = told.id"""  # noqa: S608
            cursor.execute(statement, [list(values), list(values.values())])
        else:
            statement = f"UPDATE {table} SET {name} = %s WHERE {key} = %s"  # noqa: S608 (names from the model)
            cursor.executemany(statement, [(value, pk) for pk, value in values.items()])


def _insert(
    model: type[Model], columns: Mapping[str, Sequence[Any]], tail: str, tail_values: Sequence[str] = ()
) -> None:
    count = len(next(iter(columns.values())))
    if not count:
        return
    fields = [field for field in model._meta.concrete_fields if not field.generated and not _is_auto(field)]
    values = [_prepared(field, columns.get(field.attname) or [field.get_default()] * count) for field in fields]
    quote = connection.ops.quote_name
    head = f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(quote(str(field.column)) for field in fields)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            places = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
            select = f"SELECT * FROM unnest({places})"  # noqa: S608 (names from the model)
            cursor.execute(f"{head} {select}{tail}", [*values, *tail_values])
        else:
            places = ", ".join(["%s"] * len(fields))
            rows = [(*row, *tail_values) for row in zip(*values, strict=True)]
            cursor.executemany(f"{head} VALUES ({places}){tail}", rows)


def _is_auto(field: "Field[Any, Any]") -> bool:
    return field.primary_key and field.get_internal_type() in ("AutoField", "BigAutoField")


def _prepared(field: "Field[Any, Any]", values: Sequence[Any]) -> list[Any]:
    """The values as the database takes them: most are so; empty lists, and days and ratings that come again, are
    converted once."""
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
