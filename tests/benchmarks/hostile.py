"""What uploads made to hurt cost the web server: its memory above idle while they are read and after, for one and for
ten at once, and how long a poll waits meanwhile. A whole instance, over HTTP; memory is that of the web server's
processes, each page shared by several counted once (proportional set size)."""

import io
import random
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from tests.exports import letterboxd_zip
from tests.instance import Instance, fresh_database, installed
from tests.tmdb_server import TmdbServer

MB = 1024 * 1024
HEADER = "Date,Name,Year,Letterboxd URI\n"
AT_ONCE = 10
EVERY = 0.05  # seconds between two looks


def packed(text: str, name: str = "watched.csv") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(name, text)
    return stream.getvalue()


def padded(head: str, size: int, filler: str) -> str:
    """So large that the ZIP is not refused for unpacking to a hundred times its size."""
    noise = random.Random(1).randbytes(size // 160).hex()
    return head + filler * ((size - len(noise)) // len(filler)) + noise


CASES: dict[str, Callable[[], tuple[str, bytes]]] = {
    "an account of 2,000 films": lambda: ("lb.zip", letterboxd_zip(2_000)),
    "a row of 66 million cells": lambda: ("lb.zip", packed(HEADER + padded("x", 66 * MB, ",") + "\n")),
    "a header of 66 million cells": lambda: ("lb.zip", packed("Date,Name," + padded("x", 66 * MB, ",") + "\n")),
    "a field of 190 MB with an emoji": lambda: (
        "lb.zip",
        packed(HEADER + '2024-01-01,"' + padded("\U0001f600", 190 * MB, "abcdefgh ") + '",1995,\n'),
    ),
    "8 million JSON strings": lambda: ("history.json", ("[" + '"abc",' * 7_999_999 + '"abc"]').encode()),
    "400,000 short lines": lambda: ("watched.csv", (HEADER + "1,a,,\n" * 390_000).encode()),
    "199,000 films": lambda: ("watched.csv", (HEADER + "".join(f",F{n},,\n" for n in range(199_000))).encode()),
    "30 MB of reviews": lambda: (
        "reviews.csv",
        (
            "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Review,Tags,Watched Date\n"
            + "".join(f'2024-01-01,Film {n},1995,,4,,"{"Ünd so é 😀 " * 80}",,2024-01-01\n' for n in range(20_000))
        ).encode(),
    ),
}


class Watch:
    """Looks at the web server's memory and asks for a page, over and over, until it is stopped."""

    def __init__(self, instance: Instance) -> None:
        self.url = f"{instance.url}/health"
        assert instance.process is not None
        self.main = instance.process.pid
        self.idle = self.memory()
        self.most, self.longest = 0, 0.0

    def memory(self) -> int:
        """Bytes, of gunicorn and what it has started: who reads an upload is counted, too."""
        return sum(map(_pss, _with_children(self.main, "gunicorn")))

    @contextmanager
    def running(self) -> Iterator[None]:
        self.most, self.longest = 0, 0.0
        stop = threading.Event()
        watchers = [threading.Thread(target=self._loop, args=(look, stop)) for look in (self._weigh, self._poll)]
        for watcher in watchers:
            watcher.start()
        yield
        stop.set()
        for watcher in watchers:
            watcher.join()

    def _loop(self, look: Callable[[], None], stop: threading.Event) -> None:
        while not stop.wait(EVERY):
            look()

    def _weigh(self) -> None:
        self.most = max(self.most, self.memory() - self.idle)

    def _poll(self) -> None:
        begun = time.perf_counter()
        requests.get(self.url, timeout=120)
        self.longest = max(self.longest, time.perf_counter() - begun)


def _pss(pid: int) -> int:
    with suppress(OSError):  # it has just ended
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        return next(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
    return 0


def _with_children(parent: int, named: str) -> Iterator[int]:
    """The processes below that one whose command line has the word."""
    for pid in _children(parent):
        with suppress(OSError):
            if named in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8"):
                yield pid
        yield from _with_children(pid, named)


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        tasks = Path(f"/proc/{pid}/task").glob("*/children")
        return [int(child) for task in tasks for child in task.read_text(encoding="ascii").split()]
    return []


def send(url: str, name: str, data: bytes) -> int:
    browser = requests.Session()
    browser.get(url)
    headers = {"X-CSRFToken": browser.cookies["csrftoken"], "Referer": url}
    answer = browser.post(f"{url}/api/upload", files={"files": (name, data)}, headers=headers, timeout=600)
    return answer.status_code


def measure(instance: Instance, watch: Watch, name: str, times: int) -> str:
    file, data = CASES[name]()
    begun = time.perf_counter()
    with watch.running(), ThreadPoolExecutor(times) as people:
        sent = [people.submit(send, instance.url, file, data) for _ in range(times)]
        answers = {future.result() for future in sent}
    took, after = time.perf_counter() - begun, watch.memory() - watch.idle
    memory = f"peak +{watch.most / MB:5.0f} MB  after +{after / MB:4.0f} MB"
    return (
        f"  {name:34} {times:3} × {len(data) / MB:5.1f} MB  {'/'.join(map(str, sorted(answers))):8}"
        f" {took:6.1f} s  {memory}  longest poll {watch.longest:.2f} s"
    )


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        TmdbServer() as tmdb,
        fresh_database(Path(folder)) as database,
        installed(Path(folder), database, tmdb.host_url, "1000/1", UPLOADS_PER_HOUR="10000") as instance,
    ):
        watch = Watch(instance)
        print(f"\nHostile uploads; the web server, idle: {watch.idle / MB:.0f} MB")
        for name in CASES:
            for times in (1, AT_ONCE):
                print(measure(instance, watch, name, times), flush=True)


if __name__ == "__main__":
    main()
