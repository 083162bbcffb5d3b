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
from imports.outcomes.merge import point_anew
from imports.review import memory
from imports.web.access import BROWSER_KEY

from .accounts import account
from .models import Analytics, Library
from .outcomes import settle
from .reconciling import keeping, marks


@receiver(signals.settled)
def take_answers(lookups: list[int], films: list[int], **kwargs: Any) -> None:
    settle.apply(lookups=lookups, films=films)
    keeping.mark_renamed(films)


@receiver(signals.reopened)
def give_answers_back(lookups: Sequence[int], films: Sequence[int] = (), **kwargs: Any) -> None:
    settle.reopen(lookups)
    settle.reopen_incomplete(films)


@receiver(signals.merged)
def take_the_merged_film(old: int, new: int, **kwargs: Any) -> None:
    point_anew(old, new)
    memory.follow(old, new)


@receiver(signals.purged)
def forget_statistics(**kwargs: Any) -> None:
    """They tell of directors, casts and countries, and are computed anew from what is known."""
    Analytics.objects.all().delete()


@receiver(signals.purged)
def forget_titles(**kwargs: Any) -> None:
    """Libraries call films as TMDB does: from now on as the imports do."""
    marks.mark_all(Library.objects.values_list("user", flat=True))


@receiver(user_logged_in)
def bring_along(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """However they sign in. The browser forgets its key: once signed out, it owns nothing of theirs."""
    brought = account.adopt(request.session.pop(BROWSER_KEY, ""), user)
    if brought:
        message = ngettext(
            "An import of this browser is now in your account.",
            "%(count)d imports of this browser are now in your account.",
            brought,
        )
        messages.info(request, message % {"count": brought}, fail_silently=True)
