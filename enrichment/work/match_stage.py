"""Which film is this title? Ask TMDB question after question, judge, and keep the answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from enrichment import matching, titles
from enrichment.films import best_known, catalogue
from enrichment.films.records import candidate, keep_hits
from enrichment.models import DetailsStatus, TitleLookup, TmdbMovie
from enrichment.questions.answers import KEPT_CANDIDATES, answer
from enrichment.signals import settled
from enrichment.tmdb.types import SearchAnswer, SearchHit, Tmdb

from .leases import settle

PAGE = 20  # hits in one answer


def resolve(lookup: TitleLookup, tmdb: Tmdb) -> bool:
    """Find the lookup's film; False when TMDB was not asked, for the film is known here. A question that is put again
    always goes to TMDB."""
    known = catalogue.matches([(_names(lookup), lookup.year)])[0] if lookup.asked_at is None else None
    verdict, hits = (known, {}) if known else _search(lookup, tmdb)
    kept = [scored.candidate.tmdb_id for scored in verdict.ranking[:KEPT_CANDIDATES]]
    with transaction.atomic():
        keep_hits([hits[tmdb_id] for tmdb_id in kept if tmdb_id in hits])  # the others are known here
        if settle(lookup, **answer(verdict), error=""):
            settled.send(TitleLookup, lookups=[lookup.pk], films=[])
    return known is None


def _names(lookup: TitleLookup) -> Sequence[str]:
    return lookup.variants or [lookup.title]


@dataclass(slots=True)
class _Seen:
    """What TMDB's answers to one lookup have shown so far."""

    hits: dict[int, SearchHit] = field(default_factory=dict)
    total: int = 0  # of the last answer

    def add(self, answer: SearchAnswer) -> None:
        self.hits |= {hit.tmdb_id: hit for hit in answer.hits}
        self.total = answer.total


def _search(lookup: TitleLookup, tmdb: Tmdb) -> tuple[matching.Verdict, dict[int, SearchHit]]:
    """Ask question after question until the verdict can't get better. Who asks again wants no answer from the cache.
    Where the first answer is not good enough, a film known here may be: one whose title is written otherwise may end
    the asking; one that is spelt otherwise is only proposed when all was asked, where TMDB had nothing like it."""
    names, year = _names(lookup), lookup.year
    seen, misspelt = _Seen(), list[matching.Candidate]()
    guesses: list[matching.Candidate] = []
    for number, (query, of_year) in enumerate(_questions(names, year, seen), start=1):
        seen.add(tmdb.search(query, of_year, fresh=lookup.asked_at is not None))
        verdict = matching.judge(names, year, _candidates(seen.hits, guesses))
        if number == len(names) and not matching.is_good_enough(verdict, year):
            misspelt = best_known.misspelt(names, year) if verdict.status == "unmatched" else []
            guesses = best_known.loosely(names, year)
            verdict = matching.judge(names, year, _candidates(seen.hits, guesses))
        if matching.is_good_enough(verdict, year):
            return verdict, seen.hits
    return matching.judge(names, year, _candidates(seen.hits, [*guesses, *misspelt])), seen.hits


def _questions(names: Sequence[str], year: int | None, seen: _Seen) -> Iterator[tuple[str, int | None]]:
    """The questions to ask, as few as possible: with the year; without it; by the years beside it, where the answer
    without a year was longer than the page we saw; by other spellings, where nothing was found."""
    for name in names:
        yield titles.query(name), year
    for name in names if year else ():
        query = titles.query(name)
        yield query, None
        if year and seen.total > PAGE:
            yield query, year + 1  # TMDB's year is later than Letterboxd's far more often than earlier
            yield query, year - 1
    if not seen.hits:
        for name in names:
            yield from ((spelling, None) for spelling in titles.query_variants(name)[1:])


def _candidates(hits: Mapping[int, SearchHit], guesses: Sequence[matching.Candidate]) -> Iterator[matching.Candidate]:
    """What the hits and our guesses say to the judge, without films that TMDB has deleted since."""
    told = {guess.tmdb_id: guess for guess in guesses} | {hit.tmdb_id: _as_candidate(hit) for hit in hits.values()}
    known = dict(TmdbMovie.objects.filter(pk__in=told).values_list("pk", "details_status"))
    for tmdb_id, film in told.items():
        status = known.get(tmdb_id)
        if status != DetailsStatus.GONE and (status or tmdb_id in hits):  # a guess may have been forgotten just now
            yield film


def _as_candidate(hit: SearchHit) -> matching.Candidate:
    facts = (hit.tmdb_id, hit.title, hit.original_title, hit.release_date, hit.vote_count, hit.popularity)
    return candidate(*facts, video=hit.video)
