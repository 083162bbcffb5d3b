"""An export of our own comes back: the same again, with what the person did, and nothing that a file says of films."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from enrichment import services as enrichment
from enrichment.models import Catalogue, DetailsStatus, TitleLookup, TmdbMovie
from enrichment.tmdb.client import client as tmdb_client
from enrichment.work import engine
from imports.models import ChosenBy, Decision, ImportSession, MatchMemory, Movie, Outcome, Ranking, Source
from imports.review import decisions
from imports.sources import SourceError, Upload, read_here
from imports.sources.base import FileReport
from imports.sources.nesting import MAX_DEPTH
from imports.sources.reelkeeper import versions
from tests.exports import csv_bytes, letterboxd_zip, zip_bytes
from tests.factories import UserFactory
from tests.prime_exports import history, script_3
from tests.tmdb_films import film, generated_films
from tests.tmdb_server import TmdbServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FILMS = generated_films(30)


def work() -> None:
    try:
        engine.run(tmdb_client(), 30)
    finally:
        connection.close()


def upload(client: Client, name: str, data: bytes, to: str = "/imports/") -> Any:
    return client.post(to, {"files": SimpleUploadedFile(name, data)})


def send(client: Client, data: bytes, name: str = "reelkeeper-export.json") -> Any:
    return client.post("/api/session/import", {"file": SimpleUploadedFile(name, data)})


def exported(client: Client, session: ImportSession) -> bytes:
    return bytes(client.get(f"/imports/{session.pk}/export.json").getvalue())


def empty_the_instance() -> None:
    ImportSession.objects.all().delete()
    Ranking.objects.all().delete()
    MatchMemory.objects.all().delete()
    TitleLookup.objects.all().delete()
    TmdbMovie.objects.all().delete()


@pytest.fixture
def letterboxd(client: Client, tmdb: TmdbServer) -> ImportSession:
    """30 films, one of them chosen by hand and one rejected, and a diary with lines that could not be read."""
    titles = [(one["title"], int(one["release_date"][:4])) for one in FILMS]
    titles[7] = ("A Film That TMDB Does Not Have", 1999)
    upload(client, "export.zip", letterboxd_zip(30, titles=titles))
    work()
    session = ImportSession.objects.get()
    seven, eight = session.movies.get(title=titles[7][0]), session.movies.get(title=titles[8][0])
    decisions.choose(seven, FILMS[9]["id"])
    decisions.reject(eight)
    session.problems.create(file="diary.csv", line=7, kind="note", reason="date_unreadable", detail="31/31/2020")
    session.refresh_from_db()
    return session


def test_an_export_read_into_an_empty_instance_gives_the_same_export(client: Client, letterboxd: ImportSession) -> None:
    first = exported(client, letterboxd)
    empty_the_instance()
    answer = send(client, first)
    work()
    session = ImportSession.objects.get()
    assert (answer.status_code, answer.json()["session_id"]) == (201, str(session.pk))
    assert (session.status, session.total_movies, session.source) == (
        "completed",
        len(json.loads(first)["movies"]),
        "letterboxd",
    )
    assert exported(client, session) == first


def test_what_was_read_of_the_export_adds_up(client: Client, letterboxd: ImportSession) -> None:
    first = exported(client, letterboxd)
    send(client, first)
    session = ImportSession.objects.exclude(pk=letterboxd.pk).get()
    reports = [FileReport(**file) for file in session.files]
    movies = json.loads(first)["movies"]
    assert all(report.adds_up for report in reports)
    assert [report.kind for report in reports[:-1]] == [file["kind"] for file in letterboxd.files]
    assert reports[-1].rows == reports[-1].added == len(movies) + sum(len(movie["viewings"]) for movie in movies)
    assert "reelkeeper-export.json" in client.get(f"/imports/{session.pk}/report/").content.decode()


def test_a_persons_choices_come_back_and_the_machine_is_asked_again(client: Client, letterboxd: ImportSession) -> None:
    first = exported(client, letterboxd)
    edited = first.replace(b'"tmdb_title": "', b'"tmdb_title": "False ').replace(b'"runtime": 100', b'"runtime": 1')
    machines = letterboxd.movies.filter(chosen_by=ChosenBy.MACHINE).first()
    assert machines is not None and edited != first
    false_id = f'"tmdb_id": {machines.tmdb_movie_id}, "chosen_by": "machine"'.encode()
    assert false_id in edited
    edited = edited.replace(false_id, b'"tmdb_id": 1, "chosen_by": "machine"')
    empty_the_instance()
    send(client, edited)
    work()
    session = ImportSession.objects.get()
    assert session.movies.get(title=machines.title).tmdb_movie_id == machines.tmdb_movie_id
    chosen = session.movies.get(chosen_by=ChosenBy.PERSON, tmdb_movie__isnull=False)
    assert (chosen.tmdb_movie_id, chosen.outcome) == (FILMS[9]["id"], Outcome.MATCHED)
    assert session.movies.get(chosen_by=ChosenBy.PERSON, tmdb_movie=None).outcome == Outcome.UNMATCHED
    assert not TmdbMovie.objects.filter(title__startswith="False").exists()
    assert set(TmdbMovie.objects.filter(details_status=DetailsStatus.DONE).values_list("runtime", flat=True)) == {100}


def test_a_chosen_number_that_tmdb_does_not_have_is_matched_anew_and_said(
    client: Client, letterboxd: ImportSession
) -> None:
    first = exported(client, letterboxd)
    chosen = f'"tmdb_id": {FILMS[9]["id"]}, "chosen_by": "person"'.encode()
    assert chosen in first
    empty_the_instance()
    send(client, first.replace(chosen, b'"tmdb_id": 2147483647, "chosen_by": "person"'))
    work()
    session = ImportSession.objects.get()
    movie = session.movies.get(title="A Film That TMDB Does Not Have")
    assert (session.status, movie.outcome, movie.tmdb_movie) == ("completed", Outcome.UNMATCHED, None)
    page = client.get(f"/imports/{session.pk}/report/").content.decode()
    assert "TMDB does not have the film that was chosen" in page


def test_a_number_that_only_the_sample_lacked_is_asked_again_once_there_is_a_key(tmdb: TmdbServer) -> None:
    gone = TmdbMovie.objects.create(pk=FILMS[0]["id"], details_status=DetailsStatus.GONE, catalogue=Catalogue.SAMPLE)
    enrichment.leave_sample()
    work()
    gone.refresh_from_db()
    assert (gone.title, gone.details_status) == (FILMS[0]["title"], DetailsStatus.DONE)


def test_the_front_page_takes_an_export_whatever_its_name(client: Client, letterboxd: ImportSession) -> None:
    data = exported(client, letterboxd)
    answer = upload(client, "my films (2).json", data)
    session = ImportSession.objects.exclude(pk=letterboxd.pk).get()
    assert (answer.status_code, answer["Location"]) == (303, session.get_absolute_url())
    assert upload(client, "packed.zip", zip_bytes({"folder/x.json": data})).status_code == 303


def test_sorted_and_indented_by_another_program_it_is_read_all_the_same(
    client: Client, letterboxd: ImportSession
) -> None:
    first = exported(client, letterboxd)
    send(client, b"\xef\xbb\xbf" + json.dumps(json.loads(first), sort_keys=True, indent=4).encode())
    session = ImportSession.objects.exclude(pk=letterboxd.pk).get()
    work()
    assert exported(client, session) == first


# Prime Video


@pytest.fixture
def person(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def review(client: Client, person: User, tmdb: TmdbServer) -> ImportSession:
    """One film ranked before, two added (one of them changed since), one skipped, one chosen; the rest is undecided."""
    titles = [one["title"] for one in FILMS[:12]]
    before = TmdbMovie.objects.create(pk=FILMS[3]["id"], title=titles[3])
    Ranking.objects.create(user=person, tmdb_movie=before, title=titles[3], rating=2, rated_at="2020-01-01")
    data = script_3(history(40, titles=titles)).encode()
    upload(client, "history.csv", data, to="/settings/import/amazon-prime/")
    work()
    session = ImportSession.objects.get()
    base = f"/api/v1/import/amazon-prime/session/{session.pk}"
    open_ones = list(session.movies.filter(decision=Decision.PENDING).order_by("turn"))
    for movie, rating in zip(open_ones, (4, 5), strict=False):
        client.post(f"{base}/movie/{movie.turn}/add/", {"rating": rating}, content_type="application/json")
    changed = Ranking.objects.get(movie=open_ones[1])
    client.patch(f"/api/v1/rankings/{changed.pk}/", {"rating": 4.5}, content_type="application/json")
    client.post(f"{base}/movie/{open_ones[2].turn}/skip/")
    client.post(
        f"{base}/movie/{open_ones[3].turn}/match/", {"tmdb_id": FILMS[20]["id"]}, content_type="application/json"
    )
    client.post(f"{base}/complete/")
    session.refresh_from_db()
    return session


def decided(session: ImportSession) -> dict[str, int]:
    return {name: session.movies.filter(decision=name).count() for name in ("added", "skipped", "already_ranked")}


def own(export: bytes) -> dict[str, Any]:
    """Without TMDB's facts and what is counted by them: there are more once films were asked for by their numbers."""
    from imports.sources.reelkeeper.shape import Facts

    told: dict[str, Any] = json.loads(export)
    del told["statistics"]
    told["movies"] = [
        {name: value for name, value in movie.items() if name not in Facts.__annotations__} for movie in told["movies"]
    ]
    return told


def test_a_review_comes_back_finished_and_private_with_its_rankings(
    client: Client, review: ImportSession, person: User
) -> None:
    assert decided(review) == {"added": 2, "skipped": 1, "already_ranked": 1}
    first, before = exported(client, review), decided(review)
    ratings = set(Ranking.objects.values_list("title", "rating", "rated_at", "movie__title"))
    empty_the_instance()
    assert send(client, first).status_code == 201
    work()
    session = ImportSession.objects.get()
    assert (session.user, session.source, session.link_readable) == (person, Source.PRIME_VIDEO, False)
    assert session.closed_at is not None and session.expires_at is None
    assert own(exported(client, session)) == own(first)
    assert decided(session) == before
    assert set(Ranking.objects.values_list("title", "rating", "rated_at", "movie__title")) == ratings
    assert MatchMemory.objects.filter(user=person).count() == 4
    undone = client.post(f"/imports/{session.pk}/undo/")
    assert undone.status_code in (302, 303)
    assert Ranking.objects.count() == 2  # the one ranked before, and the one that was changed by hand


def test_what_stands_in_the_library_stays(client: Client, review: ImportSession, person: User) -> None:
    first = exported(client, review)
    Ranking.objects.update(rating=1, changed_at=timezone.now() + timedelta(days=1))
    standing = set(Ranking.objects.values_list("pk", "rating"))
    assert send(client, first).status_code == 201
    session = ImportSession.objects.exclude(pk=review.pk).get()
    assert set(Ranking.objects.values_list("pk", "rating")) == standing
    assert decided(session) == {"added": 0, "skipped": 1, "already_ranked": 3}


def test_who_is_signed_out_is_told_to_sign_in(client: Client, review: ImportSession) -> None:
    first = exported(client, review)
    answer = send(Client(), first)
    assert (answer.status_code, answer.json()["code"]) == (422, "export_is_a_persons")
    assert "sign in, then choose the file again" in answer.json()["detail"]
    assert "sign in, then choose the file again" in upload(Client(), "x.json", first).content.decode()


def test_an_open_review_is_left_alone_and_its_page_takes_the_export_too(client: Client, review: ImportSession) -> None:
    first = exported(client, review)
    ImportSession.objects.update(closed_at=None)
    assert upload(client, "x.json", first, to="/settings/import/amazon-prime/").status_code == 303
    assert ImportSession.objects.filter(closed_at=None).get() == review
    assert ImportSession.objects.count() == 2


# What is no export of ours, or is one no longer


def head(**more: Any) -> dict[str, Any]:
    return {
        "format": "reelkeeper",
        "version": 1,
        "source": "letterboxd",
        "time_zone": "UTC",
        "created_at": "2026-01-01T00:00:00Z",
        "found_count": 1,
        "files": [],
        "problems": [],
        **more,
    }


def one_film(**more: Any) -> dict[str, Any]:
    nothing = dict.fromkeys("year rating liked_on marked_on rated_on tmdb_id decided_at decided_with ranking".split())
    texts = {"letterboxd_uri": "", "source_image_url": "", "chosen_by": "", "decision": "", "kind": "film"}
    return {"title": "Heat", "source_key": "Heat|", "is_seen": True, "viewings": [], **nothing, **texts, **more}


def viewing(**more: Any) -> dict[str, Any]:
    day: dict[str, Any] = {
        "watched_date": "2024-01-01",
        "rating": None,
        "rewatch": False,
        "tags": [],
        "review": "",
        "entry_uri": "",
    }
    return day | {"number": 1} | more


def document(*films: Any, **more: Any) -> bytes:
    lines = ",\n".join(json.dumps(one) for one in films)
    return f'{json.dumps(head(**more))[:-1]}, "movies": [\n{lines}\n]}}'.encode()


def test_the_least_that_an_export_holds_is_taken(client: Client) -> None:
    assert send(client, document(one_film(viewings=[viewing()]))).status_code == 201
    assert ImportSession.objects.get().movies.get().viewings.get().watched_on is not None
    assert send(client, document(found_count=0)).status_code == 201


@pytest.mark.parametrize("moment", ["1999-12-31T23:59:59Z", "2999-01-01T00:00:00Z"])
def test_an_import_was_not_made_in_a_time_that_cannot_be(client: Client, moment: str) -> None:
    before = timezone.now()
    assert send(client, document(one_film(), created_at=moment)).status_code == 201
    assert before <= ImportSession.objects.get().created_at <= timezone.now()


def test_a_moment_just_after_a_full_second_stays_the_same(client: Client) -> None:
    send(client, document(one_film()))
    ImportSession.objects.update(created_at=datetime(2026, 1, 1, 12, 0, 0, 5, tzinfo=UTC))
    first = exported(client, ImportSession.objects.get())
    empty_the_instance()
    send(client, first)
    assert exported(client, ImportSession.objects.get()) == first
    assert b'"2026-01-01T12:00:00.000Z"' in first


def test_what_is_told_of_statistics_is_not_read(client: Client) -> None:
    assert send(client, document(one_film(), statistics={"totals": {"films": 7}})).status_code == 201
    assert json.loads(exported(client, ImportSession.objects.get()))["statistics"]["totals"]["films"] == 1


def hostile(size: int) -> dict[str, bytes]:
    """So many bytes that a reader could take ages for."""
    names = ", ".join(f'"{n}": 1' for n in range(size // 12))
    film = json.dumps(one_film(viewings=[]))[:-1]
    digits = b'{"format": "reelkeeper", "version": ' + b"9" * size
    return {
        "names of a film": document().replace(b"]}", f"{film}, {names}}}]}}".encode()),
        "names of a film, the last one twice": document().replace(
            b"]}", f'{film}, {names}, "{size // 12 - 1}": 1}}]}}'.encode()
        ),
        "names at the top": f'{{"format": "reelkeeper", {names}}}'.encode(),
        "names of rules": document(
            files=[FileReport("a", 1, "diary", skipped={str(n): 0 for n in range(size // 12)}).as_json()]
        ),
        "names in the statistics": document(statistics={str(n): 1 for n in range(size // 12)}),
        "spaces": b'{"format"' + b" " * size,
        "many beginnings": b'{"format": "reelkeeper", "x": "' + b'format\\"     ' * (size // 14) + b'"}',
        "lines": document(one_film()).replace(b'"title"', b"\n" * size + b'"title"'),
        "lists": document().replace(b"]}", b"[]," * (size // 3) + b"1]}"),
        "digits": digits,
        "a fraction": digits + b".1}",
        "tags": document(one_film(viewings=[viewing(tags=["a"] * (size // 5) + [""])])),
        "a link": document(one_film(letterboxd_uri="http://" + "a" * size)),
        "files": document(files=[FileReport("a", 1, "diary").as_json()] * (size // 150)),
    }


@pytest.mark.parametrize("what", hostile(100))
def test_no_file_takes_ages(what: str) -> None:
    data = hostile(2_000_000)[what]
    begun = time.process_time()
    with suppress(SourceError):
        read_here([Upload("reelkeeper-export.json", data)], max_bytes=50_000_000, ask=False)
    assert time.process_time() - begun < 3


def a_file(**more: Any) -> dict[str, Any]:
    return FileReport("a.csv", 1, "diary").as_json() | more


def a_problem(**more: Any) -> dict[str, Any]:
    return {"file": "a.csv", "line": 1, "kind": "note", "reason": "no_title", "detail": "", **more}


@pytest.mark.parametrize(
    ("lists", "field"),
    [
        ({"files": [a_file(kind="gossip")]}, "kind"),
        ({"files": [a_file(rows=1, skipped={"gossip": 1})]}, "skipped"),
        ({"files": [a_file()] * 1001}, "files"),
        ({"files": [a_file(skipped={"series": -1})]}, "series"),
        ({"problems": [a_problem(reason="gossip")]}, "reason"),
    ],
)
def test_a_report_has_only_words_that_are_known(client: Client, lists: dict[str, Any], field: str) -> None:
    answer = send(client, document(one_film(), **lists))
    assert (answer.status_code, answer.json()["code"]) == (422, "export_edited")
    assert f"“{field}”" in answer.json()["detail"]
    assert not ImportSession.objects.exists()


FAULTS: dict[str, tuple[Any, str]] = {
    "a rating below nothing": (one_film(rating=-1), "rating"),
    "a rating between halves": (one_film(rating=3.3), "rating"),
    "a rating that is true": (one_film(rating=True), "rating"),
    "a rating in a text": (one_film(rating="4"), "rating"),
    "a number that is too long": (one_film(tmdb_id=10**40), "tmdb_id"),
    "a film of TMDB's without a number": (one_film(tmdb_id=0), "tmdb_id"),
    "a year that can't be": (one_film(year=12), "year"),
    "no day": (one_film(liked_on="2024-02-30"), "liked_on"),
    "a day with a time": (one_film(liked_on="2024-02-03T00:00:00Z"), "liked_on"),
    "a moment without a zone": (one_film(decided_at="2024-02-03T00:00:00"), "decided_at"),
    "a moment before all": (one_film(decided_at="0001-01-01T00:00:00+14:00"), "decided_at"),
    "no link": (one_film(letterboxd_uri="javascript:alert(1)"), "letterboxd_uri"),
    "no title": (one_film(title=" "), "title"),
    "a title of lines": (one_film(title="a\nb"), "title"),
    "a long title": (one_film(title="x" * 501), "title"),
    "half a letter": (one_film(title="\ud800"), "title"),
    "a NUL": (one_film(title="a\0"), "title"),
    "half a letter in a name": (one_film(**{"\ud800": 1}), "\\ud800"),
    "half a letter in a name of a viewing's": (one_film(viewings=[viewing(**{"\ud800": 1})]), "\\ud800"),
    "a viewing's field of their own": (one_film(viewings=[viewing(note="mine")]), "note"),
    "a field called otherwise": (one_film(stars=4) | {"rating": 7}, "stars"),
    "a tag that is none": (one_film(viewings=[viewing(tags=["a", ""])]), "tags"),
    "a decision that nobody can take": (one_film(decision="gossip"), "decision"),
    "a field of their own": (one_film(note="mine"), "note"),
    "no viewings": (one_film(viewings=None), "viewings"),
    "a viewing that is none": (one_film(viewings=[1]), "viewings"),
    "the same viewing twice": (one_film(viewings=[viewing(), viewing()]), "viewings"),
    "a viewing without a number": (one_film(viewings=[viewing(number=0)]), "number"),
    "tags that are a text": (one_film(viewings=[viewing(tags="a, b")]), "tags"),
    "a kind of their own": (one_film(kind="play"), "kind"),
    "a series at Letterboxd": (one_film(kind="series"), "kind"),
    "chosen by nobody known": (one_film(chosen_by="them"), "chosen_by"),
    "no film but a text": ("Heat", "movies"),
    "a key that is too long": (one_film(source_key="x" * 601), "source_key"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_field_changed_by_hand_is_named_with_its_line(client: Client, fault: str) -> None:
    broken, field = FAULTS[fault]
    answer = send(client, document(one_film(), broken))
    assert (answer.status_code, answer.json()["code"]) == (422, "export_edited")
    assert answer.json()["detail"].startswith(f"Line 3 of “reelkeeper-export.json” can't be read, because “{field}”")
    assert not ImportSession.objects.exists()


def file_report(**more: Any) -> dict[str, Any]:
    none = dict.fromkeys("size rows added merged already problems".split(), 0)
    return {"skipped": {}, "name": "watched.csv", "kind": "watched", "encoding": "utf-8", **none, **more}


MOST, MOST_ROWS = 2**31 - 1, 10**9  # that a column of the database holds; that an import counts


@pytest.mark.parametrize(
    "files",
    [
        [file_report(rows=MOST_ROWS, added=MOST_ROWS), file_report(rows=1, added=1)],
        [file_report(rows=MOST_ROWS, skipped={"series": MOST_ROWS}), file_report(rows=1, skipped={"series": 1})],
        [file_report(rows=MOST, added=MOST)],
        [file_report(rows=MOST + 1, added=MOST + 1)],
        [file_report(rows=1, skipped={"series": MOST, "lists": MOST}, added=-2 * MOST + 1)],
        [file_report(size=MOST + 1)],
    ],
)
def test_files_have_no_more_rows_than_can_be_counted(client: Client, files: list[dict[str, Any]]) -> None:
    answer = send(client, document(one_film(), files=files))
    assert (answer.status_code, answer.json()["code"]) == (422, "export_edited")
    assert not ImportSession.objects.exists()


def test_no_more_films_were_in_files_than_can_be_counted(client: Client) -> None:
    answer = send(client, document(one_film(), found_count=MOST))
    assert (answer.status_code, "found_count" in answer.json()["detail"]) == (422, True)


def test_the_most_that_each_number_can_be_is_stored_and_can_grow(client: Client) -> None:
    files = [file_report(rows=MOST_ROWS, skipped={"series": MOST_ROWS}, size=MOST)]
    problem = {"file": "x", "line": MOST, "kind": "note", "reason": "date_unreadable", "detail": ""}
    film = one_film(viewings=[viewing(number=MOST)], tmdb_id=MOST, chosen_by="person")
    answer = send(client, document(film, files=files, problems=[problem], found_count=MOST_ROWS))
    assert answer.status_code == 201
    session = ImportSession.objects.get()
    counts = session.entries_count, session.series_count, session.found_count
    assert counts == (MOST_ROWS, MOST_ROWS, MOST_ROWS)
    columns, seen = ["Date", "Name", "Year", "Letterboxd URI"], ["2024-01-01", "Ronin", "1998", "https://boxd.it/29Se"]
    newer = SimpleUploadedFile("watched.csv", csv_bytes(columns, [seen]))
    assert client.post(f"/imports/{session.pk}/update/", {"files": newer, "sure": "on"}).status_code == 302
    session.refresh_from_db()
    assert (session.entries_count, session.found_count) == (MOST_ROWS + 1, MOST_ROWS + 1)


HOSTILE: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "of a later version": (lambda: document(one_film(), version=2), 422, "export_later"),
    "of a version far away": (lambda: document(version=10**30), 422, "export_later"),
    "of no version": (lambda: document(version="1"), 422, "export_edited"),
    "of version true": (lambda: document(version=True), 422, "export_edited"),
    "cut off": (lambda: document(one_film())[:-40], 422, "export_cut"),
    "cut after a film": (lambda: document(one_film())[:-3], 422, "export_cut"),
    "followed by more": (lambda: document(one_film()) + b"{}", 422, "export_cut"),
    "without films": (lambda: json.dumps(head()).encode(), 422, "export_edited"),
    "with the same film twice": (lambda: document(one_film(), one_film()), 422, "export_edited"),
    "with a name twice": (
        lambda: document(one_film()).replace(b'"title"', b'"year": 1, "title"'),
        422,
        "export_edited",
    ),
    "with a name twice at the top": (
        lambda: document(one_film()).replace(b'"version"', b'"format": "reelkeeper", "version"'),
        422,
        "export_edited",
    ),
    "deep": (lambda: document().replace(b'"movies": [', b'"movies": [' + b"[" * 100_000), 422, "export_cut"),
    "deep in objects": (lambda: b'{"format": "reelkeeper", "a": ' + b'{"a":' * 100_000, 422, "export_edited"),
    "NaN": (lambda: document(one_film()).replace(b'"rating": null', b'"rating": NaN'), 422, "export_edited"),
    "Infinity": (lambda: document(one_film()).replace(b'"rating": null', b'"rating": -Infinity'), 422, "export_edited"),
    "1e999": (lambda: document(one_film()).replace(b'"rating": null', b'"rating": 1e999'), 422, "export_edited"),
    "a number of 5,000 digits": (
        lambda: document(one_film()).replace(b'"year": null', b'"year": ' + b"9" * 5000),
        422,
        "export_cut",
    ),
    "not UTF-8": (lambda: document(one_film(title="Ä")).replace(b"\\u00c4", b"\xc4"), 422, "not_text"),
    "a thousand million viewings": (
        lambda: document(one_film(viewings=[viewing(number=10**10)])),
        422,
        "export_edited",
    ),
    "half a million viewings": (
        lambda: document(one_film(viewings=[])).replace(
            b'"viewings": []', b'"viewings": [' + b",".join(b"%d" % n for n in range(500_000)) + b"]"
        ),
        422,
        "export_edited",
    ),
    "more parts than any account": (
        lambda: document().replace(b"]}", b"[]," * 2_100_000 + b"1]}"),
        413,
        "too_many_rows",
    ),
    "files that do not add up": (
        lambda: document(files=[FileReport("a.csv", 1, "diary", rows=3).as_json()]),
        422,
        "export_edited",
    ),
    "of another service": (lambda: document(source="netflix"), 422, "export_edited"),
    "a history of Prime Video's": (lambda: b'[{"dateWatched": "2024-01-01", "title": "Heat"}]', 422, "not_our_export"),
    "JSON of anyone": (lambda: b'{"a": 1}', 422, "not_our_export"),
    "an empty object": (lambda: b"{}", 422, "not_our_export"),
    "null": (lambda: b"null", 422, "not_our_export"),
    "cut JSON of anyone": (lambda: b'[{"a": 1', 422, "not_our_export"),
    "no JSON": (lambda: letterboxd_zip(1), 422, "not_our_export"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_file_that_is(client: Client, what: str) -> None:
    make, status, code = HOSTILE[what]
    answer = send(client, make())
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.json()
    assert "reelkeeper-export.json" in answer.json()["detail"]
    assert not ImportSession.objects.exists()
    page = upload(client, "reelkeeper-export.json", make())
    assert page.status_code in (status, 400, 422)


@pytest.mark.parametrize("within", ["1", "NaN", '{"a": 1, "a": 2}', "", "]]]"])
@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 1200, 5000])
def test_a_deep_file_is_refused_at_one_line_on_every_python(client: Client, depth: int, within: str) -> None:
    deep = "\n[" * depth + "\n" + within + "]" * depth
    answer = send(client, document(one_film(viewings=5)).replace(b"5", deep.encode()))
    assert (answer.status_code, answer.json()["code"]) == (422, "export_cut")
    assert f"from line {2 + MAX_DEPTH} on" in answer.json()["detail"]


def test_a_file_is_taken_as_deep_as_on_every_python(client: Client) -> None:
    deep = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert send(client, document(one_film())[:-1] + f', "statistics": {{"a": {deep}}}}}'.encode()).status_code == 201


def test_a_file_over_the_limit_is_refused_unread(client: Client, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    settings.UPLOAD_SLACK_BYTES = 1024
    answer = send(client, b" " * (2 * 1024 * 1024))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_two_exports_at_once_are_refused(client: Client) -> None:
    files = [SimpleUploadedFile(f"{n}.json", document(one_film())) for n in range(2)]
    assert client.post("/api/upload", {"files": files}).json()["code"] == "export_alone"


def test_an_older_version_is_brought_up_step_by_step(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it will be once there is a second version: one that calls a film's rating its stars, say."""

    def step(part: dict[str, Any], name: str) -> dict[str, Any]:
        return part | {"rating": 4.5} if name == "movies" else part

    monkeypatch.setattr(versions, "VERSION", 2)
    monkeypatch.setattr(versions, "STEPS", {1: step})
    assert send(client, document(one_film())).status_code == 201
    assert Movie.objects.get().rating == 4.5
    assert send(client, document(one_film(), version=3)).json()["code"] == "export_later"


def test_every_version_has_its_step_and_its_schema(client: Client) -> None:
    assert set(versions.STEPS) == set(range(1, versions.VERSION))
    assert all(client.get(f"/schemas/export-v{n}.json").status_code == 200 for n in range(1, versions.VERSION + 1))


def test_films_known_by_number_only_never_show_without_a_title(client: Client, person: User, tmdb: TmdbServer) -> None:
    """Until TMDB has told of it, a review's film that was ranked waits."""
    tmdb.catalogue.add(film(77, "Known by Its Number", 1999))
    ranking = {"title": "Told by the file", "year": 1999, "rating": 4, "rated_at": "2024-01-01", "changed_at": None}
    done = {"tmdb_id": 77, "chosen_by": "machine", "decision": "added", "decided_at": "2024-01-01T00:00:00Z"}
    send(client, document(one_film(**done, ranking=ranking), source="prime_video"))
    movie = Movie.objects.get()
    assert (movie.outcome, movie.tmdb_movie_id) == (Outcome.OPEN, 77)
    work()
    movie.refresh_from_db()
    assert movie.outcome == Outcome.MATCHED and movie.tmdb_movie is not None
    assert movie.tmdb_movie.title == "Known by Its Number"
    assert Ranking.objects.get().title == "Told by the file"
