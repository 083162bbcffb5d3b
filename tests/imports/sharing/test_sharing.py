"""Sharing by links, through the addresses: exactly what was allowed, to anyone who has the link, and to nobody else."""

import logging
import re
import socket
import time
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from enrichment.tmdb import images
from imports.library import viewings
from imports.models import ImportSession, LibraryViewing, Movie, SessionStatus, ShareLink, Source
from imports.reconciling import keeping, marks
from imports.sharing import links
from imports.sharing.picture import TALLEST, Picture, Poster, draw
from tests.factories import (
    ImportSessionFactory,
    MovieFactory,
    RankingFactory,
    UserFactory,
    ViewingFactory,
)
from tests.tmdb_server import TmdbServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

NOTHING = {f"shows_{what}": False for what in ("films", "statistics", "ratings", "reviews", "dates")}
EVERYTHING = dict.fromkeys(NOTHING, True)
PAGES = {"": None, "films/": "shows_films", "films/?view=table": "shows_films", "stats/": "shows_statistics"}
PAGES |= {"reviews/": "shows_reviews"}


@pytest.fixture(autouse=True)
def _no_pictures(settings: Any) -> Any:
    """None kept from another test; and no poster to be had unless a test says so."""
    settings.TMDB = _tmdb_at(settings, "http://127.0.0.1:9/t/p")
    caches["pictures"].clear()
    yield
    caches["pictures"].clear()


def _tmdb_at(settings: Any, image_url: str) -> Any:
    from dataclasses import replace

    return replace(settings.TMDB, image_url=image_url)


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory(username="the-owners-name"))
    return client


@pytest.fixture
def session(owner: Client) -> ImportSession:
    """Three films: their days, ratings, tags and texts occur nowhere else."""
    made: ImportSession = ImportSessionFactory(
        user=User.objects.get(),
        browser_key="",
        status=SessionStatus.COMPLETED,
        total_movies=3,
        enriched_count=3,
        matched_count=3,
    )
    films = (("Zulu", 1964, 3.5, date(2019, 3, 17)), ("Alien", 1979, 4.5, date(2017, 11, 23)))
    for n, (title, year, stars, day) in enumerate((*films, ("Moon", 2009, None, None))):
        movie = MovieFactory(
            session=made,
            title=title,
            year=year,
            turn=n,
            matched=True,
            watched_on=day,
            rated_on=day,
            rating=Decimal(str(stars)) if stars else None,
            liked_on=day,
            tmdb_movie__title=title,
            tmdb_movie__genres=["Drama", f"Genre of {title}"],
            tmdb_movie__directors=[f"Maker of {title}"],
            tmdb_movie__countries=["Norway"],
            tmdb_movie__runtime=100 + n,
            tmdb_movie__release_date=date(year, 5, 5),
            tmdb_movie__vote_average=6.0,
            tmdb_movie__vote_count=1000 * n,
        )
        ViewingFactory(
            movie=movie,
            watched_on=day,
            rating=movie.rating,
            tags=["a-secret-tag"],
            review="<b>Words</b> of mine<script>alert(1)</script>" if title == "Alien" else "",
        )
    return made


def shared(thing: ImportSession | User, **shows: Any) -> str:
    """The address of a page that shows this."""
    name, expires_at = shows.pop("name", ""), shows.pop("expires_at", None)
    _, token = links.make_link(thing, name=name, shows=NOTHING | shows, expires_at=expires_at)
    return f"/s/{token}/"


def read(address: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def all_of(address: str, link: ShareLink) -> str:
    """Every page that it shows; the others aren't there."""
    found = []
    for page, needs in PAGES.items():
        if needs is None or getattr(link, needs):
            found.append(read(address + page))
        else:
            assert Client().get(address + page).status_code == 404, page
    return "\n".join(found)


COMBINATIONS = [
    dict(zip(NOTHING, flags, strict=True)) for flags in product((True, False), repeat=5) if flags[0] or flags[1]
]
STARS = re.compile(
    r"★|½|of 5 stars|3\.5|4\.5|average rating|stars on average|♥|liked|Against TMDB|\?rating=|name=\"rating\""
)
DAYS = re.compile(r"2019|2017|March|November|17 Mar|23 Nov|2019-03|heat-day|milestone|Watched|watched", re.ASCII)


@pytest.mark.parametrize("shows", COMBINATIONS, ids=lambda s: "+".join(k[6:] for k, on in s.items() if on))
def test_exactly_what_was_allowed(session: ImportSession, shows: dict[str, bool]) -> None:
    address = shared(session, **shows)
    html = all_of(address, ShareLink.objects.get())
    assert bool(STARS.search(html)) == shows["shows_ratings"], STARS.findall(html)
    assert bool(DAYS.search(html)) == shows["shows_dates"], DAYS.findall(html)
    assert ("of mine" in html) == shows["shows_reviews"]
    assert ("Maker of Moon" in html) == (shows["shows_films"] or shows["shows_statistics"])
    assert ("hours" in html) == shows["shows_statistics"]
    secrets = (
        "a-secret-tag",
        "the-owners-name",
        str(session.pk),
        session.pk.hex,
        "alert(1)",
        "/imports/" + str(session.pk)[:8],
    )
    assert not [secret for secret in secrets if secret in html]
    assert not re.search(r"/films/\d|themoviedb.org/movie", html)


def titles(html: str) -> list[str]:
    return re.findall(r'card-title"><bdi>(.*?)<', html)


def test_no_order_tells_what_is_hidden(session: ImportSession) -> None:
    address = shared(session, shows_films=True)
    for sort in ("", "?sort=watched", "?sort=rating", "?sort=watched_oldest", "?sort=nonsense"):
        assert titles(read(f"{address}films/{sort}")) == ["Alien", "Moon", "Zulu"]
    assert titles(read(address)) == ["Moon", "Alien", "Zulu"]  # by votes at TMDB
    assert titles(read(f"{address}films/?sort=year")) == ["Moon", "Alien", "Zulu"]
    session.movies.update(year=2000)
    session.movies.filter(title="Zulu").update(watched_on=timezone.localdate())
    assert titles(read(f"{address}films/?sort=year")) == ["Alien", "Moon", "Zulu"]  # equal ones by title


@pytest.fixture
def library(session: ImportSession) -> User:
    """The three films, Alien streamed once more; and what is nobody's business: a stream that was skipped, a film that
    was only liked, one that the person took out."""
    user = User.objects.get()
    prime = ImportSessionFactory(
        user=user, browser_key="", source=Source.PRIME_VIDEO, link_readable=False, status=SessionStatus.COMPLETED
    )
    alien = session.movies.get(title="Alien").tmdb_movie
    decided = {"session": prime, "matched": True, "decided_at": timezone.now()}
    streamed = MovieFactory(title="Alien streamed", tmdb_movie=alien, decision="added", **decided)
    ViewingFactory(movie=streamed, watched_on=date(2019, 3, 20), entry_uri="")
    skipped = MovieFactory(title="Skipped", tmdb_movie__title="Skipped", decision="skipped", **decided)
    ViewingFactory(movie=skipped, watched_on=date(2019, 3, 21), entry_uri="")
    for title, is_seen in (("Only liked", False), ("Taken out", True)):
        MovieFactory(
            session=session, title=title, tmdb_movie__title=title, is_seen=is_seen, liked_on="2019-03-22", matched=True
        )
    keeping.recompute(user)
    viewings.remove(LibraryViewing.objects.get(film__title="Taken out"))
    return user


@pytest.mark.parametrize("shows", COMBINATIONS, ids=lambda s: "+".join(k[6:] for k, on in s.items() if on))
def test_of_a_library_exactly_what_was_allowed(library: User, shows: dict[str, bool]) -> None:
    html = all_of(shared(library, **shows), ShareLink.objects.get()).replace("films-rewatched", "")  # Alien
    assert bool(STARS.search(html)) == shows["shows_ratings"], STARS.findall(html)
    assert bool(DAYS.search(html)) == shows["shows_dates"], DAYS.findall(html)
    assert ("of mine" in html) == shows["shows_reviews"]
    assert ("Maker of Moon" in html) == (shows["shows_films"] or shows["shows_statistics"])
    assert "Amazon Prime Video" not in html  # which services they use is their own
    secrets = ("a-secret-tag", "the-owners-name", "alert(1)", "/imports/", "/library/", "Skipped", "Taken out")
    assert not [secret for secret in (*secrets, "Only liked") if secret in html]
    assert not re.search(r"/films/\d|themoviedb.org/movie", html)


def test_a_library_has_no_order_that_tells(library: User) -> None:
    hidden = shared(library, shows_films=True, shows_statistics=True)
    for sort in ("title", "rating", "watched", "watched_oldest"):
        for search in ("", "&q=maker"):
            assert titles(read(f"{hidden}films/?sort={sort}{search}")) == ["Alien", "Moon", "Zulu"]
    assert titles(read(f"{hidden}films/?sort=year")) == ["Moon", "Alien", "Zulu"]
    told = shared(library, shows_films=True, shows_ratings=True, shows_dates=True)
    assert titles(read(f"{told}films/?sort=rating")) == ["Alien", "Zulu", "Moon"]
    assert titles(read(f"{told}films/?sort=watched")) == ["Alien", "Zulu", "Moon"]
    assert "20 Mar 2019" in read(f"{told}films/") and "20 Mar 2019" in read(f"{told}films/?view=table")
    assert titles(read(f"{told}films/?rating=4.5")) == ["Alien"]
    for wanted in ("source=prime_video", "watched=2019", "liked=on", "tag=a-secret-tag", "rewatched=on", "rating=4.5"):
        assert titles(read(f"{hidden}films/?{wanted}")) == ["Alien", "Moon", "Zulu"], wanted


def test_the_reviews_of_a_library_are_in_an_order_that_tells_nothing(library: User, session: ImportSession) -> None:
    """By title; several of one film by their days only where those are shown."""
    zulu = session.movies.get(title="Zulu")
    days = [date(2020, 1, 1) + timedelta(days=20 * n) for n in range(12)]
    for day in days:
        ViewingFactory(movie=zulu, watched_on=day, review=f"On day {day:%j} of Zulu", rating=Decimal("2.5"))
    keeping.recompute(library)
    dated = re.findall(
        r"On day (\d+)", read(shared(library, shows_films=True, shows_reviews=True, shows_dates=True) + "reviews/")
    )
    assert dated == [f"{day:%j}" for day in reversed(days)]
    html = read(shared(library, shows_films=True, shows_reviews=True) + "reviews/")
    undated = re.findall(r"On day (\d+)", html)
    assert sorted(undated) == sorted(dated) and undated not in (dated, dated[::-1])
    assert html.index("of mine") < html.index("On day") and not STARS.search(html)


def test_a_shared_library_follows_what_changes(library: User, session: ImportSession) -> None:
    address = shared(library, **EVERYTHING)
    assert "Heat" not in read(f"{address}films/") and "<b>3</b> films" in read(address)
    MovieFactory(session=session, tmdb_movie__title="Heat", matched=True)
    marks.mark(session.movies.all())
    assert "<b>4</b> films" in read(address)
    assert "Heat" in read(f"{address}films/")


def test_a_shared_library_that_is_put_together_says_so(library: User, monkeypatch: pytest.MonkeyPatch) -> None:
    address = shared(library, **EVERYTHING)
    assert "being put together" not in all_of(address, ShareLink.objects.get())
    marks.mark_all([library.pk])
    monkeypatch.setattr(keeping, "AT_ONCE", 1)
    for page in PAGES:
        assert "being put together" in read(address + page)
    assert Client().get(f"{address}preview.png").status_code == 200
    assert titles(read(f"{address}films/?sort=title")) == ["Alien", "Moon", "Zulu"]


def test_more_films_of_a_library_make_no_more_queries(
    library: User, session: ImportSession, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    address = shared(library, **EVERYTHING)
    all_of(address, ShareLink.objects.get())  # the statistics are computed once
    counted = {page: queries_of(address + page, django_assert_max_num_queries) for page in PAGES}
    for n in range(30):
        movie = MovieFactory(session=session, title=f"More {n}", matched=True, rating=Decimal("4.0"))
        ViewingFactory(movie=movie, review=f"More words {n}", watched_on=date(2020, 1, 1))
    keeping.recompute(library)
    read(address)
    assert {page: queries_of(address + page, django_assert_max_num_queries) for page in PAGES} == counted
    assert max(counted.values()) <= 10


def test_filters_that_would_tell_do_nothing(session: ImportSession) -> None:
    address = shared(session, shows_films=True)
    for wanted in ("rating=4.5", "rating=none", "watched=2017", "liked=on", "tag=a-secret-tag", "rewatched=on"):
        assert titles(read(f"{address}films/?{wanted}")) == ["Alien", "Moon", "Zulu"], wanted
    assert titles(read(f"{address}films/?genre=Genre+of+Moon")) == ["Moon"]
    assert titles(read(f"{address}films/?director=Maker+of+Zulu")) == ["Zulu"]
    assert titles(read(f"{address}films/?decade=1960")) == ["Zulu"]
    assert titles(read(f"{address}films/?q=maker+alien")) == ["Alien"]
    rated = shared(session, shows_films=True, shows_ratings=True)
    assert titles(read(f"{rated}films/?rating=4.5")) == ["Alien"]
    assert titles(read(f"{rated}films/?rating=none")) == ["Moon"]


def test_numbers_lead_to_the_list_only_where_it_can_tell(session: ImportSession) -> None:
    address = shared(session, shows_films=True, shows_statistics=True, shows_dates=True)
    found = set(re.findall(rf'href="({address}[^"]*)"', read(f"{address}stats/")))
    lists = {link for link in found if "?" in link}
    assert any("director=" in link for link in lists)
    assert not [link for link in lists if "watched" in link or "rating" in link]
    for link in lists:
        assert titles(read(link.replace("&amp;", "&"))), link
    alone = read(shared(session, shows_statistics=True) + "stats/")
    assert "films/" not in alone


def own(answer: Any) -> set[tuple[str, str]]:
    """The headers that each answer has for itself: the request's id."""
    return {("X-Request-ID", answer["X-Request-ID"])}


@pytest.mark.parametrize("place", ["", "films/", "films/?page=2", "stats/", "reviews/", "preview.png"])
def test_made_up_revoked_and_run_out_are_one_answer(session: ImportSession, place: str) -> None:
    gone = timezone.now() - timedelta(seconds=1)
    live = shared(session, **EVERYTHING)
    out = shared(session, **EVERYTHING, expires_at=gone)
    revoked = shared(session, **EVERYTHING)
    links.revoke_link(ShareLink.objects.order_by("pk").last())  # type: ignore[arg-type]
    hidden = shared(session, shows_films=True) if place in ("stats/", "reviews/") else revoked
    read(live + place) if place != "preview.png" else Client().get(live + place)
    answers = [Client().get(address + place) for address in ("/s/made-up/", f"{live[:-2]}/", out, revoked, hidden)]
    ImportSession.objects.update(expires_at=gone)
    answers.append(Client().get(live + place))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items() - own(answer))) for answer in answers}) == 1
    assert ShareLink.objects.filter(token_hash=live.split("/")[2]).count() == 0  # the token is kept nowhere


def test_nobody_keeps_or_finds_a_shared_page(session: ImportSession) -> None:
    address = shared(session, **EVERYTHING)
    for page in (*PAGES, "preview.png"):
        answer = Client().get(address + page)
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert answer["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer["Cache-Control"]
        assert "private" in answer["Cache-Control"]
        assert not answer.cookies
        assert Client().post(address + page).status_code == 405
        if page != "preview.png":
            assert b'<meta name="robots" content="noindex, nofollow">' in answer.content


def test_no_log_holds_a_token(session: ImportSession, caplog: pytest.LogCaptureFixture) -> None:
    address = shared(session, shows_films=True)
    assert Client().get(f"{address}no-such-page/").status_code == 404
    assert Client().post(address).status_code == 405
    formatter = next(h for h in logging.getLogger().handlers if h.get_name() == "stderr").formatter
    assert formatter is not None
    lines = [formatter.format(record) for record in caplog.records]
    assert ["/s/…/" in line for line in lines] == [True, True]
    assert not [line for line in lines if address.split("/")[2] in line]


def test_a_link_is_made_by_the_form_and_shown_once(owner: Client, session: ImportSession) -> None:
    page = f"/imports/{session.pk}/share/"
    assert session.link_readable
    sent = {"shows_films": "on", "shows_dates": "on", "name": " Films  of\tmine ", "expiry": "week"}
    posted = owner.post(page, sent)
    assert (posted.status_code, posted["Location"], posted.content) == (303, page, b"")
    other = read("/library/share/", owner)
    assert 'id="share-link"' not in other and "yours alone now" in other
    owner.head(page)
    made = owner.get(page)
    (found,) = re.findall(r'value="http://testserver(/s/[\w-]{32,}/)"', made.content.decode())
    link = ShareLink.objects.get()
    assert (link.name, link.shows_films, link.shows_dates) == ("Films of mine", True, True)
    assert not (link.shows_statistics or link.shows_ratings or link.shows_reviews)
    assert link.expires_at is not None
    assert timedelta(days=6, hours=23) < link.expires_at - timezone.now() <= timedelta(days=7)
    html = read(found)
    assert "Films of mine" in html
    assert "17 Mar 2019" in html
    assert not [value for value in owner.session.values() if found.split("/")[2] in str(value)]
    again = read(page, owner)
    assert "Films of mine" in again
    assert found not in again
    assert link.token_hash not in again
    session.refresh_from_db()
    assert not session.link_readable
    assert Client().get(session.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "a page without either would be empty"),
        ({"shows_ratings": "on"}, "a page without either would be empty"),
        ({"shows_films": "on", "expiry": "date"}, "Choose the last day"),
        ({"shows_films": "on", "expiry": "date", "until": "1970-01-01"}, "That day is over"),
        ({"shows_films": "on", "expiry": "date", "until": "9999-12-31"}, "more than ten years"),
        ({"shows_films": "on", "expiry": "date", "until": "soon"}, "not a day"),
        ({"shows_films": "on", "expiry": "forever"}, "Select a valid choice"),
        ({"shows_films": "on", "name": "x" * 101}, "at most 100"),
        ({"shows_films": "on", "name": "a\0b"}, "Null characters"),
    ],
)
def test_what_makes_no_link_is_said(owner: Client, session: ImportSession, sent: Any, sentence: str) -> None:
    answer = owner.post(f"/imports/{session.pk}/share/", {"expiry": "never"} | sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ShareLink.objects.exists()
    session.refresh_from_db()
    assert session.link_readable


def test_a_last_day_ends_in_the_persons_time_zone(owner: Client, session: ImportSession) -> None:
    day = timezone.localdate() + timedelta(days=3)
    sent = {"shows_films": "on", "expiry": "date", "until": day.isoformat(), "time_zone": "Pacific/Auckland"}
    assert owner.post(f"/imports/{session.pk}/share/", sent).status_code == 303
    end = ShareLink.objects.get().expires_at
    assert end is not None
    assert end.astimezone(ZoneInfo("Pacific/Auckland")).isoformat()[:19] == (f"{day + timedelta(days=1)}T00:00:00")


def test_there_is_a_most_of_links(owner: Client, session: ImportSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "MOST_LINKS", 2)
    page = f"/imports/{session.pk}/share/"
    for expected in (303, 303, 422):
        answer = owner.post(page, {"shows_films": "on", "expiry": "never"})
        assert answer.status_code == expected
    assert b"There are 2 links already" in answer.content
    assert ShareLink.objects.count() == 2


def test_the_owner_revokes_and_switches(owner: Client, session: ImportSession) -> None:
    address = shared(session, **EVERYTHING)
    page, link = f"/imports/{session.pk}/share/", ShareLink.objects.get()
    assert owner.post(f"{page}reading/", {"reading": "on"}).status_code == 302
    assert Client().get(session.get_absolute_url()).status_code == 200
    assert owner.post(f"{page}reading/", {}).status_code == 302
    assert Client().get(session.get_absolute_url()).status_code == 404
    assert Client().get(address).status_code == 200
    Client().get(f"{address}preview.png")
    assert caches["pictures"].get(f"preview-{link.pk}")
    assert owner.post(f"{page}{link.pk}/revoke/").status_code == 302
    assert Client().get(address).status_code == 404
    assert caches["pictures"].get(f"preview-{link.pk}") is None
    assert owner.post(f"{page}{link.pk}/revoke/").status_code == 404


def test_links_of_others_are_out_of_reach(owner: Client, session: ImportSession) -> None:
    shared(session, **EVERYTHING)
    shared(User.objects.get(), shows_films=True)
    of_session, of_library = ShareLink.objects.order_by("pk")
    other = Client()
    other.force_login(UserFactory())
    page = f"/imports/{session.pk}/share/"
    for client in (other, Client()):
        assert client.get(page).status_code == 404
        for call in ("", "reading/", f"{of_session.pk}/revoke/"):
            assert client.post(page + call, {"shows_films": "on", "expiry": "never"}).status_code == 404
        assert client.get(f"{page}{of_session.pk}/preview.png").status_code == 404
    assert other.post(f"/library/share/{of_library.pk}/revoke/").status_code == 404
    assert other.get(f"/library/share/{of_library.pk}/preview.png").status_code == 404
    assert owner.post(f"/library/share/{of_session.pk}/revoke/").status_code == 404
    assert owner.post(f"{page}{of_library.pk}/revoke/").status_code == 404
    assert ShareLink.objects.count() == 2


def test_a_prime_import_is_shared_by_links_alone(owner: Client) -> None:
    session = ImportSessionFactory(
        user=User.objects.get(), browser_key="", source=Source.PRIME_VIDEO, link_readable=False, total_movies=1
    )
    MovieFactory(session=session, title="Solaris", matched=True)
    page = f"/imports/{session.pk}/share/"
    assert "own address" not in read(page, owner)
    assert owner.post(f"{page}reading/", {"reading": "on"}).status_code == 404
    made = owner.post(page, {"shows_films": "on", "expiry": "never"}, follow=True).content.decode()
    (address,) = re.findall(r'value="http://testserver(/s/[\w-]+/)"', made)
    assert "Solaris" in read(f"{address}films/")
    assert Client().get(session.get_absolute_url()).status_code == 404
    assert not ImportSession.objects.get().link_readable


def test_a_library_is_shared_from_its_own_page(owner: Client) -> None:
    user = User.objects.get()
    RankingFactory(user=user, tmdb_movie__title="Solaris", rating=Decimal("3.5"))
    keeping.recompute(user)
    assert "Reviews" in read("/library/share/", owner)
    sent = {"shows_films": "on", "shows_reviews": "on", "expiry": "never"}
    made = owner.post("/library/share/", sent, follow=True)
    (address,) = re.findall(r'value="http://testserver(/s/[\w-]+/)"', made.content.decode())
    assert "Solaris" in read(f"{address}films/")
    assert not STARS.search(read(f"{address}films/"))
    assert "No review here" in read(f"{address}reviews/")
    assert owner.post(f"/library/share/{ShareLink.objects.get().pk}/revoke/").status_code == 302
    assert Client().get(address).status_code == 404


def test_links_go_with_what_they_show(owner: Client, session: ImportSession) -> None:
    of_import, of_library = shared(session, **EVERYTHING), shared(User.objects.get(), shows_films=True)
    owner.post(f"/imports/{session.pk}/delete/")
    assert Client().get(of_import).status_code == 404
    assert Client().get(of_library).status_code == 200
    User.objects.all().delete()
    assert Client().get(of_library).status_code == 404
    assert not ShareLink.objects.exists()


def test_a_shared_page_is_there_while_films_are_matched_and_when_there_are_none() -> None:
    session = ImportSessionFactory(total_movies=2)
    address = shared(session, **EVERYTHING)
    link = ShareLink.objects.get()
    assert "No film here" in all_of(address, link)
    MovieFactory(session=session, title="Waiting for TMDB")
    assert "Waiting for TMDB" in all_of(address, link)
    assert Client().get(f"{address}preview.png").status_code == 200


def test_who_comes_by_a_link_sees_nothing_of_the_installation(
    owner: Client, session: ImportSession, settings: Any
) -> None:
    from dataclasses import replace

    settings.TMDB = replace(settings.TMDB, token="")
    assert "TMDB_TOKEN" in read("/", owner) and "Your imports" in read("/", owner)
    address = shared(session, **EVERYTHING)
    for client in (Client(), owner):
        for page in PAGES:
            html = read(address + page, client)
            assert not [one for one in ("TMDB_TOKEN", "Your imports", "Sign in", "Sign out", "Settings") if one in html]
            assert 'class="brand"' in html


def test_a_name_is_text(session: ImportSession) -> None:
    name = '"><script>alert(1)</script>'
    html = read(shared(session, shows_films=True, name=name))
    assert name not in html
    assert f'<meta property="og:title" content="{escape(name)}">' in html


def test_more_films_make_no_more_queries(
    session: ImportSession, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    address = shared(session, **EVERYTHING)
    all_of(address, ShareLink.objects.get())  # the statistics are computed once
    counted = {page: queries_of(address + page, django_assert_max_num_queries) for page in PAGES}
    for n in range(30):
        movie = MovieFactory(session=session, title=f"More {n}", matched=True, rating=Decimal("4.0"))
        ViewingFactory(movie=movie, review="More words", watched_on=date(2020, 1, 1))
    assert {page: queries_of(address + page, django_assert_max_num_queries) for page in PAGES} == counted
    assert max(counted.values()) <= 8


def queries_of(address: str, at_most: DjangoAssertNumQueries) -> int:
    with at_most(20) as asked:
        read(address)
    return len(asked)


# The picture


def picture(address: str) -> Image.Image:
    answer = Client().get(f"{address}preview.png")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    opened = Image.open(BytesIO(answer.content))
    opened.load()
    assert (opened.format, opened.size) == ("PNG", (1200, 630))
    return opened.convert("RGB")


@pytest.mark.parametrize("shows", [{"shows_films": True}, {"shows_statistics": True}, EVERYTHING])
def test_a_picture_is_drawn_without_posters(session: ImportSession, shows: dict[str, bool]) -> None:
    Movie.objects.filter(title="Zulu").update(title="映画" * 40)
    assert len(picture(shared(session, **shows, name="Надзор 映画 \u202e " + "W" * 80)).getcolors(1 << 24) or ()) > 5


def test_a_page_names_its_picture(session: ImportSession) -> None:
    address = shared(session, **EVERYTHING, name="Mine")
    html = read(address)
    assert f'<meta property="og:image" content="http://testserver{address}preview.png">' in html
    assert '<meta property="og:title" content="Mine">' in html
    assert '<meta property="og:description" content="3 films · ' in html
    assert '<meta name="twitter:card" content="summary_large_image">' in html


def test_the_owner_downloads_the_picture(owner: Client, session: ImportSession) -> None:
    address = shared(session, **EVERYTHING)
    (source,) = re.findall(r'href="(/imports/[^"]*preview.png)" download', read(f"/imports/{session.pk}/share/", owner))
    assert owner.get(source).content == Client().get(f"{address}preview.png").content


def test_posters_come_from_tmdb_once(session: ImportSession, settings: Any) -> None:
    for movie in session.movies.select_related("tmdb_movie"):
        assert movie.tmdb_movie is not None
        movie.tmdb_movie.poster_path = f"/{movie.title}.jpg"
        movie.tmdb_movie.save()
    address = shared(session, shows_films=True)
    drawn = picture(address)
    caches["pictures"].clear()
    with TmdbServer() as server:
        settings.TMDB = _tmdb_at(settings, server.image_url)
        assert picture(address) != drawn
    assert picture(address) != drawn  # kept: TMDB is gone
    assert caches["pictures"].get("poster-w185-Moon.jpg")
    link = ShareLink.objects.get()
    link.name = "Another name"
    link.save()
    before, after = caches["pictures"].get(f"preview-{link.pk}"), picture(address)
    assert after != Image.open(BytesIO(before[1])).convert("RGB")


HOSTILE = {
    "no picture": b"<html>captive portal</html>",
    "cut off": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0",
    "a bomb": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xff\0\0\xff\xff\x08\x02\0\0\0\x7f\x12\x9b\x6a",
    "another kind": b"GIF89a\x01\0\x01\0\0\0\0;",
    "nothing": b"",
}


@pytest.mark.parametrize("image", HOSTILE.values(), ids=HOSTILE)
def test_a_poster_that_is_none_is_drawn(image: bytes) -> None:
    poster = Poster("Alien", 1979, "/a.jpg")
    asked = Picture("Mine", (("1", "film"),), (poster,))
    assert draw(asked, {"/a.jpg": image}) == draw(asked, {})


def test_too_large_a_poster_is_drawn() -> None:
    file = BytesIO()
    Image.new("L", (TALLEST + 1, 1)).save(file, "PNG")
    asked = Picture("", (), (Poster("Alien", 1979, "/a.jpg"),))
    assert draw(asked, {"/a.jpg": file.getvalue()}) == draw(asked, {})


@pytest.mark.parametrize(
    "path", ["//evil.example/a.jpg", "/../../secret.jpg", "/a.jpg?x", "/a.svg", "a.jpg", "/a b.jpg"]
)
def test_only_posters_are_asked_for(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "get", lambda *args, **kwargs: pytest.fail("asked"))
    assert images.posters([path], "w185", 1) == {}


def test_a_poster_that_never_ends_is_given_up(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with TmdbServer() as server:
        settings.TMDB = _tmdb_at(settings, server.image_url)
        assert set(images.posters(["/a.jpg"], "w185", 5)) == {"/a.jpg"}
        monkeypatch.setattr(images, "MOST_BYTES", 10)
        assert images.posters(["/b.jpg"], "w185", 5) == {}


def test_a_host_that_never_answers_keeps_nobody_waiting(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.TMDB = _tmdb_at(settings, f"http://127.0.0.1:{silent.getsockname()[1]}")
        started = time.monotonic()
        assert images.posters([f"/{n}.jpg" for n in range(12)], "w185", 0.3) == {}
        assert time.monotonic() - started < 1


def test_more_links_make_no_more_queries(
    owner: Client, session: ImportSession, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    counted = []
    for _ in range(2):
        shared(session, **EVERYTHING)
        with django_assert_max_num_queries(8) as asked:
            read(f"/imports/{session.pk}/share/", owner)
        counted.append(len(asked))
    assert counted[0] == counted[1]
