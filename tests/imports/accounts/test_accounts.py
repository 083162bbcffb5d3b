"""Sign up, in and out, a forgotten password, what comes along when signing in, what a deleted account leaves."""

import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrichment.models import TitleLookup
from imports.accounts import account, tokens
from imports.models import (
    Analytics,
    ApiToken,
    HandViewing,
    ImportSession,
    Library,
    LibraryChange,
    LibraryDecision,
    LibraryFilm,
    LibraryQuestion,
    LibraryViewing,
    MatchMemory,
    Movie,
    Ranking,
    RowProblem,
    ShareLink,
    Usage,
    Viewing,
)
from tests.factories import ImportSessionFactory, MovieFactory, TmdbMovieFactory, UserFactory, ViewingFactory
from tests.letters import sent_letters

pytestmark = pytest.mark.django_db

PASSWORD = "a-reel-of-35mm"
SIGN_UP = {"username": "ana", "email": "", "password1": PASSWORD, "password2": PASSWORD}
SIGN_IN = {"username": "ana", "password": PASSWORD}


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ana() -> User:
    return User.objects.create_user("ana", "ana@example.org", PASSWORD)


def who_is(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def brings(client: Client, **fields: Any) -> ImportSession:
    """An import made in this browser."""
    browser = client.session
    browser["browser_key"] = browser.get("browser_key", "a-browser")
    browser.save()
    imported: ImportSession = ImportSessionFactory(browser_key=browser["browser_key"], **fields)
    return imported


# Sign up


def test_signing_up_makes_an_account_and_signs_in(client: Client) -> None:
    answer = client.post("/accounts/signup/", SIGN_UP | {"email": "ana@example.org"})
    user = User.objects.get()
    assert (answer.status_code, answer.url) == (302, "/imports/")  # type: ignore[attr-defined]
    assert (user.username, user.email, user.is_staff) == ("ana", "ana@example.org", False)
    assert user.check_password(PASSWORD)
    assert who_is(client) == str(user.pk)


def test_signing_up_needs_no_email_address(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    assert User.objects.get().email == ""


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"username": "Bo"}, "already exists"),  # only the case differs
        ({"username": "a b"}, "valid username"),
        ({"password2": "another"}, "match"),
        ({"password1": "12345678", "password2": "12345678"}, "numeric"),
        ({"password1": "", "password2": ""}, "required"),
        ({"email": "nowhere"}, "valid email"),
    ],
)
def test_signing_up_says_what_is_wrong(client: Client, wrong: dict[str, str], said: str) -> None:
    UserFactory(username="bo")
    answer = client.post("/accounts/signup/", SIGN_UP | wrong)
    assert said in answer.content.decode()
    assert User.objects.count() == 1
    assert who_is(client) is None


class OvertakenHasher(MD5PasswordHasher):
    """While it hashes, someone else takes the name."""

    def encode(self, password: str, salt: str) -> str:
        UserFactory(username="ana")
        return super().encode(password, salt)


def test_a_name_taken_in_the_same_moment_is_said_to_be_taken(client: Client, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.OvertakenHasher"]
    answer = client.post("/accounts/signup/", SIGN_UP)
    assert "already exists" in answer.content.decode()
    assert User.objects.count() == 1
    assert who_is(client) is None


# Sign in and out


def test_signing_in_and_out(client: Client, ana: User) -> None:
    assert client.post("/accounts/login/", SIGN_IN).headers["Location"] == "/imports/"
    assert who_is(client) == str(ana.pk)
    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/").headers["Location"] == "/"
    assert who_is(client) is None


def test_a_wrong_password_does_not_say_whether_the_name_exists(client: Client, ana: User) -> None:
    answers = [
        client.post("/accounts/login/", {"username": name, "password": "wrong"}).context["form"].non_field_errors()
        for name in ("ana", "nobody")
    ]
    assert list(answers[0]) == list(answers[1]) != []
    assert who_is(client) is None


@pytest.mark.parametrize("page", ["/accounts/login/", "/accounts/signup/"])
@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/settings/", "/settings/"),
        ("https://evil.example/", "/imports/"),
        ("//evil.example/", "/imports/"),
        ("/\\evil.example/", "/imports/"),
        ("javascript:alert(1)", "/imports/"),
    ],
)
def test_after_signing_in_one_goes_on_within_this_site_only(
    client: Client, page: str, wanted: str, given: str, request: pytest.FixtureRequest
) -> None:
    if "login" in page:
        request.getfixturevalue("ana")
    form = client.get(page, {"next": wanted}).context["next"]
    answer = client.post(page, SIGN_UP | SIGN_IN | {"next": wanted})
    assert answer.headers["Location"] == given
    assert form == (wanted if wanted == given else "")


@pytest.mark.parametrize(
    "page",
    [
        "/accounts/login/",
        "/accounts/logout/",
        "/accounts/signup/",
        "/accounts/password_change/",
        "/accounts/password_reset/",
        "/settings/email/",
        "/settings/delete-account/",
    ],
)
def test_every_form_needs_its_csrf_token(page: str, ana: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    data = SIGN_UP | SIGN_IN | {"email": "else@example.org"}
    assert client.post(page, data).status_code == 403
    assert list(User.objects.values_list("username", "email")) == [("ana", "ana@example.org")]
    assert who_is(client) == str(ana.pk)


def test_the_header_shows_what_the_person_can_do(client: Client, ana: User) -> None:
    page = client.get("/").content.decode()
    assert "/accounts/login/" in page
    assert 'href="/settings/"' not in page
    client.force_login(ana)
    page = client.get("/").content.decode()
    assert "/accounts/login/" not in page
    assert 'action="/accounts/logout/" method="post"' in page
    assert 'href="/settings/"' in page
    assert "/library/" in page


# Passwords


def test_changing_the_password_keeps_this_browser_and_signs_out_the_others(client: Client, ana: User) -> None:
    other = Client()
    for browser in (client, other):
        browser.force_login(ana)
    new = {"old_password": PASSWORD, "new_password1": "16mm-will-do", "new_password2": "16mm-will-do"}
    assert "incorrectly" in client.post("/accounts/password_change/", new | {"old_password": "x"}).content.decode()
    assert client.post("/accounts/password_change/", new, follow=True).status_code == 200
    assert client.get("/settings/").status_code == 200
    assert other.get("/settings/").status_code == 302
    ana.refresh_from_db()
    assert ana.check_password("16mm-will-do")


def test_a_forgotten_password_is_reset_by_a_link_that_works_once(client: Client, ana: User) -> None:
    answer = client.post("/accounts/password_reset/", {"email": "ana@example.org"}, follow=True)
    assert "on its way" in answer.content.decode()
    assert mail.outbox == []  # the answer does not wait for it
    (sent,) = sent_letters()
    link = next(line for line in str(sent.body).splitlines() if line.startswith("http://testserver/accounts/reset/"))
    assert (sent.to, sent.subject) == (["ana@example.org"], "Choose a new Reelkeeper password")
    assert "Hello ana," in sent.body

    form = client.get(urlsplit(link).path, follow=True)
    new = {"new_password1": "16mm-will-do", "new_password2": "16mm-will-do"}
    done = client.post(form.redirect_chain[-1][0], new, follow=True)
    assert "new password is set" in done.content.decode()
    ana.refresh_from_db()
    assert ana.check_password("16mm-will-do")
    assert "works no more" in Client().get(urlsplit(link).path, follow=True).content.decode()


def test_a_reset_for_an_unknown_address_answers_the_same_and_sends_nothing(client: Client) -> None:
    answer = client.post("/accounts/password_reset/", {"email": "nobody@example.org"}, follow=True)
    assert "on its way" in answer.content.decode()
    assert sent_letters() == []


def test_a_reset_does_the_same_for_every_address(client: Client, ana: User) -> None:
    asked = []
    for email in ("nobody@example.org", "ana@example.org"):
        with CaptureQueriesContext(connection) as queries:
            client.post("/accounts/password_reset/", {"email": email})
        asked.append([query["sql"].split()[0] for query in queries])
    assert asked[0] == asked[1]


def test_the_letters_link_leads_to_the_site_whatever_the_request_says(client: Client, ana: User, settings: Any) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://films.example.org", ["films.example.org"]
    client.post("/accounts/password_reset/", {"email": ana.email}, HTTP_HOST="films.example.org:6666")
    (sent,) = sent_letters()
    assert "https://films.example.org/accounts/reset/" in sent.body and "6666" not in sent.body


def test_a_letter_that_can_not_be_sent_is_logged_without_its_recipient(
    client: Client, ana: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    client.post("/accounts/password_reset/", {"email": ana.email})
    assert sent_letters() == []
    assert "could not be sent" in caplog.text and ana.email not in caplog.text


def reset(client: Client) -> str:
    """The page after a new password, which a letter let choose."""
    client.post("/accounts/password_reset/", {"email": "ana@example.org"})
    link = re.search(r"/accounts/reset/\S+", sent_letters()[-1].body)
    assert link
    form = client.get(link[0], follow=True)
    assert "all tokens for scripts are revoked" in form.content.decode()
    new = {"new_password1": "16mm-will-do", "new_password2": "16mm-will-do"}
    return client.post(form.redirect_chain[-1][0], new, follow=True).content.decode()


def test_a_reset_revokes_all_tokens(client: Client, ana: User) -> None:
    tokens.make(ana, "script")
    tokens.make(UserFactory(), "somebody else's")
    assert "all tokens for scripts are revoked" in reset(client)
    assert ApiToken.objects.get().name == "somebody else's"


@pytest.mark.parametrize("door", ["/accounts/password_change/", "/admin/password_change/"])
@pytest.mark.parametrize("revoked", [True, False])
def test_a_new_password_revokes_tokens_if_asked_to(client: Client, ana: User, revoked: bool, door: str) -> None:
    User.objects.update(is_staff=True)
    client.force_login(ana)
    assert "Revoke all tokens" not in client.get(door).content.decode()
    token = tokens.make(ana, "script")
    assert "Revoke all tokens" in client.get(door).content.decode()
    new = {"old_password": PASSWORD, "new_password1": "16mm-will-do", "new_password2": "16mm-will-do"}
    page = client.post(door, new | ({"revoke_tokens": "on"} if revoked else {}), follow=True).content.decode()
    assert ("Tokens for scripts go on working" in page) != revoked
    assert ("No token gets into your account" in page) == revoked
    assert (tokens.person_of(token) is None) == revoked


# What was imported before signing in


@pytest.mark.parametrize("way", ["login", "signup"])
def test_imports_of_this_browser_come_along(client: Client, way: str, request: pytest.FixtureRequest) -> None:
    if way == "login":
        request.getfixturevalue("ana")
    imported = brings(client, expires_at=timezone.now() + timedelta(days=3))
    elsewhere = ImportSessionFactory()
    answer = client.post(f"/accounts/{way}/", SIGN_UP | SIGN_IN, follow=True)
    imported.refresh_from_db()
    assert imported.user == User.objects.get()
    assert (imported.browser_key, imported.expires_at) == ("", None)
    assert "now in your account" in answer.content.decode()
    assert [row.pk for row in answer.context["page"]] == [imported.pk]
    elsewhere.refresh_from_db()
    assert elsewhere.user is None


def test_an_uploaded_import_comes_along(client: Client, ana: User) -> None:
    """The key that the upload made, over the change of the session's own key when signing in."""
    client.post("/imports/sample/")
    client.post("/accounts/login/", SIGN_IN)
    assert ImportSession.objects.get().user == ana
    assert client.get(ImportSession.objects.get().get_absolute_url()).context["session"].is_mine


def test_an_account_bounded_in_days_bounds_what_comes_along(client: Client, ana: User, settings: Any) -> None:
    settings.ACCOUNT_TTL_DAYS = 365
    imported = brings(client, expires_at=timezone.now() + timedelta(days=3))
    client.post("/accounts/login/", SIGN_IN)
    imported.refresh_from_db()
    assert imported.expires_at is not None
    assert imported.expires_at > timezone.now() + timedelta(days=364)


def test_an_import_that_has_run_out_stays_behind(client: Client, ana: User) -> None:
    gone = brings(client, expires_at=timezone.now() - timedelta(seconds=1))
    client.post("/accounts/login/", SIGN_IN)
    gone.refresh_from_db()
    assert gone.user is None


def test_after_signing_out_the_browser_owns_nothing_of_theirs(client: Client, ana: User) -> None:
    imported = brings(client, link_readable=False)
    client.post("/accounts/login/", SIGN_IN)
    client.post("/accounts/logout/")
    assert client.get(imported.get_absolute_url()).status_code == 404
    assert "Nothing here yet" in client.get("/imports/").content.decode()


def test_the_next_person_at_this_browser_gets_only_what_was_imported_since(client: Client, ana: User) -> None:
    bo = User.objects.create_user("bo", password=PASSWORD)
    first = brings(client)
    client.post("/accounts/login/", SIGN_IN)
    client.post("/accounts/login/", {"username": "bo", "password": PASSWORD})  # without signing out
    client.post("/accounts/logout/")
    client.post("/imports/sample/")
    client.post("/accounts/login/", {"username": "bo", "password": PASSWORD})
    first.refresh_from_db()
    assert first.user == ana
    assert ImportSession.objects.exclude(pk=first.pk).get().user == bo


def test_adopting_takes_nothing_that_has_an_account(ana: User) -> None:
    bo = UserFactory()
    ImportSessionFactory(user=bo, browser_key="")
    assert account.adopt("", ana) == 0
    assert ImportSession.objects.get().user == bo


# Deleting the account


def everything_of(user: User) -> ImportSession:
    """A row of each model that names a user, and an import with all that an import has."""
    session: ImportSession = ImportSessionFactory(user=user, browser_key="", total_movies=2)
    movie = MovieFactory(session=session, matched=True)
    MovieFactory(session=session, title=f"Only asked by {user}")
    ViewingFactory(movie=movie, review="mine")
    RowProblem.objects.create(session=session, file="diary.csv", reason="bad_date")
    film = TmdbMovieFactory()
    Ranking.objects.create(user=user, tmdb_movie=film, title="F", rated_at=date(2024, 1, 1), movie=movie)
    MatchMemory.objects.create(user=user, title_key="f", tmdb_movie=film, movie=movie)
    Analytics.objects.create(user=user, mark="1", data={})
    ShareLink.objects.create(user=user, token_hash=f"hash of {user}")
    ApiToken.objects.create(user=user, name="script", token_hash=f"hash of {user}")
    Usage.objects.create(user=user, kind=Usage.Kind.UPLOAD, address="192.0.2.1")
    Library.objects.create(user=user)
    LibraryChange.objects.create(user=user)
    of_library = LibraryFilm.objects.create(user=user, key="tmdb:1", title="F")
    seen = LibraryViewing.objects.create(user=user, film=of_library, source="letterboxd")
    LibraryQuestion.objects.create(user=user, film=of_library, earlier=seen, later=seen)
    HandViewing.objects.create(user=user, tmdb_movie=film)
    LibraryDecision.objects.create(user=user, kind=LibraryDecision.Kind.SAME, refs=["a", "b"])
    kind = ContentType.objects.get_for_model(ImportSession)
    LogEntry.objects.create(user=user, content_type=kind, object_id="1", object_repr="-", action_flag=CHANGE)
    user.groups.add(Group.objects.get_or_create(name="g")[0])
    user.user_permissions.add(Permission.objects.all()[0])
    return session


def rows_naming(user_id: int) -> dict[type[Model], int]:
    """For every model with a foreign key to a user: how many of its rows name this one."""
    keys = [
        (model, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete and field.related_model is User and not field.many_to_many
    ]
    return {model: model._default_manager.filter(**{name: user_id}).count() for model, name in keys}


def test_deleting_the_account_leaves_nothing_of_theirs_and_all_of_others(client: Client, ana: User) -> None:
    everything_of(ana)
    bo = UserFactory(username="bo")
    kept = everything_of(bo)
    assert set(rows_naming(ana.pk).values()) == {1}  # a new model that names a user belongs into everything_of
    client.force_login(ana)

    answer = client.post("/settings/delete-account/", {"password": PASSWORD}, follow=True)

    assert "Your account is deleted" in answer.content.decode()
    assert list(User.objects.all()) == [bo]
    assert set(rows_naming(ana.pk).values()) == {0}
    assert set(rows_naming(bo.pk).values()) == {1}
    assert list(ImportSession.objects.all()) == [kept]
    assert [model.objects.count() for model in (Movie, Viewing, RowProblem, Ranking, MatchMemory)] == [2, 1, 1, 1, 1]
    assert not TitleLookup.objects.filter(title="Only asked by ana").exists()
    assert TitleLookup.objects.filter(title="Only asked by bo").exists()


def test_deleting_the_account_signs_out_every_browser_of_theirs(client: Client, ana: User) -> None:
    phone, bos = Client(), Client()
    for browser in (client, phone):
        browser.force_login(ana)
    bos.force_login(UserFactory())
    client.post("/settings/delete-account/", {"password": PASSWORD})
    assert [row.session_key for row in Session.objects.all()] == [bos.session.session_key]
    assert phone.get("/settings/").status_code == 302
    assert bos.get("/settings/").status_code == 200


def test_deleting_the_account_asks_first_and_asks_for_the_password(client: Client, ana: User) -> None:
    client.force_login(ana)
    assert "Delete your account?" in client.get("/settings/delete-account/").content.decode()
    for wrong in ({"password": "wrong"}, {"password": ""}, {}):
        answer = client.post("/settings/delete-account/", wrong)
        assert answer.status_code == 200
        assert answer.context["form"].errors or wrong == {}
    assert User.objects.filter(pk=ana.pk).exists()
    assert client.get("/settings/").status_code == 200
