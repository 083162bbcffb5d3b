"""Statistics kept beside an import or a library: computed once, read in one row until something changes."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, NamedTuple, cast

from django.contrib.auth.models import User
from django.db import IntegrityError
from django.db.models import Count, Max, Sum
from django.utils import timezone

from imports.models import Analytics, ImportSession, Library, Ranking, SessionStatus

from .computing import VERSION, compute
from .films import films_of_library, films_of_session
from .filters import EVERYTHING, Filters
from .shape import Statistics
from .together import computed_once, one_process_at_a_time

WHILE_CHANGING = timedelta(seconds=10)  # computed anew at most as often while answers still come in


def of_session(session: ImportSession, filters: Filters = EVERYTHING) -> Statistics:
    """The statistics of one import, in the shape of `compute`; only those without filters are kept. All who ask at once
    share what is returned: it is for reading."""
    today = session.today()

    def computed() -> Statistics:
        return compute(films_of_session(session), kind="import", today=today, filters=filters)

    if filters:
        return computed_once((session.pk, mark_of(session), filters), computed)
    # the revision was read before the films: what comes in between makes the next reader compute again
    return _kept({"session": session}, mark_of(session), computed, is_changing=not session.is_done)


def of_library(user: User, filters: Filters = EVERYTHING) -> Statistics:
    """The statistics of a person's library, in the shape of `compute`; only those without filters are kept."""
    today = timezone.localdate()

    def computed() -> Statistics:
        return compute(films_of_library(user), kind="library", today=today, filters=filters)

    if filters:
        return computed_once((user.pk, mark_of(user), filters), computed)
    is_changing = user.import_sessions.filter(status=SessionStatus.ENRICHING).exists()
    return _kept({"user": user}, mark_of(user), computed, is_changing=is_changing)


class Mark(NamedTuple):
    """Changes whenever the statistics would tell something else, but for details of films that are awaited."""

    day: str
    state: str

    def __str__(self) -> str:
        return f"{self.day}-{self.state}"


def mark_of(thing: ImportSession | User) -> Mark:
    if isinstance(thing, User):
        return Mark(_day_mark(timezone.localdate()), str(_revision_of_library(thing)))
    state = f"{thing.revision}-{thing.status}"
    if thing.is_review and thing.user_id:  # whose ratings are the person's rankings
        state += f"-{sha256(_state_of_rankings(thing.user_id).encode()).hexdigest()[:16]}"
    return Mark(_day_mark(thing.today()), state)


def _day_mark(today: date) -> str:
    """Another version, or another day: streaks end, and TMDB's numbers may have been refreshed."""
    return f"{VERSION}-{today}"


def _revision_of_library(user: User) -> int:
    return Library.objects.filter(user=user).values_list("revision", flat=True).first() or 0


def _state_of_rankings(user_id: int) -> str:
    """Changes whenever a ranking comes, goes or is changed."""
    state = Ranking.objects.filter(user=user_id).aggregate(
        n=Count("pk"), ids=Sum("pk"), stars=Sum("rating"), created=Max("created_at"), changed=Max("changed_at")
    )
    moments = [moment.timestamp() for moment in (state["created"], state["changed"]) if moment]
    return f"{state['n']}-{state['ids']}-{state['stars']}-{max(moments, default=0)}"


def _kept(whose: dict[str, Any], mark: Mark, computed: Callable[[], Statistics], *, is_changing: bool) -> Statistics:
    def of_row() -> Statistics | None:
        row = Analytics.objects.filter(**whose).first()
        is_current = row is not None and _is_current(row, mark, is_changing=is_changing)
        return cast(Statistics, row.data) if row and is_current else None

    def waited_for() -> Statistics:
        with one_process_at_a_time(f"{whose}"):
            return of_row() or _computed_and_kept(whose, mark, computed)

    return of_row() or computed_once((*whose.values(), mark), waited_for)


def _computed_and_kept(whose: dict[str, Any], mark: Mark, computed: Callable[[], Statistics]) -> Statistics:
    data, now = computed(), timezone.now()
    new = Analytics(**whose, mark=str(mark), data=data, computed_at=now)
    with suppress(IntegrityError):  # it was deleted meanwhile
        Analytics.objects.bulk_create(  # one statement: of two readers at once, the later one stays
            [new], update_conflicts=True, unique_fields=list(whose), update_fields=["mark", "data", "computed_at"]
        )
    return data


def _is_current(row: Analytics, mark: Mark, *, is_changing: bool) -> bool:
    is_young = timezone.now() - row.computed_at < WHILE_CHANGING
    if row.mark != str(mark):
        return is_changing and is_young and row.mark.startswith(f"{mark.day}-")
    # details of films that are settled already come without a new revision
    return is_young or not row.data["coverage"]["awaited"]
