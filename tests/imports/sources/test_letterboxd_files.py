"""Which file is this? And which are left out, by which rule?"""

from decimal import Decimal

import pytest

from imports.sources.base import RoleNeeded, Upload
from tests.exports import BASE, DIARY, csv_bytes, entry_uri, film_uri, letterboxd_files, zip_bytes
from tests.imports.sources.reading import export, only, read, read_text, reasons, refused, report

FOUR = csv_bytes(BASE, [["2024-01-01", "Film", "2001", film_uri(1)]])
FILES = letterboxd_files(40)
KINDS = {
    "profile.csv": "profile",
    "watched.csv": "watched",
    "ratings.csv": "ratings",
    "diary.csv": "diary",
    "reviews.csv": "reviews",
    "likes/films.csv": "likes",
    "likes/reviews.csv": "likes_reviews",
    "likes/lists.csv": "likes_lists",
    "watchlist.csv": "watchlist",
    "comments.csv": "comments",
    "deleted/diary.csv": "deleted",
    "deleted/reviews.csv": "deleted",
    "deleted/comments.csv": "deleted",
    "orphaned/diary.csv": "orphaned",
    "lists/ten-best.csv": "lists",
}


def test_every_file_of_an_export_is_told() -> None:
    parsed = read(Upload("export.zip", zip_bytes(FILES)))
    assert {file.name: file.kind for file in parsed.files} == KINDS


def test_skipped_files_name_their_rule_and_their_rows() -> None:
    parsed = read(Upload("export.zip", zip_bytes(FILES)))
    skipped = {file.name: file.skipped for file in parsed.files if file.kind == file.name.removesuffix(".csv")}
    assert skipped["watchlist.csv"] == {"watchlist": 4}
    assert skipped["comments.csv"] == {"comments": 1}
    assert report(parsed, "orphaned/diary.csv").skipped == {"orphaned": 1}
    assert report(parsed, "deleted/diary.csv").skipped == {"deleted": 1}


@pytest.mark.parametrize("first_line", [b"Letterboxd list export v7\r\n", b"\r\n"])
def test_list_counts_the_rows_below_its_second_header(first_line: bytes) -> None:
    data = FILES["lists/ten-best.csv"].replace(b"Letterboxd list export v7\r\n", first_line)
    parsed = read(Upload("export.zip", zip_bytes({"watched.csv": FOUR, "lists/ten-best.csv": data})))
    assert report(parsed, "lists/ten-best.csv").skipped == {"lists": 10}


def test_damaged_file_that_is_skipped_anyway_does_no_harm() -> None:
    parsed = read(
        Upload("export.zip", zip_bytes({"watched.csv": FOUR, "comments.csv": b'a,b\r\n"cut', "lists/x.csv": b""}))
    )
    assert [file.rows for file in parsed.files] == [1, 1, 0]


def test_loose_files_are_read_as_the_zip_is() -> None:
    loose = [Upload(path, data) for path, data in FILES.items()]
    assert read(*loose).movies == read(Upload("export.zip", zip_bytes(FILES))).movies


def test_zip_and_loose_files_can_be_mixed() -> None:
    rest = {path: data for path, data in FILES.items() if path != "diary.csv"}
    parsed = read(Upload("diary.csv", FILES["diary.csv"]), Upload("export.zip", zip_bytes(rest)))
    assert parsed.movies == read(Upload("export.zip", zip_bytes(FILES))).movies


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Watched (1).csv", "watched"),
        ("my watched films.csv", "watched"),
        ("likes/films.csv", "likes"),
        ("liked-films.csv", "likes"),
    ],
)
def test_four_columns_are_told_by_name(name: str, kind: str) -> None:
    assert read(Upload(name, FOUR), ask=True).files[0].kind == kind


def test_watchlist_is_told_by_name_and_skipped() -> None:
    parsed = read(Upload("watched.csv", FOUR), Upload("watchlist-ana-2024-01-01.csv", FOUR), ask=True)
    assert (parsed.files[1].kind, parsed.files[1].skipped) == ("watchlist", {"watchlist": 1})


def test_four_columns_with_a_name_that_says_nothing_are_asked_for() -> None:
    with pytest.raises(RoleNeeded) as caught:
        read(Upload("movies.csv", FOUR), ask=True)
    assert (caught.value.file, caught.value.status) == ("movies.csv", 400)


@pytest.mark.parametrize(("role", "is_seen"), [("watched", True), ("likes", False)])
def test_four_columns_are_what_the_person_says(role: str, is_seen: bool) -> None:
    parsed = read(Upload("movies.csv", FOUR, role), ask=True)  # type: ignore[arg-type]
    assert (parsed.files[0].kind, only(parsed).is_seen, parsed.notes) == (role, is_seen, [])


def test_four_columns_are_taken_as_watched_where_nobody_can_be_asked() -> None:
    parsed = read(Upload("movies.csv", FOUR), ask=False)
    assert (parsed.files[0].kind, reasons(parsed)) == ("watched", ["taken_as_watched"])


def test_films_csv_beside_watched_csv_is_the_likes() -> None:
    parsed = read(Upload("films.csv", FOUR), Upload("watched.csv", FOUR), ask=True)
    assert [file.kind for file in parsed.files] == ["likes", "watched"]


def test_films_csv_alone_is_asked_for() -> None:
    assert refused(Upload("films.csv", FOUR), ask=True).code == "role_needed"


def test_watchlist_alone_has_nothing_to_import() -> None:
    assert refused(Upload("movies.csv", FOUR, "watchlist")).code == "no_films"


@pytest.mark.parametrize("kind", ["ratings", "diary", "reviews"])
def test_kind_is_told_by_the_header_whatever_the_name(kind: str) -> None:
    assert read(Upload("data.csv", FILES[f"{kind}.csv"]), ask=True).files[0].kind == kind


def test_header_may_have_other_case_order_and_more_columns() -> None:
    text = f"LETTERBOXD URI,Director,year, name ,Date\r\n{film_uri(1)},Somebody,2001,Film,2024-01-01\r\n"
    movie = only(read_text(text, "watched.csv"))
    assert (movie.title, movie.year, movie.uri, str(movie.marked_on)) == ("Film", 2001, film_uri(1), "2024-01-01")


def test_diary_from_before_2018_has_no_rewatch() -> None:
    header = [column for column in DIARY if column != "Rewatch"]
    data = csv_bytes(header, [["2016-01-01", "Film", "2001", entry_uri(1), "4", "dvd", "2016-01-01"]])
    viewing = only(read(Upload("diary.csv", data))).viewings[0]
    assert (viewing.rewatch, viewing.tags, viewing.rating) == (False, ["dvd"], Decimal(4))


@pytest.mark.parametrize(
    "files", [["watched"], ["diary"], ["ratings"], ["watched", "diary", "ratings", "reviews", "likes"]]
)
def test_header_without_a_row_gives_no_films(files: list[str]) -> None:
    parsed = read(Upload("export.zip", zip_bytes(export(**{kind: [] for kind in files}))))
    assert (parsed.movies, parsed.notes, [file.rows for file in parsed.files]) == ([], [], [0] * len(files))


@pytest.mark.parametrize(
    ("name", "header", "missing"),
    [
        ("watched.csv", "Date,Year,Letterboxd URI", "Name"),
        ("my.csv", "Name,Year", "Date, Letterboxd URI"),
        ("my.csv", "Name,Rating", "Date, Year, Letterboxd URI"),
        ("ratings.csv", "Date,Name,Year,Letterboxd URI", "Rating"),
        ("diary.csv", "Date,Name,Year,Letterboxd URI,Rating", "Watched Date"),
        ("reviews.csv", "Date,Name,Year,Letterboxd URI,Rating,Watched Date", "Review"),
        ("my.csv", "a,b,c", "Date, Name, Year, Letterboxd URI"),
        ("watched.csv", "2024-01-01,Film,2001,https://boxd.it/2aa", "Date, Name, Year, Letterboxd URI"),
    ],
)
def test_missing_columns_are_named(name: str, header: str, missing: str) -> None:
    error = refused(Upload(name, f"{header}\r\n1,2,3,4\r\n".encode()))
    assert (error.code, error.status, error.params["columns"]) == ("columns_missing", 400, missing)


def test_watched_csv_without_its_columns_refuses_the_zip() -> None:
    error = refused(Upload("export.zip", zip_bytes({**FILES, "watched.csv": b"Date,Year\r\n"})))
    assert (error.code, error.file) == ("columns_missing", "watched.csv")


@pytest.mark.parametrize("path", ["watched.csv", "ratings.csv", "diary.csv"])
def test_damaged_file_that_tells_films_refuses_the_zip(path: str) -> None:
    error = refused(Upload("export.zip", zip_bytes({**FILES, path: FILES[path] + b'2024-01-01,"Fi'})))
    assert (error.code, error.file) == ("cut", path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("watched.csv", "Name,Year\nFilm,2001\n"),
        ("watched.csv", "Name\nFilm\n"),
        ("watched.csv", "Date,Name,Letterboxd URI\n2024-01-01,Film,\n"),
        ("my.csv", "Name,Letterboxd URI\nFilm,https://boxd.it/2aa\n"),
        ("my.csv", "Date,Name,Year\n2024-01-01,Film,2001\n"),
        ("my.csv", "Name,Year,Rating\nFilm,2001,4\n"),
        ("ratings.csv", "Name,Rating\nFilm,4\n"),
        ("ratings.csv", "Name,Year,Rating\nFilm,2001,4\n"),
        ("diary.csv", "Name,Watched Date\nFilm,2024-01-01\n"),
        ("diary.csv", "Date,Name,Year,Letterboxd URI,Watched Date\n2024-01-02,Film,2001,,2024-01-01\n"),
        ("reviews.csv", "Name,Review\nFilm,Good.\n"),
    ],
)
def test_columns_of_no_need_may_be_missing(name: str, text: str) -> None:
    parsed = read_text(text, name)
    assert (only(parsed).title, [file.adds_up for file in parsed.files]) == ("Film", [True])


def test_likes_without_links_join_the_films_of_their_name() -> None:
    likes = b"Date,Name,Year\r\n2026-01-01,Film,2001\r\n2026-01-02,Jaws,1975\r\n"
    parsed = read(Upload("export.zip", zip_bytes({"watched.csv": FOUR, "likes/films.csv": likes})))
    assert [(movie.title, movie.is_seen, str(movie.liked_on)) for movie in parsed.movies] == [
        ("Jaws", False, "2026-01-02"),
        ("Film", True, "2026-01-01"),
    ]


@pytest.mark.parametrize("path", ["likes/films.csv", "reviews.csv", "top/likes/films.csv"])
@pytest.mark.parametrize(
    "data", [b"", b"Date,Year\r\n2024-01-01,2001\r\n", b"\0" * 20, b'Date,Name,Year,Letterboxd URI,Review\r\n2024,"cu']
)
def test_side_file_that_is_broken_is_left_out_alone_and_said_so(path: str, data: bytes) -> None:
    parsed = read(Upload("export.zip", zip_bytes({"watched.csv": FOUR, path: data})))
    assert only(parsed).title == "Film"
    left_out = report(parsed, path)
    assert (left_out.kind, left_out.adds_up, left_out.skipped) == ("unreadable", True, {"unreadable": 0})
    (note,) = parsed.notes
    assert (note.file, note.line, note.reason) == (path, None, "file_left_out")
    assert f"“{path}”" in note.detail


@pytest.mark.parametrize("path", ["ratings.csv", "diary.csv"])
@pytest.mark.parametrize("data", [b"", b"Date,Name,Year,Letterboxd URI\r\n2024-01-01,Film,2001,\r\n"])
def test_file_that_has_nothing_of_what_its_name_says_is_left_out_alone(path: str, data: bytes) -> None:
    parsed = read(Upload("export.zip", zip_bytes({"watched.csv": FOUR, path: data})))
    assert (only(parsed).title, report(parsed, path).kind, reasons(parsed)) == ("Film", "unreadable", ["file_left_out"])


def test_side_file_that_was_sent_by_itself_is_refused() -> None:
    assert refused(Upload("watched.csv", FOUR), Upload("reviews.csv", b"Date,Year\r\n")).code == "columns_missing"


@pytest.mark.parametrize(
    ("data", "code"), [(b"Date,Year\r\n", "columns_missing"), (b'Name,Year\r\nFilm,2001\r\n"Fi', "cut")]
)
def test_zip_of_nothing_but_a_broken_side_file_is_told_why(data: bytes, code: str) -> None:
    assert refused(Upload("export.zip", zip_bytes({"likes/films.csv": data}))).code == code


def test_strange_file_in_the_zip_is_skipped_by_a_rule() -> None:
    parsed = read(
        Upload("export.zip", zip_bytes({"watched.csv": FOUR, "notes.csv": b"a,b\r\n1,2\r\n", "photo.jpg": b"x"}))
    )
    assert [(file.kind, file.rows, file.skipped) for file in parsed.files[1:]] == [
        ("unknown", 1, {"unknown": 1}),
        ("unknown", 0, {"unknown": 0}),
    ]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Title,Date", "Netflix"),
        ("Profile Name,Start Time,Duration,Title", "Netflix"),
        ("Const,Your Rating,Date Rated,Title,Year", "IMDb"),
        ("position,Title,Title Type,IMDb Rating,Year", "IMDb"),
        ("SIMKL_ID,Title,Year,Watchlist,LastEpWatched,WatchedDate,Rating", "Simkl"),
        ("trakt,imdb,tmdb,title,year,rating", "Trakt"),
        ("uuid,tvdb_id,imdb_id,title,year,created_at,watched_at,is_watched,rewatch_count", "TV Time"),
        ("tv_show_name,episode_season_number,episode_number", "TV Time"),
        ("series_animedb_id,series_title,series_type,my_watched_episodes,my_score", "MyAnimeList"),
        ("anilist_id,title,year,rating", "AniList"),
        ("TMDb ID,IMDb ID,Type,Name,Release Date,Season Number,Episode Number,Rating,Your Rating", "TMDB"),
        ("Book Id,Title,Author,Year,Rating", "books"),
    ],
)
def test_file_of_another_service_is_named(header: str, name: str) -> None:
    error = refused(Upload("history.csv", f"{header}\r\n".encode()))
    assert (error.code, error.status) == ("other_format", 400)
    assert name in str(error)


def test_file_of_another_service_beside_an_export_is_refused() -> None:
    assert refused(Upload("watched.csv", FOUR), Upload("netflix.csv", b"Title,Date\r\n")).code == "other_format"
