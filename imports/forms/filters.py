"""Filters that stand in the address of a page."""

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from imports.films.conditions import LONGEST
from imports.films.filters import Facets
from imports.models import RATINGS

from .chips import ChipsMixin, hidden

SORTS = {
    "watched": _("Newest watched"),
    "watched_oldest": _("Oldest watched"),
    "title": _("Title"),
    "year": _("Newest release"),
    "year_oldest": _("Oldest release"),
    "rating": _("Highest rating"),
    "rating_lowest": _("Lowest rating"),
    "runtime": _("Longest"),
    "runtime_shortest": _("Shortest"),
}


class FilterForm(forms.Form):
    """Filters, all in the address. A value that makes no sense filters nothing."""

    def _choices(self, name: str, everything: Any, choices: Iterable[Any]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [("", everything), *choices]

    def given(self) -> dict[str, Any]:
        """The valid values by the names of their fields; what is left empty is not among them."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}


class FilmFilterForm(ChipsMixin, FilterForm):
    """The filters that every list of films has. Those that only links set, from the statistics, stand hidden in the
    form and are told as chips."""

    sorts: ClassVar[dict[str, Any]] = SORTS  # each order's words
    stars: ClassVar[str] = ".1f"  # how an address writes them
    unrated: ClassVar[Any] = _("Not rated")

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.SearchInput(attrs={"placeholder": _("Title or director"), "autocomplete": "off"}),
    )
    decade = forms.TypedChoiceField(label=_("Decade"), required=False, coerce=int, empty_value=None)
    genre = forms.ChoiceField(label=_("Genre"), required=False)
    rating = forms.ChoiceField(label=_("Your rating"), required=False)
    sort = forms.ChoiceField(label=_("Order"), required=False)
    view = forms.ChoiceField(required=False, choices=[("grid", ""), ("table", "")], widget=forms.HiddenInput)
    year = hidden(forms.IntegerField, min_value=1, max_value=9999)
    genre_too = hidden(forms.CharField, max_length=LONGEST)
    director = hidden(forms.CharField, max_length=LONGEST)
    cast = hidden(forms.CharField, max_length=LONGEST)
    country = hidden(forms.CharField, max_length=LONGEST)
    language = hidden(forms.CharField, max_length=8)

    def __init__(self, data: Any, *, facets: Facets, orders: Iterable[str]) -> None:
        """The first of the orders is the one that the list begins with."""
        super().__init__(data)
        self.orders = list(orders)
        self.defaults = {"sort": self.orders[0], "view": "grid"}
        ratings = [(f"{rating:{self.stars}}", f"★ {rating:g}") for rating in reversed(RATINGS)]
        decades = [(decade, _("%(decade)ss") % {"decade": decade}) for decade in facets.decades]
        self._choices("decade", _("Any decade"), decades)
        self._choices("genre", _("Any genre"), [(genre, genre) for genre in facets.genres])
        self._choices("rating", _("Any rating"), [*ratings, ("none", self.unrated)])
        cast(forms.ChoiceField, self.fields["sort"]).choices = [(name, self.sorts[name]) for name in self.orders]

    def given(self) -> dict[str, Any]:
        """What the list is filtered by and ordered in: how it looks is not among it."""
        return {name: value for name, value in super().given().items() if name != "view"}

    @property
    def is_table(self) -> bool:
        self.is_valid()
        return bool(self.cleaned_data.get("view") == "table")
