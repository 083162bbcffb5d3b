"""docs/adding-a-source.md is true: its code makes a source, and a file of it goes the way of every upload."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from imports import models, sources
from imports.models import ImportSession, sessions
from imports.sources import traits
from tests.tmdb_server import TmdbServer

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "adding-a-source.md").read_text()
BLOCKS = re.findall(r"^```python\n# (\S+?),?(?: [^\n]*)?\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
CODE = dict(BLOCKS)
(FILE,) = re.findall(r"^```csv\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def run(path: str, module: ModuleType, known: dict[str, Any]) -> ModuleType:
    module.__dict__.update(known)
    exec(compile(CODE[path], path, "exec"), module.__dict__)  # noqa: S102
    return module


@pytest.fixture(autouse=True)
def kinoclub(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The source of the page, in the registry as the page puts it there."""
    module = ModuleType("imports.sources.kinoclub")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    run("imports/sources/kinoclub/__init__.py", module, {})
    registry = run("imports/sources/__init__.py", ModuleType("registry"), vars(sources) | {"kinoclub": module})
    monkeypatch.setattr(sources, "READERS", registry.READERS)
    told = run("imports/sources/traits.py", ModuleType("told"), vars(traits)).TRAITS
    monkeypatch.setitem(traits.TRAITS, module.NAME, told[module.NAME])
    yield module


def page_tests() -> dict[str, Callable[[], None]]:
    module = run("tests/imports/sources/test_kinoclub.py", ModuleType("test_kinoclub"), {})
    return {name: value for name, value in vars(module).items() if name.startswith("test_")}


@pytest.mark.parametrize("name", page_tests())
def test_the_pages_own_tests_pass(name: str) -> None:
    page_tests()[name]()


def test_every_file_that_the_page_changes_is_there(kinoclub: ModuleType) -> None:
    new = {"imports/sources/kinoclub/__init__.py", "tests/imports/sources/test_kinoclub.py"}
    root = Path(__file__).resolve().parents[3]
    assert all((root / path).exists() for path in CODE if path not in new)
    choices = run("imports/models/sessions.py", ModuleType("choices"), vars(sessions) | {"__name__": "choices"})
    assert choices.Source.values == [*models.Source.values, kinoclub.NAME]


def send(client: Client, name: str, data: bytes) -> ImportSession:
    answer = client.post("/imports/", {"files": SimpleUploadedFile(name, data)})
    assert answer.status_code == 303
    return ImportSession.objects.get(pk=re.findall(r"/imports/([0-9a-f-]{36})/", answer["Location"])[0])


@pytest.mark.django_db
def test_a_file_of_it_is_imported_as_any_upload(client: Client, tmdb: TmdbServer) -> None:
    session = send(client, "my visits.csv", FILE.encode())
    assert (session.source, session.total_movies) == ("kinoclub", 3)
    (report,) = session.files
    assert (report["rows"], report["added"], report["problems"]) == (5, 4, 1)
    stalker = session.movies.get(title="Stalker")
    assert (stalker.year, stalker.rating, stalker.viewings.count()) == (1979, Decimal(5), 2)
    assert set(session.problems.values_list("line", "reason")) == {
        (5, "no_title"),
        (6, "date_unreadable"),
        (6, "rating_unreadable"),
    }
    for address in ("", "films/", "report/", "stats/", "export/", f"films/{stalker.pk}/"):
        assert client.get(session.get_absolute_url() + address).status_code == 200, address


@pytest.mark.django_db
def test_its_export_comes_back(client: Client) -> None:
    first = send(client, "mine.csv", FILE.encode())
    exported = b"".join(client.get(f"{first.get_absolute_url()}export.json").streaming_content)  # type: ignore[attr-defined]
    second = send(client, "export.json", exported)
    assert (second.source, second.total_movies) == ("kinoclub", 3)
    again = b"".join(client.get(f"{second.get_absolute_url()}export.json").streaming_content)  # type: ignore[attr-defined]
    films = [[film["title"] for film in json.loads(text)["movies"]] for text in (exported, again)]
    assert films[0] == films[1]
