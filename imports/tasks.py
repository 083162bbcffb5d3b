"""What the cluster runs for imports."""

from collections.abc import Sequence
from time import monotonic

from enrichment import queue as enrichment_queue
from enrichment import services as enrichment
from enrichment.queries import open_work
from imports.operation.cleanup import clean_up
from imports.web.letters import send_reset

from . import queue
from .library import rankings
from .outcomes import settle
from .reconciling import keeping

BUDGET_SECONDS = 45.0  # half of the cluster's time-out, so that a large last import still fits


def sweep() -> None:
    """Every minute: find work that nobody holds, and answers that nobody took. Mends what any crash left."""
    enrichment.leave_sample()
    enrichment.plan_catalogue()
    settle.apply_everywhere()
    rankings.ask_missing_details()
    if keeping.is_anyone_behind():
        queue.keep_libraries()
    if open_work():
        enrichment_queue.wake()


def keep_libraries(budget_seconds: float = BUDGET_SECONDS) -> str:
    """Bring the libraries up to date that are behind."""
    started = monotonic()
    done = 0
    for user in keeping.people_with_changes():
        if not keeping.catch_up(user, lambda: monotonic() - started < budget_seconds):
            queue.keep_libraries()  # a fresh task takes over where this one stopped
            break
        done += 1
    return f"{done} libraries"


def cleanup(budget_seconds: float = BUDGET_SECONDS) -> str:
    """Every day: what is over is deleted."""
    done, is_all = clean_up(budget_seconds)
    if not is_all:
        queue.clean_up()
    return ", ".join(f"{name}: {n}" for name, n in done.items() if n) or "nothing to clean up"


def reset_letters(user_ids: Sequence[int], site: str) -> None:
    """When someone forgot their password: a letter to each who has the e-mail address."""
    send_reset(user_ids, site)
