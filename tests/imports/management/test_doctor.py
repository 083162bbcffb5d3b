"""doctor: what it finds, and what it says to do."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from imports.operation import doctor
from imports.operation.doctor import Level
from tests.clusters import a_cluster_lives
from tests.tmdb_server import TmdbServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def findings() -> dict[str, doctor.Finding]:
    return {finding.what: finding for finding in doctor.examine()}


def run() -> str:
    said = io.StringIO()
    call_command("doctor", stdout=said)
    return said.getvalue()


@pytest.fixture
def is_well(tmdb: TmdbServer) -> None:
    """Schedules are written, and a cluster gives signs of life."""
    call_command("sync_schedules", verbosity=0)
    a_cluster_lives("here")


@pytest.mark.usefixtures("is_well")
def test_an_instance_that_is_well_passes(tmdb: TmdbServer) -> None:
    said = run()
    assert set(Level) & {finding.level for finding in doctor.examine()} == {Level.OK}
    for what in "settings disk cache mail database migrations clock cluster schedules queue tmdb".split():
        assert f"\n{what}" in f"\n{said}"
    assert tmdb.record.paths["/3/authentication"] == 2
    assert "a-token-for-tests" not in said


def test_what_failed_makes_the_exit_status_one(tmdb: TmdbServer) -> None:
    found = findings()
    assert (found["cluster"].level, found["schedules"].level) == (Level.FAILED, Level.FAILED)
    assert "manage.py work" in found["cluster"].text
    assert "sync_schedules" in found["schedules"].text
    with pytest.raises(CommandError, match=r"2 of \d+ failed") as error:
        run()
    assert error.value.returncode == 1


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ({"bad_tokens": ["a-token-for-tests"]}, "TMDB_TOKEN"),
        ({"fail": "garbage"}, "TMDB_BASE_URL"),
        ({"fail": "down"}, "network"),
    ],
)
def test_tmdbs_troubles_are_told_apart(tmdb: TmdbServer, mode: dict[str, Any], says: str) -> None:
    for name, value in mode.items():
        setattr(tmdb, name, value)
    found = findings()["tmdb"]
    assert (found.level, says in found.text) == (Level.FAILED, True)
    assert "a-token" not in found.text


def test_the_sample_catalogue_is_said_to_be_one(settings: Any) -> None:
    settings.TMDB = replace(settings.TMDB, token="")
    found = findings()["tmdb"]
    assert (found.level, "sample" in found.text) == (Level.WARNING, True)


@pytest.mark.usefixtures("is_well")
def test_what_is_late_is_a_warning() -> None:
    Schedule.objects.update(next_run=timezone.now() - timedelta(hours=1))
    OrmQ.objects.create(key="k", payload="", lock=timezone.now() - timedelta(minutes=20))
    found = findings()
    assert [found[what].level for what in ("schedules", "queue")] == [Level.WARNING] * 2
    assert "the oldest for 20 minutes" in found["queue"].text


def test_a_folder_that_cant_be_written_fails(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "nowhere"
    found = findings()["disk"]
    assert (found.level, str(tmp_path) in found.text) == (Level.FAILED, True)


def test_little_room_is_a_warning_and_none_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, level in (("LITTLE_SPACE", Level.WARNING), ("LEAST_SPACE", Level.FAILED)):
        monkeypatch.setattr(doctor, name, 10**18)
        assert next(found.level for found in doctor.examine() if found.what == "disk") == level


def test_production_is_looked_at_more_closely(settings: Any, tmp_path: Path) -> None:
    settings.PRODUCTION = True
    settings.STATIC_ROOT = tmp_path
    settings.SECRET_KEY = "short"
    settings.ALLOWED_HOSTS = ["*"]
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        9,
    )
    told = list(doctor.examine())
    assert any("SECRET_KEY" in finding.text for finding in told if finding.what == "security")
    found = {finding.what: finding for finding in told}
    assert found["settings"].level == found["mail"].level == Level.WARNING
    assert "collectstatic" in found["static files"].text


def test_a_database_of_another_version_is_said_to_be_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('imports', '9999_later', '2030-01-01')"
        )
    found = findings()
    assert (found["migrations"].level, "9999_later" in found["migrations"].text) == (Level.FAILED, True)
    assert found["tmdb"].text.startswith("not looked at")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'imports'")
    assert "manage.py migrate" in findings()["migrations"].text


def test_a_redis_that_is_away_fails(settings: Any) -> None:
    redis = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
    files = settings.CACHES
    settings.CACHES = {"default": redis, "pictures": redis}
    found = findings()
    settings.CACHES = files
    assert [found[what].level for what in ("cache (default)", "cluster")] == [Level.FAILED] * 2
    assert "REDIS_URL" in found["cache (default)"].text
