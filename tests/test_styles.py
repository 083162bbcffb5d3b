"""The style sheets: lengths, letters, corners and colours by their scale, and no rule for what no page has."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
SHEETS = {
    path.stem: re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL) for path in ROOT.glob("static/css/*.css")
}
TEMPLATES = {str(path.relative_to(ROOT / "templates")): path.read_text() for path in ROOT.glob("templates/**/*.html")}
DECLARATION = re.compile(r"(?<=[{;\s])([a-z-]+):\s*([^;{}]+)[;}]")
SPACED = re.compile(r"(margin|padding|gap|row-gap|column-gap|top|left|right|bottom|text-indent|scroll-margin)\b.*")
LENGTH = re.compile(r"(?<![\w-])(?!0\b|1px)[\d.]+(rem|px)\b")
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(rgb|hsl)a?\(", re.IGNORECASE)
LINKED = re.compile(r"{% static 'css/([\w-]+)\.css' %}")
# What stands outside the scale, and why
EXCEPT = {
    "font: 400 8px var(--sans)",  # in the units of a drawing
    "gap: clamp(2px, .5vw, var(--space-2))",  # between columns that share one width
    "top: -6rem",  # out of sight
}
SCRIPTS = "".join(path.read_text() for path in (*ROOT.glob("static/js/*.js"), *ROOT.glob("imports/**/*.py")))
OF_DJANGO = {"errorlist"}


def declarations(sheet: str) -> list[tuple[str, str]]:
    return [(name, value.strip()) for name, value in DECLARATION.findall(SHEETS[sheet])]


@pytest.mark.parametrize("sheet", sorted(SHEETS.keys() - {"tokens"}))
def test_a_sheet_keeps_to_the_scale(sheet: str) -> None:
    wrong = []
    for name, value in declarations(sheet):
        is_scaled = SPACED.fullmatch(name) or name in ("font", "font-size") or "radius" in name
        has_colour = "mask" not in name and COLOUR.search(value)
        if has_colour or (is_scaled and LENGTH.search(value)):
            wrong.append(f"{name}: {value}")
    assert set(wrong) <= EXCEPT


def test_the_scale_is_a_scale() -> None:
    names = re.findall(r"(--(?:space|type|round)[\w-]*):", SHEETS["tokens"])
    assert [sum(name.startswith(f"--{kind}") for name in names) for kind in ("space", "type", "round")] == [6, 7, 3]


def test_every_token_is_named_and_used() -> None:
    named = set(re.findall(r"(--[\w-]+):", "".join(SHEETS.values())))
    used = set(re.findall(r"var\((--[\w-]+)", "".join(SHEETS.values())))
    assert used == named


@pytest.mark.parametrize("name", sorted(name for name, text in TEMPLATES.items() if LINKED.search(text)))
def test_every_sheet_that_a_page_links_is_there(name: str) -> None:
    assert set(LINKED.findall(TEMPLATES[name])) <= SHEETS.keys()


def test_every_class_of_a_sheet_is_on_a_page() -> None:
    """Whole, or begun in a template: `status-{{ status }}`."""
    pages = "".join(TEMPLATES.values()) + SCRIPTS
    begun = tuple(re.findall(r"([a-z][\w-]*-)\$?\{", pages))
    rules = [rule for sheet in SHEETS.values() for rule in re.findall(r"([^{}]+)\{", sheet)]
    classes = {name for rule in rules for name in re.findall(r"\.([a-z][\w-]*)", rule)}
    unused = classes - set(re.findall(r"[\w-]+", pages)) - OF_DJANGO
    assert {name for name in unused if not name.startswith(begun)} == set()


def used_by(name: str, seen: set[str] | None = None) -> set[str]:
    """This template, and those that it includes or extends."""
    seen = set() if seen is None else seen
    if name not in seen and name in TEMPLATES:
        seen.add(name)
        text = TEMPLATES[name]
        others = re.findall(r'{%\s*(?:include|extends)\s+"([^"]+)"', text)
        for other in [*others, *(["films/_poster.html"] if "{% poster " in text else [])]:
            used_by(other, seen)
    return seen


@pytest.mark.parametrize("name", sorted(name for name in TEMPLATES if not Path(name).name.startswith("_")))
def test_a_page_links_the_sheets_of_its_classes(name: str) -> None:
    if name.startswith("admin/"):
        return
    parts = used_by(name)
    linked = {sheet for part in parts for sheet in LINKED.findall(TEMPLATES[part])}
    if not linked:
        return  # a letter
    classes = {
        word for part in parts for found in re.findall(r'class="([^"]*)"', TEMPLATES[part]) for word in found.split()
    }
    for word in classes:
        sheets = {sheet for sheet, text in SHEETS.items() if re.search(rf"\.{re.escape(word)}(?![\w-])", text)}
        assert not sheets or sheets & linked, f"{name} uses .{word} of {sheets}"
