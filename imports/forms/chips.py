"""Filters of a film list that only links set, told as chips that can be taken away one by one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from imports.languages import language_name
from imports.periods import first_day_of

Field = TypeVar("Field", bound=forms.Field)

__all__ = ["WEEKDAYS", "Chip", "ChipsMixin", "a_day_month_or_year", "hidden"]


@dataclass(frozen=True)
class Chip:
    text: str
    without: str  # the list's address without this filter


def hidden(field: Callable[..., Field], **options: Any) -> Field:
    return field(required=False, widget=forms.HiddenInput, **options)


def a_day_month_or_year(value: str) -> None:
    try:
        first_day_of(value)
    except ValueError as wrong:
        raise forms.ValidationError("", code="invalid") from wrong


def when_in_words(value: str) -> str:
    formats = {4: "Y", 7: "F Y", 10: "j F Y"}
    return date_format(first_day_of(value), formats[len(value)])


WORDS: dict[str, tuple[Any, Callable[[Any], str]]] = {
    "seen": (_("Seen films, each once"), str),
    "watched": (_("Watched: %s"), when_in_words),
    "weekday": (_("Watched on a %s"), lambda day: str(WEEKDAYS[day])),
    "rewatched": (_("Seen again"), str),
    "year": (_("Released in %s"), str),
    "genre_too": (_("Also: %s"), str),
    "director": (_("Directed by %s"), str),
    "cast": (_("With %s"), str),
    "country": (_("From %s"), str),
    "language": (_("In %s"), language_name),
    "tag": (_("Tagged “%s”"), str),
}


class ChipsMixin(forms.Form):
    def chips(self, chosen: QueryDict) -> list[Chip]:
        """What the address filters by and the form's own fields do not show."""
        self.is_valid()
        chips = []
        for name, (words, in_words) in WORDS.items():
            if (value := self.cleaned_data.get(name)) in ("", None, False):
                continue
            rest = chosen.copy()
            for gone in (name, "page"):
                rest.pop(gone, None)
            text = str(words) % in_words(value) if "%s" in str(words) else str(words)
            chips.append(Chip(text, f"?{rest.urlencode()}"))
        return chips
