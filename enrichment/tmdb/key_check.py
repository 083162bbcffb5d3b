"""Does TMDB answer, and take our key? For the person who runs the instance."""

from .client import client
from .errors import TMDBRejected, TMDBUnavailable

PATIENCE = 5.0  # seconds


def try_tmdb() -> str:
    """One small request, with one permit. "" when all is well, else a TMDBUnavailable.reason; "broken" also for an
    answer that makes no sense. Never call it inside a transaction."""
    try:
        client(PATIENCE).check_key()
    except TMDBUnavailable as trouble:
        return trouble.reason
    except TMDBRejected:
        return "broken"
    return ""
