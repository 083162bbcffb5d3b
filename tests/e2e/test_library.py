"""One history in a real browser: a diary comes in, then a stream's history through its review, a question is answered,
the import is undone, and the library is again what it was."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.exports import BASE, DIARY, csv_bytes, entry_uri, film_uri, zip_bytes
from tests.instance import Instance
from tests.prime_exports import Watch, script_3
from tests.tmdb_films import generated_films

PASSWORD = "a-long-pass-for-tests"
SAME_DAY, A_CLOCK_AWAY, DAYS_LATER, ONLY_WRITTEN, ONLY_STREAMED = (film["title"] for film in generated_films(5))
WRITTEN = {SAME_DAY: "2024-05-10", A_CLOCK_AWAY: "2024-05-11", DAYS_LATER: "2024-05-13", ONLY_WRITTEN: "2024-05-14"}
STREAMED = {
    ONLY_STREAMED: datetime(2024, 5, 20, 20, tzinfo=UTC),
    A_CLOCK_AWAY: datetime(2024, 5, 12, 3, tzinfo=UTC),
    SAME_DAY: datetime(2024, 5, 10, 20, tzinfo=UTC),
    DAYS_LATER: datetime(2024, 5, 10, 19, tzinfo=UTC),
}


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    years = {film["title"]: film["release_date"][:4] for film in generated_films(5)}
    films = [[day, title, years[title], film_uri(n)] for n, (title, day) in enumerate(WRITTEN.items())]
    entries = [
        [day, title, years[title], entry_uri(n), "", "", "home", day] for n, (title, day) in enumerate(WRITTEN.items())
    ]
    path = tmp_path / "letterboxd-someone.zip"
    path.write_bytes(zip_bytes({"watched.csv": csv_bytes(BASE, films), "diary.csv": csv_bytes(DIARY, entries)}))
    return path


@pytest.fixture
def stream(tmp_path: Path) -> Path:
    path = tmp_path / "watch-history-export-1.csv"
    path.write_text(script_3(Watch(title, at, number=n) for n, (title, at) in enumerate(STREAMED.items())))
    return path


def films_of(page: Page, instance: Instance) -> dict[str, Any]:
    exported = json.loads(page.request.get(f"{instance.url}/library/export.json").text())
    return {film["title"]: film for film in exported["films"]}


def days_of(film: dict[str, Any]) -> list[str]:
    return [viewing["watched_date"] for viewing in film["viewings"]]


def sources_of(viewing: dict[str, Any]) -> list[str]:
    return sorted(entry["source"] for entry in viewing["told_by"])


def sign_up(page: Page, instance: Instance) -> None:
    page.goto(f"{instance.url}/accounts/signup/")
    page.get_by_label("Username").fill("someone")
    page.locator("input[type=password]").nth(0).fill(PASSWORD)
    page.locator("input[type=password]").nth(1).fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda url: "signup" not in url)


def bring_diary(page: Page, instance: Instance, diary: Path) -> None:
    page.goto(instance.url)
    page.locator("#files").set_input_files(diary)
    page.get_by_role("button", name="Import my films").click()
    page.wait_for_url("**/imports/*-*/")
    expect(page.get_by_text("All 4 films are ready")).to_be_visible(timeout=60_000)


def review_stream(page: Page, instance: Instance, stream: Path) -> str:
    page.goto(f"{instance.url}/settings/import/amazon-prime/")
    page.get_by_label("Choose your watch history").set_input_files(stream)
    page.get_by_role("button", name="Read my history").click()
    page.wait_for_url("**/imports/*-*/")
    here = page.url
    expect(page.get_by_text(f"All {len(STREAMED)} films are ready")).to_be_visible(timeout=60_000)
    page.goto(f"{here}review/")
    for number in range(1, len(STREAMED) + 1):
        expect(page.locator(".review-count")).to_contain_text(f"{number} of {len(STREAMED)}")
        page.keyboard.press("4")
    page.goto(f"{here}complete/")
    page.get_by_role("button", name="Complete the review").click()
    expect(page.get_by_role("heading", name="Your review is complete")).to_be_visible()
    return here


def test_two_histories_become_one_and_come_apart_again(
    page: Page, instance: Instance, diary: Path, stream: Path
) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_up(page, instance)
    bring_diary(page, instance, diary)
    before = films_of(page, instance)
    assert {title: days_of(film) for title, film in before.items()} == {title: [d] for title, d in WRITTEN.items()}

    here = review_stream(page, instance, stream)
    both = films_of(page, instance)
    assert set(both) == set(WRITTEN) | set(STREAMED)  # each film once
    for title in (SAME_DAY, A_CLOCK_AWAY):
        (viewing,) = both[title]["viewings"]
        assert (viewing["watched_date"], viewing["rating"]) == (WRITTEN[title], None)
        assert sources_of(viewing) == ["letterboxd", "prime_video"]
    assert days_of(both[DAYS_LATER]) == ["2024-05-10", "2024-05-13"]
    assert {film["rating"] for title, film in both.items() if title in STREAMED} == {4.0}

    page.goto(f"{instance.url}/library/")
    page.get_by_role("link", name="Perhaps the same").click()
    page.wait_for_url("**/library/perhaps/")
    expect(page.get_by_role("heading", name=DAYS_LATER)).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert days_of(films_of(page, instance)[DAYS_LATER]) == ["2024-05-13"]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name=DAYS_LATER)).to_be_visible()
    assert len(films_of(page, instance)[DAYS_LATER]["viewings"]) == 2
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Nothing to answer")).to_be_visible()

    page.goto(f"{instance.url}/library/")
    page.get_by_role("link", name=SAME_DAY).first.click()
    page.wait_for_url("**/library/films/*/")
    expect(page.locator("main")).to_contain_text("Letterboxd")
    expect(page.locator("main")).to_contain_text("Amazon Prime Video")

    page.goto(f"{here}undo/")
    page.get_by_role("button", name="Undo it").click()
    page.wait_for_url(lambda url: "undo" not in url)
    assert films_of(page, instance) == before
    assert complaints == []
