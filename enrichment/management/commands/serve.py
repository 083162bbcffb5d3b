import errno
import socket
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from enrichment import services
from enrichment.running import supervisor
from enrichment.tmdb import health
from enrichment.tmdb.client import prepare_cache
from enrichment.work import refresh

from ..waiting import wait_for_database


class Command(BaseCommand):
    help = "Bring the database up to date, then run the web server and the cluster together until Ctrl-C."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=settings.PORT, help="default: PORT, else 8000")

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        host = settings.HOST
        _refuse_taken_port(host, port)
        wait_for_database()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("sync_schedules", verbosity=0)
        services.leave_sample()
        health.forget_refused_key()
        refresh.refill()
        prepare_cache()
        self.stdout.write(self.style.SUCCESS(f"Reelkeeper is at http://{host}:{port}  (Ctrl-C stops it)"))
        self.stdout.flush()
        supervisor.free_what_the_dead_hold()
        supervisor.Supervisor([supervisor.web(host, port), supervisor.cluster()]).run()


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as exc:
            if exc.errno == errno.EADDRINUSE:
                raise CommandError(f"Port {port} is taken: stop what runs there, or choose another with PORT.") from exc
            raise CommandError(f"{host}:{port} can't be listened on ({exc.strerror}): see HOST and PORT.") from exc
