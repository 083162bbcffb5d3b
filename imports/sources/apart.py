"""Large uploads are read in a process of their own, one at a time on a machine: what that takes is bounded, is given
back when it ends, and keeps nobody waiting for a page. It runs as `python -m imports.sources.apart`, without Django.

What is pickled is our own on both ends; a file that a person sent is bytes in it."""

import ctypes
import fcntl
import os
import pickle
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from .base import Parsed, RoleNeeded, SourceError, Upload
from .refusals import refusal

ROOT = Path(__file__).resolve().parent.parent.parent
MB = 1024 * 1024
MOST_MEMORY = 1_024 * MB  # of private memory that the process may take
MOST_SECONDS = 60  # of computing; 100,000 films take 8
FILMS_AT_ONCE = 500  # are handed over at a time, so that whoever takes them is not held up for long
KINDLY = 5  # behind whoever serves pages


def read_apart(uploads: Sequence[Upload], **options: Any) -> Parsed:
    """Read the files as `sources.read_here` does, in another process. Raises SourceError, also where that takes too
    much memory or time."""
    with _process() as process:
        request, answer = cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout)
        try:
            pickle.dump((len(uploads), options), request)
            for upload in uploads:
                pickle.dump(Upload(upload.name, upload.read(), upload.role), request)
            request.close()
            return _answer(answer, uploads)
        except (EOFError, OSError, pickle.UnpicklingError) as exc:  # it died of its limits
            raise refusal("too_much_to_read", uploads[0].name) from exc


@contextmanager
def turn() -> Iterator[None]:
    """This machine's turn to read something large, and to do with it what is to be done."""
    path = Path(tempfile.gettempdir()) / f"reelkeeper-reading-{os.getuid()}.lock"
    with path.open("ab") as lock:  # nothing is written, whatever lies there
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _process() -> "Iterator[subprocess.Popen[bytes]]":
    # its own words could hold a person's: they go nowhere
    process = subprocess.Popen(
        [sys.executable, "-m", "imports.sources.apart"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"OPENBLAS_NUM_THREADS": "1"},  # and no secret
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for end in (process.stdin, process.stdout):
            with suppress(OSError):  # what was not sent is wanted by nobody
                cast(BinaryIO, end).close()


def _answer(stream: BinaryIO, uploads: Sequence[Upload]) -> Parsed:
    kind, answer = pickle.load(stream)  # noqa: S301
    if kind == "refused":
        raise SourceError(answer.pop("message"), **answer)
    if kind == "role_needed":
        raise RoleNeeded(answer)
    if kind == "failed":
        raise refusal("too_much_to_read", uploads[0].name)
    parsed: Parsed = answer
    for part in parsed.parts:
        while films := pickle.load(stream):  # noqa: S301
            part.movies += films
    return parsed


def give_back() -> None:
    """Hand memory that is free in this process back to the machine, where its C library can."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def main() -> None:
    os.nice(KINDLY)
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    count, options = pickle.load(sys.stdin.buffer)  # noqa: S301
    answer = sys.stdout.buffer
    try:
        uploads = [pickle.load(sys.stdin.buffer) for _ in range(count)]  # noqa: S301
        parsed = _read(uploads, options)
    except RoleNeeded as question:
        pickle.dump(("role_needed", question.file), answer)
    except SourceError as refused:
        error = {"message": refused.message, "code": refused.code, "status": refused.status, **refused.params}
        pickle.dump(("refused", error), answer)
    except MemoryError:
        pickle.dump(("failed", None), answer)
    else:
        _hand_over(parsed, answer)
    answer.flush()


def _hand_over(parsed: Parsed, answer: BinaryIO) -> None:
    """All but the films at once; then the films of each import, and an empty list after them."""
    movies_of_parts = [part.movies for part in parsed.parts]
    for part in parsed.parts:
        part.movies = []
    pickle.dump(("read", parsed), answer)
    for movies in map(iter, movies_of_parts):
        while films := list(islice(movies, FILMS_AT_ONCE)):
            pickle.dump(films, answer)
        pickle.dump([], answer)


def _read(uploads: Sequence[Upload], options: dict[str, Any]) -> Parsed:
    from . import read_here

    return read_here(uploads, **options)


if __name__ == "__main__":
    main()
