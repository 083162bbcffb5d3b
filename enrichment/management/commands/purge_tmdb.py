from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from enrichment.films.purge import purge

ASKED = """This removes everything that came from TMDB: what is known of films, and what was kept of its answers.
What people imported, chose and rated stays, with its titles.
Go on? [y/N] """
HAS_KEY = "TMDB_TOKEN is still set: what is needed is asked for again. Take it out and restart to stay without."
MACHINES = "The cache is this machine's: run it on each machine that has a cluster."


class Command(BaseCommand):
    help = (
        "Remove everything that came from TMDB, as its terms ask for when you lose access. Titles, choices and ratings "
        "stay. Safe to stop and to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="don't ask for confirmation")

    def handle(self, *args: Any, yes: bool, **options: Any) -> None:
        if not yes and not _agrees():
            raise CommandError("Nothing was removed.")
        try:
            done = purge()
        except KeyboardInterrupt:
            raise CommandError("Stopped in the middle. Run it again to remove the rest.", returncode=130) from None
        self.stdout.write(
            f"Films emptied: {done.emptied}, deleted because nothing needs them: {done.deleted}. "
            f"Questions whose candidates were removed: {done.lookups}. Answers removed from the cache: {done.answers}."
        )
        self.stdout.write(MACHINES)
        if not settings.TMDB.is_sample:
            self.stdout.write(self.style.WARNING(HAS_KEY))


def _agrees() -> bool:
    try:
        return input(ASKED).strip().lower() in ("y", "yes")
    except EOFError:
        return False
