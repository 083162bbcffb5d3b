"""What a person tells their library by hand: films and viewings added, put right, removed, in one tab and in two."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from enrichment.models import DetailsStatus, TmdbMovie
from imports.library import rankings, viewings
from imports.models import HandViewing, LibraryDecision, LibraryFilm, LibraryViewing, Ranking
from imports.reconciling import keeping
from tests.factories import RankingFactory, TmdbMovieFactory, UserFactory
from tests.imports.library.telling import import_of, told
from tests.tmdb_films import film
from tests.tmdb_server import TmdbServer

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ADD, DIARY = "/library/add/", "/library/diary/"
MAY = date(2024, 5, 10)
FUTURE = str(timezone.localdate() + timedelta(days=2))


@pytest.fixture
def person(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def heat() -> TmdbMovie:
    return TmdbMovieFactory(title="Heat", done=True, release_date=date(1995, 12, 15))


@pytest.fixture
def viewing(person: User, heat: TmdbMovie) -> LibraryViewing:
    """Of Heat, told by a diary."""
    told(import_of(person), heat, MAY, rating=Decimal("4.0"), tags=["bank job"], review="So good.")
    keeping.recompute(person)
    return LibraryViewing.objects.get()


def page(client: Client, url: str, **more: Any) -> str:
    answer = client.get(url, **more)
    assert answer.status_code == 200
    return answer.content.decode()


def add(client: Client, film: TmdbMovie, **sent: str) -> Any:
    return client.post(ADD, {"film": film.pk, "rating": ""} | sent)


def address(viewing: LibraryViewing) -> str:
    return f"/library/viewings/{viewing.pk}/"


def form_of(client: Client, viewing: LibraryViewing) -> dict[str, str]:
    """What the form of a viewing would send if nothing was touched."""
    html = page(client, address(viewing))
    html = html[html.index('<form class="rating-form') :]
    sent = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', html)}
    sent["rating"] = "".join(re.findall(r'name="rating" value="([^"]*)" checked', html))
    sent["review"] = unescape("".join(re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", html, re.S)))
    for name in ("tags", "watched_on"):
        tag = next(tag for tag in re.findall("<input[^>]*>", html) if f'name="{name}"' in tag)
        sent[name] = unescape("".join(re.findall(r'value="([^"]*)"', tag)))
    if re.search(r'name="rewatch"[^>]* checked', html) is None:
        sent.pop("rewatch", None)
    return sent


def as_it_stands(viewing: LibraryViewing) -> tuple[Any, ...]:
    keeping.up_to_date(viewing.user)
    now = LibraryViewing.objects.get(pk=viewing.pk)
    return now.watched_on, now.rating, now.rewatch, now.tags


def sentences(answer: Any) -> list[str]:
    """What the page says: of a field, of the form, and of what was done before."""
    said = r'<ul class="errorlist.*?</ul>|<div class="problem.*?</div>|<span role="status">.*?</span>'
    parts = re.findall(said, answer.content.decode(), re.S)
    return [unescape(" ".join(re.sub("<.*?>", " ", part, flags=re.S).split())) for part in parts]


# Adding


@pytest.mark.django_db(transaction=True)
def test_a_film_is_searched_for_picked_and_told(client: Client, person: User, tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(film(900_001, "Zebra Crossing", 1999))
    shown = page(client, f"{ADD}?q=zebra+crossing+1999")
    assert "Zebra Crossing" in shown and 'href="?film=900001"' in shown
    assert "Add to your library" in page(client, f"{ADD}?film=900001")
    sent = {"rating": "3.5", "watched_on": "2024-05-01", "rewatch": "on", "tags": "b, a ,b", "review": "Striped.\r\n"}
    answer = client.post(ADD, {"film": "900001"} | sent, follow=True)
    assert sentences(answer) == ["Added to your diary: “Zebra Crossing (1999)”."]
    assert answer.redirect_chain == [(DIARY, 303)]
    viewing = LibraryViewing.objects.get()
    assert as_it_stands(viewing) == (date(2024, 5, 1), Decimal("3.5"), True, ["a", "b"])
    assert HandViewing.objects.get().review == "Striped."
    ranking = Ranking.objects.get()
    assert (ranking.title, ranking.year, ranking.rating) == ("Zebra Crossing", 1999, Decimal("3.5"))
    assert (str(ranking.rated_at), ranking.movie, ranking.changed_at) == ("2024-05-01", None, None)
    assert TmdbMovie.objects.get(pk=900_001).details_status == DetailsStatus.PENDING  # genres are asked for
    assert "In your library" in page(client, f"{ADD}?q=zebra+crossing")


@pytest.mark.django_db(transaction=True)
def test_a_search_shows_what_is_known_here_at_once_and_then_what_tmdb_has_besides(
    client: Client, person: User, tmdb: TmdbServer, heat: TmdbMovie
) -> None:
    RankingFactory(user=person, tmdb_movie=heat)
    keeping.recompute(person)
    TmdbMovie.objects.filter(pk=heat.pk).update(vote_count=7000)
    tmdb.catalogue.add(film(heat.pk, "Heat"), film(900_002, "Heat Again"))
    at_once = page(client, f"{ADD}?q=heat", headers=HTMX)
    assert f'href="?film={heat.pk}"' in at_once
    assert "1 film known here" in at_once and "In your library" in at_once and "<html" not in at_once
    assert 'hx-get="/library/add/?q=heat&amp;rest=1"' in at_once
    assert tmdb.record.requests == 0
    besides = page(client, f"{ADD}?q=heat&rest=1", headers=HTMX)
    assert 'href="?film=900002"' in besides and f'href="?film={heat.pk}"' not in besides
    whole = page(client, f"{ADD}?q=heat")
    assert 'href="?film=900002"' in whole and f'href="?film={heat.pk}"' in whole and "rest=1" not in whole


def test_without_a_day_only_the_film_is_in_the_library(client: Client, person: User, heat: TmdbMovie) -> None:
    answer = add(client, heat, watched_on="", rating="4.0")
    assert answer["Location"] == "/library/"
    assert not HandViewing.objects.exists() and Ranking.objects.get().rating == Decimal(4)
    keeping.up_to_date(person)
    library_film = LibraryFilm.objects.get()
    assert (library_film.is_seen, library_film.rating, library_film.last_watched) == (True, Decimal(4), None)


def test_what_is_written_without_a_day_is_kept(client: Client, person: User, heat: TmdbMovie) -> None:
    add(client, heat, review="Long ago.", tags="childhood")
    assert (HandViewing.objects.get().review, HandViewing.objects.get().watched_on) == ("Long ago.", None)


def test_a_film_in_the_library_gets_another_viewing_and_keeps_its_rating(
    client: Client, viewing: LibraryViewing, heat: TmdbMovie
) -> None:
    RankingFactory(user=viewing.user, tmdb_movie=heat, rating=Decimal("4.5"), rated_at=MAY)
    assert "Add to your library" in page(client, f"{ADD}?film={heat.pk}")
    url = f"/library/films/{viewing.film_id}/add/"
    assert "Heat" in page(client, url)
    back = f"/library/films/{viewing.film_id}/"
    answer = client.post(url, {"watched_on": "2024-06-01", "rating": "3.0", "rewatch": "on", "back": back})
    assert (answer.status_code, answer["Location"]) == (303, back)
    days = LibraryViewing.objects.order_by("watched_on").values_list("watched_on", flat=True)
    assert list(days) == [MAY, date(2024, 6, 1)]
    assert Ranking.objects.get().rating == Decimal("4.5")


def test_a_film_that_is_in_the_library_already_and_nothing_new_is_told(
    client: Client, person: User, heat: TmdbMovie
) -> None:
    RankingFactory(user=person, tmdb_movie=heat, rating=Decimal("4.5"))
    answer = add(client, heat, rating="1.0")
    sentence = "This film is in your library already. To add a viewing, tell the day."
    assert (answer.status_code, sentences(answer)) == (409, [sentence])
    assert Ranking.objects.get().rating == Decimal("4.5")


@pytest.mark.parametrize("rated_before", [False, True])
def test_adding_is_undone_with_the_rating_that_was_given_with_it(
    client: Client, viewing: LibraryViewing, heat: TmdbMovie, rated_before: bool
) -> None:
    if rated_before:
        RankingFactory(user=viewing.user, tmdb_movie=heat, rating=Decimal("3.0"), rated_at=MAY)
    before = list(Ranking.objects.values())
    answer = client.post(ADD, {"film": heat.pk, "watched_on": "2024-06-01", "rating": "3.0"}, follow=True)
    assert LibraryViewing.objects.count() == 2
    done = {"done": re.findall(r'name="done" value="([^"]*)"', answer.content.decode())[0]}
    assert sentences(client.post("/library/undo/", done, follow=True)) == ["Undone."]
    assert LibraryViewing.objects.get().watched_on == MAY
    assert list(Ranking.objects.values()) == before
    assert sentences(client.post("/library/undo/", done, follow=True)) == ["This can't be undone any more."]


def test_nobody_undoes_what_another_added(client: Client, viewing: LibraryViewing, heat: TmdbMovie) -> None:
    added = viewings.added(
        viewings.add(viewing.user, heat.pk, {"watched_on": date(2024, 6, 1)}, today=date(2024, 7, 1))
    )
    other = Client()
    other.force_login(UserFactory())
    other.post("/library/undo/", {"done": str(added)})
    assert HandViewing.objects.get().removed_at is None


REFUSED = [
    ({"watched_on": FUTURE}, "That day has not come yet."),
    ({"watched_on": "1887-12-31"}, "There were no films before 1888."),
    ({"watched_on": "2024-02-30"}, "That is not a day: choose one from the calendar, or write it like 2024-05-31."),
    ({"watched_on": "0"}, "That is not a day: choose one from the calendar, or write it like 2024-05-31."),
    ({"rating": "3.3"}, "A rating is half a star to five stars, in halves."),
    ({"rating": "x"}, "A rating is half a star to five stars, in halves."),
    ({"tags": "x" * 201}, "A tag can have 200 characters at most. Separate tags by commas."),
    ({"tags": ",".join(map(str, range(101)))}, "A viewing can have 100 tags at most."),
    ({"review": "x" * 100_001}, "A review can have 100000 characters at most. Yours has 100001."),
    ({"review": "x\0"}, "Null characters are not allowed."),
]


@pytest.mark.parametrize(("sent", "sentence"), REFUSED)
def test_what_cannot_be_is_refused_in_one_sentence(
    client: Client, viewing: LibraryViewing, heat: TmdbMovie, sent: dict[str, str], sentence: str
) -> None:
    before = as_it_stands(viewing)
    for answer in (
        add(client, heat, **sent),
        client.post(f"/library/films/{viewing.film_id}/add/", {"rating": ""} | sent),
        client.post(address(viewing), form_of(client, viewing) | sent),
        client.post(address(viewing), form_of(client, viewing) | sent, headers=HTMX),
    ):
        assert (answer.status_code, sentences(answer)) == (422, [sentence])
    assert as_it_stands(viewing) == before
    assert not (HandViewing.objects.exists() or Ranking.objects.exists() or LibraryDecision.objects.exists())


def test_the_longest_that_can_be_is_kept(client: Client, person: User, heat: TmdbMovie) -> None:
    tags = ",".join(f"{n:0200}" for n in range(100))
    assert add(client, heat, watched_on=str(MAY), tags=tags, review="é" * 100_000).status_code == 303
    assert len(HandViewing.objects.get().tags) == 100
    assert client.get(DIARY).status_code == client.get(address(LibraryViewing.objects.get())).status_code == 200


def test_the_persons_own_day_decides_what_has_not_come_yet(client: Client, person: User, heat: TmdbMovie) -> None:
    zones = ("Pacific/Kiritimati", "Pacific/Pago_Pago")  # never the same day in both
    days = {zone: str(rankings.today(zone)) for zone in zones}
    assert days[zones[0]] > days[zones[1]]
    assert add(client, heat, watched_on=days[zones[0]], time_zone=zones[1]).status_code == 422
    assert add(client, heat, watched_on=days[zones[0]], time_zone=zones[0]).status_code == 303
    viewing = LibraryViewing.objects.get()
    sent = form_of(client, viewing) | {"tags": "x"}
    assert client.post(address(viewing), sent | {"time_zone": zones[1]}).status_code == 422
    assert client.post(address(viewing), sent | {"time_zone": zones[0]}).status_code == 303


def test_a_viewing_added_in_two_tabs_is_added_once(client: Client, person: User, heat: TmdbMovie) -> None:
    sent = {"watched_on": str(MAY), "review": "Only this."}
    assert add(client, heat, **sent).status_code == 303
    client.get(DIARY)
    answer = add(client, heat, **sent)
    assert (answer.status_code, sentences(answer)) == (
        409,
        ["You have already added a viewing of this film on that day."],
    )
    assert "Only this." in answer.content.decode()  # what they wrote is not lost
    assert HandViewing.objects.count() == 1


def test_a_film_that_is_gone_meanwhile_is_said_to_be(client: Client, person: User, heat: TmdbMovie) -> None:
    page(client, f"{ADD}?film={heat.pk}")
    TmdbMovie.objects.filter(pk=heat.pk).update(details_status=DetailsStatus.GONE)
    for sent in ({"watched_on": str(MAY)}, {"rating": "3.0"}):
        answer = add(client, heat, **sent)
        assert (answer.status_code, sentences(answer)) == (404, ["TMDB has no film with that number any more."])
    assert client.get(f"{ADD}?film={heat.pk}").status_code == 404
    assert not (HandViewing.objects.exists() or Ranking.objects.exists())


NO_FILM = ["", "x", "0", "-1", "999999", "2147483648", "9" * 19, str(2**64), "9" * 5000, "²", "1\0", "😀"]


@pytest.mark.parametrize("number", NO_FILM)
def test_a_film_that_nobody_found_is_not_there(client: Client, person: User, number: str) -> None:
    assert client.post(ADD, {"film": number, "watched_on": str(MAY)}).status_code == 404
    assert not number or client.get(ADD, {"film": number}).status_code == 404


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
    assert words in page(client, f"{ADD}?q={text}")


@pytest.mark.django_db(transaction=True)
def test_a_search_while_tmdb_refuses_the_key_says_so(client: Client, person: User, tmdb: TmdbServer) -> None:
    tmdb.bad_tokens = ["a-token-for-tests"]
    assert "nothing can be searched for" in page(client, f"{ADD}?q=heat")


# Putting right


def test_the_form_shows_what_stands_and_saving_that_changes_nothing(client: Client, viewing: LibraryViewing) -> None:
    sent = form_of(client, viewing)
    assert sent["watched_on"] == "2024-05-10" and sent["rating"] == "4.0"
    assert (sent["tags"], sent["review"]) == ("bank job", "So good.")
    answer = client.post(address(viewing), sent, follow=True)
    assert sentences(answer) == ["Nothing changed."]
    assert not LibraryDecision.objects.exists()


@pytest.mark.parametrize(
    ("sent", "values"),
    [
        ({"watched_on": "2024-05-09"}, {"watched_on": "2024-05-09"}),
        ({"watched_on": ""}, {"watched_on": None}),
        ({"rating": "2.5"}, {"rating": 2.5}),
        ({"rating": ""}, {"rating": None}),
        ({"rewatch": "on"}, {"rewatch": True}),
        ({"tags": "bank job, tape"}, {"tags": ["bank job", "tape"]}),
        ({"tags": ""}, {"tags": []}),
        ({"review": "Even better.\r\nYes."}, {"review": "Even better.\nYes."}),
        ({"rating": "5.0", "review": ""}, {"rating": 5.0, "review": ""}),
    ],
)
def test_only_what_was_changed_is_decided_and_undone(
    client: Client, viewing: LibraryViewing, sent: dict[str, str], values: dict[str, Any]
) -> None:
    before = as_it_stands(viewing)
    answer = client.post(address(viewing), form_of(client, viewing) | sent, follow=True)
    assert sentences(answer) == ["Saved: “Heat (1995)”."]
    assert LibraryDecision.objects.get().values == values
    undo = re.findall(r'name="done" value="([^"]*)"', answer.content.decode())
    client.post("/library/undo/", {"done": undo[0]})
    assert not LibraryDecision.objects.exists() and as_it_stands(viewing) == before


def test_what_a_file_tells_at_length_stands_in_no_ones_way(client: Client, person: User, heat: TmdbMovie) -> None:
    told(import_of(person), heat, MAY, tags=["x" * 300, *map(str, range(200))], review="é" * 120_000)
    keeping.recompute(person)
    viewing = LibraryViewing.objects.get()
    assert client.post(address(viewing), form_of(client, viewing) | {"rating": "5.0"}).status_code == 303
    assert LibraryDecision.objects.get().values == {"rating": 5.0}


def test_a_viewing_is_changed_in_place_and_its_page_shown_anew(client: Client, viewing: LibraryViewing) -> None:
    back = "/library/diary/?q=heat&page=2"
    shown = page(client, address(viewing), headers=HTMX, data={"back": back})
    assert shown.strip().startswith(f'<li id="viewing-{viewing.pk}"') and "<html" not in shown
    entry = page(client, address(viewing), headers=HTMX, data={"show": "entry", "back": back})
    assert entry.strip().startswith(f'<li id="viewing-{viewing.pk}"') and "<form" not in entry and "So good." in entry
    assert 'class="diary-change" autofocus' in entry  # the keyboard goes on where it was
    sent = form_of(client, viewing) | {"rating": "5.0", "back": back}
    assert client.post(address(viewing), sent, headers=HTMX)["HX-Redirect"] == back
    assert as_it_stands(viewing)[1] == Decimal(5)


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "x", ""])
def test_the_way_back_is_within_this_site(client: Client, viewing: LibraryViewing, back: str) -> None:
    assert 'href="/library/diary/"' in page(client, address(viewing), data={"back": back})
    sent = form_of(client, viewing) | {"back": back}
    assert client.post(address(viewing), sent)["Location"] == DIARY
    assert client.post(f"{address(viewing)}remove/", {"back": back})["Location"] == DIARY


def test_an_old_form_says_that_the_viewing_was_changed_meanwhile(client: Client, viewing: LibraryViewing) -> None:
    old = form_of(client, viewing)
    client.post(address(viewing), old | {"rating": "5.0"})
    assert client.post(address(viewing), old | {"rating": "5.0"}).status_code == 303  # the same is no trouble
    for headers in ({}, HTMX):
        answer = client.post(address(viewing), old | {"review": "Mine."}, headers=headers)
        assert answer.status_code == 409
        assert sentences(answer)[-1].startswith("This viewing was changed meanwhile, perhaps in another tab.")
    assert "Mine." in answer.content.decode()
    assert as_it_stands(viewing)[1] == Decimal(5)
    seen = re.findall(r'name="seen" value="([^"]+)"', answer.content.decode())[0]
    client.post(address(viewing), old | {"review": "Mine.", "seen": seen})
    assert as_it_stands(viewing)[1] == Decimal(4)


# Removing


def test_a_viewing_of_a_file_is_said_not_to_be_theirs_and_undone(client: Client, viewing: LibraryViewing) -> None:
    assert "Not mine" in page(client, address(viewing))
    answer = client.post(f"{address(viewing)}remove/", follow=True)
    assert sentences(answer) == ["Removed from your diary: “Heat (1995)”."]
    assert LibraryDecision.objects.get().kind == LibraryDecision.Kind.NOT_MINE and not LibraryViewing.objects.exists()
    undo = re.findall(r'name="done" value="([^"]*)"', answer.content.decode())
    client.post("/library/undo/", {"done": undo[0]})
    assert LibraryViewing.objects.get().watched_on == MAY


def test_a_viewing_by_hand_is_removed_and_undone(client: Client, person: User, heat: TmdbMovie) -> None:
    viewing = viewings.add(person, heat.pk, {"watched_on": MAY, "review": "Mine."}, today=MAY)
    shown = page(client, address(viewing))
    assert "Remove" in shown and "Not mine" not in shown
    answer = client.post(f"{address(viewing)}remove/", headers=HTMX)
    assert answer["HX-Redirect"] == DIARY
    assert not LibraryViewing.objects.exists() and not LibraryDecision.objects.exists()
    undo = re.findall(r'name="done" value="([^"]*)"', page(client, DIARY))
    client.post("/library/undo/", {"done": undo[0]})
    assert LibraryViewing.objects.get().watched_on == MAY
    assert not HandViewing.objects.filter(removed_at__isnull=False).exists()


def test_a_viewing_that_was_removed_in_another_tab_is_said_to_be_gone(client: Client, viewing: LibraryViewing) -> None:
    old = form_of(client, viewing)
    client.post(f"{address(viewing)}remove/")
    client.get(DIARY)
    for answer in (
        client.post(address(viewing), old | {"rating": "5.0"}),
        client.post(address(viewing), old | {"rating": "5.0"}, headers=HTMX),
        client.post(f"{address(viewing)}remove/"),
        client.get(address(viewing)),
    ):
        assert answer.status_code == 404
        assert "This viewing is not in your library any more." in answer.content.decode()
    assert LibraryDecision.objects.count() == 1


@pytest.mark.parametrize("path", ["", "remove/"])
def test_a_viewing_of_another_is_not_there(viewing: LibraryViewing, path: str) -> None:
    other = Client()
    other.force_login(UserFactory())
    sent = {"watched_on": "2020-01-01", "rating": "1.0"}
    assert other.post(f"{address(viewing)}{path}", sent).status_code == 404
    assert other.post(f"/library/films/{viewing.film_id}/add/", sent).status_code == 404
    assert not (LibraryDecision.objects.exists() or HandViewing.objects.exists())


@pytest.mark.parametrize("path", ["viewings/1/", "viewings/1/remove/", "films/1/add/", "add/"])
def test_changes_need_the_csrf_token(person: User, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    assert client.post(f"/library/{path}").status_code == 403
