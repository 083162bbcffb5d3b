"""What a person sees when a part of a page can't be had: offline, with a 500, a 403, too late. It is said, and the
control that asked goes back to what is true."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.exports import letterboxd_zip
from tests.instance import Instance
from tests.tmdb_films import generated_films

from .test_review import rows, start_review, wait_until_matched, watch_history  # noqa: F401

FILMS = 12


def gone(route: Route) -> None:
    route.abort("internetdisconnected")


def broken(route: Route) -> None:
    route.fulfill(status=500, body="<h1>Server Error</h1>", content_type="text/html")


def forbidden(route: Route) -> None:
    route.fulfill(status=403, body="<h1>CSRF</h1>", content_type="text/html")


TROUBLES: dict[str, tuple[Callable[[Route], None], str]] = {
    "offline": (gone, "Reelkeeper can't be reached"),
    "500": (broken, "something went wrong"),
    "403": (forbidden, "too old to be used"),
}


def only_parts(page: Page, trouble: Callable[[Route], None]) -> None:
    page.route("**/*", lambda route: trouble(route) if route.request.headers.get("hx-request") else route.continue_())


def expect_said(page: Page, text: str) -> None:
    toast = page.locator("#toast")
    expect(toast).to_contain_text(text)
    expect(toast).to_be_visible()
    expect(page.locator("h1:visible")).to_have_count(1)  # no page within the page


@pytest.fixture
def films(page: Page, instance: Instance, tmp_path: Path) -> str:
    """The address of an import's films."""
    path = tmp_path / "letterboxd-someone-2026-11-20-10-00-utc.zip"
    titles = [(film["title"], int(film["release_date"][:4])) for film in generated_films(FILMS)]
    path.write_bytes(letterboxd_zip(FILMS, titles=titles))
    page.goto(instance.url)
    page.get_by_label("Choose your export").set_input_files(path)
    page.get_by_role("button", name="Import my films").click()
    page.wait_for_url("**/imports/*-*/")
    expect(page.get_by_text(re.compile(r"All \d+ films are ready"))).to_be_visible(timeout=60_000)
    return page.url


@pytest.mark.parametrize("trouble", TROUBLES)
def test_lists_and_statistics_say_it_and_the_filter_goes_back(page: Page, films: str, trouble: str) -> None:
    answer, said = TROUBLES[trouble]
    for address in (f"{films}films/", f"{films}stats/"):
        page.goto(address)
        select = page.locator("form.filters select, .filters select").first
        before = select.input_value()
        other = select.locator("option").nth(1).get_attribute("value")
        assert other
        only_parts(page, answer)
        select.select_option(other)
        expect_said(page, said)
        expect(select).to_have_value(before)
        page.unroute_all()
        select.select_option(other)  # and now it comes
        expect(page).to_have_url(re.compile(r"\?"))
        expect(page.locator("#toast")).not_to_be_visible()
        expect(select).to_have_value(other)


def test_the_review_and_the_library_say_it_and_nothing_counts(
    page: Page,
    instance: Instance,
    watch_history: Path,  # noqa: F811
) -> None:
    here = start_review(page, instance, watch_history)
    wait_until_matched(page)
    for answer, said in TROUBLES.values():
        page.goto(f"{here}review/")
        page.get_by_role("heading", level=1).wait_for()
        only_parts(page, answer)
        for key in ("4", "s"):
            page.keyboard.press(key)
            expect_said(page, said)
            expect(page.locator(".rate input:checked")).to_have_count(0)
            page.locator("#toast [data-close]").click()
        page.unroute_all()
    assert rows(instance, "SELECT count(*) FROM imports_ranking") == [(0,)]
    page.keyboard.press("4")
    expect(page.locator(".review-count")).to_contain_text(re.compile(r"2\s*of"))
    page.goto(f"{instance.url}/library/diary/")
    for answer, said in TROUBLES.values():
        only_parts(page, answer)
        page.locator("[id^=viewing-] a[hx-get]").first.click()
        expect_said(page, said)
        page.locator("#toast [data-close]").click()
        page.unroute_all()


def test_who_waits_sees_it(page: Page, films: str) -> None:
    page.goto(f"{films}films/")
    held: list[Route] = []
    page.route(
        "**/*", lambda route: held.append(route) if route.request.headers.get("hx-request") else route.continue_()
    )
    select = page.locator(".filters select").first
    select.select_option(index=1)
    expect(page.locator("#loading-bar")).to_be_visible()
    for route in held:
        route.continue_()
    expect(page.locator("#loading-bar")).not_to_be_visible()


def test_a_session_that_ended_leads_to_the_sign_in_page_and_back(
    page: Page,
    instance: Instance,
    watch_history: Path,  # noqa: F811
) -> None:
    here = start_review(page, instance, watch_history)
    wait_until_matched(page)
    page.goto(f"{here}review/")
    page.context.clear_cookies()
    page.keyboard.press("s")
    page.wait_for_url("**/accounts/login/?next=*")
    expect(page.get_by_text("You've been signed out")).to_be_visible()
    page.get_by_label("Username").fill("someone")
    page.locator("input[type=password]").fill("a-long-pass-for-tests")
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/review/*")


PARTS = "main [hx-get]:not([hx-trigger^=every]):not([hx-trigger=load]), main [hx-post]"
PRESS = """(part) => {
  if (part.tagName !== "FORM") return part.click();
  part.noValidate = true;
  part.requestSubmit();
}"""


def test_every_part_of_every_page_says_it(
    page: Page,
    instance: Instance,
    films: str,
    watch_history: Path,  # noqa: F811
) -> None:
    """Of an import, a review and a library: whatever asks for a part of a page."""
    here = start_review(page, instance, watch_history)
    wait_until_matched(page)
    page.goto(f"{here}review/")
    page.keyboard.press("4")
    expect(page.locator(".review-count")).to_contain_text(re.compile(r"2\s*of"))
    own = [f"{here}review/", f"{here}review/search/", f"{here}titles/", f"{here}review/all/"]
    mine = [
        f"{instance.url}/library/{path}" for path in ("", "?view=table", "diary/", "add/", "add/?q=Amber", "stats/")
    ]
    theirs = [f"{films}{path}" for path in ("films/", "films/?view=table", "stats/", "update/")]
    pressed = set()
    for address in (instance.url, f"{instance.url}/settings/import/amazon-prime/", *own, *mine, *theirs):
        page.goto(address)
        for number in range(page.locator(PARTS).count()):
            for answer, _ in (TROUBLES["offline"], TROUBLES["500"]):
                page.goto(address)
                only_parts(page, answer)
                part = page.locator(PARTS).nth(number)
                pressed.add(part.get_attribute("hx-get") or part.get_attribute("hx-post"))
                part.evaluate(PRESS)
                said = page.locator("#toast:visible, #upload-problem .problem")
                expect(said.first).to_be_visible()
                expect(page.locator("h1:visible")).to_have_count(1)
                page.unroute_all()
    assert len(pressed) >= 12


def test_a_part_on_a_page_of_its_own_is_sent_as_a_form(
    page: Page,
    instance: Instance,
    watch_history: Path,  # noqa: F811
) -> None:
    here = start_review(page, instance, watch_history)
    wait_until_matched(page)
    page.goto(f"{here}review/search/?q=Amber")
    page.locator(".picks button").last.click()
    page.wait_for_url("**/review/*")
    expect(page.locator(".choices, .card")).not_to_have_count(0)
    assert rows(instance, "SELECT count(*) FROM imports_movie WHERE chosen_by = 'person'") == [(1,)]
