"""One request on its way to TMDB: its permits, its tries, and how long TMDB wants us to wait."""

import random
import threading
import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from enrichment import health, ratelimit

TRIES = 3
NO_NEW_TRY_AFTER = 12.0  # seconds since the first: a worker's time is bounded
SANE_RETRY_AFTER = 60.0
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
            _mine.slot = ratelimit.take_permit(self._patience)
            try:
                response = super().send(request, **kwargs)
                _ = response.content  # read it here, so that a cut answer is tried again too
            except NETWORK_TROUBLE:
                if not may_try_again:
                    raise
            else:
                if response.status_code == 429:
                    ratelimit.push_back(retry_after(response) or 2.0**tried)
                    health.limited()
                if response.status_code not in TRY_AGAIN or not may_try_again:
                    return response
            time.sleep(random.uniform(0.5, 1.0) * 0.5 * 2**tried)
        raise AssertionError("the last try returns or raises")


_mine = threading.local()  # slot: of the request that this thread sends


class _Connection(HTTPConnection):
    """Says when a request has left: a busy machine and a new connection take their time after the permit."""

    def request(self, *args: Any, **kwargs: Any) -> None:
        super().request(*args, **kwargs)
        ratelimit.sent(_mine.slot)


class _SecureConnection(HTTPSConnection):
    def request(self, *args: Any, **kwargs: Any) -> None:
        super().request(*args, **kwargs)
        ratelimit.sent(_mine.slot)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def retry_after(response: requests.Response) -> float | None:
    """Seconds from the header, when it is there and sane (a server of 2023 sent 86400)."""
    raw = response.headers.get("Retry-After", "")
    return float(raw) if raw.isdigit() and 0 < float(raw) <= SANE_RETRY_AFTER else None
