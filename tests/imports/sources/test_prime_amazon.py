"""Amazon's own two files."""

from datetime import date

import pytest

from imports.sources.base import Parsed, SourceError, Upload
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
        (["Die Reise-The Castaways Season 2"], {"The Castaways Season 2"}),
        (["Nightfall!-Harbor Season 7"], {"Harbor Season 7"}),
        (["Landfall-Harbor Point, Season #2 (4K UHD)"], {"Harbor Point, Season #2 (4K UHD)"}),
        (["Homecoming-The Castaways S2"], {"The Castaways S2"}),
        (["Folge 3-Dark Staffel 2", "Episodio 1-Gomorra Stagione 3"], {"Dark Staffel 2", "Gomorra Stagione 3"}),
        (["Épisode 2-Kaamelott Saison 1", "Odcinek 2-Wataha Sezon 1"], {"Kaamelott Saison 1", "Wataha Sezon 1"}),
        (["Avsnitt 1-Bron Säsong 2", "Серия 1-Метод Сезон 2"], {"Bron Säsong 2", "Метод Сезон 2"}),
        (["Aflevering 1-Undercover Seizoen 2"], {"Undercover Seizoen 2"}),
        (["Pilot-Dark 2. Staffel", "Pilot-Elite 2ª Temporada"], {"Dark 2. Staffel", "Elite 2ª Temporada"}),
        (["Pilot-Harbor Season II", "Pilot-Harbor Season Two"], {"Harbor Season II", "Harbor Season Two"}),
        (["Pilot-Harbor Season 2", "The Heap-Harbor"], {"Harbor Season 2", "Harbor"}),
        (["Open Season 2", "Killing Season", "Spider-Man 2", "X-Men: Season of Fire"], set()),
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


@pytest.mark.parametrize(
    "title",
    [
        "Not Available",
        "Not Applicable",
        "NOT AVAILABLE",
        "n/a",
        "N/A",
        "Nicht zutreffend",
        "Non disponible",
        "該当なし",
    ],
)
def test_title_that_is_not_available_is_lost(title: str) -> None:
    parsed = activity((title, "600", "Feature"), ("Film", "600", "Feature"))
    assert (only(parsed).title, reasons(parsed)) == ("Film", ["no_title"])
    legacy_file = legacy(("Feature", title))
    assert (legacy_file.movies, reasons(legacy_file)) == ([], ["no_title"])


@pytest.mark.parametrize("title", ["None", "Null", "NA", "Unknown", "Unavailable"])
def test_title_that_only_sounds_empty_is_a_film(title: str) -> None:
    assert only(activity((title, "600", "Feature"))).title == title


def test_day_that_is_not_applicable_is_unknown() -> None:
    parsed = activity(("Film", "600", "Feature"), at="Not Applicable")
    assert (days(only(parsed)), reasons(parsed)) == ([None], ["date_unreadable"])


@pytest.mark.parametrize(
    "kind",
    [
        *("LIVE", "LiveStreaming", "Live Streaming", "LIVE_EVENT", "Live Event", "LiveBroadcast", "LinearTV", "Linear"),
        *("TRAILER", "Trailers", "PROMO", "Promotional", "Preview", "Bonus Content", "Advertisement", "Ad", "Clip"),
    ],
)
def test_live_streams_and_adverts_are_left_out_whatever_their_word(kind: str) -> None:
    parsed = activity(("Ajax v PSV", "600", kind), ("Film", "600", "Feature"))
    assert (only(parsed).title, parsed.files[0].skipped) == ("Film", {"not_watched": 1})
    assert kinds(legacy((kind, "Ajax v PSV"), ("Full", "Film"))) == {"Ajax v PSV": "not_a_film", "Film": "film"}


@pytest.mark.parametrize("kind", ["Feature", "Full", "Movie", "Live Action", "Not Available", "Adventure"])
def test_other_words_say_nothing(kind: str) -> None:
    assert only(activity(("Film", "600", kind))).title == "Film"


def activity_with(column: str, cell: str, seconds: str = "2400") -> Parsed:
    header = ["Title", "Playback Start Datetime (UTC)", "Seconds Viewed", "Material Type Description", column]
    rows = [['"Alien"', "2024-02-03T04:05:06Z", seconds, '"Feature"', f'"{cell}"']]
    rows += [['"Heat"', "2024-02-03T04:05:06Z", "2400", '"Feature"', '"No"']]
    return read_prime(Upload("Viewing History.csv", csv_bytes(header, rows)))


@pytest.mark.parametrize("column", ["Is Deleted", "Deleted", "is deleted", "Deleted from Watch History"])
@pytest.mark.parametrize("cell", ["Yes", "yes", "true", "TRUE", "1", "Y"])
def test_what_was_deleted_at_amazon_is_left_out_by_a_rule(column: str, cell: str) -> None:
    parsed = activity_with(column, cell)
    assert (only(parsed).title, parsed.files[0].skipped) == ("Heat", {"deleted_at_amazon": 1})
    assert parsed.files[0].adds_up


@pytest.mark.parametrize("cell", ["No", "false", "0", "", "Not Available", "Not Applicable"])
def test_what_was_not_deleted_is_kept(cell: str) -> None:
    assert set(kinds(activity_with("Is Deleted", cell))) == {"Alien", "Heat"}


def test_what_was_deleted_is_left_out_of_the_older_file_too() -> None:
    header = LEGACY.removesuffix("Title") + "Is Deleted,Title"
    line = "02/03/2024 04:00:00,Fire OS,Other,Stream,Lima,PE,Some Net,LMA,HD,Prime,Full,es_PE"
    parsed = read_prime(Upload("Digital.csv", f"{header}\n{line},Yes,Alien\n{line},No,Heat, Again\n".encode()))
    assert (only(parsed).title, parsed.files[0].skipped) == ("Heat, Again", {"deleted_at_amazon": 1})


@pytest.mark.parametrize(
    ("seconds", "autoplay", "titles"),
    [
        ("3", "Yes", {"Heat"}),
        ("45.5", "true", {"Heat"}),
        ("119", "Yes", {"Heat"}),
        ("120", "Yes", {"Alien", "Heat"}),
        ("2400", "Yes", {"Alien", "Heat"}),
        ("3", "No", {"Alien", "Heat"}),
        ("Not Available", "Yes", {"Alien", "Heat"}),
    ],
)
def test_moment_that_played_by_itself_is_no_viewing(seconds: str, autoplay: str, titles: set[str]) -> None:
    parsed = activity_with("Is Autoplay", autoplay, seconds)
    assert set(kinds(parsed)) == titles
    assert parsed.files[0].skipped == ({} if "Alien" in titles else {"not_watched": 1})


WATCH_EVENTS = (
    '\ufeff"Deleted from Watch History","Latest Watch Progress","Most Recent Watch Date","Seconds Watched",'
    '"Title Description","Title Name"\nno,"Not Available",2026-03-02T20:15:00Z,7000,"Two men, one bank",Heat\n'
).encode()


@pytest.mark.parametrize(
    "upload",
    [
        Upload("Watch Events.csv", WATCH_EVENTS),
        Upload("events.csv", WATCH_EVENTS),
        Upload("Prime.zip", zip_bytes({"Your Prime Video/Watch Events.csv": WATCH_EVENTS})),
    ],
)
def test_watch_events_alone_are_told_what_to_send_instead(upload: Upload) -> None:
    with pytest.raises(SourceError) as caught:
        read_prime(upload)
    assert (caught.value.code, caught.value.status) == ("watch_events", 400)
    assert "Viewing History.csv" in str(caught.value)
    assert "Letterboxd" not in str(caught.value)


def test_watch_events_beside_the_history_are_left_out() -> None:
    parsed = read_prime(Upload("Watch Events.csv", WATCH_EVENTS), Upload(*prime_file("activity", history(20))))
    assert [file.kind for file in parsed.files] == ["unknown", "history"]
    assert parsed.files[0].skipped == {"unknown": 1}


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
