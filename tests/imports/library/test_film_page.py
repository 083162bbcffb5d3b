"""The page of one film in a library: what tells of it, and what its person says."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from imports.library import viewings
from imports.library.reviews import reviews_of
from imports.models import LibraryDecision, LibraryFilm, LibraryViewing, Source
from imports.reconciling import keeping
from tests.factories import MovieFactory, UserFactory, ViewingFactory

from .told import days_of, film_of, seen, streamed, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def heat(person: User) -> LibraryFilm:
    """In the diary and a stream on 17 May 2024, in the diary two years before, too."""
    facts = {"genres": ["Crime"], "runtime": 170, "vote_average": 8.2, "release_date": date(1995, 12, 15)}
    diary = seen(person, "Heat", "2022-01-01", facts=facts, rating=Decimal("3.5"), rated_on=date(2024, 5, 12))
    ViewingFactory(movie=diary, watched_on="2024-05-17", rating=Decimal("4.0"), tags=["cinema"], review="<b>Cold</b>.")
    streamed(person, "Heat", "2024-05-17")
    keeping.recompute(person)
    return film_of(person, "Heat")


def undone(client: Client, page: Any) -> Any:
    (done,) = [str(message.extra_tags) for message in page.context["messages"]]
    return client.post("/library/undo/", {"done": done}, follow=True)


def test_the_page_tells_the_film_its_ratings_and_its_viewings(client: Client, heat: LibraryFilm) -> None:
    client.post(f"/library/films/{heat.pk}/rate/", {"rating": "4.5"})
    shown = text(client, heat.get_absolute_url())
    assert ("Crime" in shown and "2 hours 50 minutes" in shown.replace("\xa0", " ")) or "170" in shown or "2 h" in shown
    assert "Yours <strong>4.5</strong>" in shown and "Letterboxd <strong>3.5</strong>, 12 May 2024" in shown
    assert "TMDB <strong>8.2</strong> of 10" in shown
    assert shown.index("17 May 2024</span>") < shown.index("1 January 2022</span>")  # the newest first
    assert "cinema" in shown and "<p>Cold.</p>" in shown and "Seen again" in shown


def test_each_viewing_leads_to_what_told_it(client: Client, person: User, heat: LibraryFilm) -> None:
    shown = text(client, heat.get_absolute_url())
    for session in person.import_sessions.all():
        assert f'<a href="{session.movies.get().get_absolute_url()}">{session.get_source_display()}</a>' in shown


def test_what_is_joined_is_taken_apart_and_put_back(client: Client, heat: LibraryFilm) -> None:
    viewing = heat.viewings.get(watched_on="2024-05-17")
    refs = [told["ref"] for told in viewing.told_by if told["source"] == Source.PRIME_VIDEO]
    page = client.post(f"/library/viewings/{viewing.pk}/split/", {"ref": refs[0]}, follow=True)
    assert page.request["PATH_INFO"] == heat.get_absolute_url()
    assert "These are two viewings now." in page.content.decode()
    assert days_of(heat) == ["2022-01-01", "2024-05-17", "2024-05-17"]
    assert "Not the same viewing" in page.content.decode()  # among what was decided
    undone(client, page)
    assert days_of(heat) == ["2022-01-01", "2024-05-17"]


def test_what_was_changed_or_joined_before_is_taken_apart(client: Client, heat: LibraryFilm) -> None:
    first, second = heat.viewings.order_by("place")
    client.post(f"/library/films/{heat.pk}/join/", {"viewing": [first.pk, second.pk]}, follow=True)
    viewing = heat.viewings.get()
    viewings.change(viewing, {"review": "All of it"}, today=date(2024, 6, 1))
    (of_stream,) = [told["ref"] for told in viewing.told_by if told["source"] == Source.PRIME_VIDEO]
    page = client.post(f"/library/viewings/{viewing.pk}/split/", {"ref": of_stream}, follow=True)
    assert days_of(heat) == ["2022-01-01", "2024-05-17"]
    assert [len(viewing.told_by) for viewing in heat.viewings.order_by("place")] == [2, 1]  # the rest stays one
    told = {viewing.told_by[0]["source"]: viewing for viewing in heat.viewings.all()}
    assert [review.text for review in reviews_of([*told.values()])[told[Source.LETTERBOXD].pk]] == ["All of it"]
    assert not told[Source.PRIME_VIDEO].has_review
    undone(client, page)
    assert [len(viewing.told_by) for viewing in heat.viewings.all()] == [3]


@pytest.mark.parametrize("ref", ["", "letterboxd\tnothing"])
def test_what_does_not_tell_a_viewing_is_not_taken_from_it(client: Client, heat: LibraryFilm, ref: str) -> None:
    viewing = heat.viewings.get(watched_on="2024-05-17")
    page = client.post(f"/library/viewings/{viewing.pk}/split/", {"ref": ref}, follow=True)
    assert "This viewing is not in your library any more." in page.content.decode()
    assert not LibraryDecision.objects.exists()


def test_viewings_are_joined_by_hand(client: Client, heat: LibraryFilm) -> None:
    numbers = list(heat.viewings.values_list("pk", flat=True))
    page = client.post(f"/library/films/{heat.pk}/join/", {"viewing": numbers}, follow=True)
    assert "2 viewings are one now." in page.content.decode() and len(days_of(heat)) == 1
    undone(client, page)
    assert days_of(heat) == ["2022-01-01", "2024-05-17"]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([], "at least two"),
        (["one of them"], "at least two"),
        (["999999", "999998"], "is not in your library any more"),
        ([str(2**64), "x"], "is not in your library any more"),
    ],
)
def test_what_can_not_be_joined_is_said_in_a_sentence(
    client: Client, heat: LibraryFilm, numbers: list[str], words: str
) -> None:
    first = str(heat.viewings.all()[0].pk)
    sent = [first if number == "one of them" else number for number in numbers]
    page = client.post(f"/library/films/{heat.pk}/join/", {"viewing": sent}, follow=True)
    assert words in page.content.decode() and len(days_of(heat)) == 2


def test_viewings_of_another_film_are_not_joined(client: Client, person: User, heat: LibraryFilm) -> None:
    seen(person, "Ran", "2024-05-18", facts={})
    keeping.recompute(person)
    both = [heat.viewings.all()[0].pk, film_of(person, "Ran").viewings.get().pk]
    page = client.post(f"/library/films/{heat.pk}/join/", {"viewing": both}, follow=True)
    assert "is not in your library any more" in page.content.decode() and not LibraryDecision.objects.exists()


def test_a_film_that_is_not_mine_goes_and_comes_back(client: Client, heat: LibraryFilm) -> None:
    page = client.post(f"/library/films/{heat.pk}/not-mine/", follow=True)
    assert "None: you took all of them out of your library." in page.content.decode()
    assert not client.get("/library/").context["page"].object_list
    again = client.post(f"/library/films/{heat.pk}/not-mine/", follow=True)  # of another tab
    assert again.status_code == 200
    (decision, *_) = LibraryDecision.objects.order_by("pk")
    LibraryDecision.objects.exclude(pk=decision.pk).delete()
    client.post("/library/undo/", {"done": f"decision-{decision.pk}"})
    assert days_of(heat) == ["2022-01-01", "2024-05-17"]


def test_a_decision_of_long_ago_is_undone_on_the_page(client: Client, heat: LibraryFilm) -> None:
    client.post(f"/library/films/{heat.pk}/join/", {"viewing": list(heat.viewings.values_list("pk", flat=True))})
    client.get("/library/")  # what was offered there is gone
    shown = text(client, heat.get_absolute_url())
    decision = LibraryDecision.objects.get()
    assert "What you decided" in shown and f'name="done" value="decision-{decision.pk}"' in shown
    assert "Letterboxd, 1 Jan 2022" in shown


def test_a_title_without_a_match_leads_to_where_its_film_is_chosen(client: Client, person: User) -> None:
    movie = seen(person, "Ärger", "2024-05-17")
    keeping.recompute(person)
    shown = text(client, film_of(person, "Ärger").get_absolute_url())
    assert "No film at TMDB yet" in shown
    assert f'href="/imports/{movie.session_id}/review/?film={movie.pk}&amp;back"' in shown
    assert 'name="rating"' not in shown  # there is nothing to rate yet


def test_a_film_that_is_only_liked_says_so(client: Client, person: User) -> None:
    seen(person, "Heat", "2024-05-17", facts={})
    session = person.import_sessions.get()
    MovieFactory(session=session, title="Ran", matched=True, is_seen=False, liked_on=date(2024, 1, 1))
    keeping.recompute(person)
    liked = LibraryFilm.objects.get(user=person, is_seen=False)
    assert "this film is liked, but was never marked as watched" in text(client, liked.get_absolute_url())


@pytest.mark.parametrize("path", ["", "rate/", "join/", "not-mine/"])
def test_another_persons_film_is_not_there(client: Client, person: User, path: str) -> None:
    other: User = UserFactory()
    seen(other, "Heat", "2024-05-17", facts={})
    keeping.recompute(other)
    url = f"{film_of(other, 'Heat').get_absolute_url()}{path}"
    assert (client.post(url, {"rating": "4.0"}) if path else client.get(url)).status_code == 404
    viewing = LibraryViewing.objects.get()
    assert client.post(f"/library/viewings/{viewing.pk}/split/", {"ref": ""}).status_code == 404


@pytest.mark.parametrize("count", [1, 40])
def test_the_page_asks_the_same_number_of_queries_for_any_size(
    client: Client, person: User, count: int, django_assert_max_num_queries: Any
) -> None:
    movie = seen(person, "Heat", facts={})
    for number in range(count):
        ViewingFactory(movie=movie, watched_on=date(2020, 1, 1 + number % 28), review="Good.", tags=["t"])
    keeping.recompute(person)
    film = film_of(person, "Heat")
    with django_assert_max_num_queries(20):
        assert len(client.get(film.get_absolute_url()).context["page"]) == count


def test_viewings_come_in_pages(client: Client, person: User) -> None:
    movie = seen(person, "Heat", facts={})
    for number in range(51):
        ViewingFactory(movie=movie, watched_on=date(2020 - number, 1, 1))
    keeping.recompute(person)
    url = film_of(person, "Heat").get_absolute_url()
    assert "51 viewings, the newest first" in text(client, url) and "1 January 1970</span>" not in text(client, url)
    assert "1 January 1970</span>" in text(client, f"{url}?page=2")
