"""What a log line looks like, and what none may hold: titles, tokens, file contents, e-mail addresses.

Words of a person's get into a log by an address (a search, a share link), by an exception's message (PostgreSQL quotes
the row that it refused), and by what a library says of either. So addresses are cut, and of an exception stand its type
and the lines it came through, without its message. Plain lines for people; for machines one JSON object a line, made of
nothing but the fields named here: python-json-logger would add every `extra`, and Django's hold the request."""

import copy
import json
import logging
import os
import re
import sqlite3
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

CUT = [
    (re.compile(r"(/s/)[^/\s?\"']+"), r"\1…"),  # a share link is all it takes to read its page
    (re.compile(r"(/accounts/reset/)[^\s?\"]+"), r"\1…"),
    (re.compile(r"([/\w…]\?)(?:\\\"|[^\s\"])+"), r"\1…"),  # a query: what somebody searched for
    (re.compile(r"\brk_[\w-]+"), "rk_…"),  # an API token
    (re.compile(r"(?i)\b(authorization|cookie)(['\"]?\s*[:=]\s*)[^\r\n]+"), r"\1\2…"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 …"),
    (re.compile(r"[^\s@<>\"'(),:;/]+@[\w.-]+"), "…@…"),
]
# their texts name tables, columns and states of the connection, never values
SPEAKS_OF_NO_ROW = (sqlite3.OperationalError, sqlite3.IntegrityError)
CAUSE = "\nThe above exception was the direct cause of the following exception:\n\n"
CONTEXT = "\nDuring handling of the above exception, another exception occurred:\n\n"


class Lines(logging.Formatter):
    """`time level whose logger message`, where `whose` is a request's id, else the process (a worker's is in what it
    holds). A traceback follows on lines of its own."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {whose} {name} {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        plain = copy.copy(record)
        # another handler may have left its own text of the exception
        plain.msg, plain.args, plain.exc_text = message(record), None, None
        plain.whose = request_id(record) or f"process-{record.process}"
        return super().format(plain)

    def formatException(self, ei: Any) -> str:
        return "".join(_told(ei[1])).rstrip("\n")


class Objects(Lines):
    """One JSON object a line: time, level, logger, message, process; request and traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message(record),
            "process": record.process,
        }
        if request := request_id(record):
            fields["request"] = request
        if record.exc_info and record.exc_info[1]:
            fields["error"] = type(record.exc_info[1]).__name__
            fields["traceback"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False)


def request_id(record: logging.LogRecord) -> str | None:
    """Django tells of a bad answer when django-guid has let go of its id, or with a request of its own."""
    request = getattr(record, "request", None)
    return getattr(record, "correlation_id", None) or getattr(request, "correlation_id", None)


def message(record: logging.LogRecord) -> str:
    """The record's message on one line, with what may stand there."""
    plain = copy.copy(record)
    plain.msg = _kind(record.msg) if isinstance(record.msg, BaseException) else record.msg
    if isinstance(record.args, tuple):
        plain.args = tuple(_kind(arg) if isinstance(arg, BaseException) else arg for arg in record.args)
    text = plain.getMessage()
    if record.name == "django-q":  # what a failed task raised is under “Failed tasks” in the admin
        text = text.partition(" - ")[0]
    for pattern, instead in CUT:
        text = pattern.sub(instead, text)
    return text.replace("\r", "\\r").replace("\n", "\\n")


def _told(exception: BaseException, seen: frozenset[int] = frozenset()) -> Iterator[str]:
    """The exception as Python prints it, but for the messages."""
    seen |= {id(exception)}
    before, joint = exception.__cause__, CAUSE
    if before is None and not exception.__suppress_context__:
        before, joint = exception.__context__, CONTEXT
    if before is not None and id(before) not in seen:
        yield from _told(before, seen)
        yield joint
    yield "Traceback (most recent call last):\n"
    yield from traceback.format_tb(exception.__traceback__)
    yield f"{_kind(exception)}\n"


def _kind(exception: BaseException) -> str:
    """Its type, and what can be said of its reason without quoting anyone."""
    name = type(exception).__qualname__
    if isinstance(exception, SPEAKS_OF_NO_ROW):
        return f"{name}: {exception}"
    if isinstance(exception, OSError) and isinstance(exception.errno, int):
        return f"{name}: {os.strerror(exception.errno)}"
    reasons = [getattr(exception, "sqlstate", None), getattr(getattr(exception, "diag", None), "constraint_name", None)]
    return ": ".join([name, *filter(None, reasons)])
