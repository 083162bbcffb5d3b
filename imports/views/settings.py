"""The person's account, the sources that they can import from, and their tokens."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from imports.forms.accounts import TokenForm

from .accounts import SignedInRequest

MADE = "made_token"  # in the browser's session, until the page has shown it


@never_cache  # a new token is shown once, and no cache may keep it
@require_safe
@login_required
def settings_page(request: SignedInRequest) -> HttpResponse:
    return show(request, TokenForm())


def show(request: SignedInRequest, form: TokenForm, status: int = 200) -> HttpResponse:
    context = {
        "upload_mb": settings.MAX_UPLOAD_BYTES // 1024**2,
        "account_days": settings.ACCOUNT_TTL_DAYS,
        "review_minutes": settings.PRIME_TTL_MINUTES,
        "token_form": form,
        "tokens": request.user.api_tokens.all(),
        "made_token": _made(request),
    }
    return render(request, "accounts/settings.html", context, status=status)


def _made(request: HttpRequest) -> str:
    """The token just made, said once."""
    # neither a HEAD nor a form with an error in it uses it up
    return str(request.session.pop(MADE, "")) if request.method == "GET" else ""
