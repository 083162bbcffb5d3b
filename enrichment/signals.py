"""How the rest hears of answers. Sent inside the settling transaction, so both happen or neither."""

from django.dispatch import Signal

settled = Signal()  # lookups: list[int], films: list[int] that have their answer now
reopened = Signal()  # lookups: list[int] that are asked again: what was taken from their answer no longer stands
