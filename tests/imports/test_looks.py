"""Posters are drawn alike on pages and in pictures: both read the same palettes and motifs."""

import pytest
from django.template.loader import render_to_string

from imports import looks
from imports.sharing.picture import _motif


def test_there_are_as_many_looks_as_titles_are_given() -> None:
    assert (len(looks.palettes()), len(looks.motifs())) == (looks.LOOKS, looks.LOOKS)
    given = {looks.look_of(f"Film {n}", 1900 + n % 120) for n in range(2_000)}
    assert given == {(palette, motif) for palette in range(looks.LOOKS) for motif in range(looks.LOOKS)}


@pytest.mark.parametrize("number", range(looks.LOOKS))
def test_every_shape_of_a_motif_is_drawn(number: int) -> None:
    drawing = render_to_string("_motifs.html").split("<symbol ")[number + 1]
    shapes = looks.motifs()[number]
    assert len(shapes) == drawing.count("<circle") + sum(d.lower().count("m") for d in _paths(drawing))
    assert any(value for _, value in _motif(number, 344, 516).getcolors() or ())


def test_the_second_motif_is_a_sun_over_water() -> None:
    """A disc of 52 units around (100, 120), full there and empty above it."""
    picture = _motif(1, looks.WIDTH, looks.HEIGHT)
    assert picture.getpixel((100, 120)) == picture.getpixel((140, 120)) != 0
    assert picture.getpixel((100, 60)) == picture.getpixel((160, 120)) == 0
    assert picture.getpixel((20, 178)) != 0  # the first line of the water


def _paths(drawing: str) -> list[str]:
    return [part.split('"')[0] for part in drawing.split(' d="')[1:]]
