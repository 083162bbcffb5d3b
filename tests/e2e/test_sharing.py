"""A share link, opened by someone who has nothing but the link: in a fresh browser, on a phone and on a desk."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.exports import letterboxd_zip
from tests.instance import Instance
from tests.tmdb_films import generated_films

FILMS = 60
PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1440, "height": 900}
HIDDEN = re.compile(
    r"★|of 5 stars|20[012]\d-\d\d-\d\d|\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|chronicle|tag-"
)


def made_link(page: Page, instance: Instance, tmp_path: Path, *shown: str) -> str:
    """Bring an export, and make a link by the page's form, with nothing but the keyboard's way through it."""
    path = tmp_path / "letterboxd-someone-2026-11-20-10-00-utc.zip"
    titles = [(film["title"], int(film["release_date"][:4])) for film in generated_films(FILMS)]
    path.write_bytes(letterboxd_zip(FILMS, titles=titles))
    page.goto(instance.url)
    page.get_by_label("Choose your export").set_input_files(path)
    page.get_by_role("button", name="Import my films").click()
    page.wait_for_url("**/imports/*-*/")
    expect(page.get_by_text("films are ready")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Share with links").click()
    for name in ("Films", "Statistics", "Ratings", "Reviews", "Dates"):
        page.get_by_label(name, exact=True).set_checked(name in shown)
    page.get_by_label("Name of the page").fill("Films of a friend")
    expect_in_order(page)
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_text("shown only this once")).to_be_visible()
    expect_in_order(page)
    return page.get_by_label("Link to share").input_value()


def expect_in_order(page: Page) -> None:
    """Nothing that axe calls serious, nothing that has to be scrolled sideways."""
    page.wait_for_load_state()  # or what axe sees lacks its style sheets
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_friend_sees_what_was_allowed(
    page: Page, browser: Browser, instance: Instance, tmp_path: Path, size: ViewportSize
) -> None:
    page.set_viewport_size(size)
    address = made_link(page, instance, tmp_path, "Films", "Statistics")
    session_id = page.url.split("/imports/")[1].split("/")[0]
    fresh = browser.new_context(viewport=size)  # no cookie, no storage
    friend, complaints, asked = fresh.new_page(), [], []
    friend.on("console", lambda message: complaints.extend([message.text] if message.type == "error" else []))
    friend.on("pageerror", lambda error: complaints.append(str(error)))
    friend.on("request", lambda request: asked.append((request.url, request.headers.get("referer", ""))))
    friend.goto(address)
    expect(friend.get_by_role("heading", name="Films of a friend")).to_be_visible()
    expect(friend.locator(".card")).to_have_count(12)
    expect_shared(friend, session_id)
    friend.get_by_label("This page").get_by_role("link", name="Films").click()
    expect(friend.locator("#movies .card")).to_have_count(48)
    expect_shared(friend, session_id)
    friend.get_by_label("Order").select_option("year")
    friend.wait_for_url("**/films/?sort=year")
    friend.get_by_role("link", name="Next").click()
    expect(friend.locator("#movies .pages")).to_contain_text("Page 2 of 2")
    friend.get_by_role("link", name="Table").click()
    expect(friend.locator("table.films")).to_be_visible()
    expect_shared(friend, session_id)
    friend.get_by_label("This page").get_by_role("link", name="Statistics").click()
    expect(friend.get_by_role("heading", name="Who made them")).to_be_visible()
    expect_shared(friend, session_id)
    elsewhere = [(url, referer) for url, referer in asked if not url.startswith(instance.url)]
    assert not [url for url, referer in elsewhere if "/s/" in referer]  # the token goes nowhere
    assert complaints == []
    assert fresh.cookies() == []
    image = Image.open(BytesIO(fresh.request.get(f"{address}preview.png").body()))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("it leads nowhere now")).to_be_visible()
    friend.reload()
    expect(friend.get_by_text("404")).to_be_visible()
    fresh.close()


def expect_shared(friend: Page, session_id: str) -> None:
    html = friend.locator("main").evaluate("main => main.outerHTML")
    assert HIDDEN.findall(html) == []
    assert session_id not in friend.content()
    assert friend.locator("meta[name=robots]").get_attribute("content") == "noindex, nofollow"
    expect_in_order(friend)
