"""A Prime Video history goes through the review in a real browser: by keyboard alone, and without JavaScript."""

import re
import sqlite3
from pathlib import Path
from typing import Any

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.instance import Instance
from tests.prime_exports import history, script_3
from tests.tmdb_films import generated_films

FILMS = 30
PASSWORD = "a-long-pass-for-tests"
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
RANKINGS = "SELECT title, rating, rated_at FROM imports_ranking ORDER BY title"


@pytest.fixture
def watch_history(tmp_path: Path) -> Path:
    """Of films that the TMDB of the tests knows; each title at most once a day, most of them several times."""
    path = tmp_path / "watch-history-export-1.csv"
    titles = [film["title"] for film in generated_films(FILMS)]
    path.write_text(script_3(history(300, titles=titles)))
    return path


def rows(instance: Instance, sql: str) -> list[tuple[Any, ...]]:
    url = instance.env["DATABASE_URL"]
    if url.startswith("postgres"):
        with psycopg.connect(url) as database:
            return database.execute(sql).fetchall()
    with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
        return database.execute(sql).fetchall()


def start_review(page: Page, instance: Instance, file: Path) -> str:
    """Sign up, send the file, wait until all is matched; the import's address."""
    page.goto(f"{instance.url}/accounts/signup/")
    page.get_by_label("Username").fill("someone")
    page.locator("input[type=password]").nth(0).fill(PASSWORD)
    page.locator("input[type=password]").nth(1).fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda url: "signup" not in url)
    page.goto(f"{instance.url}/settings/import/amazon-prime/")
    page.get_by_label("Choose your watch history").set_input_files(file)
    page.get_by_role("button", name="Read my history").click()
    page.wait_for_url("**/imports/*-*/")
    return page.url


def wait_until_matched(page: Page) -> None:
    expect(page.get_by_text(f"All {FILMS} films are ready")).to_be_visible(timeout=60_000)


def expect_count(page: Page, count: str) -> None:
    expect(page.locator(".review-count")).to_contain_text(re.compile(count.replace(", ", r"\s*")))


def test_twenty_films_by_keyboard_alone(page: Page, instance: Instance, watch_history: Path) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.extend([message.text] if message.type == "error" else []))
    here = start_review(page, instance, watch_history)
    wait_until_matched(page)
    page.get_by_role("link", name="Start review").focus()
    page.keyboard.press("Enter")
    given = {}
    for number in range(1, 21):
        expect_count(page, f"{number} of {FILMS}, {number - 1} added, 0 skipped")
        title = page.locator("#review h1:visible").evaluate("heading => heading.firstChild.textContent.trim()")
        given[title] = number % 5 + 1
        page.keyboard.press(str(number % 5 + 1))
    expect_count(page, f"21 of {FILMS}, 20 added, 0 skipped")
    page.keyboard.press("u")
    expect_count(page, f"20 of {FILMS}, 19 added, 0 skipped")
    del given[title]
    page.keyboard.press("s")
    expect_count(page, f"21 of {FILMS}, 19 added, 1 skipped")
    assert {title: float(rating) for title, rating, _ in rows(instance, RANKINGS)} == given
    page.get_by_role("link", name="Finish").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Complete the review").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your review is complete")).to_be_visible()
    page.goto(f"{here}undo/")
    page.get_by_role("button", name="Undo it").click()
    expect(page.get_by_text("19 films were taken back")).to_be_visible()
    assert rows(instance, RANKINGS) == []
    assert rows(instance, "SELECT * FROM imports_movie") == []
    assert complaints == []


def test_keys_do_nothing_while_typing_or_with_a_modifier(page: Page, instance: Instance, watch_history: Path) -> None:
    here = start_review(page, instance, watch_history)
    wait_until_matched(page)
    page.goto(f"{here}review/")
    page.keyboard.press("Control+s")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#search-q")).to_be_focused()
    page.keyboard.type("us5")
    expect(page.locator("#search-q")).to_have_value("us5")
    expect_count(page, f"1 of {FILMS}, 0 added, 0 skipped")
    wanted = generated_films(200)[-1]["title"]
    page.locator("#search-q").fill(wanted)
    page.keyboard.press("Enter")
    page.get_by_role("button", name=wanted).click()
    expect(page.locator("#review h1:visible")).to_contain_text(wanted)
    expect(page.locator("#review h1:visible")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#review h1:visible")).not_to_contain_text(wanted)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("5")
    expect_count(page, f"2 of {FILMS}, 1 added, 0 skipped")
    assert [title for title, *_ in rows(instance, RANKINGS)] == [wanted]


def test_the_last_minutes_are_counted(page: Page, instance: Instance, watch_history: Path) -> None:
    here = start_review(page, instance, watch_history)
    wait_until_matched(page)
    page.clock.install()
    page.goto(f"{here}review/")
    expect(page.locator(".clock")).to_be_hidden()
    page.clock.fast_forward(26 * 60 * 1000)
    expect(page.locator(".clock")).to_contain_text("This review closes in")


def test_the_review_works_without_javascript(browser: Any, instance: Instance, watch_history: Path) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    here = start_review(page, instance, watch_history)
    for _ in range(100):
        if page.get_by_text(f"All {FILMS} films are ready").count():
            break
        page.wait_for_timeout(200)
        page.goto(here)
    page.get_by_role("link", name="Start review").click()
    page.get_by_role("radio", name="4 stars").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect_count(page, f"2 of {FILMS}, 1 added, 0 skipped")
    page.get_by_role("button", name="Skip").click()
    expect_count(page, f"3 of {FILMS}, 1 added, 1 skipped")
    page.get_by_role("button", name="Undo").click()
    expect_count(page, f"2 of {FILMS}, 1 added, 0 skipped")
    assert [float(rating) for _, rating, _ in rows(instance, RANKINGS)] == [4]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_review_pages_fit_the_screen_and_axe_finds_nothing_serious(
    page: Page, instance: Instance, size: dict[str, int], watch_history: Path
) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    here = start_review(page, instance, watch_history)
    wait_until_matched(page)
    page.goto(f"{here}review/")
    page.keyboard.press("4")
    expect_count(page, f"2 of {FILMS}, 1 added, 0 skipped")
    for part in ("", "review/", "review/all/", "review/search/?q=the", "titles/", "complete/", "undo/"):
        page.goto(f"{here}{part}")
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, part
        page.wait_for_load_state()  # or what axe sees lacks its style sheets
        faults = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
        assert faults == [], (part, [(fault["id"], fault["nodes"][0]["html"]) for fault in faults])
