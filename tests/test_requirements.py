"""What is asked for (requirements*.in), what is locked (requirements*.txt) and the licences listed agree."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KINDS = ["requirements", "requirements-dev"]
ASKED = re.compile(r"^([\w.-]+)(?:\[\w+\])?==(\S+)$", re.MULTILINE)
LOCKED = re.compile(r"^([\w.-]+)(?:\[\w+\])?==(\S+)(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| ([\w.-]+) +\| (\d\S*) +\| (.+?) +\|$", re.MULTILINE)


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked(kind: str) -> set[tuple[str, str]]:
    """(name, version) of each line that is no comment and no option."""
    text = (ROOT / f"{kind}.in").read_text()
    lines = [line for line in text.splitlines() if line and line[0] not in "#-"]
    found = {(plain(name), version) for name, version in ASKED.findall(text)}
    assert len(found) == len(lines), "a line without a version"
    return found


def locked(kind: str) -> dict[tuple[str, str], str]:
    """(name, version) → the marker, the hashes, and who asked for it."""
    text = (ROOT / f"{kind}.txt").read_text()
    return {(plain(name), version): rest for name, version, rest in LOCKED.findall(text)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_lock_is_of_what_is_asked_for(kind: str) -> None:
    of_file = re.compile(rf"-r {kind}\.in\b")
    assert {pin for pin, rest in locked(kind).items() if of_file.search(rest)} == asked(kind), "try: make lock"


@pytest.mark.parametrize("kind", KINDS)
def test_every_pin_has_hashes(kind: str) -> None:
    assert [pin for pin, rest in locked(kind).items() if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", rest)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_lock_names_no_place(kind: str) -> None:
    """Neither a registry nor a folder of whoever made it: pip is to look where it is set up to."""
    assert not re.search(r"https?:|file:|-index|-find-links|/", (ROOT / f"{kind}.txt").read_text())


def test_tests_run_on_what_is_shipped() -> None:
    assert locked("requirements").keys() <= locked("requirements-dev").keys()


def test_every_licence_is_listed() -> None:
    table = (ROOT / "docs/licences.md").read_text()
    rows = {(plain(name), version): told for name, version, told in ROW.findall(table)}
    pins = locked("requirements").keys()
    assert {name for name, _ in rows} == {name for name, _ in pins}, "try: make licences"
    assert rows.keys() <= pins
    assert [name for (name, _), told in rows.items() if told == "UNKNOWN"] == []
