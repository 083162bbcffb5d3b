"""The diary: what is on it, in which order, filtered, and how many questions it asks the database."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrichment.models import TmdbMovie
from imports.library import viewings
from imports.models import Decision, LibraryViewing, Movie, Source
from imports.reconciling import keeping
from tests.factories import TmdbMovieFactory, UserFactory
from tests.imports.library.telling import import_of, told

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
DIARY = "/library/diary/"
MAY = date(2024, 5, 10)


@pytest.fixture
def person(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def diary(person: User) -> User:
    """Heat in May and, again, in June; Ronin in May of another year, without a rating; Alien without a day."""
    session = import_of(person)
    told(session, "Heat", MAY, date(2024, 6, 1), rating=Decimal("4.5"), tags=["bank job"], review="So <b>good</b>.")
    told(session, "Ronin", date(2023, 5, 2))
    told(session, "Alien")
    return person


def page(client: Client, query: str = "", **more: Any) -> str:
    answer = client.get(f"{DIARY}{query}", **more)
    assert answer.status_code == 200
    return answer.content.decode()


def entries(html: str) -> list[str]:
    return re.findall(r'<h3><a href="/library/films/\d+/"><bdi>(.*?)</bdi>', html)


def headings(html: str) -> list[str]:
    return [" ".join(re.sub("<.*?>", " ", heading).split()) for heading in re.findall(r"<h2>(.*?)</h2>", html, re.S)]


def test_viewings_stand_by_day_and_month_the_newest_first(client: Client, diary: User) -> None:
    html = page(client)
    assert entries(html) == ["Heat", "Heat", "Ronin"]
    assert headings(html) == ["June 2024 1 viewing", "May 2024 1 viewing", "May 2023 1 viewing"]
    assert html.index('datetime="2024-06-01"') < html.index('datetime="2024-05-10"') < html.index("2023-05-02")
    assert "★★★★½" in html and "bank job" in html and "Letterboxd" in html


def test_a_review_is_there_folded_and_without_its_html(client: Client, diary: User) -> None:
    html = page(client)
    assert html.count("<details") == 2 and "<details open" not in html
    assert "<p>So good.</p>" in html


def test_two_sources_of_a_viewing_are_both_named(client: Client, diary: User) -> None:
    review = import_of(diary, Source.PRIME_VIDEO)
    heat = TmdbMovie.objects.get(title="Heat")
    told(review, heat, MAY)
    Movie.objects.filter(session=review).update(decision=Decision.ADDED, decided_at=timezone.now())
    keeping.recompute(diary)
    assert "Letterboxd · Amazon Prime Video" in page(client)
    assert entries(page(client, "?source=prime_video")) == ["Heat"]
    assert entries(page(client, "?source=person")) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?year=2024", ["Heat", "Heat"]),
        ("?month=2024-05", ["Heat"]),
        ("?month=2024-05&year=2023", ["Heat"]),
        ("?month=2022-05", []),
        ("?rated=yes", ["Heat", "Heat"]),
        ("?rated=no", ["Ronin"]),
        ("?source=letterboxd", ["Heat", "Heat", "Ronin"]),
        ("?q=hEAT", ["Heat", "Heat"]),
        ("?q=bank+job", ["Heat", "Heat"]),
        ("?q=heat+ronin", []),
        ("?undated=on", ["Alien"]),
        ("?undated=on&q=heat", []),
        ("?source=x&rated=x&month=x&year=2024-13&page=x", ["Heat", "Heat", "Ronin"]),  # what makes no sense
    ],
)
def test_the_diary_is_filtered(client: Client, diary: User, query: str, expected: list[str]) -> None:
    assert entries(page(client, query)) == expected


def test_years_and_months_are_there_to_jump_to(client: Client, diary: User) -> None:
    html = page(client, "?rated=yes")
    assert 'href="?rated=yes&amp;year=2024"' in html and "year=2023" not in html
    assert "month=" not in html
    assert 'href="?rated=yes&amp;month=2024-05"' in page(client, "?rated=yes&year=2024")
    html = page(client, "?month=2023-05")
    assert 'href="?month=2023-05" aria-current="true"' in html and 'href="?year=2024"' in html
    assert "month=2024-05" not in html  # the months of the year that is looked at


def test_viewings_without_a_day_are_at_the_end_on_their_own(client: Client, diary: User) -> None:
    html = page(client)
    assert 'href="?undated=on"' in html and "1 viewing without a day" in html
    assert headings(page(client, "?undated=on")) == ["Without a day"]
    assert entries(page(client, "?undated=on")) == ["Alien"]


def test_the_count_of_a_month_is_of_the_whole_month(client: Client, person: User) -> None:
    told(import_of(person), "Heat", *(date(2024, 5, 1) + timedelta(days=n % 31) for n in range(60)))
    first, second = page(client), page(client, "?page=2")
    assert len(entries(first)) == 50 and len(entries(second)) == 10
    assert headings(first) == headings(second) == ["May 2024 60 viewings"]
    assert 'href="?page=2"' in first


def test_htmx_gets_the_viewings_alone_and_a_short_address(client: Client, diary: User) -> None:
    answer = client.get(f"{DIARY}?q=heat&source=&rated=", headers=HTMX)
    assert "<html" not in answer.content.decode() and entries(answer.content.decode()) == ["Heat", "Heat"]
    assert answer["HX-Push-Url"] == f"{DIARY}?q=heat"


def test_an_empty_diary_says_how_to_fill_it(client: Client, person: User) -> None:
    assert "Your diary is empty" in page(client)
    assert "No viewings match" in page(client, "?q=heat")


def test_nobody_sees_the_diary_of_another(client: Client, diary: User) -> None:
    told(import_of(UserFactory()), "Theirs", MAY)
    assert "Theirs" not in page(client)


def test_the_diary_asks_at_most_ten_questions_for_any_size(client: Client, person: User) -> None:
    def asked() -> int:
        page(client)
        with CaptureQueriesContext(connection) as queries:
            page(client)
        return len(queries)

    session = import_of(person)
    told(session, "Heat", MAY, review="Good.")
    viewings.add(person, TmdbMovieFactory(done=True).pk, {"watched_on": MAY, "review": "Mine."}, today=MAY)
    few = asked()
    for n in range(20):
        told(session, f"Film {n}", MAY - timedelta(days=n), review=f"Review {n}", tags=["x"])
    assert asked() == few <= 10
    assert LibraryViewing.objects.count() == 22
