"""What tells of the films of a library."""

from functools import cached_property

from django.utils.translation import gettext

from imports.library.words import source_name
from imports.statistics.shape import Telling

from . import words
from .base import Base
from .shapes import Number


class Origins(Base):
    @cached_property
    def sources(self) -> list[Number]:
        return [
            Number(
                label=source_name(telling["source"]),
                text=words.films(telling["films"]),
                note=self._viewings(telling),
                url=self.links.films(telling["filter"]),
            )
            for telling in self.data["sources"]
        ]

    @staticmethod
    def _viewings(telling: Telling) -> str:
        viewings = words.viewings(telling["viewings"])
        if not telling["shared"]:
            return viewings
        shared = gettext("%(n)s of them known elsewhere too") % {"n": words.number(telling["shared"])}
        return f"{viewings}, {shared}"
