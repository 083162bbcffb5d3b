"""Eight tabs of one person that decide at random on one review, and on other imports of the same films beside it."""

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from time import sleep
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from enrichment import services as enrichment
from imports.models import ImportSession, Movie, Ranking, Source

from .tabs import BESIDE, OF_LETTERBOXD, OF_REVIEW, Act, Tab, faults, import_of, person

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SEED = 20
TABS = 8
PAUSE = 0.05  # seconds that a worker waits for TMDB; one that never did would leave SQLite to nobody else
OPERATIONS = 400  # 4,000 of them took a minute on SQLite, and two on PostgreSQL
FILMS = 8
TO_BE_DELETED = 6  # imports

LEAVES = ("delete", "undo_import")
PAGES = ("", "review/", "review/all/", "films/", "complete/", "export.json")


def _look(tab: Tab) -> Any:
    path = tab.random.choice(PAGES)
    return tab.client.get(f"/imports/{tab.session.pk}/{path}")


def _bulk(tab: Tab) -> Any:
    picked = [str(movie.pk) for movie in tab.session.movies.all() if tab.random.random() < 0.5]
    return tab.of_import("review/all", film=picked)


SHARED = {"look": _look}
ON_REVIEW: dict[str, Act] = {name: act for name, act in (OF_REVIEW | BESIDE | SHARED).items() if name not in LEAVES}
ON_REVIEW |= {"bulk": _bulk, "undo_again": OF_REVIEW["undo"]}
ON_LETTERBOXD: dict[str, Act] = {k: act for k, act in (OF_LETTERBOXD | SHARED).items() if k not in (*LEAVES, "update")}
ON_ONE_TO_BE_DELETED = ON_LETTERBOXD | {"delete": OF_LETTERBOXD["delete"], "undo_import": OF_LETTERBOXD["undo_import"]}


def _same_films(first: ImportSession, others: Iterable[ImportSession]) -> None:
    for movie in first.movies.filter(kind="film"):
        same = Movie.objects.filter(session__in=others, turn=movie.turn, kind="film")
        same.update(tmdb_movie=movie.tmdb_movie, lookup=movie.lookup)


class Storm:
    def __init__(self, user: User) -> None:
        self.user = user
        self.review = import_of(user, FILMS)
        self.letterboxd = import_of(user, FILMS, Source.LETTERBOXD)
        self.leaving = [import_of(user, 2, Source.LETTERBOXD) for _ in range(TO_BE_DELETED)]
        _same_films(self.review, [self.letterboxd, *self.leaving])
        self.films = list(Movie.objects.filter(session=self.review, kind="film").values_list("tmdb_movie", flat=True))
        self.statuses: Counter[tuple[str, int]] = Counter()

    def run(self, operations: int) -> None:
        with ThreadPoolExecutor(TABS + 1) as pool:
            answers = pool.submit(self._other_answers, operations // TABS)
            for statuses in pool.map(self._one_tab, range(TABS), [operations // TABS] * TABS):
                self.statuses += statuses
            answers.result()

    def _other_answers(self, count: int) -> None:
        """What a worker does meanwhile: a question of theirs has another answer, which imports follow."""
        random = Random(SEED - 1)
        lookups = list(self.review.movies.filter(kind="film").order_by("pk").values_list("lookup", flat=True))
        try:
            for _ in range(count):
                enrichment.choose(random.choice(lookups), random.choice(self.films))
                sleep(PAUSE)
        finally:
            connection.close()

    def _one_tab(self, number: int, operations: int) -> Counter[tuple[str, int]]:
        random, statuses = Random(SEED + number), Counter[tuple[str, int]]()
        tab = Tab(self.review, self.review.movies.all()[0], other=0)
        tab.random = random
        try:
            for _ in range(operations):
                name, act = self._turn_to(tab, random)
                statuses[name, act(tab).status_code] += 1
        finally:
            connection.close()
        return statuses

    def _turn_to(self, tab: Tab, random: Random) -> tuple[str, Act]:
        """Another import, film and ranking, and what to do with them."""
        places = [(self.review, ON_REVIEW), (self.letterboxd, ON_LETTERBOXD)]
        leaving = (random.choice(self.leaving), ON_ONE_TO_BE_DELETED)
        tab.session, acts = random.choices([*places, leaving], [80, 17, 3])[0]
        films = list(tab.session.movies.filter(kind="film").order_by("pk"))
        if films:  # else the import is deleted, and the number is that of another's film
            tab.movie = random.choice(films)
        tab.other = random.choice(self.films)
        rankings = list(Ranking.objects.filter(user=self.user))
        tab.ranking = random.choice(rankings) if rankings else None
        return random.choice(list(acts.items()))


def test_a_storm_of_decisions_leaves_everything_whole() -> None:
    storm = Storm(person())
    storm.run(OPERATIONS)
    print(sorted(storm.statuses.items()))
    bad = {key: n for key, n in storm.statuses.items() if key[1] >= 500}
    assert not bad
    assert {status for _, status in storm.statuses} <= {200, 201, 204, 302, 303, 400, 404, 409}
    for session in (storm.review, storm.letterboxd):
        assert not faults(session)
        assert _decisions(_back(storm.user, session)) == _decisions(session)


def _back(user: User, session: ImportSession) -> ImportSession:
    """The person's own export of it, brought back by another."""
    own, another = Client(), Client()
    own.force_login(user)
    another.force_login(person())
    export = bytes(own.get(f"/imports/{session.pk}/export.json").getvalue())
    answer = another.post("/api/session/import", {"file": SimpleUploadedFile("reelkeeper-export.json", export)})
    assert answer.status_code == 201, answer.content
    return ImportSession.objects.get(pk=answer.json()["session_id"])


def _decisions(session: ImportSession) -> list[tuple[Any, ...]]:
    """Of what is skipped the machine's match is asked for anew."""
    added, skipped = session.movies.filter(decision="added"), session.movies.filter(decision="skipped")
    ranked = added.order_by("turn").values_list("title", "tmdb_movie", "rankings__rating", "rankings__rated_at")
    return [*ranked, *skipped.order_by("turn").values_list("title")]
