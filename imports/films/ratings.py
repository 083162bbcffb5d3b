"""The ratings of films as numbers."""

from decimal import Decimal


def as_number(rating: Decimal | None) -> float | None:
    """The stars as JSON and the statistics hold them; None: not rated."""
    return None if rating is None else float(rating)
