"""Everything of TMDB's goes; what people brought, chose and rated stays, and reads well."""

import io
import json
import sqlite3
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enrichment import services
from enrichment.films import purge
from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie, Upkeep
from enrichment.tmdb.client import client as tmdb_client
from enrichment.work import leases, refresh
from imports.library import films
from imports.models import Analytics, ImportSession, Movie, Outcome, Owner, Ranking
from imports.reconciling import keeping
from imports.review import decisions
from imports.sessions.start import start_import
from imports.sharing.links import make_link
from imports.sources.base import Upload
from imports.statistics import kept
from tests.exports import letterboxd_zip
from tests.factories import MovieFactory, TitleLookupFactory, TmdbMovieFactory, UserFactory
from tests.imports.outcomes.test_settle import counters_are_exact, work
from tests.imports.review.test_decisions import movies, start
from tests.tmdb_films import film
from tests.tmdb_server import TmdbServer

pytestmark = pytest.mark.django_db(transaction=True)

FILMS = [
    film(900_001, "Zebra Crossing", 1999, overview="A zebra crosses.", vote_count=900),
    film(900_002, "Night Mare", 2001, overview="A horse does not sleep.", vote_count=900),
    film(900_003, "Twin Town", 1990, vote_count=900),
    film(900_004, "Twin Town", 1990, vote_count=900),  # so the machine is not sure
]
TOLD = ("A zebra crosses", "A horse does not sleep", "Di Rector", "Ann Actor", "France", "/900001.png")


@pytest.fixture
def user(tmdb: TmdbServer) -> User:
    tmdb.catalogue.add(*FILMS)
    found: User = UserFactory()
    return found


@pytest.fixture
def letterboxd(user: User) -> ImportSession:
    titles = [("Zebra Crossing", 1999), ("Night Mare", 2001), ("Twin Town", 1990)]
    session = start_import(Owner(user=user), [Upload("export.zip", letterboxd_zip(3, titles=titles))])
    work()
    session.refresh_from_db()
    assert (session.matched_count, session.unsure_count) == (2, 1)
    return session


@pytest.fixture
def review(user: User) -> ImportSession:
    Movie.objects.update(rating=None)  # what a history rates, a review does not ask about
    session = start(user, "Zebra Crossing", "Night Mare", "Twin Town")
    work()
    decisions.add(movies(session)[0], Decimal("4.5"), date(2024, 1, 1))
    return session


def run() -> str:
    out = io.StringIO()
    call_command("purge_tmdb", "--yes", stdout=out)
    return out.getvalue()


def stored() -> str:
    """The texts of all tables."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found += [repr(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_all_facts_go_and_numbers_titles_and_choices_stay(letterboxd: ImportSession, review: ImportSession) -> None:
    assert all(told in stored() for told in TOLD)
    before = list(Movie.objects.order_by("pk").values("pk", "title", "tmdb_movie", "outcome", "decision", "chosen_by"))
    ranked = list(Ranking.objects.values("title", "year", "rating", "tmdb_movie"))
    run()
    assert not [told for told in TOLD if told in stored()]
    assert list(TmdbMovie.objects.order_by("pk").values_list("pk", "title", "title_key", "fetched_at")) == [
        (900_001, "", "", None),
        (900_002, "", "", None),
    ]
    assert set(TmdbMovie.objects.values_list("details_status", flat=True)) == {DetailsStatus.NONE}
    assert not TitleLookup.objects.exclude(candidates=[], reasons=[]).exists()
    after = list(Movie.objects.order_by("pk").values("pk", "title", "tmdb_movie", "outcome", "decision", "chosen_by"))
    assert after == before
    assert list(Ranking.objects.values("title", "year", "rating", "tmdb_movie")) == ranked
    assert counters_are_exact(letterboxd)
    assert counters_are_exact(review)


def test_numbers_and_pictures_that_tell_of_films_go_too(
    client: Client, letterboxd: ImportSession, settings: Any
) -> None:
    settings.TMDB = replace(settings.TMDB, image_url="http://127.0.0.1:9/t/p")
    told = kept.of_session(letterboxd)
    assert "Di Rector" in stored() and told["totals"]["directors"] == 1
    shows = {f"shows_{what}": True for what in ("films", "statistics", "ratings", "reviews", "dates")}
    link, token = make_link(letterboxd, name="", shows=shows, expires_at=None)
    client.get(f"/s/{token}/preview.png")
    caches["pictures"].set("poster-w185-900001.png", b"a poster")
    assert caches["pictures"].get(f"preview-{link.pk}")
    run()
    assert not Analytics.objects.exists()
    assert caches["pictures"].get_many([f"preview-{link.pk}", "poster-w185-900001.png"]) == {}
    assert kept.of_session(letterboxd)["totals"]["directors"] == 0
    assert "Di Rector" not in stored()


def test_every_page_of_a_purged_import_reads_by_its_own_titles(
    client: Client, user: User, letterboxd: ImportSession, review: ImportSession
) -> None:
    keeping.recompute(user)
    run()
    client.force_login(user)
    pages = [reverse("imports:library"), reverse("imports:library_perhaps"), reverse("imports:session_list")]
    pages += [f"{reverse('imports:library')}?sort={sort}" for sort in films.ORDERS]
    pages += [film.get_absolute_url() for film in user.library_films.all()]
    for session in (letterboxd, review):
        names = ("session_detail", "movie_list", "review", "report")
        pages += [reverse(f"imports:{name}", args=[session.pk]) for name in names]
        pages += [f"/imports/{session.pk}/films/?sort={sort}&view=table" for sort in ("title", "year", "runtime")]
        pages += [movie.get_absolute_url() for movie in session.movies.all()]
        pages += [f"{reverse('imports:review', args=[session.pk])}?film={movie.pk}" for movie in session.movies.all()]
        pages += [f"/api/session/{session.pk}/movies"]
    pages += [reverse(f"imports:{name}", args=[review.pk]) for name in ("review_all", "review_complete")]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        text = answer.content.decode()
        assert not [told for told in TOLD if told in text], page
        assert "“”" not in text, page
        assert "TMDB 900" not in text, page
    cards = client.get(f"{reverse('imports:review', args=[review.pk])}?film={movies(review)[1].pk}").content.decode()
    assert '<h1 tabindex="-1">Night Mare</h1>' in cards
    taken = b"".join(client.get(reverse("imports:library_json")).streaming_content)  # type: ignore[attr-defined]
    assert {one["title"] for one in json.loads(taken)["films"]} >= {"Zebra Crossing"}


def test_what_is_ranked_after_a_purge_has_the_title_of_the_import(
    user: User, letterboxd: ImportSession, review: ImportSession
) -> None:
    run()
    decisions.add(movies(review)[1], Decimal(3), date(2024, 1, 1))
    assert user.rankings.get(tmdb_movie=900_002).title == "Night Mare"


def test_the_cache_is_emptied_to_the_last_byte(tmdb: TmdbServer, letterboxd: ImportSession, settings: Any) -> None:
    path = settings.TMDB.cache_path

    def bytes_of_it() -> bytes:
        return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))

    assert b"query=Night+Mare" in bytes_of_it()
    asked = tmdb.record.requests
    run()
    assert b"query=Night+Mare" not in bytes_of_it()
    with sqlite3.connect(path) as cache:
        assert cache.execute("SELECT count(*) FROM responses").fetchone() == (0,)
    assert tmdb_client().search("Zebra Crossing", 1999).hits  # a process that has it open goes on
    assert tmdb.record.requests == asked + 1


def test_it_says_what_it_did(letterboxd: ImportSession) -> None:
    said = run()
    assert "Films emptied: 2, deleted because nothing needs them: 2." in said
    assert "candidates were removed: 3. Answers removed from the cache: 3." in said
    assert "TMDB_TOKEN is still set" in said


def test_it_asks_first(letterboxd: ImportSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda text: "")
    with pytest.raises(CommandError, match="Nothing was removed"):
        call_command("purge_tmdb")
    assert TmdbMovie.objects.filter(title="Zebra Crossing").exists()
    monkeypatch.setattr("builtins.input", lambda text: "y")
    call_command("purge_tmdb", stdout=io.StringIO())
    assert not TmdbMovie.objects.exclude(title="").exists()


def test_it_may_be_stopped_and_goes_on(letterboxd: ImportSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enrichment.batches.SIZE", 1)
    empty, calls = purge._empty_films, []

    def stopped(ids: list[int]) -> int:
        calls.append(ids)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return empty(ids)

    monkeypatch.setattr(purge, "_empty_films", stopped)
    with pytest.raises(CommandError, match="again"):
        run()
    assert TmdbMovie.objects.filter(title="").count() == 1
    assert "Films emptied: 1," in run()
    assert "Films emptied: 0, deleted because nothing needs them: 0." in run()


def test_upkeep_and_what_a_worker_holds_are_let_go(tmdb: TmdbServer) -> None:
    held = TmdbMovieFactory(pending=True)
    MovieFactory(tmdb_movie=held, chosen_by="person")
    Upkeep.objects.create(kind="page", number=1)
    row = leases.lease_next(0)
    assert row == held
    run()
    held.refresh_from_db()
    assert (held.details_status, held.lease_token, Upkeep.objects.count()) == (DetailsStatus.NONE, None, 0)
    assert leases.settle(held, title="Told late") is True  # nobody holds it
    assert row is not None
    assert leases.settle(row, title="Told later still") is False


def test_an_unsure_question_that_nobody_asks_any_more_goes_too() -> None:
    unsure = {"status": LookupStatus.UNSURE, "candidates": [{"id": 1, "score": 0.6}]}
    needed, _ = TitleLookupFactory(**unsure), TitleLookupFactory(**unsure)
    MovieFactory(lookup=needed)
    run()
    assert [(row.pk, row.candidates) for row in TitleLookup.objects.all()] == [(needed.pk, [])]


def test_a_film_known_to_be_gone_stays_so() -> None:
    gone = TmdbMovieFactory(details_status=DetailsStatus.GONE, fetched_at=timezone.now())
    MovieFactory(matched=True, tmdb_movie=gone)
    run()
    gone.refresh_from_db()
    assert (gone.title, gone.details_status) == ("", DetailsStatus.GONE)


def test_with_a_key_all_comes_back_by_itself(tmdb: TmdbServer, letterboxd: ImportSession) -> None:
    run()
    refresh.plan()
    work()
    film_of = {movie.title: movie.tmdb_movie for movie in letterboxd.movies.select_related("tmdb_movie")}
    assert film_of["Zebra Crossing"] is not None
    assert (film_of["Zebra Crossing"].title, film_of["Zebra Crossing"].directors) == ("Zebra Crossing", ["Di Rector"])
    twins = letterboxd.movies.get(title="Twin Town")
    assert twins.lookup is not None
    assert len(twins.lookup.candidates) == 2
    assert counters_are_exact(letterboxd)
    letterboxd.refresh_from_db()
    assert letterboxd.status == "completed"


def test_a_new_import_of_the_same_films_asks_for_details_again(tmdb: TmdbServer, letterboxd: ImportSession) -> None:
    run()
    titles = [("Zebra Crossing", 1999)]
    session = start_import(Owner(browser_key="another"), [Upload("export.zip", letterboxd_zip(1, titles=titles))])
    asked = tmdb.record.requests
    work()
    assert session.movies.get().outcome == Outcome.MATCHED
    assert TmdbMovie.objects.get(pk=900_001).title == "Zebra Crossing"
    assert tmdb.record.requests == asked + 1


def test_a_search_by_hand_fills_what_was_purged(tmdb: TmdbServer, letterboxd: ImportSession) -> None:
    run()
    assert [one.title for one in services.search_by_hand("Zebra Crossing")] == ["Zebra Crossing"]
    assert [one.title for one in services.search_by_hand("https://www.themoviedb.org/movie/900002")] == ["Night Mare"]


def test_without_a_key_the_sample_buries_no_film_of_tmdbs(letterboxd: ImportSession, settings: Any) -> None:
    settings.TMDB = replace(settings.TMDB, token="")
    tmdb_client.cache_clear()
    run()
    titles = [("Zebra Crossing", 1999)]
    session = start_import(Owner(browser_key="another"), [Upload("export.zip", letterboxd_zip(1, titles=titles))])
    work()
    assert session.movies.get().outcome == Outcome.FAILED
    assert letterboxd.movies.get(title="Zebra Crossing").outcome == Outcome.MATCHED
    assert TmdbMovie.objects.get(pk=900_001).details_status == DetailsStatus.FAILED
    assert TitleLookup.objects.get(title="Zebra Crossing").status == LookupStatus.MATCHED
    settings.TMDB = replace(settings.TMDB, token="a-token-for-tests")
    tmdb_client.cache_clear()
    refresh.plan()
    work()
    assert session.movies.get().outcome == Outcome.MATCHED
    assert counters_are_exact(session)
