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
        ("watched.csv", "Date,Name,Year", "Letterboxd URI"),
        ("ratings.csv", "Date,Name,Year,Letterboxd URI", "Rating"),
        ("diary.csv", "Date,Name,Year,Letterboxd URI,Rating", "Tags, Watched Date"),
        ("my.csv", "a,b,c", "Date, Name, Year, Letterboxd URI"),
        ("watched.csv", "2024-01-01,Film,2001,https://boxd.it/2aa", "Date, Name, Year, Letterboxd URI"),
    ],
)
def test_missing_columns_are_named(name: str, header: str, missing: str) -> None:
    error = refused(Upload(name, f"{header}\r\n1,2,3,4\r\n".encode()))
    assert (error.code, error.status, error.params["columns"]) == ("columns_missing", 400, missing)


def test_missing_columns_refuse_a_file_of_the_zip_too() -> None:
    error = refused(Upload("export.zip", zip_bytes({"watched.csv": FOUR, "likes/films.csv": b"Date,Name\r\n"})))
    assert (error.code, error.file) == ("columns_missing", "likes/films.csv")


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
    ],
)
def test_file_of_another_service_is_named(header: str, name: str) -> None:
    error = refused(Upload("history.csv", f"{header}\r\n".encode()))
    assert (error.code, error.status) == ("other_format", 400)
    assert name in str(error)


def test_file_of_another_service_beside_an_export_is_refused() -> None:
    assert refused(Upload("watched.csv", FOUR), Upload("netflix.csv", b"Title,Date\r\n")).code == "other_format"
