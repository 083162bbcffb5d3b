from typing import Any

from django.core.management.base import BaseCommand
from django_q.models import Schedule

from imports.operation.schedules import SCHEDULES


class Command(BaseCommand):
    help = "Write the schedules that this version needs, and delete those it no longer has. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, values in SCHEDULES.items():
            Schedule.objects.update_or_create(name=name, defaults={**values, "repeats": -1})
        Schedule.objects.exclude(name__in=SCHEDULES).delete()
        if options["verbosity"]:
            self.stdout.write(f"Schedules in place: {', '.join(SCHEDULES)}")
