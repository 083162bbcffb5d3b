"""The review that a person has open: at most one, and another upload of that kind would replace it."""

from django.contrib.auth.models import User

from imports.models import ImportSession


def open_review(user: User) -> ImportSession | None:
    """Not one whose time is over."""
    return ImportSession.objects.alive().open_reviews().filter(user=user).first()


class ReviewOpen(Exception):
    """There is a review that this upload would replace: ask first."""

    def __init__(self, session: ImportSession) -> None:
        super().__init__(str(session.pk))
        self.session = session
