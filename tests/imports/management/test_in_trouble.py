"""Commands as they are typed, where something around them is broken: a sentence and an exit status, no traceback."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.exports import letterboxd_zip
from tests.instance import ROOT, fresh_database

pytestmark = pytest.mark.slow

COMMANDS = [
    ["cleanup_sessions"],
    ["check_counts"],
    ["enrich", "--all"],
    ["purge_tmdb", "--yes"],
    ["export_user", "ana"],
    ["import_file", "README.md", "--user", "ana"],
    ["doctor"],
]
AWAY = "postgres://someone:sesam-open@127.0.0.1:9/nothing"
AT_ONCE = 4


class Shell:
    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.env = os.environ | {"DATA_DIR": str(folder), "DATABASE_URL": database}

    def start(self, *args: str, **more: Any) -> "subprocess.Popen[str]":
        command = [sys.executable, str(ROOT / "manage.py"), *args]
        pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        return subprocess.Popen(command, cwd=ROOT, env=self.env, text=True, **pipes | more)

    def run(self, *args: str, **more: Any) -> tuple[int, str]:
        """The exit status, and all that was said."""
        return ended(self.start(*args, **more))


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    said = "".join(process.communicate(timeout=60))
    assert "Traceback" not in said
    return process.returncode, said


def interrupted(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """By Ctrl-C; pressed again if it came a moment before the program waited for an answer, and was not seen."""
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)  # before its input is closed
    return ended(process)


def small_files(most: int) -> Callable[[], None]:
    """As a full disk: no file grows beyond so many bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


@pytest.mark.parametrize(
    ("database", "says", "commands"),
    [
        (AWAY, "DATABASE_URL", COMMANDS),
        ("sqlite:///{}/new.sqlite3", "manage.py migrate", COMMANDS[-3:]),
        ("sqlite:///{}/broken.sqlite3", "DATABASE_URL", COMMANDS[-2:]),
    ],
)
def test_every_command_says_what_is_wrong_with_the_database(
    tmp_path: Path, database: str, says: str, commands: list[list[str]]
) -> None:
    (tmp_path / "broken.sqlite3").write_bytes(b"this is no database" * 1000)
    shell = Shell(tmp_path, database.format(tmp_path))
    for start in range(0, len(commands), AT_ONCE):
        running = [(args, shell.start(*args)) for args in commands[start : start + AT_ONCE]]
        for args, process in running:
            status, said = ended(process)
            assert (args, status, says in said) == (args, 1, True)
            assert "sesam-open" not in said


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """An instance with one account, ana's, and one import of hers."""
    folder = tmp_path_factory.mktemp("instance")
    with fresh_database(folder) as database:
        shell = Shell(folder, database)
        assert shell.run("migrate", "-v0") == (0, "")
        shell.env["DJANGO_SUPERUSER_PASSWORD"] = "a-reel-of-35mm"
        made = shell.run("createsuperuser", "--noinput", "--username", "ana", "--email", "ana@example.org")
        assert made[0] == 0
        (folder / "export.zip").write_bytes(letterboxd_zip(400))
        assert shell.run("import_file", str(folder / "export.zip"), "--user", "ana")[0] == 0
        yield shell


def test_ids_and_names_that_dont_exist_get_a_sentence(shell: Shell) -> None:
    wrong = {
        "There is no import": ["enrich", "--session", "not-an-id"],
        "can't be read": ["import_file", "/nowhere/a.zip", "--user", "ana"],
    }
    running = {says: shell.start(*args) for says, args in wrong.items()}
    for says, process in running.items():
        status, said = ended(process)
        assert (status, says in said) == (1, True)


def test_a_full_disk_leaves_no_half_export(shell: Shell) -> None:
    target = shell.folder / "ana.zip"
    status, said = shell.run("export_user", "ana", "--output", str(target), preexec_fn=small_files(10_000))
    assert (status, "disk" in said or str(target) in said) == (1, True)
    assert {path for path in shell.folder.iterdir() if "ana" in path.name} == set()
    assert shell.run("export_user", "ana", "--output", str(target))[0] == 0


def test_a_cache_that_cant_be_opened_is_named(shell: Shell) -> None:
    (shell.folder / "tmdb_cache.sqlite3").mkdir()
    status, said = shell.run("purge_tmdb", "--yes")
    assert status == 1
    assert "The cache in DATA_DIR can't be used" in said


def test_ctrl_c_at_a_question_deletes_nothing(shell: Shell) -> None:
    process = shell.start("purge_tmdb")
    assert process.stdout is not None
    assert process.stdout.read(4) == "This"
    status, said = interrupted(process)
    assert "Stopped" in said
    assert status == 130


def test_two_deletions_at_once_are_one(shell: Shell) -> None:
    shell.run("createsuperuser", "--noinput", "--username", "root", "--email", "root@example.org")
    both = [shell.start("delete_user_data", "ana", "--yes") for _ in range(2)]
    outcomes = sorted(ended(process) for process in both)
    assert outcomes[0][0] == 0
    assert outcomes[1][0] == 0 or "no account" in outcomes[1][1]
    assert shell.run("export_user", "ana")[0] == 1
