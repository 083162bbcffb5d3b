"""What the CSV of a service looks like, so that another service's reader leaves it alone and a refusal can name it."""

from collections.abc import Collection

LETTERBOXD = {"name", "letterboxd uri"}
OF_IMPORT_FORMAT = {"letterboxduri", "tmdbid", "imdbid", "rating10", "watcheddate"}  # nothing else has them

LOOKALIKES: list[tuple[str, set[str]]] = [  # folded columns that it has
    ("a Netflix viewing activity", {"profile name", "start time", "title"}),
    ("a Netflix viewing history", {"title", "date"}),
    ("an IMDb list", {"const"}),
]


def looks_like(columns: Collection[str]) -> str:
    """The name of the format, or ""."""
    return next((name for name, needed in LOOKALIKES if needed <= set(columns)), "")


def is_import_format(columns: Collection[str]) -> bool:
    return bool(OF_IMPORT_FORMAT.intersection(columns)) and "name" not in columns
