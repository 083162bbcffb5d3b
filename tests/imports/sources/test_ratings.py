from decimal import Decimal

import pytest

from imports.sources.base import Upload
from imports.sources.ratings import parse_rating, scale_of
from tests.exports import RATINGS, csv_bytes, film_uri
from tests.imports.sources.reading import only, read, read_text, reasons


@pytest.mark.parametrize("halves", range(1, 11))
def test_every_half_star_is_exact(halves: int) -> None:
    stars = parse_rating(str(halves / 2))[0]
    assert stars == Decimal(halves) / 2
    assert str(stars) == f"{halves / 2:.1f}"


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("★★★★½", "4.5"),
        ("★", "1.0"),
        ("½", "0.5"),
        ("★★★★★", "5.0"),
        ("★★★★☆", "4.0"),
        ("⭐⭐⭐", "3.0"),
        ("⭐️⭐️⭐️", "3.0"),
        ("****", "4.0"),
        ("4", "4.0"),
        ("3,5", "3.5"),
        ("4½", "4.5"),
        ("4 ½", "4.5"),
        ("4 1/2", "4.5"),
        ("4/5", "4.0"),
        ("4.5/5", "4.5"),
        ("4,5/5,0", "4.5"),
        ("3½/5", "3.5"),
        ("8/10", "4.0"),
        ("9 / 10", "4.5"),
        ("80/100", "4.0"),
        ("2/4", "2.5"),
        ("80%", "4.0"),
        ("90 %", "4.5"),
        ("4 stars", "4.0"),
        ("1 star", "1.0"),
        ("4★", "4.0"),
        ("★ 4", "4.0"),
        ("3½ stars", "3.5"),
        ("4 out of 5", "4.0"),
        ("4 out of 5 stars", "4.0"),
        ("8 von 10", "4.0"),
        ("4 sur 5", "4.0"),
        ("4,5 de 5", "4.5"),
        ("4 étoiles", "4.0"),
        ("4 Sterne", "4.0"),
    ],
)
def test_rating_is_read_from_stars_and_numbers(text: str, stars: str) -> None:
    assert parse_rating(text) == (Decimal(stars), "")


@pytest.mark.parametrize(
    ("text", "stars"), [("4.3", "4.5"), ("4.2", "4.0"), ("4.25", "4.5"), ("0.4", "0.5"), ("85%", "4.5"), ("3/4", "4.0")]
)
def test_rating_is_rounded_to_the_nearest_half_and_says_so(text: str, stars: str) -> None:
    assert parse_rating(text) == (Decimal(stars), "rating_rounded")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0", "rating_out_of_range"),
        ("5.5", "rating_out_of_range"),
        ("10", "rating_out_of_range"),
        ("12/10", "rating_out_of_range"),
        ("0/5", "rating_out_of_range"),
        ("120%", "rating_out_of_range"),
        ("★★★★★★", "rating_out_of_range"),
        ("4/7", "rating_unreadable"),
        ("1/2", "rating_unreadable"),
        ("4/0", "rating_unreadable"),
        ("4/5/6", "rating_unreadable"),
        ("stars", "rating_unreadable"),
        ("good", "rating_unreadable"),
        ("NaN", "rating_unreadable"),
        ("1e9", "rating_unreadable"),
        ("-3", "rating_unreadable"),
        ("4 1/2 " * 1000, "rating_unreadable"),
    ],
)
def test_rating_that_is_none_is_left_out(text: str, code: str) -> None:
    assert parse_rating(text) == (None, code)


@pytest.mark.parametrize(
    ("texts", "scale"),
    [
        (["4", "3.5", ""], 5),
        (["8", "7", "10"], 10),
        (["7,5", "3"], 10),
        (["85", "70", "100", "9"], 100),
        (["4", "3.5", "45"], 5),
        (["11"], 5),
        (["4"] * 100 + ["7"], 5),
        (["8/10", "9/10"], 5),
        ([], 5),
    ],
)
def test_whole_column_tells_what_its_numbers_are_of(texts: list[str], scale: int) -> None:
    assert scale_of(texts) == scale


def ratings_csv(*ratings: str) -> Upload:
    rows = [["2024-01-01", f"Film {n}", "2001", film_uri(n), rating] for n, rating in enumerate(ratings)]
    return Upload("ratings.csv", csv_bytes(RATINGS, rows))


@pytest.mark.parametrize(
    ("ratings", "stars", "note"),
    [
        (["8", "7", "3"], ["4.0", "3.5", "1.5"], ["ratings_of_ten"]),
        (["90", "55", "100"], ["4.5", "3.0", "5.0"], ["ratings_of_a_hundred", "rating_rounded"]),
        (["5", "4.5"], ["5.0", "4.5"], []),
        (["8", "4/5", "★★"], ["4.0", "4.0", "2.0"], ["ratings_of_ten"]),
    ],
)
def test_file_of_points_is_read_as_stars_and_said_so(ratings: list[str], stars: list[str], note: list[str]) -> None:
    parsed = read(ratings_csv(*ratings))
    assert [movie.rating for movie in parsed.movies] == [Decimal(star) for star in stars]
    assert reasons(parsed) == note


def test_each_file_has_points_of_its_own() -> None:
    of_ten = Upload("ratings (1).csv", ratings_csv("8").read().replace(b"Film 0", b"Other"))
    parsed = read(ratings_csv("4"), Upload("ratings (1).csv", of_ten.read().replace(film_uri(0).encode(), b"")))
    assert {movie.title: movie.rating for movie in parsed.movies} == {"Film 0": Decimal(4), "Other": Decimal(4)}


@pytest.mark.parametrize(("rating", "stars"), [("9", "4.5"), ("1", "0.5"), ("8/10", "4.0"), ("10", "5.0")])
def test_rating10_is_of_ten_without_a_note(rating: str, stars: str) -> None:
    parsed = read_text(f"Title,Year,Rating,Rating10\nHeat,1995,,{rating}\n", "letterboxd.csv")
    assert (only(parsed).rating, parsed.notes) == (Decimal(stars), [])


def test_rating_that_is_out_of_range_is_told_as_the_file_has_it() -> None:
    parsed = read_text("Title,Year,Rating10\nHeat,1995,85\n", "letterboxd.csv")
    assert [(note.reason, note.detail) for note in parsed.notes] == [("rating_out_of_range", "85")]
