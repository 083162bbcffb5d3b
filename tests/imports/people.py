"""A person with a row in every table that can hold one, and words in them that are nobody else's."""

from datetime import date, timedelta
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from enrichment.models import LookupStatus, TitleLookup
from imports.library import viewings
from imports.models import (
    ApiToken,
    ImportSession,
    LibraryQuestion,
    LibraryViewing,
    MatchMemory,
    Owner,
    Ranking,
    Usage,
)
from imports.reconciling import marks
from imports.sessions.start import start_import, start_review
from imports.sessions.store import settle_known
from imports.sharing.links import make_link
from imports.sources.base import Upload
from imports.statistics import kept
from tests.exports import REVIEWS, csv_bytes
from tests.factories import TmdbMovieFactory
from tests.prime_exports import LIMA, history, prime_file

SECRET = "zyxwsecret"
NAME = f"ana-{SECRET}"
ADDRESS = "198.51.100.77"
TITLES = {status: f"{SECRET} {status}" for status in LookupStatus.values}


def whole_person() -> User:
    user = User.objects.create_user(NAME, f"{NAME}@example.org", SECRET, first_name=SECRET, last_name=SECRET)
    user.groups.add(Group.objects.get_or_create(name="g")[0])
    user.user_permissions.add(Permission.objects.all()[0])
    Client().force_login(user)
    session = _letterboxd(user)
    _review(user)
    film, movie = TmdbMovieFactory(title="Ronin"), session.movies.all()[0]
    Ranking.objects.create(user=user, tmdb_movie=film, title=SECRET, rating=4, rated_at="2024-01-01", movie=movie)
    _library(user)
    MatchMemory.objects.create(user=user, title_key=SECRET, tmdb_movie=film, movie=movie)
    kept.of_session(session)
    kept.of_library(user)
    shared: list[User | ImportSession] = [session, user]
    for thing in shared:
        make_link(thing, name=SECRET, shows={"shows_films": True}, expires_at=None)
    ApiToken.objects.create(user=user, name=SECRET, token_hash=SECRET * 3)
    Usage.objects.create(user=user, kind=Usage.Kind.UPLOAD, address=ADDRESS, at=timezone.now() - timedelta(days=1))
    attempt = {"username": NAME, "ip_address": ADDRESS, "user_agent": SECRET}
    AccessAttempt.objects.create(**attempt, failures_since_start=1)
    AccessFailureLog.objects.create(**attempt)
    AccessLog.objects.create(**attempt)
    _log(user, user)
    staff = User.objects.create_user("staff")
    for changed in (user, session, movie):
        _log(staff, changed)
    return user


def traces() -> list[tuple[str, Any]]:
    """The rows of any table that hold one of the person's words."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows = [str(row).casefold() for row in cursor.fetchall()]
            found += [(table, row) for row in rows if SECRET in row or ADDRESS in row]
    return found


def _letterboxd(user: User) -> ImportSession:
    """With a film for each way a question can end, and a row that was left out."""
    rows = [
        ["2024-01-02", title, "2001", f"https://boxd.it/{n}a", "4", "", f"{SECRET} said so", SECRET, "2024-01-01"]
        for n, title in enumerate(TITLES.values())
    ]
    rows.append(["never", SECRET, "x", "https://boxd.it/9z", "99", "", "", "", SECRET])
    session = start_import(Owner(user=user), [Upload(f"{SECRET}.csv", csv_bytes(REVIEWS, rows))])
    heat = TmdbMovieFactory(title="Heat", done=True)
    for status, title in TITLES.items():
        film = heat if status == LookupStatus.MATCHED else None
        TitleLookup.objects.filter(title=title).update(status=status, tmdb_movie=film)
    settle_known(session)
    return session


def _review(user: User) -> None:
    name, data = prime_file("3", history(40, titles=[f"{SECRET} {word}" for word in ("one", "two", "three")]), LIMA)
    start_review(user, [Upload(name, data)], replace=False)


def _library(user: User) -> None:
    """A viewing by hand that was put right, and two viewings that are perhaps the same."""
    day, today = date(2024, 3, 1), date(2024, 4, 1)
    told: viewings.Values = {"watched_on": day, "tags": [SECRET], "review": SECRET}
    viewing = viewings.add(user, TmdbMovieFactory(done=True).pk, told, today=today)
    viewings.change(viewing, {"review": f"{SECRET} again"}, today=today)
    earlier, later = LibraryViewing.objects.filter(user=user)[:2]
    LibraryQuestion.objects.create(user=user, film=earlier.film, earlier=earlier, later=later)
    marks.mark_all([user.pk])


def _log(staff: User, thing: Model) -> None:
    kind = ContentType.objects.get_for_model(thing)
    LogEntry.objects.create(
        user=staff,
        content_type=kind,
        object_id=str(thing.pk),
        object_repr=f"{thing} {SECRET}",
        action_flag=CHANGE,
        change_message=SECRET,
    )
