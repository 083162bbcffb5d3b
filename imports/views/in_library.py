"""Whether an import is in its owner's library."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from imports.library.of_import import of_import
from imports.library.words import source_name
from imports.models import ImportSession
from imports.sessions import in_library
from imports.web import access

TAKEN_IN = _("This import is in your library.")
LEFT_OUT = _("This import is left out of your library.")


@require_POST
def session_in_library(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.get_own_session_or_404(request, session_id)
    if session.user_id is None:  # a browser has no library
        raise Http404
    is_in = request.POST.get("in_library") == "on"
    with access.or_404():
        in_library.put(session, is_in)
    messages.success(request, TAKEN_IN if is_in else LEFT_OUT)
    return redirect(session)


def in_library_context(request: HttpRequest, session: ImportSession) -> dict[str, Any]:
    """What an import's page says of it and the library, for its owner who has an account."""
    if not (session.is_mine and isinstance(request.user, User)):
        return {}
    if not session.in_library:
        return {"library_of": session}
    added = of_import(session, request.user)
    known = [{"source": source_name(source), "count": count} for source, count in added.known_from.items()]
    return {"library_of": session, "added": added, "known_from": known}
