"""The rows of a library, made to say what was concluded: what stands as it should is left alone, so that an address
and the number of a viewing stay what they are."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.models import User

from enrichment import bulk, titles
from enrichment.batches import SIZE, batches
from enrichment.models import TmdbMovie
from imports.films.ratings import as_number
from imports.models import LibraryFilm, LibraryQuestion, LibraryViewing

from . import rules
from .evidence import Told
from .rules import Conclusion, Evidence, Rated

TITLE_LENGTH = 500  # of LibraryFilm.title

FILM = tuple(
    field.attname for field in LibraryFilm._meta.concrete_fields if field.attname not in ("id", "user_id", "key")
)
VIEWING = ("watched_on", "source", "rating", "rewatch", "tags", "has_review", "told_by", "place")

Values = dict[str, Any]


def write(user: User, names: Collection[str], told: Mapping[str, Told], decisions: rules.Decisions) -> bool:
    """Bring the rows of the films that have these keys in line with what tells of them. Returns whether any changed."""
    conclusions = {key: rules.conclude(film.evidence, decisions) for key, film in told.items()}
    should = dict(_films(told, conclusions))
    standing = _standing_films(user, names)
    ids, is_changed = _write_films(user, standing, should)
    viewings = {ids[key]: list(_viewings(conclusions[key])) for key in should}
    changed = _write_viewings(user, viewings)
    questions = {ids[key]: conclusions[key].questions for key in should}
    return _write_questions(user, questions) or changed or is_changed


# What the rows should say


def _films(told: Mapping[str, Told], conclusions: Mapping[str, Conclusion]) -> Iterator[tuple[str, Values]]:
    names = _names_at_tmdb({film.tmdb_id for film in told.values() if film.tmdb_id})
    for key, film in told.items():
        values = _film(film, conclusions[key], names.get(film.tmdb_id or 0, ("", None)))
        if values["evidence"] or values["liked_on"]:
            yield key, values


def _names_at_tmdb(tmdb_ids: Collection[int]) -> dict[int, tuple[str, int | None]]:
    names: dict[int, tuple[str, int | None]] = {}
    for some in batches(sorted(tmdb_ids), 5_000):
        rows = TmdbMovie.objects.filter(pk__in=some).order_by().values_list("pk", "title", "release_date")
        names |= {pk: (title, day.year if day else None) for pk, title, day in rows}
    return names


def _film(film: Told, conclusion: Conclusion, at_tmdb: tuple[str, int | None]) -> Values:
    _, own_title, own_year = min(film.titles, key=lambda told: (told[0], told[1], told[2] or 0))
    title, year = at_tmdb
    title, year = (title, year or own_year) if title else (own_title, own_year)
    days = [viewing.day for viewing in conclusion.viewings if viewing.day]
    ratings = rules.ratings_in_order(film.ratings)
    is_theirs = bool(conclusion.viewings)
    counts = ratings[0] if ratings and (is_theirs or not conclusion.evidence) else None
    return {
        "tmdb_movie_id": film.tmdb_id,
        "title": title[:TITLE_LENGTH],
        "title_key": titles.fold(title)[:TITLE_LENGTH],
        "year": year,
        "rating": counts.rating if counts else None,
        "rating_source": counts.source if counts else "",
        "rated_on": counts.on if counts else None,
        "ratings": [_rating(told) for told in ratings],
        "is_seen": is_theirs,
        "liked_on": film.liked_on,
        "marked_on": film.marked_on,
        "viewings_count": len(conclusion.viewings),
        "first_watched": min(days, default=None),
        "last_watched": max(days, default=None),
        "sources": sorted(film.sources),
        "evidence": conclusion.evidence,
        "joined": conclusion.joined,
        "folded": conclusion.folded,
        "taken_out": conclusion.taken_out,
    }


def _rating(told: Rated) -> Values:
    return {"source": told.source, "rating": as_number(told.rating), "on": _text(told.on)}


def _viewings(conclusion: Conclusion) -> Iterator[Values]:
    for place, viewing in enumerate(conclusion.viewings):
        yield {
            "watched_on": viewing.day,
            "source": viewing.source,
            "rating": viewing.rating,
            "rewatch": viewing.rewatch,
            "tags": list(viewing.tags),
            "has_review": viewing.has_review,
            "told_by": [_told_by(entry) for entry in viewing.told_by],
            "place": place,
        }


def _told_by(entry: Evidence) -> Values:
    return {
        "ref": entry.ref,
        "source": entry.source,
        "day": _text(entry.day),
        "rating": as_number(entry.rating),
        "rewatch": entry.rewatch,
        "rows": [{"session": str(row.session), "movie": row.movie, "viewing": row.viewing} for row in entry.rows],
    }


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


# Films


def _standing_films(user: User, names: Collection[str]) -> dict[str, tuple[int, Values]]:
    standing: dict[str, tuple[int, Values]] = {}
    for some in batches(sorted(names), 5_000):
        rows: Any = LibraryFilm.objects.filter(user=user, key__in=some).order_by().values_list("key", "pk", *FILM)
        standing |= {key: (pk, dict(zip(FILM, values, strict=True))) for key, pk, *values in rows}
    return standing


def _write_films(
    user: User, standing: Mapping[str, tuple[int, Values]], should: Mapping[str, Values]
) -> tuple[dict[str, int], bool]:
    """Returns the films' numbers by their keys, and whether any row changed."""
    gone = [pk for key, (pk, _) in standing.items() if key not in should]
    for some in batches(gone):
        LibraryFilm.objects.filter(pk__in=some).delete()
    changed = [
        LibraryFilm(pk=standing[key][0], user_id=user.pk, key=key, **values)
        for key, values in should.items()
        if key in standing and standing[key][1] != values
    ]
    LibraryFilm.objects.bulk_update(changed, [name.removesuffix("_id") for name in FILM], batch_size=SIZE)
    new = sorted(key for key in should if key not in standing)
    if new:
        columns = {name: [should[key][name] for key in new] for name in FILM}
        bulk.insert(LibraryFilm, columns | {"user_id": [user.pk] * len(new), "key": new})
    ids = {key: pk for key, (pk, _) in standing.items()}
    for some_keys in batches(new, 5_000):
        ids |= dict(LibraryFilm.objects.filter(user=user, key__in=some_keys).values_list("key", "pk"))
    return ids, bool(gone or changed or new)


# Viewings


def _write_viewings(user: User, should: Mapping[int, Sequence[Values]]) -> bool:
    standing = _standing_viewings(should)
    new: list[tuple[int, Values]] = []
    changed: list[LibraryViewing] = []
    gone: list[int] = []
    for film_id, viewings in should.items():
        stand = standing.get(film_id, [])
        if [values for _, values in stand] == viewings:
            continue
        numbers = _paired(stand, viewings)
        gone += [pk for pk, _ in stand if pk not in numbers]
        before = dict(stand)
        for pk, values in zip(numbers, viewings, strict=True):
            if pk is None:
                new.append((film_id, values))
            elif before[pk] != values:
                changed.append(LibraryViewing(pk=pk, user_id=user.pk, film_id=film_id, **values))
    for some in batches(gone):
        LibraryViewing.objects.filter(pk__in=some).delete()
    LibraryViewing.objects.bulk_update(changed, VIEWING, batch_size=SIZE)
    if new:
        columns = {name: [values[name] for _, values in new] for name in VIEWING}
        bulk.insert(
            LibraryViewing, columns | {"user_id": [user.pk] * len(new), "film_id": [film_id for film_id, _ in new]}
        )
    return bool(new or changed or gone)


def _standing_viewings(film_ids: Collection[int]) -> dict[int, list[tuple[int, Values]]]:
    standing: dict[int, list[tuple[int, Values]]] = defaultdict(list)
    for some in batches(sorted(film_ids), 5_000):
        rows: Any = LibraryViewing.objects.filter(film__in=some).order_by("film", "place", "pk")
        for film_id, pk, *values in rows.values_list("film_id", "pk", *VIEWING):
            standing[film_id].append((pk, dict(zip(VIEWING, values, strict=True))))
    return standing


def _paired(stand: Sequence[tuple[int, Values]], viewings: Sequence[Values]) -> list[int | None]:
    """For each viewing the number of the row that it was so far: the first that any of its evidence told; None: it is
    new."""
    number_of = {told["ref"]: pk for pk, values in reversed(stand) for told in values["told_by"]}
    taken: set[int] = set()
    numbers: list[int | None] = []
    for values in viewings:
        known = [number_of[told["ref"]] for told in values["told_by"] if told["ref"] in number_of]
        number = next((pk for pk in known if pk not in taken), None)
        numbers.append(number)
        if number is not None:
            taken.add(number)
    return numbers


# Questions


def _write_questions(user: User, should: Mapping[int, Sequence[tuple[int, int]]]) -> bool:
    asked = {film_id: pairs for film_id, pairs in should.items() if pairs}
    wanted = set(_pairs(asked))
    standing: dict[tuple[int, int, int], int] = {}
    for some in batches(sorted(should), 5_000):
        rows = LibraryQuestion.objects.filter(film__in=some).values_list("film_id", "earlier_id", "later_id", "pk")
        standing |= {(film_id, earlier, later): pk for film_id, earlier, later, pk in rows}
    gone = [pk for pair, pk in standing.items() if pair not in wanted]
    LibraryQuestion.objects.filter(pk__in=gone).delete()
    new = sorted(wanted - standing.keys())
    LibraryQuestion.objects.bulk_create(
        LibraryQuestion(user=user, film_id=film_id, earlier_id=earlier, later_id=later)
        for film_id, earlier, later in new
    )
    return bool(gone or new)


def _pairs(asked: Mapping[int, Sequence[tuple[int, int]]]) -> Iterator[tuple[int, int, int]]:
    number_of: dict[tuple[int, int], int] = {}
    for some in batches(sorted(asked), 5_000):
        rows = LibraryViewing.objects.filter(film__in=some).order_by().values_list("film_id", "place", "pk")
        number_of |= {(film_id, place): pk for film_id, place, pk in rows}
    for film_id, pairs in asked.items():
        for earlier, later in pairs:
            yield film_id, number_of[film_id, earlier], number_of[film_id, later]
