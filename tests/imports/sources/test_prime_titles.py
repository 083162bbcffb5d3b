"""What is a film, a series, or neither? And what is searched for?"""

import time

import pytest

from imports.sources.base import Upload
from imports.sources.prime_video.episodes import shows
from imports.sources.prime_video.marks import clean, kind_of, names
from tests.imports.sources.prime import HEADER, entry, kinds, read_prime, script


@pytest.mark.parametrize(
    ("title", "cleaned"),
    [
        ("Mercy Black [dt./OV]", "Mercy Black"),
        ("Film [OV]", "Film"),
        ("Film [OV/OmU]", "Film"),
        ("Film [OmU]", "Film"),
        ("Film [Ultra HD]", "Film"),
        ("Film (4K UHD)", "Film"),
        ("Film (4K UHD) [dt./OV]", "Film"),
        ("映画 (吹替版)", "映画"),
        ("映画（字幕版）", "映画"),
        ("Film (Extended Edition)", "Film"),
        ("NICKEL BOYS", "NICKEL BOYS"),
        ("Film [REC]", "Film [REC]"),
        ("[REC]²", "[REC]²"),
        ("Birdman (The Unexpected Virtue of Ignorance)", "Birdman (The Unexpected Virtue of Ignorance)"),
        ("(500) Days of Summer", "(500) Days of Summer"),
        ("Ich & Kaminski [Film]", "Ich & Kaminski [Film]"),
        ("[OV]", "[OV]"),
        ("Two  Spaces", "Two Spaces"),
    ],
)
def test_only_noise_from_the_closed_list_is_cleaned_away(title: str, cleaned: str) -> None:
    assert clean(title) == (cleaned, None)


@pytest.mark.parametrize(
    ("title", "cleaned", "year"),
    [
        ("Road House (2024)", "Road House", 2024),
        ("Road House (2024) [dt./OV]", "Road House", 2024),
        ("Road House [OV] (1989)", "Road House", 1989),
        ("1917 (2019)", "1917", 2019),
        ("1917", "1917", None),
        ("Blade Runner (2149)", "Blade Runner (2149)", None),
        ("(2012)", "(2012)", None),
    ],
)
def test_year_in_brackets_is_a_hint(title: str, cleaned: str, year: int | None) -> None:
    assert clean(title) == (cleaned, year)


@pytest.mark.parametrize(
    "title",
    [
        "The Boys - Season 1",
        "The Boys – Season 1",
        "The Boys, Season 3",
        "The Boys: Season 1",
        "The Boys - Season One",
        "The Boys - S2",
        "The Boys (Season 2)",
        "The Boys - Season 4 [Ultra HD]",
        "The Boys - Season 4 (2024)",
        "Kaamelott Saison 1 L'intégrale",
        "Kaamelott - Saison 1 L’intégrale",
        "Gomorra - Stagione 1",
        "Dark - Staffel 2",
        "Élite - Temporada 1",
        "Hedgerow-Season 1",
        "The Boys, Season #2",
        "The Boys - Season 1-3",
        "The Boys - Season II",
        "The Boys - The First Season",
        "The Boys - 2nd Season",
        "Quarry Road: The Complete Series",
        "Quarry Road - The Complete Second Season",
        "Quarry Road (The Complete Series)",
        "Quarry Road: Complete Season 2",
        "Quarry Road: Limited Series",
        "Dark - Die komplette Serie",
        "Dark - 2. Staffel",
        "Kaamelott - La série complète",
        "Kaamelott: L'intégrale de la saison 2",
        "Gomorra - La serie completa",
        "Élite - 2ª Temporada",
        "Undercover - Seizoen 2",
        "Wataha - Sezon 2",
        "Bron - Säsong 2",
        "Forbrydelsen - Sæson 2",
        "Skam - Sesong 2",
        "Karppi - Kausi 2",
        "Метод - Сезон 2",
        "오징어 게임 시즌 2",
        "Mirzapur - सीज़न 2",
        "Mirzapur, சீசன் 2",
        "Dark - Staffel Zwei",
        "Kaamelott - Saison Deux",
        "Το Νησί - Κύκλος 2",
        "The Boys S2 E3",
        "The Boys S02E03 - Over the Hill",
        "The Boys - Season 2: Over the Hill",
        "The Boys Season 2 Episode 3",
        "Dark Staffel 2, Folge 3",
        "ザ・ボーイズ シーズン1",
        "想見你 第一季",
    ],
)
def test_season_that_is_set_apart_makes_a_series_whatever_the_type_says(title: str) -> None:
    assert kinds(script(entry(title))) == {title: "series"}


@pytest.mark.parametrize(
    "title",
    [
        *("Open Season 2", "Open Season", "Killing Season", "The Season", "Fahrenheit 451", "Season", "Vier Staffeln"),
        *(
            "封神第二部",
            "第二部",
            "Series 7: The Contenders",
            "The Complete Series of Errors",
            "S1m0ne",
            "Four Seasons",
        ),
        *("Harry Potter: The Complete Collection", "Season's Greetings", "World Series", "Duck Season II"),
    ],
)
def test_film_that_only_sounds_like_a_season_stays_a_film(title: str) -> None:
    assert kinds(script(entry(title))) == {title: "film"}


def test_mark_at_the_end_of_a_long_title_is_read() -> None:
    assert kinds(script(entry("x" * 450 + " - Season 1"), entry("y" * 450 + ": Trailer"))) == {
        "x" * 450 + " - Season 1": "series",
        "y" * 450 + ": Trailer": "not_a_film",
    }


@pytest.mark.parametrize("title", ["Bosch Season 2", "Bosch S2", "Bosch Staffel 2", "Bosch Season Two [OV]"])
def test_bare_season_is_a_series_where_the_title_has_episodes(title: str) -> None:
    assert kinds(script(entry(title)))[title] == "film"
    assert kinds(script(entry(title), entry("Bosch", episode="Pilot")))[title] == "series"
    assert kinds(script(entry(title), entry(title, episode="Pilot"))) == {title: "series"}
    assert kinds(script(entry(title), entry("Bosch - Season 1", episode="Pilot")))[title] == "series"


@pytest.mark.parametrize(
    "mark", ["Bosch - Season 1", "Bosch: The Complete Series", "Bosch, Season #3", "Bosch-Season 1", "BOSCH: Season 4"]
)
@pytest.mark.parametrize("title", ["Bosch Season 2", "Bosch S2", "Bosch Season Two", "Bosch 2. Staffel"])
def test_show_that_one_row_names_is_one_in_all_rows(mark: str, title: str) -> None:
    assert kinds(script(entry(title), entry(mark))) == {title: "series", mark: "series"}
    assert kinds(script(entry(mark), entry(title), entry("Open Season 2")))["Open Season 2"] == "film"


def test_show_that_one_file_names_is_one_in_the_other() -> None:
    files = [
        Upload(f"{n}.csv", f"{HEADER}\n{entry(title)}".encode()) for n, title in enumerate(["Bosch S2", "Bosch - S1"])
    ]
    assert kinds(read_prime(*files)) == {"Bosch S2": "series", "Bosch - S1": "series"}


def test_part_of_a_show_that_has_seasons_is_a_series() -> None:
    assert kinds(script(entry("封神第二部"), entry("封神 第一季")))["封神第二部"] == "series"


@pytest.mark.parametrize("title", ["Making Of", "Bonus", "Recap", "Behind the Scenes", "First Look", "Outtakes"])
def test_title_that_is_nothing_but_such_a_word_has_no_film_that_it_belongs_to(title: str) -> None:
    assert kinds(script(entry(title))) == {title: "film"}
    assert kinds(script(entry(f"Dune - {title}"))) == {f"Dune - {title}": "not_a_film"}


def test_a_film_and_a_series_of_one_title_stay_apart() -> None:
    parsed = script(entry("Fargo"), entry("Fargo", episode="The Crocodile's Dilemma"))
    assert [(movie.title, movie.kind, movie.source_key) for movie in parsed.movies] == [
        ("Fargo", "film", "film|Fargo"),
        ("Fargo", "series", "series|Fargo"),
    ]


def test_rows_of_a_series_that_come_without_an_episode_are_told_by_their_identifier() -> None:
    header = "Date Watched,Type,Title,Episode Title,Global Title Identifier"
    rows = ["2024-01-02,Movie,Fargo,,amzn1.dv.gti.1", "2024-01-02,Series,Fargo,Pilot,amzn1.dv.gti.1"]
    assert kinds(script(*rows, header=header)) == {"Fargo": "series"}


@pytest.mark.parametrize(
    "title",
    [
        "Dune - Trailer",
        "Dune – Official Trailer",
        "Dune: Teaser Trailer",
        "Dune (Trailer)",
        "Dune Official Trailer",
        "Dune - Trailer 2",
        "Official Trailer: Dune",
        "Episode 0: Official Trailer",
        "Folge 0: Offizieller Trailer",
        "Official Trailer",
        "The Boys - Season 4 - Official Trailer",
        "Dune - Bande-annonce",
        "Dune - Trailer ufficiale",
        "Dune - Tráiler oficial",
        "Dune - 予告編",
        "Dune - Behind the Scenes",
        "Bonus: Making of Dune",
        "Dune - Featurette [OV]",
    ],
)
def test_trailers_and_bonus_clips_are_no_films(title: str) -> None:
    parsed = script(entry(title))
    assert kinds(parsed) == {title: "not_a_film"}
    assert parsed.files[0].skipped == {"not_a_film": 1}


@pytest.mark.parametrize(
    "title",
    [
        "Trailer Park Boys: The Movie",
        "Trailer Park of Terror",
        "Live Free or Die Hard",
        "The First Look",
        "Kramer vs. Kramer",
        "Episode 50",
        "Star Wars: Episode IV - A New Hope",
        "Ein Trailer voller Katzen",
        "The Bonus Army",
    ],
)
def test_film_that_only_holds_such_a_word_stays_a_film(title: str) -> None:
    assert kind_of(title) == "film"


@pytest.mark.parametrize(
    ("title", "searched"),
    [
        ("Anatomie eines Falls", ["Anatomie eines Falls"]),
        (
            "La vita di Adele - Blue is the Warmest Colour",
            ["La vita di Adele - Blue is the Warmest Colour", "La vita di Adele", "Blue is the Warmest Colour"],
        ),
        ("A – B - C", ["A – B - C", "A", "B - C"]),
        ("Spider-Man", ["Spider-Man"]),
        ("Echo - Echo", ["Echo - Echo", "Echo"]),
        ("Road House (2024) [OV]", ["Road House"]),
    ],
)
def test_cleaned_title_is_searched_for_then_both_halves(title: str, searched: list[str]) -> None:
    assert names(title, "film") == searched


@pytest.mark.parametrize(
    "part",
    [
        "season 1-",
        "s1 e",
        "- season 1: ",
        "the ",
        "series ",
        "[OV]",
        " ",
        " - ",
        ": official ",
        "-a",
        "(",
        " season 1",
        "- S1 ",
        "[OV/",
        " trailer",
        "1",
    ],
)
def test_title_made_to_be_slow_is_not(part: str) -> None:
    started = time.process_time()
    for number in range(100):
        title = f"{number}{part * (490 // len(part))}x{part}"
        assert names(title, kind_of(title))
        shows([title])
    assert time.process_time() - started < 1


def test_a_series_or_trailer_that_is_taken_in_is_searched_for_without_its_mark() -> None:
    assert names("The Boys - Season 1", "series") == ["The Boys"]
    assert names("The Boys S02E03 - Over the Hill", "series") == ["The Boys"]
    assert names("Quarry Road: The Complete Series", "series") == ["Quarry Road"]
    assert names("Dune - Official Trailer", "not_a_film") == ["Dune"]
    assert names("Official Trailer", "not_a_film") == ["Official Trailer"]
