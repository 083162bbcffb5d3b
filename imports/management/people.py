"""Who a command is about."""

from django.contrib.auth.models import User
from django.core.management.base import CommandError


def user_named(name: str) -> User:
    try:
        return User.objects.get_by_natural_key(name)
    except User.DoesNotExist:
        raise CommandError(f"There is no account with the name {name!r}.") from None
