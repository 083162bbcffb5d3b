"""Which film is this title? Ask TMDB question after question, judge, and keep the answer."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.db import transaction

from enrichment import matching, titles
from enrichment.films import best_known, catalogue
from enrichment.films.records import candidate, keep_details, keep_hits
from enrichment.models import DetailsStatus, TitleLookup, TmdbMovie
from enrichment.questions.answers import KEPT_CANDIDATES, answer
from enrichment.signals import settled
from enrichment.tmdb.errors import TMDBGone
from enrichment.tmdb.types import MovieDetails, SearchHit, Tmdb

from .leases import settle

PAGE = 20  # hits in one answer
PAGES = 3  # that are read at most, where a title has no year


def resolve(lookup: TitleLookup, tmdb: Tmdb) -> bool:
    """Find the lookup's film; False when TMDB was not asked, for the film is known here. A question that is put again
    always goes to TMDB."""
    identified = identify(lookup, tmdb)
    verdict, hits = identified.verdict, identified.hits
    kept = [scored.candidate.tmdb_id for scored in verdict.ranking[:KEPT_CANDIDATES]]
    with transaction.atomic():
        keep_hits([hits[tmdb_id] for tmdb_id in kept if tmdb_id in hits])  # the others are known here
        if identified.details:
            keep_details(identified.details)
        if settle(lookup, **answer(verdict), error=""):
            settled.send(TitleLookup, lookups=[lookup.pk], films=[])
    return identified.was_asked


class Identified(NamedTuple):
    verdict: matching.Verdict
    hits: Mapping[int, SearchHit]  # by their ids: all that TMDB's answers held
    details: MovieDetails | None = None  # of a film whose other titles were looked at
    was_asked: bool = True  # TMDB; else the film is known here


def identify(lookup: TitleLookup, tmdb: Tmdb) -> Identified:
    """Say which film the lookup means. Stores nothing. Raises what `tmdb` raises."""
    names = lookup.variants or [lookup.title]
    if lookup.asked_at is None and (known := catalogue.matches([(names, lookup.year)])[0]):
        return Identified(known, {}, was_asked=False)
    search = _Search(names, lookup.year, tmdb, fresh=lookup.asked_at is not None)
    search.ask()
    return Identified(search.judge(), search.hits, search.details)


@dataclass
class _Search:
    """The search for one film: what was asked, what TMDB's answers have shown, and what we know ourselves."""

    names: Sequence[str]  # the whole name, then its halves
    year: int | None
    tmdb: Tmdb
    fresh: bool  # who asks again wants no answer from the cache
    hits: dict[int, SearchHit] = field(default_factory=dict)
    by_half: set[int] = field(default_factory=set)  # that no search for the whole name has found
    known: list[matching.Candidate] = field(default_factory=list)  # films known here that may be it
    details: MovieDetails | None = None  # of a film whose other titles were looked at
    total: int = 0  # of the last answer

    def ask(self) -> None:
        """Ask question after question until the verdict can't get better, as few as possible: the whole name with
        the year, without it, by the years beside it; by its halves and other spellings where nothing was found."""
        self.known = catalogue.namesakes(self.names[0])
        if self.year is None:
            self.known += best_known.loosely(self.names[:1], None)
        self._ask(self.names[0], self.year)
        if self.year is None:
            self._read_on()
        elif self._may_have_a_famous_namesake():
            self._ask(self.names[0], None)
        if not self._is_settled():
            self._look_further()

    def _is_settled(self) -> bool:
        """Whether no further search can help. Only the very title, in the year if there is one, ends the asking."""
        return matching.is_good_enough(self.judge(), self.year) or self._has_such_a_title()

    def judge(self) -> matching.Verdict:
        return matching.judge(self.names, self.year, self._candidates())

    def _has_such_a_title(self) -> bool:
        """Where one film alone is left, found by a title that its hit does not show, its other titles can tell. They
        come with its details, which are wanted of a match in any case: then the request costs nothing."""
        if self.details is not None or (film := self._only_one()) is None:
            return False
        with suppress(TMDBGone):
            self.details = self.tmdb.details(film, with_titles=True)
        return self.judge().ranking[0].how == "other_title"

    def _ask(self, query: str, year: int | None, *, page: int = 1) -> None:
        answer = self.tmdb.search(titles.query(query), year, page=page, fresh=self.fresh)
        self.hits |= {hit.tmdb_id: hit for hit in answer.hits}
        self.total = answer.total

    def _may_have_a_famous_namesake(self) -> bool:
        """One a year beside, that the question did not ask for. Well-known ones are known here once the catalogue was
        read."""
        verdict = self.judge()
        if verdict.status != "matched" or catalogue.was_read():
            return False
        return verdict.ranking[0].candidate.votes < matching.FEW_VOTES

    def _read_on(self) -> None:
        """Where a title seems sure without a year, its namesakes may stand further down."""
        for page in range(2, PAGES + 1):
            if self.total <= PAGE * (page - 1) or self.judge().status != "matched":
                return
            self._ask(self.names[0], None, page=page)

    def _look_further(self) -> None:
        whole, *halves = self.names
        guesses = best_known.misspelt(self.names[:1], self.year) if not self._is_thinkable() else []
        self.known = [*self.known, *best_known.loosely(self.names[:1], self.year)]
        for query, year in self._other_years(whole):
            self._ask(query, year)
            if self._is_settled():
                return
        if matching.is_near_enough(self.judge(), self.year):
            return
        if not self.hits:
            self._ask_halves(halves)
        if not self.hits and self.judge().status != "matched":  # one known here may be written otherwise
            self._ask_spellings()
        self.known = [*self.known, *guesses]

    def _is_thinkable(self) -> bool:
        return self.judge().status != "unmatched"

    def _other_years(self, whole: str) -> Iterator[tuple[str, int | None]]:
        """What to ask once the year found nothing: the title without it; and with the years beside it, where that
        answer was longer than the page we saw."""
        if self.year is None:
            return
        yield whole, None
        if self.total > PAGE:
            yield whole, self.year + 1  # TMDB's year is later than Letterboxd's far more often than earlier
            yield whole, self.year - 1

    def _ask_halves(self, halves: Sequence[str]) -> None:
        for half in halves:
            self._ask(half, self.year)
        self.by_half = set(self.hits)

    def _ask_spellings(self) -> None:
        for name in self.names:
            for spelling in titles.query_variants(name)[1:]:
                self._ask(spelling, None)
                if self._is_settled() or matching.is_near_enough(self.judge(), self.year):
                    return

    def _only_one(self) -> int | None:
        """The only film of the year, or of all where there is none, that a search for the whole name has found."""
        searched = self.hits.keys() - self.by_half
        films = [film for film in self._candidates() if film.tmdb_id in searched]
        of_year = [film.tmdb_id for film in films if self.year is None or film.year == self.year]
        return of_year[0] if len(of_year) == 1 else None

    def _candidates(self) -> Iterator[matching.Candidate]:
        """What the hits and the films known here say to the judge, without films that TMDB has deleted since."""
        films = {film.tmdb_id: film for film in self.known}
        films |= {pk: self._found(hit) for pk, hit in self.hits.items()}
        status_of = _status_of(films)
        for pk, film in films.items():
            status = status_of.get(pk)
            if status != DetailsStatus.GONE and (status or pk in self.hits):  # it may have been forgotten just now
                yield film

    def _found(self, hit: SearchHit) -> matching.Candidate:
        facts = (hit.tmdb_id, hit.title, hit.original_title, hit.release_date, hit.vote_count, hit.popularity)
        others = self.details.other_titles if self.details and self.details.tmdb_id == hit.tmdb_id else ()
        film = candidate(*facts, video=hit.video)
        return replace(film, is_by_half=hit.tmdb_id in self.by_half, other_titles=tuple(others))


def _status_of(films: Collection[int]) -> dict[int, str]:
    return dict(TmdbMovie.objects.filter(pk__in=films).values_list("pk", "details_status"))
