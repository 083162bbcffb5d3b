"""The filters of an import's film list, as a form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from imports.films.conditions import LONGEST
from imports.films.filters import Facets
from imports.films.listing import ORDERS, MovieFilters
from imports.models import ImportSession, Outcome

from .chips import WEEKDAYS, a_day_month_or_year, hidden
from .filters import SORTS, FilmFilterForm


class MovieFilterForm(FilmFilterForm):
    """The filters of an import's films."""

    sorts = SORTS | {"rating": _("Your highest rating"), "rating_lowest": _("Your lowest rating")}
    field_order = (
        "q", "status", "decade", "genre", "rating", "sort", "liked", "view", "seen", "watched", "weekday", "rewatched",
    )  # fmt: skip

    status = forms.ChoiceField(label=_("Status"), required=False)
    liked = forms.BooleanField(label=_("Liked only"), required=False)
    seen = hidden(forms.BooleanField)
    watched = hidden(forms.CharField, validators=[a_day_month_or_year])
    weekday = hidden(forms.TypedChoiceField, choices=list(WEEKDAYS.items()), coerce=int, empty_value=None)
    rewatched = hidden(forms.BooleanField)
    tag = hidden(forms.CharField, max_length=LONGEST)

    def __init__(self, data: Any, *, facets: Facets, session: ImportSession) -> None:
        super().__init__(data, facets=facets, orders=ORDERS)
        if not session.is_mine:
            del self.fields["tag"]  # tags are the owner's
        self._choices("status", _("Any status"), Outcome.choices)

    def filters(self) -> MovieFilters:
        """The valid values; the others stand at their defaults."""
        return MovieFilters(**self.given())
