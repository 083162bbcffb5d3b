"""The admin's pages of imports and people: who sees them, what can be done, and that it goes through the services."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_q.models import Failure, OrmQ, Schedule, Success
from django_q.tasks import async_task

from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie
from imports.models import (
    ChosenBy,
    HandViewing,
    ImportSession,
    Library,
    LibraryDecision,
    LibraryFilm,
    LibraryViewing,
    MatchMemory,
    Movie,
    Outcome,
    Ranking,
    RowProblem,
    SessionStatus,
    ShareLink,
    Source,
)
from imports.outcomes import recount, settle
from imports.reconciling import keeping
from imports.sessions.lifetime import expire_now, extend
from tests.factories import (
    ImportSessionFactory,
    MovieFactory,
    RankingFactory,
    TitleLookupFactory,
    TmdbMovieFactory,
    UserFactory,
    ViewingFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

YES = {"confirmed": "yes"}


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory(username="operator", is_staff=True, is_superuser=True))
    return client


def changelist(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def change(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def act(client: Client, action: str, *rows: Any, **data: str) -> Any:
    return client.post(changelist(rows[0]), {"action": action, "_selected_action": [row.pk for row in rows], **data})


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def problem() -> RowProblem:
    session = ImportSession.objects.last() or ImportSessionFactory()
    return RowProblem.objects.create(session=session, file="watched.csv", line=3, kind="lost", reason="no_title")


def memory() -> MatchMemory:
    return MatchMemory.objects.create(user=UserFactory(), title_key="heat", tmdb_movie=TmdbMovieFactory())


def share_link() -> ShareLink:
    return ShareLink.objects.create(session=ImportSessionFactory(), token_hash=f"hash{ShareLink.objects.count()}")


def movie_with_viewing() -> Movie:
    movie: Movie = ViewingFactory(movie=MovieFactory(matched=True)).movie
    return movie


def session_with_films() -> ImportSession:
    movie = MovieFactory(session__user=UserFactory(), session__browser_key="")
    ImportSession.objects.filter(pk=movie.session_id).update(files=[{"name": "watched.csv", "size": 9, "rows": 1}])
    session: ImportSession = movie.session
    return session


def library_viewing() -> LibraryViewing:
    session = ImportSessionFactory(user=UserFactory(), browser_key="", status=SessionStatus.COMPLETED)
    ViewingFactory(movie=MovieFactory(session=session, matched=True), watched_on="2024-01-02")
    keeping.recompute(session.user)
    return LibraryViewing.objects.select_related("film__user__library").get(user=session.user)


def hand_viewing() -> HandViewing:
    return HandViewing.objects.create(user=UserFactory(), tmdb_movie=TmdbMovieFactory(), watched_on=date(2024, 1, 2))


def library_decision() -> LibraryDecision:
    return LibraryDecision.objects.create(user=UserFactory(), kind="not_mine", refs=["letterboxd\tx"])


MAKE: dict[Any, Callable[[], Any]] = {
    ImportSession: session_with_films,
    Movie: movie_with_viewing,
    RowProblem: problem,
    Ranking: RankingFactory,
    MatchMemory: memory,
    ShareLink: share_link,
    Library: lambda: library_viewing().user.library,
    LibraryFilm: lambda: library_viewing().film,
    LibraryViewing: library_viewing,
    LibraryDecision: library_decision,
    HandViewing: hand_viewing,
    User: UserFactory,
    TitleLookup: lambda: TitleLookupFactory(matched=True, candidates=[{"id": TmdbMovieFactory().pk, "score": 0.5}]),
    TmdbMovie: TmdbMovieFactory,
}
# what staff get with GET: (add, delete); everyone else is led to the login
ALLOWED: dict[Any, tuple[int, int]] = {
    ImportSession: (403, 200),
    Movie: (403, 403),
    RowProblem: (403, 403),
    Ranking: (403, 403),
    MatchMemory: (403, 403),
    ShareLink: (403, 200),
    Library: (403, 403),
    LibraryFilm: (403, 403),
    LibraryViewing: (403, 403),
    LibraryDecision: (403, 403),
    HandViewing: (403, 403),
    User: (200, 200),
    TitleLookup: (403, 403),
    TmdbMovie: (403, 403),
}


@pytest.mark.parametrize("model", MAKE)
def test_each_page_answers_by_who_asks(model: Any, staff: Client) -> None:
    row, name = MAKE[model](), f"admin:{model._meta.app_label}_{model._meta.model_name}"
    add, delete = ALLOWED[model]
    expected = {
        reverse(f"{name}_changelist"): 200,
        reverse(f"{name}_change", args=[row.pk]): 200,
        reverse(f"{name}_history", args=[row.pk]): 200,
        reverse(f"{name}_add"): add,
        reverse(f"{name}_delete", args=[row.pk]): delete,
    }
    if model is TitleLookup:
        expected[reverse(f"{name}_choose", args=[row.pk])] = 200
    person, helper = Client(), Client()
    person.force_login(UserFactory())
    helper.force_login(UserFactory(is_staff=True))  # who may enter, but was given no permission
    for address, status in expected.items():
        assert staff.get(address).status_code == status, address
        assert helper.get(address).status_code == 403, address
        for other in (Client(), person):
            for answer in (other.get(address), other.post(address)):
                assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={address}")


@pytest.mark.parametrize("model", MAKE)
def test_queries_do_not_grow_with_rows(model: Any, staff: Client) -> None:
    needed = []
    page(staff, change(MAKE[model]()))  # Django remembers content types from now on
    for more in (2, 27):
        rows = [MAKE[model]() for _ in range(more)]
        with CaptureQueriesContext(connection) as queries:
            page(staff, changelist(model))
            page(staff, change(rows[0]))
        needed.append(len(queries))
    assert needed[0] == needed[1]


def test_a_films_page_needs_as_many_queries_with_many_viewings(staff: Client) -> None:
    movie, needed = movie_with_viewing(), []
    page(staff, change(movie))
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            page(staff, change(movie))
        needed.append(len(queries))
        ViewingFactory.create_batch(20, movie=movie)
    assert needed[0] == needed[1]


@pytest.mark.parametrize("model", [m for m in MAKE if m is not User])
def test_nothing_can_be_typed_over(model: Any, staff: Client) -> None:
    row = MAKE[model]()
    before = model.objects.values().get(pk=row.pk)
    assert 'name="_save"' not in page(staff, change(row))
    assert staff.post(change(row), {"title": "Another", "status": "failed", "name": "x"}).status_code == 403
    assert model.objects.values().get(pk=row.pk) == before


# Imports


def test_an_import_is_shown_without_what_opens_it(staff: Client) -> None:
    session = ImportSessionFactory(browser_key="the-secret-key", total_movies=3, enriched_count=1, unsure_count=1)
    for shown in (page(staff, changelist(ImportSession)), page(staff, change(session))):
        assert "the-secret-key" not in shown and "1 of 3" in shown and "a browser" in shown
    link = share_link()
    ShareLink.objects.update(token_hash="the-secret-hash")
    assert "the-secret-hash" not in page(staff, changelist(ShareLink)) + page(staff, change(link))


def test_imports_are_found_by_id_and_by_owner(staff: Client) -> None:
    anna = ImportSessionFactory(user=UserFactory(username="anna"), browser_key="")
    other = ImportSessionFactory()
    for term, found, not_found in (("anna", anna, other), (other.pk, other, anna), (str(other.pk)[:13], other, anna)):
        shown = page(staff, f"{changelist(ImportSession)}?q={term}")
        assert str(found.pk) in shown and str(not_found.pk) not in shown
    assert "0 import sessions" in page(staff, f"{changelist(ImportSession)}?q=nobody")


@pytest.mark.parametrize("life", ["alive", "expired", "endless"])
def test_imports_are_filtered_by_their_life(life: str, staff: Client) -> None:
    now = timezone.now()
    made = {
        "alive": ImportSessionFactory(expires_at=now + timedelta(days=1)),
        "expired": ImportSessionFactory(expires_at=now - timedelta(days=1)),
        "endless": ImportSessionFactory(),
    }
    shown = page(staff, f"{changelist(ImportSession)}?life={life}")
    found = {name for name, session in made.items() if str(session.pk) in shown}
    assert found == ({"alive", "endless"} if life == "alive" else {life})


def test_an_import_leads_to_its_films_and_problems_paged(staff: Client) -> None:
    session, other = ImportSessionFactory(), MovieFactory(title="Of another import")
    for n in range(60):
        MovieFactory(session=session, title=f"Its own {n}")
    RowProblem.objects.create(session=session, file="diary.csv", line=7, kind="lost", reason="no_title")
    RowProblem.objects.create(session=other.session, file="other.csv", line=1, kind="lost", reason="no_title")
    shown = page(staff, change(session))
    films, problems = (f"{changelist(model)}?session__exact={session.pk}" for model in (Movie, RowProblem))
    assert f'<a href="{films}">60</a>' in shown and f'<a href="{problems}">1</a>' in shown
    listed = page(staff, films)
    assert listed.count("Its own") == 50 and "Of another import" not in listed
    assert f"Letterboxd {session.pk}" in listed and "Its own 0" in page(staff, f"{films}&p=2")
    listed = page(staff, problems)
    assert "diary.csv" in listed and "The row has no film title." in listed and "other.csv" not in listed
    assert staff.get(f"{changelist(Movie)}?session__exact=none").status_code == 302  # Django says that it is no filter


def test_imports_are_filtered_by_who_owns_them(staff: Client) -> None:
    made = {"account": ImportSessionFactory(user=UserFactory(), browser_key=""), "browser": ImportSessionFactory()}
    for owner in made:
        shown = page(staff, f"{changelist(ImportSession)}?owned_by={owner}")
        assert {name for name, session in made.items() if str(session.pk) in shown} == {owner}


def unclear(session: ImportSession, outcome: Outcome) -> Movie:
    lookup = TitleLookupFactory(title=f"{outcome} {TitleLookup.objects.count()}", status=outcome.value)
    movie: Movie = MovieFactory(session=session, outcome=outcome, settled_at=timezone.now(), lookup=lookup)
    recount._check(session.pk, mends=True)
    return movie


@pytest.mark.parametrize(
    ("action", "asked"), [("ask_failed_again", {"failed"}), ("ask_unclear_again", {"failed", "unsure", "unmatched"})]
)
def test_an_import_is_asked_about_again(action: str, asked: set[str], staff: Client) -> None:
    session: ImportSession = ImportSessionFactory()
    films = [unclear(session, outcome) for outcome in (Outcome.FAILED, Outcome.UNSURE, Outcome.UNMATCHED)]
    confirmation = act(staff, action, session).content.decode()
    assert str(session) in confirmation and "1 import session" in confirmation
    assert not TitleLookup.objects.waiting().exists() and not LogEntry.objects.exists()  # nothing before the yes
    assert act(staff, action, session, **YES).status_code == 302
    waiting = {
        movie.outcome
        for movie in films
        if movie.lookup_id in TitleLookup.objects.waiting().values_list("pk", flat=True)
    }
    assert waiting == asked
    assert f"TMDB is asked again about {len(asked)} film" in page(staff, changelist(ImportSession))
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.user.username) == (str(session.pk), "operator")
    assert recount.drifts() == []


def test_an_action_on_all_pages_takes_all_that_are_listed(staff: Client) -> None:
    ImportSessionFactory.create_batch(55, expires_at=timezone.now() + timedelta(days=1))
    kept = ImportSessionFactory(source=Source.PRIME_VIDEO, user=UserFactory(), browser_key="", link_readable=False)
    address = f"{changelist(ImportSession)}?source__exact=letterboxd"
    all_of_them = {"action": "expire_now", "_selected_action": str(kept.pk), "select_across": "1"}
    shown = staff.post(address, all_of_them).content.decode()
    assert "55 import sessions" in shown and 'name="select_across"' in shown
    staff.post(address, {**all_of_them, **YES})
    assert list(ImportSession.objects.alive()) == [kept]
    assert LogEntry.objects.count() == 55


def test_an_import_is_expired_and_lives_on_when_it_is_extended(staff: Client, settings: Any) -> None:
    session = ImportSessionFactory(expires_at=timezone.now() + timedelta(days=3))
    act(staff, "expire_now", session, **YES)
    assert not ImportSession.objects.alive().exists()
    act(staff, "extend", session, **YES)
    session.refresh_from_db()
    left = session.expires_at - timezone.now()
    assert timedelta(days=settings.LETTERBOXD_TTL_DAYS - 1) < left <= timedelta(days=settings.LETTERBOXD_TTL_DAYS)
    of_account = ImportSessionFactory(user=UserFactory(), browser_key="")
    assert extend([of_account]) == 0
    act(staff, "expire_now", of_account, **YES)
    act(staff, "extend", of_account, **YES)
    of_account.refresh_from_db()
    assert of_account.expires_at is None


def test_an_expired_review_stays_so_whatever_is_answered() -> None:
    review = ImportSessionFactory(
        source=Source.PRIME_VIDEO, user=UserFactory(), browser_key="", link_readable=False, total_movies=1
    )
    movie = MovieFactory(session=review)
    expire_now([review])
    TitleLookup.objects.update(status=LookupStatus.UNMATCHED)
    settle.apply(lookups=[movie.lookup_id])
    review.refresh_from_db()
    assert review.status == SessionStatus.COMPLETED and not ImportSession.objects.alive().exists()
    settle.reopen([movie.lookup_id])
    assert not ImportSession.objects.alive().exists()


@pytest.mark.parametrize("way", ["one", "many"])
def test_an_import_is_deleted_by_the_service(way: str, staff: Client) -> None:
    session = session_with_films()
    address = reverse("admin:imports_importsession_delete", args=[session.pk])
    asked = staff.get(address) if way == "one" else act(staff, "delete_selected", session)
    assert "films" in asked.content.decode().lower()
    if way == "one":
        staff.post(address, {"post": "yes"})
    else:
        act(staff, "delete_selected", session, post="yes")
    assert not ImportSession.objects.exists()
    assert not TitleLookup.objects.exists()  # an open question that nobody asks any more: only the service lets it go
    entry = LogEntry.objects.get()
    assert (entry.object_repr, entry.is_deletion()) == (f"import session {session.pk}", True)


def test_the_log_names_no_title_even_when_its_question_is_gone(staff: Client) -> None:
    movie = MovieFactory(title="Only Zelda Has This", lookup__title="Only Zelda Has This")
    act(staff, "ask_again", movie.lookup, **YES)
    act(staff, "delete_selected", movie.session, post="yes")
    assert not TitleLookup.objects.exists()
    assert {entry.object_repr for entry in LogEntry.objects.all()} == {
        f"title lookup {movie.lookup_id}",
        f"import session {movie.session_id}",
    }


def test_a_large_import_is_asked_about_in_numbers(staff: Client) -> None:
    session, needed = ImportSessionFactory(), []
    address = reverse("admin:imports_importsession_delete", args=[session.pk])
    for _ in range(2):
        for n in range(15):
            MovieFactory(session=session, title=f"One of many {session.movies.count() + n}")
        with CaptureQueriesContext(connection) as queries:
            shown = page(staff, address)
        needed.append(len(queries))
    assert needed[0] == needed[1] and "One of many" not in shown


@pytest.mark.parametrize("way", ["one", "many"])
def test_an_account_goes_as_when_its_person_deletes_it(way: str, staff: Client) -> None:
    anna = UserFactory(username="anna")
    RankingFactory(user=anna)
    MovieFactory(session__user=anna, session__browser_key="")
    page(staff, change(anna))
    staff.post(change(anna), {"username": "anna", "date_joined_0": "2026-01-01", "date_joined_1": "10:00"})
    browser = Client()
    browser.force_login(anna)
    if way == "one":
        staff.post(reverse("admin:auth_user_delete", args=[anna.pk]), {"post": "yes"})
    else:
        act(staff, "delete_selected", anna, post="yes")
    assert not User.objects.filter(username="anna").exists()
    assert not (Ranking.objects.exists() or ImportSession.objects.exists() or TitleLookup.objects.waiting().exists())
    assert LogEntry.objects.filter(object_id=anna.pk).count() == 2  # changed, deleted
    assert not LogEntry.objects.filter(object_repr__contains="anna").exists()
    assert browser.get("/library/").status_code == 302


@pytest.mark.parametrize("model", [Failure, OrmQ, Schedule, Success])
def test_nobody_can_have_a_function_called_by_the_cluster(model: Any, staff: Client) -> None:
    async_task("imports.tasks.clean_up")
    row = Schedule.objects.create(name="nightly", func="os.getenv", args="'SECRET_KEY'")
    name, typed = f"admin:django_q_{model._meta.model_name}", {"func": "os.getenv", "args": "'SECRET_KEY'"}
    shown = page(staff, changelist(model))
    assert "resubmit_task" not in shown and "delete_selected" not in shown
    assert staff.post(reverse(f"{name}_add"), typed).status_code == 403
    if model is Schedule:
        assert staff.post(change(row), {"func": "os.system", "schedule_type": "O"}).status_code == 403
        assert Schedule.objects.get().func == "os.getenv"


def test_a_link_that_is_deleted_is_revoked(staff: Client) -> None:
    link = share_link()
    staff.post(reverse("admin:imports_sharelink_delete", args=[link.pk]), {"post": "yes"})
    assert not ShareLink.objects.exists() and ImportSession.objects.exists()


def test_who_may_only_view_is_offered_no_action(client: Client) -> None:
    viewer = UserFactory(is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_importsession"))
    client.force_login(viewer)
    session = ImportSessionFactory()
    for address in (changelist(ImportSession), change(session)):
        assert "expire_now" not in page(client, address)
    act(client, "expire_now", session, **YES)
    assert ImportSession.objects.alive().exists()
    assert client.get(reverse("admin:imports_importsession_delete", args=[session.pk])).status_code == 403


def test_a_hostile_title_is_shown_as_text(staff: Client) -> None:
    movie = MovieFactory(title="<script>alert(1)</script>", session__files=[{"name": "<b>.csv", "rows": 1}])
    lookup = movie.lookup
    for address in (changelist(Movie), change(movie), change(lookup), changelist(TitleLookup), change(movie.session)):
        shown = page(staff, address)
        assert "<script>alert" not in shown and "<b>.csv" not in shown
    assert "<script>alert" not in act(staff, "ask_again", lookup).content.decode()


# What is chosen for a question reaches imports


def chosen(staff: Client, lookup: TitleLookup, tmdb_id: int) -> Any:
    return staff.post(reverse("admin:enrichment_titlelookup_choose", args=[lookup.pk]), {"number": str(tmdb_id)})


def test_imports_follow_a_choice_and_no_persons_choice_is_touched(staff: Client) -> None:
    lookup = TitleLookupFactory(status=LookupStatus.UNSURE, asked_at=timezone.now())
    film, persons = TmdbMovieFactory(done=True), TmdbMovieFactory(done=True)
    settled = {"lookup": lookup, "settled_at": timezone.now()}
    unsure = MovieFactory(outcome=Outcome.UNSURE, **settled)
    theirs = MovieFactory(outcome=Outcome.MATCHED, tmdb_movie=persons, chosen_by=ChosenBy.PERSON, **settled)
    rejected = MovieFactory(outcome=Outcome.UNMATCHED, chosen_by=ChosenBy.PERSON, **settled)
    for movie in (unsure, theirs, rejected):
        recount._check(movie.session_id, mends=True)
    assert chosen(staff, lookup, film.pk).status_code == 302
    for movie in (unsure, theirs, rejected):
        movie.refresh_from_db()
    assert (unsure.outcome, unsure.tmdb_movie, unsure.chosen_by) == (Outcome.MATCHED, film, ChosenBy.MACHINE)
    assert (theirs.tmdb_movie, rejected.tmdb_movie) == (persons, None)
    assert recount.drifts() == []
    assert "chosen by those who run this site" in page(Client(), unsure.get_absolute_url())


def test_a_film_unknown_here_is_asked_for_by_its_number(staff: Client) -> None:
    movie = MovieFactory(session__total_movies=1)
    chosen(staff, movie.lookup, 603)
    film = TmdbMovie.objects.get(pk=603)
    movie.refresh_from_db()
    assert (film.details_status, film.turn, movie.outcome) == (DetailsStatus.PENDING, 0, Outcome.OPEN)
    assert movie.lookup.pk in TitleLookup.objects.filter(status=LookupStatus.MATCHED).values_list("pk", flat=True)
    assert page(Client(), movie.get_absolute_url())  # the import's own title stands for it
