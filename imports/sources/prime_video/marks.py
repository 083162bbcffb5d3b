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

NUMBER = (
    r"(?:(?:#|n[or]\.? ?)? ?\d{1,2}(?: ?[-–&+] ?\d{1,2})?|[ivx]{1,4}"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|eins|zwei|drei|vier|fünf|une?|deux|trois|quatre"
    r"|cinq|un[oa]|dos|tres|cuatro|cinco|due|tre|quattro|cinque|uma?|dois|duas|três)"
)
ORDINAL = (
    r"(?:\d{1,2}(?:st|nd|rd|th|\.|ª|º|a|e|ère|ème)?"
    r"|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|final|erste|zweite|dritte|première|deuxième"
    r"|prima|seconda|terza|primera|segunda|tercera|primeira|terceira)"
)
WORD = (
    r"(?:seasons?|series|saisons?|stagion[ei]|staffeln?|temporad(?:as?|es)|seizoen(?:en)?|sezon(?:a|ul|y)?|säsong(?:en)?"
    r"|sæson(?:en)?|sesong(?:en)?|kausi|série|serie|řada|évad|сезон(?:ы|и)?|σεζόν|κύκλος|시즌|musim"
    r"|séria|mùa|सीज़न|सीजन|சீசன்|సీజన్|ซีซั่น|ซีซัน|الموسم|עונה)"
)
WORDED = rf"(?:{WORD} ?{NUMBER}|{ORDINAL} {WORD})"
NUMBERED = rf"(?:{WORDED}|s\d{{1,2}})"
REST = r"(?:,? (?:part|vol\.?|volume|teil|partie|parte) \d{1,2})?"
COMPLETE = r",? (?:l['’]int[ée]grale|complete|complète|completa|komplett)"
THE = r"(?:(?:the|die|la|le|l['’]|a|de) ?)?"
WHOLE = (
    rf"{THE}(?:(?:complete|entire|komplette|gesamte|volledige|int[ée]grale de la) (?:{ORDINAL} )?(?:tv |mini-?)?{WORD}"
    rf"(?: {NUMBER})?|(?:mini-?)?{WORD} (?:complète|completa|complete|completo|komplett)"
    r"|(?:limited|mini)[- ]?series|mini-?s[ée]rie)"
)
SEASON = re.compile(
    "|".join(
        [
            rf"(?:\s+[-–—]\s*|\s*[,:]\s+)(?:{THE}{NUMBERED}{REST}(?:{COMPLETE})?|{WHOLE})$",
            rf"(?<=\w)[-–—]\s*{WORDED}{REST}(?:{COMPLETE})?$",
            rf"\s*[(\[](?:{NUMBERED}|{WHOLE})[)\]]$",
            rf"\s+{NUMBERED}{COMPLETE}$",
            # not 第二部, which is the second part of a film as often
            r"\s*(?:シーズン\s*\d{1,2}|第\s*[\d一二三四五六七八九十]{1,3}\s*(?:シーズン|季)|시즌\s*\d{1,2})$",
        ]
    ),
    re.IGNORECASE,
)
BARE_SEASON = re.compile(rf"\s+{THE}{NUMBERED}$|\s*第\s*[\d一二三四五六七八九十]{{1,3}}\s*部$", re.IGNORECASE)
EPISODE_WORD = (
    r"(?:episode|ep\.?|folge|épisode|episodio|episódio|episódi|aflevering|odcinek|avsnitt|afsnit|jakso|bölüm|díl"
    r"|серия|серія|エピソード|第)"
)
# an episode says itself of which season it is
EPISODE = re.compile(
    "|".join(
        [
            r"\bs\d{1,2}[ .:,-]{0,2}e(?:p\.? ?)?\d{1,3}\b",
            rf"\b{WORD} ?{NUMBER}[,:.]?(?: -)? {EPISODE_WORD} ?#?\d{{1,3}}\b",
            rf"(?:\s[-–—]|[,:])\s{WORDED}\s?[:;]\s",
        ]
    ),
    re.IGNORECASE,
)

BEFORE = r"(?:(?:official|final|main|new|first|international|original|teaser|offizieller|finaler) )*"
AFTER = r"(?: (?:ufficiale|oficial|officielle|final|finale|\d{1,2}|#\d{1,2}))*"
CLIP = r"trailer|teaser|tráiler|bande[- ]annonce|avance|予告編?|特報|预告片|預告片|trailer[- ]?ov|トレーラー"
BONUS = (
    r"bonus(?: (?:clip|content|material|feature|video)s?)?|featurette|behind[- ]the[- ]scenes|making[- ]of"
    r"|sneak pee[kc]|first look|deleted scenes?|bloopers|gag reel|outtakes|recap"
)
# what nothing but a clip is called; a film may well be called "Making Of"
CLIP_ALONE = rf"(?:{CLIP}|bonus (?:clip|content|material|feature|video)s?)"
EXTRA = rf"{BEFORE}(?:{CLIP}|{BONUS}){AFTER}"
EXTRA_AT_START = re.compile(
    "|".join(
        [
            rf"{BEFORE}{CLIP_ALONE}{AFTER}$",
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
    """What the title alone tells: a series by a season that is set apart or an episode's number, a trailer by its word;
    else a film."""
    text = clean(title).text
    if EXTRA_AT_START.match(text) or _at_end(EXTRA_AT_END, text[1:]) or _at_end(CLIP_AT_END, text[1:]):
        return "not_a_film"
    return "series" if without_season(text) != text else "film"


def without_season(text: str) -> str:
    """`The Boys - Season 1` → `The Boys`, `The Boys S2 E3` too. A bare `Open Season 2` stays."""
    episode = EPISODE.search(text)
    show = text[: episode.start()].rstrip(" -–—:,.([") if episode else ""
    return show or _without(SEASON, text) or text


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
