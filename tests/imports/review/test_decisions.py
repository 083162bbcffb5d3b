"""A Prime Video review: how it starts, what is decided, and that everything can be taken back. Services, no pages."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import serializers
from django.utils import timezone

from enrichment.models import TitleLookup, TmdbMovie
from enrichment.tmdb.client import client
from enrichment.work import engine
from imports.models import ChosenBy, Decision, ImportSession, MatchMemory, Movie, Outcome, Ranking
from imports.outcomes import settle
from imports.review import decisions
from imports.sessions import start as start_module
from imports.sessions.delete import delete_import
from imports.sessions.open_review import ReviewOpen
from imports.sources.base import SourceError, Upload
from tests.exports import letterboxd_zip
from tests.factories import TmdbMovieFactory, UserFactory
from tests.tmdb_films import film, generated_films
from tests.tmdb_server import TmdbServer

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "Date Watched,Type,Title,Episode"
TITLES = [one["title"] for one in generated_films(12)]


@pytest.fixture
def user() -> User:
    found: User = UserFactory()
    return found


def history(titles: Sequence[str], *, series: Sequence[str] = ()) -> Upload:
    """Each title on a day of its own, the first the newest."""
    newest = date(2024, 6, 30)
    rows = [f'{newest - timedelta(days=n)},Movie,"{title}",' for n, title in enumerate(titles)]
    rows += [f'2020-01-01,Series,"{title}","Pilot"' for title in series]
    return Upload("watch-history.csv", "\n".join([HEADER, *rows]).encode())


def start(user: User, *titles: str, replace: bool = False, **more: Any) -> ImportSession:
    return start_module.start_review(user, [history(titles, **more)], replace=replace)


def work() -> None:
    engine.run(client(), 30)


def movies(session: ImportSession) -> list[Movie]:
    return list(session.movies.select_related("session", "lookup", "tmdb_movie").order_by("turn"))


def counters_add_up(session: ImportSession) -> bool:
    session.refresh_from_db()
    films = session.movies.filter(kind="film")
    counted = {o: films.filter(outcome=o).count() for o in ("matched", "unsure", "unmatched", "failed")}
    return counted == {o: getattr(session, f"{o}_count") for o in counted} and session.total_movies == films.count()


def test_a_review_holds_films_newest_first_and_counts_the_rest(tmdb: TmdbServer, user: User) -> None:
    session = start(user, *TITLES[:3], series=["Some Show"])
    films = [movie for movie in movies(session) if movie.kind == "film"]
    assert [movie.title for movie in films] == TITLES[:3]
    assert (session.total_movies, session.entries_count, session.series_count, session.found_count) == (3, 4, 1, 3)
    assert {movie.decision for movie in films} == {Decision.PENDING}
    assert session.movies.get(kind="series").decision == Decision.NOT_A_FILM
    assert not session.link_readable


def test_a_review_costs_one_request_a_film_and_no_details(tmdb: TmdbServer, user: User) -> None:
    session = start(user, *TITLES)
    work()
    session.refresh_from_db()
    assert (session.status, session.matched_count) == ("completed", len(TITLES))
    assert tmdb.record.requests <= 1.1 * len(TITLES)
    assert counters_add_up(session)


def test_the_clock_starts_when_all_is_matched(tmdb: TmdbServer, user: User) -> None:
    session = start(user, *TITLES[:2])
    assert session.expires_at is None
    work()
    session.refresh_from_db()
    assert session.expires_at is not None
    assert timedelta(minutes=29) < session.expires_at - timezone.now() <= timedelta(minutes=30)


def test_a_second_review_asks_before_it_replaces(tmdb: TmdbServer, user: User) -> None:
    first = start(user, TITLES[0])
    with pytest.raises(ReviewOpen):
        start(user, TITLES[1])
    assert ImportSession.objects.get().pk == first.pk
    second = start(user, TITLES[1], replace=True)
    assert ImportSession.objects.get().pk == second.pk


def test_an_expired_review_is_replaced_without_asking(tmdb: TmdbServer, user: User) -> None:
    start(user, TITLES[0])
    ImportSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert start(user, TITLES[1]).pk == ImportSession.objects.get().pk


def test_at_most_so_many_films_and_the_same_file_goes_on(
    tmdb: TmdbServer, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_module, "MAX_REVIEW", 4)
    first = start(user, *TITLES[:7])
    work()
    assert (first.total_movies, first.found_count) == (4, 7)
    ranked, skipped, *_ = movies(first)
    decisions.add(ranked, Decimal(4), date(2024, 1, 1))
    decisions.skip(skipped)
    decisions.complete(first)
    second = start(user, *TITLES[:7])
    titles = [movie.title for movie in movies(second)]
    # the undecided ones newest first, then room for none of those skipped; the ranked one is known and left out
    assert titles == [*TITLES[2:6], TITLES[0]]
    work()
    assert movies(second)[-1].decision == Decision.ALREADY_RANKED


def test_films_decided_before_come_last(tmdb: TmdbServer, user: User) -> None:
    first = start(user, *TITLES[:3])
    work()
    decisions.skip(movies(first)[0])
    decisions.complete(first)
    assert [movie.title for movie in movies(start(user, *TITLES[:3]))] == [TITLES[1], TITLES[2], TITLES[0]]


def test_each_source_has_its_own_door(tmdb: TmdbServer, user: User) -> None:
    from imports.models import Owner

    with pytest.raises(SourceError) as at_the_front:
        start_module.start_import(Owner(user=user), [history(TITLES[:1])])
    with pytest.raises(SourceError) as in_settings:
        start_module.start_review(user, [Upload("export.zip", letterboxd_zip(1))], replace=False)
    assert (at_the_front.value.status, in_settings.value.status) == (422, 422)
    assert "sign in" in str(at_the_front.value)
    assert not ImportSession.objects.exists()


def test_adding_ranks_once(tmdb: TmdbServer, user: User) -> None:
    session = start(user, TITLES[0])
    work()
    [movie] = movies(session)
    decisions.add(movie, Decimal("4"), date(2024, 6, 30))
    with pytest.raises(decisions.AlreadyDecided):
        decisions.add(movies(session)[0], Decimal("2"), date(2024, 6, 30))
    with pytest.raises(decisions.AlreadyDecided):
        decisions.skip(movies(session)[0])
    ranking = Ranking.objects.get()
    assert ranking.rating == 4
    assert (ranking.tmdb_movie_id, ranking.user_id) == (movie.tmdb_movie_id, user.pk)
    assert counters_add_up(session)


def test_a_film_ranked_elsewhere_leaves_the_queue_and_keeps_its_rating(tmdb: TmdbServer, user: User) -> None:
    known = TmdbMovieFactory(tmdb_id=generated_films(1)[0]["id"])
    Ranking.objects.create(user=user, tmdb_movie=known, title="x", rating=2, rated_at=date(2020, 1, 1))
    session = start(user, *TITLES[:2])
    work()
    assert [movie.decision for movie in movies(session)] == [Decision.ALREADY_RANKED, Decision.PENDING]
    assert Ranking.objects.get().rating == 2


def test_two_titles_of_one_film_are_one_decision(tmdb: TmdbServer, user: User) -> None:
    session = start(user, TITLES[0], f"{TITLES[0]} [OV]", TITLES[1])
    work()
    assert [movie.decision for movie in movies(session)] == [Decision.PENDING, Decision.SAME_FILM, Decision.PENDING]


def test_undo_takes_back_the_newest_decision(tmdb: TmdbServer, user: User) -> None:
    session = start(user, *TITLES[:2])
    work()
    first, second = movies(session)
    decisions.add(first, None, date(2024, 1, 1))
    decisions.skip(second)
    for expected in (second, first):
        last = decisions.last_decided(session)
        assert last is not None
        assert last.pk == expected.pk
        decisions.undo(last)
    assert decisions.last_decided(session) is None
    assert not Ranking.objects.exists()
    assert not MatchMemory.objects.exists()
    assert {movie.decision for movie in movies(session)} == {Decision.PENDING}


def test_undo_leaves_a_ranking_that_was_changed_by_hand(tmdb: TmdbServer, user: User) -> None:
    session = start(user, TITLES[0])
    work()
    decisions.add(movies(session)[0], Decimal(3), date(2024, 1, 1))
    Ranking.objects.update(rating=5, changed_at=timezone.now())
    assert [ranking.rating for ranking in decisions.undo(movies(session)[0]).kept] == [5]
    assert Ranking.objects.get().rating == 5


def test_all_sure_films_are_added_and_undone_as_one(tmdb: TmdbServer, user: User) -> None:
    session = start(user, *TITLES, "Nothing Is Called This")
    work()
    sure = decisions.sure_films(session)
    assert decisions.add_all(session, sure, None) == len(TITLES)
    with pytest.raises(decisions.AlreadyDecided):
        decisions.add_all(session, sure, None)
    assert set(Ranking.objects.values_list("rating", flat=True)) == {None}
    last = decisions.last_decided(session)
    assert last is not None
    decisions.undo(last)
    assert not Ranking.objects.exists()
    assert session.movies.filter(decision=Decision.PENDING).count() == len(TITLES) + 1


def test_a_persons_choice_counts_and_can_be_taken_back(tmdb: TmdbServer, user: User) -> None:
    session = start(user, "Nothing Is Called This")
    work()
    chosen = TmdbMovieFactory(title="Something Else")
    decisions.choose(movies(session)[0], chosen.pk)
    assert (movies(session)[0].tmdb_movie, movies(session)[0].chosen_by) == (chosen, ChosenBy.PERSON)
    assert counters_add_up(session)
    settle.reopen(list(TitleLookup.objects.values_list("pk", flat=True)))
    assert movies(session)[0].tmdb_movie == chosen
    decisions.unchoose(movies(session)[0])
    assert (movies(session)[0].tmdb_movie, movies(session)[0].outcome) == (None, Outcome.UNMATCHED)
    assert counters_add_up(session)


def test_what_was_chosen_before_is_suggested_first_and_only_to_the_same_person(tmdb: TmdbServer, user: User) -> None:
    first = start(user, "Nothing Is Called This")
    work()
    chosen = TmdbMovieFactory()
    decisions.choose(movies(first)[0], chosen.pk)
    decisions.complete(first)
    again, other = start(user, "Nothing Is Called This"), start(UserFactory(), "Nothing Is Called This")
    assert movies(again)[0].tmdb_movie == chosen
    assert movies(other)[0].tmdb_movie is None


def test_a_letterboxd_film_that_was_chosen_waits_for_its_details(tmdb: TmdbServer, user: User) -> None:
    from imports.models import Owner

    tmdb.catalogue.add(film(900_001, "Zebra Crossing", 1999))
    data = letterboxd_zip(1, titles=[("Unheard Of", 1998)])
    session = start_module.start_import(Owner(user=user), [Upload("export.zip", data)])
    work()
    session.refresh_from_db()
    assert (session.status, session.unmatched_count) == ("completed", 1)
    decisions.choose(movies(session)[0], TmdbMovieFactory(tmdb_id=900_001).pk)
    session.refresh_from_db()
    assert (session.status, session.enriched_count) == ("enriching", 0)
    work()
    session.refresh_from_db()
    assert (session.status, session.matched_count) == ("completed", 1)
    assert TmdbMovie.objects.get(pk=900_001).directors
    decisions.reject(movies(session)[0])
    assert movies(session)[0].outcome == Outcome.UNMATCHED
    assert counters_add_up(session)


def test_a_series_can_be_taken_in(tmdb: TmdbServer, user: User) -> None:
    session = start(user, TITLES[0], series=[TITLES[1]])
    work()
    decisions.take_in(session.movies.get(kind="series"))
    work()
    session.refresh_from_db()
    taken = movies(session)[-1]
    assert (taken.title, taken.decision, taken.outcome) == (TITLES[1], Decision.PENDING, Outcome.MATCHED)
    assert (session.status, session.total_movies) == ("completed", 2)
    assert counters_add_up(session)


def people_rows() -> list[str]:
    models = (ImportSession, Movie, Ranking, MatchMemory)
    return [serializers.serialize("json", model._default_manager.order_by("pk")) for model in models]


def test_undoing_the_import_leaves_what_people_had_as_it_was(tmdb: TmdbServer, user: User) -> None:
    earlier = start(user, *TITLES[:2])
    work()
    decisions.add(movies(earlier)[0], Decimal(5), date(2024, 1, 1))
    decisions.complete(earlier)
    before = people_rows()
    session = start(user, *TITLES)
    work()
    decisions.add(movies(session)[0], Decimal(3), date(2024, 1, 1))
    decisions.skip(movies(session)[1])
    decisions.add_all(session, decisions.sure_films(session), None)
    undone = decisions.undo_import(session)
    delete_import(session)
    assert undone.kept == []
    assert undone.rankings == len(TITLES) - 2
    assert people_rows() == before


def test_a_file_of_known_titles_asks_tmdb_nothing(tmdb: TmdbServer, user: User) -> None:
    start(user, *TITLES)
    work()
    asked = tmdb.record.requests
    known = start(UserFactory(), *TITLES)
    assert (known.status, known.matched_count) == ("completed", len(TITLES))
    assert tmdb.record.requests == asked


# Found by an attack


def ages_ago() -> None:
    """All answers become so old that the next upload asks again."""
    TitleLookup.objects.update(asked_at=timezone.now() - timedelta(days=99))


def test_a_completed_review_stays_completed_when_its_questions_are_asked_again(tmdb: TmdbServer, user: User) -> None:
    first = start(user, TITLES[0], "Nothing Is Called This")
    work()
    decisions.complete(first)
    ages_ago()
    second = start(user, TITLES[0], "Nothing Is Called This")
    first.refresh_from_db()
    assert (first.status, first.closed_at is not None, first.expires_at) == ("enriching", True, None)
    work()
    first.refresh_from_db()
    assert (first.status, first.closed_at is not None, first.expires_at) == ("completed", True, None)
    assert ImportSession.objects.filter(closed_at=None).get() == second


def test_the_clock_stands_still_while_questions_are_asked_again(tmdb: TmdbServer, user: User) -> None:
    session = start(user, "Nothing Is Called This", series=["A Show"])
    work()
    session.refresh_from_db()
    assert session.expires_at
    decisions.take_in(session.movies.get(kind="series"))
    again = ImportSession.objects.get()
    assert (again.status, again.expires_at) == ("enriching", None)


@pytest.mark.parametrize("decide", ["choose", "reject", "unchoose", "add", "skip"])
def test_a_series_is_no_film_before_it_is_taken_in(tmdb: TmdbServer, user: User, decide: str) -> None:
    session = start(user, TITLES[0], series=["A Show"])
    series = session.movies.get(kind="series")
    known = TmdbMovieFactory()
    what: dict[str, tuple[Any, ...]] = {"choose": (known.pk,), "add": (Decimal(3), date(2024, 1, 1), known.pk)}
    with pytest.raises(decisions.CantDecide):
        getattr(decisions, decide)(series, *what.get(decide, ()))
    work()
    session.refresh_from_db()
    assert (session.status, session.enriched_count) == ("completed", 1)
    assert counters_add_up(session)


def test_undoing_one_of_two_films_that_were_ranked_as_one_gives_the_other_back(tmdb: TmdbServer, user: User) -> None:
    session = start(user, *TITLES[:2])
    work()
    first, second = movies(session)
    decisions.add(first, Decimal(2), date(2024, 1, 1), second.tmdb_movie_id)
    stands = decisions.add(second, Decimal(5), date(2024, 1, 1))
    assert stands.rating == 2
    assert movies(session)[1].decision == Decision.ALREADY_RANKED
    decisions.undo(movies(session)[0])
    assert [movie.decision for movie in movies(session)] == [Decision.PENDING, Decision.PENDING]
    assert not Ranking.objects.exists()
    assert counters_add_up(session)


def test_none_of_these_is_remembered_and_undone_first(tmdb: TmdbServer, user: User) -> None:
    session = start(user, *TITLES[:2])
    work()
    first, second = movies(session)
    decisions.skip(first)
    decisions.choose(second, TmdbMovieFactory().pk)
    decisions.reject(movies(session)[1])
    assert MatchMemory.objects.get(movie=second).tmdb_movie is None
    last = decisions.last_decided(session)
    assert last is not None
    assert last.pk == second.pk
    decisions.undo(last)
    assert movies(session)[1].tmdb_movie == second.tmdb_movie
    assert movies(session)[0].decision == Decision.SKIPPED


@pytest.mark.parametrize("decide", ["add", "skip"])
def test_undoing_a_decision_keeps_the_choice_that_was_made_before_it(tmdb: TmdbServer, user: User, decide: str) -> None:
    session = start(user, "Nothing Is Called This")
    work()
    chosen = TmdbMovieFactory()
    decisions.choose(movies(session)[0], chosen.pk)
    if decide == "add":
        decisions.add(movies(session)[0], Decimal(3), date(2024, 1, 1))
    else:
        decisions.skip(movies(session)[0])
    decisions.undo(movies(session)[0])
    movie = movies(session)[0]
    assert (movie.tmdb_movie, movie.decision) == (chosen, Decision.PENDING)
    assert MatchMemory.objects.get().tmdb_movie == chosen


def test_undoing_an_unsure_film_that_was_added_makes_it_unsure_again(tmdb: TmdbServer, user: User) -> None:
    for tmdb_id in (900_001, 900_002):
        tmdb.catalogue.add(film(tmdb_id, "Zebra Crossing", 1990 + tmdb_id % 10, vote_count=500))
    session = start(user, "Zebra Crossing")
    work()
    [movie] = movies(session)
    assert movie.outcome == Outcome.UNSURE
    decisions.add(movie, Decimal(3), date(2024, 1, 1))
    assert movies(session)[0].outcome == Outcome.MATCHED
    settle.reopen([movies(session)[0].lookup_id or 0])
    assert movies(session)[0].outcome == Outcome.MATCHED  # decided: asking again changes nothing
    decisions.undo(movies(session)[0])
    assert (movies(session)[0].outcome, movies(session)[0].tmdb_movie) == (Outcome.UNSURE, None)
    assert counters_add_up(session)


def test_a_day_in_the_future_becomes_today(tmdb: TmdbServer, user: User) -> None:
    data = f'{HEADER}\n2099-01-01,Movie,"{TITLES[0]}",'.encode()
    session = start_module.start_review(user, [Upload("history.csv", data)], replace=False)
    work()
    decisions.add_all(session, decisions.sure_films(session), None)
    assert Ranking.objects.get().rated_at == timezone.localdate()


def test_all_rankings_that_were_changed_are_named(tmdb: TmdbServer, user: User) -> None:
    session = start(user, *TITLES[:3])
    work()
    decisions.add_all(session, decisions.sure_films(session), None)
    changed = Ranking.objects.order_by("pk")[:2]
    Ranking.objects.filter(pk__in=changed.values_list("pk", flat=True)).update(changed_at=timezone.now())
    last = decisions.last_decided(session)
    assert last is not None
    assert len(decisions.undo(last).kept) == 2


def test_choices_made_before_signing_in_are_remembered(tmdb: TmdbServer, user: User) -> None:
    from imports.accounts.account import adopt
    from imports.models import Owner

    data = letterboxd_zip(1, titles=[("Unheard Of", 1998)])
    session = start_module.start_import(Owner(browser_key="b"), [Upload("export.zip", data)])
    work()
    chosen = TmdbMovieFactory()
    decisions.choose(movies(session)[0], chosen.pk)
    assert adopt("b", user) == 1
    assert MatchMemory.objects.get(user=user).tmdb_movie == chosen
