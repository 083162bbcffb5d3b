"""The library follows from what is there, not from how it came: any order of imports, with any deleting, leaving out
and undoing in between, ends in the same library."""

import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrichment.models import TitleLookup, TmdbMovie
from imports.exports.library import library_json
from imports.library import viewings
from imports.models import Decision, ImportSession, Source
from imports.reconciling import keeping, marks
from imports.reconciling.rules import Decisions, Evidence, Instead, conclude
from imports.sessions import in_library
from imports.sessions.delete import delete_import
from tests.factories import ImportSessionFactory, MovieFactory, TmdbMovieFactory, UserFactory, ViewingFactory

MAY = date(2024, 5, 10)
KINDS = {"letterboxd": "diary", "trakt": "diary", "prime_video": "stream", "netflix": "stream", "person": "person"}
refs = st.sampled_from([f"{source}{n}" for source in KINDS for n in range(4)])


@st.composite
def evidence(draw: st.DrawFn) -> Evidence:
    source = draw(st.sampled_from(sorted(KINDS)))
    day = draw(st.none() | st.integers(0, 9).map(lambda n: MAY + timedelta(days=n)))
    kind: Any = KINDS[source] if day else "mark"
    return Evidence(
        *(f"{source}{draw(st.integers(0, 3))}", source, kind, day),
        rating=draw(st.none() | st.sampled_from([Decimal(2), Decimal(4)])),
        rewatch=draw(st.booleans()),
    )


@st.composite
def decisions(draw: st.DrawFn) -> Decisions:
    several = st.lists(st.lists(refs, min_size=2, max_size=3, unique=True).map(tuple), max_size=2)
    day = st.builds(lambda n: {"watched_on": MAY + timedelta(days=n)}, st.integers(0, 9))
    return Decisions(
        same=draw(several),
        apart=draw(several),
        instead=draw(st.lists(st.builds(Instead, st.tuples(refs), day), max_size=1)),
        not_mine=frozenset(draw(st.lists(refs, max_size=1))),
    )


def of_one_reading(told: Sequence[Evidence]) -> list[Evidence]:
    """Each entry is read once."""
    return list({entry.ref: entry for entry in told}.values())


@settings(max_examples=300, deadline=None)
@given(st.lists(evidence(), max_size=10).map(of_one_reading), decisions(), st.randoms(use_true_random=False))
def test_any_order_of_evidence_gives_the_same(told: list[Evidence], decided: Decisions, chance: Any) -> None:
    conclusion = conclude(told, decided)
    chance.shuffle(told)
    assert conclude(told, decided) == conclusion
    parts = len(conclusion.viewings) + conclusion.joined + conclusion.folded + conclusion.taken_out
    assert conclusion.evidence == parts == len(told)
    assert min(conclusion.joined, conclusion.folded) >= 0
    counted = [entry.ref for viewing in conclusion.viewings for entry in viewing.told_by]
    assert len(counted) == len(set(counted)) <= len(told)


# With rows


Tells = dict[str, list[int | None]]  # title -> days after 10 May; None: without a day
TITLES = ["Heat", "Alien", "Playtime", "Nobody knows it"]
tells = st.dictionaries(
    st.sampled_from(TITLES), st.lists(st.none() | st.integers(0, 12), max_size=3, unique=True), min_size=1
)
IMPORTS = ("diary", "older diary", "stream", "by hand")
ways = st.lists(st.tuples(st.sampled_from(["delete", "leave out", "catch up"]), st.integers(0, 3)), max_size=6)


class Person:
    """A person who brings things in, and takes them back."""

    def __init__(self, told: Sequence[Tells]) -> None:
        self.user: User = UserFactory()
        self.told = dict(zip(IMPORTS, told, strict=True))
        self.there: dict[str, Any] = {}

    def bring(self, name: str) -> None:
        if name not in self.there:
            self.there[name] = self._by_hand() if name == "by hand" else self._import(name)

    def take_back(self, name: str) -> None:
        there = self.there.pop(name, None)
        if isinstance(there, ImportSession):
            delete_import(there)
        for done in there if isinstance(there, list) else ():
            viewings.undo(self.user, done)

    def leave_out_for_a_while(self, name: str) -> None:
        there = self.there.get(name)
        if isinstance(there, ImportSession):
            in_library.put(there, False)
            keeping.catch_up(self.user)
            in_library.put(there, True)

    def library(self) -> str:
        keeping.catch_up(self.user)
        assert keeping.drifts(self.user) == set()
        return json.dumps(json.loads("".join(library_json(self.user)))["films"])

    def _import(self, name: str) -> ImportSession:
        is_stream = name == "stream"
        source = Source.PRIME_VIDEO if is_stream else Source.LETTERBOXD
        session: Any = ImportSessionFactory(user=self.user, browser_key="", source=source, link_readable=not is_stream)
        for title, days in self.told[name].items():
            known: dict[str, Any] = {"lookup": TitleLookup.objects.get(title=title)}
            if title != "Nobody knows it" or is_stream:
                known |= {"matched": True, "tmdb_movie": film_named(title)}
            if is_stream:
                known["decision"] = Decision.ADDED
            movie = MovieFactory(session=session, title=title, source_key=title, **known)
            for day in days:
                uri = "" if is_stream else f"https://boxd.it/{title}{day}"
                ViewingFactory(movie=movie, watched_on=on(day), entry_uri=uri)
        marks.mark(session.movies.all())
        return session  # type: ignore[no-any-return]

    def _by_hand(self) -> list[viewings.Undoable]:
        return [
            viewings.added(viewings.add(self.user, film_named(title).pk, {"watched_on": on(day)}, today=date.max))
            for title, days in self.told["by hand"].items()
            for day in days
            if day is not None
        ]


def on(day: int | None) -> date | None:
    return None if day is None else MAY + timedelta(days=day)


def film_named(title: str) -> TmdbMovie:
    return TmdbMovie.objects.get(title=title)


@pytest.fixture
def titles(db: None) -> None:
    for title in TITLES:
        TmdbMovieFactory(title=title, done=True)
        lookup: Callable[..., Any] = TitleLookup.objects.create
        lookup(title=title, title_key=title.lower(), year=2001)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(tells, tells, tells, tells), st.permutations(IMPORTS), ways)
def test_any_way_to_the_same_imports_gives_the_same_library(
    titles: None, told: tuple[Tells, ...], order: list[str], ways: list[tuple[str, int]]
) -> None:
    straight, winding = Person(told), Person(told)
    for name in IMPORTS:
        straight.bring(name)
    for name, (way, number) in zip([*order, *order], [*ways, *[("catch up", 0)] * 8], strict=False):
        winding.bring(name)
        if way == "delete":
            winding.take_back(IMPORTS[number])
        elif way == "leave out":
            winding.leave_out_for_a_while(IMPORTS[number])
        else:
            keeping.catch_up(winding.user)
    for name in order:
        winding.bring(name)
    assert winding.library() == straight.library()
