"""Every parameter of every URL, with what no person sends: never an answer of 500 or above, never a traceback. Which
parameters a page has is noted while it looks for them; those of the API and of the admin's lists are read off there."""

import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.db import models
from django.test import Client
from django.urls import get_resolver
from django.utils.http import urlsafe_base64_encode

from imports.accounts import tokens
from imports.api import api
from imports.models import Decision, LibraryQuestion, Source
from imports.reconciling import keeping
from imports.sharing.links import make_link
from tests.factories import (
    ImportSessionFactory,
    MovieFactory,
    RankingFactory,
    TitleLookupFactory,
    UserFactory,
    ViewingFactory,
)
from tests.hostile import BODIES, FORM, IN_JSON, JSON, LONG_NUMBERS, NO_TEXTS, PARTS, Attacker, part, queries
from tests.test_access import PRIME_CALLS, REVIEW_PAGES, all_routes

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

ROUTES = sorted(set(all_routes(get_resolver())))
PAGES = [route for route in ROUTES if not route.startswith(("api/", "admin/"))]
OF_ADMIN = [route for route in ROUTES if route.startswith("admin/")]
OF_REVIEW = {*REVIEW_PAGES, *(route for _, route in PRIME_CALLS)}
REFUSED = (403, 404, 405)
FEW = [*LONG_NUMBERS[2:4], *NO_TEXTS[:3], NO_TEXTS[5], ""]  # for the admin, which has many pages of one kind


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of refusals are not worth a line each."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def known(tmdb: Any) -> dict[str, str]:
    """What addresses name, of the person `owner`; with "review " before it, of their review."""
    owner = UserFactory(username="owner")
    done = {"user": owner, "browser_key": "", "total_movies": 1, "enriched_count": 1, "matched_count": 1}
    session = ImportSessionFactory(**done)
    movie = MovieFactory(session=session, matched=True)
    ViewingFactory(movie=movie, watched_on=date(2024, 5, 17), review="Good.", tags=["cinema"])
    review = ImportSessionFactory(**done, source=Source.PRIME_VIDEO, link_readable=False)
    pending = MovieFactory(session=review, matched=True, decision=Decision.PENDING, turn=0)
    shows = {f"shows_{what}": True for what in ("films", "statistics", "ratings", "reviews", "dates")}
    link, token = make_link(session, name="", shows=shows, expires_at=None)
    tokens.make(owner, "script")
    ranking = RankingFactory(user=owner)
    keeping.recompute(owner)
    viewing = owner.library_viewings.exclude(watched_on=None).get()
    question = LibraryQuestion.objects.create(user=owner, film=viewing.film, earlier=viewing, later=viewing)
    return {
        "<uuid:session_id>": str(session.pk),
        "review <uuid:session_id>": str(review.pk),
        "<int:movie_id>": str(movie.pk),
        "review <int:movie_id>": str(pending.pk),
        "<int:year>": "2024",
        "<int:link_id>": str(link.pk),
        "<int:index>": "0",
        "<int:ranking_id>": str(ranking.pk),
        "<int:film_id>": str(viewing.film_id),
        "<int:viewing_id>": str(viewing.pk),
        "<int:question_id>": str(question.pk),
        "<int:token_id>": str(owner.api_tokens.get().pk),
        "<str:token>": token,
        "<uidb64>": urlsafe_base64_encode(str(owner.pk).encode()),
        "<token>": "set-password",
        "<int:lookup_id>": str(TitleLookupFactory(matched=True).pk),
        "<id>": str(owner.pk),
        "<path:object_id>": str(owner.pk),
        "<path:content_type_id>": "1",
        "^(?P<app_label>auth|axes|django_q|enrichment|imports)/$": "imports/",
        "(?P<url>.*)$": "nowhere",
    }


@pytest.fixture
def attackers(known: dict[str, str]) -> Iterator[dict[str, Attacker]]:
    """Whoever attacks; afterwards, none of them may have met a fault."""
    person = User.objects.get(username="owner")
    visitors = {who: Attacker(Client(enforce_csrf_checks=True)) for who in ("anonymous", "owner", "staff")}
    visitors["owner"].client.force_login(person)
    visitors["staff"].client.force_login(UserFactory(is_staff=True, is_superuser=True))
    link = default_token_generator.make_token(person)  # after this the form for a new password is there
    visitors["anonymous"].client.get(f"/accounts/reset/{known['<uidb64>']}/{link}/")
    yield visitors
    assert [f"{who}: {fault}" for who, visitor in visitors.items() for fault in visitor.faults] == []


def address(route: str, known: dict[str, str]) -> str:
    is_review = route in OF_REVIEW
    for parameter, value in known.items():
        here = known.get(f"review {parameter}", value) if is_review else value
        route = route.replace(parameter, here)
    return f"/{route}"


def test_every_parameter_of_a_page(attackers: dict[str, Attacker], known: dict[str, str]) -> None:
    looked_for: dict[str, set[str]] = {}
    for route in PAGES:
        url = address(route, known)
        for who, attacker in attackers.items():
            status, names = attacker.get(url)
            if status in REFUSED:
                continue
            asked = list(queries(names))
            for n, query in enumerate(asked if who == "owner" or (status == 200 and who == "anonymous") else asked[:2]):
                names |= attacker.get(f"{url}?{query}", **({"HX-Request": "true"} if n % 2 else {}))[1]
            looked_for[route] = looked_for.get(route, set()) | names
    assert looked_for["imports/<uuid:session_id>/films/"] >= {"q", "genre", "weekday", "tag", "sort", "page"}
    assert looked_for["imports/<uuid:session_id>/review/search/"] >= {"film", "q", "year"}


def test_every_field_of_a_form(attackers: dict[str, Attacker], known: dict[str, str]) -> None:
    looked_for: dict[str, set[str]] = {}
    for route in PAGES:
        url = address(route, known)
        for who, attacker in attackers.items():
            status, names = attacker.post(url)
            if status in REFUSED or (who != "owner" and attackers["owner"].post(url)[0] not in REFUSED):
                continue
            for _ in range(2):  # what is looked for only where something else stands
                for query in list(queries(names)):
                    names |= attacker.post(f"{url}?{query[:2000]}", query)[1]
            for content_type, body in BODIES:
                attacker.send("POST", url, body, content_type)
            looked_for[route] = names
    assert looked_for["imports/<uuid:session_id>/review/<int:movie_id>/add/"] >= {"rating", "rated_at", "tmdb_id"}
    assert looked_for["imports/"] >= {"time_zone", "roles"}


def api_calls() -> Iterator[tuple[str, str, list[str], list[str], list[str]]]:
    """Method and route, and the names in the query, in the form and in the JSON."""
    schema = api.get_openapi_schema()
    for path, operations in schema["paths"].items():
        [route] = [
            one for one in ROUTES if "/" + one.replace("<uuid:", "{").replace("<int:", "{").replace(">", "}") == path
        ]
        for method, operation in operations.items():
            query = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
            content = operation.get("requestBody", {}).get("content", {})
            names = {kind: _names(body["schema"], schema["components"]["schemas"]) for kind, body in content.items()}
            yield method.upper(), route, query, names.get("multipart/form-data", []), names.get(JSON, [])


def _names(shape: dict[str, Any], shapes: dict[str, Any]) -> list[str]:
    [shape] = shape.get("allOf", [shape])
    return list(shapes[shape["$ref"].rpartition("/")[2]]["properties"] if "$ref" in shape else shape["properties"])


def test_every_parameter_of_the_api(attackers: dict[str, Attacker], known: dict[str, str]) -> None:
    for method, route, query, form, in_json in api_calls():
        url, attacker = address(route, known), attackers["staff" if "api/admin/" in route else "owner"]
        for asked in queries(query):
            attacker.send(method, f"{url}?{asked}")
        for name in form:
            for value in ("", "\0", "\\ud800", "x" * 10_000):
                attacker.send(method, url, part(f'name="{name}"', value), PARTS)
        for value in IN_JSON if in_json else []:
            for body in (value, *(f'{{"{name}": {value}}}' for name in in_json)):
                attacker.send(method, url, body.encode(), JSON)
        for content_type, odd in BODIES if method != "GET" else []:
            for visitor in (attacker, attackers["anonymous"]):
                visitor.send(method, url, odd, content_type)


def test_every_name_in_an_address(attackers: dict[str, Attacker], known: dict[str, str]) -> None:
    for route in ROUTES:
        for parameter in known:
            if parameter not in route or "uuid" in parameter:
                continue
            values = LONG_NUMBERS if "<int" in parameter else [*NO_TEXTS, "_00", *LONG_NUMBERS]
            attacker = attackers["staff" if "admin/" in route else "anonymous" if "<token>" in route else "owner"]
            for value in values[:: 3 if route in OF_ADMIN else 1]:
                url = address(route.replace(parameter, value), known)
                if attacker.send("GET", url)[0] == 405:
                    for method in ("POST", "PATCH", "DELETE"):
                        attacker.send(method, url, b'{"rating": 3, "tmdb_id": 1}', JSON)


COOKIES = ['"\\000aaaaaaaaaaaa"', '"\\355\\240\\200aaaaaaa"', "%00aaaaaaaaaaaa", "\xff\xfe", "x" * 5000, '"', ""]
READ = """Authorization Accept-Language X-Request-ID If-None-Match If-Modified-Since HX-Current-URL HX-Target HX-Prompt
    Referer Origin X-Forwarded-For X-Signed-In Range Accept-Encoding X-CSRFToken Sec-Fetch-Site Accept Content-Length
    User-Agent""".split()
HEADERS = [
    "\0",
    "Bearer \0",
    "Bearer \xff\xed\xa0\x80",
    "\xff",
    "-1",
    "NaN",
    "x" * 5000,
    "http://[",
    "//",
    'W/"',
    ";q=9e999",
]
PLACES = [
    "",
    "library/",
    "imports/<uuid:session_id>/",
    "s/<str:token>/",
    "admin/",
    "api/session/<uuid:session_id>/status",
]


def test_cookies_and_headers(attackers: dict[str, Attacker], known: dict[str, str]) -> None:
    for url in (address(route, known) for route in PLACES):
        for name in ("sessionid", "csrftoken", "messages", "django_language"):
            for value in COOKIES:
                browser = Attacker(Client(HTTP_COOKIE=f"{name}={value}"), attackers["anonymous"].faults)
                browser.client.cookies.clear()
                browser.get(url)
        for name in READ:
            for value in [*HEADERS, *LONG_NUMBERS]:
                attackers["owner"].get(url, **{"HX-Request": "true", name: value})


def lookups(model: type[models.Model]) -> Iterator[str]:
    """What the list of a model can be asked for, with a value that its columns do not hold."""
    for column in model._meta.concrete_fields:
        name = f"{column.name}__id" if column.is_relation else column.name
        yield from (f"{name}__in={2**64},{10**40}", f"{name}__exact=%00", f"{name}__regex=(", f"{name}__range=1,x")
    yield from ("pk__in=%00,1", f"pk__gt={10**40}", "pk__isnull=%00", f"pk__year={10**40}", "pk__nothing=1", "x__y=1")


def test_every_list_of_the_admin(attackers: dict[str, Attacker]) -> None:
    staff = attackers["staff"]
    statuses = set()
    for model, model_admin in admin.site._registry.items():
        url = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        names = [str(getattr(one, "parameter_name", one)) for one in model_admin.list_filter]
        asked = [*lookups(model), *queries([*names, *"q o p all e _popup _to_field _facets".split()], FEW)]
        statuses |= {staff.get(f"{url}?{query}")[0] for query in asked}
        for action in ("delete_selected", *(name for name in model_admin.actions or () if isinstance(name, str))):
            for value in (*FEW, "%00&confirmed=1", f"{2**64}&confirmed=1", f"1&index={10**40}"):
                staff.post(url, f"action={action}&_selected_action={value}")
    assert statuses <= {200, 302, 400, 403}


def test_every_form_of_the_admin(attackers: dict[str, Attacker], known: dict[str, str]) -> None:
    for route in OF_ADMIN:
        url, attacker = address(route, known), attackers["anonymous" if route == "admin/login/" else "staff"]
        status, names = attacker.post(url)
        if status not in REFUSED:
            for _ in range(2):
                for query in list(queries(names, FEW)):
                    names |= attacker.post(url, query)[1]
            attacker.send("POST", url, b"%&=&[]=&%00=%00&%ED%A0%80=%ED%A0%80", FORM)
