"""The front page, and what sending files to it gives."""

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from imports.models import ImportSession, SessionStatus
from tests import exports
from tests.factories import ImportSessionFactory

pytestmark = pytest.mark.django_db

FOUR_COLUMNS = exports.csv_bytes(exports.BASE, [["2024-01-01", "Yi Yi", "2000", exports.film_uri(1)]])
HTMX = {"HX-Request": "true"}


def send(client: Client, *files: tuple[str, bytes], headers: dict[str, str] | None = None, **data: Any) -> Any:
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post("/imports/", {"files": uploads, **data}, headers=headers or {})


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_front_page_offers_the_drop_zone_the_sample_and_tmdbs_notice(client: Client) -> None:
    page = text(client.get("/"))
    assert 'type="file"' in page and "multiple" in page
    assert "Try it with a sample export" in page
    assert (
        "This application uses TMDB and the TMDB APIs but is not endorsed, certified, or otherwise approved by TMDB."
        in page
    )


def test_every_page_says_when_the_sample_catalogue_is_on(client: Client, settings: Any) -> None:
    assert "TMDB_TOKEN" not in text(client.get("/imports/"))
    settings.TMDB = replace(django_settings.TMDB, token="")
    assert "TMDB_TOKEN" in text(client.get("/imports/"))


def test_an_upload_leads_to_its_own_page(client: Client) -> None:
    answer = send(client, ("export.zip", exports.letterboxd_zip(3)), time_zone="Europe/Lisbon")
    session = ImportSession.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/imports/{session.pk}/")
    assert (session.time_zone, session.total_movies) == ("Europe/Lisbon", 3)
    assert client.get(answer["Location"]).status_code == 200


def test_an_upload_by_htmx_redirects_the_page_not_the_swap(client: Client) -> None:
    answer = send(client, ("export.zip", exports.letterboxd_zip(1)), headers=HTMX)
    assert answer["HX-Redirect"] == ImportSession.objects.get().get_absolute_url()


@pytest.mark.parametrize("name", ["Mars/Olympus", "localtime", "Factory", "posixrules"])
def test_an_unknown_time_zone_becomes_utc(client: Client, name: str) -> None:
    send(client, ("export.zip", exports.letterboxd_zip(1)), time_zone=name)
    assert ImportSession.objects.get().time_zone == "UTC"


@pytest.mark.parametrize(
    ("name", "content", "status"), [("photo.png", b"x", 400), ("diary.csv", b"", 400), ("export.zip", b"no zip", 422)]
)
def test_a_refused_file_is_named_on_the_front_page(client: Client, name: str, content: bytes, status: int) -> None:
    answer = send(client, (name, content))
    assert answer.status_code == status
    assert f"“{name}”" in text(answer) and 'type="file"' in text(answer)
    assert not ImportSession.objects.exists()


def test_nothing_sent_is_said(client: Client) -> None:
    answer: Any = client.post("/imports/")
    assert answer.status_code == 400
    assert "No file was sent" in text(answer)


def test_a_refusal_by_htmx_is_only_the_panel(client: Client) -> None:
    answer = send(client, ("photo.png", b"x"), headers=HTMX)
    assert 'id="upload-problem"' in text(answer)
    assert "<html" not in text(answer)


def test_too_much_is_refused_by_a_panel_that_htmx_can_pick(client: Client, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES, settings.UPLOAD_SLACK_BYTES = 10, 10
    answer = send(client, ("export.zip", b"x" * 100))
    assert answer.status_code == 413
    assert 'id="upload-problem"' in text(answer) and "MB" in text(answer)


def test_a_file_that_nothing_tells_is_asked_about_and_taken_with_the_answer(client: Client) -> None:
    asked = send(client, ("mine.csv", FOUR_COLUMNS))
    assert asked.status_code == 400
    assert 'name="named_file" value="mine.csv"' in text(asked)
    answer = send(client, ("mine.csv", FOUR_COLUMNS), named_file="mine.csv", named_role="likes")
    assert answer.status_code == 303
    assert ImportSession.objects.get().movies.get().is_seen is False


def test_answers_given_before_are_kept_when_a_second_file_is_asked_about(client: Client) -> None:
    files = (("mine.csv", FOUR_COLUMNS), ("other.csv", FOUR_COLUMNS))
    asked = text(send(client, *files, named_file="mine.csv", named_role="likes"))
    assert 'value="mine.csv"><input type="hidden" name="named_role" value="likes"' in asked
    assert 'name="named_file" value="other.csv"' in asked


def test_roles_chosen_beside_the_files_go_with_them_in_order(client: Client) -> None:
    files = (("a.csv", FOUR_COLUMNS), ("b.csv", FOUR_COLUMNS))
    answer = send(client, *files, roles=["watchlist", "likes"])
    assert answer.status_code == 303
    kinds = {file["name"]: file["kind"] for file in ImportSession.objects.get().files}
    assert kinds == {"a.csv": "watchlist", "b.csv": "likes"}


def test_the_sample_export_is_imported(client: Client) -> None:
    answer: Any = client.post("/imports/sample/", {"time_zone": "Asia/Tokyo"})
    session = ImportSession.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, session.get_absolute_url())
    assert session.total_movies > 0 and session.time_zone == "Asia/Tokyo"


def test_your_imports_lists_this_browsers_and_no_others(client: Client) -> None:
    send(client, ("export.zip", exports.letterboxd_zip(1)))
    mine, other = ImportSession.objects.get(), ImportSessionFactory()
    for page in (text(client.get("/")), text(client.get("/imports/"))):
        assert mine.get_absolute_url() in page
        assert other.get_absolute_url() not in page


def test_your_imports_has_an_empty_state(client: Client) -> None:
    assert "Nothing here yet" in text(client.get("/imports/"))


def test_deleting_asks_first(client: Client) -> None:
    send(client, ("export.zip", exports.letterboxd_zip(1)))
    address = f"{ImportSession.objects.get().get_absolute_url()}delete/"
    assert "Delete this import?" in text(client.get(address))
    assert ImportSession.objects.exists()
    assert client.post(address).status_code == 302
    assert not ImportSession.objects.exists()


def test_an_export_without_films_says_so_at_once(client: Client) -> None:
    answer = send(client, ("watched.csv", exports.csv_bytes(exports.BASE, [])))
    session = ImportSession.objects.get()
    assert session.status == SessionStatus.COMPLETED
    assert "No films in there" in text(client.get(answer["Location"]))
