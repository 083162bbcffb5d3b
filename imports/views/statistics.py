"""The statistics of an import and of a library, and their years in review."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from imports.figures.links import LibraryLinks, Links, SessionLinks
from imports.figures.whole import Figures
from imports.forms.statistics import StatisticsFilterForm
from imports.library import questions
from imports.models import ImportSession
from imports.reconciling import keeping
from imports.sessions.progress import progress_of
from imports.sharing.allowed import public
from imports.statistics import kept
from imports.statistics.filters import EVERYTHING, Filters
from imports.statistics.shape import Statistics
from imports.web import access
from imports.web.addresses import shortened
from imports.web.htmx import HtmxHttpRequest, pick_template, wants_fragment, with_address


@require_safe
@vary_on_headers("HX-Request")
def session_stats(request: HtmxHttpRequest, session_id: UUID) -> HttpResponse:
    """One URL for the page and what a filter swaps; while films are being matched, the page asks again by itself."""
    is_poll = wants_fragment(request) and "revision" in request.GET
    standing = access.get_standing_or_404(request, session_id)
    # before anything is computed: this poll would change nothing
    if is_poll and request.GET["revision"] == standing.mark:
        return HttpResponse(status=204)  # htmx leaves the page as it is
    session = access.get_readable_session_or_404(request, session_id, touch=not is_poll)
    progress = progress_of(standing)
    data = kept.of_session(session)  # all of it first: the form offers what there is in it
    form = StatisticsFilterForm(request.GET, choices=data["choices"])
    if filters := form.filters():
        data = kept.of_session(session, filters)
    figures = Figures(_seen_by(session, data), SessionLinks(session, filters.chosen))
    context = {"session": session, "progress": progress, "form": form, "figures": figures, "is_filtered": bool(filters)}
    return _shown(request, "statistics/session.html", context, is_poll=is_poll)


@require_safe
def session_year(request: HttpRequest, session_id: UUID, year: int) -> HttpResponse:
    """A year of an import in review."""
    session = access.get_readable_session_or_404(request, session_id)

    def data(filters: Filters) -> Statistics:
        return _seen_by(session, kept.of_session(session, filters))

    links = SessionLinks(session, Filters(year=year).chosen)
    return _year_page(request, year, data, links, reverse("imports:session_stats", args=[session.pk]), is_complete=True)


@require_safe
@login_required
@vary_on_headers("HX-Request")
def library_stats(request: HtmxHttpRequest) -> HttpResponse:
    user = cast(User, request.user)  # login_required
    is_complete = keeping.up_to_date(user)
    data = kept.of_library(user)  # all of it first: the form offers what there is in it
    form = StatisticsFilterForm(request.GET, choices=data["choices"])
    if filters := form.filters():
        data = kept.of_library(user, filters)
    figures = Figures(data, LibraryLinks(filters.chosen))
    context = {"form": form, "figures": figures, "is_filtered": bool(filters), "is_complete": is_complete}
    context["questions_count"] = questions.count(user)
    return _shown(request, "statistics/library.html", context)


@require_safe
@login_required
def library_year(request: HttpRequest, year: int) -> HttpResponse:
    """A year of the whole history in review."""
    user = cast(User, request.user)  # login_required
    is_complete = keeping.up_to_date(user)

    def data(filters: Filters) -> Statistics:
        return kept.of_library(user, filters)

    links = LibraryLinks(Filters(year=year).chosen)
    return _year_page(request, year, data, links, reverse("imports:library_stats"), is_complete=is_complete)


def _year_page(
    request: HttpRequest,
    year: int,
    data: Callable[[Filters], Statistics],
    links: Links,
    statistics: str,
    *,
    is_complete: bool,
) -> HttpResponse:
    """`statistics`: the address of those that the year is a part of."""
    reviews = {review["year"]: review for review in data(EVERYTHING)["reviews"]}
    if year not in reviews:
        raise Http404
    figures = Figures(data(Filters(year=year)), links)
    before = max((other for other in reviews if other < year), default=None)
    after = min((other for other in reviews if other > year), default=None)
    context = {
        "statistics": statistics,
        "is_complete": is_complete,
        "figures": figures,
        "review": figures.review(reviews[year]),
        "facts": figures.facts(reviews[year]),
        "ends": figures.first_and_last(reviews[year]),
        "before": before and {"year": before, "url": links.year(before)},
        "after": after and {"year": after, "url": links.year(after)},
    }
    return render(request, "statistics/year.html", context)


def _seen_by(session: ImportSession, data: Statistics) -> Statistics:
    return data if session.is_mine else public(data)


def _shown(request: HtmxHttpRequest, page: str, context: dict[str, Any], *, is_poll: bool = False) -> HttpResponse:
    chosen = shortened(request.GET, {})
    chosen.pop("revision", None)  # the poll's own, which no address keeps
    context |= {"chosen": chosen, "is_poll": is_poll}
    response = render(request, pick_template(request, page, "statistics/_statistics.html"), context)
    return response if is_poll else with_address(request, response, chosen)
