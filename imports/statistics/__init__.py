"""The statistics of an import and of a library: the same numbers on the page, in the API and in the export."""

from .computing import compute, public
from .filters import Filters
from .kept import mark_of, of_library, of_session

__all__ = ["Filters", "compute", "mark_of", "of_library", "of_session", "public"]
