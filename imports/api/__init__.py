"""JSON over the same queries and services as the pages. The contract: docs at /api/docs."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.parser import Parser

from imports.library.viewings import CantTell
from imports.review.decisions import CantDecide
from imports.sources.base import SourceError
from imports.sources.nesting import too_deep
from imports.sources.refusals import REFUSALS
from imports.web import errors
from imports.web.errors import nothing_here, told
from imports.web.htmx import HtmxHttpRequest
from imports.web.limits import TooMany

from . import library, operations, prime, rankings
from .guard import Anyone, Refused
from .sessions import router


class Api(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Name an operation as its function is called: sessions_upload."""
        module = operation.view_func.__module__.rpartition(".")[2]
        return f"{module}_{operation.view_func.__name__}"


class ShallowParser(Parser):
    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Read a body as json.loads does, to one depth on each Python. Ninja answers any exception of it with 400."""
        text = request.body.decode(json.detect_encoding(request.body), "surrogatepass")
        if too_deep(text) is not None:
            raise ValueError("nested too deep")
        body: dict[str, Any] = json.loads(text)
        return body


DESCRIPTION = """Bring a film history from Letterboxd or Amazon Prime Video, follow how its films are found at TMDB, and
read what came of it: for scripts, and for other front ends.

An import without an account belongs to the cookies that its upload sets: keep them. Who has an account can send a token
from [Settings](/settings/) as `Authorization: Bearer …` instead. With cookies, a call that changes something also sends
the value of the cookie `csrftoken` (over https: `__Host-csrftoken`) as `X-CSRFToken`, which this page does by itself. A
page of another site needs a token.

An error is `{"detail": "…", "code": "…"}`, with `file` where one is at fault and `hint` where one helps."""

CODES = {404: "not_found", 503: "tmdb_unavailable"}  # of an error that has only a status; any other is invalid

api = Api(
    title="Reelkeeper",
    version="1",
    description=DESCRIPTION,
    docs_url="/docs",
    openapi_url="/openapi.json",
    parser=ShallowParser(),
    auth=Anyone(),
    openapi_extra={"security": [{}, {"Token": []}]},  # where a call does not say otherwise
)
api.add_router("", router)
api.add_router("/v1/import/amazon-prime", prime.router)
api.add_router("/v1/library", library.router)
api.add_router("/v1/rankings", rankings.router)
api.add_router("/admin", operations.router)


@api.exception_handler(SourceError)
def source_error(request: HttpRequest, exc: SourceError) -> HttpResponse:
    body = told(gettext(exc.message) % exc.params, exc.code, file=exc.file)
    return api.create_response(request, body, status=exc.status)


@api.exception_handler(CantDecide)
def not_decided(request: HttpRequest, exc: CantDecide) -> HttpResponse:
    return api.create_response(request, told(gettext(exc.message), exc.code), status=exc.status)


@api.exception_handler(CantTell)
def not_told(request: HttpRequest, exc: CantTell) -> HttpResponse:
    return api.create_response(request, told(gettext(exc.message), exc.code), status=exc.status)


@api.exception_handler(TooMany)
def too_many(request: HtmxHttpRequest, exc: TooMany) -> HttpResponse:
    return errors.too_many(request, exc)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, exc: Http404) -> HttpResponse:
    return api.create_response(request, nothing_here(), status=404)


@api.exception_handler(ValidationError)
def not_valid(request: HttpRequest, exc: ValidationError) -> HttpResponse:
    fault = exc.errors[0]  # one sentence, as everywhere: the next call tells the next
    if fault["loc"][0] == "file":
        sentence = gettext(REFUSALS["nothing_sent"][1])
        hint = gettext("Send it as multipart/form-data: curl -F %s=@FILE") % fault["loc"][-1]
        return api.create_response(request, told(sentence, "nothing_sent", hint=hint), status=400)
    hint = gettext("A day is written like 2024-05-31.") if fault["type"] == "day" else ""
    # 400, not ninja's 422, which here says that a file can't be taken
    return api.create_response(request, told(_in_words(fault), "invalid", hint=hint), status=400)


@api.exception_handler(HttpError)
def refused(request: HttpRequest, exc: HttpError) -> HttpResponse:
    code = exc.code if isinstance(exc, Refused) else CODES.get(exc.status_code, "invalid")
    hint = exc.hint if isinstance(exc, Refused) else ""
    response = api.create_response(request, told(str(exc), code, hint=hint), status=exc.status_code)
    if exc.status_code == 401:
        response["WWW-Authenticate"] = "Bearer"  # HTTP wants it with every 401
    return response


@api.exception_handler(RawPostDataException)
def not_json(request: HttpRequest, exc: RawPostDataException) -> HttpResponse:
    """It called itself a form, and was read as one."""
    hint = gettext("Send it with the header “Content-Type: application/json”.")
    body = told(gettext("This call takes JSON, not a form."), "invalid", hint=hint)
    return api.create_response(request, body, status=400)


def _in_words(fault: dict[str, Any]) -> str:
    """Pydantic's, after the name of the field; our own names for a whole body are nobody's business."""
    kind, _, *field = fault["loc"] if fault["loc"][0] == "body" else (*fault["loc"][:1], None, *fault["loc"][1:])
    return f"{'.'.join(str(part) for part in field) or kind}: {fault['msg']}"
