"""What went wrong around us (the database, the disk, Redis) in a sentence for the person who runs the instance."""

import errno
import re
import sqlite3

from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError
from redis.exceptions import RedisError

NOT_UP_TO_DATE = "The database is not up to date: run `manage.py migrate` first."
NO_SPACE = "There is no space left on the disk{place}: make room, then run it again."
CACHE_TROUBLE = (OSError, RedisError)  # what a cache raises that can't be used
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def sentence(exc: Exception) -> str:
    """ "" for what is no trouble around us but a mistake of ours."""
    if isinstance(exc, OSError):
        return _of_system(exc)
    if isinstance(exc, RedisError):
        return f"Redis does not answer ({_first_line(exc)}): check REDIS_URL, and that it runs."
    if isinstance(exc, sqlite3.Error):  # Django's are its own: this is the file of TMDB's answers
        return f"The cache in DATA_DIR can't be used ({_first_line(exc)}): check its disk and rights, and run it again."
    is_of_database = isinstance(exc, OperationalError | InterfaceError | ProgrammingError) or type(exc) is DatabaseError
    return _of_database(exc) if is_of_database else ""


def _of_system(exc: OSError) -> str:
    place = f" of {exc.filename}" if exc.filename else ""
    if exc.errno in FULL:
        return NO_SPACE.format(place=place)
    said = exc.strerror or _first_line(exc) or type(exc).__name__
    return f"{exc.filename}: {said}." if exc.filename else f"{said}."


def _of_database(exc: Exception) -> str:
    said = _first_line(exc)
    if re.search(r"no such (table|column)|(relation|column) .* does not exist", said):
        return NOT_UP_TO_DATE
    if isinstance(exc, ProgrammingError):
        return ""
    if re.search(r"disk is full|No space left", said):
        return NO_SPACE.format(place=" of the database")
    if "disk I/O error" in said:
        return f"The database's disk can't be read or written ({said}): is it full, or broken?"
    if "locked" in said:
        return "The database is busy: something else has kept it locked for too long. Run it again."
    if re.search(r"readonly database|read-only", said):
        return f"The database can't be written ({said}): check its rights and its disk."
    return f"The database does not answer ({said}): check DATABASE_URL, and that it runs."


def _first_line(exc: Exception) -> str:
    return next(iter(str(exc).splitlines()), "")
