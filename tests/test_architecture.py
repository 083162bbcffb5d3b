"""What import-linter (.importlinter) and ruff (TID251) can't tell of the house: `make check` keeps the rest."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.module_loading import import_string

from enrichment import queue
from imports.operation.schedules import SCHEDULES
from imports.queue import CLEAN_UP

IMPORTS = Path(__file__).resolve().parent.parent / "imports"
WITHOUT_HTTP = (
    "operation accounts sessions exports sharing review figures library statistics outcomes films sources".split()
)
HTTP = ("django.http", "django.shortcuts", "django.views", "django.forms", "django.template")
MOST_AT_THE_ROOT = 12


def imported(path: Path) -> Iterator[str]:
    """Every name that the module imports from elsewhere, down to the name: `django.http.Http404`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", WITHOUT_HTTP)
def test_what_the_product_does_knows_no_http(room: str) -> None:
    modules = list((IMPORTS / room).rglob("*.py"))
    assert len(modules) > 1
    wrong = [(path.name, name) for path in modules for name in imported(path) if f"{name}.".startswith(HTTP)]
    assert wrong == []


def test_the_hall_is_no_room() -> None:
    modules = [path.name for path in IMPORTS.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MOST_AT_THE_ROOT


def test_a_rooms_front_page_is_one_sentence() -> None:
    """But for those that gather what is written in the room: models, the registry of sources, the API, the admin."""
    gathering = {"models", "sources", "api", "admin", "samples", "migrations", "templatetags", "management"}
    rooms = [path for path in IMPORTS.iterdir() if (path / "__init__.py").exists() and path.name not in gathering]
    assert rooms
    for room in rooms:
        body = ast.parse((room / "__init__.py").read_text()).body
        assert len(body) == 1, room.name
        assert ast.get_docstring(ast.parse((room / "__init__.py").read_text())), room.name


def test_every_task_path_leads_to_a_function() -> None:
    paths = [queue.RUN, CLEAN_UP, *(schedule["func"] for schedule in SCHEDULES.values())]
    assert all(callable(import_string(path)) for path in paths)
