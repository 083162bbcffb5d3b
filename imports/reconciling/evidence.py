"""What tells of films in a person's library, read from their imports and their own words: a handful of queries, however
many films."""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import BooleanField, ExpressionWrapper, Max, Q, QuerySet, TextField
from django.db.models.functions import Cast

from imports.models import (
    PERSON,
    Decision,
    HandViewing,
    ImportSession,
    Kind,
    LibraryDecision,
    LibraryFilm,
    Movie,
    Ranking,
    Viewing,
)
from imports.sources.traits import REVIEWS, TRAITS

from . import keys, rules
from .rules import Evidence, Rated, Row

MOST_NAMED = 500  # numbers in one query: of more, all between the first and the last are read, and the others left
COUNTED = (Decision.ADDED, Decision.ALREADY_RANKED)  # the films of a review that are the person's
# theirs, where they rated the film elsewhere: sooner or later outcomes.settle calls the one the other
WHERE_RATED = (Decision.ALREADY_RANKED, Decision.PENDING)
TAGS_TEXT = Cast("tags", TextField())  # most have none: it is read only where there are some
HAS_REVIEW = ExpressionWrapper(Q(review__gt=""), output_field=BooleanField())
_MOVIE = (
    *("pk", "session_id", "tmdb_movie_id", "lookup__title_key", "lookup__year", "title", "year", "source_key"),
    *("rating", "rated_on", "watched_on", "marked_on", "liked_on", "is_seen"),
    *("tmdb_movie__title", "tmdb_movie__release_date", "decision"),
)
OF_FILM = re.compile(r"tmdb:\d{1,9}", re.ASCII)
BY_HAND = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # a HandViewing's key
AT_TMDB = ("tmdb_movie_id", "tmdb_movie__title", "tmdb_movie__release_date")


@dataclass(slots=True)
class OfFilm:
    """All that tells of one film of a person."""

    tmdb_id: int | None
    title: str  # as TMDB has it; empty: not known
    released: date | None
    titles: list[tuple[str, str, int | None]] = field(default_factory=list)  # source_key, title and year of each
    evidence: list[Evidence] = field(default_factory=list)
    ratings: list[Rated] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    liked_on: date | None = None
    marked_on: date | None = None


class Imports:
    """The imports that a person's library is made of."""

    def __init__(self, user: User) -> None:
        sessions = ImportSession.objects.filter(user=user, in_library=True)
        self.sources: dict[UUID, str] = dict(sessions.values_list("pk", "source"))
        self.until = self._newest_days(sessions) if len(set(self.sources.values())) < len(self.sources) else {}

    def _newest_days(self, sessions: QuerySet[ImportSession]) -> dict[UUID, date]:
        """The newest day that each tells of: of two readings of one entry, it says which is the newer export."""
        days = ("watched_on", "rated_on", "marked_on", "liked_on")
        rows: Any = Movie.objects.filter(session__in=sessions).order_by().values_list("session")
        newest = rows.annotate(**{f"newest_{day}": Max(day) for day in days})
        return {pk: max((day for day in by_key if day), default=rules.NEVER) for pk, *by_key in newest}


def keys_of(user: User) -> set[str]:
    """The names of all films that something tells of, or that are in the library though nothing does any more."""
    own = Movie.objects.filter(session__user=user, session__in_library=True, kind=Kind.FILM).order_by()
    names = own.values_list("tmdb_movie_id", "lookup__title_key", "lookup__year").distinct()
    films = {*user.rankings.values_list("tmdb_movie_id", flat=True)}
    films |= {*user.hand_viewings.values_list("tmdb_movie_id", flat=True)}
    standing = LibraryFilm.objects.filter(user=user).values_list("key", flat=True)
    return {keys.of(*name) for name in names} | set(map(keys.of_film, films)) | {*standing}


def read(user: User, film_keys: Collection[str]) -> dict[str, OfFilm]:
    """What tells of these films; those of which nothing does are left out."""
    named = keys.named_by(film_keys)
    by_key: dict[str, OfFilm] = {}
    counted = _add_imports(user, named, by_key)
    _add_rankings(user, named.films, counted, by_key)
    _add_by_hand(user, named.films, by_key)
    return by_key


def decisions_of(user_id: int) -> rules.Decisions:
    """All that a person decided, oldest first. What they took apart is not held together by what they said before."""
    held: list[list[str]] = []
    instead: list[tuple[list[str], dict[str, Any]]] = []
    apart: list[tuple[str, ...]] = []
    not_mine: set[str] = set()
    holding: dict[str, list[list[str]]] = defaultdict(list)  # by ref
    for decision in LibraryDecision.objects.filter(user=user_id).order_by("decided_at", "pk"):
        refs = list(dict.fromkeys(decision.refs))
        if decision.kind == LibraryDecision.Kind.NOT_MINE:
            not_mine.update(refs)
            continue
        if decision.kind == LibraryDecision.Kind.INSTEAD:
            instead.append((refs, values_of(decision)))
        elif decision.kind == LibraryDecision.Kind.SAME:
            held.append(refs)
        else:
            apart.append(tuple(refs))
            refs = _rest_of_what_was_held(holding, *refs)
            held.append(refs)
        for ref in refs:
            holding[ref].append(refs)
    return rules.Decisions(
        same=[tuple(refs) for refs in held],
        apart=apart,
        instead=[rules.Instead(tuple(refs), values) for refs, values in instead],
        not_mine=frozenset(not_mine),
    )


def _rest_of_what_was_held(holding: Mapping[str, list[list[str]]], first: str, *others: str) -> list[str]:
    """Take the first out of all that holds it together with any of the others. Returns these where it did: they stay
    together."""
    holds_both = [refs for refs in holding.get(first, ()) if first in refs and not set(others).isdisjoint(refs)]
    for refs in holds_both:
        refs.remove(first)
    return list(others) if holds_both else []


def values_of(decision: LibraryDecision) -> dict[str, Any]:
    """The values as a viewing has them: a day is a date, stars are a Decimal."""
    values = dict(decision.values)
    if values.get("watched_on"):
        values["watched_on"] = date.fromisoformat(values["watched_on"])
    if values.get("rating") is not None:
        values["rating"] = Decimal(str(values["rating"]))
    return values


def keys_of_refs(user: User, refs: Collection[str]) -> set[str]:
    """The names of the films that these now tell of."""
    own = {ref.removeprefix(f"{PERSON}\t") for ref in refs if ref.startswith(f"{PERSON}\t")}
    films = {key for key in own if OF_FILM.fullmatch(key)}
    hand_keys = [key for key in own if BY_HAND.fullmatch(key)]  # a decision that was read from a file names anything
    by_hand = HandViewing.objects.filter(user=user, key__in=hand_keys).values_list("tmdb_movie_id", flat=True)
    # the key of a film may hold a tab: what is too much here finds nothing
    source_keys = {name for ref in refs for name in _possible_source_keys(ref)}
    movies = Movie.objects.filter(session__user=user, source_key__in=source_keys, kind=Kind.FILM).order_by()
    names = movies.values_list("tmdb_movie_id", "lookup__title_key", "lookup__year")
    return films | set(map(keys.of_film, by_hand)) | {keys.of(*name) for name in names}


def _possible_source_keys(ref: str) -> tuple[str, str]:
    _, _, rest = ref.partition("\t")
    return rest, rest.rpartition("\t")[0]


def ref_of_film(source: str, source_key: str) -> str:
    return f"{source}\t{source_key}"


def ref_of_viewing(source: str, source_key: str, entry_uri: str, day: date | None, number: int) -> str:
    entry = entry_uri or (f"{day}#{number}" if day else f"#{number}")
    return f"{source}\t{source_key}\t{entry}"


def ref_of_ranking(tmdb_id: int) -> str:
    return f"{PERSON}\t{keys.of_film(tmdb_id)}"


def ref_by_hand(key: UUID) -> str:
    return f"{PERSON}\t{key}"


# From imports


def _add_imports(user: User, named: keys.Named, by_key: dict[str, OfFilm]) -> set[int]:
    """Returns the films of imports that count."""
    imports = Imports(user)
    movies = [movie for movie in _movies(imports, named) if keys.of(*movie[2:5]) in named.keys]
    counted = _counted_in_reviews(imports, movies, _rated(user, imports, named.films, movies))
    movies = [movie for movie in movies if imports.sources[movie[1]] not in REVIEWS or movie[0] in counted]
    with_viewings: set[int] = set()
    by_pk = {movie[0]: movie for movie in movies}
    for viewing in _viewings(imports, named):
        if viewing[0] not in by_pk:
            continue
        with_viewings.add(viewing[0])
        movie = by_pk[viewing[0]]
        _of_film(movie, by_key).evidence.append(_of_viewing(imports, movie, viewing))
    for movie in movies:
        _add_movie(imports, movie, _of_film(movie, by_key), has_viewings=movie[0] in with_viewings)
    return set(by_pk)


def _movies(imports: Imports, named: keys.Named) -> Iterator[tuple[Any, ...]]:
    for condition in _named(named):
        yield from Movie.objects.filter(_own(imports), condition).order_by().values_list(*_MOVIE)


def _own(imports: Imports, of: str = "") -> Q:
    decided = Q(**{f"{of}decision__in": [*COUNTED, Decision.PENDING, Decision.SAME_FILM]})
    counts = ~Q(**{f"{of}session__source__in": REVIEWS}) | decided
    return Q(**{f"{of}session__in": list(imports.sources), f"{of}kind": Kind.FILM}) & counts


def _named(named: keys.Named, of: str = "") -> Iterator[Q]:
    """The conditions of a film that has one of these names, and perhaps of some others."""
    if named.films:
        yield among(f"{of}tmdb_movie", named.films)
    if named.titles:
        is_few = len(named.titles) <= MOST_NAMED
        titles = Q(**{f"{of}lookup__title_key__in": sorted(named.titles)}) if is_few else Q()
        yield Q(**{f"{of}tmdb_movie": None}) & titles


def among(name: str, numbers: Collection[int]) -> Q:
    """The condition that the field holds one of these, or, of many, a number between them: that is read faster, and who
    reads leaves the others."""
    if len(numbers) <= MOST_NAMED:
        return Q(**{f"{name}__in": sorted(numbers)})
    return Q(**{f"{name}__gte": min(numbers), f"{name}__lte": max(numbers)})


def _counted_in_reviews(imports: Imports, movies: Iterable[tuple[Any, ...]], rated: Collection[int]) -> set[int]:
    """What was added, and what is rated elsewhere; a second title of a film is the person's where the first is."""
    of_reviews = [movie for movie in movies if imports.sources[movie[1]] in REVIEWS]
    counted = [m for m in of_reviews if m[-1] == Decision.ADDED or (m[-1] in WHERE_RATED and m[2] in rated)]
    theirs = {(movie[1], movie[2]) for movie in counted}
    second = {movie[0] for movie in of_reviews if movie[-1] == Decision.SAME_FILM and (movie[1], movie[2]) in theirs}
    return second | {movie[0] for movie in counted}


def _rated(user: User, imports: Imports, films: Set[int], movies: Iterable[tuple[Any, ...]]) -> set[int]:
    """Of these films those that the person rated themselves, or in a history."""
    own = Ranking.objects.filter(among("tmdb_movie", films), user=user).values_list("tmdb_movie_id", flat=True)
    in_histories = (movie for movie in movies if imports.sources[movie[1]] not in REVIEWS)
    return {*own, *(movie[2] for movie in in_histories if movie[8] is not None)} if films else set()


def _viewings(imports: Imports, named: keys.Named) -> Iterator[tuple[Any, ...]]:
    names = ("movie_id", "pk", "watched_on", "rating", "rewatch", "tags_text", "entry_uri", "number", "has_review")
    for condition in _named(named, "movie__"):
        rows: Any = Viewing.objects.filter(_own(imports, "movie__"), condition).order_by()
        yield from rows.annotate(has_review=HAS_REVIEW, tags_text=TAGS_TEXT).values_list(*names)


def _of_film(movie: Sequence[Any], by_key: dict[str, OfFilm]) -> OfFilm:
    key = keys.of(*movie[2:5])
    if key not in by_key:
        by_key[key] = OfFilm(movie[2], movie[-3] or "", movie[-2])
    return by_key[key]


def _of_viewing(imports: Imports, movie: Sequence[Any], viewing: Sequence[Any]) -> Evidence:
    movie_id, pk, day, rating, rewatch, tags, entry_uri, number, has_review = viewing
    session, source = movie[1], imports.sources[movie[1]]
    return Evidence(
        ref=ref_of_viewing(source, movie[7], entry_uri, day, number),
        source=source,
        kind=TRAITS[source].tells,
        day=day,
        rating=rating,
        rewatch=rewatch,
        tags=() if tags == "[]" else tuple(json.loads(tags)),
        has_review=bool(has_review),
        rows=(Row(session, movie_id, pk),),
        until=imports.until.get(session, rules.NEVER),
    )


def _add_movie(imports: Imports, movie: Sequence[Any], film: OfFilm, *, has_viewings: bool) -> None:
    pk, session, _, _, _, title, year, source_key = movie[:8]
    rating, rated_on, watched_on, marked_on, liked_on, is_seen, *_ = movie[8:]
    source, until = imports.sources[session], imports.until.get(session, rules.NEVER)
    ref = ref_of_film(source, source_key)
    film.titles.append((source_key, title, year))
    film.sources.add(source)
    film.liked_on = min((day for day in (film.liked_on, liked_on) if day), default=None)
    film.marked_on = min((day for day in (film.marked_on, marked_on) if day), default=None)
    if is_seen and not has_viewings:
        film.evidence.append(Evidence(ref, source, "mark", rows=(Row(session, pk, None),), until=until))
    if rating is not None:
        on = rated_on or watched_on or marked_on
        film.ratings.append(Rated(source, TRAITS[source].tells, rating, on, until, ref))


# The person's own words


def _add_rankings(user: User, films: Set[int], counted: Collection[int], by_key: dict[str, OfFilm]) -> None:
    """Their ratings. What an import's ratings were once copied to says nothing beside that import."""
    names = (*AT_TMDB, "rating", "rated_at", "movie_id", "movie__session__source", "changed_at", "title", "year")
    rows: Any = Ranking.objects.filter(among("tmdb_movie", films), user=user).order_by().values_list(*names)
    for tmdb_id, at_tmdb, released, rating, on, movie_id, source, changed_at, title, year in rows if films else ():
        is_copy = source is not None and source not in REVIEWS and changed_at is None
        if is_copy or tmdb_id not in films:
            continue
        film = by_key.setdefault(keys.of_film(tmdb_id), OfFilm(tmdb_id, at_tmdb, released))
        film.titles.append(("~", title, year))  # after those of imports
        if rating is not None:
            film.ratings.append(Rated(PERSON, "person", rating, on, ref=ref_of_ranking(tmdb_id)))
        if movie_id not in counted:  # else the review that it was given in tells of the film
            film.sources.add(PERSON)
            film.evidence.append(Evidence(ref_of_ranking(tmdb_id), PERSON, "person"))


def _add_by_hand(user: User, films: Set[int], by_key: dict[str, OfFilm]) -> None:
    names = (*AT_TMDB, "key", "watched_on", "rating", "rewatch", "tags", "has_review")
    own = HandViewing.objects.filter(user=user, removed_at=None).order_by()
    rows: Any = own.filter(among("tmdb_movie", films)).annotate(has_review=HAS_REVIEW).values_list(*names)
    for tmdb_id, at_tmdb, released, key, day, rating, rewatch, tags, has_review in rows if films else ():
        if tmdb_id not in films:
            continue
        film, ref = by_key.setdefault(keys.of_film(tmdb_id), OfFilm(tmdb_id, at_tmdb, released)), ref_by_hand(key)
        film.titles.append(("~", at_tmdb, None))
        film.sources.add(PERSON)
        film.evidence.append(Evidence(ref, PERSON, "person", day, rating, rewatch, tuple(tags), bool(has_review)))
        if rating is not None:
            film.ratings.append(Rated(PERSON, "person", rating, day, ref=ref, is_of_viewing=True))
