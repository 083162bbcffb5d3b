"""How much one import may hold, by whichever way it comes."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from imports.models import ImportSession, Movie, Viewing
from imports.sessions import bounds
from tests.exports import BASE, DIARY, REVIEWS, csv_bytes, zip_bytes
from tests.factories import UserFactory
from tests.prime_exports import history, script_3

pytestmark = pytest.mark.django_db

CHARACTERS, REVIEW, VIEWINGS = 20_000, 2_000, 300


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_CHARACTERS", CHARACTERS)
    monkeypatch.setattr(bounds, "LONGEST_REVIEW", REVIEW)
    monkeypatch.setattr(bounds, "MOST_VIEWINGS", VIEWINGS)


def watched(*titles: str) -> bytes:
    return csv_bytes(BASE, [["2024-01-01", title, "1995", f"https://boxd.it/{n}"] for n, title in enumerate(titles)])


def diary(count: int, *, first: int = 0, tags: str = "") -> bytes:
    days = [(date(2020, 1, 1) + timedelta(days=n)).isoformat() for n in range(first, first + count)]
    entries = [(day, f"https://boxd.it/e{day}") for day in days]
    return csv_bytes(DIARY, [[day, "Heat", "1995", uri, "", "", tags, day] for day, uri in entries])


def reviews(*lengths: int) -> bytes:
    rows = [
        ["2024-01-01", "Heat", "1995", f"https://boxd.it/r{n}", "", "", "x" * length, "", "2024-01-01"]
        for n, length in enumerate(lengths)
    ]
    return csv_bytes(REVIEWS, rows)


def post(client: Client, url: str, data: bytes, name: str = "export.zip", field: str = "files") -> Any:
    return client.post(url, {field: SimpleUploadedFile(name, data)})


TOO_MUCH = {
    "reviews": ("too_much_text", {"reviews.csv": reviews(*[1_900] * 11)}),
    "a review": ("too_much_text", {"reviews.csv": reviews(2_001)}),
    "tags": ("too_much_text", {"diary.csv": diary(11, tags=", ".join(f"a tag {n:04}" for n in range(200)))}),
    "titles": ("too_much_text", {"watched.csv": watched(*(f"{n:02} {'x' * 490}" for n in range(45)))}),
    "notes": ("too_much_text", {"watched.csv": watched("Heat", *[""] * 2_000)}),
    "viewings": ("too_many_viewings", {"diary.csv": diary(301)}),
}


@pytest.mark.parametrize(("code", "files"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_more_than_an_import_may_hold_is_refused_in_a_sentence(
    client: Client, code: str, files: dict[str, bytes]
) -> None:
    answer = post(client, "/api/upload", zip_bytes(files))
    body = answer.json()
    assert (answer.status_code, body["code"]) == (413, code)
    assert body["detail"].startswith("“") and body["detail"].endswith("a part of your history at a time.")
    assert body["file"] in body["detail"] and next(iter(files)) in body["file"]
    shown = post(client, "/imports/", zip_bytes(files))
    assert shown.status_code == 413 and "a part of your history at a time." in shown.content.decode()
    assert not ImportSession.objects.exists() and not Movie.objects.exists()


@pytest.mark.parametrize(
    "files",
    [{"reviews.csv": reviews(*[1_900] * 10)}, {"reviews.csv": reviews(2_000)}, {"diary.csv": diary(300)}],
    ids=["reviews", "a review", "viewings"],
)
def test_what_an_import_may_hold_is_taken(client: Client, files: dict[str, bytes]) -> None:
    assert post(client, "/api/upload", zip_bytes(files)).status_code == 201


def test_an_export_of_ours_is_no_way_around(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert post(client, "/api/upload", zip_bytes({"diary.csv": diary(300)})).status_code == 201
    session = ImportSession.objects.get()
    export = client.get(f"/imports/{session.pk}/export.json").getvalue()
    assert post(client, "/api/session/import", export, "ours.json", "file").status_code == 201
    monkeypatch.setattr(bounds, "MOST_VIEWINGS", 299)
    answer = post(client, "/api/session/import", export, "ours.json", "file")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_many_viewings")
    assert "“ours.json”" in answer.json()["detail"]


def test_a_review_of_a_prime_history_is_none_either(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(UserFactory())
    data = script_3(history(20)).encode()
    monkeypatch.setattr(bounds, "MOST_VIEWINGS", 2)
    answer = post(client, "/api/v1/import/amazon-prime/upload/", data, "prime.csv", "file")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_many_viewings")
    assert not ImportSession.objects.exists()


def test_updates_do_not_add_up_to_more(client: Client) -> None:
    assert post(client, "/api/upload", zip_bytes({"diary.csv": diary(200)})).status_code == 201
    session = ImportSession.objects.get()
    address = f"/imports/{session.pk}/update/"
    again = post(client, address, zip_bytes({"diary.csv": diary(200)}))  # brings nothing new
    assert again.status_code == 302
    answer = post(client, address, zip_bytes({"diary.csv": diary(250, first=100)}))
    assert answer.status_code == 413 and "the 300 viewings that one import may have" in answer.content.decode()
    assert Viewing.objects.count() == 200
    assert post(client, address, zip_bytes({"diary.csv": diary(200, first=100)})).status_code == 302
    assert Viewing.objects.count() == 300
