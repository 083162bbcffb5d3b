"""The drop zone: files, what each is, and the person's time zone."""

from typing import Literal, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from imports import time_zones
from imports.sources.base import Upload
from imports.web.uploads import upload_of

Role = Literal["", "watched", "likes", "watchlist"]
ROLES = {"watched": _("Watched films"), "likes": _("Liked films"), "watchlist": _("Watchlist")}


class TimeZoneField(forms.CharField):
    """The zone that a browser names, or UTC: no upload fails for what a script put there."""

    def clean(self, value: str | None) -> str:
        return value if value and time_zones.is_known(value) else "UTC"


class TimeZoneForm(forms.Form):
    time_zone = TimeZoneField(required=False, widget=forms.HiddenInput)


class UploadForm(TimeZoneForm):
    """The drop zone. Its files are judged by the sources, which say more of them than a field could."""

    someone_elses = forms.BooleanField(required=False)  # kept out of the library of whoever uploads it

    def uploads(self) -> list[Upload]:
        sent = self.files.getlist("files")
        roles = self._list("roles") if len(self._list("roles")) == len(sent) else [""] * len(sent)
        return [self._upload(file, role, is_only=len(sent) == 1) for file, role in zip(sent, roles, strict=True)]

    def named_roles(self) -> dict[str, str]:
        """The answers to "what is this file?" of the page that asks without JavaScript, by file name."""
        return dict(zip(self._list("named_file"), self._list("named_role"), strict=False))

    def _upload(self, file: UploadedFile, role: str, *, is_only: bool) -> Upload:  # type: ignore[type-arg]
        return upload_of(file, _role(self._named_role(file.name or "", is_only=is_only) or role))

    def _named_role(self, name: str, *, is_only: bool) -> str:
        """A file in a ZIP is named with it, or alone when nothing else was sent."""
        named = self.named_roles().items()
        return next((role for file, role in named if is_only or file == name or file.startswith(f"{name}/")), "")

    def _list(self, name: str) -> list[str]:
        return cast(MultiValueDict[str, str], self.data).getlist(name)


def _role(value: str) -> Role:
    return cast(Role, value) if value in ROLES else ""
