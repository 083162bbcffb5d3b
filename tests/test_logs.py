"""No title, token or e-mail address gets into a log, in either form; each line of a request bears its id."""

import io
import json
import logging
import sys
import uuid
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from config.logs import Lines, Objects
from config.settings import LOGGING
from imports.sharing.links import make_link
from tests.factories import ImportSessionFactory
from tests.failing_urls import FAILING, SECRET_MAIL, SECRET_TITLE, SECRET_TOKEN

pytestmark = pytest.mark.django_db

SECRETS = [SECRET_TITLE, SECRET_TITLE.replace(" ", "+"), SECRET_TITLE.replace(" ", "%20"), SECRET_MAIL, SECRET_TOKEN]
SECRETS += ["nspeakable", "pereira"]
ID = "7d0c1f2e-5a8e-4f6b-9d55-0a4f8f3f1c11"


class Log(io.StringIO):
    @property
    def text(self) -> str:
        text = self.getvalue()
        assert not [secret for secret in SECRETS if secret.casefold() in text.casefold()], text
        return text


@pytest.fixture(params=[Lines, Objects], ids=["lines", "json"])
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    """What the configured handler writes, in this form."""
    handler = next(handler for handler in logging.getLogger().handlers if handler.get_name() == "stderr")
    assert isinstance(handler, logging.StreamHandler)
    assert all(
        handler in logging.getLogger(name).handlers for name, own in LOGGING["loggers"].items() if "handlers" in own
    )
    before, log = handler.formatter, Log()
    stream = handler.setStream(log)
    handler.setFormatter(request.param())
    yield log
    handler.setFormatter(before)
    handler.setStream(stream or sys.stderr)


@pytest.fixture
def client(settings: Any) -> Client:
    settings.ROOT_URLCONF = "tests.failing_urls"
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("name", FAILING)
def test_a_failing_view_is_told_by_type_and_place(log: Log, client: Client, name: str) -> None:
    answer = client.get(f"/fail/{name}?q={SECRET_TITLE}", headers={"X-Request-ID": ID})
    assert (answer.status_code, answer["X-Request-ID"]) == (500, ID)
    assert ID in log.text and "Traceback" in log.text and "failing_urls.py" in log.text
    assert f"Internal Server Error: /fail/{name}" in log.text


def test_a_chain_of_exceptions_is_told_whole(log: Log, client: Client) -> None:
    client.get("/fail/chain")
    first, second = log.text.split("direct cause")
    assert "ValueError" in first and "KeyError" in second


def test_a_database_names_the_broken_rule_but_not_the_row(log: Log, client: Client) -> None:
    client.get("/fail/check")
    assert "movie_has_a_key" in log.text
    assert ("23514" in log.text) == (connection.vendor == "postgresql")


def test_a_failing_api_is_logged_alike(log: Log, client: Client) -> None:
    assert client.get("/api/fail").json()["code"] == "server_error"
    assert "ValueError" in log.text


def test_development_logs_no_more(log: Log, client: Client, settings: Any) -> None:
    settings.DEBUG = True
    client.get(f"/fail/value?q={SECRET_TITLE}")
    assert log.text.count("Traceback") == 1


@pytest.mark.parametrize(
    "address",
    [
        f"/s/{SECRET_TOKEN}/",
        f"/s/{SECRET_TOKEN}/films/?q=x",
        f"/imports/{ID}/films/?q={SECRET_TITLE}",
        f"/imports/{ID}/films/?q=it's {SECRET_TITLE}",
        f"/api/session/{ID}/movies?search={SECRET_TITLE}",
        f"/nowhere/{SECRET_MAIL}",
        f"/fail/bad-request?token={SECRET_TOKEN}",
    ],
)
def test_a_refused_address_is_cut(log: Log, client: Client, address: str) -> None:
    answer = client.get(address, headers={"Authorization": f"Bearer {SECRET_TOKEN}"})
    assert answer.status_code in (400, 401, 404)
    assert answer["X-Request-ID"] in log.text


def test_a_link_that_works_leaves_no_trace(log: Log, client: Client) -> None:
    _, token = make_link(ImportSessionFactory(), name="", shows={"shows_films": True}, expires_at=None)
    assert client.get(f"/s/{token}/films/?q={SECRET_TITLE}").status_code == 200
    assert client.get(f"/s/{token}/nothing").status_code == 404
    assert "/s/…/nothing" in log.text and token not in log.text


def test_a_password_link_is_cut(log: Log, client: Client) -> None:
    address = reverse("password_reset_confirm", args=["MQ", SECRET_TOKEN])
    assert client.put(address).status_code in (200, 405)
    assert client.get(f"{address}more").status_code == 404
    assert "/accounts/reset/" in log.text


def test_who_signs_in_wrongly_is_not_named(log: Log, client: Client) -> None:
    for _ in range(7):  # until it is throttled
        answer = client.post("/accounts/login/", {"username": SECRET_MAIL, "password": SECRET_TOKEN})
    assert answer.status_code == 429
    assert answer["X-Request-ID"] in log.text


def test_a_foreign_form_is_refused_without_its_address(log: Log) -> None:
    careful = Client(enforce_csrf_checks=True)
    referer = f"https://films.example.org/s/{SECRET_TOKEN}/?q={SECRETS[1]}"
    answer = careful.post("/accounts/login/", {"username": SECRET_MAIL}, secure=True, headers={"Referer": referer})
    assert answer.status_code == 403
    assert "Forbidden" in log.text


def test_a_host_that_is_not_ours_is_told(log: Log, client: Client) -> None:
    assert client.get("/", headers={"Host": "other.example.org"}).status_code == 400
    assert "other.example.org" in log.text


@pytest.mark.parametrize("sent", ["", "nonsense", f"{ID}\nforged", SECRET_TITLE, "x" * 5000])
def test_an_id_that_is_not_sane_is_made_anew(log: Log, client: Client, sent: str) -> None:
    answer = client.get("/nowhere", headers={"X-Request-ID": sent})
    made = answer["X-Request-ID"]
    assert uuid.UUID(made).hex == made
    assert made in log.text and "forged" not in log.text


def test_json_is_one_object_a_line(client: Client) -> None:
    record = logging.LogRecord("reelkeeper.engine", logging.WARNING, "", 0, "two\nlines “%s”", ("x",), None)
    told = json.loads(Objects().format(record))
    assert (told["level"], told["logger"]) == ("WARNING", "reelkeeper.engine")
    assert (told["message"], told["process"]) == ("two\\nlines “x”", record.process)
    assert "request" not in told
    assert "\n" not in Objects().format(record) and "\n" not in Lines().format(record)
    assert f"process-{record.process} reelkeeper.engine" in Lines().format(record)


def test_a_failed_task_is_named_without_its_result(log: Log) -> None:
    """As django-q2's monitor says it."""
    result = f"{SECRET_TITLE} : Traceback (most recent call last):\n  File “x”\nValueError: {SECRET_TITLE}"
    logging.getLogger("django-q").error("Failed 'enrichment.tasks.run' (four-letter-words) - " + result)
    assert "Failed 'enrichment.tasks.run' (four-letter-words)" in log.text


@pytest.mark.parametrize(
    "line",
    [
        f'127.0.0.1 - - [01/Jan/2026] "GET /s/{SECRET_TOKEN}/?q=x HTTP/1.1" 200 1 "-" "curl"',
        f'127.0.0.1 - - "GET / HTTP/1.1" 200 1 "https://films.example.org/s/{SECRET_TOKEN}/films/" "curl"',
        f'127.0.0.1 - - "GET /imports/?q=\\"it\'s+{SECRET_TITLE.replace(" ", "+")}\\" HTTP/1.1" 200 1',
        f"POST /accounts/reset/MQ/{SECRET_TOKEN}/ 200",
        f"Authorization: Bearer {SECRET_TOKEN}",
        f"no such token: rk_{SECRET_TOKEN}",
        f"{{'Authorization': 'Token {SECRET_TOKEN}'}}",
        f"postgres://ana:{SECRET_TOKEN}@db.example.org/x",
        f"a letter to <{SECRET_MAIL}> came back",
    ],
)
@pytest.mark.parametrize("name", ["gunicorn.access", "gunicorn.error", "django.server", "axes", "some.library"])
def test_whoever_speaks_addresses_are_cut(log: Log, name: str, line: str) -> None:
    logging.getLogger(name).error("%s", line)
    assert log.text


def test_an_exception_that_is_the_message_is_told_by_its_type(log: Log) -> None:
    logging.getLogger("ninja").error(ValueError(SECRET_TITLE))
    logging.getLogger("ninja").error("it failed: %s", ValueError(SECRET_TITLE))
    logging.getLogger("ninja").error("%s %s", OSError(28, "No space left on device", SECRET_TITLE), ConnectionError())
    assert log.text.count("ValueError") == 2
    assert "OSError: No space left on device" in log.text


def test_other_handlers_leave_nothing_in_the_record() -> None:
    try:
        raise ValueError(SECRET_TITLE)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "it failed", (), sys.exc_info())
    logging.Formatter().format(record)
    assert record.exc_text and SECRET_TITLE in record.exc_text
    for form in (Lines(), Objects()):
        assert SECRET_TITLE not in form.format(record).replace("raise ValueError", "")


def test_a_record_of_a_request_bears_its_id_after_the_request() -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "late", (), None)
    record.request = SimpleNamespace(correlation_id=ID)
    assert json.loads(Objects().format(record))["request"] == ID
