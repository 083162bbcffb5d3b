"""What a browser says of its time zone decides no more than the zone."""

import pytest

from imports.forms.uploads import UploadForm


@pytest.mark.parametrize("odd", ["Europe/Ber\0lin", "\ud800", "😀", "x" * 10_000, "../../etc/passwd", "localtime", ""])
def test_an_odd_time_zone_is_utc(odd: str) -> None:
    form = UploadForm({"time_zone": odd})
    form.is_valid()
    assert form.cleaned_data["time_zone"] == "UTC" and "time_zone" not in form.errors
    known = UploadForm({"time_zone": "Europe/Berlin"})
    known.is_valid()
    assert known.cleaned_data["time_zone"] == "Europe/Berlin"
