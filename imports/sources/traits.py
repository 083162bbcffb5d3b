"""What each source is like: all that the rest of the house asks of a source without reading its files."""

from dataclasses import dataclass
from typing import Final, Literal

from .base import Kind


@dataclass(frozen=True, kw_only=True)
class Traits:
    kinds: tuple[Kind, ...] = ("film",)  # what its titles may be
    # how it knows its days: written down by the person, logged by a service's clock, or on a list of what was seen
    tells: Literal["diary", "stream", "mark"] = "diary"
    is_review: bool = False  # private, and without ratings: its films are decided and rated one by one
    can_be_updated: bool = False  # a newer export of it can be read onto an import


TRAITS: Final = {
    "letterboxd": Traits(can_be_updated=True),
    "prime_video": Traits(kinds=("film", "series", "not_a_film"), tells="stream", is_review=True),
}
REVIEWS: Final = tuple(name for name, traits in TRAITS.items() if traits.is_review)
