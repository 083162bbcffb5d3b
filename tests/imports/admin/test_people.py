"""Staff who may change people's accounts, and are no superusers: what they see of rights, and whom they may change."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from imports.accounts import tokens
from imports.models import ApiToken
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "16mm-will-do"
LIST = "/admin/auth/user/"
POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


def rights(*names: str) -> Any:
    return Permission.objects.filter(codename__in=names)


@pytest.fixture
def helper(client: Client) -> User:
    user: User = UserFactory(username="helper", is_staff=True)
    user.user_permissions.set(rights("add_user", "change_user", "delete_user", "view_user", "change_group"))
    client.force_login(user)
    return user


def above(kind: str) -> User:
    """An account whose person may do more than the helper."""
    user: User = UserFactory(username="above", is_superuser="superuser" in kind, is_active="closed" not in kind)
    if kind == "by right":
        user.user_permissions.set(rights("delete_importsession"))
    if kind == "by group":
        group = Group.objects.create(name="Cleaners")
        group.permissions.set(rights("delete_importsession"))
        user.groups.add(group)
    return user


def page(user: User, name: str = "change") -> str:
    return reverse(f"admin:auth_user_{name}", args=[user.pk])


def saved(client: Client, user: User, **fields: Any) -> Any:
    day, time = str(user.date_joined)[:19].split()
    entered = {"username": user.username, "date_joined_0": day, "date_joined_1": time, "is_active": "on", **fields}
    return client.post(page(user), entered)


def test_staff_give_nobody_rights(client: Client, helper: User) -> None:
    group, anna = Group.objects.create(name="All"), UserFactory(username="anna")
    powers = {"is_staff": "on", "is_superuser": "on", "groups": [group.pk]}
    every = [right.pk for right in Permission.objects.all()]
    for user in (anna, helper):
        had = user.user_permissions.count()
        form = client.get(page(user)).content.decode()
        assert 'name="is_active"' in form and not any(f'name="{power}"' in form for power in POWERS)
        assert saved(client, user, first_name="New", user_permissions=every, **powers).status_code == 302
        user.refresh_from_db()
        assert (user.first_name, user.is_superuser, user.groups.count()) == ("New", False, 0)
        assert user.user_permissions.count() == had
    assert not anna.is_staff
    made = {"username": "bo", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD, **powers}
    client.post("/admin/auth/user/add/", made)
    assert not User.objects.get(username="bo").is_superuser and not User.objects.get(username="bo").is_staff


def test_staff_see_nobodys_rights(client: Client, helper: User) -> None:
    assert "is_superuser" not in client.get(LIST).content.decode()
    assert "is_staff" not in client.get(LIST).content.decode()
    assert client.get(LIST, {"is_superuser__exact": "1"}).status_code in (302, 400)
    assert client.get("/admin/auth/group/").status_code == 403
    assert client.get("/admin/auth/group/add/").status_code == 403


@pytest.mark.parametrize("kind", ["superuser", "closed superuser", "by right", "by group"])
def test_staff_change_nobody_who_may_more(client: Client, helper: User, kind: str) -> None:
    user = above(kind)
    assert saved(client, user, email="helper@example.org").status_code == 403
    new = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post(page(user, "password_change"), new).status_code == 403
    assert client.post(page(user, "delete"), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [user.pk, UserFactory().pk], "post": "yes"}
    assert client.post(LIST, chosen).status_code == 403
    kept = User.objects.get(pk=user.pk)
    assert (kept.email, kept.password, User.objects.count()) == (user.email, user.password, 3)


def test_staff_help_everybody_else(client: Client, helper: User) -> None:
    anna, bo = UserFactory(username="anna"), UserFactory(username="bo")
    tokens.make(anna, "script")
    new = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post(page(anna, "password_change"), new).status_code == 302
    anna.refresh_from_db()
    assert anna.check_password(PASSWORD) and not ApiToken.objects.exists()
    client.post(LIST, {"action": "delete_selected", "_selected_action": [anna.pk, bo.pk], "post": "yes"})
    assert list(User.objects.all()) == [helper]


def test_a_superuser_changes_superusers_and_gives_rights(client: Client) -> None:
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    user = above("superuser")
    assert 'name="is_superuser"' in client.get(page(user)).content.decode()
    assert saved(client, user, is_staff="on").status_code == 302
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser) == (True, False)
    assert client.get("/admin/auth/group/").status_code == 200
