from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imports.management.people import user_named
from imports.reconciling import keeping


class Command(BaseCommand):
    help = "Reconcile libraries anew and say where a row is not what follows from the imports (then: exit status 1)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", nargs="?", help="whose library; without it, everyone's")
        parser.add_argument("--fix", action="store_true", help="put right what is off")

    def handle(self, *args: Any, username: str | None, fix: bool, **options: Any) -> None:
        checked = off = 0
        for user in [user_named(username)] if username else keeping.people().iterator():
            checked += 1
            drifted = keeping.drifts(user, mends=fix)
            off += len(drifted)
            if drifted:
                self.stdout.write(f"{user.get_username()}: {len(drifted)} films, the first is {min(drifted)!r}")
        if off and not fix:
            raise CommandError(f"{off} films are off: `manage.py check_library --fix` puts them right.")
        done = f"{off} films were put right." if off else f"{checked} libraries are what their imports tell."
        self.stdout.write(self.style.SUCCESS(done))
