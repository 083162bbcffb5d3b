"""Folding titles. Titles are real ones: every case was seen in somebody's export or in TMDB's answers."""

import unicodedata

import pytest

from enrichment import titles


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Amélie", "AMELIE"),
        ("WALL·E", "wall-e"),
        ("Don't Look Now", "Dont Look Now"),
        ("Don’t Look Now", "Don't Look Now"),
        ("Fast & Furious", "Fast and Furious"),
        ("Star Wars: Episode IV – A New Hope", "Star Wars Episode IV - A New Hope"),
        ("Sømand & Ærø", "Somand and Aero"),
        ("...And Out Comes the Wolf", "And Out Comes the Wolf"),
        ("10,000 BC", "10000 BC"),
        ("Alien³", "Alien 3"),
        ("8½", "8 1/2"),
        ("ＡＫＩＲＡ", "Akira"),
        ("パ\u30d5ーフェクト", unicodedata.normalize("NFD", "パフーフェクト")),
        ("Всё", "Все"),
        ("Two  Spaces ", "Two Spaces"),
        ("İstanbul", "istanbul"),
    ],
)
def test_key_is_one_for_spellings_of_a_title(one: str, other: str) -> None:
    assert titles.key(one) == titles.key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Batman", "Batman"),
        ("Rocky II", "Rocky 2"),
        ("Toy Story 2", "Toy Story 3"),
        ("Alien", "Aliens"),
        ("Face/Off", "Faceoff"),
        ("リング", "Ringu"),
        ("ガ", "カ"),  # the voicing mark is no accent
        ("कि", "का"),  # nor are Indic vowel signs punctuation
        ("мой", "мои"),
        ("長江", "长江"),
        ("8½", "81/2"),
        ("???", "..."),
        ("👻", "💀"),
    ],
)
def test_key_keeps_other_titles_apart(one: str, other: str) -> None:
    assert titles.key(one) != titles.key(other)


@pytest.mark.parametrize("title", ["...", "???", "★", "\u0301", "\u200b", "👻", "½", "_", "'"])
def test_key_is_never_empty(title: str) -> None:
    assert titles.key(title)


def test_key_of_a_title_that_folds_to_nothing_is_the_title_itself() -> None:
    assert titles.fold("!?") == ""
    assert titles.key(" !? ") == "!?"


def test_key_of_a_long_title_is_cut_and_still_its_own() -> None:
    long, longer = "la " * 400, "la " * 401
    assert len(titles.key(long)) == titles.KEY_LENGTH
    assert titles.key(long) == titles.key(long.upper())
    assert titles.key(long) != titles.key(longer)


def test_key_keeps_what_bare_numbers_are() -> None:
    assert [titles.key(t) for t in ("'71", "61*", "9/11", "50/50", "300", "1917")] == [
        "71", "61", "9 11", "50 50", "300", "1917",
    ]  # fmt: skip


@pytest.mark.parametrize("title", ["Dìdi (弟弟)", "Amélie", "कि", "M*A*S*H", "8½", "Straße", "पुष्पा: द राइज़"])
def test_fold_of_a_fold_changes_nothing(title: str) -> None:
    assert titles.fold(titles.fold(title)) == titles.fold(title) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Matrix", "Matrix, The"),
        ("La Haine", "Haine, La"),
        ("Batman", "The Batman"),
        ("A Bug's Life", "Bugs Life"),
        ("Rocky II", "Rocky 2"),
        ("Rocky V", "Rocky 5"),
        ("Star Wars: Episode V - The Empire Strikes Back", "Star Wars Episode 5: The Empire Strikes Back"),
        ("Dune: Part Two", "Dune: Part 2"),
        ("Twelve Monkeys", "12 Monkeys"),
        ("Mulholland Dr.", "Mulholland Drive"),
        ("Doctor Strange", "Dr. Strange"),
        ("M*A*S*H", "MASH"),
        ("Spider-Man", "Spiderman"),
    ],
)
def test_loose_joins_second_choice_spellings(one: str, other: str) -> None:
    assert titles.loose(one) == titles.loose(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("V for Vendetta", "5 for Vendetta"), ("I, Robot", "1 Robot"), ("X-Men", "10 Men"), ("Civil War", "104il War")],
)
def test_loose_reads_no_number_where_none_stands(one: str, other: str) -> None:
    assert titles.loose(one) != titles.loose(other)


def test_loose_of_articles_alone_keeps_them() -> None:
    assert titles.loose("The The") == "thethe"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Toy Story 2", ("2",)),
        ("Rocky II", ("2",)),
        ("ROCKY IV", ("4",)),
        ("Saw V", ("5",)),
        ("Star Trek V: The Final Frontier", ("5",)),
        ("History of the World: Part I", ("1",)),
        ("The Hangover Part III", ("3",)),
        ("Se7en", ("7",)),
        ("Seven", ("7",)),
        ("Agent 007", ("7",)),
        ("9/11", ("11", "9")),
        ("50/50", ("50", "50")),
        ("I, Robot", ()),
        ("V for Vendetta", ()),
        ("X", ()),
        ("X-Men", ()),
        ("Mix", ()),
        ("Civil War", ()),
        ("I Am Legend", ()),
        ("Amélie", ()),
    ],
)
def test_numerals_finds_the_numbers(title: str, expected: tuple[str, ...]) -> None:
    assert titles.numerals(title) == expected


def test_numerals_is_the_same_for_a_title_that_ends_in_a_letter() -> None:
    assert titles.numerals("Malcolm X") == titles.numerals("MALCOLM X") != titles.numerals("Malcolm")


def test_query_is_composed_without_colons_or_spare_spaces() -> None:
    assert titles.query(unicodedata.normalize("NFD", " Amélie:  le film ")) == "Amélie le film"


@pytest.mark.parametrize(
    ("title", "variants"),
    [
        ("Heat", ["Heat"]),
        ("Fast & Furious", ["Fast & Furious", "Fast and Furious"]),
        ("Lock and Key", ["Lock and Key", "Lock & Key"]),
        ("Rocky 2", ["Rocky 2", "Rocky II"]),
        ("Rocky II", ["Rocky II", "Rocky 2"]),
        ("Evil Dead 2: Dead by Dawn", ["Evil Dead 2 Dead by Dawn", "Evil Dead II Dead by Dawn"]),
        ("Dìdi (弟弟)", ["Dìdi (弟弟)", "Dìdi"]),
        ("The King and I", ["The King and I", "The King & I"]),
        ("Andor", ["Andor"]),
        ("1917", ["1917"]),
        ("Smaragdgruen", ["Smaragdgruen", "Smaragdgrün"]),
        ("Ueber die Strasse", ["Ueber die Strasse", "Über die Strasse"]),
        ("Koebenhavn", ["Koebenhavn", "Köbenhavn", "København"]),
        ("Neue Frauen an der Quelle", ["Neue Frauen an der Quelle"]),
        ("Area 51", ["Area 51"]),
        ("   ", []),
    ],
)
def test_query_variants_are_few_and_sensible(title: str, variants: list[str]) -> None:
    assert titles.query_variants(title) == variants


@pytest.mark.parametrize(
    ("title", "folded"),
    [
        ("Smaragdgrün", "smaragdgruen"),
        ("Über", "ueber"),
        ("København", "koebenhavn"),
        ("Årø", "aaroe"),
        ("Blue", "blue"),
    ],
)
def test_written_out_spells_umlauts(title: str, folded: str) -> None:
    assert titles.written_out(title) == folded == titles.written_out(folded)


@pytest.mark.parametrize(
    ("title", "is_one"),
    [
        ("Gift", True),
        ("The Gift", True),
        ("Der Pate", True),
        ("The", True),
        ("The Last Gift", False),
        ("WALL·E", False),
    ],
)
def test_is_one_word_but_for_an_article(title: str, is_one: bool) -> None:
    assert titles.is_one_word(title) is is_one
