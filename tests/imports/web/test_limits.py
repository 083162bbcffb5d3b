"""Limits by the hour, for each person and each address."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from imports.accounts import usage
from imports.models import ImportSession, Source, Usage
from imports.web import limits
from tests import exports, prime_exports
from tests.factories import ImportSessionFactory, MovieFactory, UserFactory
from tests.letters import sent_letters
from tests.tmdb_server import TmdbServer

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Target": "upload-problem"}
EXPORT = exports.letterboxd_zip(2)
PRIME = prime_exports.script_3(prime_exports.history(20)).encode()
PRIME_API = "/api/v1/import/amazon-prime/upload/"


def file(data: bytes = EXPORT, name: str = "export.zip") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def use(
    kind: Usage.Kind = Usage.Kind.UPLOAD, *, minutes_ago: float = 0, address: str = "127.0.0.1", **who: Any
) -> None:
    Usage.objects.create(kind=kind, address=address, at=timezone.now() - timedelta(minutes=minutes_ago), **who)


@pytest.fixture
def person(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def one_an_hour(settings: Any) -> None:
    settings.UPLOADS_PER_HOUR = 1


def upload(client: Client, **more: Any) -> Any:
    return client.post("/imports/", {"files": file()}, **more)


def restore(client: Client) -> Any:
    upload(client)
    answer = client.get(f"/imports/{ImportSession.objects.get().pk}/export.json")
    Usage.objects.all().delete()
    return client.post("/api/session/import", {"file": file(b"".join(answer), "export.json")})


def update(client: Client) -> Any:
    session = ImportSessionFactory(user=User.objects.get(), browser_key="")
    return client.post(f"/imports/{session.pk}/update/", {"files": file()})


UPLOADS: dict[str, Callable[[Client], Any]] = {
    "page": upload,
    "sample": lambda client: client.post("/imports/sample/"),
    "update": update,
    "Prime page": lambda client: client.post(
        "/settings/import/amazon-prime/", {"files": file(PRIME, "history.csv"), "replace": "1"}
    ),
    "API": lambda client: client.post("/api/upload", {"files": file()}),
    "API, our export": restore,
    "API, Prime": lambda client: client.post(PRIME_API, {"file": file(PRIME, "history.csv")}),
}


@pytest.mark.parametrize("way", UPLOADS)
def test_every_upload_counts_and_is_refused_when_the_hour_is_full(
    way: str, client: Client, person: User, one_an_hour: None
) -> None:
    assert UPLOADS[way](client).status_code < 400
    assert list(Usage.objects.values_list("kind", "user", "address")) == [("upload", person.pk, "127.0.0.1")]
    ImportSession.objects.all().delete()
    if way != "API, our export":
        answer = UPLOADS[way](client)
        assert answer.status_code == 429
        assert 3590 <= int(answer["Retry-After"]) <= 3600
        assert not ImportSession.objects.exclude(total_movies=0).exists()
        assert Usage.objects.count() == 1


def test_the_api_says_it_as_json(client: Client, one_an_hour: None) -> None:
    use(minutes_ago=48)
    for path, name in (("/api/upload", "files"), ("/api/session/import", "file")):
        answer = client.post(path, {name: file()})
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
        assert set(answer.json()) == {"detail", "code"}
        assert "at most 1 uploads an hour" in answer.json()["detail"]
        assert "Try again in 12 minutes." in answer.json()["detail"]
        assert 700 <= int(answer["Retry-After"]) <= 720
    assert not ImportSession.objects.exists()
    assert "sessionid" not in client.cookies  # not even a key for the browser was kept


def test_the_pages_say_it_in_a_sentence(client: Client, one_an_hour: None) -> None:
    use()
    page = upload(client).content.decode()
    assert "<html" in page and "Try again in 60 minutes." in page
    part = upload(client, headers=HTMX)
    assert part.status_code == 429
    assert part.content.decode().lstrip().startswith('<div id="upload-problem" role="alert">')
    assert '429"' in client.get("/").content.decode()  # so that htmx swaps it in


def test_a_part_of_a_page_takes_no_html_from_a_header(client: Client, one_an_hour: None) -> None:
    use()
    part = upload(client, headers=HTMX | {"HX-Target": '"><script>'}).content.decode()
    assert "<script" not in part


def test_a_refused_file_does_not_count(client: Client, person: User, one_an_hour: None) -> None:
    assert client.post("/imports/", {"files": file(b"not a zip")}).status_code == 422
    assert client.post("/imports/").status_code == 400
    assert client.post("/api/upload", {"files": file(b"not a zip")}).status_code == 422
    assert client.post("/api/upload", {"files": file(), "time_zone": "Nowhere"}).status_code == 400
    assert client.post(PRIME_API, {"file": file()}).status_code == 422
    assert not Usage.objects.exists()
    assert upload(client).status_code == 303


def test_a_question_asked_before_a_review_is_replaced_does_not_count(client: Client, person: User) -> None:
    ImportSessionFactory(user=person, browser_key="", source=Source.PRIME_VIDEO, link_readable=False)
    answer = client.post("/settings/import/amazon-prime/", {"files": file(PRIME, "history.csv")})
    assert answer.status_code == 409
    assert not Usage.objects.exists()


def test_uses_fall_out_after_an_hour(client: Client, settings: Any) -> None:
    settings.UPLOADS_PER_HOUR = 2
    for minutes in (61, 59, 10):
        use(minutes_ago=minutes)
    answer = upload(client)
    assert answer.status_code == 429
    assert 50 <= int(answer["Retry-After"]) <= 60  # the one of 59 minutes ago falls out
    use(minutes_ago=1)
    assert 2990 <= int(upload(client)["Retry-After"]) <= 3000  # one more than allowed: two must fall out


def test_each_person_and_each_address_is_counted(client: Client, person: User, one_an_hour: None) -> None:
    elsewhere, someone = "198.51.100.1", UserFactory()
    use(user=someone, address=elsewhere)
    use(kind=Usage.Kind.SEARCH, user=person)
    assert upload(client, REMOTE_ADDR=elsewhere).status_code == 429
    assert upload(client, REMOTE_ADDR="198.51.100.2").status_code == 303
    assert upload(client, REMOTE_ADDR="198.51.100.3").status_code == 429
    assert upload(Client()).status_code == 303
    assert upload(Client()).status_code == 429


def test_a_neighbour_in_an_ipv6_network_is_the_same_address(client: Client, one_an_hour: None) -> None:
    assert upload(client, REMOTE_ADDR="2001:db8:1:2::1").status_code == 303
    assert upload(Client(), REMOTE_ADDR="2001:db8:1:2:ffff::1").status_code == 429
    assert upload(Client(), REMOTE_ADDR="2001:db8:1:3::1").status_code == 303


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_the_same_moment_do_not_both_take_the_last_place(settings: Any) -> None:
    settings.UPLOADS_PER_HOUR = 2
    use()
    together = Barrier(4)

    def send() -> int:
        together.wait()
        try:
            return int(upload(Client()).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(answer.result() for answer in [pool.submit(send) for _ in range(4)])
    assert answers == [303, 429, 429, 429]
    assert (ImportSession.objects.count(), Usage.objects.count()) == (1, 2)


def test_searches_by_hand_are_limited(
    client: Client, person: User, tmdb: TmdbServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SEARCHES_PER_HOUR", 2)
    session = ImportSessionFactory(user=person, browser_key="")
    movie = MovieFactory(session=session)
    htmx = {"HX-Request": "true"}
    places = ("/library/add/?q=Zebra", f"/imports/{session.pk}/review/search/?film={movie.pk}&q=Zebra")
    for place in places:
        assert client.get(place, headers=htmx).status_code == 200
    assert Usage.objects.filter(kind="search", user=person).count() == 2
    tmdb.reset()
    for place in places:
        part = client.get(place, headers=htmx).content.decode()
        assert "At most 2 searches an hour can be made. Try again in 60 minutes." in part
        assert "<html" not in part
    assert tmdb.record.requests == 0
    match = f"/api/v1/import/amazon-prime/session/{session.pk}/movie/{movie.turn}/match/"
    ImportSession.objects.update(source=Source.PRIME_VIDEO, link_readable=False)
    answer = client.post(match, {"tmdb_id": 1}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")


def test_old_uses_are_forgotten() -> None:
    use(minutes_ago=31 * 24 * 60)
    use(minutes_ago=29 * 24 * 60)
    assert usage.forget_old() == 1
    assert usage.forget_old(days=28) == 1
    assert not Usage.objects.exists()


def sign_up(name: str) -> Any:
    entered = {"username": name, "password1": "a-long-way-home", "password2": "a-long-way-home"}
    return Client().post("/accounts/signup/", entered)


def test_sign_ups_are_limited_by_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SIGN_UPS_PER_HOUR", 1)
    assert sign_up("not a name").status_code == 200  # refused, so not counted
    assert sign_up("ana").status_code == 302
    answer = sign_up("bea")
    assert answer.status_code == 429
    assert "At most 1 accounts an hour" in answer.content.decode()
    assert list(User.objects.values_list("username", flat=True)) == ["ana"]


def test_tries_to_sign_up_are_limited_by_address(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NAMES_PER_HOUR", 3)
    UserFactory(username="ana")
    for name in ("ana", "not a name", "free"):  # each tells whether it is taken
        assert client.post("/accounts/signup/", {"username": name}).status_code == 200
    answer = client.post("/accounts/signup/", {"username": "ana"})
    assert answer.status_code == 429
    assert "At most 3 tries an hour to sign up" in answer.content.decode()
    assert "already exists" not in answer.content.decode()
    assert client.get("/accounts/signup/").status_code == 200
    assert client.post("/accounts/signup/", {"username": "ana"}, REMOTE_ADDR="198.51.100.1").status_code == 200


def ask_letter(client: Client, email: str, address: str = "127.0.0.1") -> Any:
    return client.post("/accounts/password_reset/", {"email": email}, REMOTE_ADDR=address)


def test_letters_to_reset_a_password_are_limited(client: Client) -> None:
    UserFactory(email="ana@example.org", password="a-hash")
    for number in range(limits.RESETS_PER_HOUR):
        assert ask_letter(client, f"nobody{number}@example.org").status_code == 302
    assert ask_letter(client, "ana@example.org").status_code == 429
    assert client.get("/accounts/password_reset/").status_code == 200
    assert not sent_letters()


@pytest.mark.parametrize("exists", [True, False])
def test_letters_to_one_recipient_are_limited_from_wherever(client: Client, exists: bool) -> None:
    if exists:
        UserFactory(email="ana@example.org").set_password("x")
        User.objects.update(password="a-hash")
    for number in range(limits.LETTERS_PER_HOUR):
        assert ask_letter(client, "ana@example.org", f"198.51.100.{number}").status_code == 302
    answer = ask_letter(client, "ANA@example.org", "192.0.2.1")
    assert answer.status_code == 429 and "to one e-mail address" in answer.content.decode()
    assert len(sent_letters()) == (limits.LETTERS_PER_HOUR if exists else 0)
    assert ask_letter(client, "bo@example.org", "192.0.2.1").status_code == 302
    assert not Usage.objects.filter(address__contains="example").exists()
