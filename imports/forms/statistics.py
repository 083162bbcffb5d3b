"""What the pages of statistics take in."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from imports.statistics.filters import Filters
from imports.statistics.shape import Choices

from .filters import FilterForm


class StatisticsFilterForm(FilterForm):
    """Which part of a history the statistics are of."""

    year = forms.TypedChoiceField(label=_("Watched in"), required=False, coerce=int, empty_value=None)
    decade = forms.TypedChoiceField(label=_("Decade"), required=False, coerce=int, empty_value=None)
    genre = forms.ChoiceField(label=_("Genre"), required=False)
    rating = forms.ChoiceField(label=_("Rating"), required=False)

    def __init__(self, data: Any, *, choices: Choices) -> None:
        super().__init__(data)
        self._choices("year", _("All years"), [(year, year) for year in choices["years"]])
        decades = [(decade, gettext("Films of the %(decade)ss") % {"decade": decade}) for decade in choices["decades"]]
        self._choices("decade", _("Any decade"), decades)
        self._choices("genre", _("Any genre"), [(genre, genre) for genre in choices["genres"]])
        self._choices("rating", _("Any rating"), [(rating, _in_words(rating)) for rating in choices["ratings"]])

    def filters(self) -> Filters:
        """The valid values; the others stand at their defaults."""
        return Filters(**self.given())


def _in_words(rating: str) -> str:
    return gettext("Not rated") if rating == "none" else f"★ {float(rating):g}"
