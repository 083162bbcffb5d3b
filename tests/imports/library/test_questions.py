"""What is perhaps the same viewing: asked, answered, all at once, and taken back."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from imports.models import LibraryDecision, LibraryQuestion
from imports.reconciling import keeping
from tests.factories import UserFactory

from .told import days_of, film_of, seen, streamed, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


def ask(user: User, *titles: str) -> list[LibraryQuestion]:
    """Each film was streamed on 1 May, and is in the diary on 4 May."""
    for title in titles:
        streamed(user, title, "2024-05-01")
        seen(user, title, "2024-05-04", facts={})
    keeping.recompute(user)
    return list(LibraryQuestion.objects.filter(user=user).order_by("pk"))


def answer(client: Client, question: LibraryQuestion, same: str, **more: str) -> Any:
    return client.post(f"/library/perhaps/{question.pk}/", {"same": same} | more, follow=True)


def undo(client: Client, page: Any) -> Any:
    (done,) = [str(message.extra_tags) for message in page.context["messages"]]
    return client.post("/library/undo/", {"done": done, "back": "/library/perhaps/"}, follow=True)


def test_a_question_shows_both_viewings_side_by_side(client: Client, person: User) -> None:
    ask(person, "Heat", "Ran")
    shown = text(client, "/library/perhaps/")
    assert shown.count("Wed 1 May 2024") == shown.count("Sat 4 May 2024") == 2
    assert "Amazon Prime Video" in shown and "Letterboxd" in shown
    assert shown.count('class="question-poster" href') == shown.count('tabindex="-1" aria-hidden="true"') == 2
    assert shown.count('data-key="s"') == shown.count('data-key="t"') == 1  # the keys answer the first


@pytest.mark.parametrize(("same", "days"), [("yes", ["2024-05-04"]), ("no", ["2024-05-01", "2024-05-04"])])
def test_an_answer_settles_it_until_it_is_undone(client: Client, person: User, same: str, days: list[str]) -> None:
    (question,) = ask(person, "Heat")
    page = answer(client, question, same)
    assert days_of(film_of(person, "Heat")) == days
    assert "Nothing to answer" in page.content.decode()
    page = undo(client, page)
    assert "Undone." in page.content.decode()
    assert days_of(film_of(person, "Heat")) == ["2024-05-01", "2024-05-04"]
    assert LibraryQuestion.objects.filter(user=person).count() == 1


@pytest.mark.parametrize(("same", "viewings"), [("yes", 1), ("no", 2)])
def test_all_are_answered_at_once_and_undone_as_one(client: Client, person: User, same: str, viewings: int) -> None:
    ask(person, "Heat", "Ran", "Tampopo")
    page = client.post("/library/perhaps/all/", {"same": same}, follow=True)
    assert "3 pairs" in page.content.decode()
    assert {len(days_of(film_of(person, title))) for title in ("Heat", "Ran", "Tampopo")} == {viewings}
    undo(client, page)
    assert LibraryQuestion.objects.filter(user=person).count() == 3
    assert not LibraryDecision.objects.exists()


def test_the_second_of_two_tabs_is_told_that_it_is_answered(client: Client, person: User) -> None:
    (question,) = ask(person, "Heat")
    answer(client, question, "yes")
    page = answer(client, question, "no")
    assert "This is answered already, perhaps in another tab." in page.content.decode()
    assert days_of(film_of(person, "Heat")) == ["2024-05-04"]
    page = client.post("/library/perhaps/all/", {"same": "no"}, follow=True)
    assert "This is answered already" in page.content.decode()


@pytest.mark.parametrize("same", ["", "perhaps"])
def test_an_answer_that_is_none_is_refused_in_a_sentence(client: Client, person: User, same: str) -> None:
    (question,) = ask(person, "Heat")
    assert "Say whether it is one viewing or two." in answer(client, question, same).content.decode()
    assert LibraryQuestion.objects.filter(pk=question.pk).exists()


def test_nobody_answers_for_another(client: Client, person: User) -> None:
    (theirs,) = ask(UserFactory(), "Heat")
    answer(client, theirs, "yes")
    client.post("/library/perhaps/all/", {"same": "yes"})
    assert LibraryQuestion.objects.filter(pk=theirs.pk).exists() and not LibraryDecision.objects.exists()
    assert "Nothing to answer" in text(client, "/library/perhaps/")


@pytest.mark.parametrize(
    ("back", "expected"), [("/library/perhaps/?page=2", "/library/perhaps/?page=2"), ("//evil.example/", None)]
)
def test_an_answer_leads_back_to_its_page_and_nowhere_else(
    client: Client, person: User, back: str, expected: str | None
) -> None:
    (question,) = ask(person, "Heat")
    leads = client.post(f"/library/perhaps/{question.pk}/", {"same": "yes", "back": back})
    assert (leads.status_code, leads["Location"]) == (303, expected or "/library/perhaps/")


def test_the_library_leads_to_its_questions_while_there_are_any(client: Client, person: User) -> None:
    (question,) = ask(person, "Heat")
    assert 'Perhaps the same <span class="count">1</span>' in text(client, "/library/")
    assert "Two of these are perhaps the same" in text(client, film_of(person, "Heat").get_absolute_url())
    assert "1 pair of viewings is perhaps the same" in text(client, "/library/export/")
    answer(client, question, "no")
    assert "Perhaps the same" not in text(client, "/library/")
    assert "perhaps the same" not in text(client, "/library/export/")


@pytest.mark.parametrize("count", [1, 12])
def test_questions_ask_the_same_number_of_queries_for_any_number(
    client: Client, person: User, count: int, django_assert_max_num_queries: Any
) -> None:
    ask(person, *(f"Film {number}" for number in range(count)))
    with django_assert_max_num_queries(5):
        assert len(client.get("/library/perhaps/").context["page"]) == count


def test_questions_come_in_pages(client: Client, person: User) -> None:
    ask(person, *(f"Film {number}" for number in range(25)))
    assert len(client.get("/library/perhaps/").context["page"]) == 24
    assert 'href="?page=2"' in text(client, "/library/perhaps/")
