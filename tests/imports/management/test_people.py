"""import_file, export_user and delete_user_data."""

import io
import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db.models import Model

from enrichment.models import TitleLookup
from imports import samples
from imports.accounts.rows import rows_of
from imports.models import (
    Analytics,
    ApiToken,
    HandViewing,
    ImportSession,
    Library,
    LibraryChange,
    LibraryDecision,
    LibraryFilm,
    LibraryQuestion,
    LibraryViewing,
    MatchMemory,
    Movie,
    Owner,
    Ranking,
    RowProblem,
    ShareLink,
    Source,
    Usage,
    Viewing,
)
from imports.sessions.start import start_any, start_import
from imports.sharing import previews
from imports.sources.base import Upload
from tests.factories import RankingFactory, TmdbMovieFactory, UserFactory
from tests.imports.people import ADDRESS, NAME, SECRET, TITLES, traces, whole_person
from tests.prime_exports import LIMA, history, prime_file

pytestmark = pytest.mark.django_db

EXPORTED: dict[type[Model], str] = {
    User: "account.json",
    ImportSession: "imports/",
    Movie: "imports/",
    Viewing: "imports/",
    RowProblem: "imports/",
    Ranking: "library.json",
    HandViewing: "by_hand.json",
    LibraryDecision: "decisions.json",
    MatchMemory: "memory.json",
    ShareLink: "share_links.json",
    ApiToken: "api_tokens.json",
    Usage: "usage.json",
    LogEntry: "admin_log.json",
    User.groups.through: "account.json",
    AccessAttempt: "usage.json",
}
# computed; what the code may ask; nothing is written there
LIBRARY = {Library, LibraryFilm, LibraryViewing, LibraryQuestion, LibraryChange}
LEFT_OUT = {Analytics, *LIBRARY, User.user_permissions.through, AccessFailureLog, AccessLog}


def run(*args: str) -> str:
    said = io.StringIO()
    call_command(*args, stdout=said)
    return said.getvalue()


def refused(*args: str) -> str:
    with pytest.raises(CommandError) as error:
        run(*args)
    return str(error.value)


# Deleting


def test_deleting_leaves_no_row_and_no_word_of_the_person() -> None:
    ana = whole_person()
    links = list(ShareLink.objects.all())
    for link in links:
        previews.preview(link)
    theirs = rows_of(ana)
    # a new model that leads to a user belongs into tests.imports.people
    assert [model for model, rows in theirs.items() if not rows.exists()] == []
    assert traces() != []

    assert f"{NAME!r} is deleted" in run("delete_user_data", NAME, "--yes")

    assert {model: rows.count() for model, rows in theirs.items() if rows.exists()} == {}
    assert traces() == []
    assert [previews._name(link) for link in links if caches["pictures"].get(previews._name(link))] == []
    assert LogEntry.objects.filter(user__username="staff").count() == 3


def test_deleting_takes_nothing_of_others() -> None:
    whole_person()
    bo = UserFactory(username="bo")
    kept = start_import(Owner(user=bo), [Upload(samples.LETTERBOXD_NAME, samples.letterboxd_zip())])
    RankingFactory(user=bo)
    before = {model: rows.count() for model, rows in rows_of(bo).items()}
    run("delete_user_data", NAME, "--yes")
    assert {model: rows.count() for model, rows in rows_of(bo).items()} == before
    assert kept.movies.filter(lookup=None).count() == 0


def test_deleting_asks_for_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    UserFactory(username="ana")
    for typed in ("", "yes", "Ana"):
        monkeypatch.setattr("builtins.input", lambda question, typed=typed: typed)
        assert "nothing was deleted" in refused("delete_user_data", "ana")
    monkeypatch.setattr("builtins.input", lambda question: "ana")
    run("delete_user_data", "ana")
    assert not User.objects.exists()


def test_deleting_refuses_the_last_superuser() -> None:
    User.objects.create_superuser("root")
    User.objects.create_superuser("retired", is_active=False)
    assert "createsuperuser" in refused("delete_user_data", "root", "--yes")
    User.objects.create_superuser("second")
    run("delete_user_data", "root", "--yes")


def test_a_match_that_is_the_films_own_name_stays_for_whoever_asks_next() -> None:
    ana, heat = UserFactory(username="ana"), TmdbMovieFactory(title="Heat", done=True)
    upload = Upload("watched.csv", b"Date,Name,Year,Letterboxd URI\n2024-01-01,HEAT,1995,https://boxd.it/a\n")
    start_import(Owner(user=ana), [upload])
    TitleLookup.objects.update(status="matched", tmdb_movie=heat)
    run("delete_user_data", "ana", "--yes")
    assert TitleLookup.objects.get().tmdb_movie == heat


@pytest.mark.parametrize("command", ["export_user", "delete_user_data"])
def test_an_unknown_name_gets_a_sentence(command: str) -> None:
    assert refused(command, "nobody") == "There is no account with the name 'nobody'."


# Exporting


def exported(target: Path) -> dict[str, str]:
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_an_export_holds_everything_of_the_person_and_no_key_to_it(tmp_path: Path) -> None:
    ana = whole_person()
    theirs = set(rows_of(ana))
    assert theirs == set(EXPORTED) | LEFT_OUT  # a new model belongs into the export, or is left out knowingly
    target = tmp_path / "ana.zip"
    run("export_user", NAME, "--output", str(target))
    files = exported(target)
    assert all(any(name.startswith(place) for name in files) for place in EXPORTED.values())
    told = {name: json.loads(text) for name, text in files.items() if name.endswith(".json")}
    assert told["account.json"]["email"] == f"{NAME}@example.org"
    assert told["account.json"]["groups"] == ["g"]
    assert told["usage.json"]["uses"][0]["address"] == ADDRESS
    assert told["usage.json"]["failed_logins"][0]["ip_address"] == ADDRESS
    assert [len(told[name]) for name in ("memory.json", "share_links.json", "api_tokens.json")] == [1, 2, 1]
    assert told["by_hand.json"][0]["review"] == SECRET
    assert told["decisions.json"][0]["values"] == {"review": f"{SECRET} again"}
    assert {session["source"] for name, session in told.items() if "/" in name} == {"letterboxd", "prime_video"}
    everything = "".join(files.values())
    assert all(title in everything for title in TITLES.values())
    hashes = [ana.password, SECRET * 3, *ShareLink.objects.values_list("token_hash", flat=True)]
    assert [secret for secret in hashes if secret in everything] == []


def test_an_exported_import_can_be_read_back(tmp_path: Path) -> None:
    whole_person()
    target = tmp_path / "ana.zip"
    run("export_user", NAME, "--output", str(target))
    bo = UserFactory()
    for name, text in exported(target).items():
        if name.startswith("imports/"):
            restored = start_any(bo, [Upload(name.split("/")[1], text.encode())], replace=False)
            assert isinstance(restored, ImportSession)
            assert restored.total_movies == ImportSession.objects.get(pk=name[-41:-5]).total_movies


def test_an_export_overwrites_only_when_told_and_is_its_owners_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    UserFactory(username="ana")
    monkeypatch.chdir(tmp_path)
    run("export_user", "ana")
    target = tmp_path / "reelkeeper-ana.zip"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    target.write_bytes(b"mine")
    assert "--force" in refused("export_user", "ana")
    assert target.read_bytes() == b"mine"
    run("export_user", "ana", "--force")
    assert "account.json" in exported(target)
    assert list(tmp_path.iterdir()) == [target]
    assert "is a folder" in refused("export_user", "ana", "--output", str(tmp_path))
    assert "can't be written" in refused("export_user", "ana", "--output", str(tmp_path / "none" / "a.zip"))


@pytest.mark.parametrize("trouble", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_export_that_breaks_leaves_no_half_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: BaseException
) -> None:
    whole_person()

    def breaks(session: ImportSession) -> Any:
        yield "{"
        raise trouble

    monkeypatch.setattr("imports.accounts.takeout.session_json", breaks)
    target = tmp_path / "ana.zip"
    target.write_bytes(b"the last one")
    with pytest.raises(CommandError, match=r"No space left|Run it again"):
        run("export_user", NAME, "--force", "--output", str(target))
    assert target.read_bytes() == b"the last one"
    assert list(tmp_path.iterdir()) == [target]


# Importing


def test_an_imported_file_becomes_the_accounts_and_its_rows_are_told(tmp_path: Path) -> None:
    ana, path = UserFactory(username="ana"), tmp_path / samples.LETTERBOXD_NAME
    path.write_bytes(samples.letterboxd_zip())
    said = run("import_file", str(path), "--user", "ana", "--time-zone", "Europe/Lisbon")
    session = ImportSession.objects.get()
    assert (session.user, session.time_zone, session.source) == (ana, "Europe/Lisbon", Source.LETTERBOXD)
    assert session.get_absolute_url() in said
    for file in session.files:
        assert f"{file['name']} ({file['kind']}): {file['rows']} rows" in said
    assert "left out (watchlist)" in said


def test_a_prime_history_becomes_a_review_and_an_open_one_is_replaced_only_when_told(tmp_path: Path) -> None:
    ana, (name, data) = UserFactory(username="ana"), prime_file("3", history(30), LIMA)
    path = tmp_path / name
    path.write_bytes(data)
    run("import_file", str(path), "--user", "ana")
    first = ImportSession.objects.get(user=ana, source=Source.PRIME_VIDEO)
    assert "--replace" in refused("import_file", str(path), "--user", "ana")
    run("import_file", str(path), "--user", "ana", "--replace")
    assert ImportSession.objects.get().pk != first.pk


def test_files_that_cant_be_taken_get_a_sentence_and_leave_nothing(tmp_path: Path, settings: Any) -> None:
    UserFactory(username="ana")
    text, large = tmp_path / "notes.txt", tmp_path / "large.zip"
    text.write_text("hello")
    settings.MAX_UPLOAD_BYTES = 1024**2
    with large.open("wb") as file:
        file.truncate(1024**2 + 1)
    wrong = {
        "No such file": [str(tmp_path / "none.zip")],
        "is a folder": [str(tmp_path)],
        "is no file": ["/dev/zero"],
        "larger than the 1 MB": [str(large)],
        "not something we can read": [str(text)],
    }
    for sentence, paths in wrong.items():
        assert sentence in refused("import_file", *paths, "--user", "ana")
    assert "no account" in refused("import_file", str(text), "--user", "nobody")
    assert "time zone" in refused("import_file", str(text), "--user", "ana", "--time-zone", "Mars")
    assert not ImportSession.objects.exists()


def test_a_group_is_not_a_persons() -> None:
    """Only what leads to a user, and nothing that users share."""
    ana = UserFactory()
    assert not {Group, TitleLookup} & set(rows_of(ana))
