"""The filters of the diary."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from imports.library import diary
from imports.library.diary import DiaryFilters
from imports.library.words import source_name
from imports.models import PERSON, Source

from .chips import a_day_month_or_year, hidden
from .filters import FilterForm


class DiaryFilterForm(FilterForm):
    """The filters of the diary, all in the address."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.SearchInput(attrs={"placeholder": _("Title, director or tag"), "autocomplete": "off"}),
    )
    source = forms.ChoiceField(label=_("Source"), required=False)
    rated = forms.ChoiceField(label=_("Rating"), required=False)
    year = hidden(forms.CharField, validators=[a_day_month_or_year])
    month = hidden(forms.CharField, validators=[a_day_month_or_year])
    undated = hidden(forms.BooleanField)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self._choices("source", _("Any source"), [(name, source_name(name)) for name in [*Source.values, PERSON]])
        self._choices("rated", _("Rated or not"), [(diary.RATED, _("Rated")), (diary.UNRATED, _("Not rated"))])

    def filters(self) -> DiaryFilters:
        """The valid values; the others stand at their defaults."""
        given = self.given()
        when = str(given.pop("month", given.get("year", "")))
        given.pop("year", None)
        return DiaryFilters(when=when, **given)
