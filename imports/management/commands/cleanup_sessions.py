from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from imports.operation import cleanup


class Command(BaseCommand):
    help = (
        "Delete what is over: expired imports, and whatever else has aged. The cluster does so every day. Safe to "
        "stop and to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how many of each")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        for chore in cleanup.CHORES:
            if dry_run:
                self.stdout.write(f"Would be deleted, {chore.name}: {chore.count()}")
            else:
                self._clean(chore)

    def _clean(self, chore: cleanup.Chore) -> None:
        done, total = 0, chore.count()
        try:
            # a bar only on a terminal
            with tqdm(total=total, desc=chore.name, disable=None, leave=False) as bar:
                for gone in chore.clean():
                    done += gone
                    bar.update(gone)
        finally:  # when stopped, too
            self.stdout.write(f"Deleted, {chore.name}: {done}")
