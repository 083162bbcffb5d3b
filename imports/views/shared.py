"""What anyone sees who has a share link: what its owner allowed, and nothing of who they are."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from imports.figures.whole import Figures
from imports.forms.sharing import SharedFilterForm
from imports.models import ShareLink
from imports.sharing import previews, reading
from imports.web import access
from imports.web.addresses import shortened
from imports.web.htmx import HtmxHttpRequest, pick_template, with_address

FILMS_A_PAGE = 48
REVIEWS_A_PAGE = 25
FILMS_IN_FRONT = 12

# Filters of the shared list; statistics have others, which it does not.
KNOWN_FILTERS = {"genre", "decade", "year", "director", "cast", "country", "language"}

View = Callable[[Any, ShareLink, str], HttpResponse]


def for_everyone(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """Call the view with the link of the token in its address. No browser or proxy keeps the answer: what is revoked is
    gone."""

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, access.get_shared_or_404(token), token)
        # the owner gave the link to people, not to search engines
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return require_safe(never_cache(answer))


@for_everyone
def front(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    context = _page(request, link, token)
    films = reading.best_known(link)[:FILMS_IN_FRONT] if link.shows_films else []
    return render(request, "sharing/front.html", context | {"films": films})


@for_everyone
@vary_on_headers("HX-Request")
def films(request: HtmxHttpRequest, link: ShareLink, token: str) -> HttpResponse:
    if not link.shows_films:  # as if there were no such page: what is hidden is not told of
        raise Http404
    context = _page(request, link, token)
    form = SharedFilterForm(request.GET, link=link)
    films = reading.films(link, form.filters(), form.order)
    chosen = shortened(request.GET, form.defaults)
    context |= {
        "form": form,
        "page": Paginator(films, FILMS_A_PAGE).get_page(request.GET.get("page")),
        "chosen": chosen,
        "chips": form.chips(chosen),
        "is_table": form.is_table,
    }
    template = pick_template(request, page="sharing/films.html", fragment="sharing/_films.html")
    return with_address(request, render(request, template, context), chosen)


@for_everyone
def reviews(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    if not link.shows_reviews:
        raise Http404
    context = _page(request, link, token)
    page = Paginator(reading.reviewed(link), REVIEWS_A_PAGE).get_page(request.GET.get("page"))
    # chosen: the links to other pages keep the filters, and this list has none
    context |= {"page": page, "reviews": reading.reviews(link, page), "chosen": QueryDict()}
    return render(request, "sharing/reviews.html", context)


@for_everyone
def stats(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    if not link.shows_statistics:
        raise Http404
    context = _page(request, link, token)
    shown = {"ratings": link.shows_ratings, "dates": link.shows_dates}
    figures = Figures(reading.statistics(link), SharedLinks(link, token), **shown)
    return render(request, "sharing/statistics.html", context | {"figures": figures})


@for_everyone
def preview(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    reading.bring_up_to_date(link)
    return HttpResponse(previews.preview(link), "image/png")


class SharedLinks:
    """Leads from a number to the films behind it, where the shared list can tell them apart."""

    def __init__(self, link: ShareLink, token: str) -> None:
        self.list = reverse("imports:shared_films", args=[token]) if link.shows_films else ""
        self.known = KNOWN_FILTERS | ({"rating"} if link.shows_ratings else set())

    def films(self, by: Mapping[str, Any]) -> str:
        # a list that knows not all of the filters would show more films than were counted
        return f"{self.list}?{urlencode(by)}" if self.list and by and by.keys() <= self.known else ""

    def film(self, pk: int) -> str:
        return ""

    def year(self, year: int) -> str:
        return ""


def _page(request: HttpRequest, link: ShareLink, token: str) -> dict[str, Any]:
    """What every shared page has: its head, and the picture that goes with its address. Called before anything else of
    the link is read: it brings a library up to date."""
    return {
        "is_complete": reading.bring_up_to_date(link),
        "link": link,
        "token": token,
        "title": previews.title(link),
        "numbers": reading.numbers(link),
        "picture": request.build_absolute_uri(reverse("imports:shared_preview", args=[token])),
    }
