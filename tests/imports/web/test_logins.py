"""Signing in: passwords are tried a few times, kept well, and what is counted names nobody for longer than needed."""

import logging
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from imports.accounts import account, usage
from imports.models import ImportSession, Usage
from imports.web import passwords
from tests.factories import ImportSessionFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "a-reel-of-35mm"
TRIES = 5
DOORS = ["/accounts/login/", "/admin/login/"]


@pytest.fixture
def ana() -> User:
    user: User = UserFactory(username="ana", is_staff=True, is_superuser=True)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, password: str = PASSWORD, *, name: str = "ana", door: str = DOORS[0], **more: Any) -> Any:
    return client.post(door, {"username": name, "password": password, "next": "/library/"}, **more)


def fail(client: Client, times: int = TRIES, **more: Any) -> Any:
    for _ in range(times):
        answer = sign_in(client, "wrong", **more)
    return answer


@pytest.mark.parametrize("door", DOORS)
def test_a_name_is_locked_after_some_wrong_passwords(door: str, client: Client, ana: User) -> None:
    assert fail(client, TRIES - 1, door=door).status_code == 200
    answer = fail(client, 1, door=door)
    assert answer.status_code == 429
    assert 890 <= int(answer["Retry-After"]) <= 900
    page = answer.content.decode()
    assert "Too many wrong passwords" in page and "Try again in 15 minutes." in page and "<html" in page
    assert "ana" not in page
    assert sign_in(client, door=door).status_code == 429  # the right one is not even looked at
    assert "_auth_user_id" not in client.session
    assert client.get(door).status_code == 200


def test_the_lock_ends_by_itself_and_trying_meanwhile_does_not_prolong_it(client: Client, ana: User) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        fail(client)
        clock.shift(timedelta(minutes=10))
        assert 290 <= int(sign_in(client)["Retry-After"]) <= 300
        clock.shift(timedelta(minutes=5, seconds=1))
        assert sign_in(client)["Location"] == "/library/"


def test_another_address_and_another_name_are_not_locked(client: Client, ana: User) -> None:
    UserFactory(username="bo")
    fail(client)
    assert sign_in(client, "wrong", name="bo").status_code == 200
    assert sign_in(client, REMOTE_ADDR="198.51.100.1").status_code == 302


def test_an_ipv6_network_is_one_address(client: Client, ana: User) -> None:
    for end in range(TRIES):
        sign_in(client, "wrong", REMOTE_ADDR=f"2001:db8:1:2::{end}")
    assert sign_in(client, REMOTE_ADDR="2001:db8:1:2::ffff").status_code == 429
    assert sign_in(client, REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


def test_the_address_is_the_clients_behind_a_proxy(client: Client, ana: User, settings: Any) -> None:
    settings.PROXY_COUNT = 1
    fail(client, headers={"X-Forwarded-For": "198.51.100.1"})
    assert sign_in(client, headers={"X-Forwarded-For": "198.51.100.1"}).status_code == 429
    assert sign_in(client, headers={"X-Forwarded-For": "198.51.100.2"}).status_code == 302


def test_without_an_address_logins_count_too(client: Client, ana: User) -> None:
    assert fail(client, REMOTE_ADDR="").status_code == 429  # a socket of this machine


def test_signing_in_starts_the_count_anew(client: Client, ana: User) -> None:
    fail(client, TRIES - 1)
    assert sign_in(client).status_code == 302
    assert not AccessAttempt.objects.exists()
    assert fail(Client(), TRIES - 1).status_code == 200


def test_one_wrong_password_for_each_of_many_names_is_refused_from_one_address(client: Client, ana: User) -> None:
    answers = [sign_in(client, "wrong", name=f"name{number}") for number in range(passwords.MOST_OF_ONE_ADDRESS + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert answers[-1].status_code == 429 and "from your network" in answers[-1].content.decode()
    assert 890 <= int(answers[-1]["Retry-After"]) <= 900
    assert sign_in(client).status_code == 429
    assert sign_in(client, door=DOORS[1]).status_code == 429
    assert sign_in(client, REMOTE_ADDR="198.51.100.1").status_code == 302


def test_signing_in_oneself_forgets_nothing_of_the_other_names(client: Client, ana: User) -> None:
    for number in range(passwords.MOST_OF_ONE_ADDRESS - 1):
        sign_in(client, "wrong", name=f"name{number}")
    assert sign_in(client).status_code == 302
    sign_in(client, "wrong", name="another")
    assert sign_in(Client(), "wrong", name="one more").status_code == 429


def test_one_name_is_refused_from_many_addresses(client: Client, ana: User) -> None:
    for number in range(passwords.MOST_OF_ONE_NAME):
        assert sign_in(client, "wrong", REMOTE_ADDR=f"198.51.100.{number}").status_code == 200
    assert sign_in(client, REMOTE_ADDR="192.0.2.1").status_code == 429
    UserFactory(username="bo")
    assert sign_in(client, "wrong", name="bo", REMOTE_ADDR="192.0.2.1").status_code == 200


def test_the_lock_of_an_address_ends_try_by_try(client: Client, ana: User) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for number in range(passwords.MOST_OF_ONE_ADDRESS):
            sign_in(client, "wrong", name=f"name{number}")
            clock.shift(timedelta(seconds=10))
        assert 590 <= int(sign_in(client)["Retry-After"]) <= 600
        clock.move_to(start + timedelta(minutes=15, seconds=1))
        assert sign_in(client, "wrong", name="one more").status_code == 200
        assert sign_in(client).status_code == 429


ASKED_AGAIN = {
    "/settings/email/": ("password", {"email": "x@example.org"}),
    "/settings/delete-account/": ("password", {}),
    "/accounts/password_change/": ("old_password", {"new_password1": "16mm-will-do", "new_password2": "16mm-will-do"}),
    "/admin/password_change/": ("old_password", {"new_password1": "16mm-will-do", "new_password2": "16mm-will-do"}),
}


@pytest.mark.parametrize("page", ASKED_AGAIN)
def test_ones_own_password_is_not_guessed_for_ever(client: Client, ana: User, page: str) -> None:
    client.force_login(ana)
    field, more = ASKED_AGAIN[page]
    answers = [client.post(page, more | {field: f"wrong {number}"}).status_code for number in range(TRIES)]
    assert answers == [200] * (TRIES - 1) + [429]
    assert client.post(page, more | {field: PASSWORD}).status_code == 429
    assert sign_in(Client()).status_code == 429  # the same count
    kept = User.objects.get()
    assert kept.check_password(PASSWORD) and kept.email == ana.email
    assert client.get(page).status_code == 200


def test_logs_name_neither_people_nor_addresses(client: Client, caplog: pytest.LogCaptureFixture, ana: User) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "axes"):  # which settings.py keeps quiet
        fail(client, name="ana", REMOTE_ADDR="198.51.100.77")
        sign_in(client, REMOTE_ADDR="198.51.100.77")
        sign_in(client)
        client.post("/accounts/logout/")
    text = "\n".join(f"{record.getMessage()} {record.exc_info or ''}" for record in caplog.records)
    assert "Locking out" in text
    for secret in ("198.51.100.77", "127.0.0.1", '"ana"', "wrong", PASSWORD):
        assert secret not in text.replace("repeated login failures", "")


def test_rows_keep_no_password_and_no_form(client: Client, ana: User) -> None:
    fail(client, 2)
    attempt = AccessAttempt.objects.get()
    kept = attempt.get_data + attempt.post_data
    assert "wrong" not in kept and "/library/" not in kept
    sign_in(client)
    assert not AccessLog.objects.exists() and not AccessFailureLog.objects.exists()


def test_wrong_names_are_kept_for_thirty_days_at_most(client: Client) -> None:
    fail(client, 1, name="a password typed into the wrong field")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(days=31))
    for model in (AccessLog, AccessFailureLog):
        model.objects.create(username="x", ip_address="192.0.2.1")
        model.objects.update(attempt_time=timezone.now() - timedelta(days=31))
    assert usage.forget_old() == 3
    assert not AccessAttempt.objects.exists()


def test_what_is_counted_of_a_person_is_told_and_goes_with_the_account(client: Client, ana: User) -> None:
    fail(client, 2)
    fail(client, 1, name="bo")
    Usage.objects.create(kind=Usage.Kind.UPLOAD, user=ana, address="192.0.2.1")
    AccessLog.objects.create(username="ana", ip_address="192.0.2.1")
    told = usage.usage_of(ana)
    assert [(use["kind"], use["address"]) for use in told["uses"]] == [("upload", "192.0.2.1")]
    assert [(login["ip_address"], login["failures_since_start"]) for login in told["failed_logins"]] == [
        ("127.0.0.1", 2)
    ]
    account.delete_account(ana)
    assert not Usage.objects.exists() and not AccessLog.objects.exists()
    assert AccessAttempt.objects.get().username == "bo"


def test_ordinary_pages_ask_nothing_more(client: Client, ana: User, settings: Any) -> None:
    client.force_login(ana)
    pages = ["/", "/library/", "/admin/", "/imports/"]
    counts = []
    for enabled in (True, False):
        settings.AXES_ENABLED = enabled
        with CaptureQueriesContext(
            connection,
        ) as asked:
            for page in pages:
                assert client.get(page).status_code == 200
        assert not any("axes" in query["sql"] for query in asked)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_new_passwords_are_kept_with_argon2_and_old_ones_become_so(client: Client, ana: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[1:]  # without the quick one of the tests
    User.objects.update(password=PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=10))
    assert sign_in(client).status_code == 302
    ana.refresh_from_db()
    assert ana.password.startswith("argon2$argon2id$")
    entered = {"username": "bo", "password1": PASSWORD, "password2": PASSWORD}
    Client().post("/accounts/signup/", entered)
    assert User.objects.get(username="bo").password.startswith("argon2$")
    assert sign_in(Client(), name="bo").status_code == 302


# Sessions


def keys(client: Client) -> tuple[str, str]:
    return client.cookies["sessionid"].value, client.session.get("browser_key", "")


def test_signing_in_gives_the_browser_a_new_session_and_its_own_key_is_gone(client: Client, ana: User) -> None:
    client.post("/imports/sample/")
    old_session, browser_key = keys(client)
    assert browser_key
    sign_in(client)
    new_session, left = keys(client)
    assert (new_session != old_session, left) == (True, "")
    stolen = Client()
    stolen.cookies["sessionid"] = old_session
    assert stolen.get("/imports/").status_code == 200
    assert "/imports/" in client.get("/imports/").content.decode()
    assert not stolen.session.get("browser_key") and not stolen.session.get("_auth_user_id")


def test_a_key_that_someone_kept_opens_nothing_once_its_imports_have_an_account(client: Client, ana: User) -> None:
    client.post("/imports/sample/")
    _, browser_key = keys(client)
    sign_in(client)
    own = ImportSessionFactory(user=ana, browser_key="", link_readable=False)
    thief = Client()
    thief.post("/imports/sample/")
    session = thief.session
    session["browser_key"] = browser_key
    session.save()
    assert thief.get(f"/imports/{own.pk}/").status_code == 404
    for adopted in ImportSession.objects.filter(user=ana):
        assert thief.get(f"/imports/{adopted.pk}/delete/").status_code == 404


def test_signing_out_ends_the_session_on_the_server(client: Client, ana: User) -> None:
    sign_in(client)
    old_session, _ = keys(client)
    client.post("/accounts/logout/")
    stolen = Client()
    stolen.cookies["sessionid"] = old_session
    assert stolen.get("/library/").status_code == 302


def test_a_new_password_signs_out_everywhere_else(client: Client, ana: User) -> None:
    other = Client()
    sign_in(client)
    sign_in(other)
    new = "another-reel-of-35mm"
    entered = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    client.post("/accounts/password_change/", entered)
    assert client.get("/library/").status_code == 200
    assert other.get("/library/").status_code == 302
