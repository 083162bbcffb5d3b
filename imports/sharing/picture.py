"""The picture of a shared page: posters and four numbers, drawn with Pillow. Pure."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont, ImageOps

from imports import looks

WIDTH, HEIGHT = 1200, 630
POSTER = (172, 258)
GAP = 16
COLUMNS = ((504, -84), (692, -170), (880, -40), (1068, -130))  # left and top of three posters each
PLACES = [(left, top + n * (POSTER[1] + GAP)) for left, top in COLUMNS for n in range(3)]
IN_ORDER = [PLACES[n] for n in (4, 5, 7, 1, 6, 10, 2, 0, 11, 9, 8, 3)]  # what is seen best is filled first
MOST_POSTERS = len(PLACES)
SPACE = 420  # for texts, at the left
LEFT = 64
TALLEST = 4000  # pixels of a poster's side: TMDB's largest original has 3000

PAPER, INK, QUIET, ACCENT = "#131211", "#f0eae1", "#afa69a", "#f2b24a"
INKED = 70  # of 255: a drawn poster bears its motif lightly
FONT = Path(settings.BASE_DIR) / "static/fonts/source-serif-pro-semibold.woff2"
# Of the reel on 32 x 32: where, and how large.
HOLES = ((16, 15, 1.9), (16, 8.2, 2.7), (22.5, 12.9, 2.7), (20, 20.5, 2.7), (12, 20.5, 2.7), (9.5, 12.9, 2.7))


@dataclass(frozen=True)
class Poster:
    title: str  # empty: none is written
    year: int | None = None
    path: str = ""


@dataclass(frozen=True)
class Picture:
    name: str
    numbers: tuple[tuple[str, str], ...]  # figure and label
    posters: tuple[Poster, ...]


def draw(picture: Picture, images: dict[str, bytes]) -> bytes:
    """A PNG. `images`: what was found of the posters; a poster that can't be read is drawn as the site draws it."""
    canvas = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    posters = [*picture.posters, *(Poster("", n) for n in range(MOST_POSTERS))][:MOST_POSTERS]
    for (left, top), poster in zip(IN_ORDER, posters, strict=True):
        canvas.paste(_read(images.get(poster.path, b"")) or _drawn(poster), (left, top), _rounded())
    canvas.paste(ACCENT, (LEFT, 58), _mark())
    _write(ImageDraw.Draw(canvas), picture)
    file = BytesIO()
    canvas.quantize(256, dither=Image.Dither.FLOYDSTEINBERG).save(file, "PNG", optimize=True)
    return file.getvalue()


def readable(text: str) -> str:
    """The text in one line, without what the font has no letters for."""
    return " ".join("".join(letter for letter in text if letter == " " or _has(letter)).split())


def _write(pen: ImageDraw.ImageDraw, picture: Picture) -> None:
    pen.text((LEFT + 54, 78), "Reelkeeper", QUIET, _font(30), anchor="lm")
    lines, size = _fitted(readable(picture.name), SPACE, ((64, 2), (52, 3), (42, 4)))
    for n, line in enumerate(lines):
        pen.text((LEFT, 136 + round(n * size * 1.12)), line, INK, _font(size), anchor="lt")
    for n, (figure, label) in enumerate(picture.numbers):
        left, base = LEFT + n % 2 * 208, 424 + n // 2 * 108
        pen.text((left, base), figure, ACCENT if n == 0 else INK, _font(50), anchor="ls")
        pen.text((left, base + 31), label, QUIET, _font(25), anchor="ls")


@cache
def _mark() -> Image.Image:
    """The site's reel, four times as large at first."""
    mask, scale = Image.new("L", (160, 160), 0), 160 / 32
    pen = ImageDraw.Draw(mask)
    pen.circle((16 * scale, 15 * scale), 13.5 * scale, outline=255, width=11)
    pen.line((18.5 * scale, 27.2 * scale, 29 * scale, 27.2 * scale), 255, 11)
    for x, y, radius in HOLES:
        pen.circle((x * scale, y * scale), radius * scale, fill=255)
    return mask.resize((40, 40), Image.Resampling.LANCZOS)


def _read(image: bytes) -> Image.Image | None:
    """What came from outside may be anything: too large, cut off, or no picture at all."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(image), formats=("JPEG", "PNG")) as opened:
                if max(opened.size) > TALLEST:
                    return None
                opened.draft("RGB", POSTER)
                return ImageOps.fit(opened.convert("RGB"), POSTER, Image.Resampling.LANCZOS)
    except Exception:  # whatever a decoder raises
        return None


def _drawn(poster: Poster) -> Image.Image:
    """A poster as the site draws it where there is none; twice as large at first, so that its edges are smooth."""
    palette, motif = looks.look_of(poster.title, poster.year)
    paper, ink = looks.palettes()[palette]
    width, height = 2 * POSTER[0], 2 * POSTER[1]
    drawn = Image.new("RGB", (width, height), paper)
    drawn.paste(ink, (0, 0), _motif(motif, width, height))
    pen = ImageDraw.Draw(drawn)
    lines, size = _fitted(readable(poster.title), width - 60, ((48, 3), (40, 4), (32, 6)))
    for n, line in enumerate(reversed(lines)):
        pen.text((30, height - 36 - round(n * size * 1.08)), line, ink, _font(size), anchor="ld")
    return drawn.resize(POSTER, Image.Resampling.LANCZOS)


def _motif(number: int, width: int, height: int) -> Image.Image:
    """How strongly each point of the picture bears the ink."""
    mask, scale = Image.new("L", (width, height), 0), width / looks.WIDTH
    pen = ImageDraw.Draw(mask)
    for shape in looks.motifs()[number]:
        points, strength = [(x * scale, y * scale) for x, y in shape.points], round(INKED * shape.opacity)
        if shape.is_filled:
            pen.polygon(points, fill=strength)
        else:
            pen.line(points, fill=strength, width=round(looks.STROKE * scale), joint="curve")
    return mask


@cache
def _rounded() -> Image.Image:
    mask = Image.new("L", (2 * POSTER[0], 2 * POSTER[1]), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), 16, fill=255)
    return mask.resize(POSTER, Image.Resampling.LANCZOS)


def _fitted(text: str, space: int, tries: Sequence[tuple[int, int]]) -> tuple[list[str], int]:
    """The lines of the text and their size: the largest in which it is whole within its most lines, else the smallest,
    in which it is cut."""
    for size, most in tries:
        lines = _wrapped(text, space, size)
        if len(lines) <= most:
            return lines, size
    return [*lines[: most - 1], f"{lines[most - 1][:-1].rstrip()}…"], size


def _wrapped(text: str, space: int, size: int) -> list[str]:
    """At its spaces; a word that is too long for a line is broken."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line and _font(size).getlength(f"{line} {word}") <= space:
            line = f"{line} {word}"
            continue
        lines += [line] if line else []
        line = word
        while _font(size).getlength(line) > space:
            end = next(n for n in range(len(line) - 1, 0, -1) if n == 1 or _font(size).getlength(line[:n]) <= space)
            lines, line = [*lines, line[:end]], line[end:]
    return [*lines, line] if line else lines


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)


@lru_cache(maxsize=2000)
def _has(letter: str) -> bool:
    """A font draws the same box for all that it lacks."""
    box, drawn = _font(20).getmask("\U0010ffff"), _font(20).getmask(letter)
    return drawn.getbbox() is not None and (drawn.size, bytes(drawn)) != (box.size, bytes(box))
