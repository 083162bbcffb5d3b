"""The only module, with transport, that knows TMDB is an HTTP API."""

import json
import logging
import re
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

import requests
from django.conf import settings
from requests_cache import DO_NOT_CACHE, CachedSession
from requests_cache.backends.base import BaseCache

from enrichment.conf import TMDBSettings

from .errors import TMDBGone, TMDBRejected, TMDBUnavailable
from .http_cache import AnswerFile, SessionCache, without_on_trouble
from .sample import SampleAdapter
from .transport import PermitAdapter, retry_after
from .types import MovieDetails, SearchAnswer, SearchHit, usable_hits

T = TypeVar("T")

log = logging.getLogger("reelkeeper.tmdb")

KEEP_SEARCH = timedelta(days=7)
KEEP_EMPTY_SEARCH = timedelta(days=1)
NO_SUCH_FILM = 34  # TMDB's own code


class TMDBClient:
    """TMDB's answers as our types. Trouble is an exception: TMDBUnavailable (try later) or TMDBRejected (never)."""

    def __init__(self, session: requests.Session, conf: TMDBSettings) -> None:
        self._session, self._conf = session, conf

    def search(self, title: str, year: int | None = None, *, page: int = 1, fresh: bool = False) -> SearchAnswer:
        """Films that bear all words of `title`; with `year`, those with any release in it. None found is an answer.
        `page`: 1 to 500, of twenty films each. `fresh`: not from the cache."""
        params = {"query": title, "include_adult": "false"} | ({"year": str(year)} if year else {})
        params |= {"page": str(page)} if page > 1 else {}
        response = self._get("search/movie", params, KEEP_SEARCH, fresh=fresh)
        answer = _read(response, SearchAnswer.from_json)
        if not answer.hits and not getattr(response, "from_cache", False):
            self._keep_shorter(response)
        return answer

    def details(self, tmdb_id: int, *, with_titles: bool = False) -> MovieDetails:
        """Raises TMDBGone when TMDB has no such film any more. `with_titles`: with the other titles it is known by."""
        parts = "credits,alternative_titles" if with_titles else "credits"
        response = self._get(f"movie/{tmdb_id}", {"append_to_response": parts}, DO_NOT_CACHE)
        return _read(response, MovieDetails.from_json)

    def most_voted(self, page: int) -> SearchAnswer:
        """A page (1 to 500) of twenty films in the order of their votes, most first."""
        params = {"sort_by": "vote_count.desc", "include_adult": "false", "page": str(page)}
        return _read(self._get("discover/movie", params, DO_NOT_CACHE), SearchAnswer.from_json)

    def find_imdb(self, imdb_id: str) -> SearchHit | None:
        """The film of an IMDb id (tt and seven or eight digits), if TMDB knows it as one."""
        response = self._get(f"find/{imdb_id}", {"external_source": "imdb_id"}, KEEP_SEARCH)
        hits = _read(response, lambda body: usable_hits(body["movie_results"]))
        return hits[0] if hits else None

    def check_key(self) -> None:
        """Raises TMDBUnavailable("key") when TMDB does not take it."""
        _read(self._get("authentication", {}, DO_NOT_CACHE), lambda body: body["success"])

    def _get(self, path: str, params: Mapping[str, str], keep: Any, *, fresh: bool = False) -> requests.Response:
        try:
            response = self._session.get(
                f"{self._conf.base_url}/{path}",
                params=params,
                timeout=(self._conf.connect_timeout, self._conf.read_timeout),
                allow_redirects=False,
                expire_after=keep,  # type: ignore[call-arg]  # CachedSession's
                force_refresh=fresh,
            )
        except requests.RequestException as exc:
            # the exception's text may hold the address with a key in it: only its type goes on
            raise TMDBUnavailable("unreachable", f"no answer ({type(exc).__name__})") from None
        _raise_for_status(response, is_film=path.startswith("movie/"))
        return response

    def _keep_shorter(self, response: requests.Response) -> None:
        if isinstance(self._session, CachedSession):
            key = self._session.cache.create_key(response.request)
            self._session.cache.save_response(response, key, datetime.now(UTC) + KEEP_EMPTY_SEARCH)


@cache
def client(patience: float | None = None) -> TMDBClient:
    """This process's client, and one with little patience for people who wait for a page (seconds for a permit, for
    TMDB's answer, and until the last try begins). Made at its first use, so after the cluster forked."""
    conf: TMDBSettings = settings.TMDB
    if patience is not None:
        conf = replace(conf, read_timeout=min(conf.read_timeout, patience))
    return TMDBClient(_sample_session() if conf.is_sample else _session(conf, patience), conf)


def prepare_cache() -> None:
    """Make the cache's file before several workers open it at once: a new one can't be made by two."""
    if not settings.TMDB.is_sample:
        with without_on_trouble():
            AnswerFile(settings.TMDB.cache_path).close()  # type: ignore[no-untyped-call]


def drop_expired() -> None:
    """Delete the answers that this machine's cache has kept long enough: it does not do so by itself."""
    if settings.TMDB.cache_path.exists():
        with closing(AnswerFile(settings.TMDB.cache_path)) as cache:
            with cache.responses.connection(commit=True) as connection:
                connection.execute("DELETE FROM responses WHERE expires IS NULL")  # an earlier version left such
            cache.delete(expired=True)


def empty_cache() -> int:
    """Delete all answers that this machine's cache has kept; how many they were."""
    if not settings.TMDB.cache_path.exists():
        return 0
    with closing(AnswerFile(settings.TMDB.cache_path)) as cache:
        keys = list(cache.responses)
        cache.delete(*keys)  # not clear(): others may have it open, and it takes their tables away
        cache.responses.vacuum()  # type: ignore[no-untyped-call]  # what was deleted is not in the file any more
        with cache.responses.connection() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return len(keys)


def _session(conf: TMDBSettings, patience: float | None) -> requests.Session:
    cache: BaseCache | None = None
    with without_on_trouble():
        cache = SessionCache(conf.cache_path)
    # asked for with a request only, DO_NOT_CACHE is not read but written, and for ever
    session = CachedSession(
        backend=cache or BaseCache(),
        serializer="json",
        filter_fn=_is_json,
        allowable_codes=(200,),
        expire_after=DO_NOT_CACHE,
    )
    session.settings.disabled = cache is None
    adapter = PermitAdapter(patience, pool_connections=1, pool_maxsize=4, max_retries=0)
    session.mount(conf.base_url, adapter)
    if re.fullmatch(r"[0-9a-f]{32}", conf.token):  # a v3 key: TMDB refuses it as Bearer
        session.params = {"api_key": conf.token}
    else:
        # as bytes: whatever was pasted can be sent, and it is TMDB that refuses it
        session.headers["Authorization"] = f"Bearer {conf.token}".encode()
    return session


def _sample_session() -> requests.Session:
    """A session that the built-in sample answers, without the limit: it is in memory."""
    session = CachedSession(backend="memory")
    adapter = SampleAdapter()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _is_json(response: requests.Response) -> bool:
    try:
        return isinstance(json.loads(response.content), dict)
    except (ValueError, RecursionError):
        return False


def _raise_for_status(response: requests.Response, *, is_film: bool) -> None:
    """Only TMDB's own word, in its own shape, is an answer; a proxy's page or a wrong address is a trouble."""
    status = response.status_code
    if status == 200:
        return
    if is_film and status == 404:
        _raise_for_film(_says(response))
    if status == 401:
        raise TMDBUnavailable("key", "TMDB does not accept our key")
    if status == 429:
        raise TMDBUnavailable("limited", "TMDB asked us to slow down", retry_after=retry_after(response))
    if status in (400, 422) and _says(response):
        raise TMDBRejected(f"TMDB answered {status}")
    raise TMDBUnavailable("overloaded" if status >= 500 else "broken", f"TMDB answered {status}")


def _raise_for_film(said: Mapping[str, Any]) -> None:
    if said.get("status_code") == NO_SUCH_FILM:
        raise TMDBGone("TMDB knows no such film")
    if {"status_code", "status_message"} <= said.keys():
        raise TMDBRejected("TMDB answered 404")  # such as 6, an id that is none


def _says(response: requests.Response) -> dict[str, Any]:
    """An error's JSON; nothing where it is something else."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _read(response: requests.Response, make: Callable[[Any], T]) -> T:
    """A page in place of JSON is a trouble of the way there; JSON of a shape we don't know never gets better."""
    try:
        return make(response.json())
    except requests.JSONDecodeError:
        raise TMDBUnavailable("broken", "TMDB's answer was not JSON") from None
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as exc:
        raise TMDBRejected(f"TMDB answered in a shape we do not know ({type(exc).__name__})") from exc
