"""What others may read of enrichment. A door: what stands here is written in its rooms."""

from .questions.answers import known_matches, open_work
from .tmdb.health import ServiceState
from .tmdb.health import state as service_state
from .tmdb.images import poster_url
from .tmdb.ratelimit import per_second

__all__ = ["ServiceState", "known_matches", "open_work", "per_second", "poster_url", "service_state"]
