"""The settings page, and the e-mail address."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db

PASSWORD = "a-reel-of-35mm"


@pytest.fixture
def ana(client: Client, settings: Any) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = User.objects.create_user("ana", "ana@example.org", PASSWORD)
    client.force_login(user)
    return user


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_settings_show_the_account_and_the_way_to_change_it(client: Client, ana: User) -> None:
    page = text(client.get("/settings/"))
    for said in ("ana@example.org", "/accounts/password_change/", "/settings/email/", "/settings/delete-account/"):
        assert said in page
    assert "Kept until you delete it" in page


def test_settings_offer_every_source_with_its_import_button(client: Client, ana: User) -> None:
    page = text(client.get("/settings/"))
    assert "Import Watch History" in page
    assert 'href="/">Import from Letterboxd' in page
    assert 'href="/settings/import/amazon-prime/">Import from Prime Video' in page
    for said in ("Watch History Exporter for Amazon Prime Video", "Request my data", "Export your data"):
        assert said in page


def test_settings_say_the_limits_of_this_instance(client: Client, ana: User, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 7 * 1024**2
    settings.ACCOUNT_TTL_DAYS = 90
    settings.PRIME_TTL_MINUTES = 45
    page = text(client.get("/settings/"))
    assert "Up to 7 MB at once" in page
    assert "kept for 90 days" in page
    assert "45 minutes" in page


@pytest.mark.parametrize("address", ["new@example.org", ""])
def test_the_email_address_is_changed_with_the_password(client: Client, ana: User, address: str) -> None:
    assert 'value="ana@example.org"' in text(client.get("/settings/email/"))
    answer = client.post("/settings/email/", {"email": address, "password": PASSWORD}, follow=True)
    ana.refresh_from_db()
    assert ana.email == address
    assert "e-mail address is changed" in text(answer)


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [("new@example.org", "wrong", "isn&#x27;t your password"), ("nowhere", PASSWORD, "valid email")],
)
def test_the_email_address_stays_when_something_is_wrong(
    client: Client, ana: User, email: str, password: str, said: str
) -> None:
    assert said in text(client.post("/settings/email/", {"email": email, "password": password}))
    ana.refresh_from_db()
    assert ana.email == "ana@example.org"
