"""Every URL of the admin, walked as a stranger, as another person, and as staff: only staff get past its login. (What
staff see and do there: tests/imports/admin/test_admin.py, tests/enrichment/test_admin.py.)"""

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.test_access import all_routes, others

pytestmark = pytest.mark.django_db

GONE = 302  # of a row that is not there, led back to the start

# What GET answers a superuser on a model's own pages, when no such row is there.
LOOKED_AT = {"": 200, "add/": 403, "change/": GONE, "delete/": 403, "history/": GONE, "row/": GONE}
DELETED = LOOKED_AT | {"delete/": GONE}  # by a service, or as what was counted of sign-ins
WRITTEN = DELETED | {"add/": 200}
MODELS = {
    "auth/group": WRITTEN,
    "auth/user": WRITTEN,
    "axes/accessattempt": DELETED,
    "axes/accessfailurelog": DELETED,
    "axes/accesslog": DELETED,
    "django_q/failure": LOOKED_AT,
    "django_q/ormq": LOOKED_AT,
    "django_q/schedule": LOOKED_AT,
    "django_q/success": LOOKED_AT,
    "enrichment/titlelookup": LOOKED_AT,
    "enrichment/tmdbmovie": LOOKED_AT,
    "imports/handviewing": LOOKED_AT,
    "imports/importsession": DELETED,
    "imports/library": LOOKED_AT,
    "imports/librarydecision": LOOKED_AT,
    "imports/libraryfilm": LOOKED_AT,
    "imports/libraryviewing": LOOKED_AT,
    "imports/matchmemory": LOOKED_AT,
    "imports/movie": LOOKED_AT,
    "imports/ranking": LOOKED_AT,
    "imports/rowproblem": LOOKED_AT,
    "imports/sharelink": DELETED,
}
# And on the others. Who is signed in as staff is led on from the login, which everyone else sees.
PAGES = {
    "admin/": 200,
    "admin/login/": 302,
    "admin/logout/": 405,
    "admin/password_change/": 200,
    "admin/password_change/done/": 200,
    "admin/jsi18n/": 200,
    "admin/autocomplete/": 403,
    "admin/r/<path:content_type_id>/<path:object_id>/": 404,
    "admin/^(?P<app_label>auth|axes|django_q|enrichment|imports)/$": 200,
    "admin/(?P<url>.*)$": 404,
    "admin/status/": 200,
    "admin/status/ask-again/": 405,
    "admin/status/wake/": 405,
    "admin/status/clean-up/": 405,
    "admin/status/read-catalogue/": 405,
    "admin/auth/user/<id>/password/": 404,
    "admin/enrichment/titlelookup/<int:lookup_id>/choose/": 404,
}
EXAMPLES = {
    "^(?P<app_label>auth|axes|django_q|enrichment|imports)/$": "imports/",
    "(?P<url>.*)$": "nowhere",
    "<path:content_type_id>": "0",
    "<path:object_id>": "0",
    "<int:lookup_id>": "0",
    "<id>": "0",
}


def listed() -> dict[str, int]:
    places = {"": "", "add/": "add/", "row/": "<path:object_id>/"}
    pages = {}
    for model, answers in MODELS.items():
        for page, status in answers.items():
            pages[f"admin/{model}/{places.get(page, f'<path:object_id>/{page}')}"] = status
    return pages | PAGES


def in_order(route: str) -> str:
    """The apps in the pattern that Django makes of them, which it names in whatever order."""
    return re.sub(r"(?<=app_label>)[a-z_|]+", lambda apps: "|".join(sorted(apps[0].split("|"))), route)


def address(route: str) -> str:
    for parameter, value in EXAMPLES.items():
        route = route.replace(parameter, value)
    return f"/{route}"


def test_every_url_of_the_admin_is_listed_here() -> None:
    routes = {in_order(route) for route in all_routes(get_resolver()) if route.startswith("admin/")}
    assert routes == set(listed())


@pytest.mark.parametrize("route", listed())
def test_only_staff_get_past_the_admins_login(route: str) -> None:
    visitors: dict[str, Client] = others()
    assert visitors.pop("staff").get(address(route)).status_code == listed()[route]
    for who, client in visitors.items():
        answer = client.get(address(route))
        if route == "admin/login/":
            assert answer.status_code == 200, who
        else:
            led_to = "/admin/" if route == "admin/logout/" else "/admin/login/"
            assert (answer.status_code, answer["Location"].split("?")[0]) == (302, led_to), who
