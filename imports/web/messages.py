"""Messages are kept as Django does it, but their cookie has a name of this host's alone, as the others."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class HostCookieStorage(CookieStorage):
    @property
    def cookie_name(self) -> str:  # type: ignore[override]
        return "__Host-messages" if settings.SECURE_TLS else "messages"


class Storage(FallbackStorage):
    storage_classes = (HostCookieStorage, SessionStorage)
