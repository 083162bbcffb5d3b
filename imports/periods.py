"""Periods as addresses name them: "2024", "2024-05" or "2024-05-17"."""

import re
from datetime import date


def first_day_of(value: str) -> date:
    """The first day of "2024", "2024-05" or "2024-05-17". Raises ValueError for anything else."""
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", value):  # fromisoformat also knows weeks
        raise ValueError(value)
    return date.fromisoformat(value + "-01-01"[len(value) - 4 :])
