"""The review wizard's pages, through their addresses: with and without htmx, for both sources."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrichment.models import LookupStatus, TitleLookup, TmdbMovie
from imports.models import ChosenBy, Decision, ImportSession, Movie, Outcome, Ranking, SessionStatus, Source
from imports.sessions import start
from tests.factories import (
    ImportSessionFactory,
    MovieFactory,
    RankingFactory,
    TitleLookupFactory,
    TmdbMovieFactory,
    UserFactory,
)
from tests.prime_exports import history, script_3
from tests.tmdb_films import film, generated_films
from tests.tmdb_server import TmdbServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

HTMX = {"HX-Request": "true"}
START = "/settings/import/amazon-prime/"


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory(username="owner"))
    return client


@pytest.fixture
def session(owner: Client) -> ImportSession:
    """A review of an account, with no film yet."""
    return review_of(owner)


def review_of(owner: Client, **fields: Any) -> ImportSession:
    made: ImportSession = ImportSessionFactory(
        user_id=owner.session["_auth_user_id"],
        browser_key="",
        source=Source.PRIME_VIDEO,
        link_readable=False,
        status=SessionStatus.COMPLETED,
        expires_at=timezone.now() + timedelta(minutes=30),
        **fields,
    )
    return made


def matched(session: ImportSession, turn: int = 0, **fields: Any) -> Movie:
    made: Movie = MovieFactory(session=session, turn=turn, matched=True, year=None, decision=Decision.PENDING, **fields)
    counted(session, "matched_count")
    return made


def unsure(session: ImportSession, turn: int = 0, *, scores: tuple[float, ...] = (0.8, 0.6), **fields: Any) -> Movie:
    films = [TmdbMovieFactory() for _ in scores]
    lookup = TitleLookupFactory(
        status=LookupStatus.UNSURE,
        confidence=scores[0],
        reasons=[{"code": "same_title"}, {"code": "namesakes", "count": 2}],
        candidates=[{"id": film.pk, "score": score} for film, score in zip(films, scores, strict=True)],
        asked_at=timezone.now(),
    )
    decision = Decision.PENDING if session.source == Source.PRIME_VIDEO else Decision.NONE
    values = {"decision": decision, "outcome": Outcome.UNSURE, "settled_at": timezone.now(), "lookup": lookup}
    made: Movie = MovieFactory(session=session, turn=turn, **values | fields)
    counted(session, f"{made.outcome}_count")
    return made


def candidates_of(movie: Movie) -> list[int]:
    assert movie.lookup is not None
    return [entry["id"] for entry in movie.lookup.candidates]


def rank(session: ImportSession, film: TmdbMovie | None, **fields: Any) -> None:
    """A ranking that was there before."""
    RankingFactory(user=session.user, tmdb_movie=film or TmdbMovieFactory(), **fields)


def unmatched(session: ImportSession, turn: int = 0, **fields: Any) -> Movie:
    lookup = TitleLookupFactory(unmatched=True, reasons=[{"code": "nothing_found"}])
    return unsure(session, turn, lookup=lookup, outcome=Outcome.UNMATCHED, **fields)


def counted(session: ImportSession, counter: str) -> None:
    ImportSession.objects.filter(pk=session.pk).update(
        total_movies=session.total_movies + 1,
        enriched_count=session.enriched_count + 1,
        **{counter: getattr(session, counter) + 1},
    )
    session.refresh_from_db()


def to(movie: Movie, action: str) -> str:
    return f"/imports/{movie.session_id}/review/{movie.pk}/{action}/"


def page_of(session: ImportSession, query: str = "") -> str:
    return f"/imports/{session.pk}/review/{query}"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def upload(titles: list[str] | None = None, rows: int = 30) -> SimpleUploadedFile:
    return SimpleUploadedFile("watch-history-export-1.csv", script_3(history(rows, titles=titles)).encode())


# Bringing a history in


def test_a_history_becomes_a_review(owner: Client) -> None:
    answer = owner.post(START, {"files": upload(), "time_zone": "America/Lima"})
    session = ImportSession.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/imports/{session.pk}/")
    assert (session.source, session.time_zone, session.entries_count) == (Source.PRIME_VIDEO, "America/Lima", 30)
    page = text(owner.get(answer["Location"]))
    assert "Entries in the file" in page
    assert "Start review" not in page  # no film is matched yet


def test_a_history_needs_an_account(client: Client) -> None:
    for answer in (client.get(START), client.post(START, {"files": upload()})):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")
    assert not ImportSession.objects.exists()


def test_a_refused_file_gets_a_sentence(owner: Client) -> None:
    answer = owner.post(START, {"files": SimpleUploadedFile("netflix.csv", b"Title,Date\nx,2024-01-01\n")})
    assert answer.status_code == 400
    assert "netflix.csv" in text(answer)


def test_a_second_history_asks_before_it_replaces_the_first(owner: Client, session: ImportSession) -> None:
    answer = owner.post(START, {"files": upload()})
    assert answer.status_code == 409
    assert 'name="replace"' in text(answer)
    assert ImportSession.objects.get() == session
    assert owner.post(START, {"files": upload(), "replace": "1"}).status_code == 303
    assert ImportSession.objects.get() != session


def test_a_history_of_series_only_says_so(owner: Client) -> None:
    rows = '"Date Watched","Type","Title","Episode Title"\n"2024-01-01 10:00:00.000","Series","Bosch","Pilot"'
    answer = owner.post(START, {"files": SimpleUploadedFile("watch-history-export-1.csv", rows.encode())}, follow=True)
    assert "No films in there" in text(answer)


def test_the_summary_says_what_did_not_fit(
    owner: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(start, "MAX_REVIEW", 2)
    titles = [one["title"] for one in generated_films(5)]
    answer = owner.post(START, {"files": upload(titles, rows=60)}, follow=True)
    assert "3 more films did not fit" in text(answer)


def test_the_summary_offers_the_review_with_the_first_match(owner: Client) -> None:
    session = review_of(owner)
    ImportSession.objects.update(status=SessionStatus.ENRICHING, total_movies=1)
    session.refresh_from_db()
    matched(session)
    answer = owner.get(f"/imports/{session.pk}/", headers=HTMX)
    assert "Start review" in text(answer)
    assert "<html" not in text(answer)


def test_a_series_can_be_taken_in(owner: Client, session: ImportSession) -> None:
    series = MovieFactory(session=session, kind="series", lookup=None, decision=Decision.NOT_A_FILM, title="A Show")
    page = f"/imports/{session.pk}/titles/"
    assert "A Show" in text(owner.get(page))
    answer = owner.post(f"{page}{series.pk}/take-in/", follow=True)
    assert "joins your review" in text(answer)
    series.refresh_from_db()
    assert (series.kind, series.decision) == ("film", Decision.PENDING)


# The card


def test_the_card_shows_the_film_its_name_at_the_source_and_how_sure_the_machine_is(
    owner: Client, session: ImportSession
) -> None:
    movie = matched(session, title="Heat [dt./OV]", watched_on=date(2024, 5, 3), tmdb_movie__title="Heat")
    TmdbMovie.objects.update(overview="A cop, a thief.", poster_path="/heat.jpg", release_date=date(1995, 12, 15))
    page = text(owner.get(page_of(session)))
    for words in ("Heat [dt./OV]", "A cop, a thief.", "1995", "/w500/heat.jpg", "Sure", "3 May 2024", "1 of 1"):
        assert words in page
    assert 'value="2024-05-03"' in page
    assert to(movie, "add") in page


def test_alternatives_come_with_their_reasons(owner: Client, session: ImportSession) -> None:
    movie = unsure(session, scores=(0.8, 0.7, 0.6, 0.5, 0.4, 0.3))
    answer = owner.get(page_of(session))
    card = answer.context["card"]
    assert [choice.film.pk for choice in card.choices] == candidates_of(movie)
    assert (card.sureness, card.is_flagged) == ("probably", False)
    assert "same title, other films with this title: 2" in text(answer)
    assert text(answer).count('name="tmdb_id"') == 6


def test_a_weak_match_is_flagged(owner: Client, session: ImportSession) -> None:
    unsure(session, scores=(0.4,))
    answer = owner.get(page_of(session))
    assert answer.context["card"].sureness == "not_sure"
    assert "Look twice" in text(answer)


def test_a_film_chosen_in_an_earlier_import_says_so(owner: Client, session: ImportSession) -> None:
    movie = matched(session)
    Movie.objects.filter(pk=movie.pk).update(chosen_by=ChosenBy.PERSON)
    assert "you chose this before" in text(owner.get(page_of(session)))


def test_the_next_poster_is_fetched_ahead(owner: Client, session: ImportSession) -> None:
    matched(session, 0)
    second = matched(session, 1)
    assert second.tmdb_movie is not None
    TmdbMovie.objects.filter(pk=second.tmdb_movie.pk).update(poster_path="/next.jpg")
    assert 'class="next-poster"' in text(owner.get(page_of(session)))
    assert "/w500/next.jpg" in text(owner.get(page_of(session)))


def test_the_default_day_is_today_where_none_is_known(owner: Client, session: ImportSession) -> None:
    matched(session)
    assert owner.get(page_of(session)).context["card"].default_date == timezone.localdate()


# Deciding


def test_adding_ranks_the_film_and_goes_on(owner: Client, session: ImportSession) -> None:
    first, second = matched(session, 0), matched(session, 1)
    answer = owner.post(to(first, "add"), {"rating": "4", "rated_at": "2024-01-02", "tmdb_id": first.tmdb_movie_id})
    assert (answer.status_code, answer["Location"]) == (303, page_of(session, "?after=0"))
    ranking = Ranking.objects.get()
    assert ranking.tmdb_movie == first.tmdb_movie
    assert (ranking.rating, ranking.rated_at) == (Decimal(4), date(2024, 1, 2))
    page = owner.get(answer["Location"])
    assert page.context["card"].movie == second
    assert "Added" in text(page)
    progress = page.context["progress"]
    assert (progress.number, progress.total, progress.added, progress.skipped) == (2, 2, 1, 0)


def test_with_htmx_the_answer_holds_the_next_card(owner: Client, session: ImportSession) -> None:
    first, second = matched(session, 0), matched(session, 1)
    answer = owner.post(to(first, "skip"), headers=HTMX)
    assert answer.status_code == 200
    assert to(second, "add") in text(answer)
    assert "<html" not in text(answer)
    assert 'hx-swap-oob="innerHTML"' in text(answer)


def test_adding_without_stars_or_day_takes_the_last_day_and_no_rating(owner: Client, session: ImportSession) -> None:
    movie = matched(session, watched_on=date(2023, 3, 4))
    owner.post(to(movie, "add"))
    assert list(Ranking.objects.values_list("rating", "rated_at")) == [(None, date(2023, 3, 4))]


def test_the_alternative_that_was_picked_is_ranked(owner: Client, session: ImportSession) -> None:
    movie = unsure(session)
    other = candidates_of(movie)[1]
    owner.post(to(movie, "add"), {"rating": "3", "tmdb_id": other})
    assert Ranking.objects.get().tmdb_movie_id == other
    movie.refresh_from_db()
    assert (movie.tmdb_movie_id, movie.decision) == (other, Decision.ADDED)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"rating": "0"}, "one to five whole stars"),
        ({"rating": "6"}, "one to five whole stars"),
        ({"rating": "x"}, "one to five whole stars"),
        ({"rating": "3.5"}, "one to five whole stars"),
        ({"rating": "4", "rated_at": "2999-01-01"}, "has not come yet"),
        ({"rating": "4", "rated_at": "yesterday"}, "not a day"),
        ({"rating": "4", "tmdb_id": "x"}, "not a film&#x27;s number"),
        ({"rating": "4", "tmdb_id": "0"}, "not a film&#x27;s number"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_bad_input_gets_a_sentence_and_changes_nothing(
    owner: Client, session: ImportSession, sent: dict[str, str], sentence: str, headers: dict[str, str]
) -> None:
    movie = matched(session)
    answer = owner.post(to(movie, "add"), sent, headers=headers)
    assert answer.status_code == 400
    assert sentence in text(answer)
    assert to(movie, "add") in text(answer)
    assert not Ranking.objects.exists()


def test_what_was_entered_is_kept_beside_the_sentence(owner: Client, session: ImportSession) -> None:
    movie = unsure(session)
    other = candidates_of(movie)[1]
    page = text(owner.post(to(movie, "add"), {"rating": "4", "rated_at": "2999-01-01", "tmdb_id": other}))
    assert f'value="{other}" id="choice-2" checked' in page
    assert 'name="rating" value="4" checked' in page
    assert 'value="2999-01-01"' in page


def test_a_film_that_tmdb_has_no_more_is_no_choice(owner: Client, session: ImportSession) -> None:
    movie = matched(session)
    for action in ("add", "choose"):
        answer = owner.post(to(movie, action), {"rating": "4", "tmdb_id": "999999"}, headers=HTMX)
        assert answer.status_code == 404
        assert "no film with that number any more" in text(answer)
    assert not Ranking.objects.exists()


def test_a_film_that_is_decided_shows_what_stands(owner: Client, session: ImportSession) -> None:
    movie = matched(session)
    owner.post(to(movie, "add"), {"rating": "4"})
    for action, sent in (("add", {"rating": "1"}), ("skip", {}), ("reject", {}), ("unchoose", {})):
        answer = owner.post(to(movie, action), sent, headers=HTMX)
        assert answer.status_code == 409
        assert "decided already" in text(answer)
        assert "You added this film" in text(answer)
    assert Ranking.objects.get().rating == 4


def test_a_film_that_is_ranked_elsewhere_keeps_its_rating_and_says_so(owner: Client, session: ImportSession) -> None:
    movie = matched(session)
    rank(session, movie.tmdb_movie, rating=2)
    answer = owner.post(to(movie, "add"), {"rating": "5"}, follow=True)
    assert "is in your library already" in text(answer)
    assert Ranking.objects.get().rating == 2


def test_an_unmatched_film_can_not_be_added_unchosen(owner: Client, session: ImportSession) -> None:
    movie = unmatched(session)
    answer = owner.post(to(movie, "add"), {"rating": "4"})
    assert answer.status_code == 400
    assert "Choose the film first" in text(answer)


def test_an_unknown_film_is_not_found(owner: Client, session: ImportSession) -> None:
    for action in ("add", "skip", "undo", "choose", "reject", "unchoose"):
        assert owner.post(f"/imports/{session.pk}/review/0/{action}/").status_code == 404
    assert owner.get(page_of(session, "?film=99999")).status_code == 404


def test_undo_brings_the_newest_decision_back(owner: Client, session: ImportSession) -> None:
    first, second = matched(session, 0), matched(session, 1)
    owner.post(to(first, "add"), {"rating": "4"})
    owner.post(to(second, "skip"))
    for movie in (second, first):
        answer = owner.post(page_of(session, "undo/"), headers=HTMX)
        assert answer.context["card"].movie == movie
    assert not Ranking.objects.exists()
    answer = owner.post(page_of(session, "undo/"))
    assert (answer.status_code, "nothing to undo" in text(answer)) == (400, True)


def test_undo_of_one_film_by_its_own_address(owner: Client, session: ImportSession) -> None:
    first, second = matched(session, 0), matched(session, 1)
    owner.post(to(first, "skip"))
    owner.post(to(second, "skip"))
    owner.post(to(first, "undo"))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.decision, second.decision) == (Decision.PENDING, Decision.SKIPPED)


def test_undo_names_a_ranking_that_was_changed_since(owner: Client, session: ImportSession) -> None:
    movie = matched(session)
    owner.post(to(movie, "add"), {"rating": "4"})
    Ranking.objects.update(rating=1, changed_at=timezone.now())
    assert "stays in your library" in text(owner.post(to(movie, "undo"), follow=True))
    assert Ranking.objects.get().rating == 1


def test_a_film_found_by_hand_stays_to_be_rated(owner: Client, session: ImportSession) -> None:
    movie, film = unmatched(session), TmdbMovieFactory(title="By Hand")
    answer = owner.post(to(movie, "choose"), {"tmdb_id": film.pk}, headers=HTMX)
    assert (answer.context["card"].movie, answer.context["card"].film) == (movie, film)
    answer = owner.post(to(movie, "unchoose"), headers=HTMX)
    assert answer.context["card"].film is None


def test_another_film_can_be_taken_where_none_was_to_decide(owner: Client, session: ImportSession) -> None:
    movie, other = matched(session), TmdbMovieFactory()
    rank(session, movie.tmdb_movie)
    Movie.objects.update(decision=Decision.ALREADY_RANKED)
    assert "in your library already" in text(owner.get(page_of(session, f"?film={movie.pk}")))
    owner.post(to(movie, "choose"), {"tmdb_id": other.pk})
    movie.refresh_from_db()
    assert movie.decision == Decision.PENDING


def test_the_second_title_of_a_film_comes_back_when_the_first_becomes_another(
    owner: Client, session: ImportSession
) -> None:
    first = matched(session, 0)
    second = matched(session, 1, tmdb_movie=first.tmdb_movie)
    Movie.objects.filter(pk=second.pk).update(decision=Decision.SAME_FILM)
    owner.post(to(first, "choose"), {"tmdb_id": TmdbMovieFactory().pk})
    second.refresh_from_db()
    assert second.decision == Decision.PENDING


def test_leaving_and_coming_back_continues(owner: Client, session: ImportSession) -> None:
    first, second = matched(session, 0), matched(session, 1)
    owner.post(to(first, "skip"))
    assert owner.get(page_of(session)).context["card"].movie == second


def test_the_review_waits_for_matches_and_says_so(owner: Client, session: ImportSession) -> None:
    MovieFactory(session=session, decision=Decision.PENDING)
    ImportSession.objects.update(total_movies=1, status=SessionStatus.ENRICHING)
    page = text(owner.get(page_of(session)))
    assert "The next film is being matched" in page
    assert 'hx-trigger="every 2s"' in page


# The clock


def test_the_page_knows_when_the_review_ends(owner: Client, session: ImportSession) -> None:
    matched(session)
    page = text(owner.get(page_of(session)))
    assert f'data-ends="{int(session.expires_at.timestamp())}"' in page  # type: ignore[union-attr]
    assert "Open until" in page


def test_a_review_that_ended_between_two_clicks_says_so(owner: Client, session: ImportSession) -> None:
    movie = matched(session)
    ImportSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = owner.post(to(movie, "add"), {"rating": "4"})
    assert answer.status_code == 404
    assert "This import has ended" in text(answer)
    answer = owner.post(
        to(movie, "add"), {"rating": "4"}, headers={**HTMX, "HX-Current-URL": f"http://testserver{page_of(session)}"}
    )
    assert (answer.status_code, answer["HX-Redirect"]) == (404, page_of(session))
    assert not Ranking.objects.exists()


# Search by hand


def test_search_shows_films_to_pick(owner: Client, session: ImportSession, tmdb: TmdbServer) -> None:
    movie, wanted = unmatched(session), generated_films(1)[0]
    query = {"film": movie.pk, "q": wanted["title"]}
    for headers in ({}, HTMX):
        answer = owner.get(page_of(session, "search/"), query, headers=headers)
        assert f'name="tmdb_id" value="{wanted["id"]}"' in text(answer)
        assert to(movie, "choose") in text(answer)
    assert "TMDB finds no film" in text(owner.get(page_of(session, "search/"), query | {"q": "Qqzzx"}))


def test_search_shows_what_is_known_here_at_once_and_then_what_tmdb_has_besides(
    owner: Client, session: ImportSession, tmdb: TmdbServer
) -> None:
    movie = unmatched(session)
    known = TmdbMovieFactory(title="Zebra Crossing", vote_count=5000)
    tmdb.catalogue.add(film(known.pk, "Zebra Crossing"), film(900_002, "Zebra Crossing Again", vote_count=1))
    query: dict[str, Any] = {"film": movie.pk, "q": "zebra cros"}
    at_once = text(owner.get(page_of(session, "search/"), query, headers=HTMX))
    assert f'name="tmdb_id" value="{known.pk}"' in at_once
    assert tmdb.record.requests == 0
    [rest] = re.findall(r'hx-get="([^"]+rest=1)" hx-trigger="load"', at_once)
    rest = rest.replace("&amp;", "&")
    assert "tmdb_id" not in text(owner.get(rest, headers=HTMX))  # TMDB wants whole words
    besides = text(owner.get(rest.replace("cros&", "crossing&"), headers=HTMX))
    assert re.findall(r'name="tmdb_id" value="(\d+)"', besides) == ["900002"]
    assert "rest=1" not in besides


def test_search_without_javascript_shows_all_in_one_page(
    owner: Client, session: ImportSession, tmdb: TmdbServer
) -> None:
    movie, known = unmatched(session), TmdbMovieFactory(title="Zebra Crossing", vote_count=5000)
    tmdb.catalogue.add(film(900_002, "Zebra Crossing Again"))
    for q, found in (("zebra crossing", "900002"), ("zebra crosing", str(known.pk))):
        query: dict[str, Any] = {"film": movie.pk, "q": q}
        shown = text(owner.get(page_of(session, "search/"), query))
        assert re.findall(r'name="tmdb_id" value="(\d+)"', shown) == [found]
        assert "rest=1" not in shown


def test_search_while_tmdb_is_down_shows_what_is_known_here(
    owner: Client, session: ImportSession, tmdb: TmdbServer
) -> None:
    movie, known = unmatched(session), TmdbMovieFactory(title="Zebra Crossing", vote_count=5000)
    tmdb.fail = "down"
    query: dict[str, Any] = {"film": movie.pk, "q": "zebra"}
    answer = owner.get(page_of(session, "search/"), query)
    assert f'value="{known.pk}"' in text(answer)
    for shown in (answer, owner.get(page_of(session, "search/"), query | {"rest": 1}, headers=HTMX)):
        assert (shown.status_code, "TMDB can&#x27;t be reached" in text(shown)) == (200, True)


def test_search_says_when_tmdb_is_down(owner: Client, session: ImportSession, tmdb: TmdbServer) -> None:
    tmdb.fail = "down"
    unmatched(session)
    answer = owner.get(page_of(session, "search/"), {"q": "Zebra"}, headers=HTMX)
    assert answer.status_code == 503
    assert "TMDB can&#x27;t be reached" in text(answer)


def test_search_says_what_it_can_not_look_for(owner: Client, session: ImportSession) -> None:
    unmatched(session)
    answer = owner.get(page_of(session, "search/"), {"q": "themoviedb.org/tv/1396"})
    assert (answer.status_code, "That is a series" in text(answer)) == (400, True)


# All at once


def test_sure_films_are_listed_added_and_undone_together(owner: Client, session: ImportSession) -> None:
    movies = [matched(session, turn) for turn in range(3)]
    unsure(session, 3)
    page = page_of(session, "all/")
    assert text(owner.get(page)).count('type="checkbox"') == 3
    picked = [movie.pk for movie in movies[:2]]
    answer = owner.post(page, {"film": picked, "rating": "3"}, follow=True)
    assert "Undo all 2" in text(answer)
    assert set(Ranking.objects.values_list("movie", "rating")) == {(pk, Decimal(3)) for pk in picked}
    assert "2 films are taken back" in text(owner.post(page_of(session, "undo/"), follow=True))
    assert not Ranking.objects.exists()


def test_adding_all_to_be_decided_later(owner: Client, session: ImportSession) -> None:
    movie = matched(session)
    owner.post(to(movie, "choose"), {"tmdb_id": TmdbMovieFactory().pk})  # it is remembered already
    owner.post(page_of(session, "all/"), {"film": [movie.pk], "rating": ""})
    assert Ranking.objects.get().rating is None


def test_a_bad_rating_for_all_adds_nothing(owner: Client, session: ImportSession) -> None:
    movie = matched(session)
    assert owner.post(page_of(session, "all/"), {"film": [movie.pk], "rating": "6"}).status_code == 400
    assert not Ranking.objects.exists()


# The end


def test_completing_says_what_came_of_it_and_keeps_the_import(owner: Client, session: ImportSession) -> None:
    owner.post(to(matched(session, 0), "add"), {"rating": "4"})
    owner.post(to(matched(session, 1), "skip"))
    lost = unmatched(session, 2, title="=cmd()", year=None)
    page = f"/imports/{session.pk}/complete/"
    answer = owner.get(page)
    progress = answer.context["progress"]
    assert (progress.added, progress.skipped, progress.left) == (1, 1, 1)
    assert f"?film={lost.pk}" in text(answer)
    answer = owner.post(page, follow=True)
    assert "Your review is complete" in text(answer)
    session.refresh_from_db()
    assert session.closed_at is not None
    assert session.expires_at is None


def test_unmatched_titles_as_csv_hold_no_formula(owner: Client, session: ImportSession) -> None:
    unmatched(session, title="=cmd()", year=None, watched_on=date(2024, 1, 2))
    answer = owner.get(f"/imports/{session.pk}/unmatched.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines == ["Title,Year,Watched", "'=cmd(),,2024-01-02"]


def test_undoing_the_import_asks_then_takes_back_what_it_added(owner: Client, session: ImportSession) -> None:
    first, second = matched(session, 0), matched(session, 1)
    owner.post(to(first, "add"), {"rating": "4"})
    owner.post(to(second, "add"), {"rating": "5"})
    Ranking.objects.filter(movie=second).update(changed_at=timezone.now(), title="Kept One")
    address = f"/imports/{session.pk}/undo/"
    page = text(owner.get(address))
    assert "1 film that you added in this review" in page
    assert "Kept One" in page
    answer = owner.post(address, follow=True)
    assert "1 film was taken back" in text(answer)
    assert "Kept One" in text(answer)
    assert not ImportSession.objects.exists()
    assert Ranking.objects.get().title == "Kept One"


def test_cancelling_deletes_the_import(owner: Client, session: ImportSession) -> None:
    matched(session)
    assert "stay in your library" in text(owner.get(f"/imports/{session.pk}/delete/"))
    answer = owner.post(f"/imports/{session.pk}/delete/", follow=True)
    assert "The import is deleted." in text(answer)
    assert not ImportSession.objects.exists()


# Letterboxd: what the machine left open, without ratings


@pytest.fixture
def letterboxd(client: Client) -> ImportSession:
    """An import of this browser, which is not signed in."""
    made: ImportSession = ImportSessionFactory(status=SessionStatus.COMPLETED)
    browser = client.session
    browser["browser_key"] = made.browser_key
    browser.save()
    return made


def test_letterboxds_unclear_films_are_reviewed_without_stars(client: Client, letterboxd: ImportSession) -> None:
    first, second = unsure(letterboxd, 1), unmatched(letterboxd, 2)
    MovieFactory(session=letterboxd, matched=True, turn=0)
    answer = client.get(page_of(letterboxd))
    assert answer.context["card"].movie == first
    assert 'name="rating"' not in text(answer)
    film = TmdbMovie.objects.get(pk=candidates_of(first)[0])
    TmdbMovie.objects.filter(pk=film.pk).update(details_status="done", fetched_at=timezone.now())
    answer = client.post(to(first, "choose"), {"tmdb_id": film.pk}, headers=HTMX)
    assert answer.context["card"].movie == second
    first.refresh_from_db()
    assert (first.tmdb_movie, first.outcome, first.chosen_by) == (film, Outcome.MATCHED, ChosenBy.PERSON)
    answer = client.post(to(second, "reject"), headers=HTMX)
    assert "That was the last one" in text(answer)
    answer = client.post(page_of(letterboxd, "undo/"), headers=HTMX)
    assert answer.context["card"].movie == second


def test_a_film_that_the_person_calls_not_on_tmdb_is_settled(client: Client, letterboxd: ImportSession) -> None:
    films = [unmatched(letterboxd, turn) for turn in range(3)]
    for movie in films[:2]:
        client.post(to(movie, "reject"))
    page = text(client.get(letterboxd.get_absolute_url()))
    assert "2 not on TMDB (your decision)" in page
    assert "<b>1</b>not found" in page and "Look at 1 unclear film<" in page and "Ask TMDB again" in page
    client.post(to(films[2], "reject"))
    page = text(client.get(letterboxd.get_absolute_url()))
    assert "3 not on TMDB (your decision)" in page
    assert "unclear film" not in page and "Ask TMDB again" not in page
    client.post(to(films[2], "unchoose"))
    assert "Look at 1 unclear film<" in text(client.get(letterboxd.get_absolute_url()))


def test_what_a_review_skipped_is_not_asked_again(owner: Client, session: ImportSession) -> None:
    movie = unmatched(session)
    assert "Ask TMDB again" in text(owner.get(session.get_absolute_url()))
    owner.post(to(movie, "skip"))
    assert "Ask TMDB again" not in text(owner.get(session.get_absolute_url()))


def test_later_moves_on_and_comes_back_at_the_end(client: Client, letterboxd: ImportSession) -> None:
    films = [unsure(letterboxd, turn) for turn in range(3)]
    assert client.get(page_of(letterboxd, "?after=0")).context["card"].movie == films[1]
    answer = client.post(to(films[1], "reject"), headers=HTMX)
    assert answer.context["card"].movie == films[2]
    answer = client.post(to(films[2], "reject"), headers=HTMX)
    assert answer.context["card"].movie == films[0]


def test_letterboxd_has_no_ratings_to_give(client: Client, letterboxd: ImportSession) -> None:
    movie = unsure(letterboxd)
    assert client.post(to(movie, "add"), {"rating": "4"}).status_code == 404
    assert client.post(to(movie, "skip")).status_code == 404
    for address in ("review/all/", "complete/", "titles/"):
        assert client.get(f"/imports/{letterboxd.pk}/{address}").status_code == 404


def test_a_films_page_asks_whether_it_is_the_film(client: Client, letterboxd: ImportSession) -> None:
    movie, other = MovieFactory(session=letterboxd, matched=True), TmdbMovieFactory(done=True)
    counted(letterboxd, "matched_count")
    page = text(client.get(movie.get_absolute_url()))
    assert "Not this film?" in page
    assert "Not this film?" not in text(Client().get(movie.get_absolute_url()))
    answer = client.get(page_of(letterboxd, f"?film={movie.pk}&back"))
    assert answer.context["card"].film == movie.tmdb_movie
    answer = client.post(to(movie, "choose"), {"tmdb_id": other.pk, "back": "1"})
    assert answer["Location"] == movie.get_absolute_url()
    movie.refresh_from_db()
    assert movie.tmdb_movie == other


# Safety and speed


def test_decisions_need_the_csrf_token(session: ImportSession) -> None:
    movie = matched(session)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(session.user)  # type: ignore[arg-type]
    for address in (to(movie, "add"), to(movie, "skip"), page_of(session, "undo/"), f"/imports/{session.pk}/undo/"):
        assert strict.post(address, {"rating": "4"}).status_code == 403
    assert not Ranking.objects.exists()


def queries_of(owner: Client, address: str, **sent: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert owner.post(address, sent, headers=HTMX).status_code == 200
    bookkeeping = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")
    return sum(not query["sql"].startswith(bookkeeping) for query in captured)


def decided_with_queries(owner: Client, films: int) -> tuple[int, int]:
    """(adding, skipping) in a review of so many films, and a library with as many rankings."""
    session = review_of(owner, last_accessed=timezone.now() - timedelta(minutes=5))
    movies = [matched(session, turn) for turn in range(films)]
    for movie in movies:
        TitleLookup.objects.filter(movies=movie).update(candidates=[{"id": movie.tmdb_movie_id, "score": 1.0}])
        rank(session, None)
    counts = queries_of(owner, to(movies[0], "add"), rating="4"), queries_of(owner, to(movies[1], "skip"))
    ImportSession.objects.all().delete()
    return counts


def test_a_decision_costs_the_same_few_queries_for_any_size(owner: Client) -> None:
    few, many = decided_with_queries(owner, 5), decided_with_queries(owner, 300)
    assert few == many
    assert max(many) <= 13  # two of them lock, and one tells the library


@pytest.mark.parametrize("films", [2, 60])
def test_adding_an_unsure_film_costs_no_more(owner: Client, films: int) -> None:
    session = review_of(owner, last_accessed=timezone.now())
    movies = [unsure(session, turn) for turn in range(films)]
    chosen = str(candidates_of(movies[0])[0])
    assert queries_of(owner, to(movies[0], "add"), rating="4", tmdb_id=chosen) == 13  # two of them lock


@pytest.mark.parametrize("after", ["0", "999999999999999", "-1", "x", ""])
def test_going_on_after_any_place_finds_a_film(owner: Client, session: ImportSession, after: str) -> None:
    matched(session)
    assert owner.get(page_of(session, f"?after={after}")).context["card"] is not None
