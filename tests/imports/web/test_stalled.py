"""A body that stops coming, because whoever sent it went away or was too slow, is no fault of ours."""

from typing import Any

import pytest
from django.test import Client

from imports.models import ImportSession

pytestmark = pytest.mark.django_db

FORM = "multipart/form-data; boundary=x"


class Stalled:
    """As gunicorn gives a body whose socket has timed out."""

    def read(self, *_: object) -> bytes:
        raise TimeoutError("timed out")

    readline = read


@pytest.mark.parametrize(("address", "is_json"), [("/imports/", False), ("/api/upload", True)])
def test_a_body_that_stops_coming_is_answered_in_a_sentence(address: str, is_json: bool) -> None:
    stalled: dict[str, Any] = {"wsgi.input": Stalled(), "CONTENT_LENGTH": "50000"}
    answer = Client().post(address, "x", content_type=FORM, **stalled)
    assert answer.status_code == 400
    assert ("json" in answer["Content-Type"]) is is_json
    assert "can't be read" in answer.content.decode().replace("&#x27;", "'")
    assert not ImportSession.objects.exists()
