"""Questions are put, moved ahead, put again, or answered by hand; details are asked for. Each once for the instance."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from enrichment import bulk, queue, titles
from enrichment.batches import batches
from enrichment.films import catalogue
from enrichment.films.records import catalogue_in_use
from enrichment.models import Catalogue, DetailsStatus, LookupStatus, TitleLookup, TmdbMovie
from enrichment.signals import reopened, settled

from .answers import answer

STALE = timedelta(days=30)  # after so long an unsure or unmatched answer may have become a better one


@dataclass(frozen=True, slots=True)
class Question:
    """Which film is this title (and year)? `turn` is its place in the import that asks."""

    title: str
    year: int | None
    turn: int = 0
    variants: tuple[str, ...] = ()


Key = tuple[str, int | None]  # title_key and year


@transaction.atomic
def get_or_create_lookups(questions: Sequence[Question]) -> list[int]:
    """The lookup's id for each question, each put once for the whole instance. A lookup that waits already keeps the
    smaller turn; one that failed, or an old answer that was not sure, is asked again. Written in key order, so that
    two uploads never wait for each other in a circle."""
    keys = [(titles.key(question.title), question.year) for question in questions]
    asked = dict(reversed(list(zip(keys, questions, strict=True))))  # the first, so the smallest turn, wins
    known = _known(asked)
    _put([(key, asked[key]) for key in sorted(asked.keys() - known.keys(), key=lambda key: (key[0], key[1] or 0))])
    _move_ahead({row.pk: asked[key].turn for key, row in known.items() if row.is_behind(asked[key].turn)})
    _ask_again([row.pk for row in known.values() if row.is_stale])
    ids = {key: row.pk for key, row in (known | _known(asked.keys() - known.keys())).items()}
    return [ids[key] for key in keys]


def ask_again(lookups: Iterable[TitleLookup]) -> int:
    """Put these questions again; what was taken from their answers is taken back (see signals.reopened)."""
    return _ask_again([lookup.pk for lookup in lookups if lookup.status != LookupStatus.PENDING])


@transaction.atomic
def choose(lookup_id: int, tmdb_id: int) -> None:
    """Settle this question by hand: imports follow as after an answer of the machine, so no person's own choice is
    touched. A film that is not known here is asked for by its number; if TMDB has none, the question is put again."""
    lookup = TitleLookup.objects.select_for_update(no_key=True).get(pk=lookup_id)
    ask_films({tmdb_id: 0})
    ask_details_again([tmdb_id])
    reopened.send(TitleLookup, lookups=[lookup.pk])
    by_hand: dict[str, Any] = {"confidence": 1.0, "reasons": [{"code": "by_hand"}], "catalogue": catalogue_in_use()}
    free: dict[str, Any] = {"attempts": 0, "error": "", "leased_until": None, "lease_token": None}
    TitleLookup.objects.filter(pk=lookup.pk).update(
        status=LookupStatus.MATCHED, tmdb_movie=tmdb_id, asked_at=timezone.now(), **by_hand, **free
    )
    settled.send(TitleLookup, lookups=[lookup.pk], films=[])


@transaction.atomic
def ask_details(turns: Mapping[int, int]) -> int:
    """Have these films' details (TMDB id -> turn) fetched, once for the whole instance; the smallest turn counts."""
    changed = sum(_ask_details({pk: turns[pk] for pk in batch}) for batch in batches(sorted(turns)))
    if changed:
        queue.wake()
    return changed


@transaction.atomic
def ask_films(turns: Mapping[int, int]) -> int:
    """Have the films of these TMDB ids known, with their details (id -> turn). One that is not known yet becomes a row
    without any fact, which the details stage fills; one that TMDB does not have stays without a title, and is gone."""
    known = set(TmdbMovie.objects.filter(pk__in=turns).values_list("pk", flat=True))
    rows = [TmdbMovie(pk=pk, title="", catalogue=catalogue_in_use()) for pk in sorted(turns.keys() - known)]
    TmdbMovie.objects.bulk_create(rows, ignore_conflicts=True)
    return ask_details(turns)


def leave_sample() -> int:
    """Once there is a key, all that the built-in sample answered is asked of TMDB."""
    if settings.TMDB.is_sample:
        return 0
    with transaction.atomic():
        now, answered_films = timezone.now(), [DetailsStatus.DONE, DetailsStatus.GONE]
        TmdbMovie.objects.filter(catalogue=Catalogue.SAMPLE, details_status__in=answered_films).update(
            details_status=DetailsStatus.PENDING,
            catalogue=Catalogue.TMDB,
            attempts=0,
            created_at=now,
            next_attempt_at=now,
        )
        answered = TitleLookup.objects.filter(catalogue=Catalogue.SAMPLE).settled().order_by("pk")
        return _ask_again(list(answered.select_for_update().values_list("pk", flat=True)))


@transaction.atomic
def ask_details_again(film_ids: Collection[int]) -> int:
    """Fetch these films' details after all, where that failed; whoever took the failure as an answer waits again."""
    failed = TmdbMovie.objects.filter(pk__in=film_ids, details_status=DetailsStatus.FAILED).order_by("pk")
    ids = list(failed.select_for_update(no_key=True).values_list("pk", flat=True))
    if not ids:
        return 0
    now = timezone.now()
    TmdbMovie.objects.filter(pk__in=ids).update(
        details_status=DetailsStatus.PENDING, attempts=0, error="", created_at=now, next_attempt_at=now
    )
    reopened.send(TmdbMovie, lookups=[], films=ids)
    queue.wake()
    return len(ids)


def _ask_details(turns: Mapping[int, int]) -> int:
    now = timezone.now()
    known = TmdbMovie.objects.filter(pk__in=turns).order_by("pk")
    unasked = list(
        known.filter(details_status=DetailsStatus.NONE).select_for_update(no_key=True).values_list("pk", flat=True)
    )
    changed = TmdbMovie.objects.filter(pk__in=unasked).update(
        details_status=DetailsStatus.PENDING, attempts=0, created_at=now, next_attempt_at=now
    )
    bulk.update(TmdbMovie, "turn", {pk: turns[pk] for pk in unasked})
    late = [pk for pk, turn in known.waiting().values_list("pk", "turn") if turn > turns[pk]]
    return changed + sum(known.waiting().filter(pk=pk, turn__gt=turns[pk]).update(turn=turns[pk]) for pk in late)


class _Known(NamedTuple):
    pk: int
    status: str
    turn: int
    asked_at: datetime | None

    def is_behind(self, turn: int) -> bool:
        return self.status == LookupStatus.PENDING and self.turn > turn

    @property
    def is_stale(self) -> bool:
        if self.status == LookupStatus.FAILED:
            return True  # whatever kept TMDB from answering may have passed
        unsure = self.status in (LookupStatus.UNSURE, LookupStatus.UNMATCHED)
        return unsure and self.asked_at is not None and self.asked_at < timezone.now() - STALE


_KNOWN_FIELDS = ("title_key", "year", "pk", "status", "turn", "asked_at")


def _known(keys: Collection[Key]) -> dict[Key, _Known]:
    names = sorted({key for key, _ in keys})
    lookups: dict[Key, _Known] = {}
    for batch in batches(names):
        rows = TitleLookup.objects.filter(title_key__in=batch)
        for title_key, year, pk, status, turn, asked_at in rows.values_list(*_KNOWN_FIELDS):
            lookups[title_key, year] = _Known(pk, status, turn, asked_at)
    return {key: lookups[key] for key in keys if key in lookups}


def _put(questions: Sequence[tuple[Key, Question]]) -> None:
    """Open these questions; those that films known here answer are answered at once."""
    verdicts = catalogue.matches([(question.variants or (question.title,), key[1]) for key, question in questions])
    if questions:
        columns: dict[str, Sequence[Any]] = {
            "title_key": [key[0] for key, _ in questions],
            "year": [key[1] for key, _ in questions],
            "title": [question.title for _, question in questions],
            "variants": [list(question.variants) for _, question in questions],
            "turn": [question.turn for _, question in questions],
            "catalogue": [catalogue_in_use()] * len(questions),
        }
        if any(verdicts):
            answers = [answer(verdict) if verdict else _NO_ANSWER for verdict in verdicts]
            columns |= {name: [answer[name] for answer in answers] for name in _NO_ANSWER}
        bulk.insert(TitleLookup, columns, ignore_conflicts=True)


_NO_ANSWER: Mapping[str, Any] = {
    "status": LookupStatus.PENDING.value,
    "tmdb_movie_id": None,
    "confidence": None,
    "reasons": [],
    "candidates": [],
    "asked_at": None,
}


def _move_ahead(turns: Mapping[int, int]) -> None:
    waiting = TitleLookup.objects.waiting()
    for pk in sorted(turns):
        waiting.filter(pk=pk, turn__gt=turns[pk]).update(turn=turns[pk])


def _ask_again(ids: Sequence[int]) -> int:
    if not ids:
        return 0
    with transaction.atomic():
        in_order = TitleLookup.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
        now = timezone.now()
        list(in_order.values_list("pk"))  # so that two who ask again never wait for each other in a circle
        TitleLookup.objects.filter(pk__in=ids).update(
            status=LookupStatus.PENDING, tmdb_movie=None, attempts=0, created_at=now, next_attempt_at=now, error=""
        )
        reopened.send(TitleLookup, lookups=ids)
        queue.wake()
    return len(ids)
