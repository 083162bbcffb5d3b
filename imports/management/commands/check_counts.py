from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imports.outcomes import recount


class Command(BaseCommand):
    help = "Count every import's films anew and say where a kept counter differs (then the exit status is 1)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fix", action="store_true", help="put right what is off")

    def handle(self, *args: Any, fix: bool, **options: Any) -> None:
        drifts = recount.drifts()
        for drift in drifts:
            self.stdout.write(str(drift))
        if not drifts:
            self.stdout.write(self.style.SUCCESS("All counters are exact."))
            return
        if not fix:
            raise CommandError(f"{len(drifts)} off: `manage.py check_counts --fix` puts it right.")
        recount.mend(drifts)
        if left := recount.drifts():
            raise CommandError(f"{len(left)} of {len(drifts)} could not be put right: {'; '.join(map(str, left))}")
        self.stdout.write(self.style.SUCCESS(f"{len(drifts)} put right."))
