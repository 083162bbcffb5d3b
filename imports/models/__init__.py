"""What a person brings in, decides and gets back."""

from .films import ChosenBy, Decision, Doubt, Kind, Movie, Outcome, RowProblem, Viewing
from .library import (
    PERSON,
    HandViewing,
    Library,
    LibraryChange,
    LibraryDecision,
    LibraryFilm,
    LibraryQuestion,
    LibraryViewing,
)
from .people import Analytics, ApiToken, MatchMemory, Ranking, ShareLink, Usage, hashed
from .ratings import RATINGS
from .sessions import ImportSession, ImportSessionQuerySet, Owner, SessionStatus, Source, expiry, expiry_of

__all__ = [
    "PERSON",
    "RATINGS",
    "Analytics",
    "ApiToken",
    "ChosenBy",
    "Decision",
    "Doubt",
    "HandViewing",
    "ImportSession",
    "ImportSessionQuerySet",
    "Kind",
    "Library",
    "LibraryChange",
    "LibraryDecision",
    "LibraryFilm",
    "LibraryQuestion",
    "LibraryViewing",
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
