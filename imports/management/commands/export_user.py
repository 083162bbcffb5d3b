from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from imports.accounts.takeout import export

from ..people import user_named


class Command(BaseCommand):
    help = (
        "Write everything that an account holds into one ZIP file: the account, its imports (which can be read back), "
        "library, links, tokens' names, usage, sign-ins. No password, no token. Half a file is never left."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="the account's user name")
        parser.add_argument("--output", metavar="FILE", type=Path, help="default: reelkeeper-NAME.zip, here")
        parser.add_argument("--force", action="store_true", help="overwrite the file if there is one")

    def handle(self, *args: Any, name: str, output: Path | None, force: bool, **options: Any) -> None:
        user = user_named(name)
        target = output or Path(f"reelkeeper-{user.get_username()}.zip")
        if target.is_dir():
            raise CommandError(f"{target} is a folder: name the file to write, with --output.")
        if target.exists() and not force:
            raise CommandError(f"{target} is there already: name another with --output, or overwrite it with --force.")
        try:
            export(user, target, watch=lambda imports: tqdm(imports, desc="imports", disable=None, leave=False))
        except OSError as exc:
            raise CommandError(f"{target} can't be written: {exc.strerror}. Nothing was left there.") from exc
        except KeyboardInterrupt:
            raise CommandError("Stopped: no file was written. Run it again.", returncode=130) from None
        self.stdout.write(self.style.SUCCESS(f"Written: {target} ({target.stat().st_size:,} bytes)"))
