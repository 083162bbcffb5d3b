"""The product's addresses, and some that fail with what a log may not hold in the exception."""

from typing import Any, NoReturn

from django.contrib.auth.models import User
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from config.urls import handler400, handler404, handler500
from config.urls import urlpatterns as ours
from tests.factories import MovieFactory

SECRET_TITLE = "The Unspeakable Affair"
SECRET_MAIL = "ana.pereira@mail.example.org"
SECRET_TOKEN = "kT8-unspeakable-token"

__all__ = ["handler400", "handler404", "handler500"]


def a_value(request: HttpRequest) -> NoReturn:
    title = SECRET_TITLE  # a local value
    raise ValueError(f"{title!r} of {SECRET_MAIL}")


def a_chain(request: HttpRequest) -> HttpResponse:
    try:
        return HttpResponse(int(SECRET_TITLE))
    except ValueError as exc:
        raise KeyError(SECRET_TOKEN) from exc


def a_database_error(request: HttpRequest) -> NoReturn:
    """PostgreSQL says: DETAIL: Key (username)=(…) already exists."""
    with transaction.atomic():
        for _ in range(2):
            User.objects.create(username=SECRET_MAIL, first_name=SECRET_TITLE)
    raise AssertionError("the database took both")


def a_broken_check(request: HttpRequest) -> NoReturn:
    """PostgreSQL says: DETAIL: Failing row contains (…)."""
    with transaction.atomic():
        MovieFactory(title=SECRET_TITLE, source_key="")
    raise AssertionError("the database took it")


def an_address(request: HttpRequest) -> HttpResponse:
    return HttpResponse(reverse("imports:film", args=[SECRET_TITLE]))


def a_bad_request(request: HttpRequest) -> NoReturn:
    raise SuspiciousOperation(f"from {SECRET_MAIL}, /s/{SECRET_TOKEN}/ is not good")


FAILING = {"value": a_value, "chain": a_chain, "database": a_database_error, "check": a_broken_check}
FAILING |= {"address": an_address}
urlpatterns: list[Any] = [
    *(path(f"fail/{name}", view) for name, view in FAILING.items()),
    path("api/fail", a_value),
    path("fail/bad-request", a_bad_request),
    *ours,
]
