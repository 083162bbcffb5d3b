"""TMDB's troubles, sorted into "try later" and "never"."""


class TMDBError(Exception):
    """Anything that kept TMDB from giving a usable answer."""


class TMDBUnavailable(TMDBError):
    """Try later: no answer, or none that means anything about the film. `reason` is one of REASONS."""

    REASONS = ("unreachable", "overloaded", "broken", "limited", "busy", "key")

    def __init__(self, reason: str, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after = retry_after  # seconds, when TMDB or the limiter said so


class TMDBRejected(TMDBError):
    """Never: this very request will not get a better answer."""


class TMDBGone(TMDBRejected):
    """TMDB has no film of this id any more (deleted or merged)."""
