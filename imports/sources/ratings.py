"""Ratings as people's files have them → stars in halves. Each function is pure."""

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

STARS: Final = 5
SCALES: Final = frozenset({4, 5, 6, 10, 20, 100})  # what a rating may be of
FRACTIONS: Final = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75"), "1/2": Decimal("0.5")}
MAX_LENGTH: Final = 60
FEW: Final = 20  # more than one of so many numbers beyond five says that the file's are of ten

NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{1,6})?", re.ASCII)
# of several points: 4/5, 8 out of 10, 4 von 5
OF = r"\s*(?:/|out of|of|von|sur|de|di|su|van|av|af|na|z|из|от)\s*"
WORD = (
    r"(?:stars?|sterne?n?|étoiles?|etoiles?|estrellas?|stell[ae]|estrelas?|ster(?:ren)?|stjern(?:a|or|er|e)|"
    r"gwiazd(?:ek|ki|ka)|tähteä|hvězd(?:y|iček|ičky)?|yıldız|звезд[аы]?|звёзд[аы]?|★|⭐|☆|points?|pts?\.?|punkte?)"
)
WRITTEN = re.compile(
    rf"{WORD}?\s*(?P<whole>\d{{1,3}}(?:[.,]\d{{1,6}})?)?\s*(?P<fraction>[½¼¾]|(?<=\d )1/2)?\s*{WORD}?"
    rf"(?:{OF}(?P<of>\d{{1,3}})(?:[.,]0{{1,6}})?\s*{WORD}?)?",
    re.IGNORECASE,
)
PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d{1,6})?)\s*%", re.ASCII)
SIGNS = re.compile(r"([★⭐🌟*]*)\s*(½|(?<=[★⭐🌟*\s])1/2)?[☆✩✰]*")
VARIANT = "\ufe0f"  # that the sign before it is to be shown in colours


def parse_rating(text: str, scale: int = STARS) -> tuple[Decimal | None, str]:
    """Stars, in halves, and a code of reasons.REASONS. `scale` is what a number that doesn't say so is of."""
    text = text.strip()
    if not text:
        return None, ""
    stars = _stars(text[:MAX_LENGTH], scale)
    if stars is None:
        return None, "rating_unreadable"
    halves = math.floor(stars * 2 + Decimal("0.5"))
    if not 1 <= halves <= 10:
        return None, "rating_out_of_range"
    return Decimal(halves * 5).scaleb(-1), "" if stars * 2 == halves else "rating_rounded"


def scale_of(texts: Iterable[str], few: int = FEW) -> int:
    """What the bare numbers of a whole column are of: five, unless more than one of `few` is more; then ten, or a
    hundred."""
    numbers = [_number(text) for cell in texts if NUMBER.fullmatch(text := cell.strip())]
    beyond = [number for number in numbers if number > STARS]
    if len(beyond) * few <= len(numbers):
        return STARS
    if max(beyond) <= 10:
        return 10
    in_percent = [number for number in beyond if 10 < number <= 100]
    return 100 if max(beyond) > 20 and len(in_percent) * 2 > len(numbers) else STARS


def _stars(text: str, scale: int) -> Decimal | None:
    if NUMBER.fullmatch(text):
        return _number(text) * STARS / scale
    text = text.replace(VARIANT, "")
    if match := SIGNS.fullmatch(text):
        return len(match[1]) + (FRACTIONS[match[2]] if match[2] else Decimal(0))
    if match := PERCENT.fullmatch(text):
        return _number(match[1]) * STARS / 100
    match = WRITTEN.fullmatch(text)
    return _written(match, scale) if match else None


def _written(match: re.Match[str], scale: int) -> Decimal | None:
    whole, fraction, of = match["whole"], match["fraction"], match["of"]
    if not whole and not fraction:
        return None
    if of and int(of) not in SCALES:
        return None
    points = (_number(whole) if whole else Decimal(0)) + (FRACTIONS[fraction] if fraction else Decimal(0))
    has_said = of or not NUMBER.fullmatch(match[0].strip(" ½¼¾"))  # four stars are four of five in any file
    return points * STARS / (int(of) if of else STARS if has_said else scale)


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
