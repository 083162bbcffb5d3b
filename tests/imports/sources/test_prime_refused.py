"""What can't be read gets one sentence, whatever was sent."""

import json

import pytest

from imports import sources
from imports.sources.base import SourceError, Upload
from imports.sources.nesting import MAX_DEPTH
from imports.sources.prime_video import entries
from tests.exports import csv_bytes, letterboxd_files, letterboxd_zip, zip_bytes
from tests.imports.sources.prime import HEADER, entry, read_prime, script
from tests.imports.sources.reading import only, reasons
from tests.prime_exports import ACTIVITY, LEGACY, history, prime_file

PRIME = Upload("prime.csv", f"{HEADER}\n{entry('Film')}".encode())


def refused(*uploads: Upload) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read_prime(*uploads)
    return caught.value


def read_json(value: object) -> sources.Parsed:
    return read_prime(Upload("history.json", json.dumps(value).encode()))


@pytest.mark.parametrize(
    "other", [Upload("letterboxd.zip", letterboxd_zip(5)), Upload("watched.csv", letterboxd_files(5)["watched.csv"])]
)
@pytest.mark.parametrize("is_first", [True, False])
def test_files_of_two_services_are_refused_by_name(other: Upload, is_first: bool) -> None:
    error = refused(other, PRIME) if is_first else refused(PRIME, other)
    assert (error.code, error.status) == ("several_services", 422)
    assert "“prime.csv” from Prime Video" in str(error)
    assert error.file.startswith(other.name)


def test_zip_with_files_of_two_services_is_refused() -> None:
    assert refused(Upload("all.zip", zip_bytes({**letterboxd_files(5), "prime.csv": PRIME.read()}))).status == 422


def test_profile_is_never_unpacked_beside_a_history_either() -> None:
    data = bytearray(
        zip_bytes({"prime.csv": PRIME.read(), "profile.csv": b"Username,Email Address\r\nana,ana@x.org\r\n"})
    )
    content = data.index(b"profile.csv") + len("profile.csv")
    data[content : content + 10] = b"\xff" * 10  # unpacking it would fail
    parsed = read_prime(Upload("all.zip", bytes(data)))
    assert [(file.kind, file.skipped) for file in parsed.files] == [("history", {}), ("profile", {"profile": 0})]


def test_file_of_another_service_beside_a_history_is_named() -> None:
    error = refused(PRIME, Upload("netflix.csv", b"Title,Date\r\n"))
    assert (error.code, error.status, error.file) == ("other_format", 400, "netflix.csv")
    assert "Netflix" in str(error)


def test_unknown_file_beside_a_history_is_told_what_it_lacks() -> None:
    error = refused(PRIME, Upload("my.csv", b"a,b\r\n1,2\r\n"))
    assert (error.code, error.params["columns"]) == ("columns_missing", "Date Watched, Type, Title")


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("Date Watched,Title", "Type"),
        ("Playback Hour,Title", "Video Type"),
        ("Playback Start Datetime (UTC),Title", "Material Type Description"),
    ],
)
def test_missing_column_is_named(header: str, missing: str) -> None:
    error = refused(Upload("history.csv", f"{header}\n2024-01-02,Film\n".encode()))
    assert (error.code, error.status, error.params["columns"]) == ("columns_missing", 400, missing)


@pytest.mark.parametrize(
    "upload",
    [
        Upload("a.csv", HEADER.encode()),
        Upload("a.csv", f"{LEGACY}\r\n".encode()),
        Upload("a.csv", csv_bytes(ACTIVITY, [])),
        Upload("a.json", b" [ ] "),
    ],
)
def test_history_without_a_row_gives_no_films(upload: Upload) -> None:
    parsed = read_prime(upload)
    assert (parsed.movies, parsed.notes, parsed.files[0].rows) == ([], [], 0)


def test_history_of_series_alone_gives_no_films_and_is_no_error() -> None:
    parsed = script(entry("Show", episode="Pilot"), entry("Show", episode="The End"))
    assert [movie.kind for movie in parsed.movies] == ["series"]
    assert parsed.files[0].skipped == {"series": 2}


@pytest.mark.parametrize("version", ["1.1", "2", "3", "legacy", "activity"])
def test_file_that_was_cut_is_refused(version: str) -> None:
    name, data = prime_file(version, history(40))  # type: ignore[arg-type]
    text = data.decode().rstrip()
    error = refused(Upload(name, text[: text.rindex(",") - 5].encode()))
    assert (error.code, error.status) == ("cut", 422)


@pytest.mark.parametrize("cut", ['2024-01-02,Movie,"Night,', '2024-01-02,Movie,"Night', "2024-01-02,Mov", "2024-"])
def test_file_that_was_cut_in_its_last_row_is_refused(cut: str) -> None:
    assert refused(Upload("a.csv", f"{HEADER}\n{entry('Film')}\n{cut}".encode())).code == "cut"


@pytest.mark.parametrize("data", [b"\0" * 100, HEADER.encode() + b"\n" + b"\0" * 100])
def test_file_of_empty_bytes_is_refused(data: bytes) -> None:
    assert refused(Upload("history.csv", data)).code == "nul_bytes"


def test_row_of_broken_text_is_lost_alone() -> None:
    text = "\n".join([HEADER, *(entry(f"Amélie {number}") for number in range(9))]).encode()
    parsed = read_prime(Upload("a.csv", text.replace("Amélie 3".encode(), b"Am\xe9lie 3")))
    assert (len(parsed.movies), reasons(parsed)) == (8, ["broken_text"])


def test_windows_text_is_read_and_said_so() -> None:
    text = "\n".join(["Data assistida,Tipo,Título,Episódio", '2024-01-02,Filme,"Não",'])
    parsed = read_prime(Upload("a.csv", text.encode("cp1252")))
    assert (only(parsed).title, only(parsed).kind, reasons(parsed)) == ("Não", "film", ["read_as_windows_text"])


@pytest.mark.parametrize(
    "text",
    [
        '[{"title": "Film", "dateWatched": NaN}]',
        '[{"title": "Film", "dateWatched": ' + "9" * 5000 + "}]",
        "[" * 5000,
        '[{"title": ' + "[" * 5000 + "]" * 5000 + "}]",
        '[{"title": "Film", "date": "2024-01-01"}, {"title": ' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}]",
        '[{"title": "Film"}',
        '[{"title": "Fi',
        '[{"title": "Film"} nonsense]',
        "[,,,",
    ],
)
def test_hostile_or_cut_json_is_refused_in_a_sentence(text: str) -> None:
    error = refused(Upload("history.json", text.encode()))
    assert (error.code, error.status) == ("bad_json", 422)


@pytest.mark.parametrize("text", ["{}", "1", '"x"', "null", "[1, 2]", "[[], {}]", '[{"watched_at": "x"}]', "not json"])
def test_json_of_something_else_is_refused_in_a_sentence(text: str) -> None:
    error = refused(Upload("history.json", text.encode()))
    assert (error.code, error.status) == ("other_json", 400)


@pytest.mark.parametrize(
    "data",
    [
        b"[" + b"[]," * 200_001 + b"[]]",
        b"[" + b" " * 21_000_000 + b"]",
        b"[" + b"1," * 200_001 + b"1]",
        b"[" + b"1," * 2_000_001 + b"1]",
    ],
)
def test_json_of_too_many_parts_is_refused(data: bytes) -> None:
    assert refused(Upload("history.json", data)).status == 413


def test_more_titles_than_anybody_watches_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MAX_TITLES", 2)
    first, second = (
        "\n".join([HEADER, *(entry(f"Film {number}") for number in numbers)]).encode() for numbers in ((1, 2), (2, 3))
    )
    assert len(read_prime(Upload("a.csv", first)).movies) == 2
    error = refused(Upload("a.csv", first), Upload("b.csv", second))
    assert (error.code, error.status, error.file) == ("too_many_films", 413, "b.csv")


@pytest.mark.parametrize("above", ["", "\ufeff", "\n", "\ufeff\r\n \r\n"])
def test_header_is_found_below_blank_lines(above: str) -> None:
    assert only(read_prime(Upload("a.csv", f"{above}{HEADER}\r\n{entry('Film')}".encode()))).title == "Film"


def test_what_is_no_entry_in_json_is_lost_alone() -> None:
    good = {"title": "Film", "dateWatched": "2024-01-02 10:00:00.000", "type": "Movie"}
    parsed = read_json([good, 5, None, [], {"a": 1}, {"title": ["Film"]}, {**good, "title": None}])
    assert (only(parsed).title, parsed.files[0].problems, parsed.files[0].adds_up) == ("Film", 6, True)


@pytest.mark.parametrize("title", ["\ud800", "a\0b"])
def test_text_in_json_that_nothing_can_store_is_lost(title: str) -> None:
    parsed = read_json([{"title": title, "type": "Movie"}])
    assert (parsed.movies, reasons(parsed)) == ([], ["broken_text"])
    assert parsed.notes[0].detail.isascii()


@pytest.mark.parametrize("when", [1e400, -1, 10**400, True, [], {"a": 1}, 1759024824173.5, "x" * 100_000])
def test_odd_day_in_json_costs_at_most_the_day(when: object) -> None:
    text = json.dumps([{"title": "Film", "type": "Movie", "dateWatched": when}]).replace("Infinity", "1e999")
    parsed = read_prime(Upload("a.json", text.encode()))
    assert only(parsed).title == "Film"
    assert reasons(parsed) == ([] if when == 1759024824173.5 else ["date_unreadable"])


def test_lines_of_json_are_those_of_the_file() -> None:
    items = [{"title": "Film", "type": "Movie", "dateWatched": "2024-01-02"}, {"title": "", "type": "Movie"}]
    parsed = read_prime(Upload("a.json", json.dumps(items, indent="\t").encode()))
    assert [(note.kind, note.line) for note in parsed.notes] == [("lost", 7)]


def test_names_of_columns_are_read_in_json_too() -> None:
    assert only(read_json([{"Date Watched": "2024-01-02", "Type": "Movie", "Title": "Film"}])).title == "Film"
