"""What every answer carries, whom it lets in, and where it leads, with the settings of production."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from config.urls import handler400, handler404, handler500, urlpatterns  # noqa: F401 (with the addresses below)
from imports.models import ImportSession
from imports.sharing.links import make_link
from tests import exports
from tests.factories import ImportSessionFactory, MovieFactory, UserFactory, ViewingFactory

pytestmark = pytest.mark.django_db

HOST = "films.example.org"
OTHER_SITE = "https://player.example.net"


def _break(request: HttpRequest) -> HttpResponse:
    raise ValueError("broken")


urlpatterns = [*urlpatterns, path("broken/", _break), path("api/broken", _break)]


@pytest.fixture
def production(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings as production reads them; its static files are left out, because nobody collected them."""
    own = {"DEBUG": "false", "SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": HOST, "CORS_ALLOWED_ORIGINS": OTHER_SITE}
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    spec = importlib.util.spec_from_file_location("production", Path(django_settings.BASE_DIR) / "config/settings.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in dir(module):
        if name.startswith(
            ("SECURE_", "SESSION_", "CSRF_", "X_FRAME", "CONTENT_SEC", "CORS_", "ALLOWED", "MIDDLEWARE")
        ):
            setattr(settings, name, getattr(module, name))
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def visitor(production: None) -> Client:
    client = Client(raise_request_exception=False)
    client.defaults |= {
        "wsgi.url_scheme": "https",
        "SERVER_PORT": "443",
        "HTTP_HOST": HOST,
        "HTTP_X_FORWARDED_PROTO": "https",
    }
    return client


@pytest.fixture
def session(visitor: Client) -> ImportSession:
    user = UserFactory(is_staff=True, is_superuser=True)
    visitor.force_login(user)
    session: ImportSession = ImportSessionFactory(user=user, browser_key="", total_movies=1)
    ViewingFactory(movie=MovieFactory(session=session), review="Fine.")
    return session


# without an address, a nonce, or a type that is only data
SCRIPT_OF_NOBODY = re.compile(rb"<script(?![^>]*\b(src|nonce|type=.(application/json|speculationrules).))")


def share(session: ImportSession, name: str = "") -> str:
    shows = {"shows_films": True, "shows_statistics": True, "shows_reviews": True}
    return make_link(session, name=name, shows=shows, expires_at=None)[1]


def answers(visitor: Client, session: ImportSession) -> Iterator[tuple[str, Any]]:
    token = share(session)
    pages = ["/", "/imports/", "/library/", "/settings/", "/accounts/login/", "/accounts/password_change/", "/health"]
    pages += [f"/imports/{session.pk}/{part}" for part in ("", "films/", "stats/", "report/", "share/", "export.json")]
    pages += [f"/s/{token}/{part}" for part in ("", "films/", "reviews/", "stats/", "preview.png")]
    pages += ["/admin/", "/admin/status/", "/admin/login/", "/admin/auth/user/", "/admin/auth/user/add/"]
    pages += ["/api/docs", "/api/openapi.json", "/api/nothing", f"/api/session/{session.pk}", "/api/broken"]
    pages += ["/nothing/", f"/imports/{session.pk}/nothing/", "/broken/", "/imports/sample/", "/library"]
    for page in pages:
        yield page, visitor.get(page)
    yield "upload", visitor.post("/imports/", {"files": SimpleUploadedFile("x.zip", b"no")})
    yield "413", visitor.post("/imports/", {}, CONTENT_LENGTH=str(10**12))
    yield "429", [visitor.post("/accounts/login/", {"username": "x", "password": "y"}) for _ in range(5)][-1]
    checked = Client(enforce_csrf_checks=True)
    checked.defaults = visitor.defaults
    yield "CSRF", checked.post("/imports/sample/")
    yield "http", visitor.get("/", headers={"X-Forwarded-Proto": "http"})
    yield "other host", visitor.get("/", headers={"Host": "evil.example.com"})


def test_another_host_without_tls_is_refused(visitor: Client) -> None:
    answer = visitor.get("/", headers={"Host": "evil.example.com", "X-Forwarded-Proto": "http"})
    assert (answer.status_code, "Location" in answer) == (400, False)


def test_every_answer_carries_its_headers(visitor: Client, session: ImportSession) -> None:
    seen = set()
    for name, answer in answers(visitor, session):
        seen.add(answer.status_code)
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", name
        assert headers["Referrer-Policy"] == "same-origin", name
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", name
        if name == "http":
            assert headers["Location"] == f"https://{HOST}/"
            continue
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload", name
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, name
        assert "unsafe" not in policy and "*" not in policy and "base-uri 'none'" in policy, name
        assert headers["X-Frame-Options"] == "DENY", name
        for cookie in answer.cookies.values():
            assert cookie["secure"] and cookie["samesite"] == "Lax", name
            assert cookie["httponly"] or cookie.key == "__Host-csrftoken", name
            # no other host below the same domain can set such a one
            assert cookie.key.startswith("__Host-") and cookie["path"] == "/" and not cookie["domain"], name
        body = b"" if answer.streaming else answer.content
        assert b' style="' not in body and b"<style" not in body and b"onclick=" not in body, name
        assert not SCRIPT_OF_NOBODY.search(body), name
        assert b"cdn." not in body and b"Traceback" not in body and b"ValueError" not in body, name
    assert seen >= {200, 301, 400, 403, 404, 405, 413, 422, 429, 500}


def test_a_messages_cookie_is_of_this_host_alone(visitor: Client) -> None:
    user = UserFactory()
    user.set_password("16mm-will-do")
    user.save()
    visitor.force_login(user)
    answer = visitor.post("/settings/email/", {"email": "ana@example.org", "password": "16mm-will-do"})
    assert answer.status_code == 302 and answer.cookies["__Host-messages"]["secure"]
    assert "Your e-mail address is changed" in visitor.get("/settings/").content.decode()


# CORS


def ask(client: Client, address: str, origin: str, method: str = "get", **more: str) -> Any:
    return getattr(client, method)(address, headers={"Origin": origin, **more})


def test_a_site_that_is_named_may_call_the_api_without_cookies(visitor: Client) -> None:
    answer = ask(visitor, "/api/v1/rankings/", OTHER_SITE)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (401, OTHER_SITE)
    assert "Access-Control-Allow-Credentials" not in answer
    assert "retry-after" in answer["Access-Control-Expose-Headers"]
    wish = {"Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "authorization"}
    before = ask(visitor, "/api/v1/rankings/1/", OTHER_SITE, "options", **wish)
    assert before.status_code == 200
    assert (
        "authorization" in before["Access-Control-Allow-Headers"] and "DELETE" in before["Access-Control-Allow-Methods"]
    )
    assert "x-csrftoken" not in before["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("/api/openapi.json", "https://evil.example.com"),
        ("/api/openapi.json", "null"),
        ("/api/openapi.json", f"{OTHER_SITE}.evil.example.com"),
        ("/api/openapi.json", "http://player.example.net"),
        ("/", OTHER_SITE),
        ("/library/", OTHER_SITE),
        ("/accounts/login/", OTHER_SITE),
        ("/admin/login/", OTHER_SITE),
    ],
)
def test_nobody_else_and_nothing_else_is_opened(visitor: Client, address: str, origin: str) -> None:
    assert "Access-Control-Allow-Origin" not in ask(visitor, address, origin)


def test_by_default_no_site_is_named(client: Client) -> None:
    assert "Access-Control-Allow-Origin" not in ask(client, "/api/openapi.json", OTHER_SITE)


# No open redirects

HOSTILE = [
    "https://evil.example.com/",
    "//evil.example.com/",
    "///evil.example.com/",
    "////evil.example.com/",
    "/\\evil.example.com/",
    "\\\\evil.example.com/",
    "https:evil.example.com/",
    "javascript:alert(1)",
    "http://films.example.org@evil.example.com/",
    "\t//evil.example.com/",
    "http://[::1",
]


@pytest.mark.parametrize("target", HOSTILE)
def test_nothing_leads_to_another_site(target: str, client: Client) -> None:
    entered = {"username": "ana", "password1": "a-reel-of-35mm", "password2": "a-reel-of-35mm", "next": target}
    signed_up = Client().post(f"/accounts/signup/?next={target}", entered)
    assert signed_up["Location"] == "/imports/"
    sign_in = {"username": "ana", "password": "a-reel-of-35mm", "next": target}
    assert client.post("/accounts/login/", sign_in)["Location"] == "/imports/"
    assert target not in client.get("/accounts/login/", {"next": target}).content.decode()
    assert target not in client.get("/accounts/signup/", {"next": target}).content.decode()
    assert client.post("/accounts/logout/", {"next": target})["Location"] == "/"


@pytest.mark.parametrize(
    "target", [*HOSTILE, "http://testserver//evil.example.com/x", "http://testserver/\\evil.example.com"]
)
def test_a_missing_part_leads_to_a_page_of_ours(target: str, client: Client) -> None:
    for name in ("HX-Current-URL", "Referer"):
        missing = client.get("/nothing/", headers={"HX-Request": "true", name: target})
        assert (missing.status_code, missing["HX-Redirect"]) == (404, "/")


def test_a_missing_part_reloads_its_page(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/imports/?page=2"}
    assert client.get("/nothing/", headers=headers)["HX-Redirect"] == "/imports/?page=2"


# What people wrote

HOSTILE_HTML = '<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:x">fine</a>"\'><svg onload=x>'


def test_html_that_came_with_an_import_is_shown_as_text(client: Client) -> None:
    review = HOSTILE_HTML
    row = [
        "2024-01-01",
        f"Heat {HOSTILE_HTML}",
        "1995",
        exports.film_uri(1),
        "4",
        "",
        f"tag {HOSTILE_HTML}",
        review,
        "2024-01-01",
    ]
    header = ["Date", "Name", "Year", "Letterboxd URI", "Rating", "Rewatch", "Tags", "Review", "Watched Date"]
    client.post("/imports/", {"files": SimpleUploadedFile("reviews.csv", exports.csv_bytes(header, [row]))})
    session = ImportSession.objects.get()
    movie = session.movies.get()
    assert movie.viewings.get().review
    token = share(session, HOSTILE_HTML[:100])
    pages = [
        f"/imports/{session.pk}/{part}"
        for part in ("", "films/", f"films/{movie.pk}/", "stats/", "report/", "review/", "share/")
    ]
    pages += [f"/s/{token}/{part}" for part in ("", "films/", "reviews/", "stats/")]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        for html in ("<script>alert", "<img src=x", "<svg onload", 'href="javascript:'):
            assert html not in answer.content.decode(), page
    assert "fine" in client.get(f"/s/{token}/reviews/").content.decode()


def test_a_wrong_host_is_told_what_is_missing(client: Client) -> None:
    page = client.get("/", headers={"Host": "films.example.net"})
    assert page.status_code == 400 and "ALLOWED_HOSTS" in page.content.decode()
    assert "imported" not in page.content.decode()
    answer = client.get("/api/docs", headers={"Host": "films.example.net"})
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")
    assert "ALLOWED_HOSTS" in answer.json()["detail"]
