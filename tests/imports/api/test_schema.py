"""The whole OpenAPI document against the app: no server error, and no answer that it does not tell of."""

import json
import random
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckFunction
from schemathesis.core.transport import Response
from schemathesis.specs.openapi import checks

from imports.accounts import tokens
from imports.api import api
from imports.models import Decision, LibraryQuestion, LibraryViewing, Source
from imports.reconciling import keeping
from tests.factories import ImportSessionFactory, MovieFactory, RankingFactory, UserFactory, ViewingFactory
from tests.tmdb_server import TmdbServer

pytestmark = pytest.mark.slow

CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
    checks.ignored_auth,
]

schema = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema())))


@pytest.fixture
def known(live_server: Any, tmdb: TmdbServer) -> dict[str, Any]:
    """What there is to be found, and a token of the person whose it is: staff, so that they may everything."""
    user = UserFactory(is_staff=True)
    session = ImportSessionFactory(user=user, browser_key="", total_movies=2, enriched_count=1, matched_count=1)
    viewing = ViewingFactory(movie=MovieFactory(session=session, matched=True), review="Loved it", tags=["cinema"])
    MovieFactory(session=session)
    review = ImportSessionFactory(
        user=user, browser_key="", source=Source.PRIME_VIDEO, link_readable=False, total_movies=2
    )
    for turn in range(2):
        MovieFactory(session=review, decision=Decision.PENDING, turn=turn)
    ranking = RankingFactory(user=user, rating=4)
    told_twice = MovieFactory(session=session, matched=True)
    stream = ImportSessionFactory(
        user=user, browser_key="", source=Source.PRIME_VIDEO, link_readable=False, closed_at=session.created_at
    )
    added = {"decision": Decision.ADDED, "decided_at": session.created_at, "tmdb_movie": told_twice.tmdb_movie}
    ViewingFactory(movie=told_twice, watched_on="2024-05-05")
    ViewingFactory(movie=MovieFactory(session=stream, matched=True, **added), watched_on="2024-05-01")
    keeping.recompute(user)
    return {
        "session_id": [str(session.pk), str(review.pk)],
        "index": [0, 1],
        "movie_id": [viewing.movie_id],
        "ranking_id": [ranking.pk],
        "viewing_id": [*LibraryViewing.objects.values_list("pk", flat=True)],
        "question_id": [*LibraryQuestion.objects.values_list("pk", flat=True)],
        "token": tokens.make(user, "schemathesis"),
        "url": live_server.url,
    }


@schema.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_every_call_answers_as_the_document_tells(case: schemathesis.Case[Any], known: dict[str, Any]) -> None:
    chance = random.Random(f"{case.path_parameters} {case.query} {case.body!r}")
    for name in set(case.path_parameters or {}) & set(known):
        if chance.random() < 0.8:  # the rest asks for what is not there
            case.path_parameters[name] = chance.choice(known[name])
    answer: Response = case.call(base_url=known["url"], headers={"Authorization": f"Bearer {known['token']}"})
    case.validate_response(answer, checks=CHECKS)
