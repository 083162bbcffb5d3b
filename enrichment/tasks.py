"""What the cluster runs: only interfaces to services."""

from enrichment.tmdb.client import client, drop_expired

from . import queue
from .work import engine, refresh

BUDGET_SECONDS = 45.0  # half of the cluster's time-out, so that a slow last row still fits


def run(budget_seconds: float = BUDGET_SECONDS) -> str:
    """One worker's slice of the open work."""
    result = engine.run_together(client(), budget_seconds)
    if result.more_to_do:
        queue.wake()  # a fresh task takes over where this one stopped
    return f"{result.done} done"


def keep_fresh() -> str:
    """Every day: what is too old is asked for again, or dropped."""
    planned = refresh.plan()
    drop_expired()
    return f"{planned} planned"
