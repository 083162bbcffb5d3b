"""One film of a library: what is known of it, and what its person says of its viewings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from imports.forms.library import JoinForm, StarsForm
from imports.library import films, rankings, viewings
from imports.library.reviews import reviews_of
from imports.models import LibraryFilm, LibraryViewing
from imports.reconciling import keeping
from imports.web.access import person
from imports.web.htmx import HtmxHttpRequest, see_other

from .undoing import came_from, offer

VIEWINGS_A_PAGE = 50  # nobody known has seen a film so often


@require_safe
@login_required
def library_film(request: HttpRequest, film_id: int) -> HttpResponse:
    user = person(request)
    is_complete = keeping.up_to_date(user)
    film = _own_film(request, film_id)
    page = Paginator(films.viewings_of(film), VIEWINGS_A_PAGE).get_page(request.GET.get("page"))
    reviews = reviews_of(list(page))
    context = {
        "library_film": film,
        "film": film.tmdb_movie,
        "form": StarsForm(initial={"rating": films.own_rating(film)}),
        "page": page,
        "rows": [(viewing, reviews.get(viewing.pk, [])) for viewing in page],
        "chosen": QueryDict(),
        "titles": films.titles_of(film),
        "decisions": viewings.decisions_on(film),
        "is_complete": is_complete,
        "questions_of_film": film.questions.exists(),
    }
    return render(request, "library/film.html", context)


@require_POST
@login_required(redirect_field_name=None)  # nobody can be led back to a POST
def library_rate(request: HtmxHttpRequest, film_id: int) -> HttpResponse:
    film, form = _own_film(request, film_id), StarsForm(request.POST)
    if film.tmdb_movie is None:
        raise Http404
    if form.is_valid():
        rankings.rate(person(request), film.tmdb_movie, form.cleaned_data["rating"], form.today)
        messages.success(request, gettext("Saved: “%(title)s”.") % {"title": film.title})
    else:
        messages.warning(request, str(form.errors["rating"][0]))
    return _back(request, film)


@require_POST
@login_required(redirect_field_name=None)  # nobody can be led back to a POST
def library_not_mine(request: HtmxHttpRequest, film_id: int) -> HttpResponse:
    film = _own_film(request, film_id)
    try:
        done = viewings.take_out(film)
    except viewings.CantTell as refused:
        messages.warning(request, gettext(refused.message))
    else:
        offer(request, gettext("“%(title)s” is no longer in your library.") % {"title": film.title}, done)
    return _back(request, film)


@require_POST
@login_required(redirect_field_name=None)  # nobody can be led back to a POST
def library_join(request: HtmxHttpRequest, film_id: int) -> HttpResponse:
    """Several viewings of a film become one."""
    film = _own_film(request, film_id)
    form = JoinForm(request.POST, film=film)
    if not form.is_valid():
        messages.warning(request, str(form.errors["viewing"][0]))
        return _back(request, film)
    together = form.cleaned_data["viewing"]
    done = viewings.join(together)
    said = ngettext("%(n)d viewing is one now.", "%(n)d viewings are one now.", len(together))
    offer(request, said % {"n": len(together)}, done)
    return _back(request, film)


@require_POST
@login_required(redirect_field_name=None)  # nobody can be led back to a POST
def library_split(request: HtmxHttpRequest, viewing_id: int) -> HttpResponse:
    """What one of them tells is another viewing than what the others tell."""
    own = LibraryViewing.objects.filter(user=person(request)).select_related("film", "user")
    viewing = get_object_or_404(own, pk=viewing_id)
    try:
        done = viewings.split(viewing, request.POST.get("ref", ""))
    except viewings.CantTell as refused:
        messages.warning(request, gettext(refused.message))
    else:
        offer(request, gettext("These are two viewings now."), done)
    return _back(request, viewing.film)


def _own_film(request: HttpRequest, film_id: int) -> LibraryFilm:
    own = LibraryFilm.objects.filter(user=person(request)).select_related("tmdb_movie", "user")
    return get_object_or_404(own, pk=film_id)


def _back(request: HtmxHttpRequest, film: LibraryFilm) -> HttpResponse:
    return see_other(request, came_from(request, otherwise=film.get_absolute_url()))
