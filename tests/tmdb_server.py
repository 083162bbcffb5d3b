"""A small TMDB over real HTTP, with a rate limit, and with faults on demand.

In a test: `with TmdbServer() as server`. As a process of its own: `python -m tests.tmdb_server --port 8199`,
then POST /_mode {"fail": "500"} (see MODES), GET /_stats, POST /_reset.
"""

import argparse
import gzip
import json
import re
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.tmdb_films import NOT_FOUND, Answer, Catalogue, Film, default_films, error, poster

MODES = {"fail", "latency", "retry_after", "gone", "bad_tokens"}
FLAKY = ("late", "500", "down", "garbage", "cut", "429", "html")  # what every so many-th request meets, in turn
WAITS = {"slow": 60.0, "late": 3.0}  # seconds: longer than anybody waits, and not so long
FAULTS = {
    "500": error(500, 11, "Internal error: Something went wrong, contact TMDB."),
    "html": Answer(503, b"<html><body>503 Back-end server is at capacity</body></html>"),
    "garbage": Answer(200, b"<html>hello</html>"),
    "429": error(429, 25, "Your request count (41) is over the allowed limit of (40)."),
}
REFUSED = error(401, 7, "Invalid API key: You must be granted a valid key.")


@dataclass
class Record:
    """What was asked, and how well the asking kept to the limit."""

    requests: int = 0
    worst_window: int = 0  # most arrivals in any `window` seconds
    most_connections: int = 0  # at once
    paths: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)  # question -> times it got a good answer
    arrivals: deque[float] = field(default_factory=deque)
    granted: deque[float] = field(default_factory=deque)

    def as_json(self) -> dict[str, Any]:
        names = ("requests", "worst_window", "most_connections", "paths", "statuses")
        return {name: getattr(self, name) for name in names} | {"repeated": self.repeated}

    @property
    def repeated(self) -> int:
        """How often a question was asked that had been answered before."""
        return sum(times - 1 for times in self.answered.values())


class TmdbServer(ThreadingHTTPServer):
    """What it does may be changed while it runs, by its attributes or over HTTP; `record` tells what came.
    Films are shared between servers: replace one by `catalogue.add`, don't change it."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(
        self,
        films: Iterable[Film] | None = None,
        *,
        port: int = 0,
        limit: int | None = None,
        window: float = 10.0,
        latency: float = 0.0,
    ) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.catalogue = Catalogue(default_films() if films is None else films)
        self.limit, self.window, self.latency = limit, window, latency
        self.broken: list[str] = []  # what is searched for that always ends with a 500
        self.fail = "none"  # or down, slow, late, cut, flaky, drip, endless, packed (no fault), one of FAULTS
        self.flaky_every = 3  # requests
        self.retry_after: int | None = 1  # a 429's header, None leaves it out
        self.gone: list[int] = []  # ids that were deleted: found by a search, yet 404
        self.merged: dict[int, int] = {}  # old ids, and the films that answer to them now
        self.bad_tokens: list[str] = []
        self.lock, self.closing, self.connections = threading.Lock(), threading.Event(), set[socket.socket]()
        self.record = Record()

    @property
    def host_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def base_url(self) -> str:
        return f"{self.host_url}/3"

    @property
    def image_url(self) -> str:
        return f"{self.host_url}/t/p"

    def reset(self) -> None:
        self.record = Record()

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()
        for connection in list(self.connections):  # kept alive: they would go on being answered
            with suppress(OSError):  # closed by its own thread just now
                connection.shutdown(socket.SHUT_RDWR)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        with self.lock:
            self.connections.add(request)
            self.record.most_connections = max(self.record.most_connections, len(self.connections))
        super().process_request_thread(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self.lock:
            self.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, *_: object) -> None:
        """A client that went away is no news."""

    def arrive(self, path: str) -> str:
        """Count a request; the fault it shall meet."""
        now = time.monotonic()
        with self.lock:
            record = self.record
            record.requests += 1
            record.paths[re.sub(r"/(tt)?\d+$", "/{id}", path)] += 1
            record.arrivals.append(now)
            for times in (record.arrivals, record.granted):
                while times and times[0] <= now - self.window:
                    times.popleft()
            record.worst_window = max(record.worst_window, len(record.arrivals))
            if self.limit is not None and len(record.granted) >= self.limit:
                return "429"
            record.granted.append(now)
            if self.fail != "flaky":
                return self.fail
            turn, rest = divmod(record.requests, self.flaky_every)
            return "none" if rest else FLAKY[turn % len(FLAKY)]


class Handler(BaseHTTPRequestHandler):
    server: TmdbServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in one piece
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/_stats":
            self.send(200, json.dumps(self.server.record.as_json()).encode())
        elif url.path.startswith("/t/p/"):
            self.send(200, poster(url.path.rpartition("/")[2]), "image/png")
        else:
            self.answer(url.path, dict(parse_qsl(url.query)))

    def answer(self, path: str, query: dict[str, str]) -> None:
        fault = self.server.arrive(path)
        if fault == "down":
            self.close_connection = True
            return None
        self.server.closing.wait(WAITS.get(fault, self.server.latency))
        token = query.pop("api_key", "")
        reply = FAULTS.get(fault) or self.reply(path, query, token)
        with self.server.lock:
            self.server.record.statuses[reply.status] += 1
            if reply.status == 200 and fault in ("none", *WAITS):
                self.server.record.answered[f"{path}?{sorted(query.items())}"] += 1
        if fault in ("drip", "endless", "packed"):
            return self.send_in_chunks(fault, reply.sent[0])
        return self.send(reply.status, *reply.sent, is_cut=fault == "cut")

    def send_in_chunks(self, fault: str, body: bytes) -> None:
        packed = gzip.compress(body) if fault == "packed" else body
        pieces = repeat(b" " * 65_536, 500) if fault == "endless" else (packed[n : n + 1] for n in range(len(packed)))
        self.send_response(200)
        self.send_header("Content-Type", "application/json;charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        if fault == "packed":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            if fault == "drip":
                self.wfile.flush()
                self.server.closing.wait(0.1)
        self.wfile.write(b"0\r\n\r\n")

    def reply(self, path: str, query: dict[str, str], api_key: str) -> Answer:
        if not self.may_ask(api_key):
            return REFUSED
        if path in [f"/3/movie/{id}" for id in self.server.gone]:
            return NOT_FOUND
        if query.get("query") in self.server.broken:
            return FAULTS["500"]
        for old, new in self.server.merged.items():
            if path == f"/3/movie/{old}":
                path = f"/3/movie/{new}"
        return self.server.catalogue.answer(path, query)

    def may_ask(self, api_key: str) -> bool:
        """A v3 key (32 hex digits) goes into the address; in the header TMDB refuses it."""
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if re.fullmatch(r"[0-9a-f]{32}", bearer):
            return False
        return bool(bearer or api_key) and not {bearer, api_key} & set(self.server.bad_tokens)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/_reset":
            self.server.reset()
        elif self.path == "/_mode" and (modes := json.loads(sent)).keys() <= MODES:
            for name, value in modes.items():
                setattr(self.server, name, value)
        else:
            return self.send(400, b"{}")
        return self.send(200, b"{}")

    def send(self, status: int, body: bytes, kind: str = "application/json", *, is_cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status == 429 and self.server.retry_after is not None:
            self.send_header("Retry-After", str(self.server.retry_after))
        self.end_headers()
        self.close_connection = self.close_connection or is_cut
        self.wfile.write(body[: len(body) // 2] if is_cut else body)

    def log_message(self, *_: object) -> None:
        """Quiet: the record tells."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8199)
    parser.add_argument("--limit", type=int, help="requests in each window (default: no limit)")
    parser.add_argument("--window", type=float, default=10.0, help="seconds (%(default)s)")
    parser.add_argument("--latency", type=float, default=0.05, help="seconds (%(default)s)")
    options = parser.parse_args()
    server = TmdbServer(**vars(options))
    print(f"{len(server.catalogue.films)} films on {server.base_url}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
