"""Titles made comparable. Pure: the same title folds the same way on every machine, for `key` is stored."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b

from anyascii import anyascii

KEY_LENGTH = 500  # of TitleLookup.title_key

APOSTROPHES = re.compile("['’‘ʼ`´′]")
RAISED_NUMBER = re.compile(r"(?<=\w)(?=[¹²³¼-¾⅐-⅞])")  # Alien³ is Alien 3, and 8½ is not 81/2
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# accents, invisible marks; but Cyrillic й is a letter of its own, as are the marked letters of kana and Indic scripts
MARKS = re.compile("(?<!и)[\u0300-\u036f]|[\u200b-\u200f\u2060\u20d0-\u20f0\ufe00-\ufe0f]")
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})  # of a title in lower case
GERMAN = {"ae": "ä", "oe": "ö", "ue": "ü"}
NORDIC = {"ae": "æ", "oe": "ø", "aa": "å"}
# not in words like Frauen, neue, Quelle
WRITTEN_OUT = re.compile("(?<![aeq])ue|[ao]e|aa", re.IGNORECASE)
LATIN_LETTERS = re.compile("[ß-ɏḀ-ỿ]+")  # ø, ł, æ: no accent to take away, so they are spelled out

INVERTED = re.compile(r"^(.+), (the|an?|l[aeo]s?|l['’]|el|il|gli|der|die|das|une?|eine?)$", re.IGNORECASE)
SEGMENT_ENDS = re.compile(r"[:–—]|\s-\s")
SUBTITLE = re.compile(r"\s*(?::\s|\s[-–—]\s).*$")
SEQUEL = re.compile(r"(?<=\S )(\d{1,2}|V|[IVX]{2,})(?=$|:|\s[-–—]\s)")
BRACKETED = re.compile(r"(?<=\S)\s*[(（][^()（）]*[)）]\s*$")

SPELLED = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
).split()
ROMAN = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split()
NUMBERS = {word: str(number) for words in (SPELLED, ROMAN) for number, word in enumerate(words, start=1)}
ALSO_LETTERS = {"i", "v", "x"}  # numbers only where a sequel's number stands: Rocky V, not V for Vendetta
ARTICLES = frozenset("the a an der die das ein eine le la les l un une el los las il lo gli i".split())
BEFORE_NUMBER = {"part", "pt", "chapter", "episode", "vol", "volume", "book"}
SHORT_FORMS = {"doctor": "dr", "mister": "mr", "saint": "st", "versus": "vs", "volume": "vol", "part": "pt"}


@lru_cache(maxsize=4096)
def fold(title: str) -> str:
    """The title without case, accents, punctuation, and with `&` as `and`; "" when nothing is left.

    Letters of other scripts stay as they are. Spelled out in Latin ones they would collide: kanji are read as
    Chinese there, so that two films fall together, リング turns into Ringu, లెనిన్ into Lenin."""
    text = RAISED_NUMBER.sub(" ", title)
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    text = unicodedata.normalize("NFC", MARKS.sub("", APOSTROPHES.sub("", text))).replace("&", " and ")
    text = THOUSANDS.sub("", LATIN_LETTERS.sub(lambda letters: anyascii(letters[0]), text))
    if not text.isascii():
        return " ".join("".join(char if _in_word(char) else " " for char in text).split())
    return " ".join(re.findall("[a-z0-9]+", text))


def _in_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char).startswith("M")  # an Indic vowel sign is no word break


def key(title: str) -> str:
    """What makes two titles one question. Never empty for a title that isn't blank, at most 500 characters."""
    whole = fold(title) or unicodedata.normalize("NFC", unicodedata.normalize("NFC", title).casefold()).strip()
    if len(whole) <= KEY_LENGTH:
        return whole
    digest = blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{whole[: KEY_LENGTH - len(digest) - 1]} {digest}"


@lru_cache(maxsize=4096)
def loose(title: str) -> str:
    """A second choice, never a key: no articles, numbers as digits, no word breaks."""
    words = [SHORT_FORMS.get(word, word) for word in _numbered(INVERTED.sub(r"\2 \1", title))]
    if words[1:] and words[-1] == "drive":
        words[-1] = "dr"  # Mulholland Dr.
    kept = [word for place, word in enumerate(words) if word != "the" and (place or word not in {"a", "an"})]
    return "".join(kept or words)


@lru_cache(maxsize=4096)
def numerals(title: str) -> tuple[str, ...]:
    """The numbers in a title, however written: Rocky II and Rocky 2 have the same, Toy Story 2 and 3 do not."""
    digits = (number for word in _numbered(title) for number in re.findall(r"\d+", word))
    return tuple(sorted(number.lstrip("0") or "0" for number in digits))


def _numbered(title: str) -> list[str]:
    segments = (fold(segment).split() for segment in SEGMENT_ENDS.split(title))
    return [_digits(words, place) for words in segments for place in range(len(words))]


def _digits(words: list[str], place: int) -> str:
    """The word in that place, in digits if it is a number there."""
    word, before = words[place], words[place - 1] if place else ""
    is_letter = word in ALSO_LETTERS and before not in BEFORE_NUMBER and not (before and place == len(words) - 1)
    return word if is_letter else NUMBERS.get(word, word)


@lru_cache(maxsize=4096)
def written_out(title: str) -> str:
    """The title folded, with its umlauts as those write them who have none on their keys: Grün is Gruen."""
    return fold(unicodedata.normalize("NFC", title.casefold()).translate(UMLAUTS))


def is_one_word(title: str) -> bool:
    """But for an article."""
    words = fold(title).split()
    return len(words[1:] if words[1:] and words[0] in ARTICLES else words) == 1


def main_title(title: str) -> str:
    """The title without its subtitle."""
    return SUBTITLE.sub("", title)


def query(title: str) -> str:
    """What to ask TMDB's search: it wants composed text, and a colon may hurt where a space never does."""
    return " ".join(unicodedata.normalize("NFC", title).replace(":", " ").split())


def query_variants(title: str) -> list[str]:
    """The query, then other spellings worth a try when it finds nothing: TMDB wants every word, as it is written."""
    asked = query(title)
    variants = (
        asked,
        re.sub(r"\band\b", "&", asked, flags=re.IGNORECASE),
        query(asked.replace("&", " and ")),
        query(SEQUEL.sub(_other_numeral, title)),
        BRACKETED.sub("", asked),
        _with_umlauts(asked, GERMAN),
        _with_umlauts(asked, NORDIC),
    )
    return [variant for variant in dict.fromkeys(variants) if variant]


def _with_umlauts(title: str, letters: Mapping[str, str]) -> str:
    """Gruen is Grün, where nothing is called Gruen."""

    def umlaut(match: re.Match[str]) -> str:
        letter = letters.get(match[0].lower())
        return match[0] if letter is None else letter.upper() if match[0][0].isupper() else letter

    return WRITTEN_OUT.sub(umlaut, title)


def _other_numeral(match: re.Match[str]) -> str:
    """2 for II and II for 2, up to 20."""
    number = match[0]
    if number.isdecimal():
        return ROMAN[int(number) - 1].upper() if 1 <= int(number) <= len(ROMAN) else number
    return NUMBERS.get(number.lower(), number)
