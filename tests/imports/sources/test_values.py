from datetime import date
from decimal import Decimal

import pytest

from imports.sources import values

TODAY = date(2024, 6, 1)


@pytest.mark.parametrize(
    "title", ["None", "NA", "nan", "null", "1917", "50/50", "61*", "'71", "Two  Spaces", '"Coins"', "|"]
)
def test_title_stays_as_it_is(title: str) -> None:
    assert values.parse_title(f" {title} ") == (title, "")


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "no_title"), ("  ", "no_title"), ("a\nb\nc\nd", "title_has_line_break"), ("x" * 501, "title_too_long")],
)
def test_title_that_is_none_loses_the_row(text: str, code: str) -> None:
    assert values.parse_title(text) == (None, code)


def test_title_of_500_characters_is_kept() -> None:
    assert values.parse_title("x" * 500) == ("x" * 500, "")


@pytest.mark.parametrize(("text", "year"), [("2009", 2009), (" 1870 ", 1870), ("2034", 2034), ("2009.0", 2009)])
def test_year_is_read(text: str, year: int) -> None:
    assert values.parse_year(text, TODAY) == (year, "")


@pytest.mark.parametrize("text", ["1869", "2035", "soon", "09", "²⁰²⁴", "2009.5", "-2009"])
def test_year_out_of_range_or_unreadable_is_unknown(text: str) -> None:
    assert values.parse_year(text, TODAY) == (None, "year_unreadable")


def test_blank_year_is_unknown_without_a_note() -> None:
    assert values.parse_year("", TODAY) == (None, "")


@pytest.mark.parametrize("halves", range(1, 11))
def test_every_half_star_is_exact(halves: int) -> None:
    stars = values.parse_rating(str(halves / 2))[0]
    assert stars == Decimal(halves) / 2
    assert str(stars) == f"{halves / 2:.1f}"


@pytest.mark.parametrize(
    ("text", "stars"), [("★★★★½", "4.5"), ("★", "1.0"), ("½", "0.5"), ("★★★★★", "5.0"), ("4", "4.0"), ("3,5", "3.5")]
)
def test_rating_is_read_from_stars_and_numbers(text: str, stars: str) -> None:
    assert values.parse_rating(text) == (Decimal(stars), "")


@pytest.mark.parametrize(("text", "stars"), [("4.3", "4.5"), ("4.2", "4.0"), ("4.25", "4.5"), ("0.4", "0.5")])
def test_rating_is_rounded_to_the_nearest_half_and_says_so(text: str, stars: str) -> None:
    assert values.parse_rating(text) == (Decimal(stars), "rating_rounded")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0", "rating_out_of_range"),
        ("5.5", "rating_out_of_range"),
        ("10", "rating_out_of_range"),
        ("★★★★★★", "rating_out_of_range"),
        ("good", "rating_unreadable"),
        ("NaN", "rating_unreadable"),
        ("1e9", "rating_unreadable"),
        ("-3", "rating_unreadable"),
    ],
)
def test_rating_that_is_none_is_left_out(text: str, code: str) -> None:
    assert values.parse_rating(text) == (None, code)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-01-15", date(2024, 1, 15)),
        ("2024-01-15 00:00:00", date(2024, 1, 15)),
        ("2024-01-15T22:00:00Z", date(2024, 1, 15)),
        ("1/2/2024", date(2024, 1, 2)),
        ("01/15/2024", date(2024, 1, 15)),
        ("Jan 15, 2024", date(2024, 1, 15)),
        ("September 5, 2024", date(2024, 9, 5)),
    ],
)
def test_date_is_read(text: str, day: date) -> None:
    assert values.parse_date(text) == (day, "")


@pytest.mark.parametrize(
    "text", ["2024-02-30", "15/01/2024", "yesterday", "Foo 1, 2024", "20240115", "1/2/24", "0/0/2024"]
)
def test_date_that_cannot_be_read_is_unknown(text: str) -> None:
    assert values.parse_date(text) == (None, "date_unreadable")


def test_date_with_the_day_first_is_read() -> None:
    assert values.parse_date("2/1/2024", day_first=True) == (date(2024, 1, 2), "")


@pytest.mark.parametrize(
    ("texts", "answer"),
    [
        (["1/2/2024", "13/2/2024"], True),
        (["1/2/2024", "2/13/2024"], False),
        (["1/2/2024", ""], None),
        (["2024-01-15", ""], False),
    ],
)
def test_one_part_above_12_settles_the_form_of_all_dates(texts: list[str], answer: bool | None) -> None:
    assert values.is_day_first(texts) is answer


def test_tags_are_split_at_commas_and_told_once() -> None:
    assert values.parse_tags("cinema, with ana , , cinema") == ["cinema", "with ana"]


@pytest.mark.parametrize("uri", ["https://boxd.it/2aBc", "http://letterboxd.com/film/the-film/", "HTTPS://boxd.it/a"])
def test_link_stays_as_it_is(uri: str) -> None:
    assert values.parse_uri(f" {uri} ") == (uri, "")


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "boxd.it/2aBc", "https://a b", "https://a|b", 'https://a"b', "https://x/" + "a" * 300],
)
def test_what_is_no_web_link_is_left_out(text: str) -> None:
    assert values.parse_uri(text) == ("", "link_left_out")


@pytest.mark.parametrize(("text", "answer"), [("Yes", True), ("true", True), ("", False), ("No", False)])
def test_rewatch_is_yes_or_not(text: str, answer: bool) -> None:
    assert values.is_yes(text) is answer
