"""The film list and one film's page."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from enrichment.models import LookupStatus
from imports.films.viewings import REVIEW_SHOWN
from imports.models import ImportSession, Movie, Outcome, Viewing
from imports.templatetags.films import about_time, plain_text, stars
from tests.factories import (
    ImportSessionFactory,
    MovieFactory,
    TitleLookupFactory,
    TmdbMovieFactory,
    UserFactory,
    ViewingFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory())
    return client


@pytest.fixture
def session(owner: Client) -> ImportSession:
    made: ImportSession = ImportSessionFactory(
        user_id=owner.session["_auth_user_id"], browser_key="", total_movies=100, link_readable=True
    )
    return made


def film(session: ImportSession, title: str, year: int | None = 2001, **fields: Any) -> Movie:
    """A matched film; fields of TMDB's record begin with tmdb_movie__."""
    made: Movie = MovieFactory(session=session, title=title, year=year, matched=True, **fields)
    return made


def titles(client: Client, session: ImportSession, query: str = "") -> list[str]:
    answer = client.get(f"{session.get_absolute_url()}films/{query}")
    assert answer.status_code == 200
    return [movie.title for movie in answer.context["page"]]


@pytest.fixture
def five(session: ImportSession) -> None:
    film(
        session,
        "Amélie",
        2001,
        turn=0,
        watched_on=date(2024, 5, 1),
        rating=Decimal("4.5"),
        liked_on=date(2024, 5, 1),
        tmdb_movie__original_title="Le Fabuleux Destin d'Amélie Poulain",
        tmdb_movie__genres=["Comedy", "Romance"],
        tmdb_movie__directors=["Jean-Pierre Jeunet"],
        tmdb_movie__runtime=122,
    )
    film(
        session,
        "Solaris",
        1972,
        turn=1,
        watched_on=date(2024, 4, 1),
        rating=Decimal("5.0"),
        tmdb_movie__genres=["Drama", "Science Fiction"],
        tmdb_movie__directors=["Андрей Тарковский"],
        tmdb_movie__runtime=167,
    )
    film(session, "zodiac", 2007, turn=2, watched_on=date(2023, 4, 1), tmdb_movie__genres=['Say "Crime"', "Drama"])
    film(session, "Ärger", None, turn=3, rating=Decimal("0.5"), tmdb_movie__release_date=date(1979, 3, 1))
    MovieFactory(session=session, title="Mob Psycho 100", year=None, turn=4)


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Amélie", "Solaris", "zodiac", "Ärger", "Mob Psycho 100"]),
        ("?q=amelie", ["Amélie"]),
        ("?q=AMÉLIE", ["Amélie"]),
        ("?q=fabuleux", ["Amélie"]),
        ("?q=jeunet+amelie", ["Amélie"]),
        ("?q=Тарковский", ["Solaris"]),
        ("?q=100%25", ["Mob Psycho 100"]),
        ("?genre=Drama", ["Solaris", "zodiac"]),
        ("?genre=Say+%22Crime%22", ["zodiac"]),
        ("?decade=2000", ["Amélie", "zodiac"]),
        ("?decade=1970", ["Solaris", "Ärger"]),
        ("?rating=4.5", ["Amélie"]),
        ("?rating=none", ["zodiac", "Mob Psycho 100"]),
        ("?status=open", ["Mob Psycho 100"]),
        ("?liked=on", ["Amélie"]),
        ("?sort=watched_oldest", ["zodiac", "Solaris", "Amélie", "Mob Psycho 100", "Ärger"]),
        ("?sort=title", ["Amélie", "Ärger", "Mob Psycho 100", "Solaris", "zodiac"]),
        ("?sort=year", ["zodiac", "Amélie", "Ärger", "Solaris", "Mob Psycho 100"]),
        ("?sort=year_oldest", ["Solaris", "Ärger", "Amélie", "zodiac", "Mob Psycho 100"]),
        ("?sort=rating", ["Solaris", "Amélie", "Ärger", "zodiac", "Mob Psycho 100"]),
        ("?sort=runtime_shortest", ["Amélie", "Solaris", "zodiac", "Ärger", "Mob Psycho 100"]),
        ("?genre=Drama&decade=2000&sort=title", ["zodiac"]),
        ("?decade=1820&genre=Nonsense&rating=99&sort=up&status=x&view=y&page=z&liked=", None),
    ],
)
def test_the_list_is_filtered_and_ordered(
    owner: Client, session: ImportSession, query: str, expected: list[str] | None
) -> None:
    everything = ["Amélie", "Solaris", "zodiac", "Ärger", "Mob Psycho 100"]  # what makes no sense filters nothing
    assert titles(owner, session, query) == (expected or everything)


@pytest.mark.usefixtures("five")
def test_decades_and_genres_to_choose_are_those_of_the_import(owner: Client, session: ImportSession) -> None:
    form = owner.get(f"{session.get_absolute_url()}films/").context["form"]
    assert [value for value, _ in form.fields["decade"].choices] == ["", 2000, 1970]
    genres = ["", "Comedy", "Drama", "Romance", 'Say "Crime"', "Science Fiction"]
    assert [value for value, _ in form.fields["genre"].choices] == genres


@pytest.mark.usefixtures("five")
def test_a_search_without_a_hit_has_an_empty_state(owner: Client, session: ImportSession) -> None:
    assert "No films match" in owner.get(f"{session.get_absolute_url()}films/?q=zzz").content.decode()


@pytest.mark.usefixtures("five")
def test_the_table_holds_the_same_films(owner: Client, session: ImportSession) -> None:
    page = owner.get(f"{session.get_absolute_url()}films/?view=table").content.decode()
    assert "<table" in page and "Jean-Pierre Jeunet" in page and "2 h 2 min" in page and "★★★★½" in page


def test_pages_hold_48_films(owner: Client, session: ImportSession) -> None:
    MovieFactory.create_batch(50, session=session)
    assert len(titles(owner, session)) == 48
    assert len(titles(owner, session, "?page=2")) == 2


def test_links_to_other_pages_keep_the_filters(owner: Client, session: ImportSession) -> None:
    MovieFactory.create_batch(50, session=session)
    page = owner.get(f"{session.get_absolute_url()}films/?status=open&genre=&sort=title").content.decode()
    assert 'href="?status=open&amp;sort=title&amp;page=2"' in page


@pytest.mark.usefixtures("five")
def test_htmx_gets_the_films_alone_and_a_short_address(owner: Client, session: ImportSession) -> None:
    address = f"{session.get_absolute_url()}films/"
    answer = owner.get(f"{address}?q=solaris&genre=&sort=watched&view=grid", headers={"HX-Request": "true"})
    assert b"<html" not in answer.content and b'id="movies"' in answer.content
    assert answer["HX-Push-Url"] == f"{address}?q=solaris"


@pytest.mark.parametrize("view", ["grid", "table"])
@pytest.mark.parametrize("count", [5, 48])
def test_the_number_of_queries_does_not_grow_with_the_films(
    owner: Client, session: ImportSession, view: str, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        film(session, f"Film {number}", tmdb_movie__genres=["Drama"], tmdb_movie__poster_path="/a.jpg")
    with django_assert_num_queries(7):  # cookie, user, import, decades, genres, count, films
        assert len(titles(owner, session, f"?view={view}&q=film")) == count


def test_a_film_without_a_poster_gets_a_drawn_one(owner: Client, session: ImportSession) -> None:
    film(session, "Alone", tmdb_movie__poster_path="")
    film(session, "Shown", tmdb_movie__poster_path="/shown.jpg")
    page = owner.get(f"{session.get_absolute_url()}films/").content.decode()
    assert page.count('class="drawn-title"') == 2  # under the other poster too, should it not load
    assert page.count('loading="lazy"') == 1 and "/w342/shown.jpg" in page


def detail(client: Client, movie: Movie) -> str:
    answer = client.get(movie.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_films_page_tells_what_tmdb_and_the_person_know(owner: Client, session: ImportSession) -> None:
    lookup = TitleLookupFactory(
        matched=True, title="Ran", reasons=[{"code": "same_title"}, {"code": "alike", "percent": 9}]
    )
    known = {"directors": ["Akira Kurosawa"], "runtime": 162, "original_language": "ja", "cast": ["Tatsuya Nakadai"]}
    movie = film(session, "Ran", 1985, lookup=lookup, tmdb_movie=TmdbMovieFactory(done=True, tmdb_id=11645, **known))
    ViewingFactory(movie=movie, watched_on=date(2024, 1, 9), rewatch=True, rating=Decimal("3.5"))
    page = detail(owner, movie)
    for fact in ("Akira Kurosawa", "2 h 42 min", "Japanese", "Tatsuya Nakadai", "9 January 2024", "Seen again", "★★★½"):
        assert fact in page
    assert "https://www.themoviedb.org/movie/11645" in page
    assert "100 % sure" in page and "same title, titles 9% alike." in page


def test_a_films_page_tells_a_marked_rewatch_from_a_later_day(owner: Client, session: ImportSession) -> None:
    movie = film(session, "Ran")
    for day, is_marked in (("1024-01-01", False), ("2020-01-01", False), ("2021-01-01", False), ("2022-01-01", True)):
        ViewingFactory(movie=movie, watched_on=day, rewatch=is_marked)
    lines = re.findall(r'<p class="viewing-line">(.*?)</p>', detail(owner, movie), re.DOTALL)
    said = [re.search(r"(Seen again.*?)</span>", line) for line in lines]
    assert [found and found[1] for found in said] == ["Seen again, marked as rewatch", "Seen again", None, None]


def test_a_review_is_shown_without_its_html(owner: Client, session: ImportSession) -> None:
    movie = film(session, "Ran")
    ViewingFactory(movie=movie, review="<p>Rain &amp; <i>fire</i></p><script>alert(1)</script>", tags=["epic"])
    page = detail(owner, movie)
    assert "Rain &amp; fire" in page and "<script>alert" not in page and "epic" in page


def test_an_unsure_film_lists_what_it_could_be(owner: Client, session: ImportSession) -> None:
    first, second = TmdbMovieFactory(title="Crash"), TmdbMovieFactory(title="Crash!")
    candidates = [{"id": second.pk, "score": 0.8}, {"id": first.pk, "score": 0.75}, {"id": 999_999, "score": 0.1}]
    lookup = TitleLookupFactory(status=LookupStatus.UNSURE, confidence=0.8, candidates=candidates, title="Crash")
    movie = MovieFactory(session=session, title="Crash", lookup=lookup)
    Movie.objects.filter(pk=movie.pk).update(outcome=Outcome.UNSURE, settled_at=session.created_at)
    answer = owner.get(movie.get_absolute_url())
    assert [c.film for c in answer.context["candidates"]] == [second, first]
    assert "It may be one of several films" in answer.content.decode()


def test_an_unmatched_film_says_that_nothing_resembles_it(owner: Client, session: ImportSession) -> None:
    movie = MovieFactory(session=session, outcome=Outcome.UNMATCHED, settled_at=session.created_at)
    assert "Nothing on TMDB resembles it" in detail(owner, movie)


def test_a_film_leads_to_the_one_before_and_after(owner: Client, session: ImportSession) -> None:
    before, movie, after = (film(session, title, turn=turn) for turn, title in enumerate(["First", "Second", "Third"]))
    page = detail(owner, movie)
    assert f'rel="prev" href="{before.get_absolute_url()}"' in page
    assert f'rel="next" href="{after.get_absolute_url()}"' in page
    assert 'rel="prev"' not in detail(owner, before)


def test_a_film_of_another_import_is_not_found(owner: Client, session: ImportSession) -> None:
    other = MovieFactory(session__link_readable=False)
    assert owner.get(f"{session.get_absolute_url()}films/{other.pk}/").status_code == 404


@pytest.mark.parametrize(("rating", "shown"), [("0.5", "½"), ("1.0", "★"), ("4.5", "★★★★½"), ("5.0", "★★★★★")])
def test_stars_keep_their_halves(rating: str, shown: str) -> None:
    assert stars(Decimal(rating)) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "a few seconds"),
        (21, "about 30 seconds"),
        (55, "about a minute"),
        (130, "about 2 minutes"),
        (5400, "about 2 hours"),
        (3600 * 9, "about 9 hours"),
    ],
)
def test_time_left_is_no_more_exact_than_anybody_can_know(seconds: int, shown: str) -> None:
    assert about_time(seconds) == shown


def test_plain_text_keeps_paragraphs_and_unescapes() -> None:
    assert plain_text("<p>One &lt;3</p><p>Two<br>three</p>") == "One <3\n\nTwo\n\nthree"


def test_the_film_list_holds_no_series_or_trailers(owner: Client, session: ImportSession) -> None:
    films = session.movies.count()
    MovieFactory(session=session, title="A Whole Series", kind="series", lookup=None)
    MovieFactory(session=session, title="Some Trailer", kind="not_a_film", lookup=None)
    page = owner.get(f"/imports/{session.pk}/films/")
    assert page.context["page"].paginator.count == films
    assert b"A Whole Series" not in page.content
    titles = [movie["title"] for movie in owner.get(f"/api/session/{session.pk}/movies?per_page=200").json()["movies"]]
    assert len(titles) == films
    assert "Some Trailer" not in titles


def test_the_viewings_of_a_film_come_in_pages(owner: Client, session: ImportSession) -> None:
    movie = film(session, "Often")
    Viewing.objects.bulk_create(
        Viewing(movie=movie, watched_on=date(2020, 1, 1) + timedelta(days=n)) for n in range(120)
    )
    ViewingFactory(movie=movie, watched_on=None)
    first, last = detail(owner, movie), page_of_viewings(owner, movie, 3)
    assert (first.count('"viewing-day"'), last.count('"viewing-day"')) == (50, 21)
    assert "121 viewings, the newest first" in first and "Page 1 of 3" in first
    assert "29 April 2020" in first and "1 January 2020" in last and "Day unknown" in last
    assert "Page 3 of 3" in page_of_viewings(owner, movie, 99)


def page_of_viewings(client: Client, movie: Movie, number: int) -> str:
    return client.get(f"{movie.get_absolute_url()}?page={number}").content.decode()


def test_of_a_review_without_end_the_beginning_is_shown(owner: Client, session: ImportSession) -> None:
    movie = film(session, "Long")
    review = ViewingFactory(movie=movie, review="<b>word</b> " * 1_000_000)
    html = detail(owner, movie)
    assert len(html) < 60_000 and "word word" in html and "The rest is too long to be shown here." in html
    Viewing.objects.filter(pk=review.pk).update(review="x" * REVIEW_SHOWN)
    html = detail(owner, movie)
    assert "x" * REVIEW_SHOWN in html and "too long to be shown" not in html


def test_of_tags_without_end_the_first_are_shown(owner: Client, session: ImportSession) -> None:
    movie = film(session, "Tagged")
    ViewingFactory(movie=movie, tags=["x" * 500_000, *(f"tag {n}" for n in range(100_000))])
    html = detail(owner, movie)
    assert len(html) < 40_000 and "tag 48" in html and "tag 49" not in html and "and 99,951 more" in html
