"""The one place that asks "is it yours?". A stranger gets 404."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils import timezone

from imports.films.locking import lock_import
from imports.models import ImportSession, ImportSessionQuerySet, Movie, Owner, ShareLink, expiry_of, hashed
from imports.review.decisions import ImportGone
from imports.sessions.progress import Standing, standing_of

BROWSER_KEY = "browser_key"
TOUCH_EVERY = timedelta(minutes=1)


@contextmanager
def bringing_in(request: HttpRequest) -> Iterator[Owner]:
    """Who brings something in: the account, or this browser. A browser's key is kept in its Django session once
    something is stored: what is refused sets no cookie."""
    if isinstance(request.user, User):
        yield Owner(user=request.user)
        return
    key = request.session.get(BROWSER_KEY) or secrets.token_urlsafe(32)
    yield Owner(browser_key=key)
    request.session.setdefault(BROWSER_KEY, key)


def person(request: HttpRequest) -> User:
    """Who is signed in: for pages that take no one else (login_required)."""
    return cast(User, request.user)


def own_sessions(request: HttpRequest) -> ImportSessionQuerySet:
    """The imports of this account, or of this browser."""
    if isinstance(request.user, AnonymousUser):
        key = request.session.get(BROWSER_KEY)
        mine = Q(browser_key=key) if key else Q(pk=None)
    else:
        mine = Q(user_id=request.user.pk)
    return ImportSession.objects.alive().filter(mine)


def get_own_session_or_404(request: HttpRequest, session_id: UUID) -> ImportSession:
    """An import of theirs, for everything that changes, exports, reports or deletes; counts as access."""
    return _opened(_found(own_sessions(request).filter(pk=session_id).first(), request, session_id))


def get_own_movie_or_404(request: HttpRequest, session_id: UUID, movie_id: int) -> Movie:
    """One film of an import of theirs, with the import, its question and its match, in one query; counts as access."""
    movie = (
        Movie.objects.filter(session__in=own_sessions(request).filter(pk=session_id), pk=movie_id)
        .select_related("session", "lookup", "tmdb_movie")
        .first()
    )
    if movie is None:
        get_own_session_or_404(request, session_id)
        raise Http404
    _opened(movie.session)
    return movie


def get_readable_session_or_404(request: HttpRequest, session_id: UUID, *, touch: bool = True) -> ImportSession:
    """For its owner, and for a reader with the link while the owner allows that. `session.is_mine` says which.
    Opening a page counts as access (touch); a status poll and a stranger do not."""
    session = _found(ImportSession.objects.alive().filter(pk=session_id).first(), request, session_id)
    session.is_mine = is_owner(request, session)
    if not session.is_mine and not session.link_readable:
        raise Http404
    return _opened(session) if session.is_mine and touch else session


def get_standing_or_404(request: HttpRequest, session_id: UUID) -> Standing:
    """What a status poll may know of an import, for its owner and for a reader with the link, in one query: who asks is
    looked up only where the link alone does not do. Raises Http404, or ImportExpired."""
    standing = standing_of(session_id)
    if standing is None or (standing.expires_at and standing.expires_at <= timezone.now()):
        raise _missing(request, session_id)
    if not standing.link_readable and not is_owner(request, standing):
        raise Http404
    return standing


def get_shared_or_404(token: str) -> ShareLink:
    """For anyone who has the link. Made up, revoked and run out are one answer of one query."""
    now = timezone.now()
    is_open = Q(expires_at=None) | Q(expires_at__gt=now)
    is_alive = Q(session=None) | Q(session__expires_at=None) | Q(session__expires_at__gt=now)
    links = ShareLink.objects.filter(is_open, is_alive, token_hash=hashed(token)).select_related("session", "user")
    link = links.first()
    if link is None:
        raise Http404
    return link


@contextmanager
def or_404() -> Iterator[None]:
    """What was theirs when they asked may be deleted in another tab before it can be locked."""
    try:
        yield
    except (ObjectDoesNotExist, ImportGone) as gone:
        raise Http404 from gone


def is_owner(request: HttpRequest, session: ImportSession | Standing) -> bool:
    if session.user_id is not None:
        return session.user_id == request.user.pk
    return secrets.compare_digest(session.browser_key, request.session.get(BROWSER_KEY, ""))


def _opened(session: ImportSession) -> ImportSession:
    """Its owner opened this import: the end of its life moves, which is written at most once a minute. Raises
    ImportExpired when it was cleaned up at this very moment."""
    session.is_mine = True
    now = timezone.now()
    if now - session.last_accessed < TOUCH_EVERY:
        return session
    with transaction.atomic():  # a review that is completed just now has another end
        try:
            standing = lock_import(session.pk)
        except ImportSession.DoesNotExist as gone:
            raise ImportExpired from gone
        session.last_accessed, session.expires_at = now, expiry_of(standing)
        row = ImportSession.objects.filter(pk=session.pk)
        row.update(last_accessed=session.last_accessed, expires_at=session.expires_at)
    return session


class ImportExpired(Http404):
    """The import is gone, but it was theirs: they are told what happened."""


def _found(session: ImportSession | None, request: HttpRequest, session_id: UUID) -> ImportSession:
    if session is None:
        raise _missing(request, session_id)
    return session


def _missing(request: HttpRequest, session_id: UUID) -> Http404:
    expired = ImportSession.objects.filter(pk=session_id, expires_at__lte=timezone.now()).first()
    return ImportExpired() if expired is not None and is_owner(request, expired) else Http404()
