"""What a person reads."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import imports.sources as package
from imports.sources.reasons import REASONS, SKIP_RULES
from imports.sources.refusals import REFUSALS, refusal

PLACE = Path(package.__path__[0])
SOURCE = "".join(path.read_text() for path in PLACE.parent.rglob("*.py"))
NAMELESS = {"nothing_sent", "update_of_review"}  # they are about no file
ANYTHING = {
    "columns": "Name",
    "format": "an IMDb list",
    "what": "a ZIP",
    "other": "prime.csv",
    "megabytes": 50,
    "most": 100_000,
    "member": "inner.zip",
    "line": 3,
    "field": "rating",
    "version": 2,
    "entries": 40,
    "common": 0,
    "films": 30,
    "different": 25,
}


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_refusal_is_one_sentence_with_every_place_filled(code: str) -> None:
    sentence = str(refusal(code, "films.pdf", **ANYTHING))
    assert "%(" not in sentence
    assert sentence.endswith(".")
    assert ("“films.pdf”" in sentence) == (code not in NAMELESS)


@pytest.mark.parametrize("code", sorted(REASONS))
def test_reason_is_used_and_takes_a_detail(code: str) -> None:
    assert SOURCE.count(f'"{code}"') >= 2, "a sentence that nothing gives"
    assert "%(" not in REASONS[code] % {"detail": "x"}


def test_every_code_that_is_given_has_its_sentence() -> None:
    given = set(re.findall(r'(?:\.note|\.lose)\("(\w+)"', SOURCE))
    assert given
    assert given <= set(REASONS)


@pytest.mark.parametrize("rule", sorted(SKIP_RULES))
def test_skip_rule_is_used(rule: str) -> None:
    assert SOURCE.count(f'"{rule}"') >= 2


def test_sources_import_no_django() -> None:
    code = "import sys, imports.sources; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
