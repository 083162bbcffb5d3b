"""Asking TMDB again: about a film, an import, everything."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from enrichment import tasks
from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie
from imports.models import ChosenBy, Decision, ImportSession, Movie, Outcome, Owner, SessionStatus, Source
from imports.outcomes import ask_again, recount
from imports.outcomes.ask_again import Which
from imports.review import decisions
from imports.sessions.start import start_import
from imports.sources.base import Upload
from tests.exports import letterboxd_zip
from tests.factories import ImportSessionFactory, MovieFactory, TitleLookupFactory, TmdbMovieFactory, UserFactory
from tests.tmdb_films import generated_films
from tests.tmdb_server import TmdbServer

pytestmark = pytest.mark.django_db(transaction=True)

WITHOUT_MATCH = (Outcome.FAILED, Outcome.UNSURE, Outcome.UNMATCHED)


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory(username="owner"))
    return client


@pytest.fixture
def session(owner: Client) -> ImportSession:
    made: ImportSession = ImportSessionFactory(user_id=owner.session["_auth_user_id"], browser_key="")
    return made


def unanswered(session: ImportSession, outcome: Outcome, **fields: Any) -> Movie:
    """A film of this import that ended without a match."""
    if "lookup" not in fields:
        lookup = {"title": f"Unanswered {TitleLookup.objects.count()}", "error": "TMDB answered 400"}
        fields["lookup"] = TitleLookupFactory(**lookup, status=outcome.value, asked_at=timezone.now())
    movie: Movie = MovieFactory(session=session, outcome=outcome, settled_at=timezone.now(), **fields)
    return movie


def without_details(session: ImportSession, film: TmdbMovie | None = None, **fields: Any) -> Movie:
    """A film that is known and matched, but whose details could not be fetched."""
    film = film or TmdbMovieFactory(details_status=DetailsStatus.FAILED, attempts=5, error="TMDB answered 422")
    lookup = TitleLookup.objects.filter(tmdb_movie=film).first()
    lookup = lookup or TitleLookupFactory(
        title=f"Known {film.pk}", status=LookupStatus.MATCHED, tmdb_movie=film, confidence=1
    )
    chosen: dict[str, Any] = {"tmdb_movie": film, "chosen_by": ChosenBy.MACHINE, "lookup": lookup}
    return unanswered(session, Outcome.FAILED, **(chosen | fields))


def completed(*sessions: ImportSession) -> None:
    """Their counters as the films have them."""
    for session in sessions:
        recount._check(session.pk, mends=True)
        session.refresh_from_db()
        assert session.status == SessionStatus.COMPLETED


def ask(client: Client, subject: Movie | ImportSession, **data: str) -> Any:
    return client.post(f"{subject.get_absolute_url()}ask-again/", data)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


# One film


@pytest.mark.parametrize("outcome", WITHOUT_MATCH)
def test_a_film_without_a_match_can_be_asked_about_again(
    outcome: Outcome, owner: Client, session: ImportSession
) -> None:
    movie = unanswered(session, outcome)
    completed(session)
    assert f'action="{movie.get_absolute_url()}ask-again/"' in page(owner, movie.get_absolute_url())
    answer = ask(owner, movie)
    assert (answer.status_code, answer["Location"]) == (303, movie.get_absolute_url())
    movie.refresh_from_db()
    session.refresh_from_db()
    lookup = TitleLookup.objects.get()
    assert (lookup.status, lookup.attempts, lookup.error) == (LookupStatus.PENDING, 0, "")
    assert (movie.outcome, session.status, session.enriched_count) == (Outcome.OPEN, SessionStatus.ENRICHING, 0)
    assert recount.drifts() == []
    shown = page(owner, movie.get_absolute_url())
    assert "TMDB is asked again about" in shown and "ask-again/" not in shown


def test_the_film_page_says_why_it_failed(owner: Client, session: ImportSession) -> None:
    assert "TMDB answered 400" in page(owner, unanswered(session, Outcome.FAILED).get_absolute_url())
    assert "TMDB answered 422" in page(owner, without_details(session).get_absolute_url())


def test_a_matched_film_is_not_asked_about(owner: Client, session: ImportSession) -> None:
    film = TmdbMovieFactory(done=True)
    movie = MovieFactory(session=session, matched=True, tmdb_movie=film, lookup__matched=True, lookup__tmdb_movie=film)
    completed(session)
    assert "ask-again/" not in page(owner, movie.get_absolute_url())
    ask(owner, movie)
    assert TitleLookup.objects.get().status == LookupStatus.MATCHED
    assert "There is nothing to ask TMDB about" in page(owner, movie.get_absolute_url())


def test_what_a_person_called_none_of_these_stays(owner: Client, session: ImportSession) -> None:
    movie = unanswered(session, Outcome.UNSURE)
    completed(session)
    decisions.reject(movie)
    assert "ask-again/" not in page(owner, movie.get_absolute_url())
    ask(owner, movie)
    ask(owner, session, which="unclear")
    assert TitleLookup.objects.get().status == LookupStatus.UNSURE
    movie.refresh_from_db()
    assert (movie.outcome, movie.chosen_by) == (Outcome.UNMATCHED, ChosenBy.PERSON)


def test_a_reader_with_the_link_is_not_offered_it_and_can_not_do_it(session: ImportSession) -> None:
    movie = unanswered(session, Outcome.FAILED)
    completed(session)
    for subject in (movie, session):
        assert "ask-again/" not in page(Client(), subject.get_absolute_url())
        assert ask(Client(), subject).status_code == 404
    assert TitleLookup.objects.get().status == LookupStatus.FAILED


def test_asking_again_is_no_get(owner: Client, session: ImportSession) -> None:
    movie = unanswered(session, Outcome.FAILED)
    for subject in (movie, session):
        assert owner.get(f"{subject.get_absolute_url()}ask-again/").status_code == 405


# Details


def test_failed_details_are_fetched_again_for_everyone_who_waited(session: ImportSession, owner: Client) -> None:
    movie = without_details(session)
    other = without_details(ImportSessionFactory(), movie.tmdb_movie)
    completed(session, other.session)
    ask(owner, movie)
    film = TmdbMovie.objects.get()
    assert (film.details_status, film.attempts, film.error) == (DetailsStatus.PENDING, 0, "")
    for waiting in (movie, other):
        waiting.refresh_from_db()
        assert (waiting.outcome, waiting.settled_at) == (Outcome.OPEN, None)
        assert (waiting.tmdb_movie, waiting.chosen_by) == (film, ChosenBy.MACHINE)
        waiting.session.refresh_from_db()
        assert (waiting.session.status, waiting.session.failed_count) == (SessionStatus.ENRICHING, 0)
        assert waiting.session.closed_at is None
    assert TitleLookup.objects.get().status == LookupStatus.MATCHED  # that question has its answer
    assert recount.drifts() == []


def test_details_of_a_film_that_a_person_chose_are_fetched_again_and_the_choice_stays(
    session: ImportSession, owner: Client
) -> None:
    movie = without_details(session, chosen_by=ChosenBy.PERSON)
    completed(session)
    ask(owner, movie)
    movie.refresh_from_db()
    assert (movie.outcome, movie.chosen_by) == (Outcome.OPEN, ChosenBy.PERSON)
    assert movie.tmdb_movie_id is not None
    assert recount.drifts() == []


def test_failed_details_that_arrive_after_all_complete_the_import(tmdb: TmdbServer) -> None:
    made = imported(1)
    tasks.run(20)
    TmdbMovie.objects.filter(lookups__movies__session=made).update(details_status=DetailsStatus.FAILED, error="422")
    Movie.objects.filter(session=made).update(outcome=Outcome.FAILED)
    completed(made)
    assert made.failed_count == 1
    assert ask_again.ask_import_again(made, Which.FAILED) == 1
    tasks.run(20)
    made.refresh_from_db()
    assert (made.status, made.matched_count, made.failed_count) == (SessionStatus.COMPLETED, 1, 0)
    assert recount.drifts() == []


# A whole import


def imported(count: int, browser: str = "a-browser") -> ImportSession:
    titles = [(film["title"], int(film["release_date"][:4])) for film in generated_films(count)]
    return start_import(Owner(browser_key=browser), [Upload("export.zip", letterboxd_zip(count, titles=titles))])


def test_an_import_is_asked_about_by_default_only_where_it_failed(owner: Client, session: ImportSession) -> None:
    movies = {outcome: unanswered(session, outcome) for outcome in WITHOUT_MATCH}
    incomplete = without_details(session)
    completed(session)
    answer = ask(owner, session)
    assert (answer.status_code, answer["Location"]) == (303, session.get_absolute_url())
    assert "TMDB is asked again about 2 films." in page(owner, session.get_absolute_url())
    still = set(session.movies.exclude(outcome=Outcome.OPEN).values_list("pk", flat=True))
    assert still == {movies[Outcome.UNSURE].pk, movies[Outcome.UNMATCHED].pk}
    assert incomplete.pk not in still
    assert recount.drifts() == []


def test_an_import_is_asked_about_wholly_on_demand(owner: Client, session: ImportSession) -> None:
    for outcome in WITHOUT_MATCH:
        unanswered(session, outcome)
    MovieFactory(session=session, matched=True)
    completed(session)
    ask(owner, session, which="unclear")
    session.refresh_from_db()
    assert (session.enriched_count, session.matched_count) == (1, 1)
    assert TitleLookup.objects.waiting().count() == 4  # with the match's, which was never put
    assert recount.drifts() == []


def test_the_import_page_offers_what_there_is_to_ask(owner: Client, session: ImportSession) -> None:
    MovieFactory(session=session, matched=True)
    completed(session)
    assert "ask-again/" not in page(owner, session.get_absolute_url())
    unsure = unanswered(session, Outcome.UNSURE)
    completed(session)
    shown = page(owner, session.get_absolute_url())
    assert 'value="unclear"' in shown and 'value="failed"' not in shown
    Movie.objects.filter(pk=unsure.pk).update(outcome=Outcome.FAILED)
    completed(session)
    shown = page(owner, session.get_absolute_url())
    assert 'value="failed"' in shown and 'value="unclear"' not in shown


def test_while_an_import_is_matched_only_failed_films_are_offered(owner: Client, session: ImportSession) -> None:
    unanswered(session, Outcome.UNSURE)
    unanswered(session, Outcome.FAILED)
    MovieFactory(session=session)
    recount._check(session.pk, mends=True)
    shown = page(owner, session.get_absolute_url())
    assert 'value="failed"' in shown and 'value="unclear"' not in shown


def test_asking_twice_asks_once(owner: Client, session: ImportSession) -> None:
    unanswered(session, Outcome.FAILED)
    completed(session)
    ask(owner, session)
    ask(owner, session)
    said = page(owner, session.get_absolute_url())
    assert "asked again about 1 film." in said and "There is no film to ask TMDB about again." in said


def test_a_shared_question_opens_everyones_film_and_nobody_elses_choice(owner: Client, session: ImportSession) -> None:
    movie = unanswered(session, Outcome.UNSURE)
    other = unanswered(ImportSessionFactory(), Outcome.UNSURE, lookup=movie.lookup)
    chose = unanswered(ImportSessionFactory(), Outcome.UNSURE, lookup=movie.lookup)
    film = TmdbMovieFactory(done=True)
    completed(session, other.session, chose.session)
    decisions.choose(chose, film.pk)
    ask(owner, session, which="unclear")
    other.refresh_from_db()
    chose.refresh_from_db()
    assert other.outcome == Outcome.OPEN
    assert (chose.outcome, chose.tmdb_movie_id) == (Outcome.MATCHED, film.pk)
    assert recount.drifts() == []


def test_many_films_are_asked_about_in_batches_and_few_queries(
    session: ImportSession, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    for _ in range(45):
        unanswered(session, Outcome.FAILED)
    completed(session)
    monkeypatch.setattr("enrichment.batches.SIZE", 20)
    with django_assert_max_num_queries(100):  # for three batches, enqueuing included
        assert ask_again.ask_import_again(session, Which.FAILED) == 45
    session.refresh_from_db()
    assert (session.failed_count, session.enriched_count) == (0, 0)
    assert recount.drifts() == []


def test_asking_while_workers_answer_keeps_counters_exact(tmdb: TmdbServer) -> None:
    sessions = [imported(30, f"browser-{n}") for n in range(2)]
    tasks.run(20)
    TitleLookup.objects.update(status=LookupStatus.FAILED, tmdb_movie=None, error="broken")
    Movie.objects.update(outcome=Outcome.FAILED, tmdb_movie=None, chosen_by=ChosenBy.NOBODY)
    completed(*sessions)

    def apart(work: Callable[..., object], *arguments: object) -> None:
        try:
            work(*arguments)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        asking = [pool.submit(apart, ask_again.ask_import_again, made, Which.UNCLEAR) for made in sessions * 2]
        working = [pool.submit(apart, tasks.run, 20) for _ in range(2)]
        for future in [*asking, *working]:
            future.result()
    tasks.run(20)
    for session in sessions:
        session.refresh_from_db()
        assert (session.status, session.matched_count) == (SessionStatus.COMPLETED, 30)
    assert recount.drifts() == []


# In a review


@pytest.fixture
def review(owner: Client) -> ImportSession:
    made: ImportSession = ImportSessionFactory(
        user_id=owner.session["_auth_user_id"], browser_key="", source=Source.PRIME_VIDEO, link_readable=False
    )
    return made


def test_the_card_of_a_film_without_a_match_offers_it_and_goes_on(owner: Client, review: ImportSession) -> None:
    movie = unanswered(review, Outcome.UNMATCHED, decision=Decision.PENDING)
    completed(review)
    wizard = f"{review.get_absolute_url()}review/"
    assert f'formaction="{movie.get_absolute_url()}ask-again/"' in page(owner, wizard)
    answer = ask(owner, movie, review="")
    assert (answer.status_code, answer["Location"]) == (303, f"{wizard}?after={movie.turn}")
    review.refresh_from_db()
    assert (review.status, review.expires_at, review.closed_at) == (SessionStatus.ENRICHING, None, None)
    assert recount.drifts() == []


def test_a_failure_is_not_called_not_found(owner: Client, session: ImportSession) -> None:
    unanswered(session, Outcome.FAILED)
    completed(session)
    shown = page(owner, f"{session.get_absolute_url()}review/")
    assert "TMDB could not be asked about it" in shown and "<b>Not found</b>" not in shown


def test_htmx_is_led_to_the_page_and_a_card_opened_from_a_film_leads_back(owner: Client, review: ImportSession) -> None:
    movie = unanswered(review, Outcome.UNSURE, decision=Decision.PENDING)
    completed(review)
    sent = {"review": "", "back": "1"}
    answer = owner.post(f"{movie.get_absolute_url()}ask-again/", sent, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == movie.get_absolute_url()


def test_what_a_person_skipped_is_not_asked_about(owner: Client, review: ImportSession) -> None:
    movie = unanswered(review, Outcome.UNMATCHED, decision=Decision.SKIPPED, decided_at=timezone.now())
    completed(review)
    ask(owner, movie)
    ask(owner, review, which="unclear")
    movie.refresh_from_db()
    assert (movie.outcome, movie.decision) == (Outcome.UNMATCHED, Decision.SKIPPED)
    assert TitleLookup.objects.get().status == LookupStatus.UNMATCHED


# By command


def enrich(*arguments: str) -> str:
    out = StringIO()
    call_command("enrich", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_asks_about_an_import(session: ImportSession) -> None:
    for outcome in WITHOUT_MATCH:
        unanswered(session, outcome)
    completed(session)
    assert enrich("--session", str(session.pk), "--failed") == "Films that are asked about again: 1\n"
    assert enrich("--session", str(session.pk)) == "Films that are asked about again: 2\n"
    assert TitleLookup.objects.waiting().count() == 3
    assert recount.drifts() == []


def test_the_command_asks_about_everything(session: ImportSession) -> None:
    without_details(session)
    for outcome in WITHOUT_MATCH:
        unanswered(session, outcome)
    completed(session)
    assert enrich("--all", "--failed") == "Questions that are asked again: 2\n"
    assert enrich("--all") == "Questions that are asked again: 2\n"
    assert enrich("--all") == "Questions that are asked again: 0\n"
    session.refresh_from_db()
    assert session.enriched_count == 0
    assert recount.drifts() == []


@pytest.mark.parametrize("session_id", ["a9ea73d0-dfa5-4416-b183-3f3543809a2f", "no-such-id"])
def test_the_command_names_an_import_that_does_not_exist(session_id: str) -> None:
    with pytest.raises(CommandError, match=f"There is no import with the id '{session_id}'"):
        enrich("--session", session_id)


@pytest.mark.parametrize("arguments", [[], ["--all", "--session", "x"]])
def test_the_command_wants_an_import_or_all(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        enrich(*arguments)
