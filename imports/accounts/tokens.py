"""A person's tokens for the API: made, revoked, and who comes with one. No HTTP."""

import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from imports.models import ApiToken, hashed

PREFIX = "rk_"  # so that whoever finds one knows what it is
TOKEN_BYTES = 32
MOST_TOKENS = 20  # of one person
NOTE_EVERY = timedelta(minutes=1)


class TooManyTokens(Exception):
    """Some must be revoked first."""


@transaction.atomic
def make(user: User, name: str) -> str:
    """A new token, which is kept nowhere."""
    User.objects.select_for_update().get(pk=user.pk)  # two at once would both be the last
    if user.api_tokens.count() >= MOST_TOKENS:
        raise TooManyTokens
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    user.api_tokens.create(name=name, token_hash=hashed(token))
    return token


def person_of(token: str) -> User | None:
    """Whose it is; None: nobody's, or theirs whose account is closed. Its use is noted to the minute."""
    kept = ApiToken.objects.filter(token_hash=hashed(token), user__is_active=True).select_related("user").first()
    if kept is None:
        return None
    now = timezone.now()
    if kept.last_used_at is None or now - kept.last_used_at >= NOTE_EVERY:
        ApiToken.objects.filter(pk=kept.pk).update(last_used_at=now)
    return kept.user


def revoke_all(user: User) -> None:
    """Nobody gets in with a token of this person any more."""
    user.api_tokens.all().delete()
