"""What the account's pages take in, beside Django's own forms."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm, UserCreationForm
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from imports.accounts import tokens

IsRight = Callable[[str], bool]  # is it the person's password?


class SignUpForm(UserCreationForm):  # type: ignore[type-arg]
    class Meta(UserCreationForm.Meta):
        model = User
        fields = ("username", "email")
        help_texts = {
            "username": _("Letters, digits and @ . + - _ only."),
            "email": _("Optional: without it, a forgotten password can't be reset."),
        }
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "email"})}


class PasswordForm(forms.Form):
    """Asks for the password again, before something that a borrowed browser should not do."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user: User, data: Any = None, *, is_right: IsRight) -> None:
        super().__init__(data)
        self.user = user
        self.is_right = is_right

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.is_right(password):
            raise forms.ValidationError(_("That isn't your password."), code="wrong_password")
        return password


class EmailForm(PasswordForm):
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        help_text=_("Leave it empty to have it forgotten."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ("email", "password")

    def __init__(self, user: User, data: Any = None, *, is_right: IsRight) -> None:
        super().__init__(user, data, is_right=is_right)
        self.fields["email"].initial = user.email

    def save(self) -> None:
        self.user.email = self.cleaned_data["email"]
        self.user.save(update_fields=["email"])


class NewPasswordForm(PasswordChangeForm):
    """Django's own, but the old password can't be guessed for ever, and tokens can go with it."""

    revoke_tokens = forms.BooleanField(
        label=_("Revoke all tokens for the API"),
        required=False,
        help_text=_("Scripts that use one get in no more. Do it if somebody else may know your password."),
    )

    def __init__(self, user: User, *args: Any, is_right: IsRight, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.is_right = is_right
        if not user.api_tokens.exists():
            del self.fields["revoke_tokens"]

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        if not self.is_right(password):
            raise forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return password

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit)
        if self.cleaned_data.get("revoke_tokens"):
            tokens.revoke_all(user)
        return user


class ForgottenPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """Django's own, but whoever has a token of the account is shut out too: it may be one who stole it."""

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit)
        tokens.revoke_all(user)
        return user


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("What is it for?"),
        max_length=100,
        help_text=_("A name to know it by, like “backup script”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())
