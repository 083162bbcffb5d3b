"""What Django can't know of a set-up: looked at when a command starts, or with `manage.py check --deploy`."""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.files, deploy=True)
def static_files_are_collected(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn where the static files were not collected: every page would be an error."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin) or staticfiles_storage.hashed_files:
        return []
    missing = f"The static files are not in {staticfiles_storage.location}."
    return [Warning(missing, hint="Run: manage.py collectstatic --no-input", id="imports.W001")]


@register(Tags.security)
def letters_lead_home(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a production whose letters would lead wherever the request that asked for them says. A home network
    without TLS may."""
    if settings.SITE_URL or not settings.SECURE_TLS:
        return []
    unknown = "Of ALLOWED_HOSTS it can't be told where the links in letters lead."
    return [Error(unknown, hint="Set SITE_URL, such as https://films.example.org", id="imports.E001")]
