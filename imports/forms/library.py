"""What the pages of the library take in."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from imports.films.filters import Facets
from imports.library.rankings import ORDERS, RankingFilters, today
from imports.models import RATINGS

from .chips import WEEKDAYS, a_day_month_or_year, hidden
from .filters import SORTS, FilmFilterForm

WRONG_RATING = _("A rating is half a star to five stars, in halves.")
WRONG_DAY = _("That is not a day: choose one from the calendar, or write it like 2024-05-31.")
FUTURE_DAY = _("That day has not come yet.")


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


class TakeBackForm(forms.Form):
    since = forms.DateTimeField(required=False)


class FilmSearchForm(forms.Form):
    q = forms.CharField(
        label=_("Title, with or without its year, or an address at TMDB or IMDb"),
        max_length=200,
        widget=forms.SearchInput(attrs={"autocomplete": "off"}),
    )


class LibraryFilterForm(FilmFilterForm):
    """The filters of a person's library."""

    sorts = SORTS | {"date": _("Newest rated"), "date_oldest": _("Oldest rated"), "genre": _("Genre")}
    stars = "g"
    unrated = _("No rating yet")
    field_order = (
        "q", "rating", "decade", "genre", "sort", "year", "rated_in", "rated_weekday", "genre_too", "director", "cast",
        "country", "language", "view",
    )  # fmt: skip

    rated_in = hidden(forms.CharField, validators=[a_day_month_or_year])
    rated_weekday = hidden(forms.TypedChoiceField, choices=list(WEEKDAYS.items()), coerce=int, empty_value=None)

    def __init__(self, data: Any, *, facets: Facets) -> None:
        super().__init__(data, facets=facets, orders=ORDERS)

    def filters(self) -> RankingFilters:
        """The valid values; the others stand at their defaults."""
        return RankingFilters(**self.given())
