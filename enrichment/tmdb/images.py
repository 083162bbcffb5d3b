"""Posters: their addresses at TMDB's image host, and their bytes, which nobody has looked at yet. The only other door
to TMDB beside the client."""

import re
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor, wait

import requests
from django.conf import settings
from django.core.cache import caches
from urllib3.exceptions import HTTPError

PATH = re.compile(r"/[A-Za-z0-9_-]{1,90}\.(jpg|png)")
MOST_BYTES = 1024 * 1024
KEEP_FOR = 7 * 24 * 60 * 60  # seconds
CHUNK = 64 * 1024
AT_ONCE = 6


def poster_url(path: str, size: str = "w342") -> str:
    """The address of a poster at TMDB's image host; sizes: w92 w154 w185 w342 w500 w780."""
    return f"{settings.TMDB.image_url}/{size}{path}" if path else ""


def posters(paths: Collection[str], size: str, seconds: float) -> dict[str, bytes]:
    """The pictures (bytes) that can be had within so many seconds, by their path."""
    names = {path: f"poster-{size}-{path.strip('/')}" for path in paths if PATH.fullmatch(path)}
    pictures = caches["pictures"]
    kept = pictures.get_many(names.values())
    known = {path: kept[name] for path, name in names.items() if name in kept}
    fetched = _fetch([path for path in names if path not in known], size, time.monotonic() + seconds)
    pictures.set_many({names[path]: image for path, image in fetched.items()}, KEEP_FOR)
    return known | fetched


def empty_pictures() -> None:
    """Posters, and whatever was drawn with them. Redis has one way to do so: it empties its whole database."""
    caches["pictures"].clear()


def _fetch(paths: Collection[str], size: str, deadline: float) -> dict[str, bytes]:
    if not paths:
        return {}
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="posters")
    asked = {pool.submit(_get, f"{settings.TMDB.image_url}/{size}{path}", deadline): path for path in paths}
    done, _ = wait(asked, max(0.0, deadline - time.monotonic()))
    pool.shutdown(wait=False, cancel_futures=True)
    return {asked[future]: image for future in done if (image := future.result())}


def _get(url: str, deadline: float) -> bytes:
    """Nothing when it can't be had; a slow or endless answer is given up."""
    left = deadline - time.monotonic()
    if left <= 0:
        return b""
    try:
        with requests.get(url, timeout=left, stream=True, allow_redirects=False) as response:
            if response.status_code != 200:
                return b""
            return _read(response, deadline)
    except (requests.RequestException, HTTPError):
        return b""


def _read(response: requests.Response, deadline: float) -> bytes:
    image = bytearray()
    while chunk := response.raw.read1(CHUNK):  # what is there now, however little
        image += chunk
        if len(image) > MOST_BYTES or time.monotonic() > deadline:
            return b""
    return bytes(image)
