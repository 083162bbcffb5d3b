"""gunicorn's worker, which gives a request a thread only once it is there: who sends half a header, or nothing, costs a
place in a list. Why not another server: docs/adr/0012."""

import re
import socket
import time
from collections import deque
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

HEADER_SECONDS = 15.0  # that a request's header, and a short body, may take to come
STALL_SECONDS = 30.0  # without a byte of a long body, or of an answer that is taken
LOOKED_AT = 64 * 1024  # bytes: more than any header that is not refused
SHORT_BODY = 16 * 1024  # is waited for like a header; what is longer is read by its thread
LOOK_EVERY = 0.05  # seconds, at what has begun to come
LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d{1,12})\s*\r\n", re.IGNORECASE)
WANTS_A_WORD_FIRST = re.compile(rb"\r\nexpect:", re.IGNORECASE)


def is_there(begun: bytes) -> bool:
    """Whether these first bytes of a connection hold a whole header, and a body if it is a short one. Nothing: it was
    closed, which its thread finds out."""
    header, end, body = begun.partition(b"\r\n\r\n")
    if not begun or len(begun) >= LOOKED_AT:
        return True
    if not end:
        return False
    length = LENGTH.search(header + b"\r\n")
    if length is None or WANTS_A_WORD_FIRST.search(header) or int(length[1]) > SHORT_BODY:
        return True
    return len(body) >= int(length[1])


class Worker(ThreadWorker):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._coming: deque[TConn] = deque()  # in the order of their deadlines

    def enqueue_req(self, conn: TConn) -> None:
        """Called with every connection that has something to say, or is new."""
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + HEADER_SECONDS
        if not self._hand_over(conn):
            self._coming.append(conn)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        super().wait_for_and_dispatch_events(min(timeout, LOOK_EVERY) if self._coming else timeout)
        self._coming = deque(conn for conn in self._coming if not self._hand_over(conn))
        while self._coming and (self._coming[0].timeout < time.monotonic() or not self.alive):
            self._drop(self._coming.popleft())

    def handle_request(self, req: Any, conn: TConn) -> Any:
        conn.sock.settimeout(STALL_SECONDS)
        return super().handle_request(req, conn)

    def _hand_over(self, conn: TConn) -> bool:
        """Give it a thread if its request is there."""
        try:
            begun = conn.sock.recv(LOOKED_AT, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:  # gone: its thread finds out
            begun = b""
        if not is_there(begun):
            return False
        conn.data_ready = True
        super().enqueue_req(conn)
        return True

    def _drop(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()
