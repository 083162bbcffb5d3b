"""The letter with a link to choose a new password. The only one that is ever sent."""

import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.template.loader import render_to_string
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

logger = logging.getLogger("reelkeeper.letters")


def send_reset(user_ids: Sequence[int], site: str) -> None:
    """To these people, with a link to this site, such as `https://films.example.org`. A mail server that is away is
    logged: nobody waits for it."""
    for user in User.objects.filter(pk__in=user_ids, is_active=True):
        try:
            _send(user, site)
        except OSError:  # also what smtplib raises
            logger.exception("A letter to reset a password could not be sent")


def _send(user: User, site: str) -> None:
    context = {
        "user": user,
        "site": site,
        "host": urlsplit(site).netloc,
        "uid": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": default_token_generator.make_token(user),
    }
    subject = render_to_string("registration/password_reset_subject.txt").strip()
    user.email_user(subject, render_to_string("registration/password_reset_email.html", context))
