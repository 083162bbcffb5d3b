"""What a number can be, wherever it comes from."""

from typing import Final

LARGEST: Final = 2**31 - 1  # an integer of the database
FIRST_FILM_YEAR: Final = 1870
YEARS_AHEAD: Final = 10  # of films that are announced
