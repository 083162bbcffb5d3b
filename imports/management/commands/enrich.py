from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from enrichment.queries import service_state
from imports.models import ImportSession
from imports.outcomes.ask_again import Which, ask_everything_again, ask_import_again


class Command(BaseCommand):
    help = "Ask TMDB again about the films that failed, were not found, or are not sure. The cluster does the asking."

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--session", metavar="ID", help="of this import")
        whose.add_argument("--all", action="store_true", help="of the whole instance")
        parser.add_argument("--failed", action="store_true", help="only those that failed")

    def handle(self, *args: Any, session: str | None, failed: bool, **options: Any) -> None:
        which = Which.FAILED if failed else Which.UNCLEAR
        if session is None:
            count = ask_everything_again(which)
            self.stdout.write(self.style.SUCCESS(f"Questions that are asked again: {count}"))
        else:
            count = ask_import_again(_import(session), which)
            self.stdout.write(self.style.SUCCESS(f"Films that are asked about again: {count}"))
        if service_state().is_down:
            self.stdout.write(self.style.WARNING("TMDB is not answering just now: `manage.py doctor` says why."))


def _import(session_id: str) -> ImportSession:
    try:
        return ImportSession.objects.get(pk=session_id)
    except (ImportSession.DoesNotExist, ValidationError) as exc:
        raise CommandError(f"There is no import with the id {session_id!r}.") from exc
