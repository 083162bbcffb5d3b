"""What the review's pages take in."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrichment.numbers import LARGEST

from .library import FUTURE_DAY, WRONG_DAY

WRONG_RATING = _("A rating is one to five whole stars.")
NO_FILM = _("That is not a film's number: choose one of the films that are shown.")
WHOLE_STARS = [(str(n), str(n)) for n in range(1, 6)]


def problem_of(form: forms.Form) -> str:
    """The first thing that is wrong with it, in one sentence; none: it is valid."""
    return next((str(sentence) for sentences in form.errors.values() for sentence in sentences), "")


def film_number(*, required: bool) -> forms.IntegerField:
    messages = dict.fromkeys(("required", "invalid", "min_value", "max_value"), NO_FILM)
    return forms.IntegerField(required=required, min_value=1, max_value=LARGEST, error_messages=messages)


class StarsForm(forms.Form):
    """Whole stars, or none: to be decided later."""

    rating = forms.TypedChoiceField(
        required=False,
        coerce=Decimal,
        empty_value=None,
        choices=WHOLE_STARS,
        error_messages={"invalid_choice": WRONG_RATING},
    )


class AddForm(StarsForm):
    """The stars, the day, and which of the films shown it is."""

    rated_at = forms.DateField(required=False, error_messages={"invalid": WRONG_DAY})
    tmdb_id = film_number(required=False)

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data)
        self.today = today

    def clean_rated_at(self) -> date | None:
        day: date | None = self.cleaned_data["rated_at"]
        if day is not None and day > self.today:
            raise forms.ValidationError(FUTURE_DAY)
        return day


class ChooseForm(forms.Form):
    tmdb_id = film_number(required=True)


class SearchForm(forms.Form):
    """The film that is looked for. What makes no sense as a year is left out."""

    q = forms.CharField(required=False, max_length=300)
    year = forms.CharField(required=False, max_length=10)

    def asked(self) -> tuple[str, int | None]:
        self.is_valid()
        q, year = (str(self.cleaned_data.get(name, "")).strip() for name in ("q", "year"))
        return q, int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None
