"""What tells of a film, and what a person said of it, in words."""

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from imports.models import PERSON, Source

VALUES = {
    "watched_on": _("day"),
    "rating": _("rating"),
    "rewatch": _("rewatch"),
    "tags": _("tags"),
    "review": _("review"),
}


def source_name(source: str) -> str:
    """Of an import as it is called everywhere; what the person told by hand is their own."""
    return gettext("By hand") if source == PERSON else str(Source(source).label)


def changed_in_words(values: Iterable[str]) -> list[str]:
    """Which values of a viewing the person changed."""
    return [str(words) for name, words in VALUES.items() if name in values]
