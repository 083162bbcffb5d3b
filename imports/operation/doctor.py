"""Is everything in place that the instance needs? Each check tells what it found, and what to do; none breaks."""

import shutil
import smtplib
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.core.checks import Tags, run_checks
from django.core.mail import get_connection
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from enrichment import services as enrichment
from enrichment.queries import per_second

from . import status, troubles
from .schedules import SCHEDULES
from .troubles import CACHE_TROUBLE

MB = 1024 * 1024
LEAST_SPACE, LITTLE_SPACE = 100 * MB, 1024 * MB
OLD_TASK = timedelta(minutes=5)
LATE = timedelta(minutes=10)
SKEW, LARGE_SKEW = 2.0, 30.0  # seconds
DATABASE_TROUBLE = (DatabaseError, InterfaceError)
KEY_TROUBLES = {
    "key": "TMDB does not accept the key: check TMDB_TOKEN, and start again",
    "unreachable": "no answer: check the network, and TMDB_BASE_URL",
    "broken": "what answers is not TMDB: check TMDB_BASE_URL, and what stands between",
    "overloaded": "TMDB has trouble of its own; what waits is asked later, by itself",
    "limited": "TMDB asked to slow down; what waits is asked later, by itself",
    "busy": "all permits go to the workers: try again, or see whether TMDB_RATE is right",
}


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


class Finding(NamedTuple):
    what: str
    level: Level
    text: str  # what was found; and what to do, where something is wrong


def examine() -> Iterator[Finding]:
    """One after the other, as they are found: some take seconds."""
    yield from _settings()
    yield _data_dir()
    yield from _caches()
    yield from _mail()
    findings, is_usable = _database()
    yield from findings
    for what, check in _IN_DATABASE.items():
        if is_usable:
            yield _checked(what, check)
        else:
            yield Finding(what, Level.WARNING, "not looked at: the database comes first")


def _checked(what: str, check: Callable[[], tuple[Level, str]]) -> Finding:
    try:
        return Finding(what, *check())
    except (*DATABASE_TROUBLE, *CACHE_TROUBLE) as exc:
        return Finding(what, Level.FAILED, _said(exc))


def _settings() -> Iterator[Finding]:
    mode = "development (DEBUG=true)" if settings.DEBUG else "production" if settings.PRODUCTION else "a local run"
    hosts = ", ".join(settings.ALLOWED_HOSTS)
    level = Level.WARNING if "*" in settings.ALLOWED_HOSTS else Level.OK
    yield Finding("settings", level, f"{mode}; hosts: {hosts}")
    if settings.PRODUCTION:
        yield from _security()
    now = timezone.localtime()
    yield Finding("time zone", Level.OK, f"{settings.TIME_ZONE}, where it is {now:%Y-%m-%d %H:%M}")
    if settings.PRODUCTION and not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        yield Finding("static files", Level.FAILED, "not collected: run `manage.py collectstatic --noinput`")


def _security() -> Iterator[Finding]:
    """SECRET_KEY's strength, HTTPS and the like, by Django's own word."""
    problems = run_checks(tags=[Tags.security], include_deployment_checks=True)
    for problem in problems:
        yield Finding("security", Level.WARNING, f"{problem.msg.splitlines()[0]} ({problem.id})")
    if not problems:
        yield Finding("security", Level.OK, "SECRET_KEY, HTTPS, cookies")


def _data_dir() -> Finding:
    folder = Path(settings.DATA_DIR)
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x" * 4096)
            file.flush()
        free = shutil.disk_usage(folder).free
    except OSError as exc:
        return Finding("disk", Level.FAILED, f"DATA_DIR {folder} can't be written ({exc.strerror}): its rights, space?")
    text = f"{folder} has {free // MB:,} MB free"
    if free < LEAST_SPACE:
        return Finding("disk", Level.FAILED, f"{text}: make room now")
    if free < LITTLE_SPACE:
        return Finding("disk", Level.WARNING, f"{text}: make room soon")
    return Finding("disk", Level.OK, text)


def _caches() -> Iterator[Finding]:
    for name in settings.CACHES:
        what, cache, now = f"cache ({name})", caches[name], str(time.time())
        try:
            cache.set("doctor", now, 60)
            kept = cache.get("doctor")
            cache.delete("doctor")
        except CACHE_TROUBLE as exc:
            yield Finding(what, Level.FAILED, _said(exc))
            continue
        where = "Redis" if "redis" in settings.CACHES[name]["BACKEND"] else "files in DATA_DIR"
        if kept == now:
            yield Finding(what, Level.OK, where)
        else:
            yield Finding(what, Level.FAILED, f"{where}: what is written is not there when it is read; is it full?")


def _mail() -> Iterator[Finding]:
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield Finding("mail", Level.OK, f"{settings.EMAIL_BACKEND.split('.')[-2]}: nothing is sent to anyone")
        return
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with get_connection():
            pass
    except (OSError, smtplib.SMTPException) as exc:
        said = "the name or password is refused" if isinstance(exc, smtplib.SMTPAuthenticationError) else "no answer"
        yield Finding("mail", Level.WARNING, f"{server}: {said}, so forgotten passwords can't be reset: see EMAIL_URL")
    else:
        yield Finding("mail", Level.OK, f"{server} takes mail, from {settings.DEFAULT_FROM_EMAIL}")


def _database() -> tuple[list[Finding], bool]:
    """What there is to say of the database, and whether it can be used: it answers, and has what this version needs."""
    try:
        connection.ensure_connection()
        findings = [_server(), _migrations()]
        if findings[-1].level != Level.FAILED:
            OrmQ.objects.filter(pk=-1).update(lock=timezone.now())  # fails where nothing can be written
    except DATABASE_TROUBLE as exc:
        return [Finding("database", Level.FAILED, _said(exc))], False
    return findings, findings[-1].level != Level.FAILED


def _said(exc: Exception) -> str:
    return troubles.sentence(exc) or next(iter(str(exc).splitlines()), type(exc).__name__)


def _server() -> Finding:
    if connection.vendor != "sqlite":
        return Finding("database", Level.OK, f"PostgreSQL {_asked('SHOW server_version')}")
    mode, has_keys = _asked("PRAGMA journal_mode"), _asked("PRAGMA foreign_keys")
    text = f"SQLite {sqlite3.sqlite_version}, {mode}"
    if (mode, has_keys) != ("wal", 1):
        return Finding("database", Level.WARNING, f"{text}: not in WAL mode; is DATA_DIR on a network disk?")
    return Finding("database", Level.OK, text)


def _asked(question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    newer = [name for name in executor.loader.applied_migrations if name not in executor.loader.disk_migrations]
    ours = [f"{app}.{name}" for app, name in newer if app in ("imports", "enrichment")]
    if missing:
        return Finding("migrations", Level.FAILED, f"{len(missing)} are missing: run `manage.py migrate`")
    if ours:
        text = f"the database is of a newer version ({', '.join(ours)}): run that one, or bring back a back-up"
        return Finding("migrations", Level.FAILED, text)
    return Finding("migrations", Level.OK, "all applied")


Checked = tuple[Level, str]


def _clock() -> Checked:
    if connection.vendor == "sqlite":
        return Level.OK, "the database is on this machine"
    before = timezone.now()
    there: datetime = _asked("SELECT clock_timestamp()")
    took = timezone.now() - before
    off = abs((there - before - took / 2).total_seconds())
    text = f"{off:.1f} s from the database's"
    if off > LARGE_SKEW:
        return Level.FAILED, f"{text}: leases end at the wrong time; set the clocks (NTP)"
    return (Level.WARNING, f"{text}: set the clocks (NTP)") if off > SKEW else (Level.OK, text)


def _cluster() -> Checked:
    clusters = status.clusters()
    if not clusters:
        return (
            Level.FAILED,
            "none is alive: films wait; start `manage.py serve`, or `manage.py work` on a worker machine",
        )
    return Level.OK, ", ".join(f"{cluster.host} with {cluster.workers} workers" for cluster in clusters)


def _schedules() -> Checked:
    planned = dict(Schedule.objects.values_list("name", "next_run"))
    if missing := [name for name in SCHEDULES if name not in planned]:
        return Level.FAILED, f"missing: {', '.join(missing)}; run `manage.py sync_schedules`"
    late = [name for name in SCHEDULES if planned[name] < timezone.now() - LATE]
    if late:
        return Level.WARNING, f"late: {', '.join(late)}; a cluster does what is late at once"
    return Level.OK, ", ".join(SCHEDULES)


def _queue() -> Checked:
    queue = status.queued()
    age = timezone.now() - queue.oldest_at if queue.oldest_at else timedelta()
    text = f"{queue.waiting} tasks wait, the oldest for {int(age.total_seconds()) // 60} minutes"
    if age > OLD_TASK:
        return Level.WARNING, f"{text}: is a cluster alive, and does it get on?"
    return Level.OK, text if queue.waiting else "empty"


def _tmdb() -> Checked:
    if settings.TMDB.is_sample:
        return Level.WARNING, "no key: the built-in sample catalogue answers; set TMDB_TOKEN"
    if trouble := enrichment.try_tmdb():
        return Level.FAILED, KEY_TROUBLES[trouble]
    return Level.OK, f"the key is accepted; at most {per_second():g} requests a second"


_IN_DATABASE = {"clock": _clock, "cluster": _cluster, "schedules": _schedules, "queue": _queue, "tmdb": _tmdb}
