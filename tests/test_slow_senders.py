"""Whoever sends half a header, half a body, or nothing, keeps nobody else waiting. Real sockets, a real instance."""

import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config.web_worker import LOOKED_AT, SHORT_BODY, is_there
from tests.exports import letterboxd_zip
from tests.instance import Instance, fresh_database, installed
from tests.tmdb_server import TmdbServer

GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"


@pytest.mark.parametrize(
    ("begun", "there"),
    [
        (b"", True),  # closed
        (b"GET", False),
        (GET, False),
        (GET + b"\r\n", True),
        (GET.lower() + b"\r\n", True),
        (POST, False),
        (POST + b"abc", False),
        (POST + b"abcde", True),
        (POST.replace(b"Content-Length: 5", b"content-length:5") + b"ab", False),
        (POST.replace(b"5", str(SHORT_BODY + 1).encode()), True),  # long: its thread reads it
        (POST.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"), True),
        (POST.replace(b"Content-Length: 5", b"Transfer-Encoding: chunked"), True),
        (b"x" * LOOKED_AT, True),  # its thread refuses it
    ],
)
def test_a_request_is_there_once_its_header_and_a_short_body_are(begun: bytes, there: bool) -> None:
    assert is_there(begun) is there


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    with (
        TmdbServer() as tmdb,
        fresh_database(tmp_path) as database,
        installed(tmp_path / "var", database, tmdb.host_url, "200/1") as instance,
    ):
        yield instance


def connected(instance: Instance, begun: bytes) -> socket.socket:
    address = urlsplit(instance.url)
    sock = socket.create_connection((address.hostname, address.port), timeout=20)
    sock.sendall(begun)
    return sock


@pytest.mark.slow
@pytest.mark.django_db
def test_two_hundred_who_send_no_whole_request_keep_nobody_waiting(instance: Instance) -> None:
    begun = [b"", b"G", GET, POST + b"ab"]
    slow = [connected(instance, begun[number % 4]) for number in range(200)]
    waits = []
    for _ in range(10):
        before = time.monotonic()
        assert urllib.request.urlopen(f"{instance.url}/health", timeout=10).status == 200
        waits.append(time.monotonic() - before)
    assert max(waits) < 5  # and not the fifteen seconds that they may take
    late = slow[2]
    late.sendall(b"\r\n")  # who was only slow is served
    assert late.recv(12) == b"HTTP/1.1 400"  # of another host
    for sock in slow:
        sock.close()


@pytest.mark.slow
@pytest.mark.django_db
def test_who_is_slow_with_a_long_body_or_quick_with_two_requests_is_served(instance: Instance) -> None:
    data, edge = letterboxd_zip(2_500), "edge"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="lb.zip"\r\n\r\n'.encode()
    body = head + data + f"\r\n--{edge}--\r\n".encode()
    assert len(body) > 3 * SHORT_BODY
    host = urlsplit(instance.url).netloc
    lines = ("POST /api/upload HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}", "Connection: close")
    header = "\r\n".join([*lines, f"Content-Type: multipart/form-data; boundary={edge}", "", ""]).encode()
    twice = f"GET /health HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() * 2
    both = connected(instance, twice)  # the second is read along with the first, and waits for no more
    answers = b""
    while answers.count(b"HTTP/1.1 200") < 2:
        more = both.recv(65536)
        assert more, "closed before it was answered"
        answers += more
    both.close()
    sock = connected(instance, header)
    for start in range(0, len(body), len(body) // 5):
        time.sleep(0.3)
        sock.sendall(body[start : start + len(body) // 5])
    assert sock.recv(12) == b"HTTP/1.1 201"
    sock.close()
