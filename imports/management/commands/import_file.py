from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from imports import time_zones
from imports.models import ImportSession
from imports.sessions.open_review import ReviewOpen
from imports.sessions.restore_library import RestoredLibrary
from imports.sessions.start import start_any
from imports.sources.base import SourceError, Upload

from ..people import user_named


class Command(BaseCommand):
    help = (
        "Import files into an account, as if its person had sent them: a Letterboxd export (its ZIP, or the CSV files "
        "of it), a Prime Video history, or an export of our own, of an import or of a whole library. The cluster does "
        "the matching."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", metavar="PATH", type=Path, nargs="+", help="all files of one import")
        parser.add_argument("--user", metavar="NAME", required=True, help="whose import it becomes")
        parser.add_argument("--time-zone", default=settings.TIME_ZONE, help="the person's, for days (%(default)s)")
        parser.add_argument("--replace", action="store_true", help="a Prime Video review: replace one that is open")

    def handle(self, *args: Any, paths: list[Path], user: str, time_zone: str, replace: bool, **options: Any) -> None:
        if not time_zones.is_known(time_zone):
            raise CommandError(f"The time zone must be a name like Europe/Lisbon, not {time_zone!r}.")
        owner = user_named(user)
        try:
            taken_in = start_any(owner, _read(paths), time_zone=time_zone, replace=replace)
        except SourceError as refused:
            raise CommandError(str(refused)) from refused
        except ReviewOpen as there:
            raise CommandError(
                f"{user!r} has an open review ({there.session.get_absolute_url()}): --replace ends it, without what "
                "is not rated yet, and begins this one."
            ) from there
        if isinstance(taken_in, RestoredLibrary):
            self._tell_library(taken_in)
        else:
            self._tell(taken_in)

    def _tell_library(self, library: RestoredLibrary) -> None:
        self.stdout.write(
            f"The library is back: {len(library.imports)} imports, and what was not here already: {library.rankings} "
            f"rankings, {library.by_hand} viewings told by hand, {library.decisions} decisions."
        )
        for session in library.imports:
            self._tell(session)

    def _tell(self, session: ImportSession) -> None:
        for file in session.files:
            became = {"added": file["added"], "merged": file["merged"], "there already": file["already"]}
            became |= {f"left out ({rule})": n for rule, n in file["skipped"].items()}
            became["with problems, see the report"] = file["problems"]
            counts = ", ".join(f"{n} {what}" for what, n in became.items() if n)
            self.stdout.write(f"{file['name']} ({file['kind']}): {file['rows']} rows{counts and ': '}{counts}")
        self.stdout.write(
            f"Films: {session.total_movies}, of which {session.matched_count} are matched, "
            f"{session.unclear_count} not clear, and {session.open_count} wait for an answer."
        )
        self.stdout.write(self.style.SUCCESS(session.get_absolute_url()))


def _read(paths: list[Path]) -> list[Upload]:
    try:
        return [_upload(path) for path in paths]
    except OSError as exc:
        raise CommandError(f"{exc.filename} can't be read: {exc.strerror}.") from exc


def _upload(path: Path) -> Upload:
    size, most = path.stat().st_size, settings.MAX_UPLOAD_BYTES
    if path.is_dir():
        raise CommandError(f"{path} is a folder: name the files in it.")
    if not path.is_file():
        raise CommandError(f"{path} is no file.")
    if size > most:
        raise CommandError(f"{path} is larger than the {most // 1024**2} MB that are taken at once (MAX_UPLOAD_MB).")
    return Upload(path.name, path.read_bytes())
