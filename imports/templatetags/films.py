"""How pages show films, ratings, times, and the machine's codes in words."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from html import unescape
from math import ceil
from typing import Any

import nh3
from django import template
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from enrichment.matching import REASONS
from enrichment.models import TmdbMovie
from enrichment.queries import poster_url
from imports.figures.words import running_time
from imports.films.viewings import REVIEW_SHOWN
from imports.languages import language_name
from imports.library.words import changed_in_words, source_name
from imports.looks import look_of
from imports.models import Doubt, Movie
from imports.sessions.report import row_reason, skip_rule

register = template.Library()
register.filter(language_name)
register.filter(row_reason)
register.filter(running_time)
register.filter(skip_rule)
register.filter(changed_in_words)
register.filter(source_name)

SERVICE_TROUBLES = {
    "unreachable": _("it can't be reached"),
    "overloaded": _("it is overloaded"),
    "broken": _("what it answers can't be understood"),
    "limited": _("it asks us to slow down"),
    "key": _("it refuses this installation's key"),
}


@register.inclusion_tag("films/_poster.html")
def poster(
    title: str, year: int | None, path: str | None, size: str = "w342", alt: str = "", eager: bool = False
) -> dict[str, object]:
    """TMDB's poster over a drawn one, which shows where there is none or it does not load."""
    palette, motif = look_of(title, year)
    return {
        "title": title,
        "year": year,
        "src": poster_url(path, size) if path else "",
        "alt": alt,
        "eager": eager,
        "palette": palette,
        "motif": motif,
        "length": "long" if len(title) > 42 else "medium" if len(title) > 18 else "short",
    }


@register.filter
def stars(rating: Decimal) -> str:
    return "★" * int(rating) + ("½" if rating % 1 else "")


@register.filter
def as_day(text: str | None) -> date | None:
    """A day as JSON has it; "" and None are none."""
    return date.fromisoformat(text) if text else None


@register.filter
def about_time(seconds: int) -> str:
    """A time left, no more exact than anybody can know."""
    if seconds < 8:
        return gettext("a few seconds")
    if seconds < 50:
        return gettext("about %(n)d seconds") % {"n": ceil(seconds / 10) * 10}
    if seconds < 90 * 60:
        n = max(1, round(seconds / 60))
        return ngettext("about a minute", "about %(n)d minutes", n) % {"n": n}
    n = round(seconds / 3600)
    return ngettext("about an hour", "about %(n)d hours", n) % {"n": n}


@register.filter
def plain_text(review: str) -> str:
    """A review without its HTML; breaks and paragraphs stay lines. Of a very long one, the beginning."""
    broken = re.sub(r"<br\s*/?>|</p>|</blockquote>", "\n\n", review[:REVIEW_SHOWN], flags=re.IGNORECASE)
    text = unescape(nh3.clean(broken, tags=set())).strip()
    return f"{text}…\n\n{gettext('The rest is too long to be shown here.')}" if len(review) > REVIEW_SHOWN else text


@register.filter
def in_words(reasons: Iterable[dict[str, Any]]) -> list[str]:
    """Why the machine chose as it did."""
    sentences = REASONS | {doubt.value: str(doubt.label) for doubt in Doubt if doubt.value}
    return [gettext(sentences[reason["code"]]) % reason for reason in reasons if reason.get("code") in sentences]


@register.filter
def service_trouble(reason: str) -> str:
    return str(SERVICE_TROUBLES.get(reason, ""))


@register.filter
def skipped_rows(skipped: dict[str, int]) -> int:
    return sum(skipped.values())


@register.filter
def or_as(film: TmdbMovie, movie: Movie) -> str:
    """The film's name; a purged one has none but what the source calls it."""
    return str(film if film.title else movie)


@register.filter
def percent(share: float) -> int:
    return round(100 * share)
