"""Nothing is lost, nothing is silent: rows = added + merged + already + skipped + problems, whatever the rows hold."""

import csv
import io
import random
import string

import pytest

from imports.sources.base import Parsed, Upload
from tests.exports import BASE, DIARY, RATINGS, REVIEWS, csv_bytes, entry_uri, film_uri, letterboxd_zip, zip_bytes
from tests.imports.sources.reading import read

TITLES = ["Film", "Film ", "film", "None", "1917", "", "x" * 501, "A|", "Two\nlines", "Été"]
YEARS = ["2001", "2001", "1922", "", "1066", "x"]
LINKS = [film_uri(1), film_uri(2), entry_uri(1), entry_uri(2), "", "ftp://x", "https://boxd.it/xyz"]
DAYS = ["2024-01-01", "2024-01-02", "", "soon", "01/02/2024", "13/02/2024"]
RATES = ["", "4", "4.5", "11", "★★★", "bad", "4.3"]
TAILS = {
    "watched.csv": [],
    "likes/films.csv": [],
    "watchlist.csv": [],
    "ratings.csv": [RATES],
    "diary.csv": [RATES, ["", "Yes"], ["", "a, b"], DAYS],
    "reviews.csv": [RATES, ["", "Yes"], ["Good", "a\r\nb"], ["", "a, b"], DAYS],
}
HEADERS = {"ratings.csv": RATINGS, "diary.csv": DIARY, "reviews.csv": REVIEWS}


def random_file(chance: random.Random, path: str) -> bytes:
    choices = [DAYS, TITLES, YEARS, LINKS, *TAILS[path]]
    rows = [[chance.choice(values) for values in choices] for _ in range(chance.randint(0, 30))]
    for row in rows:
        if chance.random() < 0.1:
            row[chance.randint(1, len(row)) :] = chance.choice([[], [""] * 12, ["a", "b", "c", "d", "e", "f", "g"]])
    return csv_bytes(HEADERS.get(path, BASE), [row if any(row) else ["", ""] for row in rows])


def random_export(chance: random.Random) -> dict[str, bytes]:
    paths = chance.sample(sorted(TAILS), chance.randint(1, len(TAILS)))
    return {path: random_file(chance, path) for path in {*paths, "watched.csv"}}


def check(parsed: Parsed) -> None:
    assert all(file.adds_up for file in parsed.files)
    assert sum(note.kind == "lost" for note in parsed.notes) == sum(file.problems for file in parsed.files)
    keys = [movie.source_key for movie in parsed.movies]
    assert len(set(keys)) == len(keys)
    assert "" not in keys
    check_viewings(parsed)


def check_viewings(parsed: Parsed) -> None:
    for movie in parsed.movies:
        identities = [viewing.entry_uri or (viewing.watched_on, viewing.number) for viewing in movie.viewings]
        assert len(set(identities)) == len(identities)


@pytest.mark.parametrize("seed", range(60))
def test_rows_of_every_file_add_up(seed: int) -> None:
    chance = random.Random(seed)
    uploads = [Upload(f"{n}.zip", zip_bytes(random_export(chance))) for n in range(chance.randint(1, 2))]
    parsed = read(*uploads)
    check(parsed)
    made = sum(len(movie.viewings) for movie in parsed.movies)
    assert made == sum(file.added for file in parsed.files if file.kind in {"diary", "reviews"})


@pytest.mark.parametrize("seed", range(20))
def test_rows_are_those_that_the_csv_module_counts(seed: int) -> None:
    data = random_file(random.Random(seed), "diary.csv")
    rows = [row for row in csv.reader(io.StringIO(data.decode(), newline="")) if row]
    multi_line_titles = sum("\n" in "".join(row) for row in rows)  # one row, but told line by line
    (report,) = read(Upload("diary.csv", data)).files
    assert len(rows) - 1 <= report.rows <= len(rows) - 1 + multi_line_titles


@pytest.mark.parametrize("seed", range(40))
def test_random_text_never_breaks_the_reading(seed: int) -> None:
    chance = random.Random(seed)
    text = "".join(chance.choices(string.ascii_letters + ',;"\n\r\t ½★é\x00', k=400))
    header = ",".join(REVIEWS if seed % 2 else DIARY)
    end = '"' * (text.count('"') % 2) + "," * 8  # no quotation mark left open, which is a cut file
    check(read(Upload("odd.csv", f"{header}\r\n{text}{end}\r\n".encode())))


def test_rows_of_a_whole_export_add_up() -> None:
    parsed = read(Upload("export.zip", letterboxd_zip(500)))
    check(parsed)
    assert parsed.notes == []
