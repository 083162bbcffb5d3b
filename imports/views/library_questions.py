"""Viewings that are perhaps the same, and what the person answers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from imports.forms.library import AnswerForm
from imports.library import questions, viewings
from imports.library.viewings import CantTell
from imports.models import LibraryQuestion
from imports.reconciling import keeping
from imports.web.access import person
from imports.web.htmx import HtmxHttpRequest, see_other

from .undoing import came_from, offer

QUESTIONS_A_PAGE = 24


@require_safe
@login_required
def library_perhaps(request: HttpRequest) -> HttpResponse:
    user = person(request)
    is_complete = keeping.up_to_date(user)
    page = Paginator(questions.open_ones(user), QUESTIONS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "chosen": QueryDict(),
        "is_complete": is_complete,
        "questions_count": page.paginator.count,
    }
    return render(request, "library/perhaps.html", context)


@require_POST
@login_required(redirect_field_name=None)  # nobody can be led back to a POST
def library_perhaps_answer(request: HtmxHttpRequest, question_id: int) -> HttpResponse:
    own = LibraryQuestion.objects.filter(user=person(request), pk=question_id)
    return _answered(request, list(own))


@require_POST
@login_required(redirect_field_name=None)  # nobody can be led back to a POST
def library_perhaps_all(request: HtmxHttpRequest) -> HttpResponse:
    return _answered(request, list(LibraryQuestion.objects.filter(user=person(request))))


def _answered(request: HtmxHttpRequest, asked: list[LibraryQuestion]) -> HttpResponse:
    """One answer to all of these. What is answered already is no error: another tab was faster."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.warning(request, str(form.errors["same"][0]))
    else:
        is_same = form.cleaned_data["same"] == "yes"
        try:
            done = viewings.answer_all(person(request), asked, same=is_same)
        except CantTell as refused:
            messages.warning(request, gettext(refused.message))
        else:
            offer(request, _in_words(len(asked), is_same=is_same), done)
    return see_other(request, came_from(request, otherwise=reverse("imports:library_perhaps")))


def _in_words(count: int, *, is_same: bool) -> str:
    if is_same:
        said = ngettext("Kept as one viewing.", "%(n)d pairs are one viewing each now.", count)
    else:
        said = ngettext("Kept as two viewings.", "%(n)d pairs stay two viewings each.", count)
    return said % {"n": count}
