"""The rules of the statistics, and where they are kept."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from enrichment.models import DetailsStatus
from imports.films.filters import Facets
from imports.forms.films import MovieFilterForm
from imports.models import Analytics, ImportSession, LibraryFilm, Movie, Outcome, SessionStatus, Source
from imports.reconciling import keeping
from imports.review import decisions
from imports.sharing.allowed import public
from imports.statistics import computing, kept
from imports.statistics.films import Facts, Film, Watch, films_of_session
from imports.statistics.filters import Filters
from tests.factories import (
    ImportSessionFactory,
    MovieFactory,
    RankingFactory,
    TmdbMovieFactory,
    UserFactory,
    ViewingFactory,
)

TODAY = date(2024, 6, 14)  # a Friday
NOTHING: dict[str, Any] = {
    "release_date": None,
    "runtime": None,
    "budget": None,
    "revenue": None,
    "vote_average": None,
    "vote_count": None,
    "language": "",
    "countries": [],
    "genres": [],
    "directors": [],
    "cast": [],
    "poster": "",
    "details_status": DetailsStatus.DONE,
}


def film(number: int, *days: str, facts: dict[str, Any] | None = None, **more: Any) -> Film:
    """Matched, and watched on these days."""
    told = Facts(tmdb_id=number, **NOTHING | (facts or {}))
    watches = [Watch(date.fromisoformat(day), is_rewatch=place > 0) for place, day in enumerate(days)]
    values: dict[str, Any] = {"title": f"Film {number}", "year": 2000, "facts": told, "watches": watches}
    return Film(id=number, **values | more)


def of(*films: Film, filters: Filters = Filters(), today: date = TODAY) -> Any:  # noqa: B008
    return computing.compute(films, kind="import", today=today, filters=filters)


def ids(items: Sequence[dict[str, Any]]) -> list[int]:
    return [item["id"] for item in items]


# Nothing, and little


@pytest.mark.parametrize(
    "films",
    [
        [],
        [film(1)],
        [film(1, "1970-01-01")],
        [film(1, "2999-12-31")],
        [film(1, facts=None, year=None, outcome=Outcome.UNMATCHED)],
        [film(number, "2024-01-01") for number in range(5)],
    ],
    ids=["empty", "no day", "1970", "future", "unmatched", "all unrated"],
)
def test_little_is_enough_and_every_section_is_there(films: list[Film]) -> None:
    data = of(*films)
    assert data.keys() == of(film(1, "2024-01-01", rating=3.0)).keys()
    assert json.loads(json.dumps(data)) == data  # as it is read back from where it is kept
    assert data["totals"]["films"] == len(films)
    assert data["totals"]["average_rating"] is None
    assert len(data["ratings"]) == 10
    assert len(data["weekdays"]) == 7


# What counts


def test_films_that_are_only_liked_are_apart() -> None:
    data = of(film(1, is_liked=True), film(2, is_liked=True, is_seen=False, rating=5.0, year=1950))
    assert (data["totals"]["films"], data["totals"]["liked"], data["totals"]["liked_unseen"]) == (1, 1, 1)
    assert data["totals"]["average_rating"] is None
    assert [decade["decade"] for decade in data["decades"]] == [2000]
    assert data["choices"]["decades"] == [2000]
    assert data["likes"] == {"films": 1, "unseen": 1, "share": 100.0, "average": None, "filter": {"liked": "on"}}


def test_days_when_a_film_was_only_marked_are_no_viewing_days() -> None:
    marked = date(2020, 1, 1)
    data = of(film(1, marked_on=marked), film(2, "2020-01-02", marked_on=marked), film(3, marked_on=marked))
    assert data["calendar"]["days"] == [["2020-01-02", 1]]
    assert data["calendar"]["marked"] == {"films": 2, "days": [["2020-01-01", 2]]}
    assert data["totals"]["days"] == 1
    assert data["streaks"]["days"]["length"] == 1


def test_a_viewing_without_a_day_counts_but_is_in_no_calendar() -> None:
    undated = film(1, watches=[Watch(date(2024, 1, 1)), Watch(None)], facts={"runtime": 90})
    data = of(undated)
    assert (data["totals"]["viewings"], data["totals"]["rewatches"], data["totals"]["minutes"]) == (2, 0, 180)
    assert data["calendar"]["days"] == [["2024-01-01", 1]]
    assert data["years"][0]["minutes"] == 90
    assert data["coverage"]["undated_viewings"] == 1


def test_hours_are_of_every_viewing_and_a_film_without_one_counts_once() -> None:
    twice, never, unknown = film(1, "2024-01-01", "2024-02-01"), film(2), film(3, "2024-01-01")
    for one in (twice, never):
        one.facts = Facts(tmdb_id=one.id, **NOTHING | {"runtime": 100})
    data = of(twice, never, unknown)
    assert (data["totals"]["minutes"], data["totals"]["hours"]) == (300, 5.0)
    assert data["coverage"]["without_viewing"] == 1
    assert data["coverage"]["known"]["runtime"] == 2
    assert data["totals"]["average_runtime"] == 100


def test_an_average_needs_three_ratings() -> None:
    def drama(number: int, rating: float | None) -> Film:
        return film(number, rating=rating, facts={"genres": ["Drama"]})

    two = [drama(1, 4.0), drama(2, 2.0), drama(3, None)]
    assert of(*two)["genres"] == [
        {"name": "Drama", "films": 3, "rated": 2, "average": None, "filter": {"genre": "Drama"}}
    ]
    three = of(*two, drama(4, 5.0))
    assert three["genres"][0]["average"] == 3.67
    assert [group["name"] for group in three["best"]["genres"]] == ["Drama"]
    assert of(*two)["best"]["genres"] == []


def test_groups_go_by_films_then_by_name_and_people_are_cut_off() -> None:
    many = [film(n, facts={"directors": [f"Person {n:03}", "Everyone"]}) for n in range(150)]
    data = of(*many)
    assert [group["name"] for group in data["directors"][:3]] == ["Everyone", "Person 000", "Person 001"]
    assert (len(data["directors"]), data["totals"]["directors"]) == (100, 151)


def test_unsure_films_are_not_matched_and_coverage_adds_up() -> None:
    outcomes = [Outcome.UNSURE, Outcome.UNMATCHED, Outcome.FAILED, Outcome.OPEN]
    others = [film(n, facts=None, outcome=outcome) for n, outcome in enumerate(outcomes, 10)]
    for one in others:
        one.facts = None
    data = of(film(1, facts={"directors": ["Ana"], "budget": 5}), film(2), *others)
    coverage = data["coverage"]
    assert (coverage["films"], coverage["matched"]) == (6, 2)
    assert sum(coverage[str(outcome)] for outcome in Outcome.values) == 6
    assert (coverage["known"]["directors"], coverage["known"]["budget"], coverage["known"]["release_year"]) == (1, 1, 6)


# Days


def test_streaks_of_days_and_weeks() -> None:
    # Mon 6 May; Wed 15 to Fri 17 May; Sun 26 May; a gap of a week; Thu 13 June
    days = ["2024-05-06", "2024-05-15", "2024-05-16", "2024-05-17", "2024-05-26", "2024-06-13"]
    streaks = of(*(film(n, day) for n, day in enumerate(days)))["streaks"]
    assert streaks["days"] == {"length": 3, "from": "2024-05-15", "to": "2024-05-17"}
    assert streaks["weeks"] == {"length": 3, "from": "2024-05-06", "to": "2024-05-26"}
    assert (streaks["current_days"], streaks["current_weeks"]) == (1, 1)  # yesterday, this week


@pytest.mark.parametrize(("today", "days", "weeks"), [(13, 2, 1), (14, 2, 1), (15, 0, 1), (23, 0, 1), (24, 0, 0)])
def test_a_streak_is_current_until_a_day_and_a_week_are_missed(today: int, days: int, weeks: int) -> None:
    streaks = of(film(1, "2024-06-12"), film(2, "2024-06-13"), today=date(2024, 6, today))["streaks"]
    assert (streaks["current_days"], streaks["current_weeks"]) == (days, weeks)


def test_a_day_that_has_not_come_or_was_before_there_were_films_is_none() -> None:
    data = of(film(1, "1970-01-01"), film(2, "2999-12-31"), film(3, "0001-01-01"), film(4, "1887-12-31"))
    assert data["calendar"]["days"] == [["1970-01-01", 1]]
    assert (data["coverage"]["future_viewings"], data["coverage"]["early_viewings"]) == (1, 2)
    assert (data["totals"]["viewings"], data["totals"]["rewatches"]) == (4, 0)
    assert (data["coverage"]["undated_viewings"], data["coverage"]["dated_films"]) == (3, 1)
    assert (data["streaks"]["days"]["to"], data["streaks"]["current_days"]) == ("1970-01-01", 0)
    assert (data["first"]["day"], data["last"]["day"]) == ("1970-01-01", "1970-01-01")
    assert [milestone["number"] for milestone in data["milestones"]] == [1]
    assert [year["year"] for year in data["years"]] == [review["year"] for review in data["reviews"]] == [1970]
    assert data["choices"]["years"] == [1970]


def test_a_text_among_the_tags_is_none() -> None:
    data = of(film(1, watches=[Watch(None, tags=("x" * 500, "x" * 501))]))
    assert [tag["name"] for tag in data["tags"]] == ["x" * 500]


@pytest.mark.parametrize("marked", [date(1887, 12, 31), date(2999, 1, 1)])
def test_a_film_was_not_marked_on_such_a_day_either(marked: date) -> None:
    assert of(film(1, marked_on=marked))["calendar"]["marked"] == {"films": 0, "days": []}


def test_a_library_knows_the_day_that_has_begun_somewhere() -> None:
    seen = [film(1, "2024-06-15"), film(2, "2024-06-16")]
    data = computing.compute(seen, kind="library", today=date(2024, 6, 14))
    assert (data["calendar"]["days"], data["coverage"]["future_viewings"]) == ([["2024-06-15", 1]], 1)


def test_milestones_of_a_film_seen_without_end_do_not_grow_with_it() -> None:
    often = film(1, watches=[Watch(date(2020, 1, 1))] * 100_000)
    numbers = [milestone["number"] for milestone in of(often)["milestones"]]
    assert (len(numbers), numbers[101:104], numbers[-1]) == (192, [10_000, 11_000, 12_000], 100_000)


def test_milestones_are_the_1st_the_50th_and_every_100th() -> None:
    first = date(2023, 1, 1)
    films = [film(n, (first + timedelta(days=n - 1)).isoformat()) for n in range(1, 251)]
    milestones = of(*reversed(films))["milestones"]
    assert [(one["number"], one["id"]) for one in milestones] == [(1, 1), (50, 50), (100, 100), (200, 200)]
    assert milestones[1]["day"] == "2023-02-19"


def test_months_years_and_weekdays_count_viewings_and_different_films() -> None:
    runtime = {"runtime": 60}
    data = of(film(1, "2023-12-31", "2024-01-01", "2024-01-08", facts=runtime), film(2, "2024-01-02", facts=runtime))
    assert [(one["month"], one["viewings"], one["films"], one["minutes"]) for one in data["months"]] == [
        ("2023-12", 1, 1, 60),
        ("2024-01", 3, 2, 180),
    ]
    assert [(one["year"], one["viewings"], one["films"]) for one in data["years"]] == [(2023, 1, 1), (2024, 3, 2)]
    assert data["years"][1]["filter"] == {"watched": "2024"}
    assert [one["viewings"] for one in data["weekdays"]] == [2, 1, 0, 0, 0, 0, 1]
    assert data["calendar"]["busiest"] == {"day": "2024-01-08", "viewings": 1}


# Numbers


def test_beside_tmdb_the_ten_points_are_halved_and_few_votes_are_left_out() -> None:
    def rated(number: int, rating: float | None, points: float | None, votes: int = 50) -> Film:
        return film(number, rating=rating, facts={"vote_average": points, "vote_count": votes})

    data = of(rated(1, 5.0, 6.0), rated(2, 1.0, 8.0), rated(3, 3.0, 6.0), rated(4, 5.0, 1.0, 49), rated(5, None, 8.0))
    compared = data["against_tmdb"]
    assert (compared["films"], compared["yours"], compared["tmdb"], compared["difference"]) == (3, 3.0, 3.33, -0.33)
    assert [(one["id"], one["tmdb_rating"], one["difference"]) for one in compared["higher"]] == [(1, 3.0, 2.0)]
    assert [(one["id"], one["difference"]) for one in compared["lower"]] == [(2, -3.0)]
    assert data["coverage"]["compared"] == 3


def test_runtimes_from_the_shortest_to_the_longest() -> None:
    lengths = [59, 60, 89, 90, 180, 400]
    data = of(*(film(n, facts={"runtime": length}) for n, length in enumerate(lengths)), film(9))["runtimes"]
    assert [bucket["films"] for bucket in data["distribution"]] == [1, 2, 1, 0, 0, 2]
    assert (data["average"], data["median"]) == (146.33, 89.5)
    assert (ids(data["shortest"]), ids(data["longest"])) == ([0, 1, 2, 3, 4], [5, 4, 3, 2, 1])


def test_money_is_summed_where_it_is_known() -> None:
    rich = film(1, facts={"budget": 2_000_000, "revenue": 9_000_000})
    odd = film(2, facts={"budget": 5, "revenue": 50})
    money = of(rich, odd, film(3))["money"]
    assert (money["budget"]["films"], money["budget"]["total"], ids(money["budget"]["top"])) == (2, 2_000_005, [1, 2])
    assert [(one["id"], one["ratio"]) for one in money["best_returns"]] == [(1, 4.5)]


def test_ratings_fall_into_half_stars() -> None:
    data = of(film(1, rating=0.5), film(2, rating=5.0), film(3, rating=5.0), film(4))
    assert [one["films"] for one in data["ratings"]] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    assert data["ratings"][-1]["filter"] == {"rating": "5.0"}
    assert (data["unrated"], data["totals"]["rated"], data["totals"]["average_rating"]) == (1, 3, 3.5)


def test_rewatched_most() -> None:
    data = of(film(1, "2024-01-01", "2024-01-02"), film(2, "2024-01-01", "2024-01-02", "2024-01-03"), film(3))
    assert [(one["id"], one["viewings"]) for one in data["rewatched"]] == [(2, 3), (1, 2)]
    assert data["totals"]["rewatches"] == 3


def test_a_tag_counts_its_films_and_viewings() -> None:
    tagged = film(1, watches=[Watch(date(2024, 1, 1), tags=("dvd",)), Watch(date(2024, 2, 1), tags=("dvd", "home"))])
    data = of(tagged, film(2))
    assert [(tag["name"], tag["films"], tag["viewings"]) for tag in data["tags"]] == [("dvd", 1, 2), ("home", 1, 1)]
    assert public(data)["tags"] == []


# Years


def test_a_year_in_review_and_how_it_differs() -> None:
    mann = {"directors": ["Michael Mann"], "genres": ["Crime"], "cast": ["Al Pacino"], "runtime": 120}
    data = of(
        film(1, "2023-03-01", "2024-05-01", rating=5.0, facts=mann),
        film(2, "2024-05-02", rating=4.0, facts=mann, year=2024),
        film(3, "2024-05-03", rating=4.0, is_liked=True),
        film(4, "2021-01-01"),
    )
    newest, before, first = data["reviews"]
    assert [review["year"] for review in data["reviews"]] == [2024, 2023, 2021]
    assert (newest["films"], newest["viewings"], newest["rewatches"], newest["minutes"]) == (3, 3, 1, 240)
    assert (newest["director"], newest["genre"]) == (
        {"name": "Michael Mann", "films": 2},
        {"name": "Crime", "films": 2},
    )
    assert newest["actor"] == {"name": "Al Pacino", "films": 2}
    assert ids(newest["favourites"]) == [1, 3, 2]  # of equals, the liked one
    assert newest["streak"] == {"length": 3, "from": "2024-05-01", "to": "2024-05-03"}
    assert newest["busiest_month"] == {"month": "2024-05", "viewings": 3}
    assert (newest["first"]["id"], newest["last"]["id"], newest["new_releases"]) == (1, 3, 1)
    assert newest["change"] == {"viewings": 2, "films": 2, "minutes": 120, "average_rating": -0.67}
    assert before["change"] is None  # nothing was watched in 2022
    assert (first["director"], first["average_rating"]) == (None, None)


# Filters


def history() -> list[Film]:
    return [
        film(1, "2023-05-01", "2024-05-01", year=1994, rating=4.5, facts={"genres": ["Crime"], "runtime": 100}),
        film(2, "2024-05-02", year=1999, facts={"genres": ["Crime", "Drama"], "runtime": 100}),
        film(3, year=2003, rating=4.5),
    ]


@pytest.mark.parametrize(
    ("filters", "films", "viewings"),
    [
        (Filters(), 3, 3),
        (Filters(year=2024), 2, 2),
        (Filters(year=2023), 1, 1),
        (Filters(decade=1990), 2, 3),
        (Filters(genre="Drama"), 1, 1),
        (Filters(rating="4.5"), 2, 2),
        (Filters(rating="none"), 1, 1),
        (Filters(year=2024, genre="Crime", rating="4.5"), 1, 1),
        (Filters(year=1900), 0, 0),
    ],
)
def test_filters_keep_films_and_a_year_keeps_its_viewings(filters: Filters, films: int, viewings: int) -> None:
    data = of(*history(), filters=filters)
    assert (data["totals"]["films"], data["totals"]["viewings"]) == (films, viewings)
    assert data["totals"]["minutes"] == 100 * viewings
    assert data["choices"] == {
        "years": [2024, 2023],
        "decades": [2000, 1990],
        "genres": ["Crime", "Drama"],
        "ratings": ["4.5", "none"],
    }


def test_a_rewatch_stays_one_when_its_year_is_looked_at_alone() -> None:
    data = of(*history(), filters=Filters(year=2024))
    assert data["totals"]["rewatches"] == 1
    assert data["filters"] == {"year": 2024}


# From the rows


@pytest.fixture
def session(db: None) -> ImportSession:
    done: ImportSession = ImportSessionFactory(status=SessionStatus.COMPLETED, revision=3)
    return done


def test_two_titles_that_are_one_film_count_once(session: ImportSession) -> None:
    heat = TmdbMovieFactory(done=True, runtime=170)
    old = MovieFactory(session=session, matched=True, tmdb_movie=heat, rating=2, watched_on="2020-01-01", turn=0)
    new = MovieFactory(session=session, matched=True, tmdb_movie=heat, rating=4, watched_on="2024-01-01", turn=1)
    ViewingFactory(movie=old, watched_on="2020-01-01")
    ViewingFactory(movie=new, watched_on="2024-01-01")
    data = kept.of_session(session)
    assert (data["totals"]["films"], data["totals"]["viewings"], data["totals"]["minutes"]) == (1, 2, 340)
    assert (data["totals"]["average_rating"], data["coverage"]["merged"]) == (4.0, 1)  # of the title watched last
    assert data["totals"]["rewatches"] == 1
    assert data["first"] is not None
    assert data["first"]["id"] == new.pk


def test_series_of_a_prime_history_and_facts_of_unsettled_films_stay_out(session: ImportSession) -> None:
    MovieFactory(session=session, kind="series", lookup=None)
    MovieFactory(session=session, chosen_by="machine", tmdb_movie=TmdbMovieFactory(genres=["Drama"]))  # still open
    data = kept.of_session(session)
    assert (data["totals"]["films"], data["genres"], data["coverage"]["open"]) == (1, [], 1)


def test_the_year_of_a_film_is_the_sources_and_else_tmdbs(session: ImportSession) -> None:
    film = TmdbMovieFactory(done=True, release_date="1995-12-15")
    MovieFactory(session=session, matched=True, tmdb_movie=film, year=None)
    MovieFactory(session=session, matched=True, tmdb_movie__release_date="1980-01-01", year=1979)
    assert [one["year"] for one in kept.of_session(session)["release_years"]] == [1979, 1995]


def movie_of(user: User, source: Source = Source.LETTERBOXD, **values: Any) -> Any:
    session = ImportSession.objects.filter(user=user, source=source).first() or ImportSessionFactory(
        user=user, browser_key="", source=source, status=SessionStatus.COMPLETED, link_readable=source != "prime_video"
    )
    added = {"decision": "added", "decided_at": timezone.now()} if source == Source.PRIME_VIDEO else {}
    return MovieFactory(session=session, matched=True, **added, **values)


@pytest.fixture
def two_sources(db: None) -> User:
    """Heat: in a diary, once as streamed, and streamed once more. Ronin: in the diary's import alone, on no day."""
    user: User = UserFactory()
    heat = TmdbMovieFactory(title="Heat", done=True, runtime=170, genres=["Crime"], release_date="1995-12-15")
    diary = movie_of(user, tmdb_movie=heat, rating=4.5, liked_on="2024-01-03")
    ViewingFactory(movie=diary, watched_on="2024-01-02", tags=["home"])
    streamed = movie_of(user, Source.PRIME_VIDEO, tmdb_movie=heat)
    for day in ("2024-01-02", "2024-05-01"):
        ViewingFactory(movie=streamed, watched_on=day, entry_uri="")
    movie_of(user, title="Ronin", tmdb_movie__title="Ronin", marked_on="2019-01-01")
    movie_of(user, tmdb_movie__title="Only liked", is_seen=False, liked_on="2024-02-02")
    movie_of(user, title="Nowhere", year=1970, tmdb_movie=None, chosen_by="", outcome=Outcome.UNMATCHED)
    movie_of(UserFactory(), title="Another person's")
    keeping.recompute(user)
    return user


def test_a_library_is_read_as_an_import_is_each_film_and_viewing_once(two_sources: User) -> None:
    data = kept.of_library(two_sources)
    totals, coverage = data["totals"], data["coverage"]
    assert (data["kind"], totals["films"], totals["viewings"], totals["rewatches"]) == ("library", 3, 4, 1)
    assert (totals["minutes"], totals["average_rating"], totals["liked"], totals["liked_unseen"]) == (340, 4.5, 1, 1)
    assert data["calendar"]["days"] == [["2024-01-02", 1], ["2024-05-01", 1]]
    assert data["calendar"]["marked"] == {"films": 1, "days": [["2019-01-01", 1]]}
    assert (coverage["matched"], coverage["unmatched"], coverage["dated_films"]) == (2, 1, 1)
    assert (coverage["undated_viewings"], coverage["known"]["genres"], coverage["rated"]) == (2, 1, 1)
    assert [tag["name"] for tag in data["tags"]] == ["home"]
    heat = LibraryFilm.objects.get(title="Heat")
    assert [(item["id"], item["viewings"]) for item in data["rewatched"]] == [(heat.pk, 2)]
    assert [(review["year"], review["viewings"], review["rewatches"]) for review in data["reviews"]] == [(2024, 2, 1)]
    assert kept.of_library(two_sources, Filters(rating="none"))["totals"]["films"] == 2
    assert kept.of_library(UserFactory())["totals"]["films"] == 0


def test_a_library_says_what_each_of_its_sources_tells(two_sources: User) -> None:
    assert kept.of_library(two_sources)["sources"] == [
        {"source": "letterboxd", "films": 3, "viewings": 3, "shared": 1, "filter": {"source": "letterboxd"}},
        {"source": "prime_video", "films": 1, "viewings": 2, "shared": 1, "filter": {"source": "prime_video"}},
    ]
    in_2024 = kept.of_library(two_sources, Filters(year=2024))["sources"]
    assert [(told["films"], told["viewings"], told["shared"]) for told in in_2024] == [(1, 1, 1), (1, 2, 1)]
    session = ImportSession.objects.get(user=two_sources, source=Source.LETTERBOXD)
    assert kept.of_session(session)["sources"] == []


def test_the_filter_of_a_rating_is_one_that_the_film_list_knows(session: ImportSession) -> None:
    empty = Facets(decades=[], genres=[])
    for group in of()["ratings"]:
        filters = MovieFilterForm(group["filter"], facets=empty, session=session).filters()
        assert float(filters.rating) == group["stars"]


# Kept


@pytest.mark.parametrize("count", [2, 60])
def test_computing_costs_five_queries_and_reading_again_one(
    session: ImportSession, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        ViewingFactory(movie=MovieFactory(session=session, matched=True), watched_on="2024-01-01")
    with django_assert_num_queries(5):  # what is kept, again under the lock, films, viewings, keep
        cold = kept.of_session(session)
    with django_assert_num_queries(1):
        warm = kept.of_session(session)
    assert warm == cold
    assert warm["totals"]["viewings"] == count


@pytest.mark.parametrize("count", [2, 60])
def test_a_library_costs_seven_queries_and_reading_again_three(
    db: None, count: int, django_assert_num_queries: Any
) -> None:
    user = UserFactory()
    for _ in range(count):
        ViewingFactory(movie=movie_of(user), watched_on="2024-01-01")
    keeping.recompute(user)
    # are films being matched, how the library stands, what is kept, again, films, viewings, keep
    with django_assert_num_queries(7):
        cold = kept.of_library(user)
    with django_assert_num_queries(3):
        assert kept.of_library(user) == cold


def age(seconds: float) -> None:
    Analytics.objects.update(computed_at=timezone.now() - timedelta(seconds=seconds))


def test_a_new_revision_a_new_day_and_a_new_version_are_computed_again(
    session: ImportSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def films() -> int:
        return int(kept.of_session(session)["totals"]["films"])

    assert films() == 0
    MovieFactory(session=session)
    assert films() == 0  # nothing said that anything changed
    session.revision += 1
    assert films() == 1
    MovieFactory(session=session)
    monkeypatch.setattr("imports.statistics.kept.VERSION", 99)
    assert films() == 2
    MovieFactory(session=session)
    monkeypatch.setattr(ImportSession, "today", lambda self: date(2099, 1, 1))
    assert films() == 3
    assert Analytics.objects.count() == 1


def test_while_films_are_matched_it_is_computed_at_most_every_ten_seconds(session: ImportSession) -> None:
    session.status = SessionStatus.ENRICHING
    kept.of_session(session)
    MovieFactory(session=session)
    session.revision += 1
    assert kept.of_session(session)["totals"]["films"] == 0
    age(11)
    assert kept.of_session(session)["totals"]["films"] == 1
    MovieFactory(session=session)
    session.revision += 1
    session.status = SessionStatus.COMPLETED
    assert kept.of_session(session)["totals"]["films"] == 2  # the last answers count at once


def test_details_that_come_after_a_film_was_settled_are_seen(session: ImportSession) -> None:
    """As in a review, where matched is enough: such details bring no new revision."""
    film = TmdbMovieFactory(pending=True)
    MovieFactory(session=session, matched=True, tmdb_movie=film)
    assert kept.of_session(session)["coverage"]["awaited"] == 1
    film.details_status, film.fetched_at, film.genres = DetailsStatus.DONE, timezone.now(), ["Drama"]
    film.save()
    assert kept.of_session(session)["genres"] == []
    age(11)
    assert [one["name"] for one in kept.of_session(session)["genres"]] == ["Drama"]


def test_another_film_for_a_matched_title_makes_a_new_revision(session: ImportSession) -> None:
    movie = MovieFactory(session=session, matched=True)
    ImportSession.objects.filter(pk=session.pk).update(total_movies=1, enriched_count=1, matched_count=1)
    kept.of_session(session)
    other = TmdbMovieFactory(done=True, genres=["Western"])
    decisions.choose(Movie.objects.select_related("session", "lookup").get(pk=movie.pk), other.pk)
    session.refresh_from_db()
    assert [one["name"] for one in kept.of_session(session)["genres"]] == ["Western"]


def test_a_library_is_computed_again_when_anything_changes_in_it(two_sources: User) -> None:
    def numbers() -> tuple[int, int, float | None]:
        totals = kept.of_library(two_sources)["totals"]
        return totals["films"], totals["viewings"], totals["average_rating"]

    assert numbers() == (3, 4, 4.5)
    keeping.recompute(two_sources)
    mark = kept.mark_of(two_sources)
    ranking = RankingFactory(user=two_sources, rating=2, tmdb_movie=LibraryFilm.objects.get(title="Heat").tmdb_movie)
    assert numbers() == (3, 4, 4.5)  # not reconciled yet
    keeping.recompute(two_sources)
    assert numbers() == (3, 4, 2.0)
    assert kept.mark_of(two_sources) != mark
    ranking.delete()
    streamed = ImportSession.objects.get(user=two_sources, source=Source.PRIME_VIDEO)
    streamed.movies.all().delete()
    keeping.recompute(two_sources)
    assert numbers() == (3, 3, 4.5)
    mark = kept.mark_of(two_sources)
    keeping.recompute(two_sources)
    assert kept.mark_of(two_sources) == mark  # looked at, and nothing changed


def test_while_an_import_is_matched_a_library_is_computed_at_most_every_ten_seconds(two_sources: User) -> None:
    ImportSession.objects.update(status=SessionStatus.ENRICHING)
    kept.of_library(two_sources)
    movie_of(two_sources)
    keeping.recompute(two_sources)
    assert kept.of_library(two_sources)["totals"]["films"] == 3
    age(11)
    assert kept.of_library(two_sources)["totals"]["films"] == 4


def test_two_readers_at_once_both_get_their_numbers(session: ImportSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one, on another machine, keeps its numbers while this one computes."""

    def overtaken(of: ImportSession) -> list[Film]:
        Analytics.objects.create(session=of, mark="of the other", data={})
        return films_of_session(of)

    monkeypatch.setattr("imports.statistics.kept.films_of_session", overtaken)
    assert kept.of_session(session)["totals"]["films"] == 0
    assert Analytics.objects.get().session_id == session.pk
    assert Analytics.objects.get().mark == str(kept.mark_of(session))


@pytest.mark.django_db(transaction=True)
def test_an_import_deleted_meanwhile_breaks_nothing() -> None:
    session = ImportSessionFactory()
    ImportSession.objects.all().delete()
    assert kept.of_session(session)["totals"]["films"] == 0
    assert not Analytics.objects.exists()


def test_filtered_statistics_are_not_kept(session: ImportSession) -> None:
    kept.of_session(session, Filters(year=2024))
    assert not Analytics.objects.exists()


# Over the API


def analytics(session: ImportSession, client: Client, query: str = "") -> Any:
    answer = client.get(f"/api/session/{session.pk}/analytics{query}")
    assert answer.status_code == 200
    return answer.json()


@pytest.fixture
def mine(client: Client) -> ImportSession:
    user = UserFactory()
    client.force_login(user)
    session: ImportSession = ImportSessionFactory(user=user, browser_key="", total_movies=2, link_readable=True)
    film = TmdbMovieFactory(done=True, runtime=100, genres=["Drama"], directors=["Ana"], original_language="pt")
    movie = MovieFactory(session=session, matched=True, tmdb_movie=film, rating=4)
    MovieFactory(session=session, is_seen=False, liked_on="2024-01-01")
    ViewingFactory(movie=movie, watched_on="2024-01-01", tags=["dvd"])
    ViewingFactory(movie=movie, watched_on="2024-02-01", rewatch=True)
    return session


@pytest.mark.django_db
def test_analytics_tell_the_numbers_of_the_page(client: Client, mine: ImportSession) -> None:
    told = analytics(mine, client)
    movies = {"total": 1, "imported": 2, "enriched": 1, "avg_rating": 4.0, "avg_runtime": 100.0, "liked_unseen": 1}
    assert movies.items() <= told["movies"].items()
    assert told["viewings"] == {"total": 2, "rewatches": 1, "marked_rewatches": 1, "days": 2, "undated": 0}
    assert (told["genres"], told["directors"], told["languages"], told["countries"]) == (
        {"Drama": 1},
        {"Ana": 1},
        {"pt": 1},
        {},
    )
    assert (told["ratings"]["4.0"], told["ratings"]["none"]) == (1, 0)
    assert (told["months"], told["tags"]) == ({"2024-01": 1, "2024-02": 1}, {"dvd": 1})
    assert told["statistics"] == kept.of_session(mine)
    assert analytics(mine, client, "?year=2024&rating=3.5")["movies"]["total"] == 0


@pytest.mark.django_db
def test_a_reader_with_the_link_learns_no_tags(mine: ImportSession) -> None:
    told = analytics(mine, Client())
    assert (told["tags"], told["statistics"]["tags"]) == (None, [])
    assert "dvd" not in json.dumps(told)
    assert told["viewings"]["total"] == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["year=0", "year=x", "rating=6", "rating=0", "decade=-1", "year=99999999999999999999"]
)
def test_analytics_refuse_a_filter_that_cannot_be(query: str) -> None:
    answer = Client().get(f"/api/session/{ImportSessionFactory().pk}/analytics?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.django_db
def test_warm_analytics_cost_one_query_more_than_knowing_who_asks(
    client: Client, mine: ImportSession, django_assert_num_queries: Any
) -> None:
    ImportSession.objects.update(last_accessed=timezone.now())
    analytics(mine, client)
    with django_assert_num_queries(4):  # the login's session, its user, the import; what is kept
        analytics(mine, client)


@pytest.mark.django_db
def test_enrichment_stats(client: Client, mine: ImportSession) -> None:
    told = client.get(f"/api/session/{mine.pk}/enrichment-stats").json()
    assert (told["total_movies"], told["enriched_count"], told["enrichment_percentage"]) == (2, 0, 0)
    summary = told["data_summary"]
    assert summary["unique_genres"] == {"count": 1, "examples": ["Drama"]}
    assert summary["runtime"] == {"average": 100.0, "total_hours": 3.3}
    assert summary["ratings"] == {"average": 4.0}


@pytest.mark.django_db
@pytest.mark.parametrize("source", Source)
def test_an_empty_history_has_statistics(source: Source) -> None:
    session = ImportSessionFactory(source=source, user=UserFactory(), browser_key="", link_readable=False)
    assert kept.of_session(session)["totals"]["films"] == 0
