"""Status polls of an import that is being matched, while nothing changes: answers a second of the web server as
`manage.py serve` starts it, over kept connections, as ratio to an empty view behind the same middleware. And what the
web server and the cluster take of memory."""

import os
import selectors
import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django

django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from enrichment.running import supervisor
from enrichment.running.supervisor import Child
from imports.models import ImportSession
from imports.sessions.progress import standing_of
from tests.benchmarks.database import fresh_database
from tests.exports import letterboxd_zip
from tests.tmdb_server import TmdbServer

FILMS = 1_000
ROUNDS, SECONDS = 20, 0.5  # short and many: a busy machine slows all alike
CONNECTIONS = 16
MATCHED_WITHIN = 120.0
EMPTY, PAGE, API = "an empty view", "the page's poll (204)", "the API's poll (304)"


def main() -> None:
    with fresh_database(), TmdbServer() as tmdb:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="tests.benchmarks.polls_settings",
            DATABASE_URL=database_url(),
            TMDB_BASE_URL=tmdb.base_url,
            TMDB_RATE="200/1",
        )
        client = Client()
        session = start(client)
        with running(web := supervisor.web("127.0.0.1", free_port())) as web_pid:
            port = int(web.argv[web.argv.index("--bind") + 1].rpartition(":")[2])
            rates = measure(port, prepared(client, session))
            web_memory = memory_of(web_pid)
        with running(supervisor.cluster()) as cluster_pid:
            wait_until_matched(session)
            cluster_memory = memory_of(cluster_pid)
    print(f"\nPolls of an import of {FILMS:,} films on {connection.vendor}, 2 workers, {CONNECTIONS} connections")
    print(f"  {EMPTY:40}{statistics.median(rates[EMPTY]):>10,.0f} /s")
    for name in (PAGE, API):
        ratio = statistics.median(poll / floor for poll, floor in zip(rates[name], rates[EMPTY], strict=True))
        print(f"  {name:40}{statistics.median(rates[name]):>10,.0f} /s   ratio (aim: at least 0.7) {ratio:.2f}")
    print(f"  {'memory of the web server':40}{web_memory:>10.0f} MB")
    print(f"  {'memory of the cluster, all matched':40}{cluster_memory:>10.0f} MB")


def database_url() -> str:
    """Of the benchmark's own database, for the processes that are started."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def start(client: Client) -> ImportSession:
    answer = client.post("/imports/", {"files": SimpleUploadedFile("export.zip", letterboxd_zip(FILMS))})
    assert answer.status_code == 303, answer.status_code
    return ImportSession.objects.get()


def prepared(client: Client, session: ImportSession) -> dict[str, tuple[bytes, bytes]]:
    """The bytes to send, as the owner's browser sends them, and how the answer to them begins."""
    standing = standing_of(session.pk)
    assert standing is not None
    status = f"/api/session/{session.pk}/status"
    cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())
    headers = {
        "Host": "127.0.0.1",
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Accept": "*/*",
        "Accept-Language": "en-GB,en;q=0.5",
        "HX-Request": "true",
        "If-None-Match": client.get(status)["ETag"],
        "Cookie": cookies,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    polls = {
        EMPTY: ("/empty", 204),
        PAGE: (f"{session.get_absolute_url()}?revision={standing.mark}", 204),
        API: (status, 304),
    }
    return {
        name: (f"GET {address} HTTP/1.1\r\n{lines}\r\n".encode(), f"HTTP/1.1 {code} ".encode())
        for name, (address, code) in polls.items()
    }


def measure(port: int, polls: dict[str, tuple[bytes, bytes]]) -> dict[str, list[float]]:
    """Answers a second in each round; the rounds alternate, so that a busy machine slows all alike."""
    wait_for_server(port)
    for sent, expected in polls.values():
        answers_a_second(port, sent, expected)  # warm
    rates: dict[str, list[float]] = {name: [] for name in polls}
    for _ in range(ROUNDS):
        for name, (sent, expected) in polls.items():
            rates[name].append(answers_a_second(port, sent, expected))
    return rates


def answers_a_second(port: int, sent: bytes, expected: bytes) -> float:
    """One process that does hardly anything: it shares the cores with the server."""
    with selectors.DefaultSelector() as selector:
        for _ in range(CONNECTIONS):
            poller = socket.create_connection(("127.0.0.1", port))
            selector.register(poller, selectors.EVENT_READ)
            poller.sendall(sent)
        answers, started = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - started) < SECONDS:
            for key, _ in selector.select(timeout=1):
                poller = key.fileobj  # type: ignore[assignment]
                answer = poller.recv(4096)  # no body: it comes in one piece
                assert answer.startswith(expected) and answer.endswith(b"\r\n\r\n"), answer
                answers += 1
                poller.sendall(sent)
        for key in list(selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
    return answers / elapsed


@contextmanager
def running(child: Child) -> Iterator[int]:
    child.start()
    assert child.process is not None
    try:
        yield child.process.pid
    finally:
        child.kill_group()


def wait_for_server(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the web server does not start")


def wait_until_matched(session: ImportSession) -> None:
    deadline = time.monotonic() + MATCHED_WITHIN
    while not ImportSession.objects.get(pk=session.pk).is_done:
        assert time.monotonic() < deadline, "the cluster does not come to an end"
        time.sleep(0.5)


def memory_of(pid: int) -> float:
    """MB of a child and all that it started (they share its process session); what they share is counted once."""
    pids = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    return sum(_pss(each) for each in pids if _session_of(each) == pid) / 1024


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _session_of(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
