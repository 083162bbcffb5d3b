"""Many rows in several statements, so that none is too long and no lock is held for long."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

SIZE = 500

Item = TypeVar("Item")


def batches(items: Iterable[Item], size: int | None = None) -> Iterator[list[Item]]:
    """The items in order, at most `size` (or SIZE) at a time, each batch taken when it is asked for."""
    remaining = iter(items)
    while batch := list(islice(remaining, size or SIZE)):
        yield batch
