"""The only module that knows TMDB is an HTTP API."""

import json
import logging
import random
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from requests_cache import DO_NOT_CACHE, CachedSession
from requests_cache.backends.sqlite import SQLiteCache

from enrichment import ratelimit
from enrichment.conf import TMDBSettings

from .errors import TMDBGone, TMDBRejected, TMDBUnavailable
from .sample import SampleAdapter
from .types import MovieDetails, SearchAnswer, SearchHit

T = TypeVar("T")

log = logging.getLogger("reelkeeper.tmdb")

KEEP_SEARCH = timedelta(days=7)
KEEP_EMPTY_SEARCH = timedelta(days=1)
TRIES = 3
NO_NEW_TRY_AFTER = 12.0  # seconds since the first: a worker's time is bounded
SANE_RETRY_AFTER = 60.0
TRY_AGAIN = {429, 500, 502, 503, 504}
NETWORK_TROUBLE = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


class PermitAdapter(HTTPAdapter):
    """Below the cache: each try of each request has a permit of its own, so cache hits cost none and retries do."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        started = time.monotonic()
        for tried in range(1, TRIES + 1):
            may_try_again = tried < TRIES and time.monotonic() - started < NO_NEW_TRY_AFTER
            ratelimit.take_permit()
            try:
                response = super().send(request, **kwargs)
                _ = response.content  # read it here, so that a cut answer is tried again too
            except NETWORK_TROUBLE:
                if not may_try_again:
                    raise
            else:
                if response.status_code == 429:
                    ratelimit.push_back(retry_after(response) or 2.0**tried)
                if response.status_code not in TRY_AGAIN or not may_try_again:
                    return response
            time.sleep(random.uniform(0.5, 1.0) * 0.5 * 2**tried)
        raise AssertionError("the last try returns or raises")


class TMDBClient:
    """TMDB's answers as our types. Trouble is an exception: TMDBUnavailable (try later) or TMDBRejected (never)."""

    def __init__(self, session: requests.Session, conf: TMDBSettings) -> None:
        self._session, self._conf = session, conf

    def search(self, title: str, year: int | None = None) -> SearchAnswer:
        """Films that bear all words of `title`; with `year`, those with any release in it. None found is an answer."""
        params = {"query": title, "include_adult": "false"} | ({"year": str(year)} if year else {})
        response = self._get("search/movie", params, KEEP_SEARCH)
        answer = _read(response, SearchAnswer.from_json)
        if not answer.hits and not getattr(response, "from_cache", False):
            self._keep_shorter(response)
        return answer

    def details(self, tmdb_id: int) -> MovieDetails:
        """Raises TMDBGone when TMDB has no such film any more."""
        response = self._get(f"movie/{tmdb_id}", {"append_to_response": "credits"}, DO_NOT_CACHE)
        return _read(response, MovieDetails.from_json)

    def find_imdb(self, imdb_id: str) -> SearchHit | None:
        """The film of an IMDb id (tt and seven or eight digits), if TMDB knows it as one."""
        response = self._get(f"find/{imdb_id}", {"external_source": "imdb_id"}, KEEP_SEARCH)
        hits = _read(response, lambda body: [SearchHit.from_json(item) for item in body["movie_results"]])
        return hits[0] if hits else None

    def _get(self, path: str, params: Mapping[str, str], keep: Any) -> requests.Response:
        try:
            response = self._session.get(
                f"{self._conf.base_url}/{path}",
                params=params,
                timeout=(self._conf.connect_timeout, self._conf.read_timeout),
                allow_redirects=False,
                expire_after=keep,  # type: ignore[call-arg]  # CachedSession's
            )
        except requests.RequestException as exc:
            # the exception's text may hold the address with a key in it: only its type goes on
            raise TMDBUnavailable("unreachable", f"no answer ({type(exc).__name__})") from None
        _raise_for_status(response)
        return response

    def _keep_shorter(self, response: requests.Response) -> None:
        if isinstance(self._session, CachedSession):
            key = self._session.cache.create_key(response.request)
            self._session.cache.save_response(response, key, datetime.now(UTC) + KEEP_EMPTY_SEARCH)


@cache
def client() -> TMDBClient:
    """This process's client: made at its first use, so after the cluster forked."""
    conf: TMDBSettings = settings.TMDB
    return TMDBClient(_sample_session() if conf.is_sample else _session(conf), conf)


def retry_after(response: requests.Response) -> float | None:
    """Seconds from the header, when it is there and sane (a server of 2023 sent 86400)."""
    raw = response.headers.get("Retry-After", "")
    return float(raw) if raw.isdigit() and 0 < float(raw) <= SANE_RETRY_AFTER else None


def _session(conf: TMDBSettings) -> requests.Session:
    backend = SQLiteCache(conf.cache_path, wal=True, busy_timeout=20_000)
    session = CachedSession(backend=backend, serializer="json", filter_fn=_is_json, allowable_codes=(200,))
    adapter = PermitAdapter(pool_connections=1, pool_maxsize=4, max_retries=0)
    session.mount(conf.base_url, adapter)
    if re.fullmatch(r"[0-9a-f]{32}", conf.token):  # a v3 key: TMDB refuses it as Bearer
        session.params = {"api_key": conf.token}
    else:
        session.headers["Authorization"] = f"Bearer {conf.token}"
    return session


def _sample_session() -> requests.Session:
    """The same way without the limit: the sample is in memory."""
    session = CachedSession(backend="memory")
    adapter = SampleAdapter()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _is_json(response: requests.Response) -> bool:
    try:
        return isinstance(json.loads(response.content), dict)
    except ValueError:
        return False


def _raise_for_status(response: requests.Response) -> None:
    status = response.status_code
    if status == 404:
        raise TMDBGone("TMDB knows no such film")
    if status == 401:
        raise TMDBUnavailable("key", "TMDB does not accept our key")
    if status == 429:
        raise TMDBUnavailable("limited", "TMDB asked us to slow down", retry_after=retry_after(response))
    if status >= 500 or status in range(300, 400):
        raise TMDBUnavailable("overloaded", f"TMDB answered {status}")
    if status != 200:
        raise TMDBRejected(f"TMDB answered {status}")


def _read(response: requests.Response, make: Callable[[Any], T]) -> T:
    """A page in place of JSON is a trouble of the way there; JSON of a shape we don't know never gets better."""
    try:
        body = response.json()
    except ValueError:
        raise TMDBUnavailable("broken", "TMDB's answer was not JSON") from None
    try:
        return make(body)
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise TMDBRejected(f"TMDB answered in a shape we do not know ({type(exc).__name__})") from exc
