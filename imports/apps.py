from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "imports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # before gunicorn and the cluster fork: one copy of pandas in memory, and no wait in the first upload
        import pandas  # noqa: F401

        from . import receivers  # noqa: F401
        from .operation import checks  # noqa: F401
