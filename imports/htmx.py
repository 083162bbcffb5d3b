"""Page or fragment: the view decides, by who asks."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


class HtmxHttpRequest(HttpRequest):
    htmx: HtmxDetails


def wants_fragment(request: HtmxHttpRequest) -> bool:
    """For a swap; not for a reader, a boosted link, or htmx restoring its history."""
    htmx = request.htmx
    return bool(htmx) and not (htmx.boosted or htmx.history_restore_request)


def pick_template(request: HtmxHttpRequest, page: str, fragment: str) -> str:
    return fragment if wants_fragment(request) else page


def see_other(request: HtmxHttpRequest, url: str) -> HttpResponse:
    """To a new page after a POST, for a browser and for htmx (which would swap a followed redirect into the page)."""
    if request.htmx:
        return HttpResponseClientRedirect(url)
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response
