"""What tells of a film, in words."""

from django.utils.translation import gettext as _

from imports.models import PERSON, Source


def source_name(source: str) -> str:
    """Of an import as it is called everywhere; what the person told by hand is their own."""
    return _("By hand") if source == PERSON else str(Source(source).label)
