"""Which film is meant? Pure: names, a year and TMDB's hits in; a verdict with its reasons out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rapidfuzz import fuzz

from . import titles


def gettext_noop(message: str) -> str:
    """Marks a sentence for translation: this module knows no Django, the pages translate what they show."""
    return message


REASONS = {
    "same_title": gettext_noop("same title"),
    "loose_title": gettext_noop("same title but for articles, numbers or spaces"),
    "main_title": gettext_noop("same title but for a subtitle"),
    "other_title": gettext_noop("TMDB knows it by this title, too"),
    "both_halves": gettext_noop("title and original title are the two halves of this one"),
    "half_title": gettext_noop("same title as one half of this one"),
    "other_number": gettext_noop("another number in the title"),
    "alike": gettext_noop("titles %(percent)s%% alike"),
    "same_year": gettext_noop("same year"),
    "year_off": gettext_noop("year one off"),
    "years_apart": gettext_noop("%(by)s years apart"),
    "no_year": gettext_noop("no year to go by"),
    "film_undated": gettext_noop("TMDB has no year for it"),
    "namesakes": gettext_noop("other films with this title: %(count)s"),
    "rivals": gettext_noop("other films that fit as well: %(count)s"),
    "best_known": gettext_noop("by far the best known of those that fit"),
    "year_rival": gettext_noop("another film fits the year better"),
    "misspelt": gettext_noop("the title may be misspelt"),
    "few_votes": gettext_noop("too little known for a year that is off"),
    "famous_namesake": gettext_noop("a far better known film of this title is one year off"),
    "famous_alike": gettext_noop("a far better known film has this title but for an article, a number or a space"),
    "both_sides": gettext_noop("films with this title came out a year before and a year after"),
    "one_word": gettext_noop("a title of one word, and not quite the same"),
    "nothing_found": gettext_noop("TMDB found no film"),
    "nothing_alike": gettext_noop("nothing that TMDB found resembles it"),
    "by_hand": gettext_noop("chosen by those who run this site"),
}

LIKENESS_WEIGHT = 0.6
YEAR_SCORES = {0: 0.4, 1: 0.2}  # by years apart
VIDEO_FACTOR = 0.85  # concerts and extras stand behind a film that fits as well

MATCH_SCORE = 0.7
MATCH_LIKENESS = 0.9
LEAD = 0.1  # a match is so far ahead of the second...
DOMINANCE = 10  # ...or has so many times its votes
DATELESS_DOMINANCE = 30  # without a year there is nothing else to go by
FEW_VOTES = 30  # a film with fewer may be as well known as one with so many
YEAR_OFF_VOTES = 10
FAME = 30  # with so many times the votes, a namesake one year off may be meant as well...
LOOSE_FAME = 3  # ...and, where there is no year, one whose title differs by an article, a number or a space
RESEMBLES = 0.6  # less than that is another title

KNOWN_VOTES = 300  # so many, and a film known here needs no search where title and year are exact...
KNOWN_VOTES_DATELESS = 3000  # ...and where there is no year

LOOSE_LIKENESS = 0.95
SUBTITLE_LIKENESS = 0.85
HALF_LIKENESS = 0.85
OTHER_NUMBER_LIKENESS = 0.8

Reason: TypeAlias = dict[str, str | int]  # {"code": a key of REASONS, and the values of its places}
Status: TypeAlias = Literal["matched", "unsure", "unmatched"]
Likeness: TypeAlias = tuple[float, str]  # 0..1, and how: a key of REASONS


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a search hit tells of a film."""

    tmdb_id: int
    title: str
    original_title: str
    year: int | None
    votes: int
    popularity: float
    video: bool
    is_guess: bool = False  # no search found it by these words: it is here only because its title is alike
    is_by_half: bool = False  # a search found it by one half of the name, none by the whole
    other_titles: tuple[str, ...] = ()  # that TMDB knows it by, where it was asked


@dataclass(frozen=True, slots=True)
class Scored:
    candidate: Candidate
    score: float
    likeness: float  # of the titles alone
    how: str  # the titles are alike: a key of REASONS


@dataclass(frozen=True, slots=True)
class Verdict:
    status: Status
    tmdb_id: int | None  # only when matched
    confidence: float | None  # the best candidate's score; None when unmatched
    reasons: tuple[Reason, ...]
    ranking: tuple[Scored, ...]  # best first


def judge(names: Sequence[str], year: int | None, candidates: Iterable[Candidate]) -> Verdict:
    """Say which candidate bears the name. `names`: the whole name, then its halves if it may be a double name; a film
    that bears one half alone is proposed, never matched. The order of the candidates plays no part."""
    ranking = _rank(names, year, {candidate.tmdb_id: candidate for candidate in candidates}.values())
    if not any(_is_thinkable(scored, year) for scored in ranking):
        code = "nothing_alike" if ranking else "nothing_found"
        return Verdict("unmatched", None, None, ({"code": code},), ranking)
    best, *others = ranking
    doubts = tuple(_doubts(names, best, others, year))
    reasons = (*_facts(best, others, year), *doubts)
    if doubts or not _is_close_enough(best, year):
        return Verdict("unsure", None, best.score, reasons, ranking)
    return Verdict("matched", best.candidate.tmdb_id, best.score, reasons, ranking)


def judge_known(names: Sequence[str], year: int | None, candidates: Iterable[Candidate]) -> Verdict | None:
    """The match among films known here, all that bear the whole name; None where only a search can tell, for
    namesakes may be unknown here: so it takes the exact title, the exact year, and a well-known film."""
    verdict = judge(names, year, candidates)
    if verdict.tmdb_id is None:
        return None
    best = verdict.ranking[0]
    is_exact = best.likeness == 1 and (year is None or best.candidate.year == year)
    votes = KNOWN_VOTES_DATELESS if year is None else KNOWN_VOTES
    return verdict if is_exact and best.candidate.votes >= votes else None


def is_exact(reasons: Iterable[Reason]) -> bool:
    """Whether a match with these reasons bears the very title, in the very year if one was known."""
    codes = {reason["code"] for reason in reasons}
    return bool(codes & {"same_title", "both_halves", "by_hand"}) and "year_off" not in codes


def is_good_enough(verdict: Verdict, year: int | None) -> bool:
    """Whether no further search can help: the very title is found, in the year if there is one, though maybe only a
    person can choose."""
    return any(s.likeness == 1 and (year is None or s.candidate.year == year) for s in verdict.ranking)


def is_near_enough(verdict: Verdict, year: int | None) -> bool:
    """Whether no further search can help once the title was asked for without its year, too."""
    return any(s.likeness == 1 and _is_near(s.candidate, year) for s in verdict.ranking)


def _rank(names: Sequence[str], year: int | None, films: Iterable[Candidate]) -> tuple[Scored, ...]:
    likened = [(film, *_liken(_compare, names, film)) for film in films]
    if not any(likeness == 1 and _is_near(film, year) for film, likeness, _ in likened):
        likened = [(film, *_liken(_compare_loosely, names, film)) for film, _, _ in likened]
    if year is None:
        scores = [_dateless_score(film, likeness, likened) for film, likeness, _ in likened]
    else:
        scores = [LIKENESS_WEIGHT * likeness + _year_score(film, year) for film, likeness, _ in likened]
    ranking = [
        Scored(film, round(score * (VIDEO_FACTOR if film.video else 1), 3), likeness, how)
        for (film, likeness, how), score in zip(likened, scores, strict=True)
    ]
    return tuple(sorted(ranking, key=lambda s: (_place(s, year), -s.score, -s.candidate.votes, s.candidate.tmdb_id)))


def _place(scored: Scored, year: int | None) -> int:
    """First who bears the very title. All words of the whole name stand in some title of a film that a search finds by
    them, though maybe in none that it shows: so it comes before those found by a half, but for one of another year."""
    film = scored.candidate
    if scored.likeness == 1 and _is_near(film, year):
        return 0
    return 2 if film.is_by_half or (year and film.year != year and scored.likeness < RESEMBLES) else 1


def _dateless_score(film: Candidate, likeness: float, likened: Sequence[tuple[Candidate, float, str]]) -> float:
    """The likeness, halved at most, by the film's share in the votes of all that are as much alike."""
    votes = sum(other.votes + 1 for other, others, _ in likened if others >= likeness)
    return likeness * (0.5 + 0.5 * (film.votes + 1) / votes)


def _year_score(film: Candidate, year: int) -> float:
    return YEAR_SCORES.get(abs(film.year - year), 0) if film.year else 0


def _is_near(film: Candidate, year: int | None) -> bool:
    """Within a year, as far as anyone can say."""
    return year is None or _year_score(film, year) > 0


def _liken(compare: Callable[[str, str], Likeness], names: Sequence[str], film: Candidate) -> Likeness:
    whole, *halves = names
    likeness = max(compare(whole, film.title), compare(whole, film.original_title))
    if likeness[0] < 1 and any(_compare(whole, title)[0] == 1 for title in film.other_titles):
        return 1.0, "other_title"
    if likeness[0] < 1 and halves:
        return max(likeness, _liken_halves(compare, halves, film))
    return likeness


def _liken_halves(compare: Callable[[str, str], Likeness], halves: Sequence[str], film: Candidate) -> Likeness:
    if film.title != film.original_title and _same(halves, (film.title, film.original_title)):
        return 1.0, "both_halves"
    likeness, how = max(compare(half, title) for half in halves for title in (film.title, film.original_title))
    return round(likeness * HALF_LIKENESS, 3), "half_title" if likeness == 1 else how


def _same(some: Iterable[str], others: Iterable[str]) -> bool:
    return sorted(map(titles.fold, some)) == sorted(map(titles.fold, others))


def _compare(name: str, title: str) -> Likeness:
    asked, borne = titles.fold(name), titles.fold(title)
    if not (asked and borne):
        return 0.0, "alike"
    if asked == borne or titles.written_out(name) == titles.written_out(title):
        return 1.0, "same_title"
    likeness = round(fuzz.ratio(asked, borne) / 100, 3)
    if likeness > OTHER_NUMBER_LIKENESS and titles.numerals(name) != titles.numerals(title):
        return OTHER_NUMBER_LIKENESS, "other_number"
    return min(likeness, 0.99), "alike"


def _compare_loosely(name: str, title: str) -> Likeness:
    """The second choice, where nobody near bears the very title."""
    strict = _compare(name, title)
    if strict[0] in {0, 1}:
        return strict
    if titles.loose(name) == titles.loose(title) and titles.numerals(name) == titles.numerals(title):
        return LOOSE_LIKENESS, "loose_title"
    if _is_shortened(name, title) or _is_shortened(title, name):
        return max(strict, (SUBTITLE_LIKENESS, "main_title"))
    return strict


def _is_shortened(name: str, title: str) -> bool:
    return titles.fold(name) == titles.fold(titles.main_title(title))


def _is_thinkable(scored: Scored, year: int | None) -> bool:
    """Worth showing to a person. TMDB also finds a film by translated titles that its answer doesn't show:
    in the very year, or where no year is known, such a hit is nearly always the film."""
    return scored.likeness >= RESEMBLES or year is None or scored.candidate.year == year


def _is_close_enough(best: Scored, year: int | None) -> bool:
    if year is None:
        return best.likeness == 1 and best.candidate.year is not None
    if best.likeness < 1 and best.candidate.year != year:
        return False  # off in both is another film: Help (2010) and The Help (2011)
    return best.likeness >= MATCH_LIKENESS and best.score >= MATCH_SCORE and _is_near(best.candidate, year)


def _facts(best: Scored, others: Sequence[Scored], year: int | None) -> Iterator[Reason]:
    yield {"code": best.how, "percent": round(best.likeness * 100)} if best.how == "alike" else {"code": best.how}
    yield _year_fact(best.candidate, year)
    if namesakes := sum(other.likeness == 1 for other in others):
        yield {"code": "namesakes", "count": namesakes}
    contenders = [other for other in others if _contends(best, other, year)]
    if contenders and all(_outshines(best, other, year) for other in contenders):
        yield {"code": "best_known"}


def _year_fact(film: Candidate, year: int | None) -> Reason:
    if year is None:
        return {"code": "no_year"}
    if film.year is None:
        return {"code": "film_undated"}
    apart = abs(film.year - year)
    codes = {0: "same_year", 1: "year_off"}
    return {"code": codes[apart]} if apart in codes else {"code": "years_apart", "by": apart}


def _doubts(names: Sequence[str], best: Scored, others: Sequence[Scored], year: int | None) -> Iterator[Reason]:
    """What speaks against taking the best, however close it is."""
    rivals = [other for other in others if _contends(best, other, year) and not _outshines(best, other, year)]
    if rivals:
        yield {"code": "rivals", "count": len(rivals)}
    if best.candidate.is_guess and best.how not in ("same_title", "loose_title"):
        yield {"code": "misspelt"}
    if best.likeness < 1 and titles.is_one_word(names[0]):
        yield {"code": "one_word"}
    if year is None:
        yield from _dateless_doubts(names[0], best, others)
    elif _is_near(best.candidate, year):
        yield from _year_doubts(best, others, year)


def _dateless_doubts(name: str, best: Scored, others: Sequence[Scored]) -> Iterator[Reason]:
    loose = titles.loose(name)
    alike = (o for o in others if o.likeness < 1 and loose in map(titles.loose, _titles(o.candidate)))
    if any(_is_better_known(other, best, LOOSE_FAME) for other in alike):
        yield {"code": "famous_alike"}


def _year_doubts(best: Scored, others: Sequence[Scored], year: int) -> Iterator[Reason]:
    if best.candidate.year == year:
        if any(_is_famous_namesake(other, best, year) for other in others):
            yield {"code": "famous_namesake"}
        return
    if any(other.candidate.year == year and other.likeness >= RESEMBLES for other in others):
        yield {"code": "year_rival"}
    elif best.candidate.votes < YEAR_OFF_VOTES:
        yield {"code": "few_votes"}
    if any(other.likeness == 1 and other.candidate.year == 2 * year - (best.candidate.year or 0) for other in others):
        yield {"code": "both_sides"}


def _titles(film: Candidate) -> tuple[str, str]:
    return film.title, film.original_title


def _contends(best: Scored, other: Scored, year: int | None) -> bool:
    if year is None:
        return other.likeness == 1
    return round(best.score - other.score, 3) < LEAD


def _outshines(best: Scored, other: Scored, year: int | None) -> bool:
    """Whether `best` is by far the better known of two that fit. A few votes say little, and without a year votes must
    say all."""
    votes = other.candidate.votes
    needed = DATELESS_DOMINANCE * max(votes, FEW_VOTES) if year is None else DOMINANCE * max(votes, 1)
    return best.candidate.votes >= needed


def _is_better_known(film: Scored, other: Scored, times: int) -> bool:
    return film.candidate.votes >= times * max(other.candidate.votes, FEW_VOTES)


def _is_famous_namesake(other: Scored, best: Scored, year: int) -> bool:
    """One year off, so fame tells: few people watched the unknown short of the very year."""
    is_namesake = other.likeness >= MATCH_LIKENESS and _is_near(other.candidate, year)
    return is_namesake and _is_better_known(other, best, FAME)
