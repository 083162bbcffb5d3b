"""Production as docs/deploy.md sets it up: its checks, its static files, its logs, and what the container files say."""

import gzip
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
import yaml
from django.core.management import get_commands

from config import env
from tests.instance import free_port, wait_for

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
EXAMPLE = dict(
    line.split("=", 1) for line in (ROOT / ".env.example").read_text().splitlines() if re.match("[A-Z]", line)
)
PROXIED = {"Host": "films.example.org", "X-Forwarded-Proto": "https"}


def production(folder: Path, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "films.example.org",
        "DATA_DIR": str(folder),
    } | more


def manage(own: Mapping[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=own, capture_output=True, text=True)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of an installation that is prepared as documented."""
    own = production(tmp_path_factory.mktemp("production"), PORT=str(free_port()))
    ours = ["--ignore", "admin", "--ignore", "ninja"]  # all take a minute to compress
    for command in (["migrate", "--no-input"], ["sync_schedules"], ["collectstatic", "--no-input", *ours]):
        ended = manage(own, *command)
        assert ended.returncode == 0, ended.stderr
    return own


@pytest.fixture(scope="module")
def web(own: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The web server's address and its log, with access lines."""
    log = tmp_path_factory.mktemp("web") / "log"
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{own['PORT']}", "--access-logfile", "-"]
    with log.open("w") as stream, subprocess.Popen(command, cwd=ROOT, env=own, stderr=stream) as process:
        url = f"http://127.0.0.1:{own['PORT']}"
        try:
            wait_for(lambda: fetch(f"{url}/health")[0] == 200, "the web server")
            yield url, log
        finally:
            process.send_signal(signal.SIGTERM)


def fetch(url: str, **headers: str) -> tuple[int, Any, bytes]:
    request = urllib.request.Request(url, headers=PROXIED | {name.replace("_", "-"): v for name, v in headers.items()})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read()
    except HTTPError as answer:
        return answer.code, answer.headers, answer.read()


def test_the_documented_settings_are_clean(own: dict[str, str]) -> None:
    ended = manage(own, "check", "--deploy", "--fail-level", "WARNING")
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("SECRET_KEY", "short", "W009"),
        ("STATIC_ROOT", "", "W001"),
        ("ALLOWED_HOSTS", "films.example.org,www.example.org", "E001"),
    ],
)
def test_what_is_not_as_documented_is_told(
    own: dict[str, str], tmp_path: Path, name: str, value: str, code: str
) -> None:
    ended = manage(own | {name: value or str(tmp_path)}, "check", "--deploy", "--fail-level", "WARNING")
    assert ended.returncode == 1
    assert code in ended.stderr and "Traceback" not in ended.stderr


def test_production_of_several_hosts_does_not_start_without_its_address(own: dict[str, str]) -> None:
    hosts = own | {"ALLOWED_HOSTS": "films.example.org,www.example.org"}
    ended = manage(hosts, "migrate", "--no-input")
    assert ended.returncode == 1 and "Set SITE_URL" in ended.stderr
    assert manage(hosts | {"SITE_URL": "https://films.example.org"}, "check").returncode == 0


def test_pages_are_served_behind_a_proxy_and_nowhere_else(web: tuple[str, Path]) -> None:
    url, _ = web
    status, headers, body = fetch(f"{url}/")
    assert status == 200 and b"<html" in body
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert fetch(f"{url}/", Host="other.example.org")[0] == 400
    connection = subprocess.run(
        ["curl", "-sI", "-H", "Host: films.example.org", f"{url}/"], capture_output=True, text=True, check=True
    )
    assert "Location: https://films.example.org/" in connection.stdout


def test_static_files_are_hashed_compressed_and_kept_for_ever(web: tuple[str, Path]) -> None:
    url, _ = web
    page = fetch(f"{url}/")[2].decode()
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    assert any(address.endswith(".css") for address in addresses) and any(a.endswith(".js") for a in addresses)
    for address in addresses:
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", address), address
        status, headers, plain = fetch(url + address)
        assert status == 200
        assert headers["Cache-Control"] == "max-age=315360000, public, immutable"
        if address.endswith((".css", ".js")):
            assert fetch(url + address, Accept_Encoding="br")[1]["Content-Encoding"] == "br"
            _, headers, zipped = fetch(url + address, Accept_Encoding="gzip")
            assert headers["Content-Encoding"] == "gzip" and headers["Vary"] == "Accept-Encoding"
            assert gzip.decompress(zipped) == plain


def test_a_file_without_its_hash_is_kept_for_a_minute(web: tuple[str, Path]) -> None:
    url, _ = web
    assert fetch(f"{url}/static/css/base.css")[1]["Cache-Control"] == "max-age=60, public"


def test_the_web_servers_log_is_json_without_anyones_words(web: tuple[str, Path]) -> None:
    url, log = web
    _, headers, _ = fetch(f"{url}/s/unspeakable/?q=unspeakable", Referer="https://films.example.org/s/unspeakable/")
    fetch(f"{url}/imports/?q=unspeakable&mail=ana@mail.example.org")
    wait_for(lambda: '"gunicorn.access"' in log.read_text() and "/imports/" in log.read_text(), "the access lines")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"time", "level", "logger", "message", "process"} <= set.intersection(*map(set, lines))
    assert any(line.get("request") == headers["X-Request-ID"] for line in lines)
    assert "unspeakable" not in log.read_text() and "ana@" not in log.read_text()


def test_the_containers_health_check_asks_as_the_proxy_does(web: tuple[str, Path], own: dict[str, str]) -> None:
    command = [sys.executable, "-m", "config.healthcheck"]
    assert subprocess.run(command, cwd=ROOT, env=own).returncode == 0
    down = subprocess.run(command, cwd=ROOT, env=own | {"PORT": str(free_port())}, capture_output=True, text=True)
    assert down.returncode == 1
    assert "refused" in down.stderr and "Traceback" not in down.stderr


def test_the_image_runs_as_nobody_special() -> None:
    last = DOCKERFILE.split("FROM ")[-1]
    instructions = re.findall(r"^([A-Z]+) (.*)", last, re.MULTILINE)
    names = [name for name, _ in instructions]
    assert names.index("USER") < names.index("CMD") and ("USER", "reelkeeper") in instructions
    assert ("VOLUME", "/data") in instructions and ("STOPSIGNAL", "SIGTERM") in instructions
    assert json.loads(dict(instructions)["CMD"]) == ["python", "manage.py", "serve"]  # exec form: it gets the signal
    assert "DATA_DIR=/data" in last and "HOST=0.0.0.0" in last
    assert not re.search(r"SECRET_KEY|TOKEN|PASSWORD", last)


def test_every_file_that_the_image_copies_and_runs_is_let_in() -> None:
    let_in = re.findall(r"^!(\S+?)/?$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    needed = {
        "manage.py",
        "requirements.txt",
        "gunicorn.conf.py",
        "config",
        "imports",
        "enrichment",
        "templates",
        "static",
    }
    assert needed <= set(let_in)
    assert not {"tests", "var", ".git", ".env", ".venv"} & set(let_in)


def test_compose_runs_what_the_page_says() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"prepare", "web", "cluster", "database", "redis"}
    assert services["web"]["command"][0] == "gunicorn" and services["cluster"]["command"][-1] == "work"
    for name in ("web", "cluster"):
        assert services[name]["depends_on"]["prepare"]["condition"] == "service_completed_successfully"
    for name in ("cluster", "database", "redis"):
        assert services[name]["healthcheck"]["test"]
    assert int(services["cluster"]["stop_grace_period"].rstrip("s")) > 30  # what the supervisor gives its children
    assert all(port.startswith("127.0.0.1:") for port in services["web"]["ports"])


def test_compose_needs_no_setting_that_its_example_lacks() -> None:
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    assert used == set(EXAMPLE)


def test_compose_passes_every_setting_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text().split("## Settings")[1].split("\n## ")[0]
    settings = {
        name for row in re.findall(r"^\| (`.*?) \|", readme, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    of_the_image = set(re.findall(r"^\s+(?:ENV )?([A-Z_]+)=\S+ ?\\?$", DOCKERFILE.split("FROM ")[-1], re.MULTILINE))
    passed = set(COMPOSE["services"]["web"]["environment"])
    assert len(settings) > 20 and {"DEBUG", "HOST", "PORT", "DATA_DIR", "STATIC_ROOT"} <= of_the_image
    assert settings - of_the_image == passed


def test_compose_lets_no_container_take_the_machine_along() -> None:
    for name, service in COMPOSE["services"].items():
        assert service["mem_limit"] and service["cpus"] and service["pids_limit"], name
        assert service["read_only"] is True, name
    for name in ("prepare", "web", "cluster"):
        assert COMPOSE["services"][name]["tmpfs"] and COMPOSE["services"][name]["cap_drop"] == ["ALL"], name


def test_compose_has_the_defaults_of_its_example() -> None:
    text = (ROOT / "compose.yaml").read_text()
    for name, default in re.findall(r"(?<!\$)\$\{(\w+):-([^}]*)\}", text):
        assert EXAMPLE[name] == default, name


def test_composes_commands_are_there() -> None:
    prepare = COMPOSE["services"]["prepare"]["command"][-1]
    commands = re.findall(r"manage\.py ([a-z_]+)", " ".join([prepare, DOCKERFILE]))
    assert commands[:2] == ["migrate", "sync_schedules"]
    assert {*commands, COMPOSE["services"]["cluster"]["command"][-1]} <= set(get_commands())


def test_composes_environment_is_one_that_the_product_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    values = EXAMPLE | {"SECRET_KEY": "x" * 60, "POSTGRES_PASSWORD": "0f0f"}
    text = json.dumps(COMPOSE["services"]["web"]["environment"])
    filled = re.sub(r"\$\{(\w+)[^}]*\}", lambda found: values[found[1]], text)
    for name, value in ({"DEBUG": "false"} | json.loads(filled)).items():
        monkeypatch.setenv(name, str(value))
    read = env.read()
    assert read.production and read.redis_url
    assert env.database(read)["HOST"] == "database"
