"""Every URL, walked as a stranger, as a reader with the link, as another person, as the owner and as staff."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from imports.models import Decision, ImportSession, Ranking, ShareLink, Source
from imports.reconciling import keeping
from tests.factories import ImportSessionFactory, MovieFactory, RankingFactory, UserFactory, ViewingFactory

pytestmark = pytest.mark.django_db

# For each address with an import in it: who gets what with GET. `link`: the owner lets the link be read.
IMPORT_PAGES = {
    "imports/<uuid:session_id>/": {"owner": 200, "link": 200, "stranger": 404},
    "imports/<uuid:session_id>/delete/": {"owner": 200, "link": 404, "stranger": 404},
    "imports/<uuid:session_id>/films/": {"owner": 200, "link": 200, "stranger": 404},
    "imports/<uuid:session_id>/films/<int:movie_id>/": {"owner": 200, "link": 200, "stranger": 404},
    "imports/<uuid:session_id>/stats/": {"owner": 200, "link": 200, "stranger": 404},
    "imports/<uuid:session_id>/stats/<int:year>/": {"owner": 200, "link": 200, "stranger": 404},
    "imports/<uuid:session_id>/share/": {"owner": 200, "link": 404, "stranger": 404},
    "imports/<uuid:session_id>/share/<int:link_id>/preview.png": {"owner": 200, "link": 404, "stranger": 404},
    "imports/<uuid:session_id>/report/": {"owner": 200, "link": 404, "stranger": 404},
    "imports/<uuid:session_id>/report.csv": {"owner": 200, "link": 404, "stranger": 404},
    "imports/<uuid:session_id>/export/": {"owner": 200, "link": 404, "stranger": 404},
    "imports/<uuid:session_id>/export.json": {"owner": 200, "link": 404, "stranger": 404},
    "imports/<uuid:session_id>/export.csv": {"owner": 200, "link": 404, "stranger": 404},
    "imports/<uuid:session_id>/viewings.csv": {"owner": 200, "link": 404, "stranger": 404},
    "imports/<uuid:session_id>/letterboxd.zip": {"owner": 200, "link": 404, "stranger": 404},
    "imports/<uuid:session_id>/update/": {"owner": 200, "link": 404, "stranger": 404},
    "api/session/<uuid:session_id>/export": {"owner": 200, "link": 404, "stranger": 404},
    "api/session/<uuid:session_id>/report": {"owner": 200, "link": 404, "stranger": 404},
    "api/session/<uuid:session_id>": {"owner": 200, "link": 200, "stranger": 404},
    "api/session/<uuid:session_id>/status": {"owner": 200, "link": 200, "stranger": 404},
    "api/session/<uuid:session_id>/movies": {"owner": 200, "link": 200, "stranger": 404},
    "api/session/<uuid:session_id>/movies/<int:movie_id>/viewings": {"owner": 200, "link": 200, "stranger": 404},
    "api/session/<uuid:session_id>/movies-summary": {"owner": 200, "link": 200, "stranger": 404},
    "api/session/<uuid:session_id>/unenriched-movies": {"owner": 200, "link": 200, "stranger": 404},
    "api/session/<uuid:session_id>/analytics": {"owner": 200, "link": 200, "stranger": 404},
    "api/session/<uuid:session_id>/enrichment-stats": {"owner": 200, "link": 200, "stranger": 404},
}
# The others answer everyone alike (redirects and refused methods included).
OPEN_PAGES = {
    "": 200,
    "imports/": 200,
    "imports/sample/": 405,
    "accounts/login/": 200,
    "accounts/logout/": 405,
    "accounts/signup/": 200,
    "accounts/password_reset/": 200,
    "accounts/password_reset/done/": 200,
    "accounts/reset/<uidb64>/<token>/": 200,  # says that the link is no good
    "accounts/reset/done/": 200,
    "settings/tokens/": 405,
    "s/<str:token>/": 404,  # there is no such link
    "s/<str:token>/films/": 404,
    "s/<str:token>/reviews/": 404,
    "s/<str:token>/stats/": 404,
    "s/<str:token>/preview.png": 404,
    "health": 200,
    "api/": 404,  # a name without a page, for links
    "api/upload": 405,
    "api/session/import": 405,
    "schemas/export-v1.json": 200,
    "schemas/library-v1.json": 200,
    "api/docs": 200,
    "api/openapi.json": 200,
}
# Each person's own, so without an id: whoever isn't signed in is led to the login page.
SIGNED_IN_PAGES = [
    "accounts/password_change/",
    "accounts/password_change/done/",
    "settings/",
    "settings/email/",
    "settings/import/amazon-prime/",
    "settings/delete-account/",
    "library/",
    "library/add/",
    "library/diary/",
    "library/perhaps/",
    "library/share/",
    "library/stats/",
    "library/export/",
    "library/export.csv",
    "library/export.json",
    "library/viewings.csv",
    "library/letterboxd.zip",
    "library/letterboxd-missing.zip",
]
# What GET answers to the owner, to other people (staff too), and to whoever isn't signed in.
PERSONAL_PAGES = {
    "library/progress/": (200, 200, 302),  # each their own: whether it is put together
    "library/<int:ranking_id>/": (302, 404, 302),
    "library/films/<int:film_id>/": (200, 404, 302),
    "library/films/<int:film_id>/add/": (200, 404, 302),
    "library/films/<int:film_id>/rate/": (405, 405, 405),
    "library/films/<int:film_id>/join/": (405, 405, 405),
    "library/films/<int:film_id>/not-mine/": (405, 405, 405),
    "library/viewings/<int:viewing_id>/": (200, 404, 302),
    "library/viewings/<int:viewing_id>/remove/": (405, 405, 405),
    "library/viewings/<int:viewing_id>/split/": (405, 405, 405),
    "library/undo/": (405, 405, 405),
    "library/perhaps/all/": (405, 405, 405),
    "library/perhaps/<int:question_id>/": (405, 405, 405),
    "library/stats/<int:year>/": (404, 404, 302),  # nobody here saw anything in that year
    "library/share/<int:link_id>/revoke/": (405, 405, 405),
    "library/share/<int:link_id>/preview.png": (200, 404, 302),
    "settings/tokens/<int:token_id>/revoke/": (405, 405, 405),
    "api/v1/rankings/": (200, 200, 401),  # each sees their own
    "api/v1/library/films": (200, 200, 401),
    "api/v1/library/viewings": (200, 200, 401),
    "api/v1/library/viewings/<int:viewing_id>/": (405, 405, 405),
    "api/v1/library/perhaps": (200, 200, 401),
    "api/v1/library/perhaps/<int:question_id>/": (405, 405, 405),
    "api/v1/library/export": (200, 200, 401),
    "api/v1/rankings/<int:ranking_id>/": (405, 405, 405),
}
RANKING_CHANGES = [
    ("patch", "api/v1/rankings/<int:ranking_id>/"),
    ("delete", "api/v1/rankings/<int:ranking_id>/"),
]
# For staff: what GET answers to anonymous people, to others, and to staff.
STAFF_CALLS = {
    "api/admin/worker/status": (401, 403, 200),
    "api/admin/sessions/<uuid:session_id>/errors": (401, 403, 200),
    "api/admin/sessions/<uuid:session_id>/re-enrich": (405, 405, 405),
}
# A review, which is private: what GET answers to its owner. To everyone else it is 404, or 405 where GET is refused.
REVIEW_PAGES = {
    "imports/<uuid:session_id>/titles/": 200,
    "imports/<uuid:session_id>/complete/": 200,
    "imports/<uuid:session_id>/unmatched.csv": 200,
    "imports/<uuid:session_id>/undo/": 200,
    "imports/<uuid:session_id>/review/": 200,
    "imports/<uuid:session_id>/review/all/": 200,
    "imports/<uuid:session_id>/review/search/": 200,
    "imports/<uuid:session_id>/review/undo/": 405,
    "imports/<uuid:session_id>/share/reading/": 405,
    "imports/<uuid:session_id>/in-library/": 405,
    "imports/<uuid:session_id>/share/<int:link_id>/revoke/": 405,
    "imports/<uuid:session_id>/titles/<int:movie_id>/take-in/": 405,
    "imports/<uuid:session_id>/ask-again/": 405,
    "imports/<uuid:session_id>/films/<int:movie_id>/ask-again/": 405,
    "imports/<uuid:session_id>/review/<int:movie_id>/add/": 405,
    "imports/<uuid:session_id>/review/<int:movie_id>/skip/": 405,
    "imports/<uuid:session_id>/review/<int:movie_id>/undo/": 405,
    "imports/<uuid:session_id>/review/<int:movie_id>/choose/": 405,
    "imports/<uuid:session_id>/review/<int:movie_id>/reject/": 405,
    "imports/<uuid:session_id>/review/<int:movie_id>/unchoose/": 405,
}
# The same over the API, each call with its method: nobody but the owner gets past the door.
PRIME = "api/v1/import/amazon-prime"
PRIME_CALLS = [
    ("post", f"{PRIME}/upload/"),
    ("get", f"{PRIME}/session/<uuid:session_id>/"),
    ("delete", f"{PRIME}/session/<uuid:session_id>/"),
    ("post", f"{PRIME}/session/<uuid:session_id>/complete/"),
    ("post", f"{PRIME}/session/<uuid:session_id>/movie/<int:index>/add/"),
    ("post", f"{PRIME}/session/<uuid:session_id>/movie/<int:index>/skip/"),
    ("post", f"{PRIME}/session/<uuid:session_id>/movie/<int:index>/undo/"),
    ("post", f"{PRIME}/session/<uuid:session_id>/movie/<int:index>/match/"),
]
BODIES = {"add/": {"rating": 3}, "match/": {"tmdb_id": 1}}
READ_ONLY = ("unmatched.csv", "titles/", "review/", "search/")  # how addresses end that take no POST
LEFT_OUT = ("admin/",)  # tests/test_access_admin.py has these
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
    known = {"<uuid:session_id>": str(session.pk), "<int:movie_id>": str(movie.pk), "<int:year>": "2024"}
    known["<int:link_id>"] = str(ShareLink.objects.get_or_create(session=session)[0].pk)
    for parameter, value in known.items():
        route = route.replace(parameter, value)
    return f"/{route}"


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory(username="owner"))
    return client


@pytest.fixture
def session(owner: Client) -> ImportSession:
    user = User.objects.get(username="owner")
    session: ImportSession = ImportSessionFactory(user=user, browser_key="", total_movies=1)
    ViewingFactory(movie=MovieFactory(session=session), watched_on=date(2024, 5, 17))
    return session


def others() -> dict[str, Client]:
    anonymous, other, staff = Client(), Client(), Client()
    other.force_login(UserFactory())
    staff.force_login(UserFactory(is_staff=True, is_superuser=True))  # staff have the admin, not people's pages
    return {"anonymous": anonymous, "another person": other, "staff": staff}


def test_every_url_is_listed_here() -> None:
    calls = [route for _, route in PRIME_CALLS]
    pages = (IMPORT_PAGES, OPEN_PAGES, SIGNED_IN_PAGES, PERSONAL_PAGES, STAFF_CALLS, REVIEW_PAGES)
    tables = [*(list(table) for table in pages), calls]
    listed = {route for table in tables for route in table}
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


@pytest.fixture
def review(owner: Client) -> ImportSession:
    """A Prime Video import with a film to decide."""
    session: ImportSession = ImportSessionFactory(
        user=User.objects.get(username="owner"),
        browser_key="",
        source=Source.PRIME_VIDEO,
        link_readable=False,
        total_movies=1,
        enriched_count=1,
        matched_count=1,
    )
    MovieFactory(session=session, matched=True, decision=Decision.PENDING)
    return session


@pytest.mark.parametrize("route", REVIEW_PAGES)
def test_a_review_is_its_owners_alone(route: str, owner: Client, review: ImportSession) -> None:
    url, expected = address(route, review), REVIEW_PAGES[route]
    assert owner.get(url).status_code == expected
    for who, client in others().items():
        assert client.get(url).status_code == (405 if expected == 405 else 404), who
        assert client.post(url, {"rating": "4", "tmdb_id": "1"}).status_code == (
            405 if url.endswith(READ_ONLY) else 404
        ), who
    assert review.movies.get().decision == Decision.PENDING
    assert ImportSession.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize("route", OPEN_PAGES)
def test_open_pages_answer_everyone_alike(route: str) -> None:
    answers: dict[str, Any] = {who: client.get(f"/{route}").status_code for who, client in others().items()}
    assert set(answers.values()) == {OPEN_PAGES[route]}


@pytest.mark.parametrize("route", [route for route, status in OPEN_PAGES.items() if status == 405])
def test_an_address_that_takes_only_forms_says_so_in_a_page(route: str) -> None:
    answer = Client().get(f"/{route}")
    assert answer["Allow"] and ("nothing to open here" in answer.content.decode()) == ("api/" not in route)


@pytest.mark.parametrize("route", SIGNED_IN_PAGES)
def test_pages_of_a_person_lead_the_others_to_sign_in(route: str) -> None:
    visitors = others()
    anonymous = visitors.pop("anonymous").get(f"/{route}")
    assert (anonymous.status_code, anonymous.headers.get("Location")) == (302, f"/accounts/login/?next=/{route}")
    assert {client.get(f"/{route}").status_code for client in visitors.values()} == {200}


def of_library(route: str, ranking: Ranking) -> str:
    keeping.recompute(ranking.user)
    link, _ = ShareLink.objects.get_or_create(user=ranking.user)
    film = ranking.user.library_films.get(tmdb_movie=ranking.tmdb_movie)
    known = {"<int:ranking_id>": ranking.pk, "<int:link_id>": link.pk, "<int:token_id>": 1, "<int:film_id>": film.pk}
    known |= {"<int:viewing_id>": film.viewings.get().pk, "<int:question_id>": 1, "<int:year>": 2024}
    for parameter, value in known.items():
        route = route.replace(parameter, str(value))
    return f"/{route}"


@pytest.mark.parametrize("route", PERSONAL_PAGES)
def test_what_is_personal_answers_by_who_asks(route: str, owner: Client) -> None:
    url, visitors = of_library(route, RankingFactory(user=User.objects.get())), others()
    anonymous = visitors.pop("anonymous").get(url).status_code
    theirs = {client.get(url).status_code for client in visitors.values()}
    assert (owner.get(url).status_code, *theirs, anonymous) == PERSONAL_PAGES[route]


@pytest.mark.parametrize("route", STAFF_CALLS)
def test_operations_are_for_staff(route: str, session: ImportSession) -> None:
    anonymous, other, staff = (client.get(address(route, session)).status_code for client in others().values())
    assert (anonymous, other, staff) == STAFF_CALLS[route]


def test_only_staff_ask_again(session: ImportSession) -> None:
    url = address("api/admin/sessions/<uuid:session_id>/re-enrich", session)
    answers = [client.post(url, {}, content_type="application/json").status_code for client in others().values()]
    assert answers == [401, 403, 202]


@pytest.mark.parametrize(("method", "route"), RANKING_CHANGES)
def test_only_its_owner_changes_a_ranking(method: str, route: str) -> None:
    ranking = RankingFactory(rating=Decimal("4.0"))
    for who, client in others().items():
        refused = {302, 401} if who == "anonymous" else {404}
        sent = {"data": {"rating": 1}, "content_type": "application/json"}
        assert getattr(client, method)(of_library(route, ranking), **sent).status_code in refused, who
    assert Ranking.objects.get().rating == Decimal("4.0")


@pytest.mark.parametrize(
    "route", [route for route in PERSONAL_PAGES if "<int:film_id>/" in route or "<int:viewing_id>/" in route]
)
def test_only_its_person_changes_a_library(route: str) -> None:
    ranking = RankingFactory(rating=Decimal("4.0"))
    url = of_library(route, ranking)
    before = list(ranking.user.library_films.values()) + list(ranking.user.library_viewings.values())
    for who, client in others().items():
        assert client.post(url, {"rating": "1.0"}).status_code in ({302, 405} if who == "anonymous" else {404, 405}), (
            who
        )
    keeping.recompute(ranking.user)
    assert list(ranking.user.library_films.values()) + list(ranking.user.library_viewings.values()) == before


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


@pytest.mark.parametrize(("method", "route"), PRIME_CALLS)
def test_a_review_over_the_api_is_its_owners_alone(method: str, route: str, review: ImportSession) -> None:
    url = address(route.replace("<int:index>", "0"), review)
    body = next((body for end, body in BODIES.items() if url.endswith(end)), {})
    expected = 400 if url.endswith("upload/") else 404  # everyone may start one of their own, with a file
    for who, client in others().items():
        answer = getattr(client, method)(url, body, content_type="application/json")
        assert answer.status_code == (401 if who == "anonymous" else expected), who
        assert answer.json()["detail"]
    assert ImportSession.objects.get(pk=review.pk).movies.filter(decision=Decision.PENDING).exists()
