from typing import Any

from django.core.management.base import BaseCommand, CommandError

from imports.operation import doctor
from imports.operation.doctor import Level

WIDTH = 18


class Command(BaseCommand):
    help = (
        "Look whether all is in place: settings, disk, caches, mail, database, migrations, clock, cluster, schedules, "
        "queue, TMDB's key. A table; the exit status is 1 when something failed."
    )
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        styles = {Level.OK: self.style.SUCCESS, Level.WARNING: self.style.WARNING, Level.FAILED: self.style.ERROR}
        levels = []
        for what, level, text in doctor.examine():
            levels.append(level)
            self.stdout.write(f"{what:<{WIDTH}} {styles[level](f'{level:<8}')} {text}")
        if failed := levels.count(Level.FAILED):
            raise CommandError(f"{failed} of {len(levels)} failed.")
