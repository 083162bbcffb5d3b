"""Links to share: made, and revoked. No HTTP."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from imports.models import ImportSession, ShareLink, hashed

from . import previews

TOKEN_BYTES = 32
MOST_LINKS = 50  # of one import, or one library

Shareable = ImportSession | User  # a user stands for their library


class TooManyLinks(Exception):
    """There are `most` links already: some must be revoked first."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


def make_link(
    thing: Shareable, *, name: str, shows: Mapping[str, Any], expires_at: datetime | None
) -> tuple[ShareLink, str]:
    """A link and its token, which is kept nowhere. From now on an import is read by such links alone."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        everything: Any = thing._meta.model._default_manager
        everything.select_for_update().get(pk=thing.pk)  # two at once would both be the last
        if thing.share_links.count() >= MOST_LINKS:
            raise TooManyLinks(MOST_LINKS)
        link = thing.share_links.create(name=name, token_hash=hashed(token), expires_at=expires_at, **shows)
        if isinstance(thing, ImportSession):
            let_read(thing, False)
    return link, token


def revoke_link(link: ShareLink) -> None:
    previews.forget(link)
    link.delete()


def let_read(session: ImportSession, is_readable: bool) -> None:
    """Whether anyone who knows the import's own address may read it."""
    session.link_readable = is_readable
    session.save(update_fields=["link_readable"])
