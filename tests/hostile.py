"""What no person sends: values for every parameter, bodies that can't be read, and a visitor who sends them."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client

LONG_NUMBERS = [str(2**31), str(2**63), str(2**64), "1" + "0" * 40, "9" * 5000]
NO_NUMBERS = ["-1", "NaN", "1e400", "%C2%B2", "1,2", "%00%2C18446744073709551616"]
NO_TEXTS = [
    "%00",
    "1%00",
    "%ED%A0%80",
    "%",
    "%zz",
    "x" * 10_000,
    "%F0%9F%98%80",
    "%27+OR+1%3D1",
    "%3Cscript%3E",
    "(",
    "%5B",
]
# As they stand in an address, and in the body of a form
VALUES = [*LONG_NUMBERS, *NO_NUMBERS, *NO_TEXTS, "", "..%2F..%2F", "0001-01-01", "9999-12-31"]
# As they stand in JSON
IN_JSON = [
    *map(json.dumps, ["", "\0", "\ud800", "x" * 10_000, "\U0001f600", "NaN", "0001-01-01", "9999-12-31", None, True]),
    *("-1", "1e400", "-1e400", "NaN", "Infinity", "[]", "{}", "[[{}]]", *LONG_NUMBERS),
]
FORM, PARTS, JSON = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json"


def part(headers: str, content: str = "1") -> bytes:
    return f"--x\r\nContent-Disposition: form-data; {headers}\r\n\r\n{content}\r\n--x--\r\n".encode()


# What a body is called, and one that is not that
BODIES = [
    ("multipart/form-data", b"rating=1"),
    ("multipart/form-data; boundary=", b"rating=1"),
    ("multipart/form-data; boundary=\xe9", b"rating=1"),
    (PARTS, b""),
    (PARTS, b'{"rating": 3}'),
    (PARTS, b"--x\r\nContent-Dispo"),
    (PARTS, b"--x\r\n\r\n\r\n--x--"),
    (PARTS, part('name="rating"')[:-9]),
    (PARTS, part('name="rating"\r\nContent-Transfer-Encoding: base64', "%%%")),
    (PARTS, part('name="rating"\r\nContent-Type: text/plain; charset=nonsense')),
    (PARTS, part("name*=nonsense''rating")),
    (PARTS, part("name*=base64''rating")),
    (PARTS, part("name*=idna''%ff")),
    (PARTS, part("name*=unicode_escape''%5cud800")),
    (PARTS, part('name="files"; filename="a\0b.csv"')),
    (PARTS, part("name=files; filename*=base64''a.csv")),
    (PARTS, part("name=files; filename*=unicode_escape''%5cud800.csv", "Date,Name,Year\n")),
    (f"{PARTS}; charset=base64", part('name="rating"')),
    (f"{FORM}; charset=unicode_escape", b"rating=%5Cud800"),
    (f"{JSON}; charset=idna", b'{"rating": 3}'),
    (JSON, b'{"rating": 3'),
    (JSON, b"\xff\xfe\x00"),
    (JSON, b"[" * 5000),
    ("text/plain; charset=\xff", b"\xff"),
    (FORM, b"%&=&[]=&%00=%00&%ED%A0%80=%ED%A0%80"),
]


@dataclass
class Attacker:
    """A visitor whose requests are taken back one by one. `faults`: those that met a 500 or a traceback."""

    client: Client
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client.raise_request_exception = False
        self.client.cookies["csrftoken"] = "x" * 32

    def get(self, address: str, **headers: str) -> tuple[int, set[str]]:
        return self.send("GET", address, b"", FORM, **headers)

    def post(self, address: str, body: str = "") -> tuple[int, set[str]]:
        return self.send("POST", address, body.encode())

    def send(
        self, method: str, address: str, body: bytes = b"", content_type: str = FORM, **headers: str
    ) -> tuple[int, set[str]]:
        """The status, and the names that were looked for in what was sent."""
        cookies = SimpleCookie({name: morsel.value for name, morsel in self.client.cookies.items()})
        told = {"X-CSRFToken": "x" * 32, **headers}
        with transaction.atomic(), _names_looked_for() as names:
            answer: Any = self.client.generic(method, address, body, content_type, headers=told)
            content = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        self.client.cookies = cookies
        if answer.status_code >= 500 or b"Traceback" in content:
            why = answer.exc_info[1] if answer.exc_info else answer.status_code
            self.faults.append(f"{method} {address[:200]} {content_type} {body[:80]!r} {headers}: {why!r}"[:600])
        return answer.status_code, names


@contextmanager
def _names_looked_for() -> Iterator[set[str]]:
    names: set[str] = set()

    def noting(method: Callable[..., Any]) -> Callable[..., Any]:
        def noted(sent: QueryDict, name: Any, *more: Any, **options: Any) -> Any:
            names.add(str(name))
            return method(sent, name, *more, **options)

        return noted

    with pytest.MonkeyPatch.context() as patch:
        for method in ("__getitem__", "_getlist", "__contains__"):
            patch.setattr(QueryDict, method, noting(getattr(QueryDict, method)), raising=False)
        yield names


def queries(names: Iterable[str], values: Sequence[str] = VALUES) -> Iterator[str]:
    """Every name with every value: by itself where there are few, else with others, each time in other company."""
    known = [quote(name) for name in sorted(names)]
    if 1 < len(known) <= 3:
        yield from (f"{name}={value}" for name in known for value in values)
    for turn in range(len(values) if known else 0):
        yield "&".join(f"{name}={values[(turn + 5 * n) % len(values)]}" for n, name in enumerate(known))
    yield "&".join(f"{name}=1&{name}=2&{name}[]=1&{name}[a]=1" for name in known) + "&[]=&=&%00=1&%ED%A0%80=1"
