"""A viewing that a person tells, or puts right."""

import re
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from imports.library import viewings
from imports.library.viewings import Values
from imports.models import LibraryViewing

from .chips import hidden
from .library import WRONG_DAY, StarsForm

TOO_MANY_TAGS = _("A viewing can have %(n)d tags at most.")
TAG_TOO_LONG = _("A tag can have %(n)d characters at most. Separate tags by commas.")
REVIEW_TOO_LONG = _("A review can have %(n)d characters at most. Yours has %(count)d.")
CHANGED_SINCE = _("This viewing was changed meanwhile, perhaps in another tab. Save again to put this in its place.")


class ViewingForm(StarsForm):
    """A viewing: its day, or none; stars, tags, a review. The person's own day decides what has not come yet."""

    watched_on = forms.DateField(
        label=_("Watched on"),
        required=False,
        help_text=_("Leave it empty if you don't remember the day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": WRONG_DAY},
    )
    rewatch = forms.BooleanField(label=_("I had seen it before"), required=False)
    tags = forms.CharField(label=_("Tags"), required=False, help_text=_("Separated by commas."))
    review = forms.CharField(label=_("Review"), required=False, widget=forms.Textarea(attrs={"rows": 6}))
    seen = hidden(forms.CharField)  # what the form was filled with, to notice a change in another tab

    def clean_watched_on(self) -> date | None:
        day: date | None = self.cleaned_data["watched_on"]
        try:
            viewings.refuse_impossible(day, self.today)
        except viewings.CantTell as refused:
            raise forms.ValidationError(gettext(refused.message)) from refused
        return day

    def clean_tags(self) -> list[str]:
        tags = tags_in(self.cleaned_data["tags"])
        if tags == tags_in(self.initial.get("tags", "")):
            return tags  # files may tell more than can be told by hand
        if len(tags) > viewings.MOST_TAGS:
            raise forms.ValidationError(TOO_MANY_TAGS, params={"n": viewings.MOST_TAGS})
        if any(len(tag) > viewings.TAG_LENGTH for tag in tags):
            raise forms.ValidationError(TAG_TOO_LONG, params={"n": viewings.TAG_LENGTH})
        return tags

    def clean_review(self) -> str:
        review = _with_plain_lines(self.cleaned_data["review"])
        if len(review) > viewings.REVIEW_LENGTH and review != self.initial.get("review"):
            counts = {"n": viewings.REVIEW_LENGTH, "count": len(review)}
            raise forms.ValidationError(REVIEW_TOO_LONG, params=counts)
        return review

    def values(self) -> Values:
        """What a valid form tells."""
        cleaned = self.cleaned_data
        return {
            "watched_on": cleaned["watched_on"],
            "rating": cleaned["rating"],
            "rewatch": cleaned["rewatch"],
            "tags": cleaned["tags"],
            "review": cleaned["review"],
        }


def standing(viewing: LibraryViewing, reviews: list[str]) -> Values:
    """What a viewing has now; several reviews are read as one."""
    return {
        "watched_on": viewing.watched_on,
        "rating": viewing.rating,
        "rewatch": viewing.rewatch,
        "tags": tags_in(",".join(viewing.tags)),
        "review": _with_plain_lines("\n\n".join(reviews)),
    }


def shown(has: Values) -> dict[str, Any]:
    """What a ViewingForm is filled with where a viewing has these values."""
    rating = "" if has["rating"] is None else f"{has['rating']:.1f}"
    fields = {**has, "rating": rating, "tags": ", ".join(has["tags"])}
    return fields | {"seen": sha256(repr(sorted(fields.items())).encode()).hexdigest()}


def differences(said: Values, has: Values) -> Values:
    """What is told otherwise than it is now. Tags are the same in any order."""
    before = _comparable(has)
    return cast(Values, {name: said[name] for name, value in _comparable(said).items() if value != before[name]})  # type: ignore[literal-required]


def tags_in(text: str) -> list[str]:
    """The tags of a line, each once, separated by commas."""
    tags = (" ".join(tag.split()) for tag in text.split(","))
    return list(dict.fromkeys(tag for tag in tags if tag))


def _comparable(values: Values) -> Mapping[str, object]:
    return {**values, "tags": sorted(values["tags"])}


def _with_plain_lines(text: str) -> str:
    return re.sub(r"\r\n?", "\n", text).strip()
