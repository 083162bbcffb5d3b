"""A 10,000-film export from upload to stored, against the floor: the csv module reads the same bytes, and one
executemany a table writes the same rows into the same database."""

import csv
import gc
import io
import time
import zipfile
from collections.abc import Callable
from typing import Any

import django
from django.db import connection, transaction

django.setup()
gc.collect()
gc.freeze()  # as config.wsgi does

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from enrichment.models import TitleLookup
from imports import sources
from imports.models import ImportSession, Movie, RowProblem, Viewing
from tests.benchmarks.database import fresh_database
from tests.exports import letterboxd_zip

FILMS = 10_000
ROUNDS = 3
TABLES = (TitleLookup, Movie, Viewing, RowProblem)


def main() -> None:
    with fresh_database():
        measure(letterboxd_zip(FILMS))


def measure(data: bytes) -> None:
    whole = best(lambda: upload(data), clean=empty)
    parsed = best(lambda: sources.read_here([sources.Upload("export.zip", data)], max_bytes=len(data), ask=False))
    rows = {model: prepared(model) for model in TABLES}
    floor = best(lambda: read_rows(data)) + best(lambda: write_rows(rows), clean=empty_rows)
    print(f"\nUpload of {FILMS:,} films on {connection.vendor} (best of {ROUNDS})")
    print(f"  {'rows read':32}{read_rows(data):>10,}   rows written {sum(map(len, rows.values())):,}")
    print(f"  {'upload to stored':32}{whole:>10.2f} s")
    print(f"  {'  of it reading and merging':32}{parsed:>10.2f} s")
    print(f"  {'floor: csv + executemany':32}{floor:>10.2f} s")
    print(f"  {'ratio (aim: at most 3)':32}{whole / floor:>10.2f}")


def best(work: Callable[[], Any], clean: Callable[[], None] = lambda: None) -> float:
    times = []
    for _ in range(ROUNDS):
        clean()
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def upload(data: bytes) -> None:
    answer = Client().post("/imports/", {"files": SimpleUploadedFile("export.zip", data)})
    assert answer.status_code == 303, answer.status_code


def read_rows(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".csv")]
    return sum(len(list(csv.reader(io.StringIO(text, newline="")))) for text in texts)


def prepared(model: Any) -> list[list[Any]]:
    """The rows as the driver takes them, so that the floor pays for nothing but the writing."""
    fields = model._meta.concrete_fields
    return [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
        for row in model._default_manager.order_by("pk")
    ]


def write_rows(rows: dict[Any, list[list[Any]]]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for model, values in rows.items():
            names = ", ".join(connection.ops.quote_name(field.column) for field in model._meta.concrete_fields)
            places = ", ".join(["%s"] * len(model._meta.concrete_fields))
            cursor.executemany(f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({places})", values)  # noqa: S608


def empty() -> None:
    empty_rows()
    ImportSession.objects.all().delete()


def empty_rows() -> None:
    for model in reversed(TABLES):
        model._default_manager.all()._raw_delete(using="default")


if __name__ == "__main__":
    main()
