"""What one import has added to its owner's library."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast

from imports.models import HandViewing, ImportSession, Kind, LibraryViewing, Movie, Ranking
from imports.reconciling import evidence
from imports.reconciling.keeping import up_to_date
from imports.sources.traits import REVIEWS


@dataclass(frozen=True)
class OfImport:
    films: int  # that it tells of
    new: int  # of these, those of which nothing else tells
    viewings: int
    known_from: dict[str, int]  # source -> how many of its viewings that source tells, too
    is_complete: bool  # False: the library is still being put together


def of_import(session: ImportSession, user: User) -> OfImport:
    """What an import in this person's library tells, in four queries however large it is."""
    is_complete = up_to_date(user)
    own = session.movies.filter(_counts())
    # each film once: by its match, else by what was asked
    titles = Count("lookup", filter=Q(tmdb_movie=None), distinct=True)
    films = {"matched": Count("tmdb_movie", distinct=True), "titles": titles}
    known = own.filter(_is_told_elsewhere(session, user)).aggregate(**films)
    total = own.aggregate(**films)
    viewings, known_from = _viewings(session, user)
    return OfImport(
        films=sum(total.values()),
        new=sum(total.values()) - sum(known.values()),
        viewings=viewings,
        known_from=known_from,
        is_complete=is_complete,
    )


def _counts() -> Q:
    decided = Q(decision__in=evidence.COUNTED)
    return Q(kind=Kind.FILM) & (~Q(session__source__in=REVIEWS) | decided)


def _is_told_elsewhere(session: ImportSession, user: User) -> Q:
    others = Movie.objects.filter(_counts(), session__user=user, session__in_library=True).exclude(session=session)
    same_title = others.filter(tmdb_movie=None, lookup=OuterRef("lookup"))
    by_hand = HandViewing.objects.filter(user=user, removed_at=None, tmdb_movie=OuterRef("tmdb_movie"))
    ranked = Ranking.objects.filter(user=user, movie=None, tmdb_movie=OuterRef("tmdb_movie"))
    is_told = Exists(others.filter(tmdb_movie=OuterRef("tmdb_movie"))) | Exists(by_hand) | Exists(ranked)
    return is_told | (Q(tmdb_movie=None) & Q(Exists(same_title)))


def _viewings(session: ImportSession, user: User) -> tuple[int, dict[str, int]]:
    own = LibraryViewing.objects.filter(user=user).annotate(text=Cast("told_by", TextField()))
    of_it = own.filter(text__contains=str(session.pk))
    sources = set(ImportSession.objects.filter(user=user, in_library=True).values_list("source", flat=True))
    others = sorted(sources - {session.source})
    by_source = {f"from_{source}": Count("pk", filter=Q(text__contains=f'"source": "{source}"')) for source in others}
    counts = of_it.aggregate(total=Count("pk"), **by_source)
    known_from = {source: counts[f"from_{source}"] for source in others if counts[f"from_{source}"]}
    return counts["total"], known_from
