"""What a person takes away of an import and of the library: every file, by its address."""

import csv
import gc
import io
import json
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import StreamingHttpResponse
from django.test import Client

from imports.accounts import takeout
from imports.exports import letterboxd
from imports.exports.session import films_csv, session_json, viewings_csv
from imports.exports.streams import csv_lines
from imports.models import Decision, ImportSession, Movie, Owner, Source, Viewing
from imports.sessions.start import start_import
from imports.sources.base import Upload
from imports.sources.reelkeeper import shape
from imports.statistics import kept
from tests.exports import letterboxd_zip
from tests.factories import (
    ImportSessionFactory,
    MovieFactory,
    RankingFactory,
    TmdbMovieFactory,
    UserFactory,
    ViewingFactory,
)

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u3000=1", "＝1+1", "＋1", "－1", "＠SUM(A1)"]


@pytest.fixture
def person(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def session(person: User) -> ImportSession:
    made: ImportSession = ImportSessionFactory(user=person, browser_key="", total_movies=2)
    return made


@pytest.fixture
def review(person: User) -> ImportSession:
    made: ImportSession = ImportSessionFactory(
        user=person, browser_key="", source=Source.PRIME_VIDEO, link_readable=False, total_movies=2
    )
    return made


def fetched(client: Client, session: ImportSession, name: str) -> bytes:
    answer = client.get(f"/imports/{session.pk}/{name}")
    assert isinstance(answer, StreamingHttpResponse) and answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return bytes(answer.getvalue())


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def letterboxd_rows(client: Client, session: ImportSession) -> list[dict[str, str]]:
    return [row for part in parts_of(fetched(client, session, "letterboxd.zip")).values() for row in rows_of(part)]


def heat(session: ImportSession, **more: Any) -> Movie:
    film = TmdbMovieFactory(
        done=True, tmdb_id=949, title="Heat (TMDB)", imdb_id="tt0113277", directors=["Michael Mann"], genres=["Crime"]
    )
    facts: dict[str, Any] = {
        "title": "Heat",
        "year": 1995,
        "rating": Decimal("4.5"),
        "letterboxd_uri": "https://boxd.it/28uQ",
    }
    made: Movie = MovieFactory(session=session, matched=True, tmdb_movie=film, **facts | more)
    return made


def test_the_page_lists_every_file_and_the_import_leads_to_it(client: Client, session: ImportSession) -> None:
    page = client.get(f"/imports/{session.pk}/export/").content.decode()
    for name in ("export.json", "export.csv", "viewings.csv", "letterboxd.zip", "report.csv"):
        assert f'href="/imports/{session.pk}/{name}"' in page
    assert f'href="/imports/{session.pk}/export/"' in client.get(session.get_absolute_url()).content.decode()


def test_json_keeps_to_its_published_schema(client: Client, session: ImportSession, review: ImportSession) -> None:
    import jsonschema

    schema = json.loads(b"".join(client.get("/schemas/export-v1.json")))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    film = heat(session, liked_on=date(2024, 1, 2))
    ViewingFactory(movie=film, watched_on="2024-01-01", rating=Decimal("0.5"), tags=["a"], review="b")
    session.problems.create(file="a.csv", line=2, kind="lost", reason="no_title")
    ranked = MovieFactory(session=review, matched=True, decision=Decision.ADDED, decided_at=session.created_at)
    RankingFactory(user=session.user, movie=ranked, tmdb_movie=ranked.tmdb_movie, rating=4)
    MovieFactory(session=review, kind="series", decision=Decision.NOT_A_FILM, lookup=None)
    for one in (session, review):
        export = json.loads(fetched(client, one, "export.json"))
        validator.validate(export)
        assert export["movies"] and all(
            movie.keys() == shape.Movie.__annotations__.keys() for movie in export["movies"]
        )
        wrong = [
            export | {"more": 1},
            export | {"version": 2},
            export | {"movies": [export["movies"][0] | {"rating": -1}]},
        ]
        assert not any(map(validator.is_valid, wrong))


def test_json_tells_everything_with_numbers_as_numbers(client: Client, session: ImportSession) -> None:
    film = heat(session, title="=Heat", watched_on=date(2024, 5, 1), marked_on=date(2020, 1, 1))
    ViewingFactory(
        movie=film,
        watched_on="2024-05-01",
        rating=Decimal("3.5"),
        rewatch=True,
        tags=["cinema"],
        review="So\nso",
        entry_uri="https://boxd.it/x1",
    )
    export = json.loads(fetched(client, session, "export.json"))
    assert (export["format"], export["version"], export["source"]) == ("reelkeeper", 1, "letterboxd")
    [movie] = export["movies"]
    assert (movie["title"], movie["tmdb_title"], movie["rating"]) == ("=Heat", "Heat (TMDB)", 4.5)
    assert (movie["tmdb_id"], movie["chosen_by"], movie["imdb_id"]) == (949, "machine", "tt0113277")
    assert (movie["watched_date"], movie["marked_on"], movie["rewatch"]) == ("2024-05-01", "2020-01-01", True)
    assert movie["viewings"] == [
        {
            "watched_date": "2024-05-01",
            "rating": 3.5,
            "rewatch": True,
            "tags": ["cinema"],
            "review": "So\nso",
            "entry_uri": "https://boxd.it/x1",
            "number": 1,
        }
    ]


def test_an_import_without_films_gives_whole_files(client: Client, session: ImportSession) -> None:
    assert json.loads(fetched(client, session, "export.json"))["movies"] == []
    assert rows_of(fetched(client, session, "export.csv")) == []
    [part] = parts_of(fetched(client, session, "letterboxd.zip")).values()
    assert part.decode().startswith("LetterboxdURI,tmdbID,")


def test_csv_of_films_has_a_line_for_each(client: Client, session: ImportSession) -> None:
    film = heat(session, watched_on=date(2024, 5, 1))
    ViewingFactory(movie=film, watched_on="2024-05-01", tags=["b", "a"])
    ViewingFactory(movie=film, watched_on="2023-05-01", rewatch=True)
    MovieFactory(session=session, title="Nobody Knows", turn=10_000_000)
    known, unknown = rows_of(fetched(client, session, "export.csv"))
    assert {
        name: known[name] for name in ("title", "rating", "viewings", "rewatch", "tags", "tmdb_id", "directors")
    } == {
        "title": "Heat",
        "rating": "4.5",
        "viewings": "2",
        "rewatch": "yes",
        "tags": "a, b",
        "tmdb_id": "949",
        "directors": "Michael Mann",
    }
    assert (unknown["title"], unknown["tmdb_id"], unknown["status"]) == ("Nobody Knows", "", "open")


def test_a_spreadsheet_takes_the_csvs_for_people_as_utf_8(client: Client, session: ImportSession) -> None:
    ViewingFactory(movie=heat(session, title="Amélie"), watched_on="2024-05-01")
    for name in ("export.csv", "viewings.csv"):
        data = fetched(client, session, name)
        assert data.startswith(b"\xef\xbb\xbftitle,") and "\r\nAmélie," in data.decode()
        assert data.count(b"\xef\xbb\xbf") == 1
    for part in parts_of(fetched(client, session, "letterboxd.zip")).values():
        assert part.startswith(b"LetterboxdURI,")


def test_json_tells_the_numbers_of_the_page(client: Client, session: ImportSession) -> None:
    ViewingFactory(movie=heat(session, watched_on=date(2024, 5, 1)), watched_on="2024-05-01")
    told = json.loads(fetched(client, session, "export.json"))["statistics"]
    assert told["totals"] == kept.of_session(session)["totals"]
    assert told["totals"]["films"] == 1 and '"id"' not in json.dumps(told)


def test_csv_of_viewings_has_a_line_for_each(client: Client, session: ImportSession) -> None:
    film = heat(session)
    ViewingFactory(movie=film, watched_on="2024-05-01", rating=Decimal("3.0"), review='He said "no",\nthen yes')
    [row] = rows_of(fetched(client, session, "viewings.csv"))
    assert (row["title"], row["watched_date"], row["rating"]) == ("Heat", "2024-05-01", "3.0")
    assert row["review"] == 'He said "no",\nthen yes'


@pytest.mark.parametrize("text", FORMULAS)
def test_only_the_csvs_for_people_hold_no_formula(client: Client, session: ImportSession, text: str) -> None:
    film = heat(session, title=text)
    ViewingFactory(movie=film, watched_on="2024-05-01", review=text, tags=[text])
    [viewing], [row] = (
        rows_of(fetched(client, session, "viewings.csv")),
        rows_of(fetched(client, session, "export.csv")),
    )
    assert {viewing["title"], viewing["review"], viewing["tags"], row["title"], row["tags"]} == {f"'{text}"}
    assert letterboxd_rows(client, session)[0]["Title"] == text
    assert json.loads(fetched(client, session, "export.json"))["movies"][0]["title"] == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Heat;=1+1", "Heat;'=1+1"),
        ("Heat; -1", "Heat;' -1"),
        ("Heat;;＝1", "Heat;;'＝1"),
        ("Heat\n=1", "Heat\n'=1"),
        ("Heat\t@A1", "Heat\t'@A1"),
        ("=1;+1", "'=1;'+1"),
        ("\tHeat", "'\tHeat"),
        ("Heat - the 1st; 2nd=3rd", "Heat - the 1st; 2nd=3rd"),
        ("Heat, -1", "Heat, -1"),  # with a comma the cell is in quotes
    ],
)
def test_a_part_of_a_cell_is_no_formula_where_it_is_cut(text: str, cell: str) -> None:
    assert next(csv.reader(csv_lines([[text, 1, None]]))) == [cell, "1", ""]
    assert next(csv.reader(csv_lines([[text]], for_people=False))) == [text]


def test_a_cell_of_nothing_but_lines_takes_no_time() -> None:
    started = time.process_time()
    next(csv_lines([["\n" * 200_000 + "Heat"]]))
    assert time.process_time() - started < 2


# Letterboxd's import format


def test_letterboxd_gets_each_viewing_and_the_films_rating(client: Client, session: ImportSession) -> None:
    film = heat(session)
    ViewingFactory(movie=film, watched_on="2024-05-01", rating=Decimal("3.0"), rewatch=True, tags=["a", "b"])
    ViewingFactory(movie=film, watched_on="2020-05-01", rating=Decimal("2.5"), review="Fine")
    MovieFactory(session=session, title="Only Liked", is_seen=False)
    rows = letterboxd_rows(client, session)
    told = [[row[name] for name in ("Rating", "WatchedDate", "Rewatch", "Tags", "Review")] for row in rows]
    assert told == [
        ["2.5", "2020-05-01", "false", "", "Fine"],
        ["3", "2024-05-01", "true", "a, b", ""],
        ["4.5", "", "", "", ""],  # it was rated anew since
    ]
    same = {
        tuple(row[name] for name in ("LetterboxdURI", "tmdbID", "imdbID", "Title", "Year", "Directors")) for row in rows
    }
    assert same == {("https://boxd.it/28uQ", "949", "tt0113277", "Heat", "1995", "Michael Mann")}


def test_a_review_goes_to_letterboxd_with_the_rankings_ratings(client: Client, review: ImportSession) -> None:
    added = {"decision": Decision.ADDED, "decided_at": review.created_at}
    film = heat(review, title="Heat [Ultra HD]", year=None, letterboxd_uri="", rating=None, **added)
    RankingFactory(user=review.user, tmdb_movie=film.tmdb_movie, rating=Decimal("5.0"))
    for day in ("2024-05-01", "2020-05-01"):
        ViewingFactory(movie=film, watched_on=day, entry_uri="")
    MovieFactory(session=review, title="Skipped", decision=Decision.SKIPPED, decided_at=review.created_at)
    MovieFactory(session=review, title="A Series", kind="series", lookup=None)
    rows = letterboxd_rows(client, review)
    assert [(row["Title"], row["WatchedDate"], row["Rating"]) for row in rows] == [
        ("Heat (TMDB)", "2020-05-01", ""),
        ("Heat (TMDB)", "2024-05-01", "5"),
    ]


def test_letterboxds_parts_are_at_most_a_megabyte_each_with_the_header(client: Client, session: ImportSession) -> None:
    film = heat(session)
    review = "é" * 20_000
    Viewing.objects.bulk_create(
        Viewing(movie=film, watched_on=date.fromordinal(730_000 + n), review=review, number=1) for n in range(60)
    )
    parts = parts_of(fetched(client, session, "letterboxd.zip"))
    assert len(parts) == 3
    assert all(len(part) <= 1_000_000 for part in parts.values())
    assert sum(row["Review"] == review for part in parts.values() for row in rows_of(part)) == 60


def test_letterboxds_format_is_read_back(client: Client, session: ImportSession) -> None:
    film = heat(session)
    ViewingFactory(movie=film, watched_on="2024-05-01", rating=Decimal("3.0"), rewatch=True, tags=["a", "b"])
    ViewingFactory(movie=film, watched_on="2020-05-01", review='Fine, "fine"')
    MovieFactory(session=session, title="Another", year=None, rating=Decimal("0.5"), letterboxd_uri="")
    data = fetched(client, session, "letterboxd.zip")
    answer = client.post("/api/upload", {"files": SimpleUploadedFile("letterboxd.zip", data)})
    assert answer.status_code == 201
    read = ImportSession.objects.get(pk=answer.json()["session_id"])
    found = {movie.title: movie for movie in read.movies.all()}
    assert read.source == Source.LETTERBOXD
    assert (found["Heat"].rating, found["Heat"].year, found["Another"].rating) == (Decimal("4.5"), 1995, Decimal("0.5"))
    assert found["Heat"].letterboxd_uri == "https://boxd.it/28uQ"
    same = ("watched_on", "rating", "rewatch", "tags", "review")
    assert set(map(str, found["Heat"].viewings.values_list(*same))) == set(map(str, film.viewings.values_list(*same)))
    [report] = read.files
    assert report["kind"] == "import" and report["rows"] == report["added"] + report["merged"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Title,Year,Rating10,WatchedDate\r\nHeat,1995,9,2024-01-01\r\n", ("Heat", 1995, Decimal("4.5"), 1)),
        ("tmdbID,Title\r\n949,Heat\r\n", ("Heat", None, None, 0)),
        ("letterboxduri;title;rating\nhttps://boxd.it/28uQ;Heat;★★★½\n", ("Heat", None, Decimal("3.5"), 0)),
        ("Title,WatchedDate\r\nHeat,2024-01-01\r\nHeat,2024-02-01\r\n", ("Heat", None, None, 2)),
        ('Title,Review,imdbID\r\nHeat,"a\r\nb",\r\n', ("Heat", None, None, 1)),
    ],
)
def test_letterboxds_format_in_any_of_its_shapes(client: Client, text: str, told: tuple[Any, ...]) -> None:
    answer = client.post("/api/upload", {"files": SimpleUploadedFile("films.csv", text.encode())})
    assert answer.status_code == 201, answer.json()
    movie = Movie.objects.get()
    assert (movie.title, movie.year, movie.rating, movie.viewings.count()) == told
    assert movie.rated_on is None and movie.marked_on is None


def test_letterboxds_format_without_titles_is_refused_with_a_sentence(client: Client) -> None:
    data = b"LetterboxdURI,Rating\r\nhttps://boxd.it/28uQ,4\r\n"
    answer = client.post("/api/upload", {"files": SimpleUploadedFile("films.csv", data)})
    assert (answer.status_code, answer.json()["code"]) == (400, "columns_missing")


def test_a_row_of_letterboxds_format_that_cannot_be_read_costs_that_row(client: Client) -> None:
    data = b"Title,Rating,WatchedDate\r\nHeat,9,2024-01-01\r\n,4,2024-01-01\r\nRonin,4,yesterday\r\n\r\n"
    client.post("/api/upload", {"files": SimpleUploadedFile("films.csv", data)})
    session = ImportSession.objects.get()
    assert [movie.title for movie in session.movies.order_by("title")] == ["Heat", "Ronin"]
    [report] = session.files
    assert (report["rows"], report["added"], report["problems"]) == (3, 2, 1)
    reasons = set(session.problems.values_list("reason", flat=True))
    assert reasons == {"no_title", "rating_out_of_range", "date_unreadable"}


# Over the API


@pytest.mark.parametrize(
    ("asked", "content_type"),
    [
        ("", "application/json"),
        ("?format=json", "application/json"),
        ("?format=csv", "text/csv; charset=utf-8"),
        ("?format=letterboxd", "application/zip"),
    ],
)
def test_the_api_gives_the_same_files(client: Client, session: ImportSession, asked: str, content_type: str) -> None:
    heat(session)
    answer = client.get(f"/api/session/{session.pk}/export{asked}")
    assert isinstance(answer, StreamingHttpResponse)
    assert (answer.status_code, answer["Content-Type"]) == (200, content_type)
    assert answer.getvalue()


def test_the_api_refuses_another_format_and_reports_rows(client: Client, session: ImportSession) -> None:
    assert client.get(f"/api/session/{session.pk}/export?format=xml").json()["code"] == "invalid"
    report = client.get(f"/api/session/{session.pk}/report")
    assert isinstance(report, StreamingHttpResponse)
    assert report.getvalue() == fetched(client, session, "report.csv")


# Whatever the size


@pytest.mark.parametrize("name", ["export.json", "export.csv", "viewings.csv", "letterboxd.zip"])
def test_a_file_comes_in_pieces_and_asks_little(
    client: Client, session: ImportSession, name: str, django_assert_max_num_queries: Any
) -> None:
    film = TmdbMovieFactory(done=True)
    made = [MovieFactory(session=session, matched=True, tmdb_movie=film, lookup__title=f"T{n}") for n in range(40)]
    Viewing.objects.bulk_create(Viewing(movie=movie, watched_on=date(2024, 1, 1), number=1) for movie in made)
    # who asks, whose import, its problems, its films and their viewings; and the statistics, which are kept
    with django_assert_max_num_queries(15 if name == "export.json" else 7):
        assert len(list(parts(client.get(f"/imports/{session.pk}/{name}")))) > (1 if name == "letterboxd.zip" else 40)


@pytest.mark.parametrize("make", [session_json, letterboxd.session_zip])
def test_memory_does_not_grow_with_the_number_of_films(make: Any) -> None:
    peaks = []
    for count in (1000, 4000):
        session = start_import(Owner(browser_key="a-browser"), [Upload("export.zip", letterboxd_zip(count))])
        kept.of_session(session)  # computed once, of all films
        gc.collect()
        tracemalloc.start()
        size = sum(map(len, make(session)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert size > 100_000 if make is session_json else size > 10_000
    assert peaks[1] < 1.3 * peaks[0]


@pytest.fixture
def much(session: ImportSession) -> ImportSession:
    """Reviews of a megabyte, of twelve films and twelve of one film; and a film that was seen without end."""
    long = [MovieFactory(session=session, title=f"Long {n}", turn=n) for n in range(12)]
    film = MovieFactory(session=session, title="Long again", turn=12)
    often = MovieFactory(session=session, title="Often", turn=13)
    MovieFactory(session=session, title="Last", turn=14, is_seen=True)
    for number, movie in enumerate([*long, *[film] * 12]):
        Viewing.objects.create(movie=movie, watched_on=day(number), review=f"{number} " + "x" * 1_000_000)
    Viewing.objects.bulk_create(
        Viewing(
            movie=often, watched_on=day(-n), tags=[f"tag {n % 3}"], rewatch=n == 7, review="Again" if n == 5 else ""
        )
        for n in range(5_000)
    )
    kept.of_session(session)
    return session


def day(number: int) -> date:
    return date(2024, 1, 1) + timedelta(days=number)


def test_a_film_seen_without_end_is_taken_away_whole(client: Client, much: ImportSession) -> None:
    long, again, often, last = json.loads(fetched(client, much, "export.json"))["movies"][11:]
    assert [len(viewing["review"]) for viewing in long["viewings"]] == [1_000_003]
    assert [viewing["review"].split()[0] for viewing in again["viewings"]] == [str(n) for n in range(12, 24)]
    assert again["review"].startswith("23 ")
    assert [viewing["watched_date"] for viewing in often["viewings"]] == [day(-n).isoformat() for n in range(5_000)]
    assert (often["tags"], often["review"], often["rewatch"]) == (["tag 0", "tag 1", "tag 2"], "Again", True)
    assert often.keys() == last.keys() and last["viewings"] == []
    films = {row["title"]: row for row in rows_of(fetched(client, much, "export.csv"))}
    assert (films["Often"]["viewings"], films["Often"]["tags"]) == ("5000", "tag 0, tag 1, tag 2")
    assert (films["Long again"]["viewings"], films["Last"]["viewings"]) == ("12", "0")
    csv.field_size_limit(2_000_000)
    assert [row["title"] for row in rows_of(fetched(client, much, "viewings.csv"))].count("Often") == 5_000
    rows = [row for row in letterboxd_rows(client, much) if row["Title"] == "Often"]
    assert [row["WatchedDate"] for row in rows] == [day(-n).isoformat() for n in reversed(range(5_000))]


@pytest.mark.parametrize("make", [session_json, films_csv, viewings_csv, letterboxd.session_zip])
def test_memory_does_not_grow_with_what_a_film_has(make: Any, much: ImportSession) -> None:
    gc.collect()
    tracemalloc.start()
    size = sum(map(len, make(much)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 24_000_000 or make not in (session_json, viewings_csv)
    assert peak < 12_000_000


def test_a_takeout_holds_no_more_at_a_time(person: User, much: ImportSession, tmp_path: Path) -> None:
    tracemalloc.start()
    takeout.export(person, tmp_path / "all.zip")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12_000_000


def parts(answer: Any) -> Iterator[bytes]:
    return iter(answer)


def test_a_part_of_a_zip_goes_out_before_the_next_is_made() -> None:
    made: list[int] = []

    def rows() -> Iterator[list[str]]:
        for number in range(4):
            made.append(number)
            yield ["x" * 600_000]

    first = next(letterboxd._zipped(rows()))
    assert first.startswith(b"PK")
    assert made == [0, 1]
