"""What became of every row."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from imports import access, queries
from imports.exports import csv_lines
from imports.models import ImportSession
from imports.templatetags.films import row_reason, skip_rule
from imports.views.downloads import CSV, download

PROBLEMS_A_PAGE = 100


@require_safe
def report(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.get_own_session_or_404(request, session_id)
    page = Paginator(session.problems.all(), PROBLEMS_A_PAGE).get_page(request.GET.get("page"))
    context = {"session": session, "page": page, "totals": queries.file_totals(session.files)}
    return render(request, "imports/report.html", context)


@require_safe
def report_csv(request: HttpRequest, session_id: UUID) -> StreamingHttpResponse:
    return report_of(access.get_own_session_or_404(request, session_id))


def report_of(session: ImportSession) -> StreamingHttpResponse:
    return download(csv_lines(_report_rows(session)), CSV, "reelkeeper-report.csv")


def _report_rows(session: ImportSession) -> Iterator[tuple[object, ...]]:
    """First what became of each file's rows, in numbers; then every line of which there is something to say."""
    yield _("File"), _("Line"), _("What"), _("Rows"), _("Why"), _("Value")
    for file in session.files:
        yield from ((file["name"], "", *counted) for counted in _counted(file))
    for problem in session.problems.iterator(chunk_size=500):
        rows = 1 if problem.kind == "lost" else ""
        what = problem.get_kind_display()
        yield problem.file, problem.line or "", what, rows, row_reason(problem), problem.detail


def _counted(file: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    yield _("Read"), file["rows"], "", ""
    yield _("Added"), file["added"], "", ""
    yield _("Merged"), file["merged"], "", ""
    yield _("Already there"), file["already"], "", ""
    for rule, rows in file["skipped"].items():
        yield _("Skipped"), rows, skip_rule(rule), ""
