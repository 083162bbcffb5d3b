"""What a person sees in the browser when the hour's uploads are used up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.exports import letterboxd_zip
from tests.instance import Instance, installed
from tests.tmdb_server import TmdbServer


@pytest.fixture
def strict(slow_tmdb: TmdbServer, tmp_path: Path, fresh_database: str) -> Iterator[Instance]:
    with installed(tmp_path / "var", fresh_database, slow_tmdb.host_url, "200/1", UPLOADS_PER_HOUR="1") as instance:
        yield instance


def send(page: Page, instance: Instance, path: Path) -> None:
    page.goto(instance.url)
    page.get_by_label("Choose your export").set_input_files(path)
    page.get_by_role("button", name="Import my films").click()


def test_the_drop_zone_says_that_the_hour_is_full(page: Page, strict: Instance, tmp_path: Path) -> None:
    path = tmp_path / "letterboxd-someone-2026-11-20-10-00-utc.zip"
    path.write_bytes(letterboxd_zip(3))
    send(page, strict, path)
    page.wait_for_url("**/imports/*-*/")
    send(page, strict, path)
    expect(page.get_by_role("alert").get_by_text("at most 1 uploads an hour")).to_be_visible()
    expect(page.get_by_label("Choose your export")).to_be_visible()
    assert page.url == f"{strict.url}/"
