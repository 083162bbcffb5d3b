"""The films of an import: the list, and one film."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from imports.films import listing
from imports.films.viewings import A_PAGE, NEWEST_FIRST, to_be_shown, with_later_days
from imports.forms.films import MovieFilterForm
from imports.web import access
from imports.web.addresses import shortened
from imports.web.htmx import HtmxHttpRequest, pick_template, with_address

FILMS_A_PAGE = 48  # whole rows of 2, 3, 4, 6 or 8 posters


@require_safe
@vary_on_headers("HX-Request")
def movie_list(request: HtmxHttpRequest, session_id: UUID) -> HttpResponse:
    session = access.get_readable_session_or_404(request, session_id)
    form = MovieFilterForm(request.GET, facets=listing.facets(session), session=session)
    # get_page: an old address whose page is no more leads to the last one, not to a 404
    page = Paginator(listing.movies(session, form.filters()), FILMS_A_PAGE).get_page(request.GET.get("page"))
    chosen = shortened(request.GET, form.defaults)
    context = {
        "session": session,
        "form": form,
        "page": page,
        "chosen": chosen,
        "chips": form.chips(chosen),
        "is_table": form.is_table,
    }
    template = pick_template(request, page="films/movie_list.html", fragment="films/_movies.html")
    return with_address(request, render(request, template, context), chosen)


@require_safe
def movie_detail(request: HtmxHttpRequest, session_id: UUID, movie_id: int) -> HttpResponse:
    session = access.get_readable_session_or_404(request, session_id)
    movie = get_object_or_404(session.movies.select_related("tmdb_movie", "lookup"), pk=movie_id)
    viewings = with_later_days(to_be_shown(movie.viewings.order_by(*NEWEST_FIRST)), movie)
    before, after = listing.neighbours(movie)
    context = {
        "session": session,
        "movie": movie,
        "film": movie.tmdb_movie,
        "page": Paginator(viewings, A_PAGE).get_page(request.GET.get("page")),
        "chosen": QueryDict(),
        "candidates": [] if movie.tmdb_movie or not movie.lookup else listing.candidates(movie.lookup),
        "before": before,
        "after": after,
    }
    return render(request, "films/movie_detail.html", context)
