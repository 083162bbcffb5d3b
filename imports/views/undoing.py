"""What was done just now to a library is taken back."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from imports.library import viewings
from imports.web.htmx import HtmxHttpRequest, see_other


def offer(request: HttpRequest, sentence: str, done: viewings.Undoable) -> None:
    """Say on the next page what was done, with a button that takes it back."""
    messages.success(request, sentence, extra_tags=str(done))  # base.html makes the button of it


def came_from(request: HttpRequest, otherwise: str) -> str:
    """The page that a form was sent from, or that led to it, if it is one of ours: the address only says so."""
    back = request.POST.get("back") or request.GET.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return back if is_ours else otherwise


@require_POST
@login_required(redirect_field_name=None)  # nobody can be led back to a POST
def library_undo(request: HtmxHttpRequest) -> HttpResponse:
    user = cast(User, request.user)  # login_required
    try:
        viewings.undo(user, viewings.Undoable.from_text(request.POST.get("done", "")))
        messages.success(request, gettext("Undone."))
    except viewings.CantTell as refused:
        messages.warning(request, gettext(refused.message))
    return see_other(request, came_from(request, otherwise=reverse("imports:library")))
