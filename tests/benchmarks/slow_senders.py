"""How long others wait while slow senders hold connections to the web server, without a proxy: the longest wait for a
short answer beside half headers, half bodies and silent connections, answers a second without them, and memory.
Another web server for comparison: `python -m tests.benchmarks.slow_senders waitress-serve --port={port} …`."""

import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress

import django

django.setup()

import os

from enrichment.running import supervisor
from enrichment.running.supervisor import Child
from tests.benchmarks.database import fresh_database
from tests.benchmarks.polls import database_url, free_port, memory_of, running, wait_for_server

HOLD = float(os.environ.get("HOLD", "60"))
CLIENTS, SECONDS = 8, 5.0
ASK = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
PAGE = b"GET /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
HALF_HEADER = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow"
HALF_BODY = (
    b"POST /imports/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    b"Cookie: csrftoken=" + b"a" * 32 + b"\r\nContent-Length: 100000\r\n\r\n--b\r\n"
)
MIXED = [HALF_HEADER] * 8 + [HALF_BODY] * 8 + [b""] * 60
CROWDS = {"8 half headers, 8 half bodies, 60 silent": MIXED, "100 half headers": [HALF_HEADER] * 100}


def main() -> None:
    with fresh_database():
        os.environ.update(DATABASE_URL=database_url())
        with running(web := server(free_port(), sys.argv[1:])) as pid:
            port = int(web.name)
            wait_for_server(port)
            seconds_to_answer(port, ASK)
            print(f"\n  {'a plain page, 8 clients':44}{answers_a_second(port):>8.0f} /s")
            for name, crowd in CROWDS.items():
                print(f"  {name:44}{longest_wait(port, crowd):>8.2f} s at worst (aim: 0.5), held {HOLD:.0f} s")
                time.sleep(1)
            print(f"  {'memory':44}{memory_of(pid):>8.0f} MB")


def server(port: int, argv: Sequence[str]) -> Child:
    """The product's own, or the one of the command line; it bears its port as name."""
    own = supervisor.web("127.0.0.1", port)
    return Child(str(port), [each.format(port=port) for each in argv] or own.argv, own.environment)


def longest_wait(port: int, crowd: Sequence[bytes]) -> float:
    with held(port, crowd):
        time.sleep(0.5)
        until, waits = time.monotonic() + HOLD, [0.0]
        while time.monotonic() < until:
            waits.append(seconds_to_answer(port, ASK))
            time.sleep(0.1)
    return max(waits)


@contextmanager
def held(port: int, crowd: Sequence[bytes]) -> Iterator[None]:
    with ExitStack() as stack:
        for sent in crowd:
            sender = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            sender.sendall(sent)
        yield


def seconds_to_answer(port: int, sent: bytes) -> float:
    """Until the first bytes of the answer; who hears nothing for as long as senders stay has waited so long."""
    started = time.monotonic()
    with suppress(TimeoutError), socket.create_connection(("127.0.0.1", port), timeout=max(HOLD, 10)) as asker:
        asker.sendall(sent)
        assert asker.recv(4096).startswith(b"HTTP/1.1 ")
    return time.monotonic() - started


def answers_a_second(port: int) -> float:
    counts = [0] * CLIENTS
    until = time.monotonic() + SECONDS

    def ask(client: int) -> None:
        while time.monotonic() < until:
            seconds_to_answer(port, PAGE)
            counts[client] += 1

    clients = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return sum(counts) / SECONDS


if __name__ == "__main__":
    main()
