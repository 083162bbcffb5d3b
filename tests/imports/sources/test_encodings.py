"""Text in every code page that people's programs write, text that was read in a wrong one and saved again, and files
that are something else than their name says."""

import gzip
from io import BytesIO
from zipfile import ZipFile

import pytest

from imports.sources.base import Upload
from imports.sources.encodings import decode
from tests.exports import BASE, csv_bytes, film_uri, zip_bytes
from tests.imports.sources.reading import read, reasons, refused

HEADER = "Date,Name,Year,Letterboxd URI\n"


def table(*titles: str) -> str:
    return HEADER + "".join(f'2024-01-01,"{title}",2001,\n' for title in titles)


def titles(data: bytes) -> set[str]:
    return {movie.title for movie in read(Upload("watched.csv", data)).movies}


CODE_PAGES = {
    "cp1252": ["Amélie", "“Été”", "Fräulein Müller", "El niño", "À bout de souffle", "8½", "Déjà vu", "Alien³"],
    "mac_roman": ["Amélie", "Léon", "Fräulein Müller", "À bout de souffle", "Señorita niño", "Déjà vu", "Été"],
    "cp1250": ["Żądło, Święty, źdźbło", "Ostře sledované vlaky, Příběh"],
    "cp1251": ["Иди и смотри", "Сталкер", "Ирония судьбы, или С лёгким паром!"],
    "koi8_r": ["Иди и смотри, Сталкер"],
    "cp866": ["Иди и смотри, Сталкер"],
    "cp932": ["千と千尋の神隠し", "もののけ姫", "リング"],
    "gb18030": ["霸王别姬", "卧虎藏龙", "花样年华"],
    "cp949": ["기생충", "올드보이", "살인의 추억"],
    "big5": ["臥虎藏龍", "悲情城市"],
}


@pytest.mark.parametrize(("page", "title"), [(page, title) for page, some in CODE_PAGES.items() for title in some])
def test_a_code_page_is_told_by_its_letters_and_said(page: str, title: str) -> None:
    parsed = read(Upload("watched.csv", table(title).encode(page)))
    assert [movie.title for movie in parsed.movies] == [title]
    assert reasons(parsed) == ["read_as_windows_text" if parsed.files[0].encoding == "cp1252" else "read_as_code_page"]


TWICE = ["Amélie", "8½", "Alien³", "“Été”", "Müller", "Français, café", "Сталкер", "It’s", "WALL·E", "Île", "À bout"]


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("title", TWICE)
def test_what_was_read_in_a_wrong_code_page_is_undone_and_said(title: str, times: int) -> None:
    garbled = title
    for _ in range(times):
        garbled = garbled.encode().decode("sloppy-windows-1252")
    parsed = read(Upload("watched.csv", table(garbled, "Heat").encode()))
    assert title in {movie.title for movie in parsed.movies}
    assert reasons(parsed) == ["text_mended"]


def test_one_row_may_be_garbled_and_another_not() -> None:
    assert titles(table("AmÃ©lie", "Été à São Paulo").encode()) == {"Amélie", "Été à São Paulo"}


@pytest.mark.parametrize(
    "title", ["São Paulo", "Ães", "naïve café", "Æon Flux", "Crème Brûlée", "Łódź", "Ã", "10 £", "千と"]
)
def test_what_is_right_stays(title: str) -> None:
    parsed = read(Upload("watched.csv", table(title).encode()))
    assert ([movie.title for movie in parsed.movies], reasons(parsed)) == ([title], [])


def test_what_can_not_be_undone_is_said() -> None:
    assert "text_garbled" in reasons(read(Upload("watched.csv", table("åƒã¨åƒå°‹ã®ç¥žéš ã—").encode())))


def test_letters_that_are_none_anywhere_are_refused() -> None:
    noise = b"a\x81\xa4b\x8d\xadc\x8f\xd7d\x90\xb1e\x9d\xabf " * 20
    assert refused(Upload("watched.csv", HEADER.encode() + noise + b"\n")).code == "code_page_unknown"


def test_utf8_is_never_guessed_at() -> None:
    assert decode("Amélie".encode(), "x.csv") == ("Amélie", "utf-8", False, False)


WORKBOOK = zip_bytes({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
NUMBERS = zip_bytes({"Index/Document.iwa": b"x", "Index/Tables/DataList.iwa": b"y"})


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (zip_bytes({"watched.csv": csv_bytes(BASE, [["2024-01-01", "Heat", "1995", film_uri(1)]])}), "a ZIP"),
        (WORKBOOK, "an Excel workbook"),
        (NUMBERS, "a Numbers spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "an Excel workbook"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
        (gzip.compress(b"x" * 99, mtime=0), "a GZIP archive"),
        (b"<!DOCTYPE html><html><body>Sign in", "a web page"),
        (b"\n<html lang=de>", "a web page"),
        (b"<?xml version='1.0'?><films/>", "an XML file"),
        (b"SQLite format 3\x00" + b"\0" * 90, "a database"),
        (b"\xff\xd8\xff\xe0 JFIF", "a picture"),
    ],
)
@pytest.mark.parametrize("name", ["diary.csv", "history.json"])
def test_what_a_file_really_is_is_said(data: bytes, what: str, name: str) -> None:
    error = refused(Upload(name, data))
    assert what in str(error)
    assert "empty bytes" not in str(error)


def test_json_called_csv_and_a_table_called_json_are_said() -> None:
    assert refused(Upload("history.csv", b'[{"dateWatched": "x"}]')).code == "json_called_csv"
    assert refused(Upload("history.json", table("Heat").encode())).code == "csv_called_json"


def test_what_a_mac_lays_beside_files_is_no_file() -> None:
    resource = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X" + b"\0" * 100
    row = csv_bytes(BASE, [["2024-01-01", "Heat", "1995", film_uri(1)]])
    names = {"._watched.csv": resource, "watched.csv": row, "likes/._films.csv": resource, "._.DS_Store": resource}
    parsed = read(Upload("lb.zip", zip_bytes(names)))
    assert ([movie.title for movie in parsed.movies], [file.name for file in parsed.files]) == (
        ["Heat"],
        ["watched.csv"],
    )
    assert read(Upload("._watched.csv", resource), Upload("watched.csv", row)).movies[0].title == "Heat"
    assert refused(Upload("._watched.csv", resource)).code == "no_films"


def test_a_member_without_a_name_is_refused() -> None:
    nameless = BytesIO()
    with ZipFile(nameless, "w") as archive:
        archive.writestr("x", b"")
        archive.filelist[0].filename = ""
    assert refused(Upload("lb.zip", nameless.getvalue())).code == "unsafe_name"
