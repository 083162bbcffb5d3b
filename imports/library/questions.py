"""Pairs of viewings that are perhaps the same: what the person is asked."""

from django.contrib.auth.models import User
from django.db.models import QuerySet

from imports.models import LibraryQuestion


def open_ones(user: User) -> QuerySet[LibraryQuestion]:
    """Those without an answer, in the order in which they came, with film and viewings."""
    own = LibraryQuestion.objects.filter(user=user).order_by("pk")
    return own.select_related("film__tmdb_movie", "earlier", "later")


def count(user: User) -> int:
    return LibraryQuestion.objects.filter(user=user).count()
