"""Whatever goes wrong under /api/ is told in JSON: a sentence, a code, the file at fault, and what helps."""

import json
import re
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve

from imports.models import Decision, ImportSession, Source
from imports.sources.nesting import MAX_DEPTH
from tests.exports import csv_bytes, letterboxd_zip
from tests.factories import ImportSessionFactory, MovieFactory, RankingFactory, UserFactory

pytestmark = pytest.mark.django_db

PRIME_UPLOAD = "/api/v1/import/amazon-prime/upload/"
HISTORY = csv_bytes(["Date Watched", "Type", "Title", "Episode"], [["2024-01-01", "Movie", "Heat", ""]])
UPLOADS = {"/api/upload": "files", PRIME_UPLOAD: "file", "/api/session/import": "file"}
JSON = "application/json"


@pytest.fixture
def person(client: Client) -> Client:
    client.force_login(UserFactory())
    return client


@pytest.fixture
def add(person: Client) -> str:
    """Where a film of the person's review is ranked."""
    owner = {"user_id": person.session["_auth_user_id"], "browser_key": "", "link_readable": False}
    session = ImportSessionFactory(source=Source.PRIME_VIDEO, **owner)
    MovieFactory(session=session, matched=True, decision=Decision.PENDING, turn=0)
    return f"/api/v1/import/amazon-prime/session/{session.pk}/movie/0/add/"


def told(answer: Any, status: int, code: str) -> Any:
    """What every error is."""
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (status, JSON)
    body = answer.json()
    assert body["code"] == code
    assert body["detail"]
    assert body.keys() <= {"detail", "code", "file", "hint"}
    assert "<" not in body["detail"]
    return body


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/api/upload/", "/api/upload"),
        ("/api/session/{id}/", "/api/session/{id}"),
        ("/api/session/{id}/movies/", "/api/session/{id}/movies"),
        ("/api/v1/rankings", "/api/v1/rankings/"),
        (PRIME_UPLOAD[:-1], PRIME_UPLOAD),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_wrong_slash_is_not_found_and_never_a_redirect(path: str, other: str, method: str) -> None:
    pk = str(ImportSessionFactory().pk)
    answer = getattr(Client(enforce_csrf_checks=True), method)(path.format(id=pk), {"a": "b"})
    assert other.format(id=pk) in told(answer, 404, "not_found")["hint"]


@pytest.mark.parametrize("path", ["/api/nowhere", "/api/session/%00", "/api/%ff", "/api/session/" + "9" * 5000])
def test_what_is_nowhere_is_not_found(client: Client, path: str) -> None:
    assert "hint" not in told(client.get(path), 404, "not_found")


@pytest.mark.parametrize("path", ["/api", "/api/"])
def test_the_api_itself_says_where_it_is_told_of(client: Client, path: str) -> None:
    found = re.search(r"/api/\w+", told(client.get(path), 404, "not_found")["hint"])
    assert found is not None
    assert client.get(found.group()).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("get", "/api/upload", "POST"),
        ("put", "/api/session/{id}", "DELETE, GET"),
        ("post", "/api/session/{id}/status", "GET"),
        ("delete", "/api/v1/rankings/", "GET"),
        ("get", PRIME_UPLOAD, "POST"),
    ],
)
def test_a_method_that_an_address_does_not_take_is_named(client: Client, method: str, path: str, allowed: str) -> None:
    answer = getattr(client, method)(path.format(id=ImportSessionFactory().pk))
    assert (answer["Allow"], answer["Content-Length"]) == (allowed, str(len(answer.content)))
    assert allowed in told(answer, 405, "method_not_allowed")["detail"]


@pytest.mark.parametrize("path", UPLOADS)
def test_an_upload_of_nothing_is_told_how_to_send_it(person: Client, path: str) -> None:
    field = UPLOADS[path]
    for answer in (person.post(path), person.post(path, {}, content_type=JSON), person.post(path, {field: "x"})):
        assert f"-F {field}=@" in told(answer, 400, "nothing_sent")["hint"]


@pytest.mark.parametrize(
    ("path", "name", "data", "code", "other"),
    [
        ("/api/upload", "history.csv", HISTORY, "prime_elsewhere", PRIME_UPLOAD),
        (PRIME_UPLOAD, "letterboxd.zip", letterboxd_zip(1), "letterboxd_elsewhere", "/api/upload"),
        ("/api/session/import", "letterboxd.zip", letterboxd_zip(1), "not_our_export", "/api/upload"),
    ],
)
def test_a_file_of_the_other_service_is_shown_its_way(
    person: Client, path: str, name: str, data: bytes, code: str, other: str
) -> None:
    body = told(person.post(path, {UPLOADS[path]: SimpleUploadedFile(name, data)}), 422, code)
    found = re.search(r"/api/\S+", body["hint"])
    assert found is not None
    assert found.group() == other
    assert resolve(other)
    assert not ImportSession.objects.exists()


@pytest.mark.parametrize(
    ("path", "columns"), [("/api/upload", "Letterboxd URI"), (PRIME_UPLOAD, "Date Watched, Type, Title")]
)
def test_a_file_that_nobody_knows_is_told_what_the_service_has_that_it_was_sent_for(
    person: Client, path: str, columns: str
) -> None:
    body = told(
        person.post(path, {UPLOADS[path]: SimpleUploadedFile("my.csv", b"a,b\r\n1,2\r\n")}), 400, "columns_missing"
    )
    assert columns in body["detail"]
    assert ("Letterboxd" in body["detail"]) == (path == "/api/upload")


def test_a_letterboxd_file_without_its_columns_is_told_so_wherever_it_is_sent(person: Client) -> None:
    file = SimpleUploadedFile("watched.csv", b"Date,Year,Letterboxd URI\r\n")
    assert "lacks the columns Name" in told(person.post(PRIME_UPLOAD, {"file": file}), 400, "columns_missing")["detail"]


def test_the_file_at_fault_is_named(client: Client) -> None:
    files = [SimpleUploadedFile("watched.csv", letterboxd_zip(1)), SimpleUploadedFile("ratings.csv", b"")]
    body = told(client.post("/api/upload", {"files": files[1:]}), 400, "empty")
    assert body["file"] == "ratings.csv"


def send_named(client: Client, name: bytes, data: bytes = b"x") -> Any:
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="' + name + b'"\r\n\r\n'
    return client.generic("POST", "/api/upload", head + data + b"\r\n--b--\r\n", "multipart/form-data; boundary=b")


@pytest.mark.parametrize("name", [b"a\0b.pdf", b"../../etc/passwd.pdf", "Ünïcode.pdf".encode(), b"x" * 900 + b".pdf"])
def test_a_file_name_is_only_text(client: Client, name: bytes) -> None:
    said = told(send_named(client, name), 400, "wrong_type")["file"]
    assert said.endswith(".pdf")
    assert not {"/", "\0"} & set(said)


@pytest.mark.parametrize(("name", "code"), [(b"\xff.csv", "nothing_sent"), (b"x" * 3000, "unreadable")])
def test_a_file_name_that_cannot_be_read_is_refused(client: Client, name: bytes, code: str) -> None:
    told(send_named(client, name), 400, code)


def test_a_file_with_a_nul_in_its_name_is_taken(client: Client) -> None:
    data = csv_bytes(["Date", "Name", "Year", "Letterboxd URI"], [["2024-01-01", "Heat", "1995", ""]])
    answer = send_named(client, b"watc\0hed.csv", data)
    assert answer.status_code == 201
    [file] = client.get(f"/api/session/{answer.json()['session_id']}").json()["metadata"]["files"]
    assert file["name"] == "watched.csv"


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"x", "multipart/form-data", "unreadable"),
        (b"x", "multipart/form-data; boundary=\xc3\xbc", "unreadable"),
        (b"--b\r\nContent-Dispo", "multipart/form-data; boundary=b", "nothing_sent"),
        (b"x", "application/octet-stream", "nothing_sent"),
        (b"", "", "nothing_sent"),
    ],
)
def test_a_malformed_upload_is_refused(client: Client, body: bytes, content_type: str, code: str) -> None:
    told(client.generic("POST", "/api/upload", body, content_type), 400, code)


@pytest.mark.parametrize("length", ["many", "1,2", "-5"])
def test_a_malformed_content_length_is_refused(client: Client, length: str) -> None:
    answer = client.generic("POST", "/api/upload", b"x", JSON, CONTENT_LENGTH=length)
    assert answer.status_code == 400
    assert answer.json()["code"] in ("unreadable", "nothing_sent")


def test_a_body_of_no_told_length_is_refused(client: Client) -> None:
    def chunked(path: str) -> Any:
        return client.generic("POST", path, b"", JSON, HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="")

    told(chunked("/api/upload"), 411, "length_required")
    page = chunked("/imports/")
    assert (page.status_code, page["Content-Type"]) == (411, "text/html; charset=utf-8")
    assert "Content-Length" in page.content.decode()


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, b"", b"[]", b"3", b'"\\ud800"', b'{"rating": NaN}'])
def test_a_malformed_body_is_refused(person: Client, add: str, body: bytes) -> None:
    assert "decision" not in told(person.generic("POST", add, body, JSON), 400, "invalid")["detail"]


@pytest.mark.parametrize(("depth", "status"), [(MAX_DEPTH, 201), (MAX_DEPTH + 1, 400)])
def test_a_body_is_taken_to_one_depth_on_every_python(person: Client, add: str, depth: int, status: int) -> None:
    deep = "[" * (depth - 1) + "]" * (depth - 1)
    assert person.generic("POST", add, f'{{"rating": 3, "more": {deep}}}', JSON).status_code == status


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_body_is_read_in_each_encoding_of_json(person: Client, add: str, encoding: str) -> None:
    assert person.generic("POST", add, '{"rating": 3}'.encode(encoding), JSON).status_code == 201


@pytest.mark.parametrize("day", ["31.5.2024", "2024-13-01", "tomorrow", "", 0, 86400, "2024-05-31T10:00:00", [], True])
def test_a_day_in_another_form_is_shown_the_right_one(person: Client, day: Any) -> None:
    ranking = RankingFactory(user_id=person.session["_auth_user_id"])
    answer = person.patch(f"/api/v1/rankings/{ranking.pk}/", {"rated_at": day}, content_type=JSON)
    body = told(answer, 400, "invalid")
    assert body["detail"].startswith("rated_at: ")
    assert "2024-05-31" in body["hint"]


@pytest.mark.parametrize("rating", ["3", 3.5, True, [3], 10**30])
def test_a_rating_is_a_number(person: Client, add: str, rating: Any) -> None:
    told(person.post(add, {"rating": rating}, content_type=JSON), 400, "invalid")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"files": [SimpleUploadedFile(f"{n}.csv", b"x") for n in range(201)]}, "too_many_files"),
        ({f"field{n}": "x" for n in range(1001)}, "too_many_fields"),
        ({"files": "x" * 3_000_000}, "fields_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_too_many_parts_are_refused(client: Client, data: Any, code: str) -> None:
    told(client.post("/api/upload", data), 413, code)


def test_a_call_with_a_cookie_is_told_of_the_csrf_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(UserFactory())
    for path in ("/api/upload", "/api/docs"):
        assert "cookies" in told(strict.post(path), 403, "csrf")["hint"]


def test_another_host_is_refused_in_json(client: Client) -> None:
    told(client.get("/api/openapi.json", headers={"Host": "elsewhere.example"}), 400, "unreadable")


# Over a real connection


@pytest.fixture
def small(settings: Any) -> int:
    """The most that can be sent, made small."""
    settings.MAX_UPLOAD_BYTES = settings.UPLOAD_SLACK_BYTES = 1_000_000
    return 2_000_000


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/api/upload", PRIME_UPLOAD])
def test_curl_sees_why_a_large_file_is_refused(live_server: Any, small: int, tmp_path: Path, path: str) -> None:
    large = tmp_path / "letterboxd.zip"
    large.write_bytes(b"x" * 3 * small)
    command = ["curl", "-sS", "-w", "\n%{http_code}", "-F", f"files=@{large}", f"{live_server.url}{path}"]
    curl = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (curl.returncode, curl.stderr) == (0, "")
    body, _, status = curl.stdout.rpartition("\n")
    assert (status, json.loads(body)["code"]) == ("413", "too_large")
    assert "watched.csv" in json.loads(body)["hint"]


@pytest.mark.django_db(transaction=True)
def test_curl_sees_why_a_chunked_file_is_refused(live_server: Any, tmp_path: Path) -> None:
    (tmp_path / "letterboxd.zip").write_bytes(letterboxd_zip(1))
    command = ["curl", "-sS", "-H", "Transfer-Encoding: chunked", "-F", "files=@letterboxd.zip"]
    command += [f"{live_server.url}/api/upload"]
    curl = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (curl.returncode, json.loads(curl.stdout)["code"]) == (0, "length_required")


@pytest.mark.django_db(transaction=True)
def test_a_malformed_content_length_gets_an_answer_over_a_socket(live_server: Any) -> None:
    with socket.create_connection((live_server.thread.host, live_server.thread.port), timeout=20) as line:
        line.sendall(
            b"POST /api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\nConnection: close\r\n\r\n"
        )
        answer = b"".join(iter(lambda: line.recv(4096), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b" 400 " in head.splitlines()[0]
    assert json.loads(body)["code"] == "unreadable"


# As the API describes itself


@pytest.fixture
def described(client: Client) -> Any:
    return client.get("/api/openapi.json").json()


def test_every_operation_tells_of_its_errors_in_one_shape(described: Any) -> None:
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            refusals = {status: answer for status, answer in operation["responses"].items() if int(status) >= 400}
            expected = {"400", "401", "503"}
            expected |= {"404"} if "{" in path else set()
            expected |= {"403", "411", "413"} if method != "get" else set()
            expected |= {"422", "429"} if path in UPLOADS else set()
            assert expected <= refusals.keys(), (method, path)
            for answer in refusals.values():
                assert answer["content"][JSON]["schema"] == {"$ref": "#/components/schemas/Error"}, (method, path)


def test_every_operation_has_a_name_a_tag_and_a_sentence(described: Any) -> None:
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert "sessions_upload" in names
    assert all(operation["tags"] and " " in operation["summary"] for operation in operations)


def test_files_are_described_by_their_content_types(described: Any) -> None:
    paths = described["paths"]
    export = paths["/api/session/{session_id}/export"]["get"]["responses"]["200"]["content"]
    report = paths["/api/session/{session_id}/report"]["get"]["responses"]["200"]["content"]
    assert (set(export), set(report)) == ({JSON, "text/csv", "application/zip"}, {"text/csv"})


def test_what_an_address_can_leave_out_is_never_null(described: Any) -> None:
    parameters = described["paths"]["/api/session/{session_id}/movies"]["get"]["parameters"]
    assert {"type": "null"} not in [one for parameter in parameters for one in parameter["schema"].get("anyOf", [])]


def test_json_that_calls_itself_a_form_is_refused(add: str, person: Client) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = person.cookies
    browser.cookies["csrftoken"] = "x" * 32
    form, csrf = "multipart/form-data; boundary=x", {"X-CSRFToken": "x" * 32}
    body = told(browser.post(add, '{"rating": 3}', content_type=form, headers=csrf), 400, "invalid")
    assert "application/json" in body["hint"]


@pytest.mark.parametrize("charset", ["base64", "idna", "utf-16", "unicode_escape", "nonsense", "latin-1"])
def test_a_form_is_utf_8(client: Client, charset: str) -> None:
    for form in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        told(client.generic("POST", "/api/upload", b"--x--", f"{form}; charset={charset}"), 400, "unreadable")
        assert client.generic("POST", "/accounts/login/", b"--x--", f"{form}; charset={charset}").status_code == 400


@pytest.mark.parametrize("charset", ["base64", "latin-1", "nonsense", "UTF-8"])
def test_an_address_is_utf_8_whatever_the_body_is(add: str, person: Client, charset: str) -> None:
    answer = person.generic("GET", "/api/v1/rankings/?q=%C3%A9", b"", f"{JSON}; charset={charset}")
    assert answer.status_code == 200
    assert person.generic("POST", add, b'{"rating": 3}', f"{JSON}; charset={charset}").status_code == 201
