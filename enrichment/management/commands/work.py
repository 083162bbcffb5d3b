from typing import Any

from django.core.management.base import BaseCommand

from enrichment.running import supervisor
from enrichment.tmdb import health
from enrichment.tmdb.client import prepare_cache

from ..waiting import wait_for_database


class Command(BaseCommand):
    help = "Run a cluster by itself, on a worker machine, with the same watchdog as `serve`."

    def handle(self, *args: Any, **options: Any) -> None:
        wait_for_database()
        health.forget_refused_key()
        prepare_cache()
        self.stdout.write("Reelkeeper's cluster is at work (Ctrl-C stops it)")
        self.stdout.flush()
        supervisor.free_what_the_dead_hold()
        supervisor.Supervisor([supervisor.cluster()]).run()
