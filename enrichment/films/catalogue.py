"""The films that people have seen most, kept here, so that most titles need no search at TMDB."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from enrichment import matching, queue, titles
from enrichment.batches import batches
from enrichment.models import DetailsStatus, TmdbMovie, TmdbService, Upkeep, UpkeepKind
from enrichment.tmdb.types import Tmdb

from .records import CANDIDATE_FIELDS, candidate, catalogue_in_use, refresh_hits

PAGES = 500  # as far as TMDB's list goes: 10,000 films
KEYS_AT_ONCE = 2_000

Asked = tuple[Sequence[str], int | None]  # a question's names and year


def read_page(page: int, tmdb: Tmdb) -> None:
    refresh_hits(tmdb.most_voted(page).hits)


def plan_if_due() -> None:
    """Have the catalogue read when it never was, or so long ago that TMDB's terms ask for it."""
    if settings.WARM_CATALOGUE and not settings.TMDB.is_sample and not was_read(settings.TMDB.refresh_days):
        plan_pages()


def plan_pages() -> int:
    """Have all pages read, when nobody waits for anything else; how many were planned. While some wait from before,
    none is planned: the workers go on where they stopped."""
    if pages_waiting():
        return 0
    rows = [Upkeep(kind=UpkeepKind.CATALOGUE_PAGE, number=page, turn=page) for page in range(1, PAGES + 1)]
    Upkeep.objects.bulk_create(rows, ignore_conflicts=True)
    queue.wake()
    return PAGES


def pages_waiting() -> int:
    return Upkeep.objects.filter(kind=UpkeepKind.CATALOGUE_PAGE).count()


def note_read() -> None:
    TmdbService.objects.update_or_create(pk=1, defaults={"catalogue_read_at": timezone.now()})


def matches(questions: Sequence[Asked]) -> list[matching.Verdict | None]:
    """For each question its match among the films known here, None where TMDB must be asked: for all of them until
    the whole catalogue was read, for a film's namesakes may be missing."""
    if not questions or settings.TMDB.is_sample or not was_read():
        return [None] * len(questions)
    keys = [titles.key(names[0]) for names, _ in questions]
    films = _films_by_key(set(keys))
    return [_match(names, year, films.get(key, ())) for (names, year), key in zip(questions, keys, strict=True)]


def namesakes(name: str) -> list[matching.Candidate]:
    """The films known here that bear this title."""
    key = titles.key(name)
    return _films_by_key({key}).get(key, [])


def was_read(days: int | None = None) -> bool:
    """To the end; within so many days."""
    read = TmdbService.objects.filter(pk=1, catalogue_read_at__isnull=False)
    if days is not None:
        read = read.filter(catalogue_read_at__gt=timezone.now() - timedelta(days=days))
    return read.exists()


def _match(names: Sequence[str], year: int | None, films: Sequence[matching.Candidate]) -> matching.Verdict | None:
    return matching.judge_known(names, year, films) if films else None


def _films_by_key(keys: Collection[str]) -> dict[str, list[matching.Candidate]]:
    """The films that bear a title or original title of one of these keys."""
    in_order = sorted(keys)
    by_key: dict[str, list[matching.Candidate]] = defaultdict(list)
    known = TmdbMovie.objects.filter(catalogue=catalogue_in_use()).exclude(details_status=DetailsStatus.GONE)
    for batch in batches(in_order, KEYS_AT_ONCE):
        films = known.filter(Q(title_key__in=batch) | Q(original_key__in=batch))
        for title_key, original_key, *facts in films.values_list("title_key", "original_key", *CANDIDATE_FIELDS):
            for key in {title_key, original_key}:
                by_key[key].append(candidate(*facts))
    return by_key
