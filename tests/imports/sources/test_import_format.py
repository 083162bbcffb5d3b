"""What letterboxd.com takes in, as its help, other programs and people themselves write it."""

from datetime import date
from decimal import Decimal

import pytest

from imports.sources.base import Upload
from tests.exports import zip_bytes
from tests.imports.sources.reading import only, read, read_text, reasons, refused, report


@pytest.mark.parametrize(
    "text",
    [
        "Title\nTaken\n",
        "Title,Rating\nTaken,3.5\n",
        "Title,Year,Rating\nTaken,2008,3.5\n",
        "Title;Year;Rating\nTaken;2008;3,5\n",
        "title,year\nTaken,2008\n",
        "Title,Year,Directors\nTaken,2008,Pierre Morel\n",
        "Title,Year,Director,Country\nTaken,2008,Pierre Morel,France\n",
        "Title,Review\nTaken,Good.\n",
        "Title,WatchedDate\nTaken,2024-01-01\n",
        "imdbID,Title\ntt0936501,Taken\n",
    ],
)
def test_a_title_is_enough(text: str) -> None:
    parsed = read_text(text, "mine.csv", ask=True)
    assert (only(parsed).title, parsed.files[0].kind, parsed.files[0].adds_up) == ("Taken", "import", True)


@pytest.mark.parametrize("header", ["Title,Added", "Title,Price,Colour", "Film,Year", "Title,Date"])
def test_title_beside_strange_columns_is_not_it(header: str) -> None:
    assert refused(Upload("mine.csv", f"{header}\na,b,c\n".encode())).code in ("columns_missing", "other_format")


def test_other_list_in_the_zip_of_an_export_is_not_it() -> None:
    watched = b"Date,Name,Year,Letterboxd URI\r\n2024-01-01,Film,2001,https://boxd.it/2aa\r\n"
    parsed = read(
        Upload("export.zip", zip_bytes({"watched.csv": watched, "notes.csv": b"Title,Year\r\nOther,2001\r\n"}))
    )
    assert (only(parsed).title, report(parsed, "notes.csv").kind) == ("Film", "unknown")


def test_list_without_titles_is_told_so() -> None:
    assert refused(Upload("mine.csv", b"imdbID,Rating\ntt1,4\n")).params["columns"] == "Title"


def test_days_of_movary_are_viewings() -> None:
    parsed = read_text("title,year,tmdbId,imdbId,watchedAt\nHeat,1995,949,tt0113277,2024-01-05\n", "history.csv")
    assert only(parsed).watched_on == date(2024, 1, 5)


@pytest.mark.parametrize(
    ("cell", "review"),
    [
        (r'"He said \"wow, great\", really"', 'He said "wow, great", really'),
        (r'"\"Wow\""', '"Wow"'),
        (r'"A path C:\\films and \"a, b\""', r'A path C:\films and "a, b"'),
        (r'"He said ""wow, great"", really"', 'He said "wow, great", really'),
        (r'"ends with a backslash\"', "ends with a backslash\\"),
        ('"Two\nlines, \\"quoted, twice\\", here"', 'Two\nlines, "quoted, twice", here'),
    ],
)
def test_quotation_marks_are_escaped_in_either_way(cell: str, review: str) -> None:
    parsed = read_text(
        f"Title,Year,WatchedDate,Review\nHeat,1995,2024-01-01,{cell}\nAlien,1979,2024-01-02,ok\n", "l.csv"
    )
    assert {movie.title: movie.viewings[0].review for movie in parsed.movies} == {"Heat": review, "Alien": "ok"}
    assert parsed.notes == []


def test_escaped_title_without_reviews_is_read() -> None:
    text = 'Title,Year\n"\\"Coins, and More\\"",2001\nAlien,1979\n'
    assert sorted(movie.title for movie in read_text(text, "letterboxd.csv").movies) == ['"Coins, and More"', "Alien"]


def test_backslash_in_a_title_stays() -> None:
    assert only(read_text('Title,Year\n"A\\B",2001\n', "letterboxd.csv")).title == "A\\B"


LISTED = [
    ("movie", "Heat"),
    ("Movie", "Alien"),
    ("tvMovie", "Duel"),
    ("TV Movie", "Duel 2"),
    ("short", "Night Mail"),
    ("", "Jaws"),
    ("Película", "Roma"),
]


@pytest.mark.parametrize("column", ["Type", "Title Type", "Media Type", "media_type", "titleType"])
@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("tv", "series"),
        ("show", "series"),
        ("TV Show", "series"),
        ("tvSeries", "series"),
        ("TV Mini Series", "series"),
        ("tvEpisode", "series"),
        ("episode", "series"),
        ("anime", "series"),
        ("Serie", "series"),
        ("videoGame", "other_media"),
        ("book", "other_media"),
    ],
)
def test_rows_that_are_no_films_are_left_out_by_their_type(column: str, kind: str, rule: str) -> None:
    rows = [f"{title},2001,{type_}" for type_, title in [*LISTED, (kind, "Breaking Bad")]]
    parsed = read_text("\n".join([f"Title,Year,{column}", *rows, ""]), "export.csv")
    assert sorted(movie.title for movie in parsed.movies) == sorted(title for _, title in LISTED)
    assert (parsed.files[0].skipped, parsed.files[0].adds_up, parsed.notes) == ({rule: 1}, True, [])


def test_type_that_is_not_known_is_taken_as_a_film_and_said_so() -> None:
    parsed = read_text("Title,Year,Type\nHeat,1995,At home\n", "export.csv")
    assert [(note.line, note.reason, note.detail) for note in parsed.notes] == [(2, "type_unknown", "At home")]
    assert only(parsed).title == "Heat"


@pytest.mark.parametrize("column", ["Season", "Season Number", "Episode"])
def test_row_with_a_season_or_an_episode_is_no_film(column: str) -> None:
    parsed = read_text(f"Title,Year,{column}\nHeat,1995,\nLost,2004,3\n", "export.csv")
    assert (only(parsed).title, parsed.files[0].skipped) == ("Heat", {"series": 1})


def test_row_that_is_only_planned_is_not_seen() -> None:
    parsed = read_text("Title,Year,Status\nHeat,1995,completed\nDune,2021,plan to watch\n", "export.csv")
    assert (only(parsed).title, parsed.files[0].skipped) == ("Heat", {"watchlist": 1})


def test_ratings_of_the_list_are_stars() -> None:
    parsed = read_text("Title,Year,Rating\nTaken,2008,3.5\nIncendies,2010,4\n", "mine.csv")
    assert [movie.rating for movie in parsed.movies] == [Decimal("3.5"), Decimal(4)]


SIMKL = """simkl_id,TVDB_ID,TMDB,IMDB_ID,MAL_ID,Type,Title,Year,LastEpWatched,Watchlist,WatchedDate,Rating,Memo
,,949,tt0113277,,movie,Heat,1995,,completed,2024-04-23,4,
,81189,1396,tt0903747,,tv,Breaking Bad,2008,s05e16,completed,2024-03-01,10,
,,,,1,anime,Cowboy Bebop,1998,,completed,2024-03-01,10,
,,,,,movie,Dune,2021,,plantowatch,,,
"""
TRAKT = """rated_at,type,title,year,trakt_id,imdb_id,tmdb_id,rating
2024-04-23T20:15:00Z,movie,Heat,1995,1,tt0113277,949,4
2024-04-23T20:15:00Z,show,Breaking Bad,2008,1,tt0903747,1396,10
2024-04-23T20:15:00Z,episode,Ozymandias,2013,1,,,10
"""


@pytest.mark.parametrize(
    ("text", "skipped"), [(SIMKL, {"series": 2, "watchlist": 1}), (TRAKT, {"series": 2})], ids=["simkl", "trakt"]
)
def test_list_of_another_service_that_says_what_its_rows_are_is_read_by_it(text: str, skipped: dict[str, int]) -> None:
    parsed = read_text(text, "export.csv")
    assert (only(parsed).title, only(parsed).rating, reasons(parsed)) == ("Heat", Decimal(2), ["ratings_of_ten"])
    assert (parsed.files[0].skipped, parsed.files[0].adds_up) == (skipped, True)


def test_days_of_another_service_are_read() -> None:
    assert only(read_text(SIMKL, "simkl.csv")).watched_on == date(2024, 4, 23)
    assert only(read_text(TRAKT, "ratings.csv")).rated_on == date(2024, 4, 23)
    text = "watched_at,type,title,year,trakt\n2024-04-23T20:15:00Z,movie,Heat,1995,1\n"
    assert only(read_text(text, "history.csv")).watched_on == date(2024, 4, 23)


@pytest.mark.parametrize(
    "service",
    ["Title,Date", "Const,Title,Title Type,Year", "isbn,title,type,year", "listed_at,type,title,year,trakt_id,imdbid"],
)
def test_other_services_are_refused_where_nothing_says_what_was_seen(service: str) -> None:
    assert refused(Upload("list.csv", f"{service}\na,b,c,d\n".encode())).code == "other_format"
