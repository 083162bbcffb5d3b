from datetime import date

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


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2009", 2009),
        (" 1870 ", 1870),
        ("2034", 2034),
        ("2009.0", 2009),
        ("2009,0", 2009),
        ("(2009)", 2009),
        ("2009-12-15", 2009),
    ],
)
def test_year_is_read(text: str, year: int) -> None:
    assert values.parse_year(text, TODAY) == (year, "")


@pytest.mark.parametrize("text", ["1869", "2035", "soon", "09", "²⁰²⁴", "2009.5", "-2009"])
def test_year_out_of_range_or_unreadable_is_unknown(text: str) -> None:
    assert values.parse_year(text, TODAY) == (None, "year_unreadable")


def test_blank_year_is_unknown_without_a_note() -> None:
    assert values.parse_year("", TODAY) == (None, "")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Love &amp; Basketball", "Love & Basketball"),
        ("Schindler&#39;s List", "Schindler's List"),
        ("Schindler&#x27;s List", "Schindler's List"),
        ("Am&eacute;lie", "Amélie"),
        ("Fast &amp;amp; Furious", "Fast & Furious"),
        ("It&amp;#039;s", "It's"),
        ("&quot;Coins&quot;", '"Coins"'),
        ("Heat&nbsp;2", "Heat 2"),
        ("Line&#10;Break", "Line Break"),
        ("Rock&Roll", "Rock&Roll"),
        ("Tom & Jerry; Again", "Tom & Jerry; Again"),
        ("&copy", "&copy"),
        ("&madeup;", "&madeup;"),
        ("Q&A; the Film", "Q&A; the Film"),
    ],
)
def test_entities_of_html_are_undone_in_a_title(text: str, title: str) -> None:
    assert values.parse_title(text) == (title, "")


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


@pytest.mark.parametrize(
    ("text", "answer"),
    [("Yes", True), ("true", True), ("WAHR", True), ("VRAI", True), ("", False), ("No", False), ("FALSE", False)],
)
def test_rewatch_is_yes_or_not(text: str, answer: bool) -> None:
    assert values.is_yes(text) is answer
