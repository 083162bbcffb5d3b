"""Languages in words, by the names that Unicode's CLDR gives them."""

from babel import Locale
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# Codes that TMDB made up
OF_TMDB = {"cn": _("Cantonese"), "xx": _("No language")}


def language_name(code: str) -> str:
    """The name of a language (ISO 639-1, as TMDB writes it) in the language of the page; the code where it has none."""
    if code in OF_TMDB:
        return str(OF_TMDB[code])
    return str(Locale.parse(get_language() or "en", sep="-").languages.get(code, code))
