"""A Prime Video history: bring it in, see what is in it, finish its review, take it all back."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from imports.exports.streams import csv_lines
from imports.films import listing
from imports.forms.uploads import UploadForm
from imports.models import Decision, ImportSession, Ranking, Usage
from imports.review import decisions
from imports.review.wizard import Review
from imports.sessions import in_library
from imports.sessions.delete import undo_import
from imports.sessions.open_review import ReviewOpen
from imports.sessions.progress import Progress
from imports.sessions.start import MAX_REVIEW, start_review
from imports.sources.base import SourceError
from imports.web import access, limits
from imports.web.htmx import HtmxHttpRequest, see_other

TITLES_A_PAGE = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def prime_start(request: HtmxHttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _start_page(request)
    form = UploadForm(request.POST, request.FILES)
    form.is_valid()  # fills cleaned_data; nothing in it can be wrong, and the sources judge the files
    zone, replace = form.cleaned_data["time_zone"], "replace" in request.POST
    try:
        with limits.counted(request, Usage.Kind.UPLOAD):
            session = start_review(cast(User, request.user), form.uploads(), time_zone=zone, replace=replace)
    except SourceError as error:
        return _start_page(request, gettext(error.message) % error.params, error.status)
    except ReviewOpen:
        return _start_page(request, gettext("You have an open review. Say below whether it may be replaced."), 409)
    if form.cleaned_data["someone_elses"]:
        in_library.put(session, False)
    return see_other(request, session.get_absolute_url())


def session_page(session: ImportSession, progress: Progress) -> dict[str, Any]:
    """What the page of a Prime Video import shows, and its live part."""
    review = Review(session)
    return {
        "session": session,
        "progress": progress,
        "review": review,
        "counts": review.progress,
        "newest": listing.newest_matches(session),
        "left": listing.left_of(session),
        "over": max(0, session.found_count - session.total_movies),
        "not_films": session.movies.filter(decision=Decision.NOT_A_FILM, kind="not_a_film").count(),
        "others": review.others().count(),
    }


@require_safe
def title_list(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The series and what is no film, each to be taken in."""
    return _titles(request, _review(request, session_id))


@require_POST
def title_take_in(request: HtmxHttpRequest, session_id: UUID, movie_id: int) -> HttpResponse:
    review = _review(request, session_id)
    movie = get_object_or_404(review.session.movies, pk=movie_id)
    try:
        with access.or_404():
            decisions.take_in(movie)
    except decisions.CantDecide as refused:
        return _titles(request, review, gettext(refused.message), refused.status)
    messages.success(request, gettext("“%(title)s” joins your review as a film.") % {"title": movie.title})
    return redirect("imports:title_list", session_id)


@require_http_methods(["GET", "HEAD", "POST"])
def review_complete(request: HtmxHttpRequest, session_id: UUID) -> HttpResponse:
    """What came of the review; POST closes it."""
    review = _review(request, session_id)
    if request.method == "POST":
        with access.or_404():
            decisions.complete(review.session)
        return see_other(request, request.path)
    unmatched = review.unmatched().exclude(decision=Decision.ADDED)
    context = {"session": review.session, "review": review, "progress": review.progress, "unmatched": unmatched}
    return render(request, "review/complete.html", context)


@require_safe
def unmatched_csv(request: HttpRequest, session_id: UUID) -> StreamingHttpResponse:
    session = access.get_own_session_or_404(request, session_id)
    header = [gettext("Title"), gettext("Year"), gettext("Watched")]
    rows = Review(session).unmatched().values_list("title", "year", "watched_on").iterator(chunk_size=500)
    lines = csv_lines([header, *([title, year or "", day or ""] for title, year, day in rows)])
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="reelkeeper-unmatched.csv"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def session_undo(request: HtmxHttpRequest, session_id: UUID) -> HttpResponse:
    """Take back all that the import added to the library, and the import with it: asks first."""
    session = access.get_own_session_or_404(request, session_id)
    if request.method != "POST":
        added = Ranking.objects.filter(movie__session=session)
        context = {
            "session": session,
            # what they changed since is theirs, and stays
            "added": added.filter(changed_at=None).count(),
            "kept": added.exclude(changed_at=None),
        }
        return render(request, "review/undo.html", context)
    with access.or_404():
        undone = undo_import(session)
    messages.success(request, _undone(undone))
    # the import's own page is gone with it
    return see_other(request, reverse("imports:session_list"))


def _titles(request: HttpRequest, review: Review, problem: str = "", status: int = 200) -> HttpResponse:
    page = Paginator(review.others(), TITLES_A_PAGE).get_page(request.GET.get("page"))
    context = {"session": review.session, "page": page, "problem": problem}
    return render(request, "review/prime_titles.html", context, status=status)


def _undone(undone: decisions.Undone) -> str:
    said = ngettext(
        "The import is undone: %(n)d film was taken back.",
        "The import is undone: %(n)d films were taken back.",
        undone.rankings,
    ) % {"n": undone.rankings}
    if undone.kept:
        titles = ", ".join(f"“{ranking.title}”" for ranking in undone.kept)
        said += " " + gettext("You changed these since, so they stay: %(titles)s.") % {"titles": titles}
    return said


def _start_page(request: HtmxHttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    open_review = access.own_sessions(request).open_reviews().first()
    context = {
        "problem": problem,
        "open_review": open_review,
        "open_progress": Review(open_review).progress if open_review else None,
        "most": MAX_REVIEW,
    }
    return render(request, "review/prime_start.html", context, status=status)


def _review(request: HttpRequest, session_id: UUID) -> Review:
    session = access.get_own_session_or_404(request, session_id)
    if not session.is_review:
        raise Http404
    return Review(session)
