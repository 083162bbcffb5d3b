"""What a person decided for a title: remembered for their next import, never across people. A log, newest wins."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import cast

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from enrichment import titles
from enrichment.batches import batches
from enrichment.models import TitleLookup, TmdbMovie
from enrichment.queries import known_matches
from imports.models import ChosenBy, Decision, MatchMemory, Movie, Ranking
from imports.outcomes.settle import rated_in_histories
from imports.sources.base import ParsedMovie

Key = tuple[str, int | None]  # title_key and year, as a lookup has them


def name_of(movie: ParsedMovie) -> str:
    """The name it is asked about by: the cleaned one where the source cleaned it."""
    return movie.names[0] if movie.names else movie.title


def key_of(movie: ParsedMovie) -> Key:
    return titles.key(name_of(movie)), movie.year


def remembered(user: User, keys: Sequence[Key]) -> dict[Key, int | None]:
    """The titles decided before -> the TMDB id of the film that was chosen, if one was; the newest decision counts."""
    asked = set(keys)
    films: dict[Key, int | None] = {}
    for names in batches(sorted({title_key for title_key, _ in asked})):
        rows = MatchMemory.objects.filter(user=user, title_key__in=names).order_by("decided_at")
        for title_key, year, film in rows.values_list("title_key", "year", "tmdb_movie_id"):
            if (title_key, year) in asked:
                films[title_key, year] = film
    return films


def ranked_keys(user: User, keys: Sequence[Key], known: dict[Key, int | None]) -> set[Key]:
    """The titles whose film is known here and rated by this person, be it in a history that they imported."""
    films = known_matches(keys) | {key: film for key, film in known.items() if film is not None}
    ranked = set(Ranking.objects.filter(user=user).values_list("tmdb_movie_id", flat=True))
    ranked |= set(rated_in_histories().filter(session__user=user).values_list("tmdb_movie_id", flat=True))
    return {key for key, film in films.items() if film in ranked}


def remember(decided: Mapping[Movie, TmdbMovie | None]) -> None:
    """Note which film each of these (with its session and lookup) was decided to be; None: none, or left out. An
    import without an account is not remembered."""
    rows = [
        _row(movie, movie.session.user_id, None if film is None else film.pk)
        for movie, film in decided.items()
        if movie.lookup and movie.session.user_id
    ]
    _keep(rows)


def remember_choices(user: User, movies: QuerySet[Movie]) -> None:
    """Note for `user`, whose the imports of these films become now, which films were chosen before."""
    chosen = movies.filter(chosen_by=ChosenBy.PERSON, decided_at__isnull=False, lookup__isnull=False)
    _keep([_row(movie, user.pk, movie.tmdb_movie_id) for movie in chosen.select_related("lookup")])


def remember_restored(user: User, movies: QuerySet[Movie]) -> None:
    """Note what was decided before the import was brought here, each with its own time: a newer decision counts
    more."""
    is_decided = Q(chosen_by=ChosenBy.PERSON) | Q(decision__in=[Decision.ADDED, Decision.SKIPPED])
    rows = []
    for movie in movies.filter(is_decided, decided_at__isnull=False, lookup__isnull=False).select_related("lookup"):
        row = _row(movie, user.pk, movie.tmdb_movie_id if movie.decision != Decision.SKIPPED else None)
        row.decided_at = cast(datetime, movie.decided_at)  # as it was filtered by
        rows.append(row)
    _keep(rows)


def forget(movies: Collection[Movie] | QuerySet[Movie]) -> None:
    """Take back what was remembered by these films: what was decided for their titles before counts again."""
    MatchMemory.objects.filter(movie__in=movies).delete()


def follow(old: int, new: int) -> None:
    """TMDB made one film (an id) of two: what was remembered as `old` is `new`."""
    MatchMemory.objects.filter(tmdb_movie=old).update(tmdb_movie=new)


def _row(movie: Movie, user_id: int, tmdb_id: int | None) -> MatchMemory:
    lookup = cast(TitleLookup, movie.lookup)  # a film has one: a constraint
    return MatchMemory(
        user_id=user_id, title_key=lookup.title_key, year=lookup.year, tmdb_movie_id=tmdb_id, movie=movie
    )


def _keep(rows: Collection[MatchMemory]) -> None:
    MatchMemory.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["movie"], update_fields=["tmdb_movie", "decided_at"]
    )
