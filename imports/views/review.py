"""The review wizard: one film after the other, and all the sure ones at once."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from enrichment.models import TmdbMovie
from imports.forms.review import AddForm, ChooseForm, SearchForm, StarsForm, problem_of
from imports.models import Movie, Ranking
from imports.review import decisions
from imports.review.wizard import Review
from imports.web import access
from imports.web.htmx import HtmxHttpRequest, pick_template, see_other, wants_fragment

from . import film_search


@require_safe
@vary_on_headers("HX-Request")
def review(request: HtmxHttpRequest, session_id: UUID) -> HttpResponse:
    """The film that is next, or the one that is asked for."""
    review = _review(request, session_id)
    if film := _number(request.GET.get("film")):
        return _show(request, review, [_movie(request, review, film)])
    return _show(request, review, review.upcoming(_number(request.GET.get("after"))))


@require_POST
def add(request: HtmxHttpRequest, session_id: UUID, movie_id: int) -> HttpResponse:
    movie = access.get_own_movie_or_404(request, session_id, movie_id)
    review = _rated(movie)
    form = AddForm(request.POST, today=review.today())
    if problem := problem_of(form):
        return _show(request, review, [movie], problem=problem, status=400)

    def decide() -> str:
        entered = form.cleaned_data
        # left empty: the day that the card has shown
        day = entered["rated_at"] or review.card_date(movie)
        return _added(movie, decisions.add(movie, entered["rating"], day, entered["tmdb_id"]))

    return _decided(request, review, movie, decide)


@require_POST
def skip(request: HtmxHttpRequest, session_id: UUID, movie_id: int) -> HttpResponse:
    movie = access.get_own_movie_or_404(request, session_id, movie_id)

    def decide() -> str:
        decisions.skip(movie)
        return gettext("Skipped “%(title)s”.") % {"title": movie.title}

    return _decided(request, _rated(movie), movie, decide)


@require_POST
def undo(request: HtmxHttpRequest, session_id: UUID, movie_id: int) -> HttpResponse:
    movie = access.get_own_movie_or_404(request, session_id, movie_id)
    return _undone(request, Review(movie.session), movie)


@require_POST
def undo_last(request: HtmxHttpRequest, session_id: UUID) -> HttpResponse:
    review = _review(request, session_id)
    movie = review.last_decided()
    if movie is None:
        return _show(request, review, review.upcoming(), problem=gettext("There is nothing to undo here."), status=400)
    return _undone(request, review, movie)


@require_POST
def choose(request: HtmxHttpRequest, session_id: UUID, movie_id: int) -> HttpResponse:
    movie = access.get_own_movie_or_404(request, session_id, movie_id)
    review, form = Review(movie.session), ChooseForm(request.POST)
    if problem := problem_of(form):
        return _show(request, review, [movie], problem=problem, status=400)

    def decide() -> str:
        decisions.choose(movie, form.cleaned_data["tmdb_id"])
        film = TmdbMovie.objects.get(pk=form.cleaned_data["tmdb_id"])
        return gettext("“%(title)s” is now taken as “%(film)s”.") % {"title": movie.title, "film": film}

    # with ratings the film is still to be added; without, this was all there is to decide
    return _decided(request, review, movie, decide, stay=review.is_rated)


@require_POST
def reject(request: HtmxHttpRequest, session_id: UUID, movie_id: int) -> HttpResponse:
    movie = access.get_own_movie_or_404(request, session_id, movie_id)
    review = Review(movie.session)

    def decide() -> str:
        decisions.reject(movie)
        return gettext("“%(title)s” is none of these.") % {"title": movie.title}

    return _decided(request, review, movie, decide, stay=review.is_rated)


@require_POST
def unchoose(request: HtmxHttpRequest, session_id: UUID, movie_id: int) -> HttpResponse:
    movie = access.get_own_movie_or_404(request, session_id, movie_id)

    def decide() -> str:
        decisions.unchoose(movie)
        return gettext("“%(title)s” is back to what the machine found.") % {"title": movie.title}

    return _decided(request, Review(movie.session), movie, decide, stay=True)


@require_safe
@vary_on_headers("HX-Request")
def search(request: HtmxHttpRequest, session_id: UUID) -> HttpResponse:
    """Films to pick from for ?film=: to htmx at once those that are known here, and with ?rest those that TMDB finds
    besides; else all that TMDB finds."""
    review = _review(request, session_id)
    number = _number(request.GET.get("film"))
    movie = _movie(request, review, number) if number else review.current()
    if movie is None:
        raise Http404
    q, year = SearchForm(request.GET).asked()
    result = film_search.searched(request, q, year)
    context = {"session": review.session, "movie": movie, "result": result, "q": q, "year": year}
    template = pick_template(request, page="review/search.html", fragment="review/_results.html")
    return render(request, template, context, status=result.status)


@require_http_methods(["GET", "HEAD", "POST"])
def add_all(request: HtmxHttpRequest, session_id: UUID) -> HttpResponse:
    """All that the machine is sure of: shown as a list first, then added with one rating or none yet."""
    review = _review(request, session_id)
    if not review.is_rated:
        raise Http404
    form = StarsForm(request.POST)
    if request.method != "POST":
        return _all(request, review)
    if problem := problem_of(form):
        return _all(request, review, problem, status=400)
    picked = [number for text in request.POST.getlist("film") if (number := _number(text))]
    # whatever numbers were sent, only films of this import are added
    movies = list(review.session.movies.filter(pk__in=picked))
    try:
        count = decisions.add_all(review.session, movies, form.cleaned_data["rating"])
    except decisions.CantDecide as refused:
        return _all(request, _review(request, session_id), gettext(refused.message), status=refused.status)
    messages.success(request, _all_added(count, len(movies)))
    return see_other(request, reverse("imports:review_all", args=[session_id]))


def _all(request: HtmxHttpRequest, review: Review, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "session": review.session,
        "movies": decisions.sure_films(review.session),
        "problem": problem,
        "together": review.decided_together(),
    }
    return render(request, "review/all.html", context, status=status)


def _all_added(count: int, picked: int) -> str:
    said = ngettext("%(n)d film was added.", "%(n)d films were added.", count) % {"n": count}
    if picked <= count:
        return said
    others = ngettext(
        "%(n)d was decided meanwhile, and stays as it is.",
        "%(n)d were decided meanwhile, and stay as they are.",
        picked - count,
    )
    return f"{said} " + others % {"n": picked - count}


def _review(request: HtmxHttpRequest, session_id: UUID) -> Review:
    return Review(access.get_own_session_or_404(request, session_id))


def _movie(request: HtmxHttpRequest, review: Review, movie_id: int) -> Movie:
    return access.get_own_movie_or_404(request, review.session.pk, movie_id)


def _rated(movie: Movie) -> Review:
    """Only a review with ratings adds and skips."""
    review = Review(movie.session)
    if not review.is_rated:
        raise Http404
    return review


def _number(text: str | None) -> int | None:
    # 15 digits do for every film here, and fit the database's numbers
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 16 else None


def _decided(
    request: HtmxHttpRequest, review: Review, movie: Movie, decide: Callable[[], str], *, stay: bool = False
) -> HttpResponse:
    """Take the decision, say it, and go on to the next film or stay at this one. What can't be decided is shown as it
    stands, with the reason."""
    try:
        said = decide()
    except decisions.CantDecide as refused:
        movie = _movie(request, review, movie.pk)
        return _show(request, review, [movie], problem=gettext(refused.message), status=refused.status)
    messages.success(request, said)
    # decided on the film's own page, which is where they go back to
    if "back" in request.POST:
        return see_other(request, movie.get_absolute_url())
    return _stay(request, review, movie) if stay else _go_on(request, review, movie)


def _undone(request: HtmxHttpRequest, review: Review, movie: Movie) -> HttpResponse:
    return _decided(request, review, movie, lambda: _taken_back(review, movie), stay=True)


def _taken_back(review: Review, movie: Movie) -> str:
    undone = review.undo(movie)
    said = gettext("“%(title)s” is open again.") % {"title": movie.title}
    if undone.films > 1:
        said = ngettext("%(n)d film is taken back.", "%(n)d films are taken back.", undone.films) % {"n": undone.films}
    if not undone.kept:
        return said
    kept = ", ".join(f"“{ranking.title}”" for ranking in undone.kept)
    return f"{said} " + gettext("What you changed by hand since stays in your library: %(kept)s.") % {"kept": kept}


def _added(movie: Movie, ranking: Ranking) -> str:
    if ranking.movie_id != movie.pk:
        said = gettext("“%(title)s” is in your library already: its rating there stays as it is.")
    elif ranking.rating is None:
        said = gettext("Added “%(title)s” without a rating yet.")
    else:
        said = gettext("Added “%(title)s” with %(stars)s.")
    return said % {"title": ranking.title, "stars": "★" * int(ranking.rating or 0)}


def _stay(request: HtmxHttpRequest, review: Review, movie: Movie) -> HttpResponse:
    return _at(request, review, f"film={movie.pk}", lambda: [_movie(request, review, movie.pk)])


def _go_on(request: HtmxHttpRequest, review: Review, movie: Movie) -> HttpResponse:
    return _at(request, review, f"after={movie.turn}", lambda: review.upcoming(movie.turn))


def _at(request: HtmxHttpRequest, review: Review, query: str, upcoming: Callable[[], Sequence[Movie]]) -> HttpResponse:
    """The review under an address with this query: htmx swaps it in, a browser is sent there."""
    address = f"{reverse('imports:review', args=[review.session.pk])}?{query}"
    if not wants_fragment(request):
        return see_other(request, address)
    response = _show(request, review, upcoming())
    # replaced, not pushed: the Back button leaves the review at once
    response["HX-Replace-Url"] = address
    return response


def _show(
    request: HtmxHttpRequest, review: Review, upcoming: Sequence[Movie], *, problem: str = "", status: int = 200
) -> HttpResponse:
    """The card of the first of these films; what was entered is kept when there is a problem with it."""
    context: dict[str, Any] = {
        "session": review.session,
        "review": review,
        "progress": review.progress,
        "card": review.card(upcoming[0]) if upcoming else None,
        "next_poster": review.next_poster(upcoming),
        "problem": problem,
        "entered": request.POST if problem else {},
        "back": "back" in request.POST or "back" in request.GET,
        "is_fragment": wants_fragment(request),
    }
    template = pick_template(request, page="review/review.html", fragment="review/_swap.html")
    return render(request, template, context, status=status)
