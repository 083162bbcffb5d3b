"""Languages in words."""

from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

# Codes of TMDB that Django, which lists what sites are translated into, has no name for.
OTHERS = {
    "am": _("Amharic"),
    "bm": _("Bambara"),
    "bo": _("Tibetan"),
    "cn": _("Cantonese"),
    "fo": _("Faroese"),
    "iu": _("Inuktitut"),
    "kl": _("Greenlandic"),
    "ku": _("Kurdish"),
    "la": _("Latin"),
    "mi": _("Māori"),
    "mt": _("Maltese"),
    "no": _("Norwegian"),
    "ps": _("Pashto"),
    "se": _("Northern Sami"),
    "sh": _("Serbo-Croatian"),
    "si": _("Sinhala"),
    "tl": _("Tagalog"),
    "wo": _("Wolof"),
    "xh": _("Xhosa"),
    "xx": _("No language"),
    "yi": _("Yiddish"),
    "zh": _("Chinese"),
    "zu": _("Zulu"),
}


def language_name(code: str) -> str:
    if code in OTHERS:
        return str(OTHERS[code])
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
