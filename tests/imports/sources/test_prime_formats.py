"""Every version of the browser script, and Amazon's own files, give the same films and days."""

from datetime import date

import pytest

from imports.sources.base import Parsed, ParsedMovie, SourceError, Upload
from tests.imports.sources.prime import by_title, days, entry, read_prime, script
from tests.imports.sources.reading import only, reasons
from tests.prime_exports import LANGUAGES, LIMA, TRAPS, VERSIONS, Version, history, prime_file, script_2, script_3

HISTORY = history(616)


def films(parsed: Parsed) -> dict[str, list[date | None]]:
    return {movie.title: days(movie) for movie in parsed.movies if movie.kind == "film"}


def read_version(version: Version) -> Parsed:
    return read_prime(Upload(*prime_file(version, HISTORY)), zone=LIMA.key)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_gives_the_same_films_and_days(version: Version) -> None:
    told: dict[str, set[date]] = {}
    for watch in HISTORY:
        if not watch.episode and not watch.is_trailer:
            told.setdefault(watch.title, set()).add(watch.at.astimezone(LIMA).date())
    parsed = read_version(version)
    assert {title: set(found) for title, found in films(parsed).items()} == told
    assert set(TRAPS) <= set(told)
    assert (parsed.source, parsed.notes) == ("prime_video", [])


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_gives_the_same_series_and_counts(version: Version) -> None:
    parsed = read_version(version)
    shows = {watch.title for watch in HISTORY if watch.episode}
    (file,) = parsed.files
    assert {movie.title for movie in parsed.movies if movie.kind == "series"} == shows
    assert (file.rows, file.adds_up, file.problems) == (616, True, 0)
    assert file.skipped["series"] == sum(bool(watch.episode) for watch in HISTORY)
    trailers = file.skipped["not_watched" if version == "activity" else "not_a_film"]
    assert trailers == sum(watch.is_trailer for watch in HISTORY)


@pytest.mark.parametrize("version", VERSIONS)
def test_films_come_newest_watched_first_then_series_then_what_is_no_film(version: Version) -> None:
    movies = read_version(version).movies
    order = ["film", "series", "not_a_film"]
    assert [movie.kind for movie in movies] == sorted((movie.kind for movie in movies), key=order.index)
    for kind in order:
        newest = [movie.watched_on for movie in movies if movie.kind == kind]
        assert newest == sorted(newest, key=lambda day: day or date.min, reverse=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_headers_and_types_are_read_in_every_language(language: str) -> None:
    data = script_2(HISTORY[:100], LIMA, language=language).encode()
    parsed = read_prime(Upload("verlauf.csv", data))
    assert [(m.title, m.kind, days(m)) for m in parsed.movies] == [
        (m.title, m.kind, days(m)) for m in read_prime(Upload("a.csv", script_2(HISTORY[:100], LIMA).encode())).movies
    ]
    assert parsed.notes == []


def test_columns_may_come_in_another_order() -> None:
    parsed = script('"Movie","","A, ""B""","2024-01-02"', header="Type,Episode,Title,Date Watched")
    assert (only(parsed).title, days(only(parsed))) == ('A, "B"', [date(2024, 1, 2)])


@pytest.mark.parametrize(
    "line",
    [
        '2024-01-02, Movie, "The "Real" Thing, Again", ',
        '2024-01-02,Movie,"The "Real" Thing, Again",',
        '2024-01-02,Movie,"The "Real" Thing, Again",""',
        '"2024-01-02","Movie","The ""Real"" Thing, Again",""',
        '2024-01-02,Movie,The "Real" Thing, Again,',
    ],
)
def test_quotation_marks_and_commas_in_a_title_are_read_however_written(line: str) -> None:
    assert only(script(line)).title == 'The "Real" Thing, Again'


@pytest.mark.parametrize("title", ['"Coins"', '12"', '"Yes" Man', 'Say "Yes"', 'A, "B", C', "Only, Commas"])
@pytest.mark.parametrize("comma", [",", ", "])
def test_unescaped_title_is_read_exactly(title: str, comma: str) -> None:
    line = comma.join(["2024-01-02", "Movie", f'"{title}"', ""])
    header = comma.join(["Date Watched", "Type", "Title", "Episode"])
    assert [only(script(line, header=header)).title, only(script(line, line, header=header)).title] == [title] * 2


def test_unescaped_episode_is_parted_from_its_series() -> None:
    movie = only(script('2024-01-02,Series,"The "X" Files","The "End", Again"'))
    assert (movie.title, movie.kind) == ('The "X" Files', "series")


@pytest.mark.parametrize("line", ["2024-01-02,Movie", "2024-01-02"])
def test_row_with_too_few_columns_is_lost_alone(line: str) -> None:
    parsed = script(line, entry("Film"))
    assert (only(parsed).title, reasons(parsed), parsed.files[0].problems) == ("Film", ["too_few_cells"], 1)
    assert parsed.notes[0].line == 2


@pytest.mark.parametrize("title", ["", "   ", "undefined", "x" * 501])
def test_row_without_a_usable_title_is_lost_alone(title: str) -> None:
    parsed = script(entry(title), entry("Film"))
    assert (only(parsed).title, parsed.files[0].problems, parsed.files[0].adds_up) == ("Film", 1, True)


@pytest.mark.parametrize(
    ("text", "zone", "day"),
    [
        ("2024-04-22", "Pacific/Auckland", date(2024, 4, 22)),
        ("2024-04-22T22:00:00.000Z", "Europe/Berlin", date(2024, 4, 23)),
        ("2024-04-22 22:00:00.000", "Europe/Berlin", date(2024, 4, 23)),
        ("2024-04-22 22:00:00.000", "UTC", date(2024, 4, 22)),
        ("2024-04-22 03:30:00.000", "America/Lima", date(2024, 4, 21)),
        ("1713826800000", "Europe/Berlin", date(2024, 4, 23)),
        ("1713826800000", "UTC", date(2024, 4, 22)),
        ("2024-04-23T00:30:00+02:00", "UTC", date(2024, 4, 22)),
        ("4/22/2024 22:00", "Europe/Berlin", date(2024, 4, 23)),
        ("22/04/2024", "UTC", date(2024, 4, 22)),
        ("28.09.2025", "Pacific/Auckland", date(2025, 9, 28)),
        ("28.09.2025 22:30", "Europe/Berlin", date(2025, 9, 29)),
        ("28.09.2025 22.30", "Europe/Berlin", date(2025, 9, 29)),
        ("28-09-2025", "UTC", date(2025, 9, 28)),
        ("9/28/25", "UTC", date(2025, 9, 28)),
        ("9/28/2025 10:30 PM", "Europe/Berlin", date(2025, 9, 29)),
        ("9/28/2025 12:30 AM", "Europe/Berlin", date(2025, 9, 28)),
        ("2025/09/28", "America/Lima", date(2025, 9, 28)),
        ("28. September 2025", "America/Lima", date(2025, 9, 28)),
        ("28 sept. 2025", "America/Lima", date(2025, 9, 28)),
        ("2025年9月28日", "America/Lima", date(2025, 9, 28)),
        ("45928", "America/Lima", date(2025, 9, 28)),
    ],
)
def test_time_becomes_a_day_where_the_person_lives(text: str, zone: str, day: date) -> None:
    assert days(only(script(entry("Film", text), zone=zone))) == [day]


@pytest.mark.parametrize("text", ["", "soon", "undefined", "2024-13-01", "9" * 14, "0001-01-01T00:00:00Z", "99999"])
def test_unreadable_day_is_unknown_and_reported(text: str) -> None:
    parsed = script(entry("Film", text), zone="America/Lima")
    assert (days(only(parsed)), reasons(parsed)) == ([None], ["date_unreadable"])


def test_dates_that_could_be_read_in_two_ways_are_taken_as_american_and_said_so() -> None:
    parsed = script(entry("Film", "2/3/2024"))
    assert (days(only(parsed)), reasons(parsed)) == ([date(2024, 2, 3)], ["dates_taken_as_american"])


def test_whole_file_tells_the_order_of_its_dates() -> None:
    parsed = script(entry("Film", "02.03.2024"), entry("Other", "13.03.2024"))
    assert ({title: days(movie) for title, movie in by_title(parsed).items()}, parsed.notes) == (
        {"Film": [date(2024, 3, 2)], "Other": [date(2024, 3, 13)]},
        [],
    )
    assert reasons(script(entry("Film", "02.03.2024"))) == ["dates_taken_as_day_first"]


@pytest.mark.parametrize("day", ["0001-01-01", "1970-01-01", "1900-01-01", "2999-01-01", "01.01.1970"])
def test_day_on_which_it_can_not_have_been_watched_is_unknown_and_noted(day: str) -> None:
    parsed = script(entry("Film", day))
    assert (days(only(parsed)), parsed.notes[-1].reason, parsed.notes[-1].detail) == ([None], "day_impossible", day)


@pytest.mark.parametrize(("day", "seen_on"), [("2020-05-05", None), ("2023-12-30", date(2023, 12, 30))])
def test_film_is_not_watched_two_years_before_the_year_in_its_title(day: str, seen_on: date | None) -> None:
    assert days(only(script(entry("Road House (2024)", day)))) == [seen_on]


def test_title_is_read_without_entities_of_html() -> None:
    assert only(script(entry("Love &amp; Basketball"))).title == "Love & Basketball"


@pytest.mark.parametrize("name", ["11_viewing-history-prime.csv", "Amazon.csv", "my PRIME films.csv"])
@pytest.mark.parametrize("header", ["Title,Date", "Titel,Datum", "Title,Watched on"])
def test_list_of_titles_and_days_is_read_where_its_name_says_that_it_is_prime_s(name: str, header: str) -> None:
    text = f"{header}\nGull Island,06/23/2024\nLost - Season 1,06/22/2024\nHeron Bay,06/21/2024\n"
    parsed = read_prime(Upload(name, text.encode()))
    assert [(movie.title, movie.kind, days(movie)) for movie in parsed.movies] == [
        ("Gull Island", "film", [date(2024, 6, 23)]),
        ("Heron Bay", "film", [date(2024, 6, 21)]),
        ("Lost - Season 1", "series", [date(2024, 6, 22)]),
    ]
    assert parsed.notes == []


@pytest.mark.parametrize("name", ["history.csv", "amazon-watchlist.csv", "prime ratings.csv"])
def test_list_of_titles_and_days_that_may_be_another_service_s_is_not_read(name: str) -> None:
    with pytest.raises(SourceError):
        read_prime(Upload(name, b"Title,Date\nGull Island,06/23/2024\n"))


def test_type_is_of_no_need_where_episodes_are_told() -> None:
    parsed = script("2024-01-02,Film,", "2024-01-02,Show,Pilot", header="Date Watched,Title,Episode")
    assert [(movie.title, movie.kind) for movie in parsed.movies] == [("Film", "film"), ("Show", "series")]
    assert parsed.notes == []


def test_unknown_type_is_taken_as_a_film_and_said_so() -> None:
    parsed = script('2024-01-02,Spielfilm,"Film",', '2024-01-02,Reihe,"Show","Pilot"')
    assert [(movie.title, movie.kind) for movie in parsed.movies] == [("Film", "film"), ("Show", "series")]
    assert reasons(parsed) == ["type_unknown"]


def gti_of(*titles: tuple[str, str]) -> list[ParsedMovie]:
    header = '"Date Watched","Type","Title","Episode Title","Global Title Identifier"'
    return script(*(f'"2024-01-02","Movie","{title}","","{gti}"' for title, gti in titles), header=header).movies


def test_identifier_is_the_key() -> None:
    (movie,) = gti_of(("Film", "amzn1.dv.gti.1"), ("Der Film", "amzn1.dv.gti.1"))
    assert (movie.source_key, movie.title) == ("amzn1.dv.gti.1", "Film")


@pytest.mark.parametrize("gti", ["undefined", "", "x" * 201, "film|Film"])
def test_without_an_identifier_the_title_is_the_key(gti: str) -> None:
    assert [movie.source_key for movie in gti_of(("Film", gti))] == ["film|Film"]


def test_row_without_an_identifier_joins_the_only_film_of_its_title() -> None:
    assert len(gti_of(("Film", "undefined"), ("Film", "amzn1.dv.gti.1"))) == 1
    assert len(gti_of(("Film", "amzn1.dv.gti.1"), ("Film", "amzn1.dv.gti.2"), ("Film", "undefined"))) == 3


def test_image_is_kept_and_what_is_no_link_is_left_out() -> None:
    watches = HISTORY[:1]
    movie = only(read_prime(Upload("a.csv", script_3(watches).encode())))
    assert movie.image_url == f"https://images.example.org/{watches[0].number}.jpg"
    header = "Date Watched,Type,Title,Image URL"
    parsed = script("2024-01-02,Movie,Film,javascript:x", header=header)
    assert (only(parsed).image_url, reasons(parsed)) == ("", ["link_left_out"])


def test_the_same_day_is_collapsed_and_other_days_are_viewings() -> None:
    lines = [entry("Film", day) for day in ("2024-01-03", "2024-01-03", "2024-01-01")]
    parsed = script(*lines)
    assert days(only(parsed)) == [date(2024, 1, 3), date(2024, 1, 1)]
    assert (parsed.files[0].added, parsed.files[0].merged) == (2, 1)


def test_the_same_in_another_file_is_already_there() -> None:
    old = Upload("old.csv", prime_file("1.1", HISTORY)[1])
    new = Upload("new.csv", prime_file("3", HISTORY)[1])
    parsed = read_prime(new, old, zone=LIMA.key)
    assert films(parsed) == films(read_prime(new, zone=LIMA.key))
    assert [file.adds_up for file in parsed.files] == [True, True]
    assert (parsed.files[1].added, parsed.files[1].merged) == (0, 0)


def test_title_is_kept_as_it_is_beside_what_is_searched_for() -> None:
    movies = by_title(script(entry("Road House (2024) [dt./OV]"), entry("La vita di Ana - Amber")))
    road = movies["Road House (2024) [dt./OV]"]
    assert (road.names, road.year) == (["Road House"], 2024)
    assert movies["La vita di Ana - Amber"].names == ["La vita di Ana - Amber", "La vita di Ana", "Amber"]
    assert movies["La vita di Ana - Amber"].year is None
