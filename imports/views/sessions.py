"""Start an import, follow it, list them, delete one."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from imports import samples
from imports.films import listing
from imports.forms.uploads import ROLES, TimeZoneForm, UploadForm
from imports.models import ImportSession, Usage
from imports.review.wizard import Review
from imports.sessions import in_library
from imports.sessions.delete import delete_import
from imports.sessions.progress import Progress, progress_of
from imports.sessions.report import file_totals
from imports.sessions.restore_library import RestoredLibrary
from imports.sessions.start import start_import, take_in
from imports.sources.base import RoleNeeded, SourceError, Upload
from imports.web import access, limits
from imports.web.htmx import HtmxHttpRequest, pick_template, see_other, wants_fragment

from . import prime
from .in_library import in_library_context

SHOWN_ON_FRONT_PAGE = 3
SESSIONS_A_PAGE = 25


@require_safe
def front_page(request: HttpRequest) -> HttpResponse:
    return render(request, "sessions/front_page.html", _front_page(request))


@require_http_methods(["GET", "HEAD", "POST"])
def session_list(request: HtmxHttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _start(request)
    sessions = Paginator(access.own_sessions(request).order_by("-created_at"), SESSIONS_A_PAGE)
    page = sessions.get_page(request.GET.get("page"))
    return render(request, "sessions/session_list.html", {"page": page, "to_review": _to_review(page)})


@require_POST
def sample_start(request: HtmxHttpRequest) -> HttpResponse:
    """The export that ships with Reelkeeper, by the same way as anyone's."""
    form = TimeZoneForm(request.POST)
    form.is_valid()
    upload = Upload(samples.LETTERBOXD_NAME, samples.letterboxd_zip())
    with limits.counted(request, Usage.Kind.UPLOAD), access.bringing_in(request) as owner:
        session = start_import(owner, [upload], time_zone=form.cleaned_data["time_zone"])
    return see_other(request, session.get_absolute_url())


@require_safe
@vary_on_headers("HX-Request")
def session_detail(request: HtmxHttpRequest, session_id: UUID) -> HttpResponse:
    """One URL for the page and its live part: htmx polls it, a browser without JavaScript reloads it."""
    is_poll = wants_fragment(request)
    standing = access.get_standing_or_404(request, session_id)
    if is_poll and request.GET.get("revision") == standing.mark:
        return HttpResponse(status=204)  # htmx leaves the page as it is
    # a page that is left open keeps no import alive
    session = access.get_readable_session_or_404(request, session_id, touch=not is_poll)
    progress = progress_of(standing)
    if session.is_review:
        template = pick_template(request, page="review/prime_session.html", fragment="review/_prime_swap.html")
        context = prime.session_page(session, progress)
        return render(request, template, context if is_poll else context | in_library_context(request, session))
    template = pick_template(request, page="sessions/session_detail.html", fragment="sessions/_progress.html")
    context = _session_page(request, session, progress)
    return render(request, template, context if is_poll else context | in_library_context(request, session))


@require_http_methods(["GET", "HEAD", "POST"])
def session_delete(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.get_own_session_or_404(request, session_id)
    if request.method != "POST":
        return render(request, "sessions/session_delete.html", {"session": session})
    delete_import(session)
    messages.success(request, gettext("The import is deleted."))
    return redirect("imports:session_list")


def _start(request: HtmxHttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    form.is_valid()  # fills cleaned_data; nothing in it can be wrong, and the sources judge the files
    try:
        with limits.counted(request, Usage.Kind.UPLOAD), access.bringing_in(request) as owner:
            # ask: a page can put the question what a file is
            taken_in = take_in(owner, form.uploads(), time_zone=form.cleaned_data["time_zone"], ask=True)
    except SourceError as error:
        return _refused(request, error, form)
    if isinstance(taken_in, RestoredLibrary):
        messages.success(request, _brought_back(taken_in))
        return see_other(request, reverse("imports:library"))
    if form.cleaned_data["someone_elses"]:
        in_library.put(taken_in, False)
    return see_other(request, taken_in.get_absolute_url())


def _brought_back(library: RestoredLibrary) -> str:
    count = len(library.imports)
    return ngettext(
        "Your library is back, with %(count)s import.", "Your library is back, with %(count)s imports.", count
    ) % {"count": count}


def _refused(request: HtmxHttpRequest, error: SourceError, form: UploadForm) -> HttpResponse:
    """The front page again, with a sentence; and with a question, when a file must be named by the person."""
    context = {
        "message": gettext(error.message) % error.params,
        "role_needed": error.file if isinstance(error, RoleNeeded) else "",
        "named_roles": form.named_roles(),
    }
    template = pick_template(request, page="sessions/front_page.html", fragment="sessions/_upload_problem.html")
    return render(request, template, _front_page(request) | context, status=error.status)


def _front_page(request: HttpRequest) -> dict[str, Any]:
    sessions = list(access.own_sessions(request).order_by("-created_at")[:SHOWN_ON_FRONT_PAGE])
    return {"roles": ROLES, "sessions": sessions, "to_review": _to_review(sessions)}


def _to_review(sessions: Iterable[ImportSession]) -> int:
    """How many films wait in the open review among these: a person has at most one."""
    waiting = next((session for session in sessions if session.waits_for_ratings), None)
    return Review(waiting).progress.left if waiting else 0


def _session_page(request: HttpRequest, session: ImportSession, progress: Progress) -> dict[str, Any]:
    return {
        "session": session,
        "progress": progress,
        "newest": listing.newest_matches(session),
        "left": listing.left_of(session),
        "totals": file_totals(session.files),
        "link": request.build_absolute_uri(session.get_absolute_url()),
    }
