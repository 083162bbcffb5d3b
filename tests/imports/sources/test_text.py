import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from imports.sources.base import SourceError, Upload
from imports.sources.text import open_table
from tests.exports import BASE, DIARY, REVIEWS, csv_bytes, entry_uri, film_uri, letterboxd_files
from tests.imports.sources.reading import only, read, read_text, reasons, refused, report

HEADER = "Date,Name,Year,Letterboxd URI\r\n"
ROWS = [["2024-01-01", "Amélie Łódź", "2001", film_uri(1)], ["2024-01-02", "1917", "2019", film_uri(2)]]
TEXT = csv_bytes(BASE, ROWS).decode()
CONFLICT = "<<<<<<< HEAD\r\n{}=======\r\n{}>>>>>>> other\r\n"


def titles(data: bytes, name: str = "watched.csv") -> list[str]:
    return sorted(movie.title for movie in read(Upload(name, data)).movies)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_unicode_encoding_gives_the_same_titles(encoding: str) -> None:
    assert titles(TEXT.encode(encoding)) == ["1917", "Amélie Łódź"]


def test_utf16_with_either_byte_order_mark_is_read() -> None:
    assert titles(b"\xfe\xff" + TEXT.encode("utf-16-be")) == ["1917", "Amélie Łódź"]


def test_windows_text_is_read_and_said_so() -> None:
    parsed = read(Upload("watched.csv", TEXT.replace("Łódź", "“Été”").encode("cp1252")))
    assert parsed.movies[1].title == "Amélie “Été”"
    assert (parsed.files[0].encoding, reasons(parsed)) == ("cp1252", ["read_as_windows_text"])
    assert parsed.notes[0].line is None


def test_one_damaged_byte_costs_its_row_and_leaves_the_others_their_accents() -> None:
    rows = [["2024-01-01", f"Été à Łódź {number}", "2001", film_uri(number)] for number in range(9)]
    data = csv_bytes(BASE, rows).replace("Été à Łódź 4".encode(), b"\xe9t\xe9 4")
    parsed = read(Upload("watched.csv", data))
    assert len(parsed.movies) == 8
    assert parsed.movies[0].title == "Été à Łódź 0"
    assert [(note.kind, note.line, note.reason) for note in parsed.notes] == [("lost", 6, "broken_text")]


@pytest.mark.parametrize(("letters", "encoding"), [("éé", "utf-8"), ("é", "mac_roman")])
def test_a_file_is_utf8_where_more_letters_are_whole_than_bytes_are_damaged(letters: str, encoding: str) -> None:
    table = open_table(f"Name\r\n{letters} ".encode() + b"\xe9 x\r\n", "watched.csv")
    assert table.encoding == encoding
    assert [row.fault for row in table.rows(multiline=False)] == (["broken_text"] if encoding == "utf-8" else [""])


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_another_delimiter_is_told_from_the_header(delimiter: str) -> None:
    assert titles(TEXT.replace(",", delimiter).encode()) == ["1917", "Amélie Łódź"]


@pytest.mark.parametrize("newline", ["\n", "\r"])
def test_other_line_ends_are_read(newline: str) -> None:
    assert titles(TEXT.replace("\r\n", newline).encode()) == ["1917", "Amélie Łódź"]


def test_lines_are_those_where_rows_start_in_a_multi_line_file() -> None:
    review = "One\r\n\r\nthree"
    rows = [
        ["2024-01-01", title, "2001", entry_uri(n), "", "", review, "", ""]
        for n, title in enumerate(["A", "", "B", ""])
    ]
    parsed = read(Upload("reviews.csv", csv_bytes(REVIEWS, rows)))
    assert [note.line for note in parsed.notes if note.reason == "no_title"] == [5, 11]


def test_file_filled_with_nul_is_refused() -> None:
    error = refused(Upload("watched.csv", TEXT.encode() + bytes(4096)))
    assert (error.code, error.status) == ("nul_bytes", 422)


def test_file_of_nothing_but_nul_is_refused() -> None:
    assert refused(Upload("watched.csv", bytes(4096))).status == 422


def test_one_nul_costs_its_row() -> None:
    parsed = read(Upload("watched.csv", TEXT.replace("1917", "19\x0017").encode()))
    assert [(note.kind, note.line, note.reason) for note in parsed.notes] == [("lost", 3, "broken_text")]
    assert only(parsed).title == "Amélie Łódź"


def test_picture_named_csv_is_refused() -> None:
    error = refused(Upload("watched.csv", b"\x89PNG\r\n\x1a\n\x81\x8d" + bytes(range(256)) * 8))
    assert (error.code, error.status) == ("disguised", 422)


def test_conflict_markers_are_refused() -> None:
    row = TEXT.splitlines(keepends=True)[1]
    error = refused(Upload("watched.csv", (HEADER + CONFLICT.format(row, row)).encode()))
    assert (error.code, error.status) == ("conflict_markers", 422)


def test_review_with_a_line_of_equal_signs_is_kept() -> None:
    review = "Part one\r\n=======\r\nPart two\r\n>>>>>>> so they say"
    row = ["2024-01-01", "Film", "2001", entry_uri(1), "", "", review, "", "2024-01-01"]
    movie = only(read(Upload("reviews.csv", csv_bytes(REVIEWS, [row]))))
    assert movie.viewings[0].review == review.replace("\r\n", "\n")


def test_row_of_more_than_1000_cells_is_refused() -> None:
    error = refused(Upload("watched.csv", (TEXT + "," * 1001 + "\r\n").encode()))
    assert (error.code, error.status) == ("row_too_wide", 422)
    assert "Line 4" in str(error)


@pytest.mark.parametrize("end", ['2024-01-01,"Fil', "2024-01-01,Fil", "2024-01-01,Film,2001", '"'])
def test_file_cut_in_its_last_row_is_refused(end: str) -> None:
    error = refused(Upload("watched.csv", (TEXT + end).encode()))
    assert (error.code, error.status) == ("cut", 422)
    assert "line 4" in str(error)


def test_file_cut_within_a_review_is_refused() -> None:
    data = letterboxd_files(50)["reviews.csv"]
    assert refused(Upload("reviews.csv", data[: data.rindex(b"blockquote")])).code == "cut"


def test_file_cut_within_a_letter_is_refused() -> None:
    assert refused(Upload("watched.csv", TEXT.encode() + "2024-01-01,É".encode()[:-1])).code == "cut"


def test_last_row_without_a_line_break_is_read() -> None:
    assert titles(TEXT.rstrip().encode()) == ["1917", "Amélie Łódź"]


def test_quotation_mark_that_is_never_closed_costs_its_row() -> None:
    lines = [f"2024-01-01,Film {number},2001,{film_uri(number)}\r\n" for number in range(5)]
    lines[1] = lines[1].replace("Film 1", '"Film 1')
    parsed = read_text(HEADER + "".join(lines))
    assert sorted(movie.title for movie in parsed.movies) == ["Film 0", "Film 2", "Film 3", "Film 4"]
    assert [(note.kind, note.line, note.reason) for note in parsed.notes] == [("lost", 3, "open_quote")]
    assert report(parsed, "watched.csv").rows == 5


class WatchedLines(list[str]):
    """Lines that count how often one of them is looked at."""

    looks = 0

    def __iter__(self) -> Iterator[str]:
        for line in super().__iter__():
            self.looks += 1
            yield line

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        self.looks += len(found) if isinstance(place, slice) else 1
        return found


@pytest.mark.parametrize("multiline", [True, False])
@pytest.mark.parametrize("line", ['"a"b,"\r\n', '"\r\n', '"a",b,"c\r\n', '"""\n', 'a"b\r', "\n", ",\n"])
def test_no_quotation_mark_makes_lines_be_read_again_and_again(line: str, multiline: bool) -> None:
    table = open_table(HEADER.encode() + line.encode() * 2_000, "watched.csv")
    lines = WatchedLines(table.lines)
    with suppress(SourceError):  # some of these end within quotation marks
        for _ in replace(table, lines=lines).rows(multiline=multiline):
            pass
    assert lines.looks <= 5 * len(lines)


@pytest.mark.parametrize("seed", range(20))
def test_rows_between_open_quotation_marks_are_read_as_they_were_written(seed: int) -> None:
    chance = random.Random(seed)
    cells = ["", "Film", 'a "b" c', "a, b", "É", '"', "☃ ", "'"]
    written = [[chance.choice(cells) for _ in range(3)] + ["x"] for _ in range(100)]
    open_ones = {number for number in range(99) if chance.random() < 0.3}
    lines = csv_bytes(BASE, written).decode().splitlines(keepends=True)
    for number in open_ones:
        lines[number + 1] = chance.choice(['"a"b,"\r\n', 'a,"b\r\n', '"a,b\r\n', '"\r\n', '"a ""\r\n'])
    rows = list(open_table("".join(lines).encode(), "watched.csv").rows(multiline=False))
    assert [row.line for row in rows] == list(range(2, 102))
    assert [row.fault for row in rows] == ["open_quote" if number in open_ones else "" for number in range(100)]
    assert [row.cells for row in rows] == [
        [lines[number + 1]] if number in open_ones else written[number] for number in range(100)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_rows_of_several_lines_have_the_line_they_start_on(seed: int) -> None:
    chance = random.Random(seed)
    written = [["x", "\r\n".join(chance.choices(['a "b"', "", "c, d"], k=chance.randint(1, 9)))] for _ in range(100)]
    data = csv_bytes(["Name", "Review"], written)
    rows = list(open_table(data, "reviews.csv").rows(multiline=True))
    assert [row.cells for row in rows] == written
    starts = [line for line, text in enumerate(data.decode().splitlines(), 1) if text.startswith("x,")]
    assert [row.line for row in rows] == starts


def test_long_review_is_kept() -> None:
    review = "long " * 40_000  # the csv module alone stops at 131,072 characters
    row = ["2024-01-01", "Film", "2001", entry_uri(1), "", "", review, "", "2024-01-01"]
    assert only(read(Upload("reviews.csv", csv_bytes(REVIEWS, [row])))).viewings[0].review == review


def test_row_of_more_than_a_million_characters_is_lost_alone() -> None:
    rows = [
        ["2024-01-01", name, "2001", entry_uri(n), "", "", "", ""] for n, name in enumerate(["x" * 1_000_001, "Film"])
    ]
    parsed = read(Upload("diary.csv", csv_bytes(DIARY, rows)))
    assert (only(parsed).title, reasons(parsed)) == ("Film", ["row_too_long"])


def test_row_with_an_unquoted_comma_is_lost_alone() -> None:
    parsed = read_text(f"{TEXT}2024-01-03,Night, Again,2001,{film_uri(3)}\r\n")
    assert len(parsed.movies) == 2
    assert [(note.kind, note.line, note.reason) for note in parsed.notes] == [("lost", 4, "too_many_cells")]


def test_row_with_too_few_columns_is_lost_alone() -> None:
    parsed = read_text(f"{HEADER}2024-01-03,Night\r\n{TEXT.removeprefix(HEADER)}")
    assert len(parsed.movies) == 2
    assert [(note.kind, note.line, note.reason) for note in parsed.notes] == [("lost", 2, "too_few_cells")]


def test_row_that_only_lacks_blank_columns_at_its_end_is_read() -> None:
    header = ",".join(DIARY)
    assert only(read_text(f"{header}\r\n2024-01-03,Night,2001,{entry_uri(1)},4\r\n", "diary.csv")).rating == 4


def test_empty_lines_are_no_rows_and_blank_rows_are_skipped_by_a_rule() -> None:
    parsed = read_text(f"\r\n{TEXT}\r\n,,,\r\n , ,,\r\n")
    file = report(parsed, "watched.csv")
    assert (file.rows, file.added, file.skipped) == (4, 2, {"blank": 2})


def test_blank_columns_beyond_the_header_do_no_harm() -> None:
    parsed = read_text(TEXT.replace("\r\n2024", ",,\r\n2024"))
    assert len(parsed.movies) == 2


# Rows over several lines, joined files, lines above the header


BROKEN = '2024-01-01,"Heat\nTwo",1995,https://boxd.it/1\n'


def test_a_title_over_two_lines_is_one_film_with_a_blank() -> None:
    parsed = read_text(HEADER.replace("\r", "") + BROKEN + "2024-01-02,Alien,1979,https://boxd.it/2\n")
    assert sorted(movie.title for movie in parsed.movies) == ["Alien", "Heat Two"]
    assert parsed.notes == []


@pytest.mark.parametrize("below", ["", "2024-01-02,Alien,1979,\n", '2024-01-02,"Alien, or not",1979,\n'])
def test_a_quotation_mark_that_is_never_closed_makes_no_film_of_what_is_below(below: str) -> None:
    parsed = read_text(f'{HEADER}2023-01-01,Jaws,1975,\n2024-01-01,"Heat,1995,\n{below}2024-01-03,Up,2009,\n')
    expected = {"Jaws", "Up"} | ({below.split(",", 1)[1].split(",1979")[0].strip('"')} if below else set())
    assert {movie.title for movie in parsed.movies} == expected
    assert [note.reason for note in parsed.notes] == ["open_quote"]


def test_a_title_over_two_lines_beside_a_review_is_one_film_too() -> None:
    rows = [["2024-01-01", "Heat\nTwo", "1995", entry_uri(1), "4", "", "Good\nreally", "", "2024-01-01"]]
    assert only(read(Upload("reviews.csv", csv_bytes(REVIEWS, rows)))).title == "Heat Two"


@pytest.mark.parametrize("again", [HEADER, "\ufeff" + HEADER, HEADER.upper(), "\n" + HEADER])
def test_the_header_once_more_is_no_film(again: str) -> None:
    parsed = read_text(f"{HEADER}2024-01-01,Heat,1995,\n{again}2024-01-02,Alien,1979,\n")
    assert sorted(movie.title for movie in parsed.movies) == ["Alien", "Heat"]
    assert parsed.files[0].skipped == {"header_again": 1}
    assert parsed.files[0].adds_up


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;", "\ufeffsep=;", "'sep=;'"])
def test_excels_own_first_line_tells_the_delimiter(first: str) -> None:
    parsed = read_text(f"{first}\r\n{HEADER.replace(',', ';')}2024-01-01;Heat;1995;\r\n")
    assert only(parsed).title == "Heat"


@pytest.mark.parametrize(
    "above", ["My diary\n", "Watched films,,,\n", "# exported by a script, 2024\n", "\n\nMy diary\n\n", '"My diary"\n']
)
def test_a_name_or_a_remark_above_the_header_is_passed_over(above: str) -> None:
    parsed = read_text(f"{above}{HEADER}2024-01-01,Heat,1995,\n2024-01-02,,1979,\n")
    assert only(parsed).title == "Heat"
    assert parsed.notes[0].line == above.count("\n") + 3
