"""What the pages take in."""

from dataclasses import fields
from typing import Any, Literal, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from . import time_zones
from .conditions import LONGEST
from .forms_chips import WEEKDAYS, ChipsMixin, a_day_month_or_year, hidden
from .models import RATINGS, ImportSession, Outcome
from .queries import Facets, MovieFilters
from .sources.base import Upload

Role = Literal["", "watched", "likes", "watchlist"]
ROLES = {"watched": _("Watched films"), "likes": _("Liked films"), "watchlist": _("Watchlist")}


class TimeZoneForm(forms.Form):
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        return name if time_zones.is_known(name) else "UTC"


class UploadForm(TimeZoneForm):
    """The drop zone. Its files are judged by the sources, which say more of them than a field could."""

    def uploads(self) -> list[Upload]:
        sent = self.files.getlist("files")
        roles = self._list("roles") if len(self._list("roles")) == len(sent) else [""] * len(sent)
        return [self._upload(file, role, is_only=len(sent) == 1) for file, role in zip(sent, roles, strict=True)]

    def named_roles(self) -> dict[str, str]:
        """The answers to "what is this file?" of the page that asks without JavaScript, by file name."""
        return dict(zip(self._list("named_file"), self._list("named_role"), strict=False))

    def _upload(self, file: UploadedFile, role: str, *, is_only: bool) -> Upload:  # type: ignore[type-arg]
        name = file.name or ""
        return Upload(name, file.read(), _role(self._named_role(name, is_only=is_only) or role))

    def _named_role(self, name: str, *, is_only: bool) -> str:
        """A file in a ZIP is named with it, or alone when nothing else was sent."""
        named = self.named_roles().items()
        return next((role for file, role in named if is_only or file == name or file.startswith(f"{name}/")), "")

    def _list(self, name: str) -> list[str]:
        return cast(MultiValueDict[str, str], self.data).getlist(name)


def _role(value: str) -> Role:
    return cast(Role, value) if value in ROLES else ""


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
