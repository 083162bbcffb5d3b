"""Amazon's own two files."""

from datetime import date

import pytest

from imports.sources.base import Parsed, Upload
from imports.sources.prime_video.episodes import shows
from tests.exports import csv_bytes, zip_bytes
from tests.imports.sources.prime import days, kinds, read_prime
from tests.imports.sources.reading import only, reasons, report
from tests.prime_exports import ACTIVITY, LEGACY, LIMA, history, prime_file


def legacy(*rows: tuple[str, str], hour: str = "02/03/2024 04:00:00", zone: str = "UTC") -> Parsed:
    lines = [f"{hour},Fire OS,Other,Stream,Lima,PE,Some Net,LMA,HD,Prime,{kind},es_PE,{title}" for kind, title in rows]
    return read_prime(Upload("Digital.csv", "\r\n".join(["\ufeff" + LEGACY, *lines, ""]).encode()), zone=zone)


def activity(*rows: tuple[str, str, str], at: str = "2024-02-03T04:05:06Z", zone: str = "UTC") -> Parsed:
    cells = [[f'"{title}"', at, seconds, f'"{kind}"', "No", '"Not Available"'] for title, seconds, kind in rows]
    return read_prime(Upload("Viewing History.csv", csv_bytes(ACTIVITY, cells)), zone=zone)


def test_title_with_commas_and_quotation_marks_spills_no_further() -> None:
    assert only(legacy(("Full", 'Night, "Again", and Again'))).title == 'Night, "Again", and Again'


@pytest.mark.parametrize(("zone", "day"), [("UTC", date(2024, 2, 3)), ("America/Lima", date(2024, 2, 2))])
def test_hour_is_month_first_and_a_day_where_the_person_lives(zone: str, day: date) -> None:
    parsed = legacy(("Feature", "Film"), zone=zone)
    assert (days(only(parsed)), parsed.notes) == ([day], [])


def test_sessions_of_one_film_on_one_day_are_one_viewing() -> None:
    parsed = legacy(*[("Feature", "Film")] * 3)
    assert (len(only(parsed).viewings), parsed.files[0].merged) == (1, 2)


@pytest.mark.parametrize("kind", ["Trailer", "Live"])
def test_trailers_and_live_broadcasts_of_the_older_file_are_listed_as_no_films(kind: str) -> None:
    assert kinds(legacy((kind, "Film"))) == {"Film": "not_a_film"}


@pytest.mark.parametrize("word", ["Season", "Stagione", "Staffel", "Saison", "Temporada"])
def test_episode_is_counted_to_its_show(word: str) -> None:
    rows = [("Full", f"{episode}-Spider-Man - {word} 1") for episode in ("Pilot", "Catch-22", "The End, Again")]
    assert kinds(legacy(*rows)) == {f"Spider-Man - {word} 1": "series"}


@pytest.mark.parametrize(
    ("titles", "found"),
    [
        (["Spider-Man", "Ant-Man"], set()),
        (["Spider-Man", "The Amazing Spider-Man", "Ant-Man"], set()),
        (["Spider-Man: Far From Home", "X-Men: Apocalypse", "Semi-Pro"], set()),
        (["Pilot-The Night Manager"], set()),
        (["Episode 1-The Night Manager", "Episode 2-The Night Manager"], {"The Night Manager"}),
        (["Pilot-Fargo", "The Heap-Fargo"], set()),
        (["Pilot-Fargo", "The Heap-Fargo", "Buridan's Ass-Fargo"], {"Fargo"}),
        (["Pilot-Fargo", "The Heap-Fargo - Season 2"], {"Fargo", "Fargo - Season 2"}),
        (["Catch-22-The Boys - Season 1", "Pilot-The Boys - Season 1"], {"The Boys - Season 1"}),
        (["Catch-22 - Season 1"], {"22 - Season 1"}),
        (["The Boys - Season 1"], {"The Boys - Season 1"}),
        (["La vita - Amber", "Il mare - Amber", "Noi due - Amber"], set()),
    ],
)
def test_hyphen_parts_an_episode_from_its_show_where_the_titles_agree(titles: list[str], found: set[str]) -> None:
    assert set(shows(titles).values()) == found


def test_extra_quotation_marks_are_taken_away() -> None:
    assert only(activity(("Red One", "600", "Feature"))).title == "Red One"
    assert only(activity(('"Coins"', "600", "Feature"))).title == '"Coins"'


@pytest.mark.parametrize(
    ("seconds", "kind"), [("600", "Promo"), ("600", "Trailer"), ("600", "Live"), ("0", "Feature"), ("0.0", "Feature")]
)
def test_what_nobody_watched_is_skipped_by_a_rule(seconds: str, kind: str) -> None:
    parsed = activity(("Film", seconds, kind), ("Other", "0.5", "Feature"))
    assert (only(parsed).title, parsed.files[0].skipped) == ("Other", {"not_watched": 1})


def test_title_that_is_not_available_is_lost() -> None:
    parsed = activity(("Not Available", "600", "Feature"))
    assert (parsed.movies, reasons(parsed)) == ([], ["no_title"])


@pytest.mark.parametrize("at", ["2024-02-03T04:05:06Z", "2024-02-03 04:05:06.123", "2024-02-03 04:05:06 UTC"])
def test_start_is_a_day_where_the_person_lives(at: str) -> None:
    assert days(only(activity(("Film", "600", "Feature"), at=at, zone="America/Lima"))) == [date(2024, 2, 2)]


def test_history_is_found_in_the_zip_that_amazon_sends() -> None:
    name, data = prime_file("activity", history(50))
    files = {
        f"Your Prime Video/{name}": data,
        "Your Prime Video/Watchlist.csv": b"Title,Added\r\nFilm,2024-01-01\r\n",
        "Your Prime Video/Ratings.csv": b"",
        "Your Prime Video/read me.pdf": b"%PDF",
        "Your Prime Video/more.json": b"{}",
    }
    parsed = read_prime(Upload("Prime.zip", zip_bytes(files)), zone=LIMA.key)
    alone = read_prime(Upload(name, data), zone=LIMA.key)
    assert parsed.movies == alone.movies
    assert report(parsed, "Your Prime Video/Watchlist.csv").skipped == {"unknown": 1}
    assert all(file.adds_up for file in parsed.files)
