"""What the pages of the library take in."""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from imports.films.conditions import LONGEST
from imports.films.listing import Facets
from imports.library.rankings import RankingFilters, today
from imports.models import RATINGS

from .chips import WEEKDAYS, ChipsMixin, a_day_month_or_year, hidden

WRONG_RATING = _("A rating is half a star to five stars, in halves.")
WRONG_DAY = _("That is not a day: choose one from the calendar, or write it like 2024-05-31.")
FUTURE_DAY = _("That day has not come yet.")

SORTS = {
    "rating": _("Highest rating"),
    "rating_lowest": _("Lowest rating"),
    "date": _("Newest rated"),
    "date_oldest": _("Oldest rated"),
    "year": _("Newest release"),
    "year_oldest": _("Oldest release"),
    "genre": _("Genre"),
    "title": _("Title"),
}


class RatingForm(forms.Form):
    """Stars and a day. A page may send `time_zone`, so that the person's own day decides what has not come yet."""

    rating = forms.TypedChoiceField(
        label=_("Your rating"),
        required=False,
        coerce=Decimal,
        empty_value=None,
        choices=[("", _("No rating yet")), *((f"{r:.1f}", f"{r:g}") for r in RATINGS)],
        error_messages={"invalid_choice": WRONG_RATING},
    )
    rated_at = forms.DateField(
        label=_("Date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": WRONG_DAY, "invalid": WRONG_DAY},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today(self.data.get("time_zone", ""))

    def clean_rated_at(self) -> date:
        day: date = self.cleaned_data["rated_at"]
        if day > self.today:
            raise forms.ValidationError(FUTURE_DAY)
        return day


class FilmSearchForm(forms.Form):
    q = forms.CharField(
        label=_("Title, with or without its year, or an address at TMDB or IMDb"),
        max_length=200,
        widget=forms.SearchInput(attrs={"autocomplete": "off"}),
    )


class LibraryFilterForm(ChipsMixin, forms.Form):
    """The library's filters, all in the address. A value that makes no sense filters nothing."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.SearchInput(attrs={"placeholder": _("Title or director"), "autocomplete": "off"}),
    )
    rating = forms.ChoiceField(label=_("Your rating"), required=False)
    decade = forms.TypedChoiceField(label=_("Decade"), required=False, coerce=int, empty_value=None)
    genre = forms.ChoiceField(label=_("Genre"), required=False)
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=list(SORTS.items()))
    year = hidden(forms.IntegerField, min_value=1, max_value=9999)
    rated_in = hidden(forms.CharField, validators=[a_day_month_or_year])
    rated_weekday = hidden(forms.TypedChoiceField, choices=list(WEEKDAYS.items()), coerce=int, empty_value=None)
    genre_too = hidden(forms.CharField, max_length=LONGEST)
    director = hidden(forms.CharField, max_length=LONGEST)
    cast = hidden(forms.CharField, max_length=LONGEST)
    country = hidden(forms.CharField, max_length=LONGEST)
    language = hidden(forms.CharField, max_length=8)
    view = forms.ChoiceField(required=False, choices=[("grid", ""), ("table", "")], widget=forms.HiddenInput)

    def __init__(self, data: Any, *, facets: Facets) -> None:
        super().__init__(data)
        ratings = [(f"{r:g}", f"★ {r:g}") for r in reversed(RATINGS)]
        decades = [(decade, gettext("%(decade)ss") % {"decade": decade}) for decade in facets.decades]
        self._choices("rating", _("Any rating"), [*ratings, ("none", _("No rating yet"))])
        self._choices("decade", _("Any decade"), decades)
        self._choices("genre", _("Any genre"), [(genre, genre) for genre in facets.genres])

    def _choices(self, name: str, everything: Any, choices: list[Any]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [("", everything), *choices]

    def filters(self) -> RankingFilters:
        """The valid values; the others stand at their defaults."""
        self.is_valid()
        names = {field.name for field in fields(RankingFilters)}
        return RankingFilters(**{k: v for k, v in self.cleaned_data.items() if k in names and v not in ("", None)})

    @property
    def is_table(self) -> bool:
        self.is_valid()
        return bool(self.cleaned_data.get("view") == "table")
