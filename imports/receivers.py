"""Signals, each handed to a service: how enrichment reaches people's imports, and what signing in brings along."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import ngettext

from enrichment import signals

from . import accounts, answers, merging
from .access import BROWSER_KEY
from .models import Analytics


@receiver(signals.settled)
def take_answers(lookups: list[int], films: list[int], **kwargs: Any) -> None:
    answers.apply(lookups=lookups, films=films)


@receiver(signals.reopened)
def give_answers_back(lookups: Sequence[int], films: Sequence[int] = (), **kwargs: Any) -> None:
    answers.reopen(lookups)
    answers.reopen_incomplete(films)


@receiver(signals.merged)
def take_the_merged_film(old: int, new: int, **kwargs: Any) -> None:
    merging.point_anew(old, new)


@receiver(signals.purged)
def forget_statistics(**kwargs: Any) -> None:
    """They tell of directors, casts and countries, and are computed anew from what is known."""
    Analytics.objects.all().delete()


@receiver(user_logged_in)
def bring_along(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """However they sign in. The browser forgets its key: once signed out, it owns nothing of theirs."""
    brought = accounts.adopt(request.session.pop(BROWSER_KEY, ""), user)
    if brought:
        message = ngettext(
            "An import of this browser is now in your account.",
            "%(count)d imports of this browser are now in your account.",
            brought,
        )
        messages.info(request, message % {"count": brought}, fail_silently=True)
