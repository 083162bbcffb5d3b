"""A library of 10,000 films from four sources: the whole of it reconciled, a month's update, its pages beside an
import's; and how well what is the same is put together."""

import gc
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import django

django.setup()
gc.collect()
gc.freeze()  # as config.wsgi does

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from imports.models import ImportSession, LibraryChange, LibraryFilm, LibraryViewing, Movie, Viewing
from imports.reconciling import keeping, marks
from tests import libraries, shadows
from tests.benchmarks.database import fresh_database
from tests.factories import UserFactory

FILMS = 10_000
MONTH = 30  # films
ROUNDS = 3


def main() -> None:
    _measure_rules()
    with fresh_database():
        user: Any = UserFactory()
        diary, *_ = libraries.fill(user, FILMS)
        _measure_rows(user, diary)


def _measure_rules() -> None:
    shares = shadows.measured(list(shadows.films(FILMS)))
    print(f"\nWhat four sources tell of {FILMS:,} films")
    print(f"  {'told the same viewing':40}{shares.pairs:>10,} pairs")
    print(f"  {'put together (aim: at least 99.5 %)':40}{100 * shares.joined / shares.pairs:>10.2f} %")
    print(f"  {'rewatches':40}{shares.rewatches:>10,}")
    print(f"  {'lost (aim: at most 0.1 %)':40}{100 * shares.lost / shares.rewatches:>10.2f} %")


def _measure_rows(user: User, diary: ImportSession) -> None:
    told = Viewing.objects.count()
    floor = _best(_read_rows)
    first = _timed(lambda: keeping.recompute(user))
    again = _best(lambda: keeping.recompute(user))
    month = _best(lambda: keeping.catch_up(user), clean=lambda: _touch(diary))
    print(f"\nA library of {FILMS:,} films, told by {told:,} viewings, on {connection.vendor} (best of {ROUNDS})")
    print(f"  films, viewings: {LibraryFilm.objects.count():,}, {LibraryViewing.objects.count():,}")
    print(f"  {'the first time, all rows written':40}{first:>10.3f} s")
    print(f"  {'all of it again (aim: at most 2 s)':40}{again:>10.3f} s")
    print(f"  {'a month, 30 films (aim: at most 0.2 s)':40}{month:>10.3f} s")
    print(f"  {'floor: the rows by values_list':40}{floor:>10.3f} s")
    print(f"  {'ratio all of it / floor':40}{again / floor:>10.2f}")
    _measure_pages(user, diary)


def _measure_pages(user: User, diary: ImportSession) -> None:
    client = Client()
    client.force_login(user)
    seconds = []
    for name, address in (("an import's films", f"{diary.get_absolute_url()}films/"), ("the library", "/library/")):
        assert client.get(address).status_code == 200  # and whatever is made once
        seconds.append(_best(partial(client.get, address)))
        print(f"  {name + ', first page':40}{seconds[-1]:>10.3f} s")
    print(f"  {'ratio library / import':40}{seconds[1] / seconds[0]:>10.2f}")


def _touch(diary: ImportSession) -> None:
    LibraryChange.objects.all().delete()
    newest = list(diary.movies.order_by("turn").values_list("pk", flat=True)[:MONTH])
    marks.mark(Movie.objects.filter(pk__in=newest))


def _read_rows() -> None:
    list(
        Movie.objects.values_list("pk", "session", "tmdb_movie", "title", "year", "source_key", "rating", "watched_on")
    )
    list(Viewing.objects.values_list("pk", "movie", "watched_on", "rating", "rewatch", "tags", "entry_uri"))


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _best(work: Callable[[], Any], clean: Callable[[], Any] = lambda: None) -> float:
    times = []
    for _ in range(ROUNDS):
        clean()
        times.append(_timed(work))
    return min(times)


if __name__ == "__main__":
    main()
