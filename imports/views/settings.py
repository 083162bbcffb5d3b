"""The person's account, and the sources that they can import from."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
@login_required
def settings_page(request: HttpRequest) -> HttpResponse:
    limits = {
        "upload_mb": settings.MAX_UPLOAD_BYTES // 1024**2,
        "account_days": settings.ACCOUNT_TTL_DAYS,
        "review_minutes": settings.PRIME_TTL_MINUTES,
    }
    return render(request, "settings/settings.html", limits)
