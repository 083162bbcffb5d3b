"""What a person brings in, decides and gets back."""

from .films import ChosenBy, Decision, Doubt, Kind, Movie, Outcome, RowProblem, Viewing
from .people import Analytics, ApiToken, MatchMemory, Ranking, ShareLink, Usage, hashed
from .ratings import RATINGS
from .sessions import ImportSession, ImportSessionQuerySet, Owner, SessionStatus, Source, expiry, expiry_of

__all__ = [
    "RATINGS",
    "Analytics",
    "ApiToken",
    "ChosenBy",
    "Decision",
    "Doubt",
    "ImportSession",
    "ImportSessionQuerySet",
    "Kind",
    "MatchMemory",
    "Movie",
    "Outcome",
    "Owner",
    "Ranking",
    "RowProblem",
    "SessionStatus",
    "ShareLink",
    "Source",
    "Usage",
    "Viewing",
    "expiry",
    "expiry_of",
    "hashed",
]
