"""Whatever changes what a library follows from has it reconciled: each way in, on its own. `drifts` compares the rows
with what would follow from everything, so that a way that forgets to mark a film is found."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from enrichment import signals
from enrichment.models import LookupStatus, TmdbMovie
from imports.accounts import account
from imports.library import rankings, viewings
from imports.models import (
    Decision,
    ImportSession,
    Library,
    LibraryChange,
    LibraryFilm,
    LibraryViewing,
    Movie,
    Owner,
    SessionStatus,
    Source,
    Viewing,
)
from imports.outcomes import settle
from imports.reconciling import keeping
from imports.review import decisions
from imports.sessions import in_library
from imports.sessions.delete import delete_expired, delete_import, undo_import
from imports.sessions.start import start_import
from imports.sessions.update import update_import
from imports.sources.base import Upload
from tests.exports import letterboxd_zip
from tests.factories import (
    ImportSessionFactory,
    MovieFactory,
    RankingFactory,
    TmdbMovieFactory,
    UserFactory,
    ViewingFactory,
)

pytestmark = pytest.mark.django_db
MAY = date(2024, 5, 10)
TODAY = date(2024, 6, 1)


@pytest.fixture
def world() -> SimpleNamespace:
    """A person with a diary, a review of the same films, films of their own, and a library that is up to date."""
    user: Any = UserFactory()
    films: Any = TmdbMovieFactory.create_batch(4, done=True)
    diary: Any = ImportSessionFactory(user=user, browser_key="", total_movies=3, enriched_count=2, matched_count=2)
    rows: Any = [MovieFactory(session=diary, matched=True, tmdb_movie=film) for film in films[:2]]
    Movie.objects.filter(pk=rows[1].pk).update(rating=Decimal(3), rated_on=MAY)
    for row in rows:
        ViewingFactory(movie=row, watched_on=MAY)
    waiting: Any = MovieFactory(session=diary)
    review: Any = ImportSessionFactory(
        user=user,
        browser_key="",
        source=Source.PRIME_VIDEO,
        link_readable=False,
        status=SessionStatus.COMPLETED,
        total_movies=3,
        enriched_count=3,
        matched_count=3,
    )
    streams: Any = [
        MovieFactory(session=review, matched=True, tmdb_movie=film, decision=Decision.PENDING) for film in films[:3]
    ]
    for stream in streams:
        ViewingFactory(movie=stream, watched_on=MAY, entry_uri="")
    settle.sort_out(review.pk)
    ranking: Any = RankingFactory(user=user, tmdb_movie=films[3], rating=Decimal(4))
    keeping.recompute(user)
    return SimpleNamespace(**locals())


def add(world: Any, n: int = 0) -> None:
    decisions.add(Movie.objects.get(pk=world.streams[n].pk), Decimal(5), MAY)


def match(world: Any) -> None:
    lookup = world.waiting.lookup
    lookup.status, lookup.tmdb_movie = LookupStatus.MATCHED, world.films[3]
    lookup.save()
    settle.apply(lookups=[lookup.pk])


def undo(world: Any) -> None:
    add(world)
    keeping.catch_up(world.user)
    decisions.undo(Movie.objects.get(pk=world.streams[0].pk))


def review_undone(world: Any) -> None:
    add(world)
    keeping.catch_up(world.user)
    undo_import(world.review)


def merge(world: Any) -> None:
    signals.merged.send(TmdbMovie, old=world.films[0].pk, new=world.films[3].pk)


def unchoose(world: Any) -> None:
    decisions.choose(world.rows[0], world.films[3].pk)
    keeping.catch_up(world.user)
    decisions.unchoose(Movie.objects.get(pk=world.rows[0].pk))


def adopt(world: Any) -> None:
    brought: Any = ImportSessionFactory(browser_key="theirs", total_movies=1)
    MovieFactory(session=brought)
    account.adopt("theirs", world.user)


def updated(world: Any) -> None:
    session = start_import(Owner(user=world.user), [Upload("export.zip", letterboxd_zip(20))])
    keeping.catch_up(world.user)
    update_import(session, [Upload("export.zip", letterboxd_zip(30))])


def renamed(world: Any) -> None:
    TmdbMovie.objects.filter(pk=world.films[0].pk).update(title="Another name")
    signals.settled.send(TmdbMovie, lookups=[], films=[world.films[0].pk])


def first_viewing(world: Any, n: int = 0) -> LibraryViewing:
    return LibraryViewing.objects.select_related("film").get(film__tmdb_movie=world.films[n])


def by_hand(world: Any) -> LibraryViewing:
    values: viewings.Values = {"watched_on": date(2023, 1, 1), "rating": Decimal(4)}
    return viewings.add(world.user, world.films[3].pk, values, today=TODAY)


WAYS: dict[str, Callable[[Any], object]] = {
    "an import": lambda world: start_import(Owner(user=world.user), [Upload("export.zip", letterboxd_zip(20))]),
    "a newer export": updated,
    "an answer": match,
    "an answer is taken back": lambda world: settle.reopen([row.lookup_id for row in world.rows]),
    "a choice": lambda world: decisions.choose(world.rows[0], world.films[3].pk),
    "a choice is taken back": unchoose,
    "none of these": lambda world: decisions.reject(world.rows[0]),
    "added in a review": add,
    "all added in a review": lambda world: decisions.add_all(
        world.review, decisions.sure_films(world.review), Decimal(4)
    ),
    "taken back in a review": undo,
    "TMDB merges two films": merge,
    "TMDB renames a film": renamed,
    "an import is deleted": lambda world: delete_import(world.diary),
    "a review is undone": review_undone,
    "an import is left out": lambda world: in_library.put(world.diary, False),
    "a browser's imports are adopted": adopt,
    "a rating is changed": lambda world: rankings.change(world.ranking, {"rating": Decimal(1)}),
    "a rating is removed": lambda world: rankings.remove(world.ranking),
    "a rating is added": lambda world: rankings.add(world.user, world.films[2], Decimal(2), MAY),
    "told by hand": by_hand,
    "told by hand, taken back": lambda world: viewings.remove(by_hand(world)),
    "changed": lambda world: viewings.change(first_viewing(world), {"watched_on": date(2020, 1, 1)}, today=TODAY),
    "not theirs": lambda world: viewings.remove(first_viewing(world)),
    "a whole film is not theirs": lambda world: viewings.take_out(first_viewing(world).film),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_way_in_is_marked(world: Any, way: str) -> None:
    before = Library.objects.get(user=world.user).revision
    WAYS[way](world)
    keeping.catch_up(world.user)
    assert Library.objects.get(user=world.user).revision > before
    assert keeping.drifts(world.user) == set()


def test_nothing_else_touches_a_library(world: Any) -> None:
    decisions.skip(world.streams[2])
    before = Library.objects.get(user=world.user).revision
    assert keeping.up_to_date(world.user)
    keeping.recompute(world.user)
    assert Library.objects.get(user=world.user).revision == before


def test_an_expired_import_takes_its_evidence_along(world: Any, settings: Any) -> None:
    ImportSession.objects.filter(pk=world.diary.pk).update(expires_at="2020-01-01T00:00Z")
    assert delete_expired(world.diary.pk)
    keeping.catch_up(world.user)
    assert keeping.drifts(world.user) == set()
    # nothing rates the second film now: what the review tells of it is undecided, as if the diary had never come
    assert set(LibraryFilm.objects.values_list("tmdb_movie", flat=True)) == {world.films[3].pk}


def test_check_library_finds_what_drifted_and_puts_it_right(world: Any) -> None:
    call_command("check_library")
    Viewing.objects.filter(movie=world.rows[0]).update(watched_on=date(2001, 1, 1))  # behind everyone's back
    with pytest.raises(CommandError, match="1 films are off"):
        call_command("check_library", world.user.username)
    call_command("check_library", "--fix")
    call_command("check_library")
    assert first_viewing(world).watched_on == date(2001, 1, 1)


def test_what_a_crash_left_undone_is_done_the_next_time(world: Any) -> None:
    in_library.put(world.diary, False)
    assert LibraryChange.objects.exists()  # nobody was there to see to it
    assert keeping.up_to_date(world.user)
    assert not LibraryChange.objects.exists()
    assert keeping.drifts(world.user) == set()


def test_what_was_added_in_a_review_outlives_its_time(world: Any) -> None:
    add(world)
    ImportSession.objects.filter(pk=world.review.pk).update(expires_at="2020-01-01T00:00Z")
    assert delete_expired(world.review.pk)
    world.review.refresh_from_db()
    assert (world.review.closed_at is not None, world.review.expires_at) == (True, None)
    assert world.review.total_movies == world.review.movies.count() == 2  # added, and rated in the diary before
    keeping.catch_up(world.user)
    assert keeping.drifts(world.user) == set()
    assert {told["source"] for told in first_viewing(world).told_by} == {"letterboxd", "prime_video"}


def test_a_review_in_which_nothing_was_added_goes(world: Any) -> None:
    Movie.objects.filter(session=world.review).update(decision=Decision.PENDING)
    ImportSession.objects.filter(pk=world.review.pk).update(expires_at="2020-01-01T00:00Z")
    assert delete_expired(world.review.pk)
    assert not ImportSession.objects.filter(pk=world.review.pk).exists()
