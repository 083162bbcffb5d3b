"""The statistics in a real browser: they fit, their charts are drawn under the CSP, and nothing depends on scripts."""

from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from imports.models import HandViewing, ImportSession, SessionStatus
from imports.reconciling import keeping
from imports.sharing.links import make_link
from tests.factories import ImportSessionFactory, MovieFactory, UserFactory, ViewingFactory
from tests.histories import fill

pytestmark = pytest.mark.django_db(transaction=True)

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture
def session() -> ImportSession:
    made: ImportSession = ImportSessionFactory(user=UserFactory(), browser_key="", status=SessionStatus.COMPLETED)
    return made


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console complains of: a script that fails, a style that the CSP blocks."""
    found: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            found.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.route("**/image.tmdb.org/**", lambda route: route.fulfill(status=204))
    return found


def sign_in(context: BrowserContext, session: ImportSession, live_server: Any) -> None:
    client = Client()
    assert session.user is not None
    client.force_login(session.user)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])


def stats(live_server: Any, session: ImportSession, rest: str = "") -> str:
    return f"{live_server.url}{session.get_absolute_url()}stats/{rest}"


def look_for_faults(page: Page) -> None:
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide <= 0, page.url
    page.wait_for_load_state()  # or what axe sees lacks its style sheets
    faults = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert faults == [], (page.url, [(fault["id"], fault["nodes"][0]["html"]) for fault in faults])


@SIZES
@pytest.mark.parametrize(("films", "charts"), [(0, 0), (1, 0), (20, 1), (3000, 3)])
def test_statistics_fit_the_screen_and_their_charts_are_drawn(
    page: Page,
    live_server: Any,
    session: ImportSession,
    size: dict[str, int],
    films: int,
    charts: int,
    complaints: list[str],
) -> None:
    fill(session, films)
    sign_in(page.context, session, live_server)
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(stats(live_server, session))
    expect(page.locator("h1")).to_have_text("Your statistics")
    expect(page.locator("canvas:visible")).to_have_count(charts)
    assert page.evaluate(
        "[...document.querySelectorAll('canvas')].every(isDrawn)\nfunction isDrawn(canvas) {"
        "return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean) }"
    )
    look_for_faults(page)
    if films:
        page.goto(stats(live_server, session, "2025/"))
        expect(page.locator("h1")).to_have_text("2025 in review")
        look_for_faults(page)
        page.goto(f"{live_server.url}{session.get_absolute_url()}films/?seen=on&watched=2025&genre=Drama&tag=home")
        look_for_faults(page)
    assert complaints == []


@SIZES
def test_the_statistics_of_a_library_and_its_shared_page_fit_the_screen(
    page: Page, live_server: Any, session: ImportSession, size: dict[str, int], complaints: list[str]
) -> None:
    user = session.user
    assert user is not None
    fill(session, 200)
    for movie in session.movies.filter(turn__lt=30, outcome="matched")[:20]:
        HandViewing.objects.create(user=user, tmdb_movie_id=movie.tmdb_movie_id or 0, watched_on=movie.watched_on)
    keeping.recompute(user)
    sign_in(page.context, session, live_server)
    page.set_viewport_size(size)  # type: ignore[arg-type]
    library = f"{live_server.url}/library/stats/"
    page.goto(library)
    expect(page.locator("h1")).to_have_text("Your library in numbers")
    expect(page.locator("#stats-sources")).to_contain_text("By hand")
    expect(page.locator("canvas:visible")).to_have_count(2)
    look_for_faults(page)
    page.goto(f"{library}2025/")
    expect(page.locator("h1")).to_have_text("2025 in review")
    look_for_faults(page)
    _, token = make_link(user, name="", shows={"shows_dates": True, "shows_reviews": True}, expires_at=None)
    for part in ("", "films/?view=table", "reviews/", "stats/"):
        page.goto(f"{live_server.url}/s/{token}/{part}")
        look_for_faults(page)
    assert complaints == []


def test_a_filter_swaps_the_figures_and_draws_the_charts_anew(
    page: Page, live_server: Any, session: ImportSession, complaints: list[str]
) -> None:
    fill(session, 400)
    sign_in(page.context, session, live_server)
    page.goto(stats(live_server, session))
    films = page.locator(".numbers .number").first
    expect(films).to_have_text("400")
    page.get_by_label("Watched in").select_option("2025")
    expect(films).not_to_have_text("400")
    expect(page).to_have_url(stats(live_server, session, "?year=2025"))
    expect(page.locator("canvas:visible").first).to_be_visible()
    told = films.inner_text()
    films.get_by_role("link").click()
    expect(page.get_by_text(f"{told} films", exact=True)).to_be_visible()
    page.get_by_role("link", name="Watched: 2025").click()
    expect(page.get_by_text("400 films", exact=True)).to_be_visible()
    assert complaints == []


def test_a_refresh_keeps_what_was_opened_and_ends_when_all_is_known(
    page: Page, live_server: Any, session: ImportSession, complaints: list[str]
) -> None:
    fill(session, 60)
    ImportSession.objects.update(status=SessionStatus.ENRICHING, total_movies=100)
    sign_in(page.context, session, live_server)
    page.clock.install()
    page.goto(stats(live_server, session))
    expect(page.get_by_text("60 of 100 films known so far")).to_be_visible()
    page.locator("#more-directors summary").click()
    page.evaluate("scrollTo(0, 900)")
    ImportSession.objects.update(status=SessionStatus.COMPLETED, total_movies=60, revision=5)
    page.clock.fast_forward(11_000)
    expect(page.get_by_text("known so far")).to_have_count(0)
    expect(page.locator("#more-directors")).to_have_attribute("open", "")
    expect(page.locator("canvas:visible").first).to_be_visible()
    assert page.evaluate("scrollY") > 600
    assert page.locator("#statistics[hx-get]").count() == 0
    assert complaints == []


@SIZES
def test_without_javascript_the_tables_stand_open(
    browser: Browser, live_server: Any, session: ImportSession, size: Any
) -> None:
    fill(session, 400)
    context = browser.new_context(java_script_enabled=False, viewport=size)
    sign_in(context, session, live_server)
    page = context.new_page()
    page.goto(stats(live_server, session))
    expect(page.locator("canvas:visible")).to_have_count(0)
    for table in ("per-year", "per-month", "release-years"):
        expect(page.locator(f"#table-{table} table")).to_be_visible()
    page.get_by_label("Genre", exact=True).select_option("Drama")
    page.get_by_role("button", name="Show").click()
    assert "genre=Drama" in page.url
    context.close()


def test_on_a_phone_a_year_begins_where_its_newest_day_is(page: Page, live_server: Any, session: ImportSession) -> None:
    for day in (date(2024, 12, 30), date(2023, 12, 30), date(2022, 12, 30), date(2021, 12, 30), date(2020, 1, 2)):
        ViewingFactory(movie=MovieFactory(session=session, matched=True, watched_on=day), watched_on=day)
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page.context, session, live_server)
    page.goto(stats(live_server, session))
    page.locator("#more-calendar > summary").click()
    calendars = page.locator(".heat-scroll")
    expect(calendars).to_have_count(5)
    right_of_box = "box => box.querySelector('rect').getBoundingClientRect().right - box.getBoundingClientRect().right"
    for number in range(4):
        page.wait_for_function("n => document.querySelectorAll('.heat-scroll')[n].scrollLeft > 100", arg=number)
        assert -40 < calendars.nth(number).evaluate(right_of_box) <= 0
    assert calendars.nth(4).evaluate("box => box.scrollLeft") == 0  # January
