"""What the cluster runs for imports."""

from enrichment import queries as enrichment
from enrichment import queue as enrichment_queue
from enrichment import services as enrichment_services

from . import answers


def sweep() -> None:
    """Every minute: find work that nobody holds, and answers that nobody took. Mends what any crash left."""
    enrichment_services.leave_sample()
    enrichment_services.plan_catalogue()
    answers.apply_everywhere()
    if enrichment.open_work():
        enrichment_queue.wake()
