"""What the pages of sharing take in: the owner's form for a link, and the filters of a shared list."""

from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from imports.models import RATINGS, ImportSession, ShareLink
from imports.sharing import reading
from imports.sharing.links import Shareable

from .chips import ChipsMixin, hidden
from .films import SORTS as LIST_SORTS
from .uploads import TimeZoneForm

PERIODS = {"day": 1, "week": 7, "month": 30, "year": 365}
LONGEST = 10 * 365  # days ahead
SHOWS = ("films", "statistics", "ratings", "reviews", "dates")


class ShareForm(TimeZoneForm):
    shows_films = forms.BooleanField(
        label=_("Films"), required=False, initial=True, help_text=_("The list of all films seen.")
    )
    shows_statistics = forms.BooleanField(
        label=_("Statistics"),
        required=False,
        initial=True,
        help_text=_("Numbers and charts; some of them name films."),
    )
    shows_ratings = forms.BooleanField(
        label=_("Ratings"),
        required=False,
        initial=True,
        help_text=_("Your stars and hearts, and what is counted from them."),
    )
    shows_reviews = forms.BooleanField(
        label=_("Reviews"), required=False, help_text=_("What you wrote, each with its film's title.")
    )
    shows_dates = forms.BooleanField(
        label=_("Dates"), required=False, help_text=_("When you watched, and what is counted by day, month and year.")
    )
    name = forms.CharField(
        label=_("Name of the page"),
        required=False,
        max_length=100,
        help_text=_("Everyone who has the link sees it. Empty: “A film history”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    expiry = forms.ChoiceField(
        label=_("The link works"),
        choices=[
            ("never", _("until you revoke it")),
            ("day", _("for a day")),
            ("week", _("for a week")),
            ("month", _("for a month")),
            ("year", _("for a year")),
            ("date", _("until the end of a day")),
        ],
        initial="never",
    )
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("That is not a day: choose one from the calendar, or write it like 2027-05-31.")},
        help_text=_("Only for “until the end of a day”."),
    )

    def __init__(self, data: Any, *, thing: Shareable) -> None:
        super().__init__(data)
        if not isinstance(thing, ImportSession):
            del self.fields["shows_reviews"]  # a library has none

    @property
    def switches(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("shows_")]

    @property
    def details(self) -> list[forms.BoundField]:
        return [self["name"], self["expiry"], self["until"]]

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean(self) -> None:
        super().clean()
        if not (self.cleaned_data.get("shows_films") or self.cleaned_data.get("shows_statistics")):
            self.add_error(None, _("Choose films, statistics or both: a page without either would be empty."))
        if self.cleaned_data.get("expiry") == "date" and "until" in self.cleaned_data:
            self._check(self.cleaned_data["until"])

    def _check(self, until: date | None) -> None:
        if until is None:
            self.add_error("until", _("Choose the last day on which the link works."))
        elif until < self._today():
            self.add_error("until", _("That day is over: choose today or a later one."))
        elif until > self._today() + timedelta(days=LONGEST):
            self.add_error("until", _("That is more than ten years away: choose “until you revoke it”."))

    def _today(self) -> date:
        return timezone.localdate(timezone=self._zone())

    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.cleaned_data.get("time_zone", "UTC"))

    def shows(self) -> dict[str, bool]:
        return {f"shows_{what}": bool(self.cleaned_data.get(f"shows_{what}")) for what in SHOWS}

    def expires_at(self) -> datetime | None:
        chosen = self.cleaned_data["expiry"]
        if chosen == "date":
            next_day = self.cleaned_data["until"] + timedelta(days=1)
            return datetime.combine(next_day, time.min, self._zone())
        return timezone.now() + timedelta(days=PERIODS[chosen]) if chosen in PERIODS else None


class SharedFilterForm(ChipsMixin, forms.Form):
    """A shared list's filters, all in the address: none of what its link hides. A value that makes no sense filters
    nothing."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.SearchInput(attrs={"placeholder": _("Title or director"), "autocomplete": "off"}),
    )
    decade = forms.TypedChoiceField(label=_("Decade"), required=False, coerce=int, empty_value=None)
    genre = forms.ChoiceField(label=_("Genre"), required=False)
    rating = forms.ChoiceField(label=_("Rating"), required=False)
    sort = forms.ChoiceField(label=_("Order"), required=False)
    view = forms.ChoiceField(required=False, choices=[("grid", ""), ("table", "")], widget=forms.HiddenInput)
    year = hidden(forms.IntegerField, min_value=1, max_value=9999)
    genre_too = hidden(forms.CharField, max_length=100)
    director = hidden(forms.CharField, max_length=200)
    cast = hidden(forms.CharField, max_length=200)
    country = hidden(forms.CharField, max_length=100)
    language = hidden(forms.CharField, max_length=8)

    def __init__(self, data: Any, *, link: ShareLink) -> None:
        super().__init__(data)
        self.sorts = reading.sorts(link)
        facets = reading.facets(link)
        decades = [(decade, gettext("%(decade)ss") % {"decade": decade}) for decade in facets.decades]
        ratings = [(str(rating), f"★ {rating:g}") for rating in reversed(RATINGS)]
        self._choices("decade", [("", _("Any decade")), *decades])
        self._choices("genre", [("", _("Any genre")), *((genre, genre) for genre in facets.genres)])
        self._choices("rating", [("", _("Any rating")), *ratings, ("none", _("Not rated"))])
        self._choices("sort", [(name, SORTS[name]) for name in self.sorts])
        if not link.shows_ratings:
            del self.fields["rating"]

    def _choices(self, name: str, choices: list[Any]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def wanted(self) -> dict[str, Any]:
        """The valid filters."""
        self.is_valid()
        return {k: v for k, v in self.cleaned_data.items() if k not in ("sort", "view") and v not in ("", None)}

    @property
    def order(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("sort") or self.sorts[0]

    @property
    def is_table(self) -> bool:
        self.is_valid()
        return bool(self.cleaned_data.get("view") == "table")


SORTS = LIST_SORTS | {"rating": _("Highest rating"), "rating_lowest": _("Lowest rating")}
