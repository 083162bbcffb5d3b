"""What an import itself says against an answer: a film can't have been watched before it came out, and one film of
TMDB is seldom meant by two titles. An answer holds for the whole instance; these doubts are one import's."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import Min, Q, QuerySet
from django.db.models.functions import ExtractYear

from enrichment.matching import is_exact
from enrichment.models import LookupStatus
from imports.models import ChosenBy, Decision, Doubt, Movie

PREVIEW = timedelta(days=60)  # before the day that TMDB has: festivals, and the premiere of another country


def raise_doubts(films: QuerySet[Movie]) -> None:
    """Mark those of these films that wait and whose match came out after they were watched. Where the person's file
    names the film's very year, that is the film, and its day is wrong."""
    matched = films.filter(tmdb_movie=None, doubt="", lookup__status=LookupStatus.MATCHED, watched_on__isnull=False)
    of_another_year = Q(year=None) | ~Q(year=ExtractYear("lookup__tmdb_movie__release_date"))
    days = matched.filter(of_another_year).order_by().annotate(first=Min("viewings__watched_on"))
    late = [
        pk
        for pk, first, released in days.values_list("pk", "first", "lookup__tmdb_movie__release_date")
        if first and released and first + PREVIEW < released
    ]
    if late:
        films.filter(pk__in=late).update(doubt=Doubt.OUT_LATER)


def less_exact(session_id: UUID, films: QuerySet[Movie]) -> list[Movie]:
    """The import's films that the machine took for the same film as one of these, while another bears its very title
    and year: they are most often another film, and statistics would count the two as one."""
    taken = Movie.objects.filter(session_id=session_id, chosen_by=ChosenBy.MACHINE)
    shared = taken.filter(tmdb_movie__in=films.filter(chosen_by=ChosenBy.MACHINE).values("tmdb_movie"))
    by_film: dict[int | None, list[Movie]] = defaultdict(list)
    for movie in shared.select_related("lookup"):
        by_film[movie.tmdb_movie_id].append(movie)
    return [movie for movies in by_film.values() for movie in _less_exact(movies)]


def _less_exact(movies: Iterable[Movie]) -> list[Movie]:
    exact = {movie.pk for movie in movies if movie.lookup and is_exact(movie.lookup.reasons)}
    decided = (Decision.ADDED, Decision.SKIPPED)
    return [movie for movie in movies if exact and movie.pk not in exact and movie.decision not in decided]
