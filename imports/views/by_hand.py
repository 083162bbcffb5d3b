"""What a person tells their library by hand: a film added, a viewing told, put right, removed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from enrichment import numbers
from enrichment.models import DetailsStatus, TmdbMovie
from imports.forms.library import FilmSearchForm
from imports.forms.viewings import CHANGED_SINCE, ViewingForm, differences, shown, standing
from imports.library import questions, viewings
from imports.library.reviews import reviews_of
from imports.library.telling import tell
from imports.models import PERSON, LibraryFilm, LibraryViewing
from imports.reconciling.keeping import up_to_date
from imports.web.access import person
from imports.web.htmx import HtmxHttpRequest, pick_template, see_other, wants_fragment

from . import film_search
from .library_diary import entries_of
from .undoing import came_from, offer

# Adding


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@vary_on_headers("HX-Request")
def film_add(request: HtmxHttpRequest) -> HttpResponse:
    """Search, pick one, tell when it was seen."""
    if request.method == "POST":
        return _tell(request, _film_or_404(request.POST.get("film", "")))
    if picked := request.GET.get("film"):
        film = _film_or_404(picked)
        if film.details_status == DetailsStatus.GONE:
            raise Http404
        return _form_page(request, film, ViewingForm())
    return _searched(request)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def library_viewing_add(request: HtmxHttpRequest, film_id: int) -> HttpResponse:
    """One viewing more of a film that is in the library."""
    film = get_object_or_404(TmdbMovie, library_films__pk=film_id, library_films__user=person(request))
    if request.method == "POST":
        return _tell(request, film)
    return _form_page(request, film, ViewingForm())


def _tell(request: HtmxHttpRequest, film: TmdbMovie) -> HttpResponse:
    form = ViewingForm(request.POST)
    if not form.is_valid():
        return _form_page(request, film, form, status=422)
    try:
        done = tell(person(request), film, form.values(), today=form.today)
    except viewings.CantTell as refused:
        form.add_error(None, gettext(refused.message))
        return _form_page(request, film, form, status=refused.status)
    day = form.cleaned_data["watched_on"]
    sentence = gettext("Added to your diary: “%(title)s”.") if day else gettext("“%(title)s” is in your library now.")
    sentence %= {"title": film}
    if done:
        offer(request, sentence, done)
    else:
        messages.success(request, sentence)
    list_page = "imports:library_diary" if day else "imports:library"
    return see_other(request, came_from(request, otherwise=reverse(list_page)))


def _form_page(request: HttpRequest, film: TmdbMovie, form: ViewingForm, status: int = 200) -> HttpResponse:
    context = {"film": film, "form": form, "back": came_from(request, otherwise="")}
    return render(request, "library/viewing_add.html", context, status=status)


def _searched(request: HtmxHttpRequest) -> HttpResponse:
    form = FilmSearchForm(request.GET if "q" in request.GET else None)
    result = film_search.searched(request, form.cleaned_data["q"]) if form.is_valid() else film_search.NOT_YET
    user = person(request)
    up_to_date(user)
    own = LibraryFilm.objects.filter(user=user, is_seen=True, tmdb_movie__in=result.films)
    context = {"form": form, "result": result, "owned": set(own.values_list("tmdb_movie", flat=True))}
    if wants_fragment(request):
        return render(request, "library/_found.html", context)
    return render(request, "library/film_add.html", context | {"questions_count": questions.count(user)})


def _film_or_404(tmdb_id: str) -> TmdbMovie:
    number = numbers.from_text(tmdb_id)
    if number is None:
        raise Http404
    return get_object_or_404(TmdbMovie.objects.exclude(title=""), pk=number)  # without a title: purged here


# Putting right


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@vary_on_headers("HX-Request")
def library_viewing(request: HtmxHttpRequest, viewing_id: int) -> HttpResponse:
    """A viewing and the form that changes it: a page, or in place of its entry in a list."""
    viewing = _own(request, viewing_id)
    if viewing is None:
        return _gone(request)
    has = standing(viewing, [review.text for review in reviews_of([viewing]).get(viewing.pk, [])])
    if request.method == "POST":
        return _change(request, viewing, has)
    if wants_fragment(request) and request.GET.get("show") == "entry":
        context = {"entry": entries_of([viewing])[0], "back": _back(request), "has_focus": True}
        return render(request, "library/_diary_entry.html", context)
    return _shown(request, viewing, _form(viewing, has))


@require_POST
@login_required(redirect_field_name=None)  # nobody can be led back to a POST
def library_viewing_remove(request: HtmxHttpRequest, viewing_id: int) -> HttpResponse:
    viewing = _own(request, viewing_id)
    if viewing is None:
        return _gone(request)
    done = viewings.remove(viewing)
    offer(request, gettext("Removed from your diary: “%(title)s”.") % {"title": viewing.film}, done)
    return see_other(request, _back(request))


def _change(request: HtmxHttpRequest, viewing: LibraryViewing, has: viewings.Values) -> HttpResponse:
    form = _form(viewing, has, request.POST)
    if not form.is_valid():
        return _shown(request, viewing, form, status=422)  # htmx swaps a 422 in as it does a 200
    changed = differences(form.values(), has)
    if changed and form.cleaned_data["seen"] not in ("", shown(has)["seen"]):
        form.add_error(None, str(CHANGED_SINCE))
        return _shown(request, viewing, form, seen=shown(has)["seen"], status=409)
    if changed:
        done = viewings.change(viewing, changed, today=form.today)
        offer(request, gettext("Saved: “%(title)s”.") % {"title": viewing.film}, done)
    else:
        messages.info(request, gettext("Nothing changed."))
    return see_other(request, _back(request))


def _own(request: HttpRequest, viewing_id: int) -> LibraryViewing | None:
    up_to_date(person(request))
    own = LibraryViewing.objects.filter(user=person(request)).select_related("film__tmdb_movie", "user")
    return own.filter(pk=viewing_id).first()


def _gone(request: HtmxHttpRequest) -> HttpResponse:
    """It was removed in another tab, or never was theirs."""
    template = pick_template(request, "library/viewing_gone.html", "library/_viewing_gone.html")
    return HttpResponseNotFound(render_to_string(template, {"sentence": gettext(viewings.GONE.message)}, request))


def _form(viewing: LibraryViewing, has: viewings.Values, sent: Any = None) -> ViewingForm:
    # ids of its own: several may stand open on one page
    return ViewingForm(sent, initial=shown(has), auto_id=f"id_{viewing.pk}_%s")


def _shown(
    request: HtmxHttpRequest, viewing: LibraryViewing, form: ViewingForm, *, seen: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "viewing": viewing,
        "form": form,
        "seen": seen or form["seen"].value(),
        "is_own": viewing.source == PERSON and len(viewing.told_by) == 1,
        "is_swapped": wants_fragment(request),
        "back": _back(request),
    }
    template = pick_template(request, "library/viewing.html", "library/_viewing_in_place.html")
    return render(request, template, context, status=status)


def _back(request: HttpRequest) -> str:
    return came_from(request, otherwise=reverse("imports:library_diary"))
