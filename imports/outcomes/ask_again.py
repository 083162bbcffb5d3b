"""Ask TMDB again about films that have no good answer: one, an import's, all."""

from collections.abc import Iterable

from django.db import models, transaction
from django.db.models import QuerySet

from enrichment import services as enrichment
from enrichment.batches import batches
from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie
from imports.films.listing import DECIDED
from imports.models import ChosenBy, Decision, ImportSession, Movie, Outcome


class Which(models.TextChoices):
    """Which films without a match are asked about again."""

    FAILED = "failed"
    UNCLEAR = "unclear"  # failed, not found, not sure


OUTCOMES = {Which.FAILED: [Outcome.FAILED], Which.UNCLEAR: [Outcome.FAILED, Outcome.UNMATCHED, Outcome.UNSURE]}
STATUSES = {
    Which.FAILED: [LookupStatus.FAILED],
    Which.UNCLEAR: [LookupStatus.FAILED, LookupStatus.UNMATCHED, LookupStatus.UNSURE],
}


def can_ask(movie: Movie) -> bool:
    """Could an answer change anything? Not for a film that the person rated, left out, or called none of these."""
    if movie.outcome not in OUTCOMES[Which.UNCLEAR] or movie.decision in (Decision.ADDED, Decision.SKIPPED):
        return False
    if movie.doubt:  # TMDB has answered; it is the import that speaks against it
        return False
    return movie.chosen_by != ChosenBy.PERSON or movie.tmdb_movie_id is not None


def films_to_ask(session: ImportSession, which: Which) -> QuerySet[Movie]:
    """The films of an import for which that holds."""
    return session.movies.filter(~DECIDED, doubt="", outcome__in=OUTCOMES[which])


def ask_film_again(movie: Movie) -> bool:
    """False when nothing was asked: it has its answer, it waits already, or a person decided without one."""
    return can_ask(movie) and bool(_ask(Movie.objects.filter(pk=movie.pk), Which.UNCLEAR))


def ask_import_again(session: ImportSession, which: Which) -> int:
    """Returns for how many of its films."""
    films = films_to_ask(session, which)
    count = films.count()
    _ask(films, which)
    return count


def ask_everything_again(which: Which) -> int:
    """Ask again about all films of the instance; details are fetched again only where that failed. Returns how many
    questions were put."""
    lookups = TitleLookup.objects.filter(status__in=STATUSES[which]).order_by("pk")
    films = TmdbMovie.objects.filter(details_status=DetailsStatus.FAILED).order_by("pk")
    return _ask_lookups(lookups.values_list("pk", flat=True), which) + _ask_details(films.values_list("pk", flat=True))


def _ask(films: QuerySet[Movie], which: Which) -> int:
    """Where the film is known its details are missing; else the question itself is put again."""
    details = films.filter(tmdb_movie__isnull=False).values_list("tmdb_movie", flat=True)
    lookups = films.filter(tmdb_movie=None).values_list("lookup", flat=True)
    asked = _ask_details(details.order_by("tmdb_movie").distinct())
    return asked + _ask_lookups(lookups.order_by("lookup").distinct(), which)


def _ask_lookups(ids: Iterable[int], which: Which) -> int:
    asked = 0
    for batch in batches(list(ids)):  # read at once: asking changes what the query would find
        with transaction.atomic():  # locked in one order, and as they are now
            rows = TitleLookup.objects.filter(pk__in=batch, status__in=STATUSES[which]).order_by("pk")
            asked += enrichment.ask_again(rows.select_for_update(no_key=True))
    return asked


def _ask_details(ids: Iterable[int]) -> int:
    return sum(enrichment.ask_details_again(batch) for batch in batches(list(ids)))
