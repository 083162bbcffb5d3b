"""A person's tokens for the API: a part of the settings page, and what its buttons do."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from imports.accounts import tokens
from imports.forms.accounts import TokenForm

from .accounts import SignedInRequest
from .settings import MADE, show


@require_POST
@login_required(redirect_field_name=None)  # nobody can be led back to a POST
def token_make(request: SignedInRequest) -> HttpResponse:
    form = TokenForm(request.POST)
    if form.is_valid() and _make(request, form):
        return HttpResponseRedirect(_section(), status=303)  # a reload makes no other
    return show(request, form, status=422)


@require_POST
@login_required(redirect_field_name=None)
def token_revoke(request: SignedInRequest, token_id: int) -> HttpResponse:
    get_object_or_404(request.user.api_tokens, pk=token_id).delete()
    messages.success(request, gettext("The token is revoked: nobody gets in with it any more."))
    return HttpResponseRedirect(_section(), status=303)


@sensitive_variables()
def _make(request: SignedInRequest, form: TokenForm) -> bool:
    """Make a token and keep it for the next page; when there are too many, the form says so and this is False."""
    try:
        request.session[MADE] = tokens.make(request.user, form.cleaned_data["name"])
    except tokens.TooManyTokens:
        said = gettext("There are %(n)d tokens already: revoke one of them first.")
        form.add_error("name", said % {"n": tokens.MOST_TOKENS})
        return False
    return True


def _section() -> str:
    return reverse("imports:settings") + "#tokens"
