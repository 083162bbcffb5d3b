"""Page or fragment: the view decides, by who asks."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


class HtmxHttpRequest(HttpRequest):
    htmx: HtmxDetails


def wants_fragment(request: HtmxHttpRequest) -> bool:
    """For a swap; not for a reader, a boosted link, or htmx restoring its history."""
    asked = request.META  # with every poll: `request.htmx` would read all headers for it
    is_whole = "HTTP_HX_BOOSTED" in asked or "HTTP_HX_HISTORY_RESTORE_REQUEST" in asked
    return asked.get("HTTP_HX_REQUEST") == "true" and not is_whole


def pick_template(request: HtmxHttpRequest, page: str, fragment: str) -> str:
    return fragment if wants_fragment(request) else page


def with_address(request: HtmxHttpRequest, response: HttpResponse, chosen: QueryDict) -> HttpResponse:
    """The response, which tells htmx the address that the page has once this part of it is swapped in."""
    if wants_fragment(request):
        response["HX-Push-Url"] = f"{request.path}?{chosen.urlencode()}" if chosen else request.path
    return response


def whole_page(request: HtmxHttpRequest) -> str:
    """The address of the page that a part was asked for, if it is one of ours: the browser's header only says so."""
    try:
        url = request.htmx.current_url_abs_path or "/"
    except ValueError:  # no address at all
        return "/"
    return url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) else "/"


def see_other(request: HtmxHttpRequest, url: str) -> HttpResponse:
    """To a new page after a POST, for a browser and for htmx (which would swap a followed redirect into the page)."""
    if request.htmx:
        return HttpResponseClientRedirect(url)
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response
