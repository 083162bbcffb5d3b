"""How a worker in the middle of a slice hears that its cluster is to stop: django-q2 tells only its own processes.
A file named after the process session, which the supervisor gave the cluster and its workers share."""

import os
from pathlib import Path

from django.conf import settings


def request(session_id: int) -> None:
    flag(session_id).touch()


def requested() -> bool:
    return flag(os.getsid(0)).exists()


def flag(session_id: int) -> Path:
    return Path(settings.DATA_DIR) / f"stop-{session_id}"
