"""For the people who run the instance: how it is doing, and one import's troubles."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from ninja import Status as Answer
from pydantic import Field

from enrichment import admin_log
from imports.models import ImportSession, Movie, Outcome, RowProblem
from imports.operation import status as instance
from imports.outcomes.ask_again import Which, ask_import_again
from imports.sessions.report import row_reason

from .guard import SIGNED_IN, staff
from .schemas import CHANGING, errors
from .wanted import Paged

router = Router(tags=["Operations (staff)"], auth=SIGNED_IN)


class Cluster(Schema):
    host: str
    state: str
    workers: int
    since: datetime


class Queue(Schema):
    waiting: int
    taken: int
    oldest_waiting_at: datetime | None


class Work(Schema):
    open_lookups: int
    open_details: int
    failed: int
    oldest_waiting_at: datetime | None
    sessions_in_queue: int
    films_in_queue: int


class Libraries(Schema):
    libraries: int
    films: int
    behind: int = Field(description="libraries with changes that are not reconciled yet")
    behind_since: datetime | None


class Tmdb(Schema):
    state: str = Field(description="up, sample, or why it does not answer")
    rate_allowed_per_second: float
    rate_used: int = Field(description="requests in the last `rate_seconds` seconds")
    rate_left: int
    rate_seconds: int
    last_429: datetime | None
    last_answer: datetime | None
    down_since: datetime | None
    retry_at: datetime | None


class WorkerStatus(Schema):
    running: bool | None = Field(description="null: the clusters' signs of life can't be read")
    clusters: list[Cluster]
    queue: Queue
    work: Work
    libraries: Libraries
    tmdb: Tmdb

    @classmethod
    def of(cls, status: instance.Status) -> Self:
        return cls(
            running=None if status.clusters is None else bool(status.clusters),
            clusters=[Cluster(**vars(cluster)) for cluster in status.clusters or []],
            queue=Queue(
                waiting=status.queue.waiting, taken=status.queue.taken, oldest_waiting_at=status.queue.oldest_at
            ),
            work=_work(status.work),
            libraries=_libraries(status.libraries),
            tmdb=_tmdb(status.tmdb),
        )


class FailedFilm(Schema):
    title: str
    year: int | None
    attempts: int
    error: str
    asked_at: datetime | None


class Problem(Schema):
    file: str
    line: int | None
    kind: str = Field(description="lost: the row is left out; note: it was used, but not every value of it")
    reason: str
    detail: str


class SessionErrors(Schema):
    session_id: UUID
    status: str
    error_message: str
    failed_films: int
    films: list[FailedFilm]
    row_problems: int
    problems: list[Problem]
    page: int
    per_page: int


class ReEnrich(Schema):
    failed_only: bool = False


class AskedAgain(Schema):
    session_id: UUID
    asked_again: int = Field(description="films; 0: none of them has an answer that could be another")


@router.get("/worker/status", response={200: WorkerStatus, **errors(403)}, summary="How the instance is doing")
def worker_status(request: HttpRequest) -> WorkerStatus:
    """What the admin's status page shows."""
    staff(request)
    return WorkerStatus.of(instance.instance_status())


@router.get(
    "/sessions/{uuid:session_id}/errors",
    response={200: SessionErrors, **errors(403, 404)},
    summary="What went wrong with an import",
)
def session_errors(request: HttpRequest, session_id: UUID, page: Query[Paged]) -> SessionErrors:
    """The films that TMDB could not be asked about, and what the report says of rows; a page of each."""
    staff(request, "imports.view_movie")
    session = get_object_or_404(ImportSession, pk=session_id)
    films = session.movies.filter(outcome=Outcome.FAILED).select_related("lookup", "tmdb_movie").order_by("turn")
    problems = session.problems.all()
    return SessionErrors(
        session_id=session.pk,
        status=session.status,
        error_message=session.error_message,
        failed_films=session.failed_count,
        films=[_failed(movie) for movie in films[page.rows]],
        row_problems=problems.count(),
        problems=[_problem(problem) for problem in problems[page.rows]],
        page=page.page,
        per_page=page.per_page,
    )


@router.post("/sessions/{uuid:session_id}/re-enrich", response={202: AskedAgain, **CHANGING}, summary="Ask TMDB again")
def re_enrich(request: HttpRequest, session_id: UUID, query: ReEnrich = ReEnrich()) -> Answer[AskedAgain]:  # noqa: B008
    """Ask TMDB again about the films that failed, were not found, or are not sure; the cluster does the asking."""
    staff(request, "imports.change_importsession")
    session = get_object_or_404(ImportSession, pk=session_id)
    which = Which.FAILED if query.failed_only else Which.UNCLEAR
    count = ask_import_again(session, which)
    # the admin's log has all that staff do, whichever way they do it
    admin_log.note(request.user, [session], f"Asked TMDB again by the API: {which}")
    # 202: TMDB's answers are yet to come
    return Answer(202, AskedAgain(session_id=session.pk, asked_again=count))


def _work(work: instance.Work) -> Work:
    return Work(
        open_lookups=work.open_lookups,
        open_details=work.open_details,
        failed=work.failed,
        oldest_waiting_at=work.oldest_at,
        sessions_in_queue=work.imports,
        films_in_queue=work.films,
    )


def _libraries(libraries: instance.Libraries) -> Libraries:
    return Libraries(
        libraries=libraries.count,
        films=libraries.films,
        behind=libraries.behind,
        behind_since=libraries.behind_since,
    )


def _tmdb(tmdb: instance.Tmdb) -> Tmdb:
    return Tmdb(
        state=tmdb.service.reason if tmdb.service.is_down else "sample" if tmdb.is_sample else "up",
        rate_allowed_per_second=tmdb.per_second,
        rate_used=tmdb.rate.used,
        rate_left=tmdb.rate.left,
        rate_seconds=tmdb.rate.seconds,
        last_429=tmdb.limited_at,
        last_answer=tmdb.answered_at,
        down_since=tmdb.service.since,
        retry_at=tmdb.service.retry_at,
    )


def _failed(movie: Movie) -> FailedFilm:
    """The question could not be put, or the details of its answer."""
    row: Any = movie.tmdb_movie or movie.lookup
    return FailedFilm(
        title=movie.title,
        year=movie.year,
        attempts=row.attempts,
        error=row.error,
        asked_at=movie.lookup.asked_at if movie.lookup else None,
    )


def _problem(problem: RowProblem) -> Problem:
    return Problem(
        file=problem.file,
        line=problem.line,
        kind=problem.kind,
        reason=str(row_reason(problem)),
        detail=problem.detail,
    )
