"""The rows of a library, made to say what was concluded: what stands as it should is left alone, so that an address
and the number of a viewing stay what they are."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q

from enrichment import bulk, titles
from enrichment.batches import SIZE, batches
from imports.films.ratings import as_number
from imports.models import LibraryFilm, LibraryQuestion, LibraryViewing

from . import keys, rules
from .evidence import MOST_NAMED, Told, among
from .rules import Conclusion, Evidence, Rated

TITLE_LENGTH = 500  # of LibraryFilm.title

FILM = tuple(
    field.attname for field in LibraryFilm._meta.concrete_fields if field.attname not in ("id", "user_id", "key")
)
VIEWING = ("watched_on", "source", "rating", "rewatch", "tags", "has_review", "told_by", "place")

Values = dict[str, Any]


def write(user: User, names: Collection[str], told: Mapping[str, Told], decisions: rules.Decisions) -> set[str]:
    """Bring the rows of the films that have these keys in line with what tells of them. Returns the keys of those whose
    rows changed."""
    by_ref = rules.DecisionsByRef(decisions)
    conclusions = {key: rules.conclude(film.evidence, by_ref.on(film.evidence)) for key, film in told.items()}
    should = dict(_films(told, conclusions, decisions.not_mine))
    standing = _standing_films(user, names)
    ids, changed = _write_films(user, standing, should)
    viewings = {ids[key]: list(_viewings(conclusions[key])) for key in should}
    changed_films = _write_viewings(user, viewings, _standing_viewings(user, names))
    questions = {ids[key]: conclusions[key].questions for key in should}
    changed_films |= _write_questions(user, questions)
    return changed | {key for key, pk in ids.items() if pk in changed_films}


# What the rows should say


def _films(
    told: Mapping[str, Told], conclusions: Mapping[str, Conclusion], not_mine: Set[str]
) -> Iterator[tuple[str, Values]]:
    for key, film in told.items():
        values = _film(film, conclusions[key], not_mine)
        if values["evidence"] or values["liked_on"]:
            yield key, values


def _film(film: Told, conclusion: Conclusion, not_mine: Set[str]) -> Values:
    _, title, year = min(film.titles, key=lambda told: (told[0], told[1], told[2] or 0))
    if film.title:
        title, year = film.title, film.released.year if film.released else year
    days = [viewing.day for viewing in conclusion.viewings if viewing.day]
    ratings = rules.ratings_in_order(told for told in film.ratings if not (told.is_of_viewing and told.ref in not_mine))
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
    rows: Any = LibraryFilm.objects.filter(_own(user, names)).order_by().values_list("key", "pk", *FILM)
    return {key: (pk, dict(zip(FILM, values, strict=True))) for key, pk, *values in rows if key in names}


def _own(user: User, names: Collection[str], of: str = "") -> Q:
    """The condition of a library's films that have one of these keys, and, where they are many, of others."""
    own = Q(**{f"{of}user": user})
    if len(names) <= MOST_NAMED:
        return own & Q(**{f"{of}key__in": sorted(names)})
    films, no_match = keys.told_by(names).films, Q(**{f"{of}tmdb_movie": None})
    return own & (among(f"{of}tmdb_movie", films) | no_match if films else no_match)


def _write_films(
    user: User, standing: Mapping[str, tuple[int, Values]], should: Mapping[str, Values]
) -> tuple[dict[str, int], set[str]]:
    """Returns the films' numbers by their keys, and the keys of those that changed."""
    gone = [key for key in standing if key not in should]
    for some in batches(gone):
        LibraryFilm.objects.filter(pk__in=[standing[key][0] for key in some]).delete()
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
    ids = {key: pk for key, (pk, _) in standing.items() if key in should}
    if new:
        ids |= dict(LibraryFilm.objects.filter(_own(user, new)).order_by().values_list("key", "pk"))
    return ids, {*gone, *new, *(film.key for film in changed)}


# Viewings


def _write_viewings(
    user: User, should: Mapping[int, Sequence[Values]], standing: Mapping[int, Sequence[tuple[int, Values]]]
) -> set[int]:
    """Returns the numbers of the films whose viewings changed."""
    changed_films: set[int] = set()
    new: list[tuple[int, Values]] = []
    changed: list[LibraryViewing] = []
    gone: list[int] = []
    for film_id, viewings in should.items():
        stand = standing.get(film_id, [])
        if [values for _, values in stand] == viewings:
            continue
        changed_films.add(film_id)
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
    return changed_films


def _standing_viewings(user: User, names: Collection[str]) -> dict[int, list[tuple[int, Values]]]:
    standing: dict[int, list[tuple[int, Values]]] = defaultdict(list)
    rows: Any = LibraryViewing.objects.filter(_own(user, names, "film__")).order_by("place", "pk")
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


def _write_questions(user: User, should: Mapping[int, Sequence[tuple[int, int]]]) -> set[int]:
    """Returns the numbers of the films whose questions changed."""
    asked = {film_id: pairs for film_id, pairs in should.items() if pairs}
    pairs = set(_pairs(asked))
    rows = LibraryQuestion.objects.filter(user=user).values_list("film_id", "earlier_id", "later_id", "pk")
    standing = {(film_id, earlier, later): pk for film_id, earlier, later, pk in rows if film_id in should}
    gone = standing.keys() - pairs
    LibraryQuestion.objects.filter(pk__in=[standing[pair] for pair in gone]).delete()
    new = sorted(pairs - standing.keys())
    LibraryQuestion.objects.bulk_create(
        LibraryQuestion(user=user, film_id=film_id, earlier_id=earlier, later_id=later)
        for film_id, earlier, later in new
    )
    return {film_id for film_id, *_ in (*gone, *new)}


def _pairs(asked: Mapping[int, Sequence[tuple[int, int]]]) -> Iterator[tuple[int, int, int]]:
    number_of: dict[tuple[int, int], int] = {}
    for some in batches(sorted(asked)):
        rows = LibraryViewing.objects.filter(film__in=some).order_by().values_list("film_id", "place", "pk")
        number_of |= {(film_id, place): pk for film_id, place, pk in rows}
    for film_id, pairs in asked.items():
        for earlier, later in pairs:
            yield film_id, number_of[film_id, earlier], number_of[film_id, later]
