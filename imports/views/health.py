"""Is the instance well? For load balancers and for the person who runs it; says nothing about anyone."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_q.status import Stat
from redis.exceptions import RedisError

from enrichment.queries import service_state


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 while the database answers, else 503."""
    try:
        connection.ensure_connection()
        tmdb = _tmdb()
        worker = "up" if Stat.get_all() else "down"
    except (DatabaseError, OSError, RedisError):  # of the database, of a full disk, of where the worker's beat is kept
        services = {"database": "down", "worker": "unknown", "tmdb": "unknown"}
        return JsonResponse({"status": "down", "services": services}, status=503)
    # degraded is a 200: pages work without a worker and TMDB, so nobody should be sent elsewhere
    is_well = worker == "up" and tmdb in ("up", "sample")
    return JsonResponse(
        {
            "status": "ok" if is_well else "degraded",
            "services": {"database": "up", "worker": worker, "tmdb": tmdb},
        }
    )


def _tmdb() -> str:
    state = service_state()
    if state.is_down:
        return state.reason
    return "sample" if settings.TMDB.is_sample else "up"
