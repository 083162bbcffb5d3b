"""A page of someone signed in, whose session has ended: whatever part of it is asked for, the whole page goes to the
sign-in page and knows the way back. A part never gets a page put into it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver

from imports.models import Decision, ImportSession, ShareLink, Source
from tests.factories import ImportSessionFactory, MovieFactory, RankingFactory, UserFactory
from tests.test_access import PERSONAL_PAGES, address, all_routes, of_library

pytestmark = pytest.mark.django_db

PAGE = "/library/?sort=title"
HTMX = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{PAGE}", "X-Signed-In": "1"}
LEFT_OUT = ("admin/", "api/", "accounts/", "s/", "health", "schemas/", "imports/sample/")  # everyone's
TO_SIGN_IN = "/accounts/login/"


@pytest.fixture
def person() -> User:
    user: User = UserFactory()
    return user


@pytest.fixture
def review(person: User) -> ImportSession:
    """A review, whose pages are its owner's alone."""
    counts = {"total_movies": 1, "enriched_count": 1, "matched_count": 1}
    session: ImportSession = ImportSessionFactory(
        user=person, browser_key="", source=Source.PRIME_VIDEO, link_readable=False, **counts
    )
    MovieFactory(session=session, matched=True, decision=Decision.PENDING)
    return session


def routes() -> list[str]:
    return [route for route in all_routes(get_resolver()) if not route.startswith(LEFT_OUT)]


def addresses(session: ImportSession, person: User) -> list[str]:
    ranking = RankingFactory(user=person)
    ShareLink.objects.create(session=session, token_hash="a" * 64)
    ShareLink.objects.create(user=person, token_hash="b" * 64)
    return [of_library(route, ranking) if route in PERSONAL_PAGES else address(route, session) for route in routes()]


def test_no_part_of_a_page_becomes_the_sign_in_page(review: ImportSession, person: User) -> None:
    client, led = Client(), 0
    for url in addresses(review, person):
        for answer in (client.get(url, headers=HTMX), client.post(url, {"rating": "4"}, headers=HTMX)):
            target = answer.headers.get("HX-Redirect", "")
            assert answer.status_code not in (301, 302, 303), url
            assert 'name="password"' not in answer.content.decode(), url
            assert not target or urlsplit(target).path in (TO_SIGN_IN, urlsplit(PAGE).path, "/"), url
            if urlsplit(target).path == TO_SIGN_IN:
                assert parse_qs(urlsplit(target).query) == {"next": [PAGE]}
                led += 1
    assert led > 40  # every address that is a person's own


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_wizard_says_that_the_person_was_signed_out(review: ImportSession, method: str) -> None:
    client, movie = Client(), review.movies.get()
    url = f"/imports/{review.pk}/review/" + ("" if method == "get" else f"{movie.pk}/add/")
    here = f"/imports/{review.pk}/review/?movie={movie.pk}"
    answer = getattr(client, method)(url, headers=HTMX | {"HX-Current-URL": f"http://testserver{here}"})
    page = client.get(answer["HX-Redirect"]).content.decode()
    assert parse_qs(urlsplit(answer["HX-Redirect"]).query) == {"next": [here]}
    assert "You&#x27;ve been signed out. Sign in to go on where you were." in page


def test_whoever_never_was_signed_in_is_not_told_so(review: ImportSession) -> None:
    headers = {name: value for name, value in HTMX.items() if name != "X-Signed-In"}
    answer = Client().get(f"/imports/{review.pk}/review/", headers=headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (404, PAGE)
    answer = Client().get("/library/", headers=headers)
    assert urlsplit(answer["HX-Redirect"]).path == TO_SIGN_IN
    assert "signed out" not in Client().get(answer["HX-Redirect"]).content.decode()


def test_another_persons_page_is_still_not_found(review: ImportSession, client: Client) -> None:
    client.force_login(UserFactory())
    answer = client.get(f"/imports/{review.pk}/review/", headers=HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (404, PAGE)


def test_the_way_back_leads_nowhere_else(person: User) -> None:
    answer = Client().get("/library/", headers=HTMX | {"HX-Current-URL": "https://elsewhere.example/library/"})
    assert parse_qs(urlsplit(answer["HX-Redirect"]).query) == {"next": ["/"]}


def test_a_whole_page_is_led_there_by_a_redirect() -> None:
    assert Client().get("/library/")["Location"] == f"{TO_SIGN_IN}?next=/library/"


def test_pages_say_whether_they_are_somebodys(client: Client, person: User) -> None:
    assert "X-Signed-In" not in client.get("/").content.decode()
    client.force_login(person)
    assert "X-Signed-In" in client.get("/library/").content.decode()
