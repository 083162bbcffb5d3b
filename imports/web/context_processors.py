from django.conf import settings
from django.http import HttpRequest


def instance(request: HttpRequest) -> dict[str, object]:
    """What every page says of this installation."""
    return {"sample_mode": settings.TMDB.is_sample}
