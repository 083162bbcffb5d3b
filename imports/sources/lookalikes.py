"""What a CSV of another service looks like, so that a refusal can name it."""

from collections.abc import Collection

LETTERBOXD = {"name", "letterboxd uri"}

LOOKALIKES: list[tuple[str, set[str]]] = [  # folded columns that it has
    ("a Netflix viewing activity", {"profile name", "start time", "title"}),
    ("a Netflix viewing history", {"title", "date"}),
    ("an IMDb list", {"const"}),
]


def looks_like(columns: Collection[str]) -> str:
    """The name of the format, or ""."""
    return next((name for name, needed in LOOKALIKES if needed <= set(columns)), "")
