"""gunicorn's worker, which gives a request a thread only once it is there: who sends half a header, or nothing, costs a
place in a list. Why not another server: docs/adr/0012."""

import re
import selectors
import socket
import time
from functools import partial
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
        self._silent: dict[TConn, None] = {}  # of which nothing has come; both in the order of their deadlines
        self._begun: dict[TConn, None] = {}  # of which a part has come: the poller would tell of it again and again

    def enqueue_req(self, conn: TConn) -> None:
        """Called with every connection that has something to say, or is new."""
        if conn.initialized and not conn.is_http2 and conn.parser.unreader.buf.getvalue():
            super().enqueue_req(conn)  # its next request was read along with the last one
            return
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + HEADER_SECONDS
        self._look_at(conn)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        super().wait_for_and_dispatch_events(min(timeout, LOOK_EVERY) if self._begun else timeout)
        for conn in list(self._begun):
            del self._begun[conn]
            self._look_at(conn)
        for waiting in (self._silent, self._begun):
            for conn in list(waiting):
                if conn.timeout > time.monotonic() and self.alive:
                    break
                self._drop(conn)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        conn.sock.settimeout(STALL_SECONDS)
        return super().handle_request(req, conn)

    def _look_at(self, conn: TConn) -> None:
        """Give it a thread if its request is there; else wait for more of it."""
        try:
            begun = conn.sock.recv(LOOKED_AT, socket.MSG_PEEK)
        except BlockingIOError:
            self._silent[conn] = None
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_first_word, conn))
            return
        except OSError:  # gone: its thread finds out
            begun = b""
        if is_there(begun):
            conn.data_ready = True
            super().enqueue_req(conn)
        else:
            self._begun[conn] = None

    def _on_first_word(self, conn: TConn, sock: socket.socket) -> None:
        self.poller.unregister(sock)
        del self._silent[conn]
        self._look_at(conn)

    def _drop(self, conn: TConn) -> None:
        if conn in self._silent:
            self.poller.unregister(conn.sock)
        self._silent.pop(conn, None)
        self._begun.pop(conn, None)
        self.nr_conns -= 1
        conn.close()
