"""What the pages of sharing take in: the owner's form for a link, and the filters of a shared list."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from imports.films.filters import FilmFilters
from imports.models import ShareLink
from imports.sharing import reading

from .filters import FilmFilterForm
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
        help_text=_("Everyone with the link sees it. Leave it empty for “A film history”."),
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


class SharedFilterForm(FilmFilterForm):
    """The filters of a shared list: none of what its link hides."""

    rating = forms.ChoiceField(label=_("Rating"), required=False)

    def __init__(self, data: Any, *, link: ShareLink) -> None:
        super().__init__(data, facets=reading.facets(link), orders=reading.sorts(link))
        if not link.shows_ratings:
            del self.fields["rating"]

    def filters(self) -> FilmFilters:
        """The valid values; the others stand at their defaults."""
        return FilmFilters(**{name: value for name, value in self.given().items() if name != "sort"})

    @property
    def order(self) -> str:
        return str(self.given().get("sort", self.defaults["sort"]))
