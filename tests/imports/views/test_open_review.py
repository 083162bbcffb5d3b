"""An open review where imports are listed, and on its own page while its films are being matched."""

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from imports.models import Decision, ImportSession, SessionStatus, Source
from tests.factories import ImportSessionFactory, MovieFactory, UserFactory

pytestmark = pytest.mark.django_db

LISTS = ["/imports/", "/"]


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory(username="owner"))
    return client


def review(owner: Client, *decisions: str, **fields: Any) -> ImportSession:
    """A review with a matched film for each of these."""
    films = len(decisions)
    counts = {"total_movies": films, "enriched_count": films, "matched_count": films}
    made: ImportSession = ImportSessionFactory(
        user_id=owner.session["_auth_user_id"],
        browser_key="",
        source=Source.PRIME_VIDEO,
        link_readable=False,
        **{"status": SessionStatus.COMPLETED, **counts, **fields},
    )
    for turn, decision in enumerate(decisions):
        moment = timezone.now() if decision in (Decision.ADDED, Decision.SKIPPED) else None
        MovieFactory(session=made, turn=turn, matched=True, decision=decision, decided_at=moment)
    return made


def row(owner: Client, url: str) -> str:
    """The words and links of the only import in a list."""
    page = owner.get(url).content.decode()
    rows = re.findall(r'<li class="session-row">.*?</li>', page, re.DOTALL)
    assert len(rows) == 1
    return " ".join(rows[0].split())


@pytest.mark.parametrize("url", LISTS)
def test_an_open_review_says_what_is_left_and_when_it_closes(owner: Client, url: str) -> None:
    in_half_an_hour = timezone.now() + timedelta(minutes=30)
    made = review(owner, Decision.PENDING, Decision.PENDING, Decision.ADDED, expires_at=in_half_an_hour)
    words = row(owner, url)
    assert "2 to review ·" in words
    assert "closes" in words and f"{in_half_an_hour:%H:%M}" in words
    assert re.search(rf'href="/imports/{made.pk}/review/">Continue<', words)
    assert "Done" not in words and "kept until" not in words


def test_it_closes_by_the_persons_own_clock(owner: Client) -> None:
    closes = timezone.now() + timedelta(minutes=30)
    made = review(owner, Decision.PENDING, time_zone="Asia/Tokyo", expires_at=closes)
    assert f"{closes.astimezone(ZoneInfo('Asia/Tokyo')):%H:%M}" in row(owner, "/imports/")
    later = closes + timedelta(days=2)
    ImportSession.objects.filter(pk=made.pk).update(expires_at=later)
    there = later.astimezone(ZoneInfo("Asia/Tokyo"))
    assert f"closes {there.day} {there:%b}, {there:%H:%M}" in row(owner, "/imports/")


def test_a_review_with_nothing_left_leads_to_its_end(owner: Client) -> None:
    made = review(owner, Decision.ADDED, Decision.SKIPPED, expires_at=timezone.now() + timedelta(minutes=30))
    words = row(owner, "/imports/")
    assert "Nothing left to review" in words and "Done" not in words
    assert f'href="/imports/{made.pk}/complete/">Continue<' in words


def test_a_finished_review_is_done(owner: Client) -> None:
    review(owner, Decision.ADDED, Decision.PENDING, closed_at=timezone.now())
    words = row(owner, "/imports/")
    assert "Done" in words
    assert "Continue" not in words and "to review" not in words


def test_a_review_that_is_matched_says_how_far_it_is(owner: Client) -> None:
    review(owner, Decision.PENDING, total_movies=2, status=SessionStatus.ENRICHING)
    words = row(owner, "/imports/")
    assert "Matching your films: 1/2" in words
    assert "closes" not in words and "kept until" not in words


def test_its_links_are_not_promised_until_today(owner: Client) -> None:
    made = review(owner, Decision.PENDING, expires_at=timezone.now() + timedelta(minutes=30))
    page = owner.get(f"/imports/{made.pk}/share/").content.decode()
    assert "An open review closes by itself" in page
    assert "kept: until" not in page


def test_the_steps_are_swapped_with_the_live_part(owner: Client) -> None:
    made = review(owner, Decision.PENDING, revision=3)
    url = made.get_absolute_url()
    live = owner.get(f"{url}?revision=2", headers={"HX-Request": "true"}).content.decode()
    steps = re.search(r'<ol class="wizard-steps" id="wizard-steps" hx-swap-oob="true".*?</ol>', live, re.DOTALL)
    assert steps and re.search(r'aria-current="step">Review<', steps[0])
    page = owner.get(url).content.decode()
    assert page.count('id="wizard-steps"') == 1
    assert "hx-swap-oob" not in page
