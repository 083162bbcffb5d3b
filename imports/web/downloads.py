"""What a person takes away as files, made while they are sent: the same from a page as from the API."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.http import StreamingHttpResponse

from imports.exports import library_tables
from imports.exports.letterboxd import library_zip, missing_zip, session_zip
from imports.exports.library import library_json
from imports.exports.session import films_csv, session_json, viewings_csv
from imports.exports.streams import csv_lines
from imports.models import ImportSession
from imports.sessions.report import report_rows

CSV, JSON, ZIP = "text/csv; charset=utf-8", "application/json", "application/zip"


def download(chunks: Iterable[str] | Iterable[bytes], content_type: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(chunks, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# Of one import


def json_of(session: ImportSession) -> StreamingHttpResponse:
    return download(session_json(session), JSON, "reelkeeper-export.json")


def films_of(session: ImportSession) -> StreamingHttpResponse:
    return download(films_csv(session), CSV, "reelkeeper-films.csv")


def viewings_of(session: ImportSession) -> StreamingHttpResponse:
    return download(viewings_csv(session), CSV, "reelkeeper-viewings.csv")


def letterboxd_of(session: ImportSession) -> StreamingHttpResponse:
    return download(session_zip(session), ZIP, "reelkeeper-letterboxd.zip")


def report_of(session: ImportSession) -> StreamingHttpResponse:
    return download(csv_lines(report_rows(session)), CSV, "reelkeeper-report.csv")


FORMATS = {"json": json_of, "csv": films_of, "letterboxd": letterboxd_of}  # as the API calls them


# Of a library


def json_of_library(user: User) -> StreamingHttpResponse:
    return download(library_json(user), JSON, "library.json")


def films_of_library(user: User) -> StreamingHttpResponse:
    return download(library_tables.films_csv(user), CSV, "reelkeeper-library-films.csv")


def viewings_of_library(user: User) -> StreamingHttpResponse:
    return download(library_tables.viewings_csv(user), CSV, "reelkeeper-library-viewings.csv")


def letterboxd_of_library(user: User) -> StreamingHttpResponse:
    return download(library_zip(user), ZIP, "reelkeeper-library-letterboxd.zip")


def missing_of_library(user: User) -> StreamingHttpResponse:
    return download(missing_zip(user), ZIP, "reelkeeper-letterboxd-missing.zip")


LIBRARY_FORMATS = {  # as the API calls them
    "json": json_of_library,
    "csv": films_of_library,
    "letterboxd": letterboxd_of_library,
    "letterboxd-missing": missing_of_library,
}
