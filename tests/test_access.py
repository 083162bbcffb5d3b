"""Every URL, walked as a stranger, as a reader with the link, as another person, as the owner and as staff."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from imports.models import ImportSession
from tests.factories import ImportSessionFactory, MovieFactory, UserFactory

pytestmark = pytest.mark.django_db

# For each address with an import in it: who gets what with GET. `link`: the owner lets the link be read.
IMPORT_PAGES = {
    "imports/<uuid:session_id>/": {"owner": 200, "link": 200, "stranger": 404},
    "imports/<uuid:session_id>/delete/": {"owner": 200, "link": 404, "stranger": 404},
    "imports/<uuid:session_id>/films/": {"owner": 200, "link": 200, "stranger": 404},
    "imports/<uuid:session_id>/films/<int:movie_id>/": {"owner": 200, "link": 200, "stranger": 404},
    "imports/<uuid:session_id>/report/": {"owner": 200, "link": 404, "stranger": 404},
    "imports/<uuid:session_id>/report.csv": {"owner": 200, "link": 404, "stranger": 404},
    "api/session/<uuid:session_id>": {"owner": 200, "link": 200, "stranger": 404},
    "api/session/<uuid:session_id>/status": {"owner": 200, "link": 200, "stranger": 404},
    "api/session/<uuid:session_id>/movies": {"owner": 200, "link": 200, "stranger": 404},
}
# The others answer everyone alike (redirects and refused methods included).
OPEN_PAGES = {
    "": 200,
    "imports/": 200,
    "imports/sample/": 405,
    "health": 200,
    "api/": 404,  # a name without a page, for links
    "api/upload": 405,
    "api/docs": 200,
    "api/openapi.json": 200,
}
LEFT_OUT = ("admin/",)  # Django's own, with its own tests
UNSAFE = [("post", "imports/<uuid:session_id>/delete/"), ("delete", "api/session/<uuid:session_id>")]


def all_routes(resolver: URLResolver, prefix: str = "") -> list[str]:
    routes = []
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        routes += all_routes(entry, route) if isinstance(entry, URLResolver) else [route.replace("<uuidstr:", "<uuid:")]
        assert isinstance(entry, URLResolver | URLPattern)
    return routes


def address(route: str, session: ImportSession) -> str:
    movie = session.movies.first()
    assert movie is not None
    return "/" + route.replace("<uuid:session_id>", str(session.pk)).replace("<int:movie_id>", str(movie.pk))


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory(username="owner"))
    return client


@pytest.fixture
def session(owner: Client) -> ImportSession:
    user = User.objects.get(username="owner")
    session: ImportSession = ImportSessionFactory(user=user, browser_key="", total_movies=1)
    MovieFactory(session=session)
    return session


def others() -> dict[str, Client]:
    anonymous, other, staff = Client(), Client(), Client()
    other.force_login(UserFactory())
    staff.force_login(UserFactory(is_staff=True, is_superuser=True))  # staff have the admin, not people's pages
    return {"anonymous": anonymous, "another person": other, "staff": staff}


def test_every_url_is_listed_here() -> None:
    listed = IMPORT_PAGES.keys() | OPEN_PAGES.keys()
    routes = {route for route in all_routes(get_resolver()) if not route.startswith(LEFT_OUT)}
    assert routes - listed == set()


@pytest.mark.parametrize("route", IMPORT_PAGES)
def test_import_pages_answer_by_who_asks(route: str, owner: Client, session: ImportSession) -> None:
    expected = IMPORT_PAGES[route]
    assert owner.get(address(route, session)).status_code == expected["owner"]
    for who, client in others().items():
        assert client.get(address(route, session)).status_code == expected["link"], who
    ImportSession.objects.update(link_readable=False)
    for who, client in others().items():
        assert client.get(address(route, session)).status_code == expected["stranger"], who
    assert owner.get(address(route, session)).status_code == expected["owner"]


@pytest.mark.parametrize("route", IMPORT_PAGES)
def test_an_expired_import_is_gone_for_everyone(route: str, owner: Client, session: ImportSession) -> None:
    ImportSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for client in (owner, *others().values()):
        assert client.get(address(route, session)).status_code == 404


@pytest.mark.parametrize(("method", "route"), UNSAFE)
def test_only_the_owner_changes_anything(method: str, route: str, owner: Client, session: ImportSession) -> None:
    for who, client in others().items():
        assert getattr(client, method)(address(route, session)).status_code == 404, who
    assert ImportSession.objects.exists()
    assert getattr(owner, method)(address(route, session)).status_code in (204, 302, 303)
    assert not ImportSession.objects.exists()


@pytest.mark.parametrize("route", OPEN_PAGES)
def test_open_pages_answer_everyone_alike(route: str) -> None:
    answers: dict[str, Any] = {who: client.get(f"/{route}").status_code for who, client in others().items()}
    assert set(answers.values()) == {OPEN_PAGES[route]}


def test_a_browser_owns_only_what_it_brought(client: Client) -> None:
    session = ImportSessionFactory(link_readable=False, total_movies=1)
    MovieFactory(session=session)
    assert client.get(session.get_absolute_url()).status_code == 404
    browser = client.session
    browser["browser_key"] = session.browser_key
    browser.save()
    assert client.get(session.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "route", ["imports/<uuid:session_id>/films/", "imports/<uuid:session_id>/films/<int:movie_id>/"]
)
def test_a_reader_with_the_link_sees_no_reviews_or_tags(route: str, owner: Client, session: ImportSession) -> None:
    movie = session.movies.get()
    movie.viewings.create(review="A secret thought", tags=["secret-tag"], entry_uri="https://boxd.it/x1")
    assert b"secret" not in Client().get(address(route, session)).content
    answer = Client().get(address("api/session/<uuid:session_id>/movies", session))
    assert b"secret" not in answer.content
    assert b"secret" in owner.get(address("api/session/<uuid:session_id>/movies", session)).content
