"""A bad value stops the start and names its variable."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "TMDB_TOKEN", "TMDB_RATE", "TMDB_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "var"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "maybe"),
        ("PORT", "eighty"),
        ("PORT", "-1"),
        ("TMDB_RATE", "fast"),
        ("TMDB_RATE", "0/1"),
        ("TMDB_RATE", "20"),
        ("TMDB_REFRESH_DAYS", "0"),
        ("TMDB_REFRESH_DAYS", "181"),
        ("TIME_ZONE", "Nowhere/Atall"),
        ("TIME_ZONE", "localtime"),
        ("TMDB_BASE_URL", "api.themoviedb.org"),
        ("MAX_UPLOAD_MB", "0"),
        ("UPLOADS_PER_HOUR", "0"),
        ("UPLOADS_PER_HOUR", "many"),
        ("PROXY_COUNT", "-1"),
        ("PROXY_COUNT", "11"),
        ("LETTERBOXD_TTL_DAYS", "soon"),
        ("CORS_ALLOWED_ORIGINS", "*"),
        ("CORS_ALLOWED_ORIGINS", "null"),
        ("CORS_ALLOWED_ORIGINS", "films.example.org"),
        ("CORS_ALLOWED_ORIGINS", "https://films.example.org/"),
        ("CORS_ALLOWED_ORIGINS", "https://films.example.org,https://*.example.org"),
        ("SITE_URL", "films.example.org"),
        ("SITE_URL", "https://films.example.org/films"),
        ("DATA_DIR", "/dev/null/var"),
        ("EMAIL_URL", "mail.example.org"),
        ("EMAIL_URL", "smtp://mail.example.org:many"),
    ],
)
def test_a_bad_value_is_refused_and_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        env.read()


@pytest.mark.parametrize("url", ["mysql://root@localhost/x", "nonsense", "sqlite//x"])
def test_a_database_that_is_not_ours_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        env.database(env.read())


@pytest.mark.parametrize(("raw", "count", "seconds"), [("20/1", 20, 1), ("40/10", 40, 10), ("5/0.5", 5, 0.5)])
def test_the_rate_is_requests_per_seconds(
    raw: str, count: int, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMDB_RATE", raw)
    assert env.read().tmdb_rate == env.Rate(count=count, seconds=seconds)


def test_origins_are_as_a_browser_sends_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.read().cors_allowed_origins == []
    monkeypatch.setenv("CORS_ALLOWED_ORIGINS", "https://films.example.org, http://127.0.0.1:5173,http://[::1]:80")
    assert env.read().cors_allowed_origins == ["https://films.example.org", "http://127.0.0.1:5173", "http://[::1]:80"]


@pytest.mark.parametrize(
    ("own", "site"),
    [
        ({"ALLOWED_HOSTS": "films.example.org"}, "https://films.example.org"),
        ({"ALLOWED_HOSTS": "a.example.org,b.example.org"}, ""),
        ({"ALLOWED_HOSTS": ".example.org"}, ""),
        ({"ALLOWED_HOSTS": "*"}, ""),
        ({"ALLOWED_HOSTS": "films.local", "INSECURE_HTTP": "true"}, ""),
        ({"ALLOWED_HOSTS": "*", "SITE_URL": "https://films.example.org:8443/"}, "https://films.example.org:8443"),
        ({"DEBUG": "", "ALLOWED_HOSTS": "films.example.org"}, ""),
    ],
)
def test_where_letters_lead(own: dict[str, str], site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ({"DEBUG": "false", "SECRET_KEY": "x" * 60} | own).items():
        monkeypatch.setenv(name, value)
    assert env.read().site_url == site


def test_a_local_run_makes_and_keeps_a_key_of_its_own() -> None:
    first = env.read()
    assert len(first.secret_key) > 40
    assert env.read().secret_key == first.secret_key
    assert (first.data_dir / "secret_key").stat().st_mode & 0o077 == 0
    assert first.secret_key not in repr(first)
    assert (first.debug, first.production, first.allowed_hosts) == (False, False, env.LOOPBACK)


def test_processes_that_start_at_once_have_one_key_and_leave_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    with ThreadPoolExecutor(8) as pool:
        keys = {own.secret_key for own in pool.map(lambda _: env.read(), range(8))}
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_disk_that_is_full_leaves_no_half_of_a_key(tmp_path: Path) -> None:
    """No file may grow, as on a full disk; at the next start there is room."""
    start = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); from config import env; env.read()"
    own = {"DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run([sys.executable, "-c", start], cwd=ROOT, env=own, capture_output=True, text=True)
    assert "can't be written" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_postgresql_that_says_nothing_is_away_after_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://ana@db/films?connect_timeout=3")
    assert env.database(env.read())["OPTIONS"] == {"connect_timeout": 3}
    monkeypatch.setenv("DATABASE_URL", "postgres://ana@db/films")
    assert env.database(env.read())["OPTIONS"] == {"connect_timeout": env.CONNECT_SECONDS}


def test_mail_is_printed_in_a_local_run_and_sent_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMAIL_URL", raising=False)
    assert env.read().mail["EMAIL_BACKEND"].endswith("console.EmailBackend")
    monkeypatch.setenv("DEBUG", "false")
    monkeypatch.setenv("SECRET_KEY", "x" * 60)
    monkeypatch.setenv("ALLOWED_HOSTS", "films.example.org")
    assert env.read().mail["EMAIL_HOST"] == "localhost"
    monkeypatch.setenv("EMAIL_URL", "submission://ana:s3cret@mail.example.org")
    mail = env.read().mail
    assert (mail["EMAIL_HOST"], mail["EMAIL_PORT"], mail["EMAIL_USE_TLS"]) == ("mail.example.org", 587, True)
    assert "s3cret" not in repr(env.read())


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_needs_a_key_and_hosts(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "false")
    monkeypatch.setenv("SECRET_KEY", "x" * 60)
    monkeypatch.setenv("ALLOWED_HOSTS", "films.example.org")
    assert env.read().production
    monkeypatch.delenv(missing)
    with pytest.raises(ImproperlyConfigured, match=missing):
        env.read()


@pytest.mark.parametrize(("name", "value"), [("TMDB_RATE", "fast"), ("STATIC_ROOT", "/dev/null/static")])
def test_a_bad_value_ends_the_command_with_a_sentence_not_a_traceback(name: str, value: str, tmp_path: Path) -> None:
    own = {"DATA_DIR": str(tmp_path), name: value, "PATH": "/usr/bin:/bin"}
    ended = subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, env=own, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "Reelkeeper can't start" in ended.stderr and name in ended.stderr
    assert "Traceback" not in ended.stderr
