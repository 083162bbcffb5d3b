"""The best known films, kept here: read page by page, matched without a search, likened to what TMDB can't find."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrichment import services
from enrichment.films import best_known, catalogue
from enrichment.models import Catalogue, DetailsStatus, LookupStatus, TitleLookup, TmdbMovie, TmdbService, Upkeep
from enrichment.tmdb import health
from enrichment.tmdb.client import client
from enrichment.work import engine, leases
from imports import tasks
from tests.factories import TitleLookupFactory, TmdbMovieFactory
from tests.tmdb_films import Film, film, generated_films
from tests.tmdb_server import TmdbServer

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = 4  # enough for the tests' films
NIGHT = film(900_001, "Night of the Zebra", 1999, vote_count=5000)


@pytest.fixture(autouse=True)
def _few_pages(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(catalogue, "PAGES", PAGES)
    settings.WARM_CATALOGUE = True


@pytest.fixture
def warm(tmdb: TmdbServer) -> Callable[..., None]:
    """These films are in the catalogue; TMDB may know more."""

    def keep(*films: Film) -> None:
        tmdb.catalogue.add(*films)
        for one in films:
            TmdbMovieFactory(
                tmdb_id=one["id"],
                title=one["title"],
                original_title=one["original_title"],
                release_date=one["release_date"] or None,
                vote_count=one["vote_count"],
            )
        catalogue.note_read()

    return keep


def work(seconds: float = 30) -> engine.Run:
    return engine.run(client(), seconds)


def ask(title: str, year: int | None = None, *variants: str) -> TitleLookup:
    [pk] = services.get_or_create_lookups([services.Question(title, year, 0, variants)])
    return TitleLookup.objects.get(pk=pk)


def answered(lookup: TitleLookup) -> TitleLookup:
    work()
    lookup.refresh_from_db()
    return lookup


def codes(lookup: TitleLookup) -> list[str]:
    return [reason["code"] for reason in lookup.reasons]


# Reading it


def test_reading_keeps_the_most_voted_films_and_asks_for_each_page_once(tmdb: TmdbServer) -> None:
    tmdb.catalogue.add(*(one | {"vote_count": 9_000 - n} for n, one in enumerate(generated_films(100))))
    assert catalogue.plan_pages() == PAGES
    work()
    wanted = sorted(tmdb.catalogue.films.values(), key=lambda one: -one["vote_count"])[: PAGES * 20]
    assert set(TmdbMovie.objects.values_list("pk", flat=True)) == {one["id"] for one in wanted}
    assert set(TmdbMovie.objects.values_list("details_status", "catalogue")) == {("none", "tmdb")}
    assert (tmdb.record.requests, tmdb.record.repeated, Upkeep.objects.count()) == (PAGES, 0, 0)


def test_reading_again_brings_news_of_films_that_have_no_details(tmdb: TmdbServer) -> None:
    kept = {
        status: TmdbMovieFactory(
            tmdb_id=900_001 + n,
            title="Old Name",
            runtime=90,
            catalogue=Catalogue.SAMPLE,
            details_status=status,
            fetched_at=timezone.now() - timedelta(days=200),
        )
        for n, status in enumerate(DetailsStatus)
    }
    tmdb.catalogue.add(*(film(one.pk, "New Name", 1999, vote_count=99_999) for one in kept.values()))
    catalogue.read_page(1, client())
    for one in kept.values():
        one.refresh_from_db()
    news = kept.pop(DetailsStatus.NONE)
    assert (news.title, news.title_key, news.vote_count, news.catalogue) == ("New Name", "new name", 99_999, "tmdb")
    assert news.fetched_at > timezone.now() - timedelta(minutes=1)
    assert {(one.title, one.fetched_at < timezone.now() - timedelta(days=1)) for one in kept.values()} == {
        ("Old Name", True)
    }


def test_a_reading_that_is_interrupted_goes_on_where_it_stopped(tmdb: TmdbServer) -> None:
    catalogue.plan_pages()
    first = leases.lease_next(0)
    assert isinstance(first, Upkeep)
    catalogue.read_page(first.number, client())
    assert leases.lease_next(0) is not None  # and then the worker dies
    assert catalogue.plan_pages() == 0
    Upkeep.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert ask("Night, Again", 1999).status == LookupStatus.PENDING
    assert not TmdbService.objects.exclude(catalogue_read_at=None).exists()
    work()
    assert tmdb.record.paths["/3/discover/movie"] == PAGES + 1  # only the page in hand was asked for twice
    assert not Upkeep.objects.exists()
    assert TmdbService.objects.exclude(catalogue_read_at=None).exists()


def test_reading_waits_until_nobody_waits_for_anything(tmdb: TmdbServer) -> None:
    catalogue.plan_pages()
    lookup = TitleLookupFactory(turn=100_000)
    assert leases.lease_next(0) == lookup


def test_it_is_read_once_a_key_is_there_and_again_when_it_is_old(tmdb: TmdbServer, settings: Any) -> None:
    tasks.sweep()
    assert catalogue.pages_waiting() == PAGES
    work()
    tasks.sweep()
    assert catalogue.pages_waiting() == 0
    TmdbService.objects.update(catalogue_read_at=timezone.now() - timedelta(days=settings.TMDB.refresh_days + 1))
    tasks.sweep()
    assert catalogue.pages_waiting() == PAGES


@pytest.mark.parametrize("without", ["key", "wish"])
def test_it_is_never_read_from_the_sample_or_against_the_operators_wish(settings: Any, without: str) -> None:
    from dataclasses import replace

    settings.TMDB = replace(settings.TMDB, token="" if without == "key" else "a-token")
    settings.WARM_CATALOGUE = without == "key"
    tasks.sweep()
    assert not Upkeep.objects.exists()


def test_the_command_plans_once_and_then_goes_on(tmdb: TmdbServer, settings: Any) -> None:
    from dataclasses import replace

    settings.WARM_CATALOGUE = False  # an operator may still want it
    said = []
    for _ in range(2):
        out = StringIO()
        call_command("warm_catalogue", stdout=out)
        said.append(out.getvalue())
    assert f"{PAGES} pages of films are planned" in said[0]
    assert f"{PAGES} pages are left" in said[1]
    settings.TMDB = replace(settings.TMDB, token="")
    with pytest.raises(CommandError, match="TMDB_TOKEN"):
        call_command("warm_catalogue")


# Matched here


def test_a_well_known_film_is_matched_at_once_without_a_search(warm: Any, tmdb: TmdbServer) -> None:
    warm(NIGHT | {"original_title": "Noche de la cebra"})
    for title in ("Night of the Zebra", "NIGHT OF THE ZÉBRA!", "Noche de la cebra"):
        lookup = ask(title, 1999)
        assert (lookup.status, lookup.tmdb_movie_id, lookup.catalogue) == ("matched", 900_001, "tmdb")
        assert (lookup.confidence, codes(lookup)) == (1.0, ["same_title", "same_year"])
        assert lookup.candidates == [{"id": 900_001, "score": 1.0}]
        assert lookup.asked_at is not None
    assert ask("Night of the Zebra").tmdb_movie_id == 900_001
    work()
    assert tmdb.record.requests == 0


@pytest.mark.parametrize(
    ("films", "title", "year"),
    [
        ([NIGHT | {"vote_count": 299}], "Night of the Zebra", 1999),  # too little known
        ([NIGHT | {"vote_count": 2_999}], "Night of the Zebra", None),
        ([NIGHT], "Night of the Zebra - The Zebras Are Back", None),  # no more than a half
        ([NIGHT], "Night of the Zebra", 1998),  # not the very year
        ([NIGHT], "The Night of the Zebra", 1999),  # not the very title
        ([NIGHT], "Night of the Zebras", 1999),
        ([NIGHT, film(900_002, "Night of the Zebra", 1999, vote_count=600)], "Night of the Zebra", 1999),  # twins
        ([NIGHT, film(900_002, "Night of the Zebra", 1966, vote_count=167)], "Night of the Zebra", None),
        ([NIGHT, film(900_002, "X", 1966, original_title="Night of the Zebra", vote_count=167)], NIGHT["title"], None),
        ([NIGHT | {"vote_count": 400}, film(900_002, NIGHT["title"], 2000, vote_count=40_000)], NIGHT["title"], 1999),
        ([NIGHT | {"release_date": ""}], "Night of the Zebra", 1999),
        ([NIGHT | {"release_date": ""}], "Night of the Zebra", None),
    ],
)
def test_all_else_is_left_to_tmdb(warm: Any, tmdb: TmdbServer, films: list[Film], title: str, year: int | None) -> None:
    warm(*films)
    lookup = ask(title, year)
    assert (lookup.status, lookup.tmdb_movie_id, lookup.asked_at) == (LookupStatus.PENDING, None, None)
    work()
    assert tmdb.record.paths["/3/search/movie"] > 0


@pytest.mark.parametrize(
    ("namesake", "year"),
    [
        (film(900_002, "Night of the Zebra", 1999, vote_count=500), 1999),
        (film(900_002, "Night of the Zebra", 1966, vote_count=166), None),
        (film(900_002, "Night of the Zebra", 2000, vote_count=50_000), 1999),
    ],
)
def test_a_namesake_that_is_far_less_known_or_of_another_year_is_no_doubt(
    warm: Any, namesake: Film, year: int | None
) -> None:
    warm(NIGHT, namesake)
    assert ask("Night of the Zebra", year).tmdb_movie_id == 900_001


@pytest.mark.parametrize(
    "facts", [{"catalogue": Catalogue.SAMPLE}, {"details_status": DetailsStatus.GONE, "fetched_at": timezone.now()}]
)
def test_films_of_the_sample_and_deleted_ones_are_not_taken(warm: Any, facts: dict[str, Any]) -> None:
    warm(NIGHT)
    TmdbMovie.objects.update(**facts)
    assert ask("Night of the Zebra", 1999).status == LookupStatus.PENDING
    assert best_known.loosely(["The Night of the Zebra"], 1999) == best_known.misspelt(["Night of a Zebra"], 1999) == []


def test_nothing_is_matched_here_before_all_namesakes_can_be_known(warm: Any) -> None:
    warm(NIGHT)
    TmdbService.objects.update(catalogue_read_at=None)
    assert ask("Night of the Zebra", 1999).status == LookupStatus.PENDING


def test_a_question_from_before_the_catalogue_is_answered_by_the_worker_without_tmdb(
    warm: Any, tmdb: TmdbServer
) -> None:
    lookup = ask("Night of the Zebra", 1999)
    warm(NIGHT)
    assert answered(lookup).tmdb_movie_id == 900_001
    assert tmdb.record.requests == 0
    assert not health.answered_lately()  # nobody asked


def test_who_asks_again_wants_tmdbs_word(warm: Any, tmdb: TmdbServer) -> None:
    warm(NIGHT)
    lookup = ask("Night of the Zebra", 1999)
    services.ask_again([lookup])
    assert answered(lookup).tmdb_movie_id == 900_001
    assert tmdb.record.requests == 1


def test_matching_here_costs_a_handful_of_queries_for_any_number(warm: Any) -> None:
    films = [one | {"vote_count": 400} for one in generated_films(300)]
    warm(*films)

    def queries(some: list[Film]) -> int:
        questions = [services.Question(one["title"], int(one["release_date"][:4]), n) for n, one in enumerate(some)]
        with CaptureQueriesContext(connection) as captured:
            services.get_or_create_lookups(questions)
            services.ask_details({one["id"]: n for n, one in enumerate(some)})
        return len(captured)

    few, many = queries(films[:20]), queries(films[20:])
    assert TitleLookup.objects.filter(status="matched").count() == 300
    assert dict(TmdbMovie.objects.waiting().values_list("pk", "turn"))[films[-1]["id"]] == 279
    assert many <= few


# Likened here


@pytest.mark.parametrize(
    ("title", "year"),
    [("Nihgt of the Zebra", 1999), ("Night of the Zebbra", 2000), ("Nigt of the Zebra", None)],
)
def test_a_misspelling_is_unsure_with_the_right_film_first(
    warm: Any, tmdb: TmdbServer, title: str, year: int | None
) -> None:
    warm(NIGHT, film(900_002, "Night of the Zebu", 1999, vote_count=400))
    lookup = answered(ask(title, year))
    assert (lookup.status, lookup.tmdb_movie_id, lookup.candidates[0]["id"]) == ("unsure", None, 900_001)
    assert "misspelt" in codes(lookup)


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ("Zebra Dr.", "Zebra Drive"),
        ("Zebra & Quagga", "Zebra and the Quagga"),
        ("Zebra II", "Zebra 2"),
        ("The Zebra Run", "Zebra Run"),
    ],
)
def test_a_title_that_is_written_otherwise_is_matched_in_its_very_year(
    warm: Any, tmdb: TmdbServer, kept: str, asked: str
) -> None:
    warm(film(900_001, kept, 1999, vote_count=5000))
    tmdb.catalogue.films.clear()  # its search wants every word as it is written
    lookup = answered(ask(asked, 1999))
    assert (lookup.status, lookup.tmdb_movie_id, codes(lookup)) == ("matched", 900_001, ["loose_title", "same_year"])
    assert tmdb.record.requests == 2  # only the very title would end the asking: not without the year either
    assert answered(ask(asked, 1998)).status == LookupStatus.UNSURE


def test_what_tmdb_finds_by_the_very_words_goes_before_what_is_only_alike(warm: Any, tmdb: TmdbServer) -> None:
    warm(film(900_002, "Zebras", 1998, vote_count=5000))
    tmdb.catalogue.add(film(900_001, "Zebra", 1999, vote_count=60))
    lookup = answered(ask("Zebra", 1998))
    assert (lookup.status, lookup.tmdb_movie_id, codes(lookup)) == ("matched", 900_001, ["same_title", "year_off"])


def test_another_year_is_another_film(warm: Any) -> None:
    warm(NIGHT)
    lookup = answered(ask("Nihgt of the Zebra", 2003))
    assert (lookup.status, lookup.candidates) == ("unmatched", [])


def test_new_films_are_seen_after_a_while(warm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    warm(NIGHT)
    assert [one.pk for one in services.suggest("night")] == [900_001]
    warm(film(900_002, "Night Train", 1960, vote_count=9000))
    assert [one.pk for one in services.suggest("night")] == [900_001]
    monkeypatch.setattr(best_known, "LOOK_EVERY", 0)
    assert [one.pk for one in services.suggest("night")] == [900_002, 900_001]


# Suggested


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("zeb", None, [3, 1, 2]),
        ("zebra", None, [1, 3, 2]),  # the very title first, then the best known
        ("ZÉBRA!", None, [1, 3, 2]),
        ("crossing", None, [3]),
        ("rossing", None, []),  # words begin so
        ("zebra (1980)", None, [1]),
        ("zebra 1980", None, [1]),
        ("zebra", 1981, [1]),
        ("the zebra", None, [1]),
        ("Zebra Crosing", None, [3]),
        ("quagga & zebra", None, [4]),
        ("", None, []),
        ("!!!", None, []),
        ("tt0000001", None, []),
        ("themoviedb.org/movie/1", None, []),
        ("zebra " * 50, None, []),
    ],
)
def test_suggestions_come_from_here_best_known_first(
    warm: Any, tmdb: TmdbServer, text: str, year: int | None, expected: list[int]
) -> None:
    warm(
        film(1, "Zebra", 1980, vote_count=500),
        film(2, "Zebra Woman", 1990, vote_count=400),
        film(3, "Zebra Crossing", 1995, vote_count=9000),
        film(4, "Quagga and Zebra", 2005, vote_count=50),
    )
    found = [one.pk for one in services.suggest(text, year)]
    assert [pk for pk in found if pk != 4 or 4 in expected] == expected
    assert tmdb.record.requests == 0


def test_who_misspells_a_title_may_drop_its_article_too(warm: Any) -> None:
    warm(film(1, "The Godfather", 1972, vote_count=9000))
    assert [one.pk for one in services.suggest("godfater")] == [1]


def test_suggestions_are_few_and_cost_two_queries(warm: Any, django_assert_num_queries: Any) -> None:
    warm(*(film(900_000 + n, f"Zebra {n}", 1990, vote_count=100 + n) for n in range(30)))
    services.suggest("zebra")
    with django_assert_num_queries(1):
        assert [one.title for one in services.suggest("zebra")] == [f"Zebra {n}" for n in range(29, 21, -1)]
