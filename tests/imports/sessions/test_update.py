"""Again next month: a newer export of the same account, read onto an import that is there."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Count
from django.test import Client

from enrichment.tmdb.client import client as tmdb_client
from enrichment.work import engine
from imports.models import ChosenBy, ImportSession, Movie, Outcome, Source, Viewing
from imports.review import decisions
from imports.sources.base import FileReport
from tests.exports import BASE, DIARY, RATINGS, REVIEWS, csv_bytes, letterboxd_zip, zip_bytes
from tests.factories import ImportSessionFactory, UserFactory
from tests.prime_exports import history, script_3
from tests.tmdb_films import generated_films
from tests.tmdb_server import TmdbServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FILMS = generated_films(40)
TITLES = [(one["title"], int(one["release_date"][:4])) for one in FILMS]
HEAT, RONIN = "https://boxd.it/28uQ", "https://boxd.it/29Se"


def work() -> None:
    try:
        engine.run(tmdb_client(), 30)
    finally:
        connection.close()


def start(client: Client, data: bytes, name: str = "export.zip") -> ImportSession:
    answer = client.post("/api/upload", {"files": SimpleUploadedFile(name, data)})
    assert answer.status_code == 201, answer.json()
    return ImportSession.objects.get(pk=answer.json()["session_id"])


def update(client: Client, session: ImportSession, data: bytes, name: str = "export.zip", **more: Any) -> str:
    """What the person is told."""
    files = {"files": SimpleUploadedFile(name, data), **more}
    answer = client.post(f"/imports/{session.pk}/update/", files, follow=True)
    assert answer.redirect_chain, answer.content.decode()
    session.refresh_from_db()
    return " ".join(str(message) for message in answer.context["messages"])


def refused(client: Client, session: ImportSession, data: bytes, name: str) -> tuple[int, str]:
    answer = client.post(f"/imports/{session.pk}/update/", {"files": SimpleUploadedFile(name, data)})
    return answer.status_code, answer.content.decode()


def state(session: ImportSession) -> dict[str, Any]:
    """All of it that an update may change."""
    session.refresh_from_db()
    row = {field.attname: getattr(session, field.attname) for field in session._meta.concrete_fields}
    return {
        **{name: value for name, value in row.items() if name != "last_accessed"},
        "movies": list(session.movies.order_by("pk").values()),
        "viewings": list(Viewing.objects.filter(movie__session=session).order_by("pk").values()),
        "problems": list(session.problems.values()),
    }


def counters_are_exact(session: ImportSession) -> bool:
    rows = dict(session.movies.values_list("outcome").annotate(n=Count("pk")).order_by())
    named = {name: getattr(session, f"{name}_count") for name in ("matched", "unsure", "unmatched", "failed")}
    total = session.movies.count()
    return named == {name: rows.get(name, 0) for name in named} and session.total_movies == total


def export(**files: list[list[str]]) -> bytes:
    headers = {"watched": BASE, "ratings": RATINGS, "diary": DIARY, "reviews": REVIEWS, "likes": BASE}
    paths = {"likes": "likes/films.csv"}
    return zip_bytes({paths.get(kind, f"{kind}.csv"): csv_bytes(headers[kind], rows) for kind, rows in files.items()})


def seen(title: str = "Heat", year: str = "1995", uri: str = HEAT, on: str = "2024-01-01") -> list[str]:
    return [on, title, year, uri]


def entry(on: str, uri: str, rating: str = "", rewatch: str = "", tags: str = "", title: str = "Heat") -> list[str]:
    return [on, title, "1995", uri, rating, rewatch, tags, on]


def test_next_months_export_adds_what_is_new_and_says_what(client: Client, tmdb: TmdbServer) -> None:
    session = start(client, letterboxd_zip(20, titles=TITLES[:20]))
    work()
    before = set(session.movies.values_list("pk", flat=True))
    viewings = Viewing.objects.filter(movie__session=session).count()
    session.refresh_from_db()
    revision = session.revision
    said = update(client, session, letterboxd_zip(30, titles=TITLES[:30]))
    added = session.movies.exclude(pk__in=before)
    new_viewings = Viewing.objects.filter(movie__session=session).count() - viewings
    assert said.startswith(f"Updated: {added.count()} new films, {new_viewings} new viewings, 0 changed ratings")
    assert added.count() >= 10 and new_viewings > 0
    assert (session.status, session.closed_at) == ("enriching", None)
    assert session.revision > revision
    assert max(added.values_list("turn", flat=True)) < min(
        session.movies.filter(pk__in=before).values_list("turn", flat=True)
    )
    work()
    session.refresh_from_db()
    assert session.status == "completed" and session.closed_at is not None
    assert counters_are_exact(session)
    fresh = start(Client(), letterboxd_zip(30, titles=TITLES[:30]))
    same = ("source_key", "title", "year", "rating", "watched_on", "liked_on", "marked_on", "rated_on", "is_seen")
    assert set(session.movies.values_list(*same)) == set(fresh.movies.values_list(*same))
    told = ("movie__source_key", "entry_uri", "watched_on", "rating", "rewatch", "review", "number")
    assert set(Viewing.objects.filter(movie__session=session).values_list(*told)) == set(
        Viewing.objects.filter(movie__session=fresh).values_list(*told)
    )


def test_every_row_of_the_newer_files_is_accounted_for(client: Client) -> None:
    session = start(client, letterboxd_zip(20, titles=TITLES[:20]))
    first = len(session.files)
    update(client, session, letterboxd_zip(30, titles=TITLES[:30]))
    newer = {file["name"]: FileReport(**file) for file in session.files[first:]}
    assert len(newer) == first
    assert all(report.adds_up for report in newer.values())
    assert (newer["watched.csv"].added, newer["watched.csv"].already) == (10, 20)
    assert newer["diary.csv"].already > 0 and newer["diary.csv"].added > 0
    assert session.entries_count == sum(file["rows"] for file in session.files)
    assert client.get(f"/imports/{session.pk}/report/").status_code == 200


def test_the_same_file_again_changes_nothing_and_says_so(client: Client, tmdb: TmdbServer) -> None:
    data = letterboxd_zip(30, titles=TITLES[:30])
    session = start(client, data)
    work()
    before = state(session)
    assert update(client, session, data).startswith("Nothing new")
    assert state(session) == before
    update(client, session, letterboxd_zip(40, titles=TITLES))
    work()
    before = state(session)
    assert update(client, session, letterboxd_zip(40, titles=TITLES)).startswith("Nothing new")
    assert update(client, session, data).startswith("Nothing new")  # nor does an older one
    assert state(session) == before


def test_changed_values_are_taken_over_and_listed(client: Client) -> None:
    diary = [entry("2024-01-05", "https://boxd.it/aa1", "3")]
    session = start(client, export(watched=[seen()], ratings=[[*seen(), "4"]], diary=diary, likes=[]))
    newer = export(
        watched=[seen()],
        ratings=[[*seen(on="2024-02-01"), "4.5"]],
        diary=[
            entry("2024-01-05", "https://boxd.it/aa1", "3.5", "", "cinema"),
            entry("2024-02-01", "https://boxd.it/ab1", "5"),
        ],
        likes=[seen(on="2024-02-02")],
    )
    said = update(client, session, newer)
    movie = session.movies.get()
    assert said.startswith("Updated: 0 new films, 1 new viewing, 1 changed rating, 2 other changes.")
    assert (movie.rating, movie.rated_on, movie.liked_on) == (Decimal("4.5"), date(2024, 2, 1), date(2024, 2, 2))
    assert movie.watched_on == date(2024, 2, 1)
    told = movie.viewings.order_by("watched_on").values_list("rating", "tags")
    assert list(told) == [(Decimal("3.5"), ["cinema"]), (Decimal("5.0"), [])]
    page = client.get(f"/imports/{session.pk}/report/").content.decode()
    assert "Changed since the import: Heat (1995): rating 4.0 → 4.5, like" in page
    assert "Changed since the import: Heat (1995): rating 3.0 → 3.5, tags" in page
    assert (session.status, session.total_movies) == ("enriching", 1)


def test_what_is_blank_or_gone_in_the_newer_file_stays_and_is_said(client: Client) -> None:
    session = start(
        client,
        export(
            watched=[seen(), seen("Ronin", "1998", RONIN)],
            ratings=[[*seen(), "4"]],
            reviews=[["2024-01-05", "Heat", "1995", "https://boxd.it/aa1", "3", "Yes", "Good", "a", "2024-01-05"]],
            likes=[seen()],
        ),
    )
    newer = export(watched=[seen()], diary=[entry("2024-01-05", "https://boxd.it/aa1")])
    assert update(client, session, newer).startswith("Nothing new")
    newer = export(watched=[seen(), seen("Alien", "1979", "https://boxd.it/2awO")])
    said = update(client, session, newer)
    assert said.startswith("Updated: 1 new film, 0 new viewings, 0 changed ratings.")
    assert "1 film is not in the newer file; it stays." in said
    movie = session.movies.get(title="Heat")
    viewing = movie.viewings.get()
    assert (movie.rating, movie.liked_on is not None, session.movies.count()) == (Decimal("4.0"), True, 3)
    assert (viewing.rating, viewing.rewatch, viewing.tags, viewing.review) == (Decimal("3.0"), True, ["a"], "Good")
    assert "it stays: Ronin (1998)" in client.get(f"/imports/{session.pk}/report/").content.decode()


def with_everything() -> bytes:
    return export(
        watched=[seen(), seen("Ronin", "1998", RONIN)],
        ratings=[[*seen(), "4"], [*seen("Ronin", "1998", RONIN), "3"]],
        diary=[entry("2024-01-05", "https://boxd.it/aa1", "4"), entry("2024-01-06", "https://boxd.it/ab1", "3.5")],
        likes=[seen(), seen("Ronin", "1998", RONIN)],
    )


def gone(session: ImportSession) -> list[tuple[str, str]]:
    """What the report says is gone: from which file, and what."""
    return list(session.problems.filter(reason="gone_from_file").values_list("file", "detail"))


@pytest.mark.parametrize("has_news", [False, True])
def test_ratings_likes_and_viewings_that_are_gone_stay_and_are_listed(client: Client, has_news: bool) -> None:
    session = start(client, with_everything())
    films = list(session.movies.order_by("pk").values("rating", "liked_on", "watched_on"))
    more = [seen("Alien", "1979", "https://boxd.it/2awO", on="2024-03-01")] if has_news else []
    newer = export(
        watched=[seen(), seen("Ronin", "1998", RONIN), *more],
        ratings=[[*seen(), "4"]],
        diary=[entry("2024-01-06", "https://boxd.it/ab1", "3.5")],
        likes=[seen()],
    )
    said = update(client, session, newer)
    assert said.startswith("Updated: 1 new film" if has_news else "Nothing new")
    assert "1 rating, 1 like and 1 viewing are not in the newer file; they stay. The report lists what is gone." in said
    assert gone(session) == [
        ("ratings.csv", "Ronin (1998): rating 3.0"),
        ("likes/films.csv", "Ronin (1998): like"),
        ("diary.csv", "Heat (1995): viewing of 2024-01-05"),
    ]
    kept = session.movies.exclude(title="Alien").order_by("pk")
    assert list(kept.values("rating", "liked_on", "watched_on")) == films
    assert Viewing.objects.filter(movie__session=session).count() == 2
    page = client.get(f"/imports/{session.pk}/report/").content.decode()
    assert "It is not in the newer file, and it stays: Ronin (1998): like" in page
    before = state(session)
    assert "The report lists what is gone." in update(client, session, newer)  # the same file again
    assert state(session) == before


def test_a_rating_that_is_gone_is_a_films_or_a_viewings(client: Client) -> None:
    session = start(client, with_everything())
    newer = export(
        watched=[seen(), seen("Ronin", "1998", RONIN)],
        ratings=[[*seen(), "4"]],
        diary=[entry("2024-01-05", "https://boxd.it/aa1", "4"), entry("2024-01-06", "https://boxd.it/ab1")],
        likes=[seen(), seen("Ronin", "1998", RONIN)],
    )
    assert "2 ratings are not in the newer file; they stay." in update(client, session, newer)
    assert gone(session) == [
        ("ratings.csv", "Ronin (1998): rating 3.0"),
        ("diary.csv", "Heat (1995): rating 3.5 of the viewing of 2024-01-06"),
    ]
    assert session.movies.get(title="Ronin").rating == Decimal("3.0")
    assert Viewing.objects.get(movie__session=session, watched_on="2024-01-06").rating == Decimal("3.5")


def test_a_films_rating_is_gone_though_its_diary_tells_another(client: Client) -> None:
    files: dict[str, list[list[str]]] = {
        "watched": [seen(on="2024-03-01")],
        "diary": [entry("2024-01-05", "https://boxd.it/aa1", "3")],
    }
    session = start(client, export(**files, ratings=[[*seen(on="2024-02-01"), "4.5"]]))
    assert "1 rating is not in the newer file; it stays." in update(client, session, export(**files, ratings=[]))
    assert gone(session) == [("ratings.csv", "Heat (1995): rating 4.5")]
    assert session.movies.get().rating == Decimal("4.5")


def test_a_rating_of_an_earlier_day_is_not_gone(client: Client) -> None:
    session = start(client, export(watched=[seen()], ratings=[[*seen(on="2024-06-01"), "4"]]))
    alien = seen("Alien", "1979", "https://boxd.it/2awO", on="2024-07-01")
    said = update(client, session, export(watched=[seen(), alien], ratings=[[*seen(on="2024-05-01"), "2"]]))
    assert said.startswith("Updated: 1 new film") and "not in the newer file" not in said
    assert gone(session) == []


def test_a_film_that_is_gone_is_one_line(client: Client) -> None:
    session = start(client, with_everything())
    newer = export(
        watched=[seen("Ronin", "1998", RONIN, on="2024-02-01")],
        ratings=[[*seen("Ronin", "1998", RONIN), "3"]],
        diary=[],
        likes=[seen("Ronin", "1998", RONIN)],
    )
    assert "1 film is not in the newer file; it stays." in update(client, session, newer)
    assert gone(session) == [("watched.csv", "Heat (1995)")]


@pytest.mark.parametrize("kind", ["watched", "ratings", "diary", "likes"])
def test_nothing_is_missed_where_its_file_was_not_read(client: Client, kind: str) -> None:
    session = start(client, with_everything())
    rows = {
        "watched": [seen(on="2024-02-01"), seen("Ronin", "1998", RONIN)],
        "ratings": [[*seen(), "4"], [*seen("Ronin", "1998", RONIN, on="2024-02-01"), "3"]],
        "diary": [entry("2024-01-05", "https://boxd.it/aa1", "4"), entry("2024-01-06", "https://boxd.it/ab1", "3.5")],
        "likes": [seen(), seen("Ronin", "1998", RONIN)],
    }
    said = update(client, session, export(**{kind: rows[kind]}))
    assert "not in the newer file" not in said
    assert gone(session) == []


def test_an_older_export_misses_nothing(client: Client) -> None:
    session = start(client, with_everything())
    before = state(session)
    older = export(watched=[seen(on="2023-01-01")], ratings=[], diary=[], likes=[])
    assert update(client, session, older) == "Nothing new: the import stays as it is."
    assert state(session) == before


def test_an_older_rating_does_not_replace_a_newer_one(client: Client) -> None:
    session = start(client, export(watched=[seen()], ratings=[[*seen(on="2024-06-01"), "4"]]))
    assert update(client, session, export(ratings=[[*seen(on="2023-06-01"), "2"]])).startswith("Nothing new")
    diary = csv_bytes(DIARY, [entry("2023-01-01", "https://boxd.it/aa1", "1")])
    assert "1 new viewing, 0 changed ratings" in update(client, session, diary, "diary.csv")
    assert session.movies.get().rating == Decimal("4.0")


def test_a_link_that_was_missing_is_taken_over(client: Client) -> None:
    first = csv_bytes(DIARY, [entry("2024-01-05", ""), entry("2024-01-05", "")])
    session = start(client, first, "diary.csv")
    film, viewings = session.movies.get(), list(Viewing.objects.order_by("pk").values_list("pk", flat=True))
    assert film.source_key == "Heat|1995"
    diary = [entry("2024-01-05", "https://boxd.it/aa1"), entry("2024-01-05", "https://boxd.it/ab1")]
    said = update(client, session, export(watched=[seen()], diary=diary))
    film.refresh_from_db()
    assert said.startswith("Updated: 0 new films, 0 new viewings, 0 changed ratings")
    assert (film.source_key, film.letterboxd_uri) == (HEAT, HEAT)
    assert list(Viewing.objects.order_by("pk").values_list("pk", flat=True)) == viewings
    assert set(Viewing.objects.values_list("entry_uri", flat=True)) == {row[3] for row in diary}
    assert update(client, session, first, "diary.csv").startswith("Nothing new")
    assert session.movies.count() == 1


def test_two_films_of_one_name_stay_two(client: Client) -> None:
    session = start(client, export(watched=[seen("The Message", "1976")]))
    twins = export(watched=[seen("The Message", "1976"), seen("The Message", "1976", RONIN)])
    assert update(client, session, twins).startswith("Updated: 1 new film,")
    assert set(session.movies.values_list("source_key", flat=True)) == {HEAT, RONIN}


def test_what_a_person_chose_stays(client: Client, tmdb: TmdbServer) -> None:
    session = start(client, letterboxd_zip(20, titles=TITLES[:20]))
    work()
    chosen, rejected = session.movies.order_by("turn")[:2]
    decisions.choose(chosen, FILMS[15]["id"])
    decisions.reject(rejected)
    update(client, session, letterboxd_zip(30, titles=TITLES[:30]))
    work()
    chosen.refresh_from_db()
    rejected.refresh_from_db()
    session.refresh_from_db()
    assert (chosen.tmdb_movie_id, chosen.chosen_by) == (FILMS[15]["id"], ChosenBy.PERSON)
    assert (rejected.tmdb_movie, rejected.outcome) == (None, Outcome.UNMATCHED)
    assert counters_are_exact(session)


def test_what_was_chosen_for_a_title_before_is_known_for_a_new_film(client: Client, tmdb: TmdbServer) -> None:
    client.force_login(UserFactory())
    other = start(client, letterboxd_zip(30, titles=TITLES[:30]))
    work()
    decisions.choose(other.movies.select_related("session", "lookup").get(title=TITLES[25][0]), FILMS[3]["id"])
    session = start(client, letterboxd_zip(20, titles=TITLES[:20]))
    update(client, session, letterboxd_zip(30, titles=TITLES[:30]))
    movie = session.movies.get(title=TITLES[25][0])
    assert (movie.tmdb_movie_id, movie.chosen_by) == (FILMS[3]["id"], ChosenBy.PERSON)


@pytest.mark.parametrize("rounds", [2])
def test_two_updates_at_once_add_everything_once(client: Client, tmdb: TmdbServer, rounds: int) -> None:
    session = start(client, letterboxd_zip(10, titles=TITLES[:10]))
    cookies = client.cookies
    newer = letterboxd_zip(40, titles=TITLES)

    def once(_: int) -> int:
        one = Client()
        one.cookies = cookies
        try:
            data = {"files": SimpleUploadedFile("export.zip", newer)}
            return one.post(f"/imports/{session.pk}/update/", data).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(once, range(4)))
    assert answers == [302] * 4
    work()
    session.refresh_from_db()
    fresh = start(Client(), newer)
    assert session.movies.count() == fresh.movies.count()
    viewings = Viewing.objects.values_list("movie__session").annotate(n=Count("pk")).order_by()
    assert len({n for _, n in viewings}) == 1
    assert counters_are_exact(session) and session.status == "completed"
    assert len(session.files) == 2 * len(fresh.files)


def test_a_day_moved_back_moves_the_films_day_too(client: Client) -> None:
    first = [entry("2024-01-05", "https://boxd.it/aa1"), entry("2024-03-05", "https://boxd.it/ab1")]
    session = start(client, export(watched=[seen()], diary=first))
    assert session.movies.get().watched_on == date(2024, 3, 5)
    newer = export(watched=[seen()], diary=[first[0], entry("2023-03-05", "https://boxd.it/ab1")])
    assert "1 other change" in update(client, session, newer)
    assert session.movies.get().watched_on == date(2024, 1, 5)
    ours = bytes(client.get(f"/imports/{session.pk}/export.json").getvalue())
    again = start(Client(), ours, "reelkeeper-export.json")
    assert again.movies.get().watched_on == date(2024, 1, 5)


# Another person's


def diary_of(code: str, months: range, rating: str = "4") -> bytes:
    entries = [entry(f"2024-{n:02}-01", f"https://boxd.it/{code}{n}1", rating, title=f"Film {n}") for n in months]
    films = [[*seen(f"Film {n}", "1995", f"https://boxd.it/f{n}0"), rating] for n in months]
    return export(watched=[film[:4] for film in films], ratings=films, diary=entries)


@pytest.mark.parametrize(
    ("newer", "counts"),
    [
        (diary_of("b", range(1, 9)), "of its 8 diary entries from the same time this import has 0"),
        (diary_of("a", range(1, 9), "2"), "of 8 films rated in both 8 have another rating"),
    ],
)
def test_another_persons_export_is_asked_about(client: Client, newer: bytes, counts: str) -> None:
    session = start(client, diary_of("a", range(1, 9)))
    before = state(session)
    status, page = refused(client, session, newer, "export.zip")
    assert status == 422
    assert counts in page and 'name="sure"' in page
    assert state(session) == before
    assert update(client, session, newer, sure="on").startswith("Updated")


def test_what_is_asked_only_then(client: Client) -> None:
    session = start(client, diary_of("a", range(1, 9)))
    assert 'name="sure"' not in client.get(f"/imports/{session.pk}/update/").content.decode()
    assert 'name="sure"' not in refused(client, session, b"%PDF", "notes.pdf")[1]
    later = csv_bytes(DIARY, [entry(f"2025-01-0{n}", f"https://boxd.it/c{n}1", title=f"New {n}") for n in range(1, 9)])
    assert update(client, session, later, "diary.csv").startswith("Updated: 8 new films")
    assert update(client, session, diary_of("a", range(3, 12))).startswith("Updated: 3 new films")


def test_the_attackers_own_example(client: Client) -> None:
    session = start(client, letterboxd_zip(20, seed=1))
    assert refused(client, session, letterboxd_zip(30, seed=99), "export.zip")[0] == 422


# Refused


def test_a_file_of_another_service_or_of_ours_is_refused_with_a_sentence(client: Client) -> None:
    session = start(client, export(watched=[seen()]))
    before = state(session)
    ours = bytes(client.get(f"/imports/{session.pk}/export.json").getvalue())
    cases = [
        (script_3(history(5)).encode(), "history.csv", "Amazon Prime Video history"),
        (ours, "reelkeeper-export.json", "becomes an import of its own"),
        (b"%PDF", "notes.pdf", "not something we can read"),
        (b"", "watched.csv", "is empty"),
    ]
    for data, name, sentence in cases:
        status, page = refused(client, session, data, name)
        assert status in (400, 422) and sentence in page
    assert state(session) == before


def test_a_review_is_not_updated_and_its_page_says_what_to_do(client: Client) -> None:
    user = UserFactory()
    client.force_login(user)
    review = ImportSessionFactory(user=user, browser_key="", source=Source.PRIME_VIDEO, link_readable=False)
    status, page = refused(client, review, script_3(history(5)).encode(), "history.csv")
    assert status == 422 and "upload the newer history as a new review" in page
    assert "upload the newer history as a new review" in client.get(f"/imports/{review.pk}/update/").content.decode()


def test_a_file_that_nothing_tells_is_asked_about(client: Client) -> None:
    session = start(client, export(watched=[seen()]))
    data = csv_bytes(BASE, [seen("Ronin", "1998", RONIN)])
    status, page = refused(client, session, data, "something.csv")
    assert status == 400 and "could be your watched films" in page and 'name="named_role"' in page
    said = update(client, session, data, "something.csv", named_file="something.csv", named_role="likes")
    assert said.startswith("Updated: 1 new film")
    assert Movie.objects.get(title="Ronin").is_seen is False


def test_only_the_owner_updates(client: Client) -> None:
    session = start(client, export(watched=[seen()]))
    before = state(session)
    stranger = Client()
    stranger.force_login(UserFactory(is_staff=True, is_superuser=True))
    newer = export(watched=[seen(), seen("Ronin", "1998", RONIN)])
    assert refused(stranger, session, newer, "export.zip")[0] == 404
    assert refused(Client(), session, newer, "export.zip")[0] == 404
    assert state(session) == before


def test_the_import_leads_to_its_update(client: Client) -> None:
    session = start(client, export(watched=[seen()]))
    assert f'href="/imports/{session.pk}/update/"' in client.get(session.get_absolute_url()).content.decode()
    assert 'type="file"' in client.get(f"/imports/{session.pk}/update/").content.decode()
