"""The whole way, as a person goes it: a real browser, a real server, a real cluster, TMDB over HTTP."""

import json
import os
import signal
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import ConsoleMessage, Page, expect

from enrichment.work.engine import HANDS
from tests.exports import letterboxd_zip
from tests.instance import Instance, wait_for
from tests.tmdb_films import generated_films
from tests.tmdb_server import TmdbServer

FILMS = 120
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1440, "height": 900}


def export(count: int, tmp_path: Path) -> Path:
    """An export of films that the TMDB of the tests knows, and of a liked one that it does not."""
    titles = [(film["title"], int(film["release_date"][:4])) for film in generated_films(count)]
    path = tmp_path / "letterboxd-someone-2026-11-20-10-00-utc.zip"
    path.write_bytes(letterboxd_zip(count, titles=titles))
    return path


def status(page: Page, instance: Instance) -> dict[str, Any]:
    session_id = page.url.split("/imports/")[1].split("/")[0]
    with urllib.request.urlopen(f"{instance.url}/api/session/{session_id}") as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def upload(page: Page, instance: Instance, path: Path) -> None:
    page.goto(instance.url)
    page.get_by_label("Choose your export").set_input_files(path)
    page.get_by_role("button", name="Import my films").click()
    page.wait_for_url("**/imports/*-*/")


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console complains of: a script that fails, a style that the CSP blocks."""
    found: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            found.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_an_export_becomes_a_film_list(page: Page, instance: Instance, tmp_path: Path, complaints: list[str]) -> None:
    upload(page, instance, export(FILMS, tmp_path))
    expect(page.get_by_text("films are ready")).to_be_visible(timeout=60_000)
    now = status(page, instance)
    assert now["status"] == "completed"
    assert now["enriched_count"] == now["total_movies"] >= FILMS
    page.get_by_role("link", name="See your films").click()
    expect(page.locator("#movies .card")).to_have_count(48)
    page.locator("#movies .card a").first.click()
    expect(page.get_by_text("Di Rector").first).to_be_visible()
    assert complaints == []


def test_a_live_page_survives_a_reload(page: Page, instance: Instance, tmp_path: Path, slow_tmdb: TmdbServer) -> None:
    slow_tmdb.latency = 0.2
    upload(page, instance, export(60, tmp_path))
    expect(page.locator(".newest li").first).to_be_visible(timeout=10_000)
    page.reload()
    before = status(page, instance)["enriched_count"]
    slow_tmdb.latency = 0.0
    expect(page.get_by_text("films are ready")).to_be_visible(timeout=60_000)
    assert status(page, instance)["enriched_count"] > before


def test_the_page_says_that_tmdb_is_down_and_goes_on_by_itself(
    page: Page, instance: Instance, tmp_path: Path, slow_tmdb: TmdbServer
) -> None:
    slow_tmdb.fail = "down"
    upload(page, instance, export(20, tmp_path))
    expect(page.get_by_text("TMDB has not answered")).to_be_visible(timeout=30_000)
    slow_tmdb.fail = "none"
    expect(page.get_by_text("films are ready")).to_be_visible(timeout=60_000)
    assert status(page, instance)["matched_count"] == 20


def test_a_killed_cluster_loses_and_doubles_nothing(
    page: Page, instance: Instance, tmp_path: Path, slow_tmdb: TmdbServer
) -> None:
    slow_tmdb.latency = 0.05
    upload(page, instance, export(FILMS, tmp_path))
    wait_for(lambda: status(page, instance)["enriched_count"] > 5, "a few films")
    for pid in instance.clusters():
        os.kill(pid, signal.SIGKILL)
    expect(page.get_by_text("films are ready")).to_be_visible(timeout=90_000)
    now = status(page, instance)
    assert now["enriched_count"] == now["total_movies"]
    assert now["matched_count"] == FILMS
    assert slow_tmdb.record.repeated <= HANDS * settings.CLUSTER_WORKERS  # at most what was in flight when it died


def test_a_killed_instance_goes_on_where_it_was_when_it_is_started_again(
    page: Page, instance: Instance, tmp_path: Path, slow_tmdb: TmdbServer
) -> None:
    slow_tmdb.latency = 0.05
    upload(page, instance, export(FILMS, tmp_path))
    wait_for(lambda: status(page, instance)["enriched_count"] > 5, "a few films")
    clusters = instance.clusters()
    instance.stop(signal.SIGKILL)
    for pid in clusters:
        os.killpg(pid, signal.SIGKILL)
    wait_for(lambda: not is_up(instance), "the old web server to end")
    instance.start()
    page.reload()
    expect(page.get_by_text("films are ready")).to_be_visible(timeout=90_000)
    now = status(page, instance)
    assert now["enriched_count"] == now["total_movies"]
    assert now["matched_count"] == FILMS


def is_up(instance: Instance) -> bool:
    try:
        return bool(urllib.request.urlopen(f"{instance.url}/health").status)
    except OSError:
        return False


def test_stopping_leaves_no_process_behind(instance: Instance) -> None:
    groups = instance.clusters()
    assert groups
    instance.stop(signal.SIGINT)
    for group in groups:
        with pytest.raises(ProcessLookupError):
            os.killpg(group, 0)
    assert not is_up(instance)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_pages_fit_the_screen_and_axe_finds_nothing_serious(
    page: Page, instance: Instance, size: dict[str, int], tmp_path: Path, complaints: list[str]
) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    upload(page, instance, export(12, tmp_path))
    expect(page.get_by_text("films are ready")).to_be_visible(timeout=60_000)
    here = page.url
    for address in ("/", "/imports/", here, f"{here}films/", f"{here}films/?view=table", f"{here}report/", "/nowhere/"):
        page.goto(address if address.startswith("http") else instance.url + address)
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, address
        page.wait_for_load_state()  # or what axe sees lacks its style sheets
        faults = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
        assert faults == [], (address, [(fault["id"], fault["nodes"][0]["html"]) for fault in faults])
    assert [text for text in complaints if "404" not in text] == []


def test_the_way_works_without_javascript(browser: Any, instance: Instance, tmp_path: Path) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    upload(page, instance, export(12, tmp_path))
    wait_for(lambda: status(page, instance)["status"] == "completed", "the import")
    page.reload()
    page.get_by_role("link", name="See your films").click()
    expect(page.locator("#movies .card").first).to_be_visible()


def test_a_refused_file_gets_a_sentence_and_leaves_nothing(page: Page, instance: Instance, tmp_path: Path) -> None:
    wrong = tmp_path / "letterboxd.zip"
    wrong.write_bytes(b"this is not a ZIP")
    page.goto(instance.url)
    page.get_by_label("Choose your export").set_input_files(wrong)
    page.get_by_role("button", name="Import my films").click()
    expect(page.get_by_role("alert")).to_contain_text("letterboxd.zip")
    page.goto(f"{instance.url}/imports/")
    assert page.locator(".sessions li").count() == 0
