"""What a person decided for a title before: known again in their next import, never across people."""

from collections.abc import Sequence

from django.contrib.auth.models import User

from enrichment import titles
from enrichment.queries import known_matches
from imports.models import MatchMemory, Ranking
from imports.sources.base import ParsedMovie

Key = tuple[str, int | None]  # title_key and year, as a lookup has them
BATCH = 500


def name_of(movie: ParsedMovie) -> str:
    """The name it is asked about by: the cleaned one where the source cleaned it."""
    return movie.names[0] if movie.names else movie.title


def key_of(movie: ParsedMovie) -> Key:
    return titles.key(name_of(movie)), movie.year


def remembered(user: User, keys: Sequence[Key]) -> dict[Key, int | None]:
    """The titles decided before -> the TMDB id of the film that was chosen, if one was; the newest decision counts."""
    wanted = set(keys)
    names = sorted({key for key, _ in wanted})
    found: dict[Key, int | None] = {}
    for start in range(0, len(names), BATCH):
        rows = MatchMemory.objects.filter(user=user, title_key__in=names[start : start + BATCH]).order_by("decided_at")
        for title_key, year, film in rows.values_list("title_key", "year", "tmdb_movie_id"):
            if (title_key, year) in wanted:
                found[title_key, year] = film
    return found


def ranked_keys(user: User, keys: Sequence[Key], known: dict[Key, int | None]) -> set[Key]:
    """The titles whose film is known here and ranked by this person."""
    films = known_matches(keys) | {key: film for key, film in known.items() if film is not None}
    ranked = set(Ranking.objects.filter(user=user).values_list("tmdb_movie_id", flat=True))
    return {key for key, film in films.items() if film in ranked}
