"""What the pages of the library take in."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from imports.films.conditions import LONGEST
from imports.library.films import ORDERS, RATED, LibraryFacets, LibraryFilters
from imports.library.rankings import today
from imports.library.words import source_name
from imports.models import RATINGS, LibraryFilm, LibraryViewing

from .chips import WEEKDAYS, a_day_month_or_year, hidden
from .filters import SORTS, FilmFilterForm

WRONG_RATING = _("A rating is half a star to five stars, in halves.")
WRONG_DAY = _("That is not a day: choose one from the calendar, or write it like 2024-05-31.")
FUTURE_DAY = _("That day has not come yet.")
TWO_NEEDED = _("Tick at least two viewings that are the same.")
VIEWING_GONE = _("One of these viewings is not in your library any more.")


class StarsForm(forms.Form):
    """Stars. A page may send `time_zone`, so that the person's own day is today."""

    rating = forms.TypedChoiceField(
        label=_("Your rating"),
        required=False,
        coerce=Decimal,
        empty_value=None,
        choices=[("", _("No rating yet")), *((f"{r:.1f}", f"{r:g}") for r in RATINGS)],
        error_messages={"invalid_choice": WRONG_RATING},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today(self.data.get("time_zone", ""))


class JoinForm(forms.Form):
    """The viewings of a film that are one."""

    viewing = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": TWO_NEEDED, "invalid_choice": VIEWING_GONE}
    )

    def __init__(self, data: Any, *, film: LibraryFilm) -> None:
        super().__init__(data)
        self.own = LibraryViewing.objects.filter(film=film).order_by("place")
        sent = set(data.getlist("viewing"))  # a film may have thousands, and each choice is compared with each of these
        numbers = [pk for pk in self.own.values_list("pk", flat=True) if str(pk) in sent]
        cast(Any, self.fields["viewing"]).choices = [(pk, "") for pk in numbers]

    def clean_viewing(self) -> list[LibraryViewing]:
        chosen = self.own.filter(pk__in=self.cleaned_data["viewing"]).select_related("film", "user")
        if len(chosen) < 2:
            raise forms.ValidationError(TWO_NEEDED)
        return list(chosen)


class AnswerForm(forms.Form):
    """Whether two viewings are the same."""

    same = forms.ChoiceField(
        choices=[("yes", ""), ("no", "")],
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Say whether it is one viewing or two.")),
    )


class FilmSearchForm(forms.Form):
    q = forms.CharField(
        label=_("Title, with or without its year, or an address at TMDB or IMDb"),
        max_length=200,
        widget=forms.SearchInput(attrs={"autocomplete": "off"}),
    )


class LibraryFilterForm(FilmFilterForm):
    """The filters of the films in a person's library."""

    sorts = SORTS | {"first": _("Newest first seen"), "first_oldest": _("Oldest first seen")}
    unrated = _("No rating yet")
    field_order = (
        "q", "source", "decade", "genre", "rating", "sort", "liked", "view", "watched", "weekday", "rewatched",
    )  # fmt: skip

    source = forms.ChoiceField(label=_("Source"), required=False)
    liked = forms.BooleanField(label=_("Liked only"), required=False)
    watched = hidden(forms.CharField, validators=[a_day_month_or_year])
    weekday = hidden(forms.TypedChoiceField, choices=list(WEEKDAYS.items()), coerce=int, empty_value=None)
    rewatched = hidden(forms.BooleanField)
    tag = hidden(forms.CharField, max_length=LONGEST)

    def __init__(self, data: Any, *, facets: LibraryFacets) -> None:
        super().__init__(data, facets=facets, orders=ORDERS)
        self._choices("source", _("Any source"), [(source, source_name(source)) for source in facets.sources])
        ratings = cast(Any, self.fields["rating"])
        ratings.choices = [*ratings.choices, (RATED, _("Rated"))]

    def filters(self) -> LibraryFilters:
        """The valid values; the others stand at their defaults."""
        return LibraryFilters(**self.given())
