"""What became of every row."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from imports.sessions.report import file_totals
from imports.web import access
from imports.web.downloads import report_of

PROBLEMS_A_PAGE = 100


@require_safe
def report(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.get_own_session_or_404(request, session_id)
    page = Paginator(session.problems.all(), PROBLEMS_A_PAGE).get_page(request.GET.get("page"))
    context = {"session": session, "page": page, "totals": file_totals(session.files)}
    return render(request, "sessions/report.html", context)


@require_safe
def report_csv(request: HttpRequest, session_id: UUID) -> StreamingHttpResponse:
    return report_of(access.get_own_session_or_404(request, session_id))
