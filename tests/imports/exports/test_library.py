"""What a person takes away of their whole library: every file, by its address."""

import csv
import io
import json
import zipfile
from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from enrichment import titles
from enrichment.models import TitleLookup, TmdbMovie
from imports.exports.library import library_json
from imports.exports.library_films import films
from imports.library import viewings as own
from imports.models import HandViewing, ImportSession, LibraryFilm, LibraryViewing, Movie, Source, Viewing
from imports.reconciling.keeping import recompute, up_to_date
from tests import histories
from tests.factories import (
    ImportSessionFactory,
    MovieFactory,
    RankingFactory,
    TitleLookupFactory,
    TmdbMovieFactory,
    UserFactory,
    ViewingFactory,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 1, 1)


@pytest.fixture
def person(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def heat() -> TmdbMovie:
    made: TmdbMovie = TmdbMovieFactory(
        done=True,
        tmdb_id=949,
        title="Heat",
        imdb_id="tt0113277",
        release_date=date(1995, 12, 15),
        directors=["Michael Mann"],
        genres=["Crime"],
    )
    return made


def an_import(user: User, source: str = Source.LETTERBOXD) -> ImportSession:
    is_review = source == Source.PRIME_VIDEO
    made: ImportSession = ImportSessionFactory(
        user=user, browser_key="", source=source, link_readable=not is_review, closed_at=None
    )
    if is_review:
        ImportSession.objects.filter(pk=made.pk).update(closed_at=made.created_at)
    return made


def told(session: ImportSession, film: TmdbMovie | None, *days: str | None, **more: Any) -> Movie:
    """A film of the import, seen on these days."""
    if session.is_review:
        more |= {"decision": "added", "decided_at": session.created_at}
    title = more.pop("title", film.title if film else "Lost")
    lookup = TitleLookup.objects.filter(title_key=titles.key(title)).first() or TitleLookupFactory(title=title)
    match = {"matched": True, "tmdb_movie": film} if film else {}
    movie: Movie = MovieFactory(session=session, title=title, lookup=lookup, **match | more)
    for number, day in enumerate(days, 1):
        ViewingFactory(movie=movie, watched_on=day, number=number)
    return movie


def fetched(client: Client, name: str) -> bytes:
    answer = client.get(f"/library/{name}")
    assert isinstance(answer, StreamingHttpResponse) and answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return bytes(answer.getvalue())


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def zipped_rows(data: bytes) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return [row for name in archive.namelist() for row in rows_of(archive.read(name))]


def exported(user: User) -> dict[str, Any]:
    up_to_date(user)
    export: dict[str, Any] = json.loads("".join(library_json(user)))
    return export


def test_the_page_lists_every_file(client: Client, person: User) -> None:
    page = client.get("/library/export/").content.decode()
    for name in ("export.json", "export.csv", "viewings.csv", "letterboxd.zip", "letterboxd-missing.zip"):
        assert f'href="/library/{name}"' in page
    assert 'href="/schemas/library-v1.json"' in page
    assert "is being put together" not in page


def test_json_keeps_to_its_published_schema(client: Client, person: User, heat: TmdbMovie) -> None:
    import jsonschema

    schema = json.loads(b"".join(client.get("/schemas/library-v1.json")))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    added = told(an_import(person, Source.PRIME_VIDEO), heat, "2024-05-01")
    RankingFactory(user=person, movie=added, tmdb_movie=heat, rating=4)
    told(an_import(person), None, "2024-05-01", rating=Decimal("3.5"), rated_on=date(2024, 5, 2), liked_on=TODAY)
    up_to_date(person)
    viewing = own.add(person, heat.pk, {"watched_on": date(2024, 1, 1), "review": "Yes", "tags": ["a"]}, today=TODAY)
    own.change(viewing, {"rating": Decimal(3), "watched_on": date(2024, 1, 2)}, today=TODAY)
    export = exported(person)
    validator.validate(export)
    assert all(export[name] for name in ("films", "by_hand", "rankings", "decisions", "imports"))
    wrong: list[dict[str, Any]] = [
        {"more": 1},
        {"version": 2},
        {"decisions": [export["decisions"][0] | {"kind": "perhaps"}]},
        {"by_hand": [export["by_hand"][0] | {"rating": 7}]},
    ]
    assert not any(validator.is_valid(export | part) for part in wrong)


def test_json_tells_what_the_library_says(client: Client, person: User, heat: TmdbMovie) -> None:
    entry = told(an_import(person), heat, rating=Decimal("4.5"), rated_on=date(2024, 5, 2))
    ViewingFactory(movie=entry, watched_on="2024-05-01", review="Loved it", tags=["cinema"], rating=Decimal("4.5"))
    told(an_import(person, Source.PRIME_VIDEO), heat, "2024-05-01", "2023-01-01")
    recompute(person)
    export = json.loads(fetched(client, "export.json"))
    [film] = export["films"]
    assert (film["title"], film["year"], film["tmdb_id"], film["imdb_id"]) == ("Heat", 1995, 949, "tt0113277")
    assert (film["rating"], film["rating_source"], film["liked"]) == (4.5, "letterboxd", False)
    assert film["ratings"] == [{"source": "letterboxd", "rating": 4.5, "rated_on": "2024-05-02"}]
    [older, newer] = film["viewings"]
    assert (older["watched_date"], older["told_by"]) == ("2023-01-01", [{"source": "prime_video"}])
    assert newer["told_by"] == [{"source": "letterboxd"}, {"source": "prime_video"}]
    assert (newer["review"], newer["tags"]) == ("Loved it", ["cinema"])
    assert [part["source"] for part in export["imports"]] == ["letterboxd", "prime_video"]
    assert all(part["in_library"] for part in export["imports"])
    assert "statistics" not in export["imports"][0]


def test_the_conclusion_is_the_same_in_whichever_order_the_imports_came(heat: TmdbMovie) -> None:
    def one(user: User) -> None:
        movie = told(an_import(user), heat, source_key="a", rating=Decimal(4), rated_on=date(2024, 5, 1))
        ViewingFactory(movie=movie, watched_on="2024-05-01", entry_uri="https://boxd.it/1", review="One")

    def another(user: User) -> None:
        movie = told(an_import(user), heat, source_key="a", rating=Decimal(3), rated_on=date(2024, 6, 1))
        ViewingFactory(movie=movie, watched_on="2024-05-01", entry_uri="https://boxd.it/1", review="Two")

    def stream(user: User) -> None:
        told(an_import(user, Source.PRIME_VIDEO), heat, "2024-05-02", "2024-06-01", source_key="heat")

    texts = set()
    for order in permutations([one, another, stream]):
        user = UserFactory()
        for bring in order:
            bring(user)
            up_to_date(user)
        recompute(user)
        export = exported(user)
        texts.add(json.dumps([export["films"], [part["source"] for part in export["imports"]]]))
    assert len(texts) == 1


def test_csvs_have_a_line_for_each_film_and_for_each_viewing(client: Client, person: User, heat: TmdbMovie) -> None:
    told(an_import(person), heat, "2024-05-01", "2024-06-01", rating=Decimal("4.5"))
    told(an_import(person, Source.PRIME_VIDEO), heat, "2024-05-01")
    told(an_import(person), None, None, title="=1+1", year=2001)
    recompute(person)
    by_title = {row["title"]: row for row in rows_of(fetched(client, "export.csv"))}
    assert by_title.keys() == {"Heat", "'=1+1"}
    film = by_title["Heat"]
    assert (film["rating"], film["viewings"], film["sources"]) == ("4.5", "2", "letterboxd, prime_video")
    assert (film["last_watched"], film["tmdb_id"], film["directors"]) == ("2024-06-01", "949", "Michael Mann")
    lines = rows_of(fetched(client, "viewings.csv"))
    told_as = [(row["title"], row["watched_date"], row["sources"]) for row in lines]
    assert told_as == [
        ("Heat", "2024-06-01", "letterboxd"),
        ("Heat", "2024-05-01", "letterboxd, prime_video"),
        ("'=1+1", "", "letterboxd"),
    ]


def test_letterboxd_gets_all_or_only_what_it_lacks(client: Client, person: User, heat: TmdbMovie) -> None:
    marked, alien, tron = [TmdbMovieFactory(done=True, title=title) for title in ("Marked", "Alien", "Tron")]
    letterboxd, stream = an_import(person), an_import(person, Source.PRIME_VIDEO)
    told(letterboxd, heat, "2024-05-01", rating=Decimal(4))
    told(letterboxd, marked, rating=Decimal(3))  # seen, without a day
    told(stream, heat, "2024-05-02", "2024-06-01")  # the first is what the diary tells
    told(stream, marked, "2024-07-01")
    told(stream, alien, "2024-08-01")
    RankingFactory(user=person, tmdb_movie=tron, title="Tron", rating=5)
    RankingFactory(user=person, tmdb_movie=alien, title="Alien", rating=2)
    recompute(person)
    missing = zipped_rows(fetched(client, "letterboxd-missing.zip"))
    told_as = {(row["Title"], row["WatchedDate"], row["Rating"]) for row in missing}
    assert told_as == {
        ("Heat", "2024-06-01", ""),
        ("Marked", "2024-07-01", ""),
        ("Alien", "2024-08-01", ""),
        ("Alien", "", "2"),
        ("Tron", "", "5"),
    }
    assert {row["tmdbID"] for row in missing if row["Title"] == "Heat"} == {"949"}
    assert {row["imdbID"] for row in missing if row["Title"] == "Heat"} == {"tt0113277"}
    everything = {(row["Title"], row["WatchedDate"]) for row in zipped_rows(fetched(client, "letterboxd.zip"))}
    assert everything >= {(title, day) for title, day, _ in told_as} | {("Heat", "2024-05-01")}


def test_a_library_that_letterboxd_has_in_full_lacks_nothing(client: Client, person: User, heat: TmdbMovie) -> None:
    session = an_import(person)
    told(session, heat, "2024-05-01", rating=Decimal(4))
    told(session, TmdbMovieFactory(done=True), liked_on=date(2024, 5, 1))
    recompute(person)
    assert zipped_rows(fetched(client, "letterboxd-missing.zip")) == []


def test_what_was_taken_out_is_not_exported_for_others(client: Client, person: User, heat: TmdbMovie) -> None:
    told(an_import(person, Source.PRIME_VIDEO), heat, "2024-05-01")
    recompute(person)
    own.take_out(LibraryFilm.objects.get(user=person))
    assert zipped_rows(fetched(client, "letterboxd.zip")) == rows_of(fetched(client, "export.csv")) == []
    [film] = json.loads(fetched(client, "export.json"))["films"]
    assert (film["is_seen"], film["viewings"]) == (False, [])


@pytest.mark.slow
def test_a_large_library_is_streamed_with_few_queries(client: Client, person: User) -> None:
    session = an_import(person)
    histories.fill(session, 3_000)
    recompute(person)
    viewings = LibraryViewing.objects.filter(user=person).count()
    for name, most in {
        "export.csv": 10,
        "viewings.csv": 8 + viewings // 500 * 4,
        "letterboxd-missing.zip": 8 + viewings // 500 * 4 + 6 * 4,
        "export.json": 60 + viewings // 500 * 4,
    }.items():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert fetched(client, name)
        assert len(queries) <= most, name


@pytest.mark.slow
def test_a_film_with_thousands_of_viewings_is_written_as_it_is_read(person: User, heat: TmdbMovie) -> None:
    movie = told(an_import(person), heat)
    Viewing.objects.bulk_create(Viewing(movie=movie, watched_on=TODAY, number=n) for n in range(1, 2_502))
    recompute(person)
    assert [len(list(viewings)) for _, viewings in films(person)] == [2_501]
    assert len(exported(person)["films"][0]["viewings"]) == 2_501


def test_reviews_that_are_long_are_read_a_few_at_a_time(person: User, heat: TmdbMovie) -> None:
    session = an_import(person)
    ronin: TmdbMovie = TmdbMovieFactory(done=True, title="Ronin")
    for number, film in ((1, heat), (2, heat), (3, ronin)):
        movie = told(session, film)
        ViewingFactory(movie=movie, watched_on=f"2024-05-0{number}", review=f"{number}" + "x" * 600_000)
    recompute(person)
    written = {film.title: [told.review[0] for told in viewings] for film, viewings in films(person)}
    assert written == {"Heat": ["1", "2"], "Ronin": ["3"]}
    assert [film.title for film, _ in films(person)] == ["Heat", "Ronin"]  # whether or not its viewings are read


def test_by_hand_and_rankings_are_their_own(person: User, heat: TmdbMovie) -> None:
    copied = told(an_import(person), heat, rating=Decimal(4))
    RankingFactory(user=person, tmdb_movie=heat, movie=copied, rating=4)  # what "add to library" once made
    kept = RankingFactory(user=person, rating=2)
    HandViewing.objects.create(user=person, tmdb_movie=heat, watched_on=TODAY, removed_at=copied.settled_at)
    export = exported(person)
    assert [ranking["tmdb_id"] for ranking in export["rankings"]] == [kept.tmdb_movie_id]
    assert export["by_hand"] == []
