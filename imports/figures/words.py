"""Numbers, days and lengths of the statistics in words."""

from datetime import date
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from imports.statistics.shape import KnownOf, Span, Statistics

KNOWN: dict[KnownOf, Any] = {
    "genres": _("Genres are known for %(known)s of %(films)s."),
    "directors": _("Directors are known for %(known)s of %(films)s."),
    "cast": _("The cast is known for %(known)s of %(films)s."),
    "countries": _("Countries are known for %(known)s of %(films)s."),
    "languages": _("Languages are known for %(known)s of %(films)s."),
    "runtime": _("Running times are known for %(known)s of %(films)s."),
    "release_year": _("Release years are known for %(known)s of %(films)s."),
    "budget": _("Budgets are known for %(known)s of %(films)s."),
    "revenue": _("Revenues are known for %(known)s of %(films)s."),
}


def number(value: float) -> str:
    return str(intcomma(value))


def films(n: int) -> str:
    return ngettext("%(n)s film", "%(n)s films", n) % {"n": number(n)}


def viewings(n: int) -> str:
    return ngettext("%(n)s viewing", "%(n)s viewings", n) % {"n": number(n)}


def hours(minutes: int) -> str:
    n = round(minutes / 60)
    return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": number(n)}


def running_time(minutes: int) -> str:
    parts = {"h": minutes // 60, "m": minutes % 60}
    return gettext("%(h)d h %(m)d min") % parts if parts["h"] else gettext("%(m)d min") % parts


def days(n: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": number(n)}


def weeks(n: int) -> str:
    return ngettext("%(n)s week", "%(n)s weeks", n) % {"n": number(n)}


def stars(rating: float) -> str:
    return f"{rating:.2f}".rstrip("0").rstrip(".")


def half_stars(rating: float) -> str:
    return f"{int(rating) or ''}{'½' if rating % 1 else ''}"  # ½, not 0½


def signed(value: float) -> str:
    """The number with its sign, which is a real minus where it is less than zero."""
    text = f"{value:+.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:+,}"
    return text.replace("-", "−") if value else "±0"


def dollars(amount: int) -> str:
    if amount >= 1_000_000_000:
        return gettext("$%(n)s billion") % {"n": f"{amount / 1_000_000_000:.1f}"}
    if amount >= 1_000_000:
        return gettext("$%(n)s million") % {"n": f"{amount / 1_000_000:.0f}"}
    return f"${amount:,}"


def day(text: str) -> str:
    return str(date_format(date.fromisoformat(text), "j F Y"))


def month(text: str, form: str = "F Y") -> str:
    return str(date_format(date.fromisoformat(f"{text}-01"), form))


def from_to(span: Span) -> str:
    if span["from"] == span["to"]:
        return day(span["from"])
    return gettext("%(first)s to %(last)s") % {"first": day(span["from"]), "last": day(span["to"])}


def known(data: Statistics, what: KnownOf) -> str:
    """The sentence of how many films it is known of, and why not of the others; empty when it is known of all."""
    coverage = data["coverage"]
    count = coverage["known"][what]
    if count == coverage["films"]:
        return ""
    sentences = [str(KNOWN[what]) % {"known": number(count), "films": films(coverage["films"])}]
    if left_out := coverage["unmatched"] + coverage["unsure"] + coverage["failed"]:
        sentences.append(
            ngettext("%(n)s without a match is left out.", "%(n)s without a match are left out.", left_out)
            % {"n": number(left_out)}
        )
    return " ".join(sentences)
