"""Which film is this title? Ask TMDB question after question, judge, and keep the answer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from . import matching, titles
from .films import catalogue_in_use, keep_hits
from .leases import settle
from .models import DetailsStatus, TitleLookup, TmdbMovie
from .signals import settled
from .tmdb.types import SearchAnswer, SearchHit, Tmdb

KEPT_CANDIDATES = 6
PAGE = 20  # hits in one answer


def resolve(lookup: TitleLookup, tmdb: Tmdb) -> None:
    verdict, hits = _search(lookup, tmdb)
    kept = verdict.ranking[:KEPT_CANDIDATES]
    with transaction.atomic():
        keep_hits([hits[scored.candidate.tmdb_id] for scored in kept])
        ours = settle(
            lookup,
            status=verdict.status,
            tmdb_movie_id=verdict.tmdb_id,
            confidence=verdict.confidence,
            reasons=list(verdict.reasons),
            candidates=[{"id": scored.candidate.tmdb_id, "score": scored.score} for scored in kept],
            error="",
            asked_at=timezone.now(),
            catalogue=catalogue_in_use(),
        )
        if ours:
            settled.send(TitleLookup, lookups=[lookup.pk], films=[])


@dataclass(slots=True)
class _Seen:
    """What TMDB's answers to one lookup have shown so far."""

    hits: dict[int, SearchHit] = field(default_factory=dict)
    total: int = 0  # of the last answer

    def add(self, answer: SearchAnswer) -> None:
        self.hits |= {hit.tmdb_id: hit for hit in answer.hits}
        self.total = answer.total


def _search(lookup: TitleLookup, tmdb: Tmdb) -> tuple[matching.Verdict, dict[int, SearchHit]]:
    """Ask question after question until the verdict can't get better. Who asks again wants no answer from the cache."""
    names = lookup.variants or [lookup.title]
    seen = _Seen()
    verdict = matching.judge(names, lookup.year, [])
    for query, year in _questions(names, lookup.year, seen):
        seen.add(tmdb.search(query, year, fresh=lookup.asked_at is not None))
        verdict = matching.judge(names, lookup.year, _candidates(seen.hits.values()))
        if matching.is_good_enough(verdict, lookup.year):
            break
    return verdict, seen.hits


def _questions(names: Sequence[str], year: int | None, seen: _Seen) -> Iterator[tuple[str, int | None]]:
    """As few as possible: with the year; without it; by the years beside it, only where the answer without a year
    was longer than the page we saw; other spellings, only where nothing was found."""
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


def _candidates(hits: Iterable[SearchHit]) -> list[matching.Candidate]:
    """What the hits say to the judge, without films that TMDB has deleted since."""
    found = {hit.tmdb_id: hit for hit in hits}
    gone = TmdbMovie.objects.filter(pk__in=found, details_status=DetailsStatus.GONE).values_list("pk", flat=True)
    for tmdb_id in gone:
        del found[tmdb_id]
    return [
        matching.Candidate(
            tmdb_id=hit.tmdb_id,
            title=hit.title,
            original_title=hit.original_title,
            year=hit.release_date.year if hit.release_date else None,
            votes=hit.vote_count or 0,
            popularity=hit.popularity or 0.0,
            video=hit.video,
        )
        for hit in found.values()
    ]
