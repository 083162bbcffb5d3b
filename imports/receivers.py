"""The one way in which enrichment reaches people's imports."""

from typing import Any

from django.dispatch import receiver

from enrichment import signals

from . import answers


@receiver(signals.settled)
def take_answers(lookups: list[int], films: list[int], **kwargs: Any) -> None:
    answers.apply(lookups=lookups, films=films)


@receiver(signals.reopened)
def give_answers_back(lookups: list[int], **kwargs: Any) -> None:
    answers.reopen(lookups)
