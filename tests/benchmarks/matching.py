"""How often is the film found that is meant, how seldom another? Real titles are put as people's files put them: with
a year, a year beside it, without; without its article, in halves, by another title; and of films that TMDB lacks.

The questions go through the match stage as in life, to TMDB's answers from memory. Films: the built-in sample's, and
those of the stand-in where it lies beside the project (nothing of its data stays here). docs/matching.md has the table.
"""

import importlib.util
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import django

from tests.instance import ROOT

STANDIN = ROOT.parent / "shared" / "tools" / "tmdb_standin.py"
SEED = 17
MOST = 3_000  # questions of a kind
PAGE = 20
CATALOGUE = 10_000  # films of a catalogue that was read
ARTICLE = re.compile(r"(?i)(?:the|an?|der|die|das|l[ae]|les|el|il) (?=\S)")
HALVES = re.compile(r"(?: [-–—]|:) ")


@dataclass(frozen=True)
class Film:
    tmdb_id: int
    title: str
    year: int | None
    votes: int
    titles: tuple[str, ...]  # others that TMDB knows it by


@dataclass(frozen=True)
class Case:
    film: Film
    title: str
    year: int | None
    is_absent: bool = False  # TMDB lacks the film: any match is wrong

    @cached_property
    def names(self) -> list[str]:
        """As a Prime Video history gives them; a title from Letterboxd is asked about whole."""
        from imports.sources.prime_video.marks import names

        return names(self.title, "film") if self.year is None else [self.title]


@dataclass
class Tally:
    asked: int = 0
    requests: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        share = {name: f"{100 * self.ends[name] / max(self.asked, 1):7.2f}" for name in ENDS}
        return f"{self.asked:6}" + "".join(share.values()) + f"{self.requests / max(self.asked, 1):7.2f}"


ENDS = ("right", "wrong", "first", "among", "lost")
HEAD = f"{'asked':>6}" + "".join(f"{name:>7}" for name in ENDS) + f"{'req.':>7}"
Body = dict[str, Any]
Search = Callable[[str, int | None], list[Body]]


class Memory:
    """Stands where TMDB's client stands, and answers from films in memory."""

    def __init__(self, films: Sequence[Film], search: Search, hit: Callable[[int], Body]) -> None:
        self.films, self._search, self._hit = films, search, hit
        self.missing, self.requests = 0, 0
        self._titles = {film.tmdb_id: film.titles for film in films}

    def search(self, title: str, year: int | None = None, *, page: int = 1, fresh: bool = False) -> Any:
        from enrichment.tmdb.types import SearchAnswer

        self.requests += 1
        found = [hit for hit in self._search(title, year) if hit["id"] != self.missing]
        shown = found[PAGE * (page - 1) : PAGE * page]
        return SearchAnswer.from_json({"results": shown, "total_results": len(found)})

    def details(self, tmdb_id: int, *, with_titles: bool = False) -> Any:
        from enrichment.tmdb.types import MovieDetails

        self.requests += 1
        titles = [{"title": title} for title in self._titles[tmdb_id]]
        return MovieDetails.from_json(self._hit(tmdb_id) | {"alternative_titles": {"titles": titles}})

    def most_voted(self, page: int) -> Any:
        raise NotImplementedError("the catalogue is stored at once")


def sample() -> Memory:
    from enrichment.tmdb import sample as built_in

    by_id = {film.id: film for film in built_in.catalogue().films}

    def search(title: str, year: int | None) -> list[Body]:
        asked = built_in.words(title)
        films = built_in.of_year(str(year or "")) if asked else ()
        return [built_in.hit(film) for film in films if any(asked <= name for name in film.names)]

    films = [
        Film(film.id, film.title, int(film.release_date[:4]), film.standing, (film.original_title,))
        for film in by_id.values()
    ]
    return Memory(films, search, lambda pk: built_in.hit(by_id[pk]))


def standin() -> Memory:
    module = _module(STANDIN)
    catalogue = module.Catalogue(module.DATA)

    def search(title: str, year: int | None) -> list[Body]:
        return [module.brief(film) for film in catalogue.search(title, year)]

    films = [
        Film(pk, film["title"], _year(film), film.get("vote_count") or 0, tuple(_other_titles(module, film)))
        for pk, film in catalogue.films.items()
    ]
    return Memory(films, search, lambda pk: module.brief(catalogue.films[pk]))


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _year(film: Body) -> int | None:
    shown = (film.get("release_date") or "")[:4]
    return int(shown) if shown.isdigit() else None


def _other_titles(module: ModuleType, film: Body) -> Iterator[str]:
    yield from (module.alt_title(title) for title in film.get("alt_titles") or [])


def drawn(films: Sequence[Film]) -> list[Film]:
    """Films as people watch them: each as likely as the root of its votes."""
    dated = [film for film in films if film.year]
    dice = random.Random(SEED)
    keys = {film.tmdb_id: dice.random() ** (1 / (film.votes + 1) ** 0.5) for film in dated}
    return sorted(dated, key=lambda film: -keys[film.tmdb_id])[:MOST]


def kinds(films: Sequence[Film]) -> dict[str, list[Case]]:
    """The questions by how the title is put. Nothing in TMDB's answer tells twins apart: films of one title that came
    out within a year of each other."""
    from enrichment import titles

    picked = drawn(films)
    known = [film for film in picked if film.votes]
    twins = Counter((titles.fold(film.title), (film.year or 0) + by) for film in films for by in (-1, 0, 1))
    single = [film for film in picked if twins[titles.fold(film.title), film.year or 0] == 1]
    bare = [(film, ARTICLE.sub("", film.title, count=1)) for film in picked if ARTICLE.match(film.title)]
    halved = [film for film in films if film.year and HALVES.search(film.title)]
    dashed = [(film, HALVES.sub(" - ", film.title, count=1)) for film in _some(halved)]
    others = [(film, title) for film in picked for title in film.titles[:1] if _is_other(film, title)]
    words = _some([film for film in films if film.year and " " not in film.title])
    return {
        "with a year": [Case(film, film.title, film.year) for film in picked],
        "year one early": [Case(film, film.title, (film.year or 0) - 1) for film in known],
        "year one late": [Case(film, film.title, (film.year or 0) + 1) for film in known],
        "absent, with a year": [Case(film, film.title, film.year, is_absent=True) for film in picked],
        "the same, without twins": [Case(film, film.title, film.year, is_absent=True) for film in single],
        "absent, without a year": [Case(film, film.title, None, is_absent=True) for film in picked],
        "without a year": [Case(film, film.title, None) for film in picked],
        "the same, votes known": [Case(film, film.title, None) for film in known],
        "without its article, with a year": [Case(film, title, film.year) for film, title in bare],
        "without its article and year": [Case(film, title, None) for film, title in bare],
        "whole in halves, without a year": [Case(film, title, None) for film, title in dashed],
        "the same, absent": [Case(film, title, None, is_absent=True) for film, title in dashed],
        "another title, with a year": [Case(film, title, film.year) for film, title in others],
        "another title, without a year": [Case(film, title, None) for film, title in others],
        "one word, with a year": [Case(film, film.title, film.year) for film in words],
        "one word, absent": [Case(film, film.title, film.year, is_absent=True) for film in words],
    }


def _some(films: Sequence[Film]) -> list[Film]:
    return random.Random(SEED).sample(films, min(len(films), MOST // 3))


def _is_other(film: Film, title: str) -> bool:
    from enrichment import titles

    return titles.fold(title) not in ("", titles.fold(film.title))


def measure(cases: Sequence[Case], tmdb: Memory) -> Tally:
    tally = Tally()
    for case in cases:
        before = tmdb.requests
        tmdb.missing = case.film.tmdb_id if case.is_absent else 0
        end, told = _end(case, tmdb)
        tally.asked += 1
        tally.requests += tmdb.requests - before
        tally.ends[end] += 1
        if end == "wrong":
            tally.wrong.append(f"{case.title} ({case.year}) of {case.film.year}, {case.film.votes} votes: {told}")
    return tally


def _end(case: Case, tmdb: Memory) -> tuple[str, str]:
    """right, wrong: matched. Else unsure with the film first or among what is proposed, or lost; a film that TMDB
    lacks ends right without a match."""
    from enrichment.models import TitleLookup
    from enrichment.questions.answers import KEPT_CANDIDATES
    from enrichment.work.match_stage import identify

    lookup = TitleLookup(title=case.title, year=case.year, variants=case.names)
    verdict = identify(lookup, tmdb).verdict
    kept = [scored.candidate for scored in verdict.ranking[:KEPT_CANDIDATES]]
    if verdict.tmdb_id is not None:
        is_right = verdict.tmdb_id == case.film.tmdb_id and not case.is_absent
        return ("right", "") if is_right else ("wrong", f"{kept[0]} {[reason['code'] for reason in verdict.reasons]}")
    if case.is_absent:
        return "right", ""
    places = [candidate.tmdb_id for candidate in kept]
    if case.film.tmdb_id not in places:
        return "lost", ""
    return ("first" if places[0] == case.film.tmdb_id else "among"), ""


def read_catalogue(tmdb: Memory) -> set[Film]:
    """The films that are known here then; what is known here is not absent."""
    from enrichment.films import best_known, catalogue
    from enrichment.films.records import refresh_hits
    from enrichment.tmdb.types import usable_hits

    best = sorted(tmdb.films, key=lambda film: -film.votes)[:CATALOGUE]
    for start, end in pairwise([*range(0, len(best), 500), len(best)]):
        refresh_hits(usable_hits([tmdb._hit(film.tmdb_id) for film in best[start:end]]))
    catalogue.note_read()
    best_known.forget()
    return set(best)


def main() -> None:
    django.setup()
    from .database import fresh_database

    only, verbose = [word for word in sys.argv[1:] if word != "-v"], "-v" in sys.argv
    sources = {"the built-in sample": sample} | ({"the stand-in's films": standin} if STANDIN.exists() else {})
    for source, make in sources.items():
        tmdb = make()
        for state in ("cold", "catalogue read"):
            with fresh_database():
                known = read_catalogue(tmdb) if state != "cold" else set()
                print(f"\n{source}, {state}; in % of those asked\n  {'':36}{HEAD}")
                for kind, cases in kinds(tmdb.films).items():
                    if only and not any(word in kind for word in only):
                        continue
                    tally = measure([case for case in cases if not (case.is_absent and case.film in known)], tmdb)
                    print(
                        f"  {kind:36}{tally}", *(f"      {one}" for one in tally.wrong if verbose), sep="\n", flush=True
                    )


if __name__ == "__main__":
    main()
