"""How TMDB is reached: config/settings.py builds one TMDBSettings from the environment."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class TMDBSettings:
    token: str = field(repr=False)  # never shown by repr(), so not in a log line either
    base_url: str
    image_url: str
    rate_count: int  # at most this many requests...
    rate_seconds: float  # ...in any so many seconds, over all processes and machines
    cache_path: Path
    refresh_days: int  # a record as old as this is asked for again
    connect_timeout: float = 3.0
    read_timeout: float = 10.0

    @property
    def is_sample(self) -> bool:
        """No key yet: the built-in catalogue answers in TMDB's place."""
        return not self.token
