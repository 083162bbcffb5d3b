"""The admin's pages of questions and films."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enrichment import services
from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie, Upkeep
from enrichment.tmdb.client import client as tmdb_client
from enrichment.work import engine
from enrichment.work.leases import lease_next, settle
from tests.factories import TitleLookupFactory, TmdbMovieFactory, UserFactory
from tests.tmdb_films import film as tmdb_film
from tests.tmdb_server import TmdbServer

pytestmark = pytest.mark.django_db(transaction=True)

LOOKUPS, FILMS = "/admin/enrichment/titlelookup/", "/admin/enrichment/tmdbmovie/"
YES = {"confirmed": "yes"}


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def act(client: Client, action: str, *rows: Any, **data: str) -> Any:
    address = LOOKUPS if isinstance(rows[0], TitleLookup) else FILMS
    return client.post(address, {"action": action, "_selected_action": [row.pk for row in rows], **data})


def choose(client: Client, lookup: TitleLookup, **data: Any) -> Any:
    return client.post(reverse("admin:enrichment_titlelookup_choose", args=[lookup.pk]), data)


def unsure() -> TitleLookup:
    films = [TmdbMovieFactory(title="The Walk", done=True), TmdbMovieFactory(title="Walk On", done=True)]
    lookup: TitleLookup = TitleLookupFactory(
        title="The Walk",
        status=LookupStatus.UNSURE,
        asked_at=timezone.now(),
        reasons=[{"code": "same_title"}, {"code": "rivals", "count": 1}, {"code": "of a later version"}],
        candidates=[{"id": films[0].pk, "score": 0.9}, {"id": films[1].pk, "score": 0.7}, {"id": 77, "score": 0.1}],
    )
    return lookup


def test_a_question_is_shown_with_reasons_and_candidates_in_words(staff: Client) -> None:
    lookup = unsure()
    shown = page(staff, f"{LOOKUPS}{lookup.pk}/change/")
    assert "same title, other films that fit as well: 1" in shown
    assert "The Walk</a>: 0.9" in shown and "Walk On</a>: 0.7" in shown and "TMDB 77</a>: 0.1" in shown


def test_questions_are_asked_again_when_that_is_confirmed(staff: Client) -> None:
    lookups = [unsure(), TitleLookupFactory(matched=True), TitleLookupFactory(title="Waits already")]
    assert "3 title lookups" in act(staff, "ask_again", *lookups).content.decode()
    assert TitleLookup.objects.waiting().count() == 1
    act(staff, "ask_again", *lookups, **YES)
    assert TitleLookup.objects.waiting().count() == 3
    assert LogEntry.objects.count() == 3
    assert "2 questions are asked again." in page(staff, LOOKUPS)


def test_a_film_is_chosen_among_the_candidates(staff: Client) -> None:
    lookup = unsure()
    best, second, _ = (candidate["id"] for candidate in lookup.candidates)
    asked = act(staff, "choose_film", lookup)
    shown = page(staff, asked["Location"])
    assert "The Walk, TMDB" in shown and "Walk On, TMDB" in shown and 'value="77"' not in shown
    assert choose(staff, lookup, candidate=second)["Location"] == f"{LOOKUPS}{lookup.pk}/change/"
    lookup.refresh_from_db()
    assert (lookup.status, lookup.tmdb_movie_id, lookup.confidence) == (LookupStatus.MATCHED, second, 1.0)
    assert "chosen by those who run this site" in page(staff, f"{LOOKUPS}{lookup.pk}/change/")
    assert f"TMDB {second}" in LogEntry.objects.get().change_message
    choose(staff, lookup, number=best)  # and another one, later
    lookup.refresh_from_db()
    assert lookup.tmdb_movie_id == best


def test_a_choice_is_one_film_that_tmdb_has(staff: Client) -> None:
    lookup = unsure()
    first = lookup.candidates[0]["id"]
    TmdbMovieFactory(tmdb_id=666, details_status=DetailsStatus.GONE)
    refused: list[tuple[dict[str, Any], str]] = [
        ({}, "one of the two"),
        ({"candidate": first, "number": 5}, "one of the two"),
        ({"candidate": 77}, "not one of the available choices"),
        ({"number": "0"}, "greater than or equal to 1"),
        ({"number": 2**31}, "less than or equal to"),
        ({"number": "walk"}, "Enter a whole number"),
        ({"number": 666}, "TMDB has deleted this film."),
    ]
    for data, says in refused:
        answer = choose(staff, lookup, **data)
        assert answer.status_code == 200 and says in answer.content.decode(), data
    lookup.refresh_from_db()
    assert lookup.status == LookupStatus.UNSURE and not LogEntry.objects.exists()


def test_films_are_chosen_for_one_question_at_a_time(staff: Client) -> None:
    act(staff, "choose_film", unsure(), TitleLookupFactory())
    assert "Select one question" in page(staff, LOOKUPS)
    assert staff.get(f"{LOOKUPS}987654/choose/").status_code == 404


def test_a_worker_that_has_the_question_does_not_undo_the_choice() -> None:
    TitleLookupFactory()
    leased = lease_next(0)
    assert isinstance(leased, TitleLookup)
    film = TmdbMovieFactory(done=True)
    services.choose(leased.pk, film.pk)
    assert not settle(leased, status=LookupStatus.UNMATCHED)
    assert TitleLookup.objects.get().tmdb_movie == film


def test_a_number_that_tmdb_does_not_have_puts_the_question_again(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(tmdb_film(900_001, "Zebra Crossing", 2001))
    lookup = TitleLookupFactory(title="Zebra Crossing", status=LookupStatus.UNSURE, asked_at=timezone.now())
    services.choose(lookup.pk, 404_404)
    engine.run_together(tmdb_client(), 30)
    lookup.refresh_from_db()
    assert (lookup.status, lookup.tmdb_movie_id) == (LookupStatus.MATCHED, 900_001)


def test_films_are_asked_for_again_as_they_need_it(staff: Client) -> None:
    failed = TmdbMovieFactory(details_status=DetailsStatus.FAILED, error="TMDB answered 422")
    done, gone = TmdbMovieFactory(done=True), TmdbMovieFactory(details_status=DetailsStatus.GONE)
    act(staff, "ask_again", failed, done, gone)
    assert not TmdbMovie.objects.waiting().exists() and not Upkeep.objects.exists()
    act(staff, "ask_again", failed, done, gone, **YES)
    assert list(TmdbMovie.objects.waiting()) == [failed]
    assert list(Upkeep.objects.values_list("number", flat=True)) == [done.pk]
    assert "2 films are asked for again." in page(staff, FILMS)


def test_films_are_found_by_title_and_number(staff: Client) -> None:
    film, other = TmdbMovieFactory(tmdb_id=603, title="The Matrix"), TmdbMovieFactory(title="Heat")
    for term in ("matrix", "603"):
        shown = page(staff, f"{FILMS}?q={term}")
        assert f"{FILMS}{film.pk}/" in shown and f"{FILMS}{other.pk}/" not in shown
