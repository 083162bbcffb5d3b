"""All that an account holds, as one ZIP. Nothing of it grows with the number of films."""

import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from imports.exports.library import library_json
from imports.exports.library_tables import films_csv
from imports.exports.session import session_json
from imports.exports.streams import as_json, json_members
from imports.models import ImportSession, ShareLink
from imports.reconciling.keeping import catch_up

from . import usage

README = """This is everything that {name}'s account held on this instance of Reelkeeper.

account.json          the account itself; the password is not known, only a proof of it, which is left out
imports/              each import, as Reelkeeper's own export: it can be read back
library.json          the library, with rankings, viewings told by hand and decisions: it can be read back
library.csv           its films
by_hand.json          viewings that were told by hand, with those that were removed since yesterday
decisions.json        what was decided about viewings: which are the same, which are not, what was changed
memory.json           what was decided for a title, for the next import
share_links.json      links to share, without the part that opens them
api_tokens.json       names and dates of API tokens, without the tokens
usage.json            uploads, searches and wrong passwords, by address, kept for 30 days
admin_log.json        what the account did in the administration

Left out: statistics, which are computed from all of this, and pages that are signed in.
"""

ACCOUNT = ("username", "email", "first_name", "last_name", "date_joined", "last_login", "is_staff", "is_superuser")
MEMORY = ("title_key", "year", "tmdb_movie_id", "decided_at")
BY_HAND = ("tmdb_movie_id", "watched_on", "rating", "rewatch", "tags", "review", "created_at", "removed_at", "key")
DECISION = ("kind", "refs", "values", "decided_at", "decided_with")
LINK = ("session_id", "name", "created_at", "expires_at")
SHOWS = ("shows_films", "shows_statistics", "shows_ratings", "shows_reviews", "shows_dates")
TOKEN = ("name", "created_at", "last_used_at")
LOG = ("action_time", "content_type__model", "object_id", "object_repr", "change_message")

Watch = Callable[[Sequence[ImportSession]], Iterable[ImportSession]]


def export(user: User, target: Path, *, watch: Watch = iter) -> None:
    """Written beside `target` and put there when it is whole, readable by its owner alone. `watch`: for a progress
    bar. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # 0600
    try:
        with os.fdopen(handle, "wb") as file:
            _write(user, file, watch)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:  # Ctrl-C too leaves no half of it
        Path(name).unlink(missing_ok=True)
        raise


def _write(user: User, file: IO[bytes], watch: Watch) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, lines in _parts(user):
            _add(archive, name, lines)
        for session in watch(list(user.import_sessions.order_by("created_at"))):
            day = f"{session.created_at:%Y-%m-%d}"
            _add(archive, f"imports/{day}-{session.source}-{session.pk}.json", session_json(session))


def _add(archive: zipfile.ZipFile, name: str, lines: Iterable[str]) -> None:
    member = zipfile.ZipInfo(name)  # of no time of its own
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o600 << 16
    with archive.open(member, "w", force_zip64=True) as part:
        for line in lines:
            part.write(line.encode())


def _parts(user: User) -> Iterator[tuple[str, Iterable[str]]]:
    yield "README.txt", [README.format(name=user.get_username())]
    groups = list(user.groups.values_list("name", flat=True))
    yield "account.json", [as_json({name: getattr(user, name) for name in ACCOUNT} | {"groups": groups}), "\n"]
    catch_up(user)
    yield "library.json", library_json(user)
    yield "library.csv", films_csv(user)
    yield "by_hand.json", _list(user.hand_viewings.order_by("pk").values("tmdb_movie__title", *BY_HAND))
    yield "decisions.json", _list(user.library_decisions.order_by("decided_at", "pk").values(*DECISION))
    yield "memory.json", _list(user.match_memories.order_by("pk").values(*MEMORY))
    links = ShareLink.objects.filter(Q(user=user) | Q(session__user=user)).order_by("pk")
    yield "share_links.json", _list(links.values(*LINK, *SHOWS))
    yield "api_tokens.json", _list(user.api_tokens.order_by("pk").values(*TOKEN))
    yield "usage.json", [as_json(usage.usage_of(user)), "\n"]
    yield "admin_log.json", _list(LogEntry.objects.filter(user=user).order_by("pk").values(*LOG))


def _list(rows: "QuerySet[Any, Any]") -> Iterator[str]:
    yield "["
    yield from json_members(rows.iterator())
    yield "\n]\n"
