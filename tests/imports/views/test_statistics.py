"""The pages of statistics: who sees what, and that every number leads to as many films as it says."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F
from django.test import Client
from django.utils import timezone

from imports.figures.heatmap import years_of
from imports.figures.whole import Figures
from imports.films.conditions import LONGEST
from imports.library import rankings
from imports.models import (
    ImportSession,
    Library,
    LibraryFilm,
    LibraryViewing,
    Movie,
    Ranking,
    SessionStatus,
    Source,
    Viewing,
)
from imports.reconciling import keeping, marks
from imports.sharing.links import make_link
from tests.factories import ImportSessionFactory, MovieFactory, RankingFactory, UserFactory, ViewingFactory
from tests.histories import fill

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory())
    return client


@pytest.fixture
def session(owner: Client) -> ImportSession:
    made: ImportSession = ImportSessionFactory(
        user_id=owner.session["_auth_user_id"],
        browser_key="",
        status=SessionStatus.COMPLETED,
        link_readable=True,
    )
    return made


@pytest.fixture
def history(session: ImportSession) -> ImportSession:
    """Sixty films, and what makes counting hard: one film under two titles, one that is only liked, a series."""
    fill(session, 60)
    twin = session.movies.get(turn=4)  # without a rating of its own
    other = MovieFactory(session=session, title="Its Other Title", year=None, matched=True, turn=99)
    Movie.objects.filter(pk=other.pk).update(
        tmdb_movie=twin.tmdb_movie, rating=Decimal("0.5"), liked_on=date(2020, 2, 2)
    )
    ViewingFactory(movie=other, watched_on=date(2011, 3, 4), tags=["twin tag"])
    MovieFactory(session=session, title="Only Liked", matched=True, is_seen=False, liked_on=date(2020, 2, 2))
    MovieFactory(session=session, title="A Series", kind="series", lookup=None)
    return session


def address(session: ImportSession, query: str = "") -> str:
    return f"{session.get_absolute_url()}stats/{query}"


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def figures_of(client: Client, url: str) -> Figures:
    found: Figures = client.get(url).context["figures"]
    return found


def linked(figures: Figures) -> Iterator[tuple[str, int]]:
    """Addresses of film lists on the page, with the number of films that the page says."""
    for number in figures.headline:
        if number.url and number.label == "films":
            yield number.url, int(number.text)
    for columns in (figures.ratings, figures.runtimes):
        yield from ((column.url, column.count) for column in (columns.columns if columns else ()) if column.url)
    for ranks in (figures.genres, figures.decades, figures.tags, *figures.people, *figures.places):
        yield from ((rank.url, rank.films) for rank in (ranks.top[:4] if ranks else ()))
    for chart in (figures.per_year, figures.per_month, figures.release_years):
        rows = [row for row in chart.rows if row.url] if chart else []
        yield from ((row.url, int(row.cells[-1])) for row in rows[:6])
    if figures.unrated_url:
        yield figures.unrated_url, figures.data["unrated"]
    if figures.likes:
        yield figures.likes_url, figures.data["likes"]["films"]


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    "query", ["", "?year=2025", "?genre=Drama", "?decade=2010", "?rating=none", "?year=2025&genre=Crime&rating=3.5"]
)
def test_every_number_leads_to_as_many_films_as_it_says(owner: Client, session: ImportSession, query: str) -> None:
    links = list(linked(figures_of(owner, address(session, query))))
    assert len(links) > 5
    told = dict(links)
    assert {url: owner.get(url).context["page"].paginator.count for url in told} == told


@pytest.mark.usefixtures("history")
def test_days_lead_to_what_was_watched_on_them(owner: Client, session: ImportSession) -> None:
    films = f"{session.get_absolute_url()}films/?seen=on"
    figures = figures_of(owner, address(session))
    day = str(max(figures.data["calendar"]["days"])[0])
    watched = {movie.pk for movie in session.movies.filter(viewings__watched_on=day)}
    assert {movie.pk for movie in owner.get(f"{films}&watched={day}").context["page"]} == watched
    mondays = owner.get(f"{films}&weekday=0").context["page"].object_list
    assert {movie.watched_on.weekday() for movie in mondays if movie.viewings.count() == 1} == {0}
    again = owner.get(f"{films}&rewatched=on").context["page"].paginator.count
    assert again == sum(1 for movie in session.movies.all() if movie.viewings.count() > 1) + 1  # and the twin


@pytest.mark.usefixtures("history")
def test_each_filter_of_a_link_is_a_chip_that_can_be_taken_away(owner: Client, session: ImportSession) -> None:
    films = f"{session.get_absolute_url()}films/"
    answer = owner.get(f"{films}?seen=on&watched=2025-05&director=Jane+Diop&language=ja&sort=title")
    chips = {chip.text: chip.without for chip in answer.context["chips"]}
    assert list(chips) == ["Seen films, each once", "Watched: May 2025", "Directed by Jane Diop", "In Japanese"]
    assert chips["Watched: May 2025"] == "?seen=on&director=Jane+Diop&language=ja&sort=title"
    assert 'name="director" value="Jane Diop"' in answer.content.decode()  # the form keeps it
    assert owner.get(f"{films}?watched=soon&weekday=9&year=x").context["chips"] == []


def test_statistics_and_tags_are_told_to_who_may_see_them(owner: Client, history: ImportSession) -> None:
    tagged = f"{history.get_absolute_url()}films/?tag=twin+tag"
    assert "twin tag" in page(owner, address(history))
    assert owner.get(tagged).context["page"].paginator.count == 1
    reader = Client()
    assert "twin tag" not in page(reader, address(history))
    assert "twin tag" not in page(reader, address(history, "2011/"))
    everything = reader.get(f"{history.get_absolute_url()}films/").context["page"].paginator.count
    assert reader.get(tagged).context["page"].paginator.count == everything  # as if there were no such filter
    ImportSession.objects.update(link_readable=False)
    assert reader.get(address(history)).status_code == 404
    assert reader.get(address(history, "2011/")).status_code == 404


def test_an_empty_history_gets_a_friendly_page(owner: Client, session: ImportSession) -> None:
    MovieFactory(session=session, is_seen=False, liked_on=date(2024, 1, 1), matched=True)
    shown = page(owner, address(session))
    assert "Nothing to count yet" in shown and "only liked" in shown
    assert "<canvas" not in shown


def test_one_film_is_told_without_charts(owner: Client, session: ImportSession) -> None:
    fill(session, 1)
    shown = page(owner, address(session))
    assert "1 film in " in shown and "Genres" in shown
    assert "<canvas" not in shown and "data-chart" not in shown


def test_unrated_films_are_said_in_one_line(owner: Client, history: ImportSession) -> None:
    history.movies.update(rating=None)
    shown = page(owner, address(history))
    assert "None of these films is rated yet." in shown
    assert "Films by stars" not in shown and "Against TMDB" not in shown and "average rating:" not in shown


def test_filters_that_leave_nothing_say_so_and_nonsense_filters_nothing(owner: Client, history: ImportSession) -> None:
    genre = figures_of(owner, address(history)).data["choices"]["genres"][0]
    nothing: dict[str, str | int] = {"year": 2011, "genre": genre, "rating": "5.0"}
    assert "No films match" in owner.get(address(history), nothing).content.decode()
    answer = owner.get(address(history), {"year": "1", "decade": "x", "genre": "Nonsense", "rating": "99"})
    assert answer.context["is_filtered"] is False
    assert answer.context["figures"].data["totals"]["films"] == 60


@pytest.mark.usefixtures("history")
def test_htmx_gets_the_figures_alone_and_a_short_address(owner: Client, session: ImportSession) -> None:
    answer = owner.get(address(session, "?year=2025&decade=&genre=&rating="), headers={"HX-Request": "true"})
    assert b"<html" not in answer.content and b'id="statistics"' in answer.content
    assert answer["HX-Push-Url"] == address(session, "?year=2025")


def test_the_page_fills_in_while_films_are_being_matched(owner: Client, history: ImportSession) -> None:
    ImportSession.objects.update(status=SessionStatus.ENRICHING, total_movies=1500, revision=7)
    shown = page(owner, address(history))
    assert "60 of 1,500 films known so far" in shown
    assert 'hx-get="?revision=7" hx-trigger="every 10s"' in shown
    asked = {"headers": {"HX-Request": "true"}}
    assert owner.get(address(history, "?revision=7"), **asked).status_code == 204  # type: ignore[arg-type]
    answer = owner.get(address(history, "?revision=6"), **asked)  # type: ignore[arg-type]
    assert answer.status_code == 200 and "HX-Push-Url" not in answer
    assert b'id="stats-filters" hx-swap-oob="true"' in answer.content  # there may be more to choose from
    ImportSession.objects.update(status=SessionStatus.COMPLETED, total_movies=60, revision=8)
    done = owner.get(address(history, "?revision=7"), **asked).content.decode()  # type: ignore[arg-type]
    assert 'hx-trigger="every' not in done and "known so far" not in done


def test_marked_days_stand_apart_from_viewing_days(owner: Client, history: ImportSession) -> None:
    shown = page(owner, address(history))
    assert "only marked as seen" in shown and "1 January 2019 (10)" in shown
    assert 2019 not in {year.year for year in figures_of(owner, address(history)).years}


def test_what_is_left_out_is_said(owner: Client, history: ImportSession) -> None:
    shown = page(owner, address(history))
    assert "2 of 60 films have no match" in shown
    assert "1 title is the same film as another" in shown
    assert "Genres are known for 58 of 60 films. 2 without a match are left out." in shown


def test_days_long_ago_are_shown_and_those_that_can_not_be_are_told_of(owner: Client, session: ImportSession) -> None:
    to_come = timezone.localdate() + timedelta(days=400)
    for day in (date(1887, 12, 31), date(1888, 1, 1), date(1970, 1, 1), to_come):
        ViewingFactory(movie=MovieFactory(session=session, matched=True, watched_on=day), watched_on=day)
    shown = page(owner, address(session))
    assert [year.year for year in figures_of(owner, address(session)).years] == [1970, 1888]
    assert "1 viewing has a day that is yet to come, and is counted without it." in shown
    assert "1 viewing has a day before there were films, and is counted without it." in shown
    assert "A day is known for 2 of 4 films." in shown


@pytest.fixture
def every_year(session: ImportSession) -> Movie:
    """A film that was seen on a day of every year there is."""
    movie = MovieFactory(session=session, matched=True, watched_on=date(9998, 1, 1))
    Viewing.objects.bulk_create(
        Viewing(movie=movie, watched_on=date(year, 1 + year % 12, 1 + year % 28)) for year in range(1, 9999)
    )
    return movie


def test_years_in_which_nobody_can_have_watched_take_no_room(
    owner: Client, session: ImportSession, every_year: Movie
) -> None:
    _, token = make_link(session, name="", shows={"shows_dates": True}, expires_at=None)
    today = timezone.localdate()
    possible = today.year - 1888 + (date(today.year, 1 + today.year % 12, 1 + today.year % 28) <= today)
    for url in (address(session), f"/s/{token}/stats/"):
        shown = owner.get(url)
        assert len(shown.context["figures"].years) == possible
        assert shown.content.count(b'<svg class="heat"') == 30
        assert len(shown.content) < 1_000_000
    told = owner.get(f"/api/session/{session.pk}/analytics").json()
    assert len(told["years"]) == len(told["statistics"]["reviews"]) == possible
    assert told["viewings"]["total"] == 9998  # each counts, with a day or without
    assert told["viewings"]["undated"] == 9998 - possible


def test_a_number_of_a_year_leads_to_as_many_films_whatever_days_are_stored(
    owner: Client, session: ImportSession
) -> None:
    today = timezone.localdate()
    first = date(today.year, 1, 1)
    for days in ([first, date(9998, 1, 1)], [date(today.year, 12, 31) + timedelta(days=1)], [date(1500, 1, 1), first]):
        movie = MovieFactory(session=session, matched=True, watched_on=max(days))
        Viewing.objects.bulk_create(Viewing(movie=movie, watched_on=day) for day in days)
    urls = linked(figures_of(owner, address(session)))
    assert any("rewatched" in url for url, _ in urls) is False  # an impossible day makes no second one
    for url, count in urls:
        assert owner.get(url).context["page"].paginator.count == count, url


def test_a_year_in_review_tells_of_that_year_alone(owner: Client, history: ImportSession) -> None:
    year = figures_of(owner, address(history)).data["years"][-1]
    shown = page(owner, address(history, f"{year['year']}/"))
    assert f"{year['year']} in review" in shown and f"{year['films']} films in {year['viewings']} viewings" in shown
    assert "Rated best" in shown
    for url, count in linked(figures_of(owner, address(history, f"{year['year']}/"))):
        assert owner.get(url).context["page"].paginator.count == count, url
    assert owner.get(address(history, "1999/")).status_code == 404


@pytest.mark.parametrize("count", [10, 80])
@pytest.mark.parametrize("query", ["", "?genre=Drama", "2025/"])
def test_the_number_of_queries_does_not_grow_with_the_films(
    owner: Client, session: ImportSession, count: int, query: str, django_assert_max_num_queries: Any
) -> None:
    fill(session, count)
    page(owner, address(session))  # computed and kept
    with django_assert_max_num_queries(7):  # cookie, user, import, TMDB's state, kept numbers; films, viewings
        page(owner, address(session, query))


@pytest.fixture
def library(owner: Client, history: ImportSession) -> User:
    """What a diary tells of sixty films, and a stream of some of them: on the diary's days, and on others."""
    user = User.objects.get()
    streamed = ImportSessionFactory(
        user=user, browser_key="", source=Source.PRIME_VIDEO, link_readable=False, status=SessionStatus.COMPLETED
    )
    for movie in history.movies.filter(turn__lt=20, outcome="matched", is_seen=True).select_related("tmdb_movie"):
        values = {"decision": "added", "decided_at": timezone.now(), "matched": True}
        other = MovieFactory(session=streamed, tmdb_movie=movie.tmdb_movie, **values)
        day = movie.watched_on or date(2023, 1, 1)
        ViewingFactory(movie=other, entry_uri="", watched_on=day if movie.turn % 2 else day - timedelta(days=400))
    keeping.recompute(user)
    return user


@pytest.mark.usefixtures("library")
def test_a_library_has_its_numbers_too(owner: Client) -> None:
    shown = page(owner, "/library/stats/")
    figures = figures_of(owner, "/library/stats/")
    assert "When they were watched" in shown and "Milestones and old friends" in shown and "longest run" in shown
    assert [number.label for number in figures.headline[:3]] == ["films", "viewings", "seen again"]
    sources = [(number.label, number.text) for number in figures.sources]
    assert sources == [("Letterboxd", "60 films"), ("Amazon Prime Video", "20 films")]
    assert all("of them known elsewhere too" in number.note for number in figures.sources)
    assert "2 of 60 films have no match" in shown
    links = dict(linked(figures))
    assert len(links) > 15 and all(url.startswith("/library/") for url in links)
    LibraryFilm.objects.all().delete()
    Library.objects.update(revision=F("revision") + 1)
    assert "Nothing to count yet" in page(owner, "/library/stats/")


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    "query", ["", "?year=2024", "?genre=Drama", "?decade=2010", "?rating=none", "?year=2024&genre=Crime&rating=3.5"]
)
def test_every_number_of_a_library_leads_to_as_many_films_as_it_says(owner: Client, query: str) -> None:
    figures = figures_of(owner, f"/library/stats/{query}")
    counted = dict(linked(figures)) | {number.url: int(number.text.split()[0]) for number in figures.sources}
    assert len(counted) > 5
    assert {url: owner.get(url).context["page"].paginator.count for url in counted} == counted


@pytest.mark.usefixtures("library")
def test_days_of_a_library_lead_to_what_was_watched_on_them(owner: Client) -> None:
    figures = figures_of(owner, "/library/stats/")
    own = LibraryViewing.objects.select_related("film")
    for day, count in [(str(day), int(count)) for day, count in figures.data["calendar"]["days"][-20:]]:
        listed = {film.pk for film in owner.get(f"/library/?watched={day}").context["page"]}
        assert listed == set(own.filter(watched_on=day).values_list("film", flat=True)) and len(listed) <= count
    again = {movie["id"] for movie in figures.data["rewatched"]}
    listed = {film.pk for film in owner.get(figures.rewatched_url).context["page"].paginator.object_list}
    seen_again = {viewing.film_id for viewing in own if viewing.rewatch or (viewing.place and viewing.watched_on)}
    assert again <= listed == seen_again
    mondays = {film.pk for film in owner.get("/library/?weekday=0").context["page"].paginator.object_list}
    assert mondays == {viewing.film_id for viewing in own if viewing.watched_on and viewing.watched_on.weekday() == 0}
    film = LibraryFilm.objects.get(pk=figures.data["milestones"][0]["id"])
    assert figures.milestones[0].url == film.get_absolute_url()
    assert film.title in page(owner, film.get_absolute_url())


@pytest.mark.usefixtures("library")
def test_a_library_has_its_years_in_review(owner: Client) -> None:
    newest, before, *_ = figures_of(owner, "/library/stats/").reviews
    assert newest["url"] == f"/library/stats/{newest['year']}/"
    shown = page(owner, newest["url"])
    assert f"{newest['year']} in review" in shown and 'href="/library/stats/"' in shown
    assert f'<a rel="prev" href="{before["url"]}">' in shown
    assert owner.get("/library/stats/1950/").status_code == 404
    assert owner.get(newest["url"]).context["figures"].data["totals"]["viewings"] == newest["viewings"]
    assert Client().get(newest["url"]).status_code == 302
    stranger = Client()
    stranger.force_login(UserFactory())
    assert stranger.get(newest["url"]).status_code == 404


def test_a_library_that_is_put_together_says_so(owner: Client, library: User, monkeypatch: pytest.MonkeyPatch) -> None:
    movie = MovieFactory(session=ImportSession.objects.get(source="letterboxd"), matched=True)
    marks.mark(Movie.objects.filter(pk=movie.pk))
    assert "is being put together" not in page(owner, "/library/stats/")  # it was done at once
    assert figures_of(owner, "/library/stats/").data["totals"]["films"] == 61
    marks.mark_all([library.pk])
    monkeypatch.setattr(keeping, "AT_ONCE", 10)
    shown = page(owner, "/library/stats/")
    assert "is being put together" in shown and 'hx-get="/library/progress/"' in shown
    assert "is being put together" in page(owner, figures_of(owner, "/library/stats/").reviews[0]["url"])
    keeping.catch_up(library)
    assert "is being put together" not in page(owner, "/library/stats/")


def test_pages_link_to_the_statistics(owner: Client, history: ImportSession) -> None:
    stats = f'href="{address(history)}"'
    assert stats in page(owner, history.get_absolute_url())
    assert stats in page(owner, f"{history.get_absolute_url()}films/")
    assert 'href="/library/stats/"' in page(owner, "/library/")


def test_figures_can_leave_out_links_ratings_and_dates(owner: Client, history: ImportSession) -> None:
    figures = Figures(figures_of(owner, address(history)).data, ratings=False, dates=False)
    assert figures.ratings is None and not figures.against_tmdb and not figures.differences
    assert not figures.years and not figures.per_month and not figures.milestones and not figures.reviews
    assert figures.genres is not None
    assert {(rank.url, rank.average) for rank in figures.genres.top} == {("", None)}
    assert not any(number.url for number in figures.headline)


def test_a_year_lies_in_weeks_from_monday_to_sunday() -> None:
    year, leap = years_of([["2024-12-31", 5], ["2024-01-01", 1], ["2025-01-05", 2]])
    assert (year.year, leap.year) == (2025, 2024)
    assert [(day.x // 12, day.y // 12, day.level) for day in leap.days] == [(0, 0, 1), (52, 1, 4)]
    assert [(day.x // 12, day.y // 12, day.level) for day in year.days] == [(0, 6, 2)]  # a Sunday
    assert (leap.viewings, leap.busiest.name) == (6, "Dec")


def films_behind(client: Client, session: ImportSession, query: str) -> list[str]:
    answer = client.get(f"{session.get_absolute_url()}films/?seen=on&{query}")
    return [movie.title for movie in answer.context["page"]]


@pytest.fixture
def prime(owner: Client, session: ImportSession) -> ImportSession:
    """Four films, three of them in the library: one with a rating, one to be decided later, one of another's."""
    ImportSession.objects.update(source=Source.PRIME_VIDEO, link_readable=False, closed_at=timezone.now())
    session.refresh_from_db()
    for number, title in enumerate(["Alien", "Moon", "Zulu", "Heat"]):
        MovieFactory(session=session, title=title, turn=number, matched=True)
    films = {movie.title: movie.tmdb_movie for movie in session.movies.select_related("tmdb_movie")}
    RankingFactory(user=session.user, tmdb_movie=films["Moon"], rating=Decimal("4.5"))
    RankingFactory(user=session.user, tmdb_movie=films["Zulu"], rating=Decimal("2.0"))
    RankingFactory(user=session.user, tmdb_movie=films["Heat"], rating=None)
    RankingFactory(tmdb_movie=films["Alien"], rating=Decimal("1.0"))
    return session


def test_a_prime_history_has_the_ratings_of_its_owners_library(owner: Client, prime: ImportSession) -> None:
    assert "2 of 4 films are rated." in page(owner, address(prime))
    assert figures_of(owner, address(prime)).data["totals"]["average_rating"] == 3.25
    assert films_behind(owner, prime, "rating=4.5") == ["Moon"]
    assert films_behind(owner, prime, "rating=none") == ["Alien", "Heat"]
    assert films_behind(owner, prime, "sort=rating")[:2] == ["Moon", "Zulu"]
    assert "4.5 of 5 stars" in page(owner, f"{prime.get_absolute_url()}films/")
    assert "4.5 of 5 stars" in page(owner, f"{prime.get_absolute_url()}films/?view=table")


def test_a_prime_historys_numbers_follow_the_library(owner: Client, prime: ImportSession) -> None:
    assert figures_of(owner, address(prime)).data["totals"]["rated"] == 2
    rankings.change(Ranking.objects.get(user=prime.user, rating=None), {"rating": Decimal("5.0")})
    assert figures_of(owner, address(prime)).data["totals"]["rated"] == 3
    rankings.remove(Ranking.objects.get(user=prime.user, rating=Decimal("4.5")))
    assert figures_of(owner, address(prime)).data["totals"]["rated"] == 2


@pytest.mark.usefixtures("prime")
@pytest.mark.parametrize("page_of", ["stats/?genre=Drama", "films/?seen=on&sort=rating&rating=2.0"])
def test_a_prime_historys_ratings_cost_no_query_for_a_film(
    owner: Client, session: ImportSession, page_of: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        movie = MovieFactory(session=session, turn=9 + number, matched=True)
        RankingFactory(user=session.user, tmdb_movie=movie.tmdb_movie, rating=Decimal("2.0"))
    page(owner, address(session))
    with django_assert_max_num_queries(8):
        page(owner, f"{session.get_absolute_url()}{page_of}")


@pytest.mark.parametrize("year", [1888, 1935])
def test_a_year_long_ago_is_shown_and_leads_to_its_films(owner: Client, session: ImportSession, year: int) -> None:
    for month in (1, 2, 3, 12):
        day = date(year, month, 1)
        ViewingFactory(movie=MovieFactory(session=session, matched=True, watched_on=day), watched_on=day)
    fill(session, 30)
    review, everything = address(session, f"{year}/"), figures_of(owner, address(session))
    assert f"{year} in review" in page(owner, review)
    assert everything.per_year is not None and everything.per_year.rows[0].url.endswith(f"watched={year:04}")
    links = dict(linked(figures_of(owner, review))) | {everything.years[-1].url: 4, everything.per_year.rows[0].url: 4}
    assert {url: owner.get(url).context["page"].paginator.count for url in links} == links
    assert owner.get(address(session), {"year": year}).context["figures"].data["totals"]["films"] == 4


def test_only_long_ago_months_are_counted_back_to_the_first(owner: Client, session: ImportSession) -> None:
    for month in (1, 2, 3):
        day = date(1888, month, 1)
        ViewingFactory(movie=MovieFactory(session=session, matched=True, watched_on=day), watched_on=day)
    chart = figures_of(owner, address(session)).per_month
    assert chart is not None and len(chart.rows) == 3


def test_the_rewatches_of_a_year_are_those_of_that_year(owner: Client, session: ImportSession) -> None:
    """By the diary's word, by days, and by the days of another title of the film."""

    def seen(title: str, *days: date, rewatch: bool = False, film: Any = None) -> Any:
        more = {"tmdb_movie": film} if film else {}
        movie = MovieFactory(session=session, title=title, matched=True, watched_on=max(days), **more)
        for day in days:
            ViewingFactory(movie=movie, watched_on=day, rewatch=rewatch)
        return movie

    seen("Said", date(2020, 5, 1), rewatch=True)
    seen("By days", date(2019, 5, 1), date(2020, 5, 1))
    seen("Again later", date(2020, 5, 1), date(2021, 5, 1))
    seen("Once", date(2020, 6, 1))
    twin = seen("Twin", date(2020, 7, 1))
    seen("Its other title", date(2018, 7, 1), film=twin.tmdb_movie)
    rewatched = "rewatched=on&sort=title"
    assert films_behind(owner, session, f"{rewatched}&watched=2020") == ["By days", "Said", "Twin"]
    assert films_behind(owner, session, rewatched) == ["Again later", "By days", "Said", "Twin"]
    figures = figures_of(owner, address(session, "?year=2020"))
    assert {film.title for film in figures.rewatched} == {"By days", "Said", "Twin"}
    assert figures.data["totals"]["rewatches"] == 3
    assert ("seen again", "3", "1 marked as rewatch") in [(n.label, n.text, n.note) for n in figures.headline]
    assert {film.note for film in figures.rewatched} == {"seen before"}  # in that year, once


def test_names_and_tags_are_told_apart_by_case(owner: Client, session: ImportSession) -> None:
    for title, name in (("Capital", "Jane Diop"), ("Small", "jane diop")):
        movie = MovieFactory(session=session, title=title, matched=True, tmdb_movie__directors=[name])
        ViewingFactory(movie=movie, tags=[name])
    for name in ("director", "tag"):
        assert films_behind(owner, session, f"{name}=Jane+Diop") == ["Capital"]
        assert films_behind(owner, session, f"{name}=jane+diop") == ["Small"]


def test_a_tag_too_long_to_filter_by_has_no_link(owner: Client, session: ImportSession) -> None:
    tags = ["a" * LONGEST, "b" * (LONGEST + 1)]
    ViewingFactory(movie=MovieFactory(session=session, title="Tagged", matched=True), tags=tags)
    MovieFactory(session=session, matched=True)
    found = figures_of(owner, address(session)).tags
    assert found is not None
    links = {rank.name: rank.url for rank in found.top}
    assert [movie.title for movie in owner.get(links[tags[0]]).context["page"]] == ["Tagged"]
    assert links[tags[1]] == ""
    assert tags[1] in page(owner, address(session))


def test_films_without_a_viewing_are_not_said_to_be_seen_in_one(owner: Client, session: ImportSession) -> None:
    movies = [MovieFactory(session=session, matched=True) for _ in range(3)]
    ViewingFactory(movie=movies[2], watched_on=date(2024, 1, 1))
    assert figures_of(owner, address(session)).lead == "3 films, 1 viewing on record."
    for movie in movies[:2]:
        ViewingFactory(movie=movie)
    assert figures_of(owner, address(session)).data["totals"]["viewings"] == 1  # kept
    ImportSession.objects.update(revision=1)
    assert figures_of(owner, address(session)).lead == "3 films in 3 viewings."


def test_the_running_year_is_compared_up_to_the_same_day(owner: Client, session: ImportSession) -> None:
    today = session.today()
    first, before = today.replace(month=1, day=1), today.replace(year=today.year - 1, month=1, day=1)
    for day in (first, before, before.replace(month=12, day=31)):
        ViewingFactory(movie=MovieFactory(session=session, matched=True, watched_on=day), watched_on=day)
    running, last = figures_of(owner, address(session)).reviews
    is_over = (today.month, today.day) == (12, 31)
    assert running["changes"][0] == ("−1 viewing" if is_over else "±0 viewings")
    assert running["changes"][-1] == f"so far, against {before.year} up to the same day"
    assert last["changes"] == []


if connection.vendor == "sqlite":  # PostgreSQL does not count its steps

    @pytest.mark.parametrize(
        "query", ["", "rewatched=on", "rewatched=on&watched=2024", "sort=rating", "liked=on", "tag=home"]
    )
    def test_the_steps_of_a_list_grow_as_its_titles_do(owner: Client, session: ImportSession, query: str) -> None:
        """With many titles that are one film; to compare each with all others takes 16 times the steps for 4 times the
        titles."""
        other: ImportSession = ImportSessionFactory(user=session.user, browser_key="", status=SessionStatus.COMPLETED)
        few, many = (steps_of_list(owner, of, count, query) for of, count in ((session, 300), (other, 1200)))
        assert few < many < 7 * few


def steps_of_list(client: Client, session: ImportSession, count: int, query: str) -> int:
    fill(session, count)
    rows = list(session.movies.filter(outcome="matched").order_by("turn").values_list("pk", "tmdb_movie"))
    twins = [Movie(pk=pk, tmdb_movie_id=film) for (pk, _), (_, film) in zip(rows[count // 2 :], rows, strict=False)]
    Movie.objects.bulk_update(twins, ["tmdb_movie"])
    steps = 0

    def count_them() -> None:
        nonlocal steps
        steps += 1

    connection.connection.set_progress_handler(count_them, 100)
    try:
        films_behind(client, session, query)
    finally:
        connection.connection.set_progress_handler(None, 100)
    return steps
