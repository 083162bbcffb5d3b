"""What Amazon writes around a title: editions, a year, seasons, trailers. Only what a closed list knows is read so,
for a film may bear nearly any word: "Open Season 2", "Trailer Park Boys: The Movie"."""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from ..base import Kind
from ..values import parse_year

LANGUAGE = r"(?:dt\.?|deutsch|ov|omu|omeu|omdu|vo|vf|vost|vostfr)"
NOISE = "|".join(
    [
        rf"{LANGUAGE}(?:\s*/\s*{LANGUAGE})*",
        r"(?:4k|ultra|4k ultra)? ?u?hd|4k",
        r"(?:english )?(?:dub|dubbed|subtitled|subtitles|sub)|english dub version",
        r"字幕版|吹替版|吹き替え版|日本語吹替版|字幕/吹替",
        r"(?:extended|unrated|uncut|theatrical|special|remastered|director['’]s)(?: (?:edition|cut|version))?",
        r"theatrical/rated version|non-interactive|bonus x-ray edition",
    ]
)
BRACKETED = re.compile(rf"\s*(?:\[(?:{NOISE})\]|[(（](?:{NOISE})[)）]|【(?:{NOISE})】)$", re.IGNORECASE)
MAX_MARKS = 5
CLOSING = ("]", ")", "）", "】")
YEAR = re.compile(r"(?P<title>.+?) ?[(（](?P<year>\d{4})[)）]", re.ASCII)
HALVES = re.compile(r"\s+[-–—]\s+")

NUMBER = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
WORD = r"(?:season|series|saison|stagione|staffel|temporada)"
NUMBERED = rf"(?:{WORD} {NUMBER}|s\d{{1,2}})"
REST = r"(?:,? (?:part|vol\.?|volume) \d{1,2})?"
COMPLETE = r",? l['’]int[ée]grale"
SEASON = re.compile(
    "|".join(
        [
            rf"(?:\s+[-–—]\s+|\s*[,:]\s+){NUMBERED}{REST}(?:{COMPLETE})?$",
            rf"\s*[(\[]{NUMBERED}[)\]]$",
            rf"\s+{NUMBERED}{COMPLETE}$",
            r"\s*(?:シーズン\s*\d{1,2}|第\s*[\d一二三四五六七八九十]{1,3}\s*(?:シーズン|季|部))$",
        ]
    ),
    re.IGNORECASE,
)
BARE_SEASON = re.compile(rf"\s+{NUMBERED}$", re.IGNORECASE)

BEFORE = r"(?:(?:official|final|main|new|first|international|original|teaser|offizieller|finaler) )*"
AFTER = r"(?: (?:ufficiale|oficial|officielle|final|finale|\d{1,2}|#\d{1,2}))*"
CLIP = r"trailer|teaser|tráiler|bande[- ]annonce|avance|予告編?|特報|预告片|預告片|trailer[- ]?ov|トレーラー"
BONUS = (
    r"bonus(?: (?:clip|content|material|feature|video)s?)?|featurette|behind[- ]the[- ]scenes|making[- ]of"
    r"|sneak pee[kc]|first look|deleted scenes?|bloopers|gag reel|outtakes|recap"
)
EXTRA = rf"{BEFORE}(?:{CLIP}|{BONUS}){AFTER}"
EXTRA_AT_START = re.compile(
    "|".join(
        [
            rf"{EXTRA}$",
            rf"(?:official (?:{CLIP})|{CLIP}|bonus):\s.",
            r"(?:episode|folge|épisode|episodio|episódio|エピソード) ?\d{1,3}:\s.",
        ]
    ),
    re.IGNORECASE,
)
EXTRA_AT_END = re.compile(rf"(?:\s+[-–—|]\s+|\s*:\s+|\s*[(\[]){EXTRA}[)\]]?$", re.IGNORECASE)
CLIP_AT_END = re.compile(rf" (?:official|teaser) (?:{CLIP}){AFTER}$", re.IGNORECASE)
LONGEST_MARK = 100  # characters: looking for one through all of a long title takes many times as long


class Cleaned(NamedTuple):
    text: str
    year: int | None


@lru_cache(maxsize=16_384)
def clean(title: str) -> Cleaned:
    """The title without what says which edition it is; a year in brackets is taken as the film's."""
    text, year = " ".join(title.split()), None
    for _ in range(MAX_MARKS):
        if not text.endswith(CLOSING):
            break
        shorter = _without(BRACKETED, text)
        if year is None and (match := YEAR.fullmatch(shorter)):
            year = parse_year(match["year"], date.today())[0]
            shorter = match["title"] if year else shorter
        if shorter in (text, ""):
            break
        text = shorter
    return Cleaned(text, year)


@lru_cache(maxsize=16_384)
def kind_of(title: str) -> Kind:
    """What the title alone tells: a series by a season that is set apart, a trailer by its word; else a film."""
    text = clean(title).text
    if EXTRA_AT_START.match(text) or _at_end(EXTRA_AT_END, text[1:]) or _at_end(CLIP_AT_END, text[1:]):
        return "not_a_film"
    return "series" if without_season(text) != text else "film"


def without_season(text: str) -> str:
    """`The Boys - Season 1` → `The Boys`. A bare `Open Season 2` stays."""
    return _without(SEASON, text) or text


def without_bare_season(text: str) -> str:
    """For a title of which something else says that it is a series."""
    return _without(BARE_SEASON, without_season(text)) or text


def names(title: str, kind: Kind) -> list[str]:
    """What to search for: the cleaned title, then both halves of a double name."""
    text = clean(title).text
    if kind == "series":
        text = without_bare_season(text)
    elif kind == "not_a_film":
        text = _without(EXTRA_AT_END, text) or text
    halves = [half.strip() for half in HALVES.split(text, maxsplit=1)]
    return list(dict.fromkeys(name for name in (text, *halves) if name))


def _without(mark: re.Pattern[str], text: str) -> str:
    match = _at_end(mark, text)
    return text[: match.start()] if match else text


def _at_end(mark: re.Pattern[str], text: str) -> re.Match[str] | None:
    return mark.search(text, max(len(text) - LONGEST_MARK, 0))
