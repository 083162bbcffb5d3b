"""A person's library: what they ranked, changed in place, added to, taken away."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from enrichment import numbers
from enrichment.models import DetailsStatus, TmdbMovie
from imports.forms.library import FilmSearchForm, LibraryFilterForm, RatingForm, TakeBackForm
from imports.library import rankings
from imports.library.from_import import TakenBack, take_back
from imports.models import Ranking
from imports.web import access
from imports.web.addresses import shortened
from imports.web.htmx import HtmxHttpRequest, pick_template, wants_fragment, with_address

from . import film_search

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


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@vary_on_headers("HX-Request")
def film_add(request: HtmxHttpRequest) -> HttpResponse:
    """Search, pick one, rate it."""
    if request.method == "POST":
        return _add(request)
    if picked := request.GET.get("film"):
        return _picked(request, _film_or_404(picked), RatingForm(initial={"rated_at": rankings.today(), "rating": ""}))
    return _searched(request)


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


def _searched(request: HtmxHttpRequest) -> HttpResponse:
    form = FilmSearchForm(request.GET if "q" in request.GET else None)
    result = film_search.searched(request, form.cleaned_data["q"]) if form.is_valid() else film_search.NOT_YET
    owned = _person(request).rankings.filter(tmdb_movie__in=result.films)
    context = {"form": form, "result": result, "owned": dict(owned.values_list("tmdb_movie_id", "pk"))}
    return render(request, pick_template(request, "library/film_add.html", "library/_found.html"), context)


def _picked(request: HtmxHttpRequest, film: TmdbMovie, form: RatingForm, status: int = 200) -> HttpResponse:
    has = _person(request).rankings.filter(tmdb_movie=film).first()
    if has is not None:  # one ranking a film: what is there can be changed, not added again
        return redirect("imports:ranking", has.pk)
    return render(request, "library/film_rate.html", {"film": film, "form": form}, status=status)


def _add(request: HtmxHttpRequest) -> HttpResponse:
    film, form = _film_or_404(request.POST.get("film", "")), RatingForm(request.POST)
    if not form.is_valid():
        return _picked(request, film, form, status=422)
    answer = form.cleaned_data
    ranking, is_new = rankings.add(_person(request), film, answer["rating"], answer["rated_at"])
    if is_new:
        messages.success(request, gettext("“%(title)s” is in your library now.") % {"title": ranking.title})
        return redirect("imports:library")
    messages.info(request, gettext("“%(title)s” was in your library already.") % {"title": ranking.title})
    return redirect("imports:ranking", ranking.pk)


def _film_or_404(tmdb_id: str) -> TmdbMovie:
    number = numbers.from_text(tmdb_id)
    if number is None:
        raise Http404
    unusable = Q(details_status=DetailsStatus.GONE) | Q(title="")  # deleted at TMDB, or purged here
    return get_object_or_404(TmdbMovie.objects.exclude(unusable), pk=number)


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
