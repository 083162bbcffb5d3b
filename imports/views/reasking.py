"""Ask TMDB again, about one film or a whole import."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from imports.models import Movie
from imports.outcomes.ask_again import Which, ask_film_again, ask_import_again
from imports.web import access
from imports.web.htmx import HtmxHttpRequest, see_other


@require_POST
def session_ask_again(request: HtmxHttpRequest, session_id: UUID) -> HttpResponse:
    session = access.get_own_session_or_404(request, session_id)
    # whatever else is sent asks for the fewest
    which = Which.UNCLEAR if request.POST.get("which") == Which.UNCLEAR else Which.FAILED
    messages.info(request, _said(ask_import_again(session, which)))
    return see_other(request, session.get_absolute_url())


@require_POST
def movie_ask_again(request: HtmxHttpRequest, session_id: UUID, movie_id: int) -> HttpResponse:
    """Back to where it was asked from: the film's page, or the review, which goes on with the next film."""
    movie = access.get_own_movie_or_404(request, session_id, movie_id)
    if ask_film_again(movie):
        said = gettext("TMDB is asked again about “%(title)s”.") % {"title": movie.title}
    else:
        said = gettext("There is nothing to ask TMDB about “%(title)s”.") % {"title": movie.title}
    messages.info(request, said)
    return see_other(request, _back(request, movie))


def _said(count: int) -> str:
    if not count:
        return gettext("There is no film to ask TMDB about again.")
    said = ngettext("TMDB is asked again about %(n)d film.", "TMDB is asked again about %(n)d films.", count)
    return said % {"n": count}


def _back(request: HtmxHttpRequest, movie: Movie) -> str:
    if "review" not in request.POST or "back" in request.POST:
        return movie.get_absolute_url()
    # what stands before `after` comes back at the review's end
    return f"{reverse('imports:review', args=[movie.session_id])}?after={movie.turn}"
