"""What the pages take in."""

from dataclasses import fields
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from imports.films.conditions import LONGEST
from imports.films.listing import Facets, MovieFilters
from imports.models import RATINGS, ImportSession, Outcome

from .chips import WEEKDAYS, ChipsMixin, a_day_month_or_year, hidden

SORTS = {
    "watched": _("Newest watched"),
    "watched_oldest": _("Oldest watched"),
    "title": _("Title"),
    "year": _("Newest release"),
    "year_oldest": _("Oldest release"),
    "rating": _("Your highest rating"),
    "rating_lowest": _("Your lowest rating"),
    "runtime": _("Longest"),
    "runtime_shortest": _("Shortest"),
}


class MovieFilterForm(ChipsMixin, forms.Form):
    """The film list's filters, all in the address. A value that makes no sense filters nothing. Those that only links
    set, from the statistics, stand hidden in the form and are told as chips."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.SearchInput(attrs={"placeholder": _("Title or director"), "autocomplete": "off"}),
    )
    status = forms.ChoiceField(label=_("Status"), required=False)
    decade = forms.TypedChoiceField(label=_("Decade"), required=False, coerce=int, empty_value=None)
    genre = forms.ChoiceField(label=_("Genre"), required=False)
    rating = forms.ChoiceField(label=_("Your rating"), required=False)
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=list(SORTS.items()))
    liked = forms.BooleanField(label=_("Liked only"), required=False)
    view = forms.ChoiceField(required=False, choices=[("grid", ""), ("table", "")], widget=forms.HiddenInput)
    seen = hidden(forms.BooleanField)
    watched = hidden(forms.CharField, validators=[a_day_month_or_year])
    weekday = hidden(forms.TypedChoiceField, choices=list(WEEKDAYS.items()), coerce=int, empty_value=None)
    rewatched = hidden(forms.BooleanField)
    year = hidden(forms.IntegerField, min_value=1, max_value=9999)
    genre_too = hidden(forms.CharField, max_length=LONGEST)
    director = hidden(forms.CharField, max_length=LONGEST)
    cast = hidden(forms.CharField, max_length=LONGEST)
    country = hidden(forms.CharField, max_length=LONGEST)
    language = hidden(forms.CharField, max_length=8)
    tag = hidden(forms.CharField, max_length=LONGEST)

    def __init__(self, data: Any, *, facets: Facets, session: ImportSession) -> None:
        super().__init__(data)
        if not session.is_mine:
            del self.fields["tag"]  # tags are the owner's
        self._choices("decade", _("Any decade"), [(d, _("%(decade)ss") % {"decade": d}) for d in facets.decades])
        self._choices("genre", _("Any genre"), [(genre, genre) for genre in facets.genres])
        self._choices(
            "rating", _("Any rating"), [*((str(r), f"★ {r:g}") for r in reversed(RATINGS)), ("none", _("Not rated"))]
        )
        self._choices("status", _("Any status"), Outcome.choices)

    def _choices(self, name: str, everything: Any, choices: list[Any]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [("", everything), *choices]

    def filters(self) -> MovieFilters:
        """The valid values; the others stand at their defaults."""
        self.is_valid()
        names = {field.name for field in fields(MovieFilters)}
        return MovieFilters(**{k: v for k, v in self.cleaned_data.items() if k in names and v not in ("", None)})

    @property
    def is_table(self) -> bool:
        self.is_valid()
        return bool(self.cleaned_data.get("view") == "table")
