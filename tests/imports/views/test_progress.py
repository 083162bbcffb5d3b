"""The import page and its live part."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enrichment.models import TitleLookup, TmdbService
from imports.models import ImportSession, SessionStatus
from imports.sessions.progress import pace
from tests.factories import ImportSessionFactory, MovieFactory, TmdbMovieFactory, UserFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _twenty_a_second(settings: Any) -> None:
    settings.TMDB = replace(settings.TMDB, rate_count=20, rate_seconds=1)


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory(username="owner"))
    return client


@pytest.fixture
def session(owner: Client) -> ImportSession:
    user = owner.session["_auth_user_id"]
    made: ImportSession = ImportSessionFactory(user_id=user, browser_key="", total_movies=1200, revision=7)
    MovieFactory(session=made, matched=True, title="Yi Yi", year=2000, tmdb_movie__poster_path="/yiyi.jpg")
    ImportSession.objects.update(enriched_count=300, matched_count=280, unsure_count=12, unmatched_count=8)
    return made


def get(client: Client, session: ImportSession, query: str = "", **headers: str) -> str:
    answer = client.get(session.get_absolute_url() + query, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_shows_how_far_it_is_and_polls(owner: Client, session: ImportSession) -> None:
    page = get(owner, session)
    assert "<b>300</b> of 1,200" in page
    assert f'hx-get="{session.get_absolute_url()}?revision=7"' in page and 'hx-trigger="every 2s"' in page
    assert "films/?status=unsure" in page
    assert "/w185/yiyi.jpg" in page  # the newest match
    assert '<meta name="robots" content="noindex">' in page


def test_a_poll_gets_only_the_live_part(owner: Client, session: ImportSession) -> None:
    live = get(owner, session, **HTMX)
    assert 'id="import-progress"' in live and "<html" not in live


def test_htmx_restoring_its_history_gets_the_page(owner: Client, session: ImportSession) -> None:
    assert "<html" in get(owner, session, **HTMX, **{"HX-History-Restore-Request": "true"})


def test_a_poll_that_would_change_nothing_gets_nothing(owner: Client, session: ImportSession) -> None:
    address = f"{session.get_absolute_url()}?revision=7"
    assert owner.get(address, headers=HTMX).status_code == 204
    ImportSession.objects.update(revision=8)
    assert owner.get(address, headers=HTMX).status_code == 200


def test_a_poll_is_no_access_but_the_page_is(owner: Client, session: ImportSession) -> None:
    long_ago = timezone.now() - timedelta(days=3)
    ImportSession.objects.update(last_accessed=long_ago)
    get(owner, session, **HTMX)
    assert ImportSession.objects.get().last_accessed == long_ago
    get(owner, session)
    assert ImportSession.objects.get().last_accessed > long_ago


def test_polling_stops_when_all_is_done(owner: Client, session: ImportSession) -> None:
    ImportSession.objects.update(
        status=SessionStatus.COMPLETED, enriched_count=1200, matched_count=1180, closed_at=timezone.now()
    )
    live = get(owner, session, "?revision=7x", **HTMX)
    assert "hx-get" not in live
    assert "All 1,200 films are ready" in live


def test_time_left_follows_the_films_settled_lately(owner: Client, session: ImportSession) -> None:
    now = timezone.now()
    ImportSession.objects.update(created_at=now - timedelta(minutes=2))
    for second in range(1, 30):
        MovieFactory(session=session, matched=True, settled_at=now - timedelta(seconds=second))
    assert "about 15 minutes left" in get(owner, session)  # 900 films at 30 in 30 seconds


def test_films_that_were_known_already_make_nothing_faster(owner: Client, session: ImportSession) -> None:
    wait_for_lookups(900)
    now = timezone.now()
    ImportSession.objects.update(created_at=now - timedelta(seconds=10))
    MovieFactory.create_batch(50, session=session, matched=True, settled_at=now - timedelta(seconds=6))
    assert "about 2 minutes left" in get(owner, session)


def wait_for_lookups(count: int, first_turn: int = 0) -> None:
    TitleLookup.objects.bulk_create(
        TitleLookup(title=f"{n}", title_key=f"{first_turn} {n}", turn=first_turn + n) for n in range(count)
    )


def test_time_left_starts_from_the_allowed_rate(owner: Client, session: ImportSession) -> None:
    wait_for_lookups(900)
    assert "about 2 minutes left" in get(owner, session)  # 2 requests each, 20 a second


def test_films_that_lack_only_their_details_take_one_request(owner: Client, session: ImportSession) -> None:
    TmdbMovieFactory.create_batch(900, pending=True)
    assert "about 50 seconds left" in get(owner, session)


def test_time_left_knows_of_those_who_are_asked_before(owner: Client, session: ImportSession) -> None:
    wait_for_lookups(900)
    wait_for_lookups(1200, first_turn=1200)  # after this import's last
    assert "about 2 minutes left" in get(owner, session)
    TitleLookup.objects.filter(turn__gte=1200).update(turn=0)
    assert "about 4 minutes left" in get(owner, session)


def test_nobody_knows_the_time_left_while_nothing_moves(owner: Client, session: ImportSession) -> None:
    wait_for_lookups(900)
    long_ago = timezone.now() - timedelta(minutes=2)
    ImportSession.objects.update(created_at=long_ago)
    session.movies.update(settled_at=long_ago)
    assert " left</span>" not in get(owner, session)
    TmdbService.objects.create(answered_at=timezone.now())  # for others, who are first
    assert "about 2 minutes left" in get(owner, session)


@pytest.mark.parametrize(
    ("settled", "seconds", "expected"),
    [(0, 0, None), (1, 20, 1 / 20), (4, 19, None), (5, 19, 5 / 19), (5, 2, None), (5, 3, 5 / 3)],
)
def test_the_pace_is_told_by_enough_films_or_enough_time(settled: int, seconds: float, expected: float | None) -> None:
    assert pace(settled, seconds) == expected


def test_the_page_says_that_tmdb_is_down_and_polls_hear_of_it(owner: Client, session: ImportSession) -> None:
    ImportSession.objects.update(time_zone="Asia/Tokyo")
    since = timezone.now().replace(hour=3, minute=4)
    service = TmdbService.objects.create(down_since=since, down_reason="overloaded", retry_at=since)
    live = get(owner, session, "?revision=7", **HTMX)
    assert "TMDB has not answered since 12:04" in live and "it is overloaded" in live
    assert "goes on by itself" in live
    assert " left</span>" not in live  # nobody knows
    found = re.search(r"\?revision=([\w-]+)", live)
    assert found
    same = f"{session.get_absolute_url()}?revision={found[1]}"
    assert owner.get(same, headers=HTMX).status_code == 204
    service.delete()
    assert "TMDB has not answered" not in get(owner, session, f"?revision={found[1]}", **HTMX)


def test_a_failed_import_says_why(owner: Client, session: ImportSession) -> None:
    ImportSession.objects.update(status=SessionStatus.FAILED, error_message="The disk is full.")
    assert "The disk is full." in get(owner, session)


def test_a_reader_with_the_link_sees_no_report_and_can_delete_nothing(session: ImportSession) -> None:
    page = get(Client(), session)
    assert "report/" not in page and "delete/" not in page
    assert "A film history" in page


def test_a_poll_asks_the_same_number_of_queries_however_many_films(
    owner: Client, session: ImportSession, django_assert_num_queries: Any
) -> None:
    now = timezone.now()
    ImportSession.objects.update(created_at=now - timedelta(minutes=2))
    for second in range(30):
        MovieFactory(session=session, matched=True, settled_at=now - timedelta(seconds=second))
    with django_assert_num_queries(7):  # standing, cookie, user, import, rate, newest matches, what is left
        get(owner, session, "?revision=1", **HTMX)


def browser_of(session: ImportSession) -> Client:
    """The one that brought it, without an account."""
    ImportSession.objects.filter(pk=session.pk).update(user=None, browser_key="its-key")
    client = Client()
    kept = client.session
    kept["browser_key"] = "its-key"
    kept.save()
    return client


@pytest.mark.parametrize("who", ["owner", "browser", "reader"])
def test_a_poll_that_would_change_nothing_reads_one_row_whoever_asks(
    who: str, owner: Client, session: ImportSession, django_assert_num_queries: Any
) -> None:
    client = {"owner": owner, "reader": Client()}.get(who) or browser_of(session)
    with django_assert_num_queries(1):
        answer = client.get(f"{session.get_absolute_url()}?revision=7", headers=HTMX)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Cookie" not in answer["Vary"]


def test_a_poll_hears_of_each_change_at_tmdb(owner: Client, session: ImportSession) -> None:
    now, mark = timezone.now(), "7"
    states: list[dict[str, Any]] = [
        {"down_since": now, "down_reason": "overloaded", "retry_at": now},
        {"down_since": now, "down_reason": "overloaded", "retry_at": now + timedelta(seconds=5)},
        {"down_since": now, "down_reason": "key", "retry_at": now + timedelta(seconds=5)},
        {"down_since": None, "down_reason": "", "retry_at": None},
    ]
    for state in states:
        TmdbService.objects.update_or_create(pk=1, defaults=state)
        found = re.search(r"\?revision=([\w-]+)", get(owner, session, f"?revision={mark}", **HTMX))
        assert found
        mark = found[1]
        assert owner.get(f"{session.get_absolute_url()}?revision={mark}", headers=HTMX).status_code == 204
    assert mark == "7"


@pytest.mark.parametrize("revision", ["?revision=7", "?revision=6", ""])
def test_a_private_import_is_polled_by_its_owner_only(owner: Client, session: ImportSession, revision: str) -> None:
    ImportSession.objects.update(link_readable=False)
    stranger = Client()
    stranger.force_login(UserFactory())
    address = session.get_absolute_url() + revision
    for client in (Client(), stranger):
        assert client.get(address, headers=HTMX).status_code == 404
    assert owner.get(address, headers=HTMX).status_code == (204 if revision == "?revision=7" else 200)
    assert browser_of(session).get(address, headers=HTMX).status_code == (204 if revision == "?revision=7" else 200)
    assert owner.get(address, headers=HTMX).status_code == 404  # it is the browser's now


def test_a_poll_of_an_expired_import_is_told_to_its_owner(owner: Client, session: ImportSession) -> None:
    ImportSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for client in (owner, Client()):
        answer = client.get(f"{session.get_absolute_url()}?revision=7", headers=HTMX)
        assert (answer.status_code, "HX-Redirect" in answer) == (404, True)
    assert "This import has ended" in owner.get(session.get_absolute_url()).content.decode()
