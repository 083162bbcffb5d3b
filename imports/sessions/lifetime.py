"""When imports end: moved by the person who runs the instance."""

from collections.abc import Iterable

from django.utils import timezone

from imports.models import ImportSession, expiry_of


def expire_now(sessions: Iterable[ImportSession]) -> int:
    """End these imports: nobody can open them any more, and the next clean-up deletes them. Returns how many were
    alive."""
    now = timezone.now()
    alive = ImportSession.objects.alive().filter(pk__in=[session.pk for session in sessions])
    return alive.update(expires_at=now)


def extend(sessions: Iterable[ImportSession]) -> int:
    """Let them live on as if their owners had opened them now, the expired ones too. Returns how many it moved: those
    that end only when they are deleted stay as they are."""
    ending = [session for session in sessions if session.expires_at is not None]
    for session in ending:
        ImportSession.objects.filter(pk=session.pk).update(expires_at=expiry_of(session))
    return len(ending)
