"""How a film looks that has no poster: a palette and a motif of the site, by its title. The style sheet has the
palettes and a template the motifs; whoever draws a picture reads them there, so that page and picture are alike."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import cos, pi, sin
from pathlib import Path
from xml.etree import ElementTree
from zlib import crc32

from django.conf import settings
from svg.path import Close, Line, Move, parse_path

LOOKS = 8  # palettes, and motifs
WIDTH, HEIGHT = 200, 300  # of a motif, in its own units
STROKE = 2  # how wide its lines are
STEPS = 24  # straight pieces that a curve is drawn with
PALETTE = re.compile(r"\.palette-\d+ \{ --paper: (#\w+); --ink: (#\w+); \}")

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    points: list[Point]
    is_filled: bool  # else it is a line
    opacity: float


def look_of(title: str, year: int | None) -> tuple[int, int]:
    """The numbers of the palette and of the motif that belong to this title; each film keeps its own."""
    look = crc32(f"{title}{year}".encode())
    return look % LOOKS, look // LOOKS % LOOKS


@cache
def palettes() -> list[tuple[str, str]]:
    """Paper and ink of each palette, as "#263845"."""
    return PALETTE.findall((Path(settings.BASE_DIR) / "static/css/tokens.css").read_text())


@cache
def motifs() -> list[list[Shape]]:
    """The shapes of each motif, in the order in which they are drawn."""
    drawing = (Path(settings.BASE_DIR) / "templates/_motifs.html").read_text()
    symbols = ElementTree.fromstring(drawing[drawing.index("<svg") :])  # noqa: S314 (our own file)
    return [list(_shapes(symbol, {})) for symbol in symbols]


def _shapes(element: ElementTree.Element, inherited: Mapping[str, str]) -> Iterator[Shape]:
    attributes = {**inherited, **element.attrib}
    for points in _lines(element):
        yield Shape(points, attributes.get("fill") != "none", float(attributes.get("opacity", 1)))
    for child in element:
        yield from _shapes(child, attributes)


def _lines(element: ElementTree.Element) -> Iterator[list[Point]]:
    """What a circle or a path draws, as lines of points."""
    if element.tag == "circle":
        x, y, radius = (float(element.attrib[name]) for name in ("cx", "cy", "r"))
        turns = [2 * pi * n / (2 * STEPS) for n in range(2 * STEPS + 1)]
        yield [(x + radius * cos(turn), y + radius * sin(turn)) for turn in turns]
    if element.tag != "path":
        return
    line: list[complex] = []
    for piece in parse_path(element.attrib["d"]):
        if isinstance(piece, Move):
            yield from [[(point.real, point.imag) for point in line]] if line else []
            line = [piece.end]
        elif isinstance(piece, Line | Close):
            line.append(piece.end)
        else:
            line += [piece.point(n / STEPS) for n in range(1, STEPS + 1)]
    yield [(point.real, point.imag) for point in line]
