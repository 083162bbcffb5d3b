import pytest

from imports.sources.letterboxd.links import decode, link_kind, main_kind
from tests.exports import encode, entry_uri, film_uri


@pytest.mark.parametrize("number", [1, 61, 62, 10_000, 123_456_789])
def test_code_is_a_number_in_base_62(number: int) -> None:
    assert decode(encode(number)) == number


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        (film_uri(7), "film"),
        (entry_uri(7), "entry"),
        ("https://boxd.it/" + encode(10_002), "list"),
        ("https://boxd.it/" + encode(10_007), ""),
        ("https://letterboxd.com/film/the-film/", "film"),
        ("https://letterboxd.com/ana/film/the-film/", "entry"),
        ("https://letterboxd.com/ana/film/the-film/1/", "entry"),
        ("https://example.org/film/the-film/", ""),
        ("", ""),
    ],
)
def test_link_tells_what_it_leads_to(uri: str, kind: str) -> None:
    assert link_kind(uri) == kind


def test_file_leads_to_what_most_of_its_links_do() -> None:
    assert main_kind([film_uri(1), film_uri(2), entry_uri(1), ""]) == "film"
    assert main_kind([film_uri(1), entry_uri(1)]) == ""
