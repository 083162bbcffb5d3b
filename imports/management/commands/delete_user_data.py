from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from imports.accounts import account
from imports.accounts.rows import rows_of

from ..people import user_named

ASKED = """This deletes the account {name!r} with all that it holds, for good.
`manage.py export_user {name}` keeps a copy. Type the name again to go on: """


class Command(BaseCommand):
    help = (
        "Delete an account and everything of the person: imports, library, links, tokens, memory, usage, sign-ins. "
        "Safe to stop: run again, it deletes the rest. Refused for the last superuser."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="the account's user name")
        parser.add_argument("--yes", action="store_true", help="don't ask for confirmation")

    def handle(self, *args: Any, name: str, yes: bool, **options: Any) -> None:
        user = user_named(name)
        if _is_last_superuser(user):
            raise CommandError(
                f"{name!r} is the only superuser, and nobody could open the administration any more: make another "
                "first, with `manage.py createsuperuser`."
            )
        if not yes and _typed(ASKED.format(name=name)) != name:
            raise CommandError("That is not the name: nothing was deleted.")
        theirs = [(model._meta.verbose_name_plural, rows.count()) for model, rows in rows_of(user).items()]
        try:
            account.delete_account(user, watch=lambda imports: tqdm(imports, desc="imports", disable=None, leave=False))
        except KeyboardInterrupt:
            raise CommandError("Stopped in the middle. Run it again to delete the rest.", returncode=130) from None
        self.stdout.write(self.style.SUCCESS(f"The account {name!r} is deleted, with all that it held."))
        self.stdout.write(f"Rows: {', '.join(f'{name} {count}' for name, count in theirs if count)}.")


def _is_last_superuser(user: User) -> bool:
    able = User.objects.filter(is_superuser=True, is_active=True)
    return able.filter(pk=user.pk).exists() and not able.exclude(pk=user.pk).exists()


def _typed(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:
        return ""
