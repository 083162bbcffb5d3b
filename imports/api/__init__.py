"""JSON over the same queries and services as the pages. The contract: docs at /api/docs."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from imports.decisions import CantDecide
from imports.htmx import HtmxHttpRequest
from imports.limits import TooMany
from imports.sources.base import SourceError
from imports.views import errors

from . import operations, prime, rankings
from .guard import Refused, anyone
from .sessions import router

CODES = {404: "not_found", 503: "tmdb_unavailable"}

api = NinjaAPI(
    title="Reelkeeper",
    version="1",
    docs_url="/docs",
    openapi_url="/openapi.json",
    auth=anyone,
    openapi_extra={"security": [{}, {"Token": []}, {"Cookie": []}]},  # where a call does not say otherwise
)
api.add_router("", router)
api.add_router("/v1/import/amazon-prime", prime.router)
api.add_router("/v1/rankings", rankings.router)
api.add_router("/admin", operations.router)


@api.exception_handler(SourceError)
def source_error(request: HttpRequest, exc: SourceError) -> HttpResponse:
    body = {"detail": gettext(exc.message) % exc.params, "code": exc.code}
    return api.create_response(request, body | ({"file": exc.file} if exc.file else {}), status=exc.status)


@api.exception_handler(CantDecide)
def not_decided(request: HttpRequest, exc: CantDecide) -> HttpResponse:
    status = {"already_decided": 409, "film_gone": 404}.get(exc.code, 400)
    return api.create_response(request, {"detail": gettext(exc.message), "code": exc.code}, status=status)


@api.exception_handler(TooMany)
def too_many(request: HtmxHttpRequest, exc: TooMany) -> HttpResponse:
    return errors.too_many(request, exc)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, exc: Http404) -> HttpResponse:
    return api.create_response(request, {"detail": gettext("There is nothing here."), "code": "not_found"}, status=404)


@api.exception_handler(ValidationError)
def not_valid(request: HttpRequest, exc: ValidationError) -> HttpResponse:
    return api.create_response(request, {"detail": _first_fault(exc.errors), "code": "invalid"}, status=400)


@api.exception_handler(HttpError)
def refused(request: HttpRequest, exc: HttpError) -> HttpResponse:
    body = {"detail": str(exc), "code": CODES.get(exc.status_code, "invalid")}
    if isinstance(exc, Refused):
        body |= {"code": exc.code} | ({"hint": exc.hint} if exc.hint else {})
    response = api.create_response(request, body, status=exc.status_code)
    if exc.status_code == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def _first_fault(errors: list[dict[str, Any]]) -> str:
    fault = errors[0]
    return f"{'.'.join(str(part) for part in fault['loc'][1:])}: {fault['msg']}"
