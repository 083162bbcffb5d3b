"""No record grows too old, and what TMDB merged or deleted is pointed anew or matched again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.models import Schedule

from enrichment import services, tasks
from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie, TmdbService, Upkeep, UpkeepKind
from enrichment.tmdb.client import client, empty_cache
from enrichment.tmdb.errors import TMDBUnavailable
from enrichment.work import engine, leases, refresh
from imports.models import ChosenBy, Movie, Outcome
from tests.factories import MovieFactory, RankingFactory, TitleLookupFactory, TmdbMovieFactory
from tests.imports.outcomes.test_settle import counters_are_exact, import_films
from tests.tmdb_films import film
from tests.tmdb_server import TmdbServer

pytestmark = pytest.mark.django_db(transaction=True)

ZEBRA, MARE = 900_001, 900_002


@pytest.fixture
def zebra(tmdb: TmdbServer) -> int:
    tmdb.catalogue.add(film(ZEBRA, "Zebra Crossing", 1999, runtime=97), film(MARE, "Night Mare", 2001))
    return ZEBRA


def days_ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def work() -> engine.Run:
    return engine.run(client(), 30)


def planned() -> list[int]:
    return list(Upkeep.objects.filter(kind=UpkeepKind.FILM).order_by("number").values_list("number", flat=True))


def test_details_are_planned_once_they_are_old_and_only_once(tmdb: TmdbServer) -> None:
    TmdbMovieFactory(tmdb_id=1, done=True, fetched_at=days_ago(149))
    TmdbMovieFactory(tmdb_id=2, done=True, fetched_at=days_ago(151))
    TmdbMovieFactory(tmdb_id=3, details_status=DetailsStatus.FAILED, fetched_at=days_ago(151))
    refresh.plan()
    refresh.plan()
    assert planned() == [2, 3]


def test_the_oldest_go_first_a_batch_at_a_time(tmdb: TmdbServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh, "BATCH", 2)
    for pk, age in ((1, 160), (2, 190), (3, 170)):
        TmdbMovieFactory(tmdb_id=pk, done=True, fetched_at=days_ago(age))
    refresh.plan()
    assert planned() == [2, 3]


def test_how_old_is_old_is_a_setting(tmdb: TmdbServer, settings: Any) -> None:
    settings.TMDB = replace(settings.TMDB, refresh_days=10)
    TmdbMovieFactory(tmdb_id=1, done=True, fetched_at=days_ago(11))
    refresh.plan()
    assert planned() == [1]


def test_films_of_a_list_are_refreshed_if_somebody_needs_them_and_else_forgotten(tmdb: TmdbServer) -> None:
    for pk in (1, 2, 3, 4, 5):
        TmdbMovieFactory(tmdb_id=pk, fetched_at=days_ago(165))
    TmdbMovieFactory(tmdb_id=6, fetched_at=days_ago(163))  # its page of the catalogue may still be read anew
    TmdbMovieFactory(tmdb_id=7, fetched_at=days_ago(165), details_status=DetailsStatus.GONE)
    TitleLookupFactory(matched=True, tmdb_movie_id=1, tmdb_movie=TmdbMovie.objects.get(pk=1))
    RankingFactory(tmdb_movie=TmdbMovie.objects.get(pk=2))
    unsure = {"status": LookupStatus.UNSURE, "asked_at": days_ago(1)}
    in_use = TitleLookupFactory(title="In use", candidates=[{"id": 3, "score": 0.6}], **unsure)
    MovieFactory(lookup=in_use)
    TitleLookupFactory(title="Of nobody", candidates=[{"id": 4, "score": 0.6}], **unsure)
    refresh.plan()
    assert planned() == [1, 2, 3]
    assert list(TmdbMovie.objects.order_by("pk").values_list("pk", flat=True)) == [1, 2, 3, 6]


def test_a_catalogue_of_which_films_were_forgotten_is_not_whole_any_more(tmdb: TmdbServer) -> None:
    TmdbService.objects.create(catalogue_read_at=days_ago(163))
    refresh.plan()
    assert TmdbService.objects.get().catalogue_read_at is not None
    TmdbService.objects.update(catalogue_read_at=days_ago(165))
    TmdbMovieFactory(fetched_at=days_ago(166))
    refresh.plan()
    assert TmdbService.objects.get().catalogue_read_at is None


def test_nothing_is_kept_longer_than_the_terms_allow(tmdb: TmdbServer, settings: Any) -> None:
    settings.TMDB = replace(settings.TMDB, refresh_days=180)
    TmdbMovieFactory(fetched_at=days_ago(181))
    refresh.plan()
    assert not TmdbMovie.objects.exists()


def test_without_a_key_nothing_of_tmdbs_is_asked_for_or_forgotten(settings: Any) -> None:
    settings.TMDB = replace(settings.TMDB, token="")
    TmdbMovieFactory(tmdb_id=1, done=True, fetched_at=days_ago(300))
    TmdbMovieFactory(tmdb_id=2, fetched_at=days_ago(300))
    assert refresh.plan() == 0
    assert TmdbMovie.objects.count() == 2


def test_a_refresh_brings_new_facts_and_unsettles_no_import(tmdb: TmdbServer) -> None:
    session = import_films(3)
    work()
    session.refresh_from_db()
    known = TmdbMovie.objects.filter(movies__session=session).order_by("pk").first()
    assert known is not None
    before = (session.revision, session.status)
    TmdbMovie.objects.filter(pk=known.pk).update(fetched_at=days_ago(200), runtime=1)
    tmdb.catalogue.add(tmdb.catalogue.films[known.pk] | {"runtime": 123, "overview": "Told anew."})
    asked = tmdb.record.requests
    refresh.plan()
    work()
    known.refresh_from_db()
    assert (known.details_status, known.runtime, known.overview) == (DetailsStatus.DONE, 123, "Told anew.")
    assert known.fetched_at is not None
    assert known.fetched_at > days_ago(1)
    assert (tmdb.record.requests - asked, Upkeep.objects.count()) == (1, 0)
    session.refresh_from_db()
    assert (session.revision, session.status) == before


def test_people_go_first(tmdb: TmdbServer, zebra: int) -> None:
    TmdbMovieFactory(tmdb_id=zebra, done=True, fetched_at=days_ago(200))
    refresh.plan()
    services.get_or_create_lookups([services.Question("Night Mare", 2001, turn=900)])
    assert isinstance(leases.lease_next(0), TitleLookup)


def test_a_film_that_went_away_is_matched_again_and_a_persons_choice_stays(tmdb: TmdbServer, zebra: int) -> None:
    gone = TmdbMovieFactory(tmdb_id=zebra, done=True, title="Zebra Crossing", fetched_at=days_ago(200))
    matched = {"session__total_movies": 1, "session__matched_count": 1, "session__enriched_count": 1}
    lookup = TitleLookupFactory(matched=True, tmdb_movie=gone, title="Zebra Crossing", year=1999)
    machines = MovieFactory(matched=True, tmdb_movie=gone, lookup=lookup, **matched)
    persons = MovieFactory(matched=True, tmdb_movie=gone, lookup=lookup, **matched)
    Movie.objects.filter(pk=persons.pk).update(chosen_by=ChosenBy.PERSON)
    tmdb.gone = [zebra]
    refresh.plan()
    work()
    gone.refresh_from_db()
    machines.refresh_from_db()
    persons.refresh_from_db()
    assert (gone.details_status, gone.title) == (DetailsStatus.GONE, "Zebra Crossing")
    assert (machines.outcome, machines.tmdb_movie_id) == (Outcome.UNMATCHED, None)
    assert (persons.outcome, persons.tmdb_movie_id) == (Outcome.MATCHED, zebra)
    assert counters_are_exact(machines.session)
    assert counters_are_exact(persons.session)


def test_a_candidate_that_went_away_is_not_offered_any_longer(tmdb: TmdbServer, zebra: int) -> None:
    TmdbMovieFactory(tmdb_id=zebra, done=True, title="Zebra Crossing", fetched_at=days_ago(200))
    candidates = [{"id": zebra, "score": 0.6}, {"id": MARE, "score": 0.5}]
    lookup = TitleLookupFactory(
        title="Zebra Crossing", year=1990, status=LookupStatus.UNSURE, candidates=candidates, asked_at=days_ago(1)
    )
    other = TitleLookupFactory(title="Other", status=LookupStatus.UNSURE, candidates=[{"id": 1900_001, "score": 0.5}])
    tmdb.gone = [zebra]
    refresh.film(zebra, client())
    lookup.refresh_from_db()
    other.refresh_from_db()
    assert (lookup.status, other.status) == (LookupStatus.PENDING, LookupStatus.UNSURE)
    work()
    lookup.refresh_from_db()
    assert zebra not in [candidate["id"] for candidate in lookup.candidates]


def test_one_bad_answer_costs_one_row(tmdb: TmdbServer, zebra: int) -> None:
    for pk in (zebra, MARE):
        TmdbMovieFactory(tmdb_id=pk, done=True, runtime=1, fetched_at=days_ago(200))
    tmdb.catalogue.add(tmdb.catalogue.films[zebra] | {"title": None})
    refresh.plan()
    work()
    assert TmdbMovie.objects.get(pk=zebra).runtime == 1
    assert TmdbMovie.objects.get(pk=MARE).runtime == 100
    assert not Upkeep.objects.exists()


def test_an_outage_leaves_the_plan_as_it_is(tmdb: TmdbServer, zebra: int) -> None:
    TmdbMovieFactory(tmdb_id=zebra, done=True, fetched_at=days_ago(200))
    refresh.plan()
    tmdb.fail = "500"
    engine.run(client(), 1)
    row = Upkeep.objects.get()
    assert (row.attempts, row.lease_token) == (0, None)


def test_details_that_failed_and_come_after_all_are_taken(tmdb: TmdbServer, zebra: int) -> None:
    failed = TmdbMovieFactory(tmdb_id=zebra, details_status=DetailsStatus.FAILED, fetched_at=days_ago(200))
    lookup = TitleLookupFactory(matched=True, tmdb_movie=failed)
    movie = MovieFactory(
        matched=True,
        outcome=Outcome.FAILED,
        tmdb_movie=failed,
        lookup=lookup,
        session__total_movies=1,
        session__failed_count=1,
        session__enriched_count=1,
        session__status="completed",
    )
    refresh.plan()
    work()
    movie.refresh_from_db()
    movie.session.refresh_from_db()
    assert (movie.outcome, movie.session.status) == (Outcome.MATCHED, "completed")
    assert counters_are_exact(movie.session)


@pytest.mark.parametrize("known", ["unknown", "none", "done", "pending", "leased"])
def test_a_merged_film_hands_all_over_to_the_other(tmdb: TmdbServer, zebra: int, known: str) -> None:
    old = TmdbMovieFactory(tmdb_id=555, pending=True)
    if known != "unknown":
        status = {"none": DetailsStatus.NONE, "done": DetailsStatus.DONE}.get(known, DetailsStatus.PENDING)
        TmdbMovieFactory(tmdb_id=zebra, details_status=status, fetched_at=days_ago(1), turn=9)
    if known == "leased":
        TmdbMovie.objects.filter(pk=555).update(next_attempt_at=timezone.now() + timedelta(minutes=5))
        assert leases.lease_next(0) is not None
        TmdbMovie.objects.filter(pk=555).update(next_attempt_at=days_ago(1))
    lookup = TitleLookupFactory(matched=True, tmdb_movie=old)
    unsure = TitleLookupFactory(
        status=LookupStatus.UNSURE, candidates=[{"id": 1, "score": 0.7}, {"id": 555, "score": 0.6}]
    )
    movie = MovieFactory(lookup=lookup, session__total_movies=1)
    tmdb.merged = {555: zebra}
    work()
    old.refresh_from_db()
    lookup.refresh_from_db()
    unsure.refresh_from_db()
    movie.refresh_from_db()
    new = TmdbMovie.objects.get(pk=zebra)
    assert (old.details_status, old.error) == (DetailsStatus.GONE, f"merged into {zebra}")
    assert (new.details_status, new.title, new.runtime) == (DetailsStatus.DONE, "Zebra Crossing", 97)
    assert (lookup.status, lookup.tmdb_movie_id) == (LookupStatus.MATCHED, zebra)
    assert unsure.candidates == [{"id": 1, "score": 0.7}, {"id": zebra, "score": 0.6}]
    assert (movie.outcome, movie.tmdb_movie_id) == (Outcome.MATCHED, zebra)
    assert counters_are_exact(movie.session)
    assert tmdb.record.requests <= 2


def test_a_film_merged_since_is_found_out_by_its_refresh(tmdb: TmdbServer, zebra: int) -> None:
    old = TmdbMovieFactory(tmdb_id=555, done=True, fetched_at=days_ago(200))
    lookup = TitleLookupFactory(matched=True, tmdb_movie=old)
    tmdb.merged = {555: zebra}
    refresh.plan()
    work()
    lookup.refresh_from_db()
    old.refresh_from_db()
    assert (lookup.tmdb_movie_id, old.details_status) == (zebra, DetailsStatus.GONE)


def test_the_old_number_of_a_merged_film_leads_to_it(tmdb: TmdbServer, zebra: int) -> None:
    TmdbMovieFactory(tmdb_id=555, details_status=DetailsStatus.GONE, error=f"merged into {zebra}")
    tmdb.merged = {555: zebra}
    assert [one.pk for one in services.search_by_hand("https://www.themoviedb.org/movie/555")] == [zebra]


def test_every_day_the_plan_is_made_and_expired_answers_are_dropped(tmdb: TmdbServer, zebra: int) -> None:
    call_command("sync_schedules", verbosity=0)
    assert Schedule.objects.get(name="keep_fresh").func == "enrichment.tasks.keep_fresh"
    client().search("Zebra Crossing")
    client().search("Night Mare")
    client().details(zebra)  # not kept at all
    client().most_voted(1)
    cache = client()._session.cache  # type: ignore[attr-defined]
    with cache.responses.connection(commit=True) as connection:
        assert connection.execute("SELECT count(*) FROM responses").fetchone() == (2,)
        connection.execute("UPDATE responses SET expires = 1 WHERE key = ?", (next(iter(cache.responses)),))
        connection.execute("INSERT INTO responses (key, value) VALUES ('kept for ever', 'x')")
    assert tasks.keep_fresh() == "0 planned"
    assert empty_cache() == 1


def test_a_429_leaves_its_time(tmdb: TmdbServer, zebra: int) -> None:
    tmdb.fail, tmdb.retry_after = "429", 1
    with pytest.raises(TMDBUnavailable):
        client(0.1).details(zebra)
    row = TmdbService.objects.get()
    assert row.limited_at is not None
    assert row.limited_at > days_ago(0.01)
