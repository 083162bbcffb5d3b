"""What a number can be, wherever it comes from."""

from typing import Final

LARGEST: Final = 2**31 - 1  # an integer of the database
FIRST_FILM_YEAR: Final = 1870
YEARS_AHEAD: Final = 10  # of films that are announced


def from_text(text: str) -> int | None:
    """The number that a request names by its digits, if a column can hold it."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST))):
        return None
    number = int(text)
    return number if number <= LARGEST else None
