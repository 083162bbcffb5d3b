"""A person's library: what they ranked, changed in place, added to, taken away."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from imports.forms.library import LibraryFilterForm, RatingForm, TakeBackForm
from imports.library import rankings
from imports.library.from_import import TakenBack, take_back
from imports.models import Ranking
from imports.web import access
from imports.web.addresses import shortened
from imports.web.downloads import films_of_library, json_of_library, letterboxd_of_library
from imports.web.htmx import HtmxHttpRequest, pick_template, wants_fragment, with_address

FILMS_A_PAGE = 48
REMOVED = "removed_ranking"  # in the Django session, until the library has shown it once
ADDED = "added_rankings"  # the same, of what an import put in


@require_safe
@login_required
@vary_on_headers("HX-Request")
def library(request: HtmxHttpRequest) -> HttpResponse:
    user = _person(request)
    form = LibraryFilterForm(request.GET, facets=rankings.facets(user))
    filters, chosen = form.filters(), shortened(request.GET, form.defaults)
    context = {
        "form": form,
        # cast: where titles are folded it is no QuerySet, but has what Paginator needs
        "page": Paginator(cast(Any, rankings.find(user, filters)), FILMS_A_PAGE).get_page(request.GET.get("page")),
        "chosen": chosen,
        "chips": form.chips(chosen),
        "is_table": form.is_table,
        "is_filtered": not filters.leave_all,
    }
    if wants_fragment(request):
        return with_address(request, render(request, "library/_films.html", context), chosen)
    # only a page has a place for it: a fragment would lose it
    context["removed"] = request.session.pop(REMOVED, None)
    context["added"] = request.session.pop(ADDED, None)
    return render(request, "library/library.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@vary_on_headers("HX-Request")
def ranking(request: HtmxHttpRequest, ranking_id: int) -> HttpResponse:
    """A ranking and the form that changes it: a page, or in place of its poster or row."""
    ranking = _own(request, ranking_id)
    if request.method != "POST":
        is_form = not wants_fragment(request) or request.GET.get("show") != "film"
        return _shown(request, ranking, _form(ranking) if is_form else None)
    form = _form(ranking, request.POST)
    if not form.is_valid():
        return _shown(request, ranking, form, status=422)  # htmx swaps a 422 in as it does a 200
    answer = form.cleaned_data
    with access.or_404():
        ranking = rankings.change(ranking, {"rating": answer["rating"], "rated_at": answer["rated_at"]})
    if wants_fragment(request):
        return _shown(request, ranking, None, is_saved=True)
    messages.success(request, gettext("Saved: “%(title)s”.") % {"title": ranking.title})
    return redirect("imports:library")


@require_POST
@login_required(redirect_field_name=None)  # nobody can be led back to a POST
def ranking_remove(request: HtmxHttpRequest, ranking_id: int) -> HttpResponse:
    ranking = _own(request, ranking_id)
    with access.or_404():
        removed = {"title": ranking.title, "token": rankings.remove(ranking)}
    if wants_fragment(request):
        return render(request, "library/_removed_film.html", {"removed": removed, "is_table": _is_table(request)})
    request.session[REMOVED] = removed  # the next page has the button that puts it back
    return redirect("imports:library")


@require_POST
@login_required(redirect_field_name=None)  # nobody can be led back to a POST
def ranking_restore(request: HtmxHttpRequest) -> HttpResponse:
    try:
        ranking = rankings.restore(_person(request), request.POST.get("removed", ""))
    except rankings.CantRestore:
        sentence = gettext("It can't be put back: it is in your library again, or was removed too long ago.")
        if wants_fragment(request):
            return render(request, "library/_not_restored.html", {"sentence": sentence, "is_table": _is_table(request)})
        messages.warning(request, sentence)
        return redirect("imports:library")
    if wants_fragment(request):
        return _shown(request, ranking, None)
    messages.success(request, gettext("“%(title)s” is back in your library.") % {"title": ranking.title})
    return redirect("imports:library")


@require_safe
@login_required
def library_csv(request: HttpRequest) -> StreamingHttpResponse:
    return films_of_library(_person(request))


@require_safe
@login_required
def library_json(request: HttpRequest) -> StreamingHttpResponse:
    return json_of_library(_person(request))


@require_safe
@login_required
def library_letterboxd(request: HttpRequest) -> StreamingHttpResponse:
    return letterboxd_of_library(_person(request))


@require_POST
@login_required(redirect_field_name=None)  # nobody can be led back to a POST
def session_to_library(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Take an import's ratings into the library, which then offers to undo it."""
    session = access.get_own_session_or_404(request, session_id)
    if session.is_review:
        raise Http404
    since = timezone.now()
    with access.or_404():
        counts = rankings.add_rated_films(session, _person(request))
    if not counts.added:  # the library only where there is something new in it
        messages.info(request, _in_words(counts))
        return redirect(session)
    request.session[ADDED] = {"sentence": _in_words(counts), "session": str(session.pk), "since": since.isoformat()}
    return redirect("imports:library")


@require_POST
@login_required(redirect_field_name=None)  # nobody can be led back to a POST
def session_from_library(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Take back what an import put into the library: all of it, or what it put in since a moment."""
    session, form = access.get_own_session_or_404(request, session_id), TakeBackForm(request.POST)
    if session.is_review or not form.is_valid():
        raise Http404
    with access.or_404():
        taken_back = take_back(session, _person(request), since=form.cleaned_data["since"])
    messages.success(request, _taken_back_in_words(taken_back))
    return redirect(session)


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)  # login_required


def _own(request: HttpRequest, ranking_id: int) -> Ranking:
    own = _person(request).rankings.select_related("tmdb_movie")
    return get_object_or_404(own, pk=ranking_id)


def _form(ranking: Ranking, sent: QueryDict | None = None) -> RatingForm:
    rating = "" if ranking.rating is None else f"{ranking.rating:.1f}"
    # ids of its own: several may stand open on one page
    return RatingForm(sent, initial={"rating": rating, "rated_at": ranking.rated_at}, auto_id=f"id_{ranking.pk}_%s")


def _shown(
    request: HtmxHttpRequest, ranking: Ranking, form: RatingForm | None, *, is_saved: bool = False, status: int = 200
) -> HttpResponse:
    """The ranking, with its form when there is one."""
    fragment = "library/_film_form.html" if form else "library/_film.html"
    context = {
        "ranking": ranking,
        "form": form,
        "is_table": _is_table(request),
        "is_swapped": True,
        "is_saved": is_saved,
    }
    return render(request, pick_template(request, "library/ranking.html", fragment), context, status=status)


def _is_table(request: HttpRequest) -> bool:
    """htmx says which view it swaps into."""
    return "table" in (request.GET.get("view"), request.POST.get("view"))


def _in_words(counts: rankings.Added) -> str:
    if not (counts.added or counts.already or counts.unmatched):
        return gettext("This import holds no rated film.")
    said = [
        ngettext(
            "%(n)s rated film was added to your library.", "%(n)s rated films were added to your library.", counts.added
        )
        % {"n": intcomma(counts.added)}
    ]
    if counts.already:
        said.append(
            ngettext(
                "%(n)s was ranked already and left alone.", "%(n)s were ranked already and left alone.", counts.already
            )
            % {"n": intcomma(counts.already)}
        )
    if counts.unmatched:
        said.append(
            ngettext("%(n)s has no match yet.", "%(n)s have no match yet.", counts.unmatched)
            % {"n": intcomma(counts.unmatched)}
        )
    return " ".join(said)


def _taken_back_in_words(taken_back: TakenBack) -> str:
    said = ngettext(
        "%(n)s film was taken back from your library. The import stays.",
        "%(n)s films were taken back from your library. The import stays.",
        taken_back.removed,
    ) % {"n": intcomma(taken_back.removed)}
    if not taken_back.kept:
        return said
    kept = ngettext(
        "You changed %(n)s film since, so it stays in your library.",
        "You changed %(n)s films since, so they stay in your library.",
        taken_back.kept,
    )
    return f"{said} {kept % {'n': intcomma(taken_back.kept)}}"
