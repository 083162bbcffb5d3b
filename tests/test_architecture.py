"""Who may import whom: config → imports → enrichment, never back, and one door for each thing with side effects."""

import ast
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

import pytest
from django.utils.module_loading import import_string

from enrichment import queue
from imports.operation.schedules import SCHEDULES
from imports.queue import CLEAN_UP

ROOT = Path(__file__).resolve().parent.parent
APPS = ("config", "imports", "enrichment")
SEEN_OF_ENRICHMENT = {"models", "queries", "services", "queue", "signals", "titles", "matching", "bulk", "admin_base"}
PURE = ["imports/sources", "enrichment/titles.py", "enrichment/matching.py", "enrichment/tmdb/types.py"]
DOORS = {
    "requests": {
        "enrichment/tmdb/client.py",
        "enrichment/tmdb/transport.py",
        "enrichment/tmdb/images.py",
        "enrichment/tmdb/sample.py",
    },
    "async_task": {"enrichment/queue.py", "imports/queue.py"},
    "environ": {"config/env.py", "config/wsgi.py", "manage.py"},
}


def modules(folder: str) -> list[Path]:
    place = ROOT / folder
    found = [place] if place.is_file() else sorted(place.rglob("*.py"))
    return [path for path in found if "migrations" not in path.parts]


def imported(path: Path) -> Iterator[str]:
    """Every name that the module imports, absolute, down to the name: `enrichment.tmdb.client.TMDBClient`."""
    package = ".".join(path.relative_to(ROOT).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package) if node.level else node.module or ""
            yield from (f"{base}.{alias.name}" for alias in node.names)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_enrichment_knows_nothing_of_imports_or_config() -> None:
    wrong = [
        (name_of(path), name)
        for path in modules("enrichment")
        for name in imported(path)
        if name.split(".")[0] in ("imports", "config")
    ]
    assert wrong == []


def test_imports_knows_nothing_of_config() -> None:
    wrong = [(name_of(p), name) for p in modules("imports") for name in imported(p) if name.split(".")[0] == "config"]
    assert wrong == []


def test_imports_sees_only_the_public_side_of_enrichment() -> None:
    wrong = [
        (name_of(path), name)
        for path in modules("imports")
        for name in imported(path)
        if name.startswith("enrichment.") and name.split(".")[1] not in SEEN_OF_ENRICHMENT
    ]
    assert wrong == []


@pytest.mark.parametrize("place", PURE)
def test_pure_code_knows_no_django(place: str) -> None:
    files = modules(place)
    assert files
    assert [(name_of(p), name) for p in files for name in imported(p) if name.split(".")[0] == "django"] == []


@pytest.mark.parametrize("door", DOORS)
def test_each_side_effect_has_one_door(door: str) -> None:
    users = {
        name_of(path)
        for app in (*APPS, "manage.py")
        for path in modules(app)
        if any(door in name.split(".") for name in imported(path)) or (door == "environ" and _reads_environ(path))
    }
    assert users <= DOORS[door]


def test_every_task_path_leads_to_a_function() -> None:
    paths = [queue.RUN, CLEAN_UP, *(schedule["func"] for schedule in SCHEDULES.values())]
    assert all(callable(import_string(path)) for path in paths)


def _reads_environ(path: Path) -> bool:
    return any(isinstance(n, ast.Attribute) and n.attr == "environ" for n in ast.walk(ast.parse(path.read_text())))
