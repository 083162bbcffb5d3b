"""JSON over the same queries and services as the pages. The contract: docs at /api/docs."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from imports.sources.base import SourceError

from .guard import same_site
from .sessions import router

api = NinjaAPI(title="Reelkeeper", version="1", docs_url="/docs", openapi_url="/openapi.json", auth=same_site)
api.add_router("", router)


@api.exception_handler(SourceError)
def source_error(request: HttpRequest, exc: SourceError) -> HttpResponse:
    body = {"detail": gettext(exc.message) % exc.params, "code": exc.code}
    return api.create_response(request, body | ({"file": exc.file} if exc.file else {}), status=exc.status)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, exc: Http404) -> HttpResponse:
    return api.create_response(request, {"detail": gettext("There is nothing here."), "code": "not_found"}, status=404)


@api.exception_handler(ValidationError)
def not_valid(request: HttpRequest, exc: ValidationError) -> HttpResponse:
    return api.create_response(request, {"detail": _first_fault(exc.errors), "code": "invalid"}, status=400)


@api.exception_handler(HttpError)
def refused(request: HttpRequest, exc: HttpError) -> HttpResponse:
    code = {401: "not_signed_in", 403: "csrf"}.get(exc.status_code, "invalid")
    return api.create_response(request, {"detail": str(exc), "code": code}, status=exc.status_code)


def _first_fault(errors: list[dict[str, Any]]) -> str:
    fault = errors[0]
    return f"{'.'.join(str(part) for part in fault['loc'][1:])}: {fault['msg']}"
