"""/health, where something that it asks is not there."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from tests.clusters import a_cluster_lives

pytestmark = pytest.mark.django_db

REDIS = "django.core.cache.backends.redis.RedisCache"
FILES = "django.core.cache.backends.filebased.FileBasedCache"


def test_an_instance_with_a_worker_is_well(client: Client) -> None:
    a_cluster_lives("worker-machine")
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


@pytest.mark.parametrize("kept_by", [FILES, REDIS])
def test_where_the_workers_beat_cant_be_read_it_says_so(client: Client, settings: Any, kept_by: str) -> None:
    a_file = django_settings.DATA_DIR / "no-folder"  # as any trouble of a disk, an OSError
    Path(a_file).touch()
    place = {FILES: a_file, REDIS: "redis://127.0.0.1:9"}[kept_by]  # nobody answers there
    settings.CACHES = settings.CACHES | {"default": {"BACKEND": kept_by, "LOCATION": place}}
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
