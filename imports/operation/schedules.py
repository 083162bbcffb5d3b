"""What the cluster does by the clock."""

from typing import Any

from django_q.models import Schedule

from imports.queue import CLEAN_UP

SCHEDULES: dict[str, dict[str, Any]] = {
    "sweep": {"func": "imports.tasks.sweep", "schedule_type": Schedule.MINUTES, "minutes": 1},
    "keep_fresh": {"func": "enrichment.tasks.keep_fresh", "schedule_type": Schedule.DAILY},
    "cleanup": {"func": CLEAN_UP, "schedule_type": Schedule.DAILY},
}
