"""One request on its way to TMDB: its permits, its tries, and how long TMDB wants us to wait."""

import http.client
import io
import random
import socket
import threading
import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from . import health, ratelimit

TRIES = 3
NO_NEW_TRY_AFTER = 12.0  # seconds since the first: a worker's time is bounded
SANE_RETRY_AFTER = 60.0
MAX_ANSWER = 5_000_000  # bytes unpacked; TMDB's longest, a film with a thousand people, are below a tenth of it
PIECE = 64 * 1024
ANSWERS = {200, 400, 404, 422}  # TMDB's own word on what was asked
TRY_AGAIN = {429, 500, 502, 503, 504}
NETWORK_TROUBLE = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


class PermitAdapter(HTTPAdapter):
    """Below the cache: each try of each request has a permit of its own, so cache hits cost none and retries do.
    `patience`: how long a try waits for its permit, and after which no new one is begun; None: as a worker may."""

    def __init__(self, patience: float | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._patience = patience
        self._no_new_try_after = NO_NEW_TRY_AFTER if patience is None else patience

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        started = time.monotonic()
        for tried in range(1, TRIES + 1):
            may_try_again = tried < TRIES and time.monotonic() - started < self._no_new_try_after
            _mine.permit = ratelimit.take_permit(self._patience)
            _mine.deadline = time.monotonic() + sum(kwargs["timeout"])
            try:
                response = super().send(request, **kwargs)
                _read_whole(response)  # here, so that a cut answer is tried again too
            except NETWORK_TROUBLE:
                health.trouble(0)
                if not may_try_again:
                    raise
            else:
                if response.status_code not in ANSWERS:
                    health.trouble(response.status_code)
                if response.status_code == 429:
                    ratelimit.push_back(retry_after(response) or 2.0**tried)
                    health.limited()
                if response.status_code not in TRY_AGAIN or not may_try_again:
                    return response
            time.sleep(random.uniform(0.5, 1.0) * 0.5 * 2**tried)
        raise AssertionError("the last try returns or raises")


def _read_whole(response: requests.Response) -> None:
    """Puts the body where `response.content` looks for it; one without end is a trouble."""
    pieces, length = [], 0
    for piece in response.iter_content(PIECE):
        pieces.append(piece)
        length += len(piece)
        if length > MAX_ANSWER:
            response.close()
            raise requests.ConnectionError(f"an answer of more than {MAX_ANSWER} bytes")
    response._content = b"".join(pieces)


_mine = threading.local()  # of the request that this thread sends: its permit, and deadline for its whole answer


class _Incoming(io.RawIOBase):
    """What a socket receives until the deadline: its own time-out begins anew with each byte."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: float) -> None:
        self._raw, self._sock, self._deadline = raw, sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer takes too long")
        self._sock.settimeout(min(left, self._sock.gettimeout() or left))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Incoming(self.fp.detach(), sock, _mine.deadline))


class _Connection(HTTPConnection):
    """Says when a request has left: a busy machine and a new connection take their time after the permit."""

    response_class = _Answer

    def request(self, *args: Any, **kwargs: Any) -> None:
        super().request(*args, **kwargs)
        ratelimit.sent(_mine.permit)


class _SecureConnection(HTTPSConnection):
    response_class = _Answer

    def request(self, *args: Any, **kwargs: Any) -> None:
        super().request(*args, **kwargs)
        ratelimit.sent(_mine.permit)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def retry_after(response: requests.Response) -> float | None:
    """Seconds from the header, when it is there and sane (a server of 2023 sent 86400)."""
    raw = response.headers.get("Retry-After", "")
    return float(raw) if raw.isascii() and raw.isdigit() and 0 < float(raw) <= SANE_RETRY_AFTER else None
