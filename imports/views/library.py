"""A person's library: its films in a list, what is added to it, what is taken away."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from enrichment import numbers
from enrichment.models import DetailsStatus, TmdbMovie
from imports.forms.library import FilmSearchForm, LibraryFilterForm, RatingForm
from imports.library import films, questions, rankings
from imports.reconciling import keeping
from imports.web.addresses import shortened
from imports.web.downloads import films_of_library, json_of_library, letterboxd_of_library
from imports.web.htmx import HtmxHttpRequest, pick_template, wants_fragment, with_address

from . import film_search

FILMS_A_PAGE = 48


@require_safe
@login_required
@vary_on_headers("HX-Request")
def library(request: HtmxHttpRequest) -> HttpResponse:
    user = _person(request)
    is_complete = keeping.up_to_date(user)
    facets = films.facets(user)
    form = LibraryFilterForm(request.GET, facets=facets)
    filters, chosen = form.filters(), shortened(request.GET, form.defaults)
    context = {
        "form": form,
        "page": Paginator(films.find(user, filters), FILMS_A_PAGE).get_page(request.GET.get("page")),
        "chosen": chosen,
        "chips": form.chips(chosen),
        "is_table": form.is_table,
        "is_filtered": not filters.leave_all,
        "is_complete": is_complete,
    }
    if wants_fragment(request):
        return with_address(request, render(request, "library/_films.html", context), chosen)
    context |= {"equation": films.equation(user), "sources": facets.sources, "questions_count": questions.count(user)}
    return render(request, "library/library.html", context)


@require_safe
@login_required
def library_progress(request: HtmxHttpRequest) -> HttpResponse:
    """For a page that waits until the library is put together: it is loaded anew once that is so."""
    return HttpResponseClientRefresh() if keeping.up_to_date(_person(request)) else HttpResponse(status=204)


@require_safe
@login_required
def ranking(request: HttpRequest, ranking_id: int) -> HttpResponse:
    """A rated film's page in the library."""
    user = _person(request)
    tmdb_id = get_object_or_404(user.rankings, pk=ranking_id).tmdb_movie_id
    keeping.up_to_date(user)
    film = user.library_films.filter(tmdb_movie=tmdb_id).first()
    return redirect(film or "imports:library")  # a large library is not put together yet


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


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)  # login_required


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
