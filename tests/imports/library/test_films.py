"""The films of a library: the list, and what can be chosen of it."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from imports.library import films, rankings, viewings
from imports.library.films import LibraryFilters
from imports.models import ImportSession, LibraryFilm, LibraryViewing, Ranking, SessionStatus
from imports.reconciling import keeping, marks
from tests.factories import (
    ImportSessionFactory,
    MovieFactory,
    RankingFactory,
    TmdbMovieFactory,
    UserFactory,
    ViewingFactory,
)

from .told import film_of, seen, streamed, text

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def person(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


# The list


@pytest.fixture
def four(person: User) -> Iterator[None]:
    amelie = {
        "genres": ["Comedy", "Romance"],
        "directors": ["Jean-Pierre Jeunet"],
        "original_title": "Le Fabuleux Destin d'Amélie Poulain",
        "release_date": date(2001, 4, 25),
        "runtime": 122,
        "original_language": "fr",
        "countries": ["France"],
        "cast": ["Audrey Tautou"],
    }
    solaris = {
        "genres": ["Drama"],
        "directors": ["Андрей Тарковский"],
        "release_date": date(1972, 3, 20),
        "runtime": 167,
    }
    first = seen(person, "Amélie", "2024-05-17", "2020-01-01", facts=amelie, rating=Decimal("4.5"))
    first.viewings.filter(watched_on="2024-05-17").update(tags=["cinema"])
    seen(person, "Solaris", "2023-01-01", facts=solaris, rating=Decimal("5.0"), liked_on=date(2023, 1, 2))
    streamed(person, "zodiac", "2024-06-01", facts={"release_date": date(2007, 3, 2)})
    seen(person, "Ärger", year=None)
    MovieFactory(session=person.import_sessions.first(), title="Only liked", liked_on=date(2024, 1, 1), is_seen=False)
    ViewingFactory(movie=MovieFactory(session=ImportSessionFactory(user=UserFactory(), browser_key="")))
    keeping.recompute(person)
    yield


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "zodiac Amélie Solaris Ärger"),
        ("?sort=watched_oldest", "Solaris Amélie zodiac Ärger"),
        ("?sort=first", "zodiac Solaris Amélie Ärger"),
        ("?sort=first_oldest", "Amélie Solaris zodiac Ärger"),
        ("?sort=title", "Amélie Ärger Solaris zodiac"),
        ("?sort=year", "zodiac Amélie Solaris Ärger"),
        ("?sort=year_oldest", "Solaris Amélie zodiac Ärger"),
        ("?sort=rating", "Solaris Amélie zodiac Ärger"),
        ("?sort=rating_lowest", "Amélie Solaris zodiac Ärger"),
        ("?sort=runtime", "Solaris Amélie zodiac Ärger"),
        ("?sort=runtime_shortest", "Amélie Solaris zodiac Ärger"),
        ("?rating=4.5", "Amélie"),
        ("?rating=none", "zodiac Ärger"),
        ("?rating=any", "Amélie Solaris"),
        ("?source=letterboxd", "Amélie Solaris Ärger"),
        ("?source=prime_video", "zodiac"),
        ("?liked=on", "Solaris"),
        ("?decade=2000", "zodiac Amélie"),
        ("?year=1972", "Solaris"),
        ("?genre=Drama", "Solaris"),
        ("?genre=Comedy&genre_too=Romance", "Amélie"),
        ("?director=Jean-Pierre+Jeunet", "Amélie"),
        ("?cast=Audrey+Tautou", "Amélie"),
        ("?country=France", "Amélie"),
        ("?language=fr", "Amélie"),
        ("?watched=2024", "zodiac Amélie"),
        ("?watched=2024-05", "Amélie"),
        ("?watched=2020-01-01", "Amélie"),
        ("?weekday=4", "Amélie"),
        ("?watched=2020&weekday=4", ""),  # Amélie, but that year on a Wednesday
        ("?rewatched=on", "Amélie"),
        ("?rewatched=on&watched=2020", ""),
        ("?tag=cinema", "Amélie"),
        ("?tag=cine", ""),
        ("?q=AMELIE", "Amélie"),
        ("?q=fabuleux+jeunet", "Amélie"),
        ("?q=Тарковский", "Solaris"),
        ("?q=arger", "Ärger"),
        ("?q=%00&rating=99&decade=x&genre=y&sort=z&year=w&source=v&page=u", "zodiac Amélie Solaris Ärger"),
    ],
)
def test_the_films_are_filtered_and_ordered(client: Client, query: str, expected: str) -> None:
    answer = client.get(f"/library/{query}")
    assert [film.title for film in answer.context["page"]] == expected.split()


@pytest.mark.usefixtures("four")
def test_what_can_be_chosen_is_what_the_library_holds(client: Client) -> None:
    fields = client.get("/library/").context["form"].fields
    assert [value for value, _ in fields["decade"].choices] == ["", 2000, 1970]
    assert [value for value, _ in fields["genre"].choices] == ["", "Comedy", "Drama", "Romance"]
    assert [str(words) for _, words in fields["source"].choices] == ["Any source", "Letterboxd", "Amazon Prime Video"]


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize("view", ["", "?view=table"])
def test_a_title_without_a_match_says_so(client: Client, view: str) -> None:
    ImportSession.objects.update(status=SessionStatus.COMPLETED)
    assert text(client, f"/library/{view}").count(">No match<") == 1
    ImportSession.objects.update(status=SessionStatus.ENRICHING)
    assert text(client, f"/library/{view}").count(">No match yet<") == 1  # TMDB is still asked


@pytest.mark.usefixtures("four")
def test_the_table_holds_the_same_films(client: Client) -> None:
    shown = text(client, "/library/?view=table")
    assert "<table" in shown and "Jean-Pierre Jeunet" in shown and "★★★★½" in shown and "17 May 2024" in shown


@pytest.mark.usefixtures("four")
def test_htmx_gets_the_films_alone_and_a_short_address(client: Client) -> None:
    answer = client.get("/library/?q=&rating=4.5&sort=watched&view=grid", headers=HTMX)
    assert answer["HX-Push-Url"] == "/library/?rating=4.5"
    assert b"<html" not in answer.content and "Amélie" in answer.content.decode()


@pytest.mark.usefixtures("four")
def test_a_search_without_a_hit_says_so(client: Client) -> None:
    assert "No films match" in text(client, "/library/?q=zzz")


@pytest.mark.usefixtures("person")
def test_an_empty_library_says_how_to_fill_it(client: Client) -> None:
    shown = text(client, "/library/")
    assert "Your library is empty" in shown and 'href="/library/add/"' in shown
    assert 'class="filters"' not in shown and "0 films" not in shown  # nothing to filter


def test_what_was_rated_in_a_review_is_not_by_hand(client: Client, person: User) -> None:
    heat = streamed(person, "Heat", "2024-05-17")
    RankingFactory(user=person, tmdb_movie=heat.tmdb_movie, movie=heat, rating=Decimal("4.0"))
    RankingFactory(user=person, tmdb_movie__title="Ran", rating=Decimal("4.0"))
    keeping.recompute(person)
    sources = dict(LibraryFilm.objects.filter(user=person).values_list("title", "sources"))
    assert sources == {"Heat": ["prime_video"], "Ran": ["person"]}


def test_pages_hold_48_films_and_keep_the_filters(client: Client, person: User) -> None:
    for number in range(50):
        seen(person, f"Film {number}")
    keeping.recompute(person)
    answer = client.get("/library/?source=letterboxd&sort=title")
    assert len(answer.context["page"]) == 48
    assert 'href="?source=letterboxd&amp;sort=title&amp;page=2"' in answer.content.decode()
    assert len(client.get("/library/?source=letterboxd&sort=title&page=2").context["page"]) == 2


@pytest.mark.parametrize("query", ["", "?sort=title&view=table", "?q=film&watched=2024&rewatched=on&genre=Drama"])
@pytest.mark.parametrize("count", [1, 60])
def test_the_list_asks_the_same_number_of_queries_for_any_size(
    client: Client, person: User, count: int, query: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        seen(person, f"Film {number}", "2023-01-01", "2024-01-01", facts={"genres": ["Drama"]})
    keeping.recompute(person)
    with django_assert_max_num_queries(10):
        assert len(client.get(f"/library/{query}").context["page"]) == min(count, 48)


def test_earlier_viewings_are_looked_for_by_their_film(person: User) -> None:
    """Among all of the person's, 20,000 took SQLite minutes."""
    plan = films.find(person, LibraryFilters(rewatched=True)).explain()
    if connection.vendor == "sqlite":  # PostgreSQL's plan depends on how many rows there are
        assert re.search(r"SEARCH U\d USING INDEX \w+ \(film_id=\?", plan), plan


def test_the_equation_adds_up_and_is_shown(client: Client, person: User) -> None:
    seen(person, "Heat", "2024-05-17", "2022-01-01", facts={})
    streamed(person, "Heat", "2024-05-17")
    seen(person, "Ran", "2024-01-01")
    keeping.recompute(person)
    viewings.remove(LibraryViewing.objects.get(film__title="Ran"))
    told = films.equation(person)
    assert told == films.Equation(evidence=4, viewings_count=2, joined=1, folded=0, taken_out=1)
    shown = text(client, "/library/")
    assert "4 entries from 2 sources" in shown and "2 viewings" in shown
    assert "1 joined" in shown and "1 you took out" in shown and "folded" not in shown


def test_a_library_that_is_not_together_yet_says_so_and_looks_again(
    client: Client, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen(person, "Heat", "2024-05-17")
    marks.mark_all([person.pk])
    monkeypatch.setattr(keeping, "AT_ONCE", 0)
    shown = text(client, "/library/")
    assert "Your library is being put together" in shown and 'hx-get="/library/progress/"' in shown
    assert "Your library is empty" not in shown
    assert client.get("/library/progress/", headers=HTMX).status_code == 204
    keeping.catch_up(person)
    assert client.get("/library/progress/", headers=HTMX)["HX-Refresh"] == "true"
    assert "Heat" in text(client, "/library/") and "put together" not in text(client, "/library/")


# The person's own rating


def test_a_rating_is_made_changed_and_taken_away(client: Client, person: User) -> None:
    heat = seen(person, "Heat", "2024-05-17", facts={}, rating=Decimal("3.5"), rated_on=date(2024, 5, 12))
    keeping.recompute(person)
    film = film_of(person, "Heat")
    for rating, counts in (("4.0", "person 4.0"), ("2.5", "person 2.5"), ("", "letterboxd 3.5")):
        answer = client.post(f"/library/films/{film.pk}/rate/", {"rating": rating}, follow=True)
        assert "Saved: “Heat”." in answer.content.decode()
        film.refresh_from_db()
        assert f"{film.rating_source} {film.rating}" == counts
    ranking = Ranking.objects.get(user=person)
    assert (ranking.tmdb_movie_id, ranking.rating) == (heat.tmdb_movie_id, None)


def test_a_rating_that_stays_keeps_its_day(person: User) -> None:
    ranking = RankingFactory(user=person, rating=Decimal("4.0"), rated_at=date(2024, 5, 1))
    rankings.rate(person, ranking.tmdb_movie, Decimal("4.0"), timezone.localdate())
    ranking.refresh_from_db()
    assert ranking.rated_at == date(2024, 5, 1)
    rankings.rate(person, ranking.tmdb_movie, Decimal("4.5"), date(2024, 6, 1))
    ranking.refresh_from_db()
    assert (ranking.rating, ranking.rated_at) == (Decimal("4.5"), date(2024, 6, 1))


def test_no_rating_where_there_was_none_makes_no_row(person: User) -> None:
    rankings.rate(person, TmdbMovieFactory(done=True), None, timezone.localdate())
    assert not Ranking.objects.exists()


def test_a_rating_that_is_none_is_refused_in_a_sentence(client: Client, person: User) -> None:
    seen(person, "Heat", facts={})
    keeping.recompute(person)
    url = f"/library/films/{film_of(person, 'Heat').pk}/rate/"
    answer = client.post(url, {"rating": "7"}, follow=True)
    assert "A rating is half a star to five stars, in halves." in answer.content.decode()
    assert not Ranking.objects.exists()


def test_a_title_without_a_match_can_not_be_rated(client: Client, person: User) -> None:
    seen(person, "Ärger")
    keeping.recompute(person)
    assert client.post(f"/library/films/{film_of(person, 'Ärger').pk}/rate/", {"rating": "4.0"}).status_code == 404


def test_the_address_of_a_rated_film_leads_to_its_page(client: Client, person: User) -> None:
    ranking = RankingFactory(user=person, rating=Decimal("4.0"))
    marks.mark_all([person.pk])
    answer = client.get(f"/library/{ranking.pk}/")
    assert answer["Location"] == film_of(person, ranking.title).get_absolute_url()
    assert client.get(f"/library/{RankingFactory().pk}/").status_code == 404


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


def test_a_day_that_is_tomorrow_here_may_be_today_there(client: Client, person: User) -> None:
    seen(person, "Heat", str(tomorrow()))
    seen(person, "Ran", str(tomorrow() + timedelta(days=1)))
    keeping.recompute(person)
    films_then = client.get(f"/library/?weekday={tomorrow().weekday()}").context["page"]
    assert [film.title for film in films_then] == ["Heat"]
    assert not client.get(f"/library/?watched={tomorrow() + timedelta(days=1)}").context["page"].object_list
