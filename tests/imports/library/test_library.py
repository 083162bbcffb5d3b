"""The library's pages: what a person ranked, changed, removed, added and took away."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from enrichment.models import DetailsStatus, TmdbMovie
from imports.library import rankings
from imports.library.rankings import RankingFilters
from imports.models import ImportSession, Ranking, Source
from tests.factories import ImportSessionFactory, MovieFactory, RankingFactory, TmdbMovieFactory, UserFactory
from tests.tmdb_films import film
from tests.tmdb_server import TmdbServer

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
FUTURE = str(timezone.localdate() + timedelta(days=2))


@pytest.fixture
def person(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def heat(person: User) -> Ranking:
    made: Ranking = RankingFactory(
        user=person, title="Heat", year=1995, rating=Decimal("4.5"), rated_at=date(2024, 5, 1)
    )
    return made


def page(client: Client, url: str, **more: Any) -> str:
    answer = client.get(url, **more)
    assert answer.status_code == 200
    return answer.content.decode()


def state(ranking: Ranking) -> tuple[str, str, bool]:
    ranking.refresh_from_db()
    return str(ranking.rating), str(ranking.rated_at), ranking.changed_at is not None


UNCHANGED = ("4.5", "2024-05-01", False)


# The list


@pytest.fixture
def four(person: User) -> None:
    def ranked(title: str, year: int | None, rating: str | None, day: date, **facts: Any) -> None:
        RankingFactory(
            user=person,
            title=title,
            year=year,
            rating=rating and Decimal(rating),
            rated_at=day,
            tmdb_movie=TmdbMovieFactory(done=True, **facts),
        )

    ranked(
        "Amélie",
        2001,
        "4.5",
        date(2024, 5, 1),
        genres=["Comedy", "Romance"],
        directors=["Jean-Pierre Jeunet"],
        original_title="Le Fabuleux Destin d'Amélie Poulain",
    )
    ranked("Solaris", 1972, "5.0", date(2023, 1, 1), genres=["Drama"], directors=["Андрей Тарковский"])
    ranked("zodiac", 2007, None, date(2024, 6, 1), genres=['Say "Crime"'])
    ranked("Ärger", None, "0.5", date(2022, 1, 1))
    RankingFactory(title="Somebody else's")


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "Solaris Amélie Ärger zodiac"),
        ("?sort=rating_lowest", "Ärger Amélie Solaris zodiac"),
        ("?sort=date", "zodiac Amélie Solaris Ärger"),
        ("?sort=date_oldest", "Ärger Solaris Amélie zodiac"),
        ("?sort=year", "zodiac Amélie Solaris Ärger"),
        ("?sort=year_oldest", "Solaris Amélie zodiac Ärger"),
        ("?sort=title", "Amélie Ärger Solaris zodiac"),
        ("?sort=genre", "Amélie Solaris zodiac Ärger"),
        ("?rating=4.5", "Amélie"),
        ("?rating=none", "zodiac"),
        ("?decade=2000", "Amélie zodiac"),
        ("?year=1972", "Solaris"),
        ("?genre=Drama", "Solaris"),
        ("?genre=Say+%22Crime%22", "zodiac"),
        ("?q=AMELIE", "Amélie"),
        ("?q=fabuleux+jeunet", "Amélie"),
        ("?q=Тарковский", "Solaris"),
        ("?q=a&sort=title", "Amélie Ärger Solaris zodiac"),
        ("?q=a&rating=none", "zodiac"),
        ("?q=%00&rating=99&decade=x&genre=y&sort=z&year=w&view=v&page=u", "Solaris Amélie Ärger zodiac"),
    ],
)
def test_the_library_is_filtered_and_ordered(client: Client, query: str, expected: str) -> None:
    answer = client.get(f"/library/{query}")
    assert [ranking.title for ranking in answer.context["page"]] == expected.split()


@pytest.mark.usefixtures("four")
def test_what_can_be_chosen_is_what_the_library_holds(client: Client) -> None:
    form = client.get("/library/").context["form"]
    assert [value for value, _ in form.fields["decade"].choices] == ["", 2000, 1970]
    assert [value for value, _ in form.fields["genre"].choices] == ["", "Comedy", "Drama", "Romance", 'Say "Crime"']


@pytest.mark.usefixtures("four")
def test_the_table_holds_the_same_films(client: Client) -> None:
    shown = page(client, "/library/?view=table")
    assert "<table" in shown and "Jean-Pierre Jeunet" in shown and "★★★★½" in shown and "No rating yet" in shown


@pytest.mark.usefixtures("four")
def test_htmx_gets_the_films_alone_and_a_short_address(client: Client) -> None:
    answer = client.get("/library/?q=&rating=4.5&sort=rating&view=grid", headers=HTMX)
    assert answer["HX-Push-Url"] == "/library/?rating=4.5"
    assert b"<html" not in answer.content and "Amélie" in answer.content.decode()


@pytest.mark.usefixtures("four")
def test_a_search_without_a_hit_says_so(client: Client) -> None:
    assert "No film fits" in page(client, "/library/?q=zzz")


def test_an_empty_library_says_how_to_fill_it(client: Client, person: User) -> None:
    shown = page(client, "/library/")
    assert "No film ranked yet" in shown and 'href="/library/add/"' in shown


def test_pages_hold_48_films_and_keep_the_filters(client: Client, person: User) -> None:
    RankingFactory.create_batch(50, user=person, rating=Decimal("3.0"))
    answer = client.get("/library/?rating=3&sort=title")
    assert len(answer.context["page"]) == 48
    assert 'href="?rating=3&amp;sort=title&amp;page=2"' in answer.content.decode()
    assert len(client.get("/library/?rating=3&sort=title&page=2").context["page"]) == 2


@pytest.mark.parametrize("query", ["", "?sort=title&view=table", "?q=film&sort=date&decade=1990"])
@pytest.mark.parametrize("count", [2, 100])
def test_the_library_asks_the_same_number_of_queries_for_any_size(
    client: Client, person: User, count: int, query: str, django_assert_max_num_queries: Any
) -> None:
    RankingFactory.create_batch(count, user=person, year=1995)
    with django_assert_max_num_queries(7):  # session, person, two for the choices, count, rows (or their titles first)
        client.get(f"/library/{query}")


@pytest.mark.parametrize(("sort", "index"), [("rating", "ranking_by_rating"), ("date", "ranking_by_date")])
def test_the_usual_orders_are_read_from_an_index(person: User, sort: str, index: str) -> None:
    found = rankings.find(person, RankingFilters(sort=sort))
    assert not isinstance(found, rankings.Found)
    plan = found[:48].explain()
    if connection.vendor == "sqlite":  # PostgreSQL's plan depends on how many rows there are
        assert index in plan
    assert "TEMP B-TREE" not in plan


# Changing


def change(client: Client, ranking: Ranking, **sent: str) -> Any:
    return client.post(f"/library/{ranking.pk}/", {"rating": "4.5", "rated_at": "2024-05-01"} | sent)


@pytest.mark.parametrize("rating", ["0.5", "1.0", "3.5", "5.0", ""])
def test_a_rating_is_changed_to_the_half_star(client: Client, heat: Ranking, rating: str) -> None:
    assert change(client, heat, rating=rating).status_code == 302
    assert state(heat) == (rating or "None", "2024-05-01", True)


def test_a_date_is_changed(client: Client, heat: Ranking) -> None:
    change(client, heat, rated_at="1999-12-31")
    assert state(heat) == ("4.5", "1999-12-31", True)


def test_saving_without_a_change_is_no_change(client: Client, heat: Ranking) -> None:
    change(client, heat)
    assert state(heat) == UNCHANGED


@pytest.mark.parametrize("rating", ["0", "0.0", "6", "x", "3.3", "5.5", "-1", "NaN", "4,5"])
def test_a_rating_that_cannot_be_is_refused_in_one_sentence(client: Client, heat: Ranking, rating: str) -> None:
    answer = change(client, heat, rating=rating, rated_at="2020-01-01")
    assert answer.status_code == 422
    assert answer.content.decode().count("A rating is half a star to five stars, in halves.") == 1
    assert state(heat) == UNCHANGED


@pytest.mark.parametrize(
    ("day", "words"),
    [(FUTURE, "has not come yet"), ("", "not a day"), ("31/31/2024", "not a day"), ("2024-02-30", "not a day")],
)
def test_a_day_that_cannot_be_is_refused_in_one_sentence(client: Client, heat: Ranking, day: str, words: str) -> None:
    answer = change(client, heat, rating="1.0", rated_at=day)
    assert answer.status_code == 422
    assert answer.content.decode().count(words) == 1
    assert state(heat) == UNCHANGED


def test_the_persons_own_day_decides_what_has_not_come_yet(client: Client, heat: Ranking) -> None:
    zones = ("Pacific/Kiritimati", "Pacific/Pago_Pago")  # never the same day in both
    tomorrow = str(timezone.localdate() + timedelta(days=1))
    days = {zone: str(rankings.today(zone)) for zone in zones}
    assert days[zones[0]] > days[zones[1]]
    assert change(client, heat, rated_at=days[zones[0]], time_zone=zones[0]).status_code == 302
    assert change(client, heat, rated_at=days[zones[0]], time_zone=zones[1]).status_code == 422
    assert change(client, heat, rated_at=tomorrow, time_zone="No/Where").status_code == 422


def test_the_form_shows_what_stands_and_works_without_javascript(client: Client, heat: Ranking) -> None:
    shown = page(client, f"/library/{heat.pk}/")
    assert '<input type="radio" name="rating" value="4.5" checked>' in shown
    assert shown.count('type="radio"') == 11
    assert 'value="2024-05-01"' in shown
    assert f'formaction="/library/{heat.pk}/remove/"' in shown


@pytest.mark.parametrize(("view", "tag"), [("grid", "<li"), ("table", "<tr")])
def test_htmx_changes_a_ranking_in_place(client: Client, heat: Ranking, view: str, tag: str) -> None:
    url = f"/library/{heat.pk}/"
    form = page(client, f"{url}?view={view}", headers=HTMX)
    assert form.strip().startswith(tag) and "<form" in form and "<html" not in form
    saved = client.post(url, {"rating": "2.0", "rated_at": "2024-05-01", "view": view}, headers=HTMX).content.decode()
    assert saved.strip().startswith(tag) and "★★" in saved and "<form" not in saved
    cancelled = page(client, f"{url}?show=film&view={view}", headers=HTMX)
    assert cancelled.strip().startswith(tag) and "<form" not in cancelled
    refused = client.post(url, {"rating": "9", "rated_at": "2024-05-01", "view": view}, headers=HTMX)
    assert refused.status_code == 422
    assert refused.content.decode().strip().startswith(tag)


# Removing, and taking that back


def everything(ranking: Ranking) -> dict[str, Any]:
    return dict(Ranking.objects.filter(pk=ranking.pk).values().get())


@pytest.mark.parametrize("rating", [Decimal("0.5"), None])
def test_undo_brings_back_the_same_ranking_without_javascript(
    client: Client, person: User, rating: Decimal | None
) -> None:
    origin = MovieFactory(session__user=person, session__browser_key="", matched=True)
    ranking = RankingFactory(
        user=person, rating=rating, movie=origin, changed_at=timezone.now(), title="Ärger", year=1999
    )
    before = everything(ranking)
    assert client.post(f"/library/{ranking.pk}/remove/").status_code == 302
    assert not Ranking.objects.exists()
    answer = client.get("/library/")
    assert "Removed “Ärger”." in answer.content.decode()
    assert "Removed" not in page(client, "/library/")  # said once
    client.post("/library/restore/", {"removed": answer.context["removed"]["token"]})
    assert everything(ranking) == before


def test_undo_works_in_place_too(client: Client, heat: Ranking) -> None:
    before = everything(heat)
    answer = client.post(f"/library/{heat.pk}/remove/", {"view": "table"}, headers=HTMX)
    assert answer.content.decode().strip().startswith("<tr")
    token = answer.context["removed"]["token"]
    back = client.post("/library/restore/", {"removed": token, "view": "table"}, headers=HTMX)
    assert f'<tr id="ranking-{heat.pk}">' in back.content.decode()
    assert everything(heat) == before
    again = client.post("/library/restore/", {"removed": token, "view": "table"}, headers=HTMX)
    assert "put back" in again.content.decode()  # it is there already
    assert everything(heat) == before


def test_undo_after_the_import_was_deleted_keeps_the_rating(client: Client, person: User) -> None:
    origin = MovieFactory(session__user=person, session__browser_key="", matched=True)
    token = rankings.remove(RankingFactory(user=person, movie=origin, rating=Decimal("3.0")))
    ImportSession.objects.get().delete()
    client.post("/library/restore/", {"removed": token})
    assert (Ranking.objects.get().rating, Ranking.objects.get().movie) == (Decimal("3.0"), None)


def test_undo_leaves_a_newer_ranking_of_the_film_alone(client: Client, heat: Ranking) -> None:
    token = rankings.remove(Ranking.objects.get(pk=heat.pk))
    RankingFactory(user=heat.user, tmdb_movie=heat.tmdb_movie, rating=Decimal("1.0"))
    assert (
        "It can&#x27;t be put back"
        in client.post("/library/restore/", {"removed": token}, follow=True).content.decode()
    )
    assert Ranking.objects.get().rating == Decimal("1.0")


def test_undo_is_for_the_person_who_removed(client: Client, person: User) -> None:
    theirs = RankingFactory()
    token = rankings.remove(theirs)
    for removed in (token, token[:-1], "", "nonsense"):
        assert client.post("/library/restore/", {"removed": removed}).status_code == 302
    assert not Ranking.objects.exists()


@pytest.mark.parametrize("path", ["", "remove/"])
def test_another_persons_ranking_is_not_there(client: Client, person: User, path: str) -> None:
    theirs = RankingFactory(rating=Decimal("1.0"))
    assert client.post(f"/library/{theirs.pk}/{path}", {"rating": "5.0", "rated_at": "2024-01-01"}).status_code == 404
    assert Ranking.objects.get().rating == Decimal("1.0")


@pytest.mark.parametrize("number", ["2147483648", "9" * 19, str(2**64), "9" * 5000, "-1", "²", "1\0", "😀"])
def test_a_film_of_no_possible_number_is_not_found(client: Client, django_user_model: Any, number: str) -> None:
    client.force_login(django_user_model.objects.create_user("numbers"))
    assert client.get("/library/add/", {"film": number}).status_code == 404
    assert client.post("/library/add/", {"film": number, "rating": "3.5", "rated_at": "2024-05-01"}).status_code == 404


@pytest.mark.parametrize("path", ["/library/1/", "/library/1/remove/", "/library/restore/", "/library/add/"])
def test_changes_need_the_csrf_token(person: User, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    assert client.post(path).status_code == 403


# Adding by hand


@pytest.mark.django_db(transaction=True)
def test_a_film_is_searched_for_picked_and_rated(client: Client, person: User, tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(film(900_001, "Zebra Crossing", 1999))
    shown = page(client, "/library/add/?q=zebra+crossing+1999")
    assert "Zebra Crossing" in shown and 'href="?film=900001"' in shown
    assert "Add to your library" in page(client, "/library/add/?film=900001")
    answer = client.post("/library/add/", {"film": 900001, "rating": "3.5", "rated_at": "2024-05-01"}, follow=True)
    assert "“Zebra Crossing” is in your library now." in answer.content.decode()
    ranking = Ranking.objects.get()
    assert (ranking.title, ranking.year, ranking.rating) == ("Zebra Crossing", 1999, Decimal("3.5"))
    assert (str(ranking.rated_at), ranking.movie, ranking.changed_at) == ("2024-05-01", None, None)
    assert (
        TmdbMovie.objects.get(pk=900_001).details_status == DetailsStatus.PENDING
    )  # genres and directors are asked for
    assert "In your library" in page(client, "/library/add/?q=zebra+crossing")


@pytest.mark.django_db(transaction=True)
def test_a_search_shows_what_is_known_here_at_once_and_then_what_tmdb_has_besides(
    client: Client, heat: Ranking, tmdb: TmdbServer
) -> None:
    assert heat.tmdb_movie is not None
    TmdbMovie.objects.filter(pk=heat.tmdb_movie_id).update(title="Heat", title_key="heat", vote_count=7000)
    tmdb.catalogue.add(film(heat.tmdb_movie_id, "Heat"), film(900_002, "Heat Again"))
    at_once = page(client, "/library/add/?q=heat", headers=HTMX)
    assert f'href="?film={heat.tmdb_movie_id}"' in at_once
    assert "1 film known here" in at_once and "In your library" in at_once and "<html" not in at_once
    assert 'hx-get="/library/add/?q=heat&amp;rest=1"' in at_once
    assert tmdb.record.requests == 0
    besides = page(client, "/library/add/?q=heat&rest=1", headers=HTMX)
    assert 'href="?film=900002"' in besides and f'href="?film={heat.tmdb_movie_id}"' not in besides
    whole = page(client, "/library/add/?q=heat")
    assert 'href="?film=900002"' in whole and f'href="?film={heat.tmdb_movie_id}"' in whole and "rest=1" not in whole


def test_a_film_that_is_ranked_already_is_left_alone(client: Client, heat: Ranking) -> None:
    sent = {"film": heat.tmdb_movie_id, "rating": "1.0", "rated_at": "2020-01-01"}
    answer = client.post("/library/add/", sent, follow=True)
    assert "was in your library already" in answer.content.decode()
    assert state(heat) == UNCHANGED
    assert client.get(f"/library/add/?film={heat.tmdb_movie_id}")["Location"] == f"/library/{heat.pk}/"


@pytest.mark.parametrize("sent", [{"rating": "3.3"}, {"rating": "x"}, {"rated_at": FUTURE}, {"rated_at": ""}])
def test_a_bad_rating_adds_nothing(client: Client, person: User, sent: dict[str, str]) -> None:
    known = TmdbMovieFactory(done=True)
    answer = client.post("/library/add/", {"film": known.pk, "rating": "3.0", "rated_at": "2024-01-01"} | sent)
    assert answer.status_code == 422
    assert not Ranking.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "0", "-1", "999999", "9" * 40, "²"])
def test_a_film_that_nobody_found_is_not_there(client: Client, person: User, number: str) -> None:
    sent = {"film": number, "rating": "3.0", "rated_at": "2024-01-01"}
    assert client.post("/library/add/", sent).status_code == 404
    assert not Ranking.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://www.themoviedb.org/tv/1396", "That is a series"),
        ("no such words anywhere", "TMDB knows no such film"),
        ("themoviedb.org/movie/899999", "has it no more"),
        ("x" * 201, "at most 200"),
        ("", "required"),
    ],
)
def test_a_search_without_a_film_says_why(
    client: Client, person: User, tmdb: TmdbServer, text: str, words: str
) -> None:
    assert words in page(client, f"/library/add/?q={text}")


@pytest.mark.django_db(transaction=True)
def test_a_search_while_tmdb_refuses_the_key_says_so(client: Client, person: User, tmdb: TmdbServer) -> None:
    tmdb.bad_tokens = ["a-token-for-tests"]
    assert "nothing can be searched for" in page(client, "/library/add/?q=heat")


# From a Letterboxd import


@pytest.fixture
def session(person: User) -> ImportSession:
    made: ImportSession = ImportSessionFactory(user=person, browser_key="", total_movies=10)
    return made


def to_library(client: Client, session: ImportSession) -> str:
    answer = client.post(f"/imports/{session.pk}/to-library/", follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_rated_films_are_added_once_with_their_half_stars(client: Client, session: ImportSession, person: User) -> None:
    rated = {"session": session, "matched": True}
    heat = MovieFactory(
        **rated, title="Heat!", rating="4.5", rated_on="2024-01-01", watched_on="2023-01-01", tmdb_movie__title="Heat"
    )
    watched = MovieFactory(**rated, rating="0.5", watched_on="2023-02-02", marked_on="2024-01-01")
    marked = MovieFactory(**rated, rating="2.0", marked_on="2022-03-03")
    undated = MovieFactory(**rated, rating="3.0")
    ranked = MovieFactory(**rated, rating="1.0")
    RankingFactory(user=person, tmdb_movie=ranked.tmdb_movie, rating=Decimal("5.0"))
    MovieFactory(**rated)  # not rated
    MovieFactory(session=session, rating="3.0")  # no film yet
    words = to_library(client, session)
    assert "4 rated films were added to your library." in words
    assert "1 was ranked already and left alone." in words
    assert "1 has no match yet." in words
    found = {ranking.movie_id: (str(ranking.rating), str(ranking.rated_at)) for ranking in person.rankings.all()}
    assert found == {
        heat.pk: ("4.5", "2024-01-01"),
        watched.pk: ("0.5", "2023-02-02"),
        marked.pk: ("2.0", "2022-03-03"),
        undated.pk: ("3.0", str(timezone.localdate(session.created_at))),
        None: ("5.0", str(timezone.localdate())),
    }
    assert person.rankings.get(movie=heat).title == "Heat"
    assert "0 rated films were added to your library. 5 were ranked already" in to_library(client, session)
    assert person.rankings.count() == 5


def from_library(client: Client, session: ImportSession, **form: str) -> str:
    answer = client.post(f"/imports/{session.pk}/from-library/", form, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def undo_form(words: str) -> str:
    """The moment that the page's Undo sends."""
    found = re.search(r'action="/imports/[^"]+/from-library/".*?name="since" value="([^"]+)"', words, re.DOTALL)
    assert found, words
    return found[1]


def test_what_was_added_is_undone_and_the_import_stays(client: Client, session: ImportSession, person: User) -> None:
    MovieFactory.create_batch(3, session=session, matched=True, rating="4.0")
    other = RankingFactory(user=person)
    url = session.get_absolute_url()
    assert "Add its rated films to your library" in page(client, url)
    since = undo_form(to_library(client, session))
    assert "Undo" not in page(client, "/library/")  # said once
    words = page(client, url)
    assert "3 in your library · take back" in words
    assert "Add its rated films" not in words
    assert "3 films were taken back from your library. The import stays." in from_library(client, session, since=since)
    assert list(person.rankings.all()) == [other]
    assert session.movies.count() == 3
    assert "Add its rated films to your library" in page(client, url)


def test_what_was_changed_by_hand_is_not_taken_back(client: Client, session: ImportSession, person: User) -> None:
    MovieFactory.create_batch(2, session=session, matched=True, rating="4.0")
    to_library(client, session)
    changed = person.rankings.order_by("pk")[0]
    client.post(f"/library/{changed.pk}/", {"rating": "1.0", "rated_at": "2024-01-01"})
    said = from_library(client, session)
    assert "1 film was taken back from your library. The import stays." in said
    assert "You changed 1 film since, so it stays in your library." in said
    assert list(person.rankings.all()) == [changed]
    words = page(client, session.get_absolute_url())
    assert "1 in your library, changed by you since." in words
    assert "take back" not in words
    assert "Add 1 more rated film" in words


def test_undo_takes_back_only_what_was_added_just_then(client: Client, session: ImportSession, person: User) -> None:
    MovieFactory(session=session, matched=True, rating="4.0")
    to_library(client, session)
    before = list(person.rankings.all())
    MovieFactory.create_batch(2, session=session, matched=True, rating="3.0")
    assert "Add 2 more rated films" in page(client, session.get_absolute_url())
    since = undo_form(to_library(client, session))
    assert "2 films were taken back" in from_library(client, session, since=since)
    assert list(person.rankings.all()) == before
    assert "1 film was taken back" in from_library(client, session)
    assert not person.rankings.exists()


@pytest.mark.parametrize("since", ["yesterday", "2024-13-01T00:00:00", "\x00"])
def test_what_is_no_moment_takes_nothing_back(client: Client, session: ImportSession, person: User, since: str) -> None:
    MovieFactory(session=session, matched=True, rating="4.0")
    to_library(client, session)
    assert client.post(f"/imports/{session.pk}/from-library/", {"since": since}).status_code == 404
    assert person.rankings.count() == 1


def test_only_the_owner_takes_back(client: Client, session: ImportSession, person: User) -> None:
    MovieFactory(session=session, matched=True, rating="4.0")
    to_library(client, session)
    stranger = Client()
    url = f"/imports/{session.pk}/from-library/"
    assert stranger.post(url)["Location"].startswith("/accounts/login/")
    stranger.force_login(UserFactory())
    assert stranger.post(url).status_code == 404
    assert person.rankings.count() == 1


def test_of_two_titles_of_one_film_the_newest_watched_ones_rating_counts(session: ImportSession, person: User) -> None:
    same = {"session": session, "matched": True, "tmdb_movie": TmdbMovieFactory(done=True)}
    MovieFactory(**same, rating="1.0", watched_on="2020-01-01", turn=0)
    MovieFactory(**same, rating="4.0", watched_on="2024-01-01", turn=1)
    MovieFactory(**same, watched_on="2025-01-01", turn=2)  # not rated
    assert rankings.add_rated_films(session, person) == rankings.Added(added=1, already=0, unmatched=0)
    assert person.rankings.get().rating == Decimal("4.0")


def test_an_import_without_ratings_says_so(client: Client, session: ImportSession) -> None:
    MovieFactory(session=session, matched=True)
    assert "This import holds no rated film." in to_library(client, session)


def test_ratings_go_into_the_library_of_their_owner_only(client: Client, session: ImportSession) -> None:
    MovieFactory(session=session, matched=True, rating="4.0")
    stranger = Client()
    assert stranger.post(f"/imports/{session.pk}/to-library/")["Location"].startswith("/accounts/login/")
    stranger.force_login(UserFactory())
    assert stranger.post(f"/imports/{session.pk}/to-library/").status_code == 404
    assert not Ranking.objects.exists()


def test_a_prime_import_goes_by_its_review(client: Client, session: ImportSession) -> None:
    ImportSession.objects.update(source=Source.PRIME_VIDEO, link_readable=False)
    assert client.post(f"/imports/{session.pk}/to-library/").status_code == 404


def test_the_imports_page_offers_it_to_its_signed_in_owner(client: Client, session: ImportSession) -> None:
    url = session.get_absolute_url()
    assert "/to-library/" in page(client, url)
    assert "/to-library/" not in page(Client(), url)


def test_adding_asks_the_same_number_of_queries_for_any_size(
    session: ImportSession, person: User, django_assert_max_num_queries: Any
) -> None:
    MovieFactory.create_batch(60, session=session, matched=True, rating="4.0")
    with django_assert_max_num_queries(7):  # its import is locked first
        assert rankings.add_rated_films(session, person).added == 60


@pytest.mark.parametrize("path", ["", "add/", "1/", "export.csv", "export.json"])
def test_the_library_asks_to_sign_in_first(client: Client, path: str) -> None:
    answer = client.get(f"/library/{path}")
    assert answer["Location"] == f"/accounts/login/?next=/library/{path}"
