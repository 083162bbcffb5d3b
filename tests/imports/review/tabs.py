"""Tabs of one person that are open at once: what each can do to a film, and whether what comes of it is whole."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from random import Random
from threading import Event
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from enrichment.models import LookupStatus
from imports.films.locking import lock_import
from imports.models import (
    ChosenBy,
    Decision,
    ImportSession,
    MatchMemory,
    Movie,
    Outcome,
    Ranking,
    SessionStatus,
    Source,
)
from imports.outcomes import recount
from imports.review import decisions
from tests.exports import letterboxd_zip
from tests.factories import ImportSessionFactory, MovieFactory, TitleLookupFactory, TmdbMovieFactory, UserFactory

DAY = date(2024, 6, 30)


def import_of(user: User, films: int, source: str = Source.PRIME_VIDEO) -> ImportSession:
    """All of them matched by the machine, each with another film that it could be; and, in a review, a series."""
    is_review = source == Source.PRIME_VIDEO
    session: ImportSession = ImportSessionFactory(
        user=user,
        browser_key="",
        source=source,
        link_readable=not is_review,
        status=SessionStatus.COMPLETED,
        total_movies=films,
        enriched_count=films,
        matched_count=films,
        closed_at=None if is_review else timezone.now(),
        expires_at=timezone.now() + timedelta(minutes=30),
        last_accessed=timezone.now(),
    )
    decision = Decision.PENDING if is_review else Decision.NONE
    for turn in range(films):
        machines, others = TmdbMovieFactory(done=True), TmdbMovieFactory(done=True)
        lookup = TitleLookupFactory(
            status=LookupStatus.MATCHED,
            tmdb_movie=machines,
            candidates=[{"id": machines.pk, "score": 1.0}, {"id": others.pk, "score": 0.9}],
            asked_at=timezone.now(),
        )
        match = {"tmdb_movie": machines, "lookup": lookup, "matched": True}
        MovieFactory(session=session, turn=turn, decision=decision, rating=4, watched_on=DAY, **match)
    if is_review:
        MovieFactory(session=session, turn=films, kind="series", decision=Decision.NOT_A_FILM, lookup=None)
    return session


class Tab:
    """A browser's tab on the import, and the film that its person looks at."""

    def __init__(self, session: ImportSession, movie: Movie, *, other: int, ranking: Ranking | None = None) -> None:
        self.session, self.movie, self.other, self.ranking = session, movie, other, ranking
        self.random = Random(0)  # what a storm picks by
        self.client = Client(raise_request_exception=False)
        assert session.user is not None
        self.client.force_login(session.user)

    def review(self, action: str, **sent: Any) -> Any:
        return self.client.post(f"/imports/{self.session.pk}/review/{self.movie.pk}/{action}/", sent)

    def of_import(self, action: str, **sent: Any) -> Any:
        return self.client.post(f"/imports/{self.session.pk}/{action}/", sent)

    def api(self, action: str, body: dict[str, Any] | None = None) -> Any:
        url = f"/api/v1/import/amazon-prime/session/{self.session.pk}/{action}/"
        return self.client.post(url, body or {}, content_type="application/json")

    @property
    def rated(self) -> str:
        """The address of the film's rating."""
        return f"/api/v1/rankings/{self.ranking.pk if self.ranking else 0}/"


Act = Callable[[Tab], Any]


def _take_in(tab: Tab) -> Any:
    series = tab.session.movies.filter(title__gt="").order_by("-pk")[0]  # the last one is the series
    return tab.of_import(f"titles/{series.pk}/take-in")


def _update(tab: Tab) -> Any:
    return tab.of_import("update", files=SimpleUploadedFile("export.zip", letterboxd_zip(2)), sure="on")


WHICH_FILM: dict[str, Act] = {
    "choose": lambda tab: tab.review("choose", tmdb_id=tab.other),
    "reject": lambda tab: tab.review("reject"),
    "unchoose": lambda tab: tab.review("unchoose"),
}
OF_REVIEW: dict[str, Act] = WHICH_FILM | {
    "add": lambda tab: tab.review("add", rating="4"),
    "add_as_another": lambda tab: tab.review("add", rating="4", tmdb_id=tab.other),
    "add_by_api": lambda tab: tab.api(f"movie/{tab.movie.turn}/add", {"rating": 3}),
    "skip": lambda tab: tab.review("skip"),
    "skip_by_api": lambda tab: tab.api(f"movie/{tab.movie.turn}/skip"),
    "bulk": lambda tab: tab.of_import("review/all", film=str(tab.movie.pk)),
    "undo": lambda tab: tab.review("undo"),
    "undo_last": lambda tab: tab.of_import("review/undo"),
}
BESIDE: dict[str, Act] = {
    "take_in": _take_in,
    "complete": lambda tab: tab.of_import("complete"),
    "complete_by_api": lambda tab: tab.api("complete"),
    "edit": lambda tab: tab.client.patch(tab.rated, {"rating": 2.0}, content_type="application/json"),
    "remove": lambda tab: tab.client.delete(tab.rated),
    "ask_again": lambda tab: tab.of_import(f"films/{tab.movie.pk}/ask-again"),
    "delete": lambda tab: tab.of_import("delete"),
    "undo_import": lambda tab: tab.of_import("undo"),
}
OF_LETTERBOXD: dict[str, Act] = WHICH_FILM | {
    "undo_last": lambda tab: tab.of_import("review/undo"),
    "update": _update,
    "edit": BESIDE["edit"],
    "remove": BESIDE["remove"],
    "ask_again": BESIDE["ask_again"],
    "delete": BESIDE["delete"],
    "undo_import": BESIDE["undo_import"],
}


def at_once(session: ImportSession, *acts: Callable[[], Any]) -> list[Any]:
    """The answers of these, each in a thread of its own. The import is locked until all of them have looked at it and
    wait, or are through: nobody may judge what stood before."""
    waiting = [Event() for _ in acts]
    with ThreadPoolExecutor(len(acts)) as pool:
        with transaction.atomic():
            lock_import(session.pk)
            answers = [pool.submit(_watched, act, event) for act, event in zip(acts, waiting, strict=True)]
            for event in waiting:
                assert event.wait(10)
        return [answer.result(30) for answer in answers]


def _watched(act: Callable[[], Any], waits: Event) -> Any:
    try:
        with _telling_of_locks(waits):
            return act()
    finally:
        waits.set()
        connection.close()


@contextmanager
def _telling_of_locks(waits: Event) -> Iterator[None]:
    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(("BEGIN", "INSERT", "UPDATE", "DELETE")) or "UPDATE" in sql:
            waits.set()
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield


def faults(session: ImportSession) -> list[str]:
    """What does not agree: the import's counters, its films, what is remembered of them, and the library."""
    torn = [str(drift) for drift in recount.drifts()]
    for movie in session.movies.select_related("lookup").order_by("turn"):
        torn += [f"{movie.pk} {movie.decision} {movie.outcome}: {fault}" for fault in _faults(movie)]
    return torn


def _faults(movie: Movie) -> Iterator[str]:
    ranking = Ranking.objects.filter(movie=movie).first()
    memory = MatchMemory.objects.filter(movie=movie).first()
    is_added, is_skipped = movie.decision == Decision.ADDED, movie.decision == Decision.SKIPPED
    is_by_person = movie.chosen_by == ChosenBy.PERSON  # remembered also from an earlier import, by that
    is_chosen = is_by_person and movie.decided_at is not None
    if is_added and (movie.tmdb_movie_id is None or movie.outcome != Outcome.MATCHED):
        yield "added without a film"
    if ranking and movie.session.is_review and ranking.changed_at is None and not is_added:
        yield "in the library, but not added"
    if ranking and is_added and ranking.tmdb_movie_id != movie.tmdb_movie_id:
        yield "in the library as another film"
    if movie.chosen_by == ChosenBy.PERSON and movie.tmdb_movie_id is None and movie.outcome != Outcome.UNMATCHED:
        yield "none of TMDB's, but not unmatched"
    if (is_added or is_skipped or is_chosen) and memory is None:
        yield "decided, but not remembered"
    if memory and memory.tmdb_movie_id != (None if is_skipped else movie.tmdb_movie_id):
        yield "remembered as another film"
    if memory and movie.decision in (Decision.PENDING, Decision.NONE) and not is_by_person:
        yield "remembered, but not decided"


def person() -> User:
    user: User = UserFactory()
    return user


def scenes(source: str = Source.PRIME_VIDEO) -> Iterator[tuple[str, Callable[[], list[Tab]]]]:
    """How the film stands when two tabs are opened on it, and what makes them."""
    yield "matched", lambda: _opened(source)
    yield "chosen", lambda: _opened(source, lambda movie, other: decisions.choose(movie, other))
    yield "rejected", lambda: _opened(source, lambda movie, _: decisions.reject(movie))
    if source == Source.PRIME_VIDEO:
        yield "added", lambda: _opened(source, lambda movie, _: decisions.add(movie, None, DAY))


def _opened(source: str, before: Callable[[Movie, int], Any] = lambda *_: None) -> list[Tab]:
    session = import_of(person(), 2, source)
    movie = session.movies.select_related("session", "lookup", "tmdb_movie").get(turn=0)
    assert movie.lookup is not None
    other = movie.lookup.candidates[1]["id"]
    before(movie, other)
    ranking = Ranking.objects.filter(movie=movie).first()
    return [Tab(session, movie, other=other, ranking=ranking) for _ in range(2)]
