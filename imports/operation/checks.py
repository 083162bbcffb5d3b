"""What Django can't know of a set-up (`manage.py check --deploy`)."""

from typing import Any

from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.files, deploy=True)
def static_files_are_collected(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn where the static files were not collected: every page would be an error."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin) or staticfiles_storage.hashed_files:
        return []
    missing = f"The static files are not in {staticfiles_storage.location}."
    return [Warning(missing, hint="Run: manage.py collectstatic --no-input", id="imports.W001")]
