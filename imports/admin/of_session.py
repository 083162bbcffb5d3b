"""Lists of what belongs to an import, narrowed to one by `?session__exact=`."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from enrichment.admin_base import LookOnlyAdmin
from imports.models import ImportSession


class OfSessionAdmin(LookOnlyAdmin):
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        chosen = request.GET.get("session__exact", "")
        try:
            session = ImportSession.objects.filter(pk=UUID(chosen)).first() if chosen else None
        except ValueError:
            session = None  # Django's list says the same of it
        if session:
            names = {"rows": self.opts.verbose_name_plural, "session": session}
            extra_context = {"title": gettext("%(rows)s of %(session)s") % names, **(extra_context or {})}
        return super().changelist_view(request, extra_context)


def address(model_name: str, session: ImportSession) -> str:
    return f"{reverse(f'admin:imports_{model_name}_changelist')}?session__exact={session.pk}"
