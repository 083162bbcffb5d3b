from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from enrichment import queries, queue
from enrichment.films import catalogue


class Command(BaseCommand):
    help = (
        "Have the cluster read TMDB's 10,000 most voted films, whenever nobody waits for anything. Interrupted, it "
        "goes on by itself; run again meanwhile, it starts nothing anew."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.TMDB.is_sample:
            raise CommandError("Without a key there is nothing to read: set TMDB_TOKEN first.")
        if queries.service_state().reason == "key":
            raise CommandError("TMDB does not accept the key: check TMDB_TOKEN, and start again with the right one.")
        if planned := catalogue.plan_pages():
            self.stdout.write(self.style.SUCCESS(f"{planned} pages of films are planned. The cluster reads them."))
        else:
            queue.wake()
            self.stdout.write(f"{catalogue.pages_waiting()} pages are left to read. The cluster goes on with them.")
