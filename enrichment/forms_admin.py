"""What staff type in the admin."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .models import DetailsStatus, TitleLookup, TmdbMovie
from .numbers import LARGEST


class ChooseFilmForm(forms.Form):
    """One of the question's candidates, or any film by TMDB's number."""

    candidate = forms.TypedChoiceField(
        label=_("Candidates"), widget=forms.RadioSelect, coerce=int, empty_value=None, required=False
    )
    number = forms.IntegerField(
        label=_("Or TMDB's number of another film"), min_value=1, max_value=LARGEST, required=False
    )

    def __init__(self, lookup: TitleLookup, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [candidate["id"] for candidate in lookup.candidates]
        films = TmdbMovie.objects.exclude(details_status=DetailsStatus.GONE).in_bulk(ids)
        self.fields["candidate"].choices = [  # type: ignore[attr-defined]
            (pk, f"{films[pk]}, TMDB {pk}") for pk in ids if pk in films
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        films = [cleaned[name] for name in ("candidate", "number") if cleaned.get(name)]
        if not self.errors and len(films) != 1:
            raise forms.ValidationError(gettext("Choose a candidate, or type a number: one of the two."))
        if TmdbMovie.objects.filter(pk__in=films, details_status=DetailsStatus.GONE).exists():
            self.add_error("number", gettext("TMDB has deleted this film."))
        return cleaned

    @property
    def tmdb_id(self) -> int:
        return int(self.cleaned_data["candidate"] or self.cleaned_data["number"])
