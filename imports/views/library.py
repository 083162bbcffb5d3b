"""A person's library: its films in a list."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from imports.forms.library import LibraryFilterForm
from imports.library import films, questions
from imports.reconciling import keeping
from imports.web.access import person
from imports.web.addresses import shortened
from imports.web.htmx import HtmxHttpRequest, wants_fragment, with_address

FILMS_A_PAGE = 48


@require_safe
@login_required
@vary_on_headers("HX-Request")
def library(request: HtmxHttpRequest) -> HttpResponse:
    user = person(request)
    is_complete = keeping.up_to_date(user)
    facets = films.facets(user)
    form = LibraryFilterForm(request.GET, facets=facets)
    filters, chosen = form.filters(), shortened(request.GET, form.defaults)
    context = {
        "form": form,
        "page": Paginator(films.listed(user, filters), FILMS_A_PAGE).get_page(request.GET.get("page")),
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
    return HttpResponseClientRefresh() if keeping.up_to_date(person(request)) else HttpResponse(status=204)


@require_safe
@login_required
def ranking(request: HttpRequest, ranking_id: int) -> HttpResponse:
    """A rated film's page in the library."""
    user = person(request)
    tmdb_id = get_object_or_404(user.rankings, pk=ranking_id).tmdb_movie_id
    keeping.up_to_date(user)
    film = user.library_films.filter(tmdb_movie=tmdb_id).first()
    return redirect(film or "imports:library")  # a large library is not put together yet
