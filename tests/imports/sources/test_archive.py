import io
import os
import zipfile
import zlib

import pytest

from imports import sources
from imports.sources.archive import Limits, open_uploads
from imports.sources.base import SourceError, Upload
from tests.exports import BASE, csv_bytes, film_uri, letterboxd_files, zip_bytes
from tests.imports.sources.reading import read, refused, report

WATCHED = csv_bytes(BASE, [["2024-01-01", "Film", "2001", film_uri(1)]])


def zipped(files: dict[str, bytes], name: str = "export.zip") -> Upload:
    return Upload(name, zip_bytes(files))


def paths(upload: Upload) -> list[str]:
    return [member.path for member in open_uploads([upload], Limits())]


def test_zip_gives_every_file_with_its_folder() -> None:
    files = letterboxd_files(20)
    assert paths(zipped(files)) == list(files)


def test_zip_leaves_out_what_the_mac_adds() -> None:
    junk = {"__MACOSX/._watched.csv": b"x", ".DS_Store": b"x", "likes/.DS_Store": b"x", "lists/": b""}
    assert paths(zipped({"watched.csv": WATCHED, **junk})) == ["watched.csv"]


def test_zip_in_a_top_folder_is_read_the_same() -> None:
    files = letterboxd_files(30)
    plain = read(zipped(files))
    foldered = read(zipped({f"letterboxd-ana-2024/{path}": data for path, data in files.items()}))
    assert foldered.movies == plain.movies
    assert [file.kind for file in foldered.files] == [file.kind for file in plain.files]


def test_zip_with_upper_case_names_is_read_the_same() -> None:
    files = letterboxd_files(30)
    shouted = read(Upload("EXPORT.ZIP", zip_bytes({path.upper(): data for path, data in files.items()})))
    assert shouted.movies == read(zipped(files)).movies


def test_zip_with_130_lists_is_not_refused() -> None:
    lists = {f"lists/list-{number}.csv": letterboxd_files(10)["lists/ten-best.csv"] for number in range(130)}
    parsed = read(zipped({"watched.csv": WATCHED, **lists}))
    assert sum(file.skipped.get("lists", 0) for file in parsed.files) == 1300


def test_files_of_several_uploads_carry_the_name_of_their_zip() -> None:
    parsed = read(zipped({"watched.csv": WATCHED}, "old.zip"), zipped({"watched.csv": WATCHED}, "new.zip"))
    assert [file.name for file in parsed.files] == ["old.zip/watched.csv", "new.zip/watched.csv"]


def test_profile_is_named_and_never_unpacked() -> None:
    data = bytearray(
        zip_bytes({"watched.csv": WATCHED, "profile.csv": b"Username,Email Address\r\nana,ana@example.org\r\n"})
    )
    content = data.index(b"profile.csv") + len("profile.csv")
    data[content : content + 10] = b"\xff" * 10  # unpacking it would fail
    parsed = read(Upload("export.zip", bytes(data)))
    assert (report(parsed, "profile.csv").kind, report(parsed, "profile.csv").rows) == ("profile", 0)


def test_nothing_sent_is_refused() -> None:
    assert (refused().code, refused().status) == ("nothing_sent", 400)


@pytest.mark.parametrize("name", ["films.pdf", "watched.xlsx", "watched", "export.zip.exe"])
def test_wrong_type_is_refused_by_name(name: str) -> None:
    error = refused(Upload(name, WATCHED))
    assert (error.code, error.status) == ("wrong_type", 400)
    assert name in str(error)


@pytest.mark.parametrize("data", [b"", b"\r\n \r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_empty_file_is_refused(data: bytes) -> None:
    error = refused(Upload("watched.csv", data))
    assert (error.code, error.status) == ("empty", 400)


def test_empty_zip_is_refused() -> None:
    assert (refused(zipped({})).code, refused(zipped({})).status) == ("no_films", 400)


def test_zip_without_a_csv_is_refused_by_its_own_name() -> None:
    error = refused(zipped({"photo.jpg": b"\xff\xd8", "notes.txt": b"hello"}, "holiday.zip"))
    assert (error.code, error.status, error.file) == ("no_films", 400, "holiday.zip")


def test_sixty_megabytes_are_refused() -> None:
    error = refused(Upload("watched.csv", b"x" * (60 * 1024 * 1024)))
    assert (error.code, error.status) == ("too_large", 413)
    assert "50 MB" in str(error)


def test_the_size_of_all_files_together_counts() -> None:
    limits = Limits(max_bytes=1000)
    with pytest.raises(SourceError) as caught:
        open_uploads([Upload("a.csv", b"x" * 600), Upload("b.csv", b"x" * 600)], limits)
    assert caught.value.status == 413


def test_text_named_zip_is_refused() -> None:
    error = refused(Upload("export.zip", WATCHED))
    assert (error.code, error.status) == ("not_a_zip", 422)


def test_cut_zip_is_refused() -> None:
    error = refused(Upload("export.zip", zip_bytes(letterboxd_files(50))[:-500]))
    assert (error.code, error.status) == ("not_a_zip", 422)


def test_damaged_member_is_refused() -> None:
    data = bytearray(
        zip_bytes({"watched.csv": csv_bytes(BASE, [["", os.urandom(9).hex(), "", ""] for _ in range(99)])})
    )
    data[300:320] = bytes(20)
    error = refused(Upload("export.zip", bytes(data)))
    assert (error.code, error.status) == ("damaged", 422)


def test_zip_bomb_is_refused_by_its_ratio() -> None:
    error = refused(zipped({"watched.csv": WATCHED + b"a" * 20_000_000}))
    assert (error.code, error.status) == ("bomb", 422)


def test_small_file_of_repeated_rows_is_no_bomb() -> None:
    rows = [["2024-01-01", "Film", "2001", film_uri(1)]] * 12_000
    data = zip_bytes({"watched.csv": csv_bytes(BASE, rows)})
    assert len(data) * 100 < 12_000 * 30  # it packs better than 100 to 1
    assert len(read(Upload("export.zip", data)).movies) == 1


def test_zip_that_unpacks_to_too_much_is_refused() -> None:
    upload = zipped({f"lists/{number}.csv": os.urandom(1000) * 10 for number in range(30)})
    with pytest.raises(SourceError) as caught:
        open_uploads([upload], Limits(max_unpacked=200_000))
    assert (caught.value.code, caught.value.status) == ("too_large_unpacked", 413)


def test_several_zips_that_unpack_to_too_much_together_are_refused() -> None:
    uploads = [zipped({"lists/a.csv": os.urandom(1000) * 10}, f"{number}.zip") for number in range(3)]
    with pytest.raises(SourceError) as caught:
        open_uploads(uploads, Limits(max_unpacked=25_000))
    assert caught.value.status == 413


def test_zip_that_understates_a_size_is_refused() -> None:
    content = b"a" * 5_000_000
    data = zip_bytes({"watched.csv": content}).replace(len(content).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    error = refused(Upload("export.zip", data))
    assert (error.code, error.status) == ("damaged", 422)


def test_zip_with_too_many_members_is_refused() -> None:
    error = refused(zipped({f"lists/{number}.csv": b"" for number in range(5001)}))
    assert (error.code, error.status) == ("too_many_members", 413)


@pytest.mark.parametrize("name", ["inner.zip", "lists/a.tar.gz", "b.7Z", "c.rar"])
def test_archive_in_an_archive_is_refused(name: str) -> None:
    error = refused(zipped({"watched.csv": WATCHED, name: b"x"}))
    assert (error.code, error.status) == ("nested", 422)
    assert name in str(error)


def test_encrypted_zip_is_refused() -> None:
    data = bytearray(zip_bytes({"watched.csv": WATCHED}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    error = refused(Upload("export.zip", bytes(data)))
    assert (error.code, error.status) == ("encrypted", 422)


def test_zip_with_a_method_that_cannot_be_bounded_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("watched.csv", WATCHED)
    assert refused(Upload("export.zip", out.getvalue())).code == "damaged"


@pytest.mark.parametrize(
    "name", ["../watched.csv", "a/../../watched.csv", "/watched.csv", "C:\\watched.csv", "a\\..\\b.csv"]
)
def test_unsafe_name_is_refused(name: str) -> None:
    error = refused(zipped({name: WATCHED}))
    assert (error.code, error.status) == ("unsafe_name", 422)


def test_name_with_nul_is_refused() -> None:
    data = zip_bytes({"watchedX.csv": WATCHED}).replace(b"watchedX", b"watched\0")
    assert refused(Upload("export.zip", data)).code == "unsafe_name"


def test_name_with_two_dots_inside_is_safe() -> None:
    assert paths(zipped({"lists/and-so-on...csv": zlib.compress(b"")})) == ["lists/and-so-on...csv"]


def test_more_lines_than_any_account_has_are_refused() -> None:
    data = b"Date,Name,Year,Letterboxd URI\r\n" + b"1,,,\r\n" * 400_001
    with pytest.raises(SourceError) as refused:
        sources.read_here([Upload("watched.csv", data)], max_bytes=50_000_000, ask=False)
    assert (refused.value.status, refused.value.code) == (413, "too_many_rows")


def test_lines_are_counted_over_all_files() -> None:
    half = b"Date,Name,Year,Letterboxd URI\r\n" + b"1,,,\r\n" * 250_000
    with pytest.raises(SourceError) as refused:
        sources.read_here([Upload("watched.csv", half), Upload("a/watched.csv", half)], max_bytes=50_000_000, ask=False)
    assert refused.value.code == "too_many_rows"


@pytest.mark.parametrize("name", ["history.csv", "watched.csv"])
def test_lines_are_counted_over_all_files_whatever_becomes_of_them(name: str) -> None:
    header = b"Date Watched,Type,Title\n" if name == "history.csv" else b"Date,Name,Year,Letterboxd URI\n"
    half = header + b"\n" * 250_000
    assert refused(zipped({name: half, f"a/{name}": half})).code == "too_many_rows"


def test_lines_of_files_that_are_skipped_are_counted_over_all_of_them() -> None:
    blank = {f"lists/{number}.csv": b"\n" * 900_000 for number in range(3)}
    error = refused(zipped({"watched.csv": WATCHED, **blank}))
    assert (error.code, error.status) == ("too_many_rows", 413)


def test_name_of_nothing_but_spaces_is_a_name_like_any() -> None:
    parsed = read(zipped({"watched.csv": WATCHED, " " * 60_000 + "a.csv": b"x,y\r\n1,2\r\n"}))
    assert parsed.files[1].skipped == {"unknown": 1}


def test_more_films_than_any_account_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_FILMS", 2)
    data = b"Date,Name,Year,Letterboxd URI\r\n" + b"".join(b"2024-01-01,Film %d,2000,\r\n" % n for n in range(3))
    with pytest.raises(SourceError) as refused:
        sources.read_here([Upload("watched.csv", data)], max_bytes=50_000_000, ask=False)
    assert (refused.value.status, refused.value.code) == (413, "too_many_films")
