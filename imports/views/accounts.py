"""What Django's own auth views leave out: sign up, change the e-mail address, delete the account, limit letters and
guesses, revoke tokens."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordChangeView, PasswordResetConfirmView, PasswordResetView, RedirectURLMixin
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django.views.generic import FormView

from imports import queue
from imports.accounts import account
from imports.forms.accounts import (
    EmailForm,
    ForgottenPasswordForm,
    IsRight,
    NewPasswordForm,
    PasswordForm,
    SignUpForm,
)
from imports.models import Usage
from imports.web import limits, passwords


class SignedInRequest(HttpRequest):
    user: User


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class SignUpView(RedirectURLMixin, FormView):  # type: ignore[type-arg]
    form_class = SignUpForm
    template_name = "accounts/signup.html"
    next_page = settings.LOGIN_REDIRECT_URL

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Each answer tells whether a name is taken."""
        with limits.counted(request, Usage.Kind.NAME):
            return super().post(request, *args, **kwargs)

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        try:
            with limits.counted(self.request, Usage.Kind.SIGN_UP):  # given back where the name turns out to be taken
                user = form.save(commit=False)
                with transaction.atomic():
                    user.save()
        except IntegrityError:  # a button pressed twice: hashing takes long enough for both to find the name free
            form.add_error("username", _("A user with that username already exists."))
            return self.form_invalid(form)
        # nobody was authenticated here, so Django must be told by which backend
        login(self.request, user, settings.AUTHENTICATION_BACKENDS[0])
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, next=self.get_redirect_url())


class ResetView(PasswordResetView):
    """Django's own, by the hour: letters are sent to people who did not ask for them. And they are sent by the
    background work, so that the answer takes the same time whether or not there is an account."""

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        email = form.cleaned_data["email"]
        with limits.counted(self.request, Usage.Kind.RESET), limits.counted_letter(email):
            queue.send_reset_letters([user.pk for user in form.get_users(email)], _site(self.request))
        return redirect(self.get_success_url())


class NewPasswordView(PasswordChangeView):
    """Django's own, with the tokens; also in the place of the admin's."""

    form_class = NewPasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"is_right": _is_right(self.request)}


class ForgottenPasswordView(PasswordResetConfirmView):
    form_class = ForgottenPasswordForm


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def email_change(request: SignedInRequest) -> HttpResponse:
    form = EmailForm(request.user, request.POST or None, is_right=_is_right(request))
    if not form.is_valid():
        return render(request, "accounts/email_change.html", {"form": form})
    form.save()
    messages.success(request, _("Your e-mail address is changed."))
    return redirect("imports:settings")


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account_delete(request: SignedInRequest) -> HttpResponse:
    form = PasswordForm(request.user, request.POST or None, is_right=_is_right(request))
    if not form.is_valid():
        return render(request, "accounts/account_delete.html", {"form": form})
    account.delete_account(request.user)
    logout(request)
    messages.success(request, _("Your account is deleted, and everything that was in it."))
    return redirect("imports:front_page")


def _is_right(request: HttpRequest) -> IsRight:
    return partial(passwords.is_right, request, request.user.get_username())


def _site(request: HttpRequest) -> str:
    """Where a letter's link leads. Without SITE_URL, which production knows, to where its page was opened."""
    return settings.SITE_URL or f"{request.scheme}://{request.get_host()}"
