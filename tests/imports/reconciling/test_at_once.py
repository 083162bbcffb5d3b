"""Whoever changes a library while it is put together."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection
from django.utils import timezone

from imports.accounts.account import delete_account
from imports.models import HandViewing, Library, LibraryFilm
from imports.reconciling import keeping, marks
from tests.factories import TmdbMovieFactory, UserFactory


@pytest.mark.django_db(transaction=True)
def test_an_account_goes_while_its_library_is_put_together() -> None:
    user: User = UserFactory()
    for film in TmdbMovieFactory.create_batch(50, done=True):
        HandViewing.objects.create(user=user, tmdb_movie=film)
    has_begun = Event()

    def puts_together() -> None:
        own, theirs = User.objects.get(pk=user.pk), HandViewing.objects.filter(user=user.pk)
        try:
            with suppress(IntegrityError):  # what is noted too late
                for removed_at in [None, timezone.now()] * 200:
                    if not theirs.update(removed_at=removed_at):
                        return
                    marks.mark_all([own.pk])
                    keeping.catch_up(own)
                    has_begun.set()
        finally:
            has_begun.set()
            connection.close()

    with ThreadPoolExecutor() as threads:
        at_work = threads.submit(puts_together)
        has_begun.wait(30)
        delete_account(User.objects.get(pk=user.pk))
        at_work.result()
    assert not User.objects.filter(pk=user.pk).exists()
    assert not LibraryFilm.objects.exists() and not Library.objects.exists()
