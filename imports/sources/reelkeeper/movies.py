"""A film of the export, its viewings, and what the person had decided. TMDB's facts stand there for reading only."""

from collections.abc import Callable
from typing import Any, cast

from ..base import Decided, Kind, ParsedMovie, ParsedRanking, ParsedViewing
from ..traits import TRAITS
from .fields import Fault, stars
from .shape import MOVIE, Movie, Ranking, Viewing, checked

FOLLOWING = ("already_ranked", "same_film")  # from what stands in the library and from the other films: found again
DECISIONS = ("pending", "added", "skipped", *FOLLOWING)  # of a film of a review
NamesOf = Callable[[str, Kind], list[str]]  # what a title of that source is asked about by


def read_movie(part: dict[str, Any], source: str, names_of: NamesOf | None) -> ParsedMovie:
    """The film as it was parsed once. `names_of`: how its source cleans titles. Raises Fault."""
    movie, traits = checked(MOVIE, part), TRAITS[source]
    title, kind = movie["title"], cast(Kind, movie["kind"])
    if kind not in traits.kinds:
        raise Fault("kind")
    return ParsedMovie(
        source_key=movie["source_key"],
        title=title,
        year=movie["year"],
        uri=movie["letterboxd_uri"],
        rating=stars(movie["rating"]),
        liked_on=movie["liked_on"],
        marked_on=movie["marked_on"],
        rated_on=movie["rated_on"],
        is_seen=movie["is_seen"],
        viewings=_viewings(movie),
        kind=kind,
        names=names_of(title, kind) if names_of else [],
        image_url=movie["source_image_url"],
        decided=_decided(movie, is_review=traits.is_review) if kind == "film" else None,
    )


def _viewings(movie: Movie) -> list[ParsedViewing]:
    viewings = list(map(_viewing, movie["viewings"]))
    if len({v.entry_uri or (v.watched_on, v.number) for v in viewings}) < len(viewings):
        raise Fault("viewings")
    return viewings


def _viewing(viewing: Viewing) -> ParsedViewing:
    return ParsedViewing(
        watched_on=viewing["watched_date"],
        rating=stars(viewing["rating"]),
        rewatch=viewing["rewatch"],
        tags=viewing["tags"],
        review=viewing["review"],
        entry_uri=viewing["entry_uri"],
        number=viewing["number"],
    )


def _decided(movie: Movie, *, is_review: bool) -> Decided:
    """A match of the machine's is left out, and asked for anew; but a film that was ranked is that very film."""
    choice, tmdb_id, ranking = movie["decision"], movie["tmdb_id"], movie["ranking"]
    if is_review and choice not in DECISIONS:
        raise Fault("decision")
    decision = ("pending" if choice in FOLLOWING else choice) if is_review else ""
    is_chosen = movie["chosen_by"] == "person"
    if decision in ("added", "skipped") and movie["decided_at"] is None:
        raise Fault("decided_at")
    if tmdb_id is None and (decision == "added" or ranking):
        raise Fault("tmdb_id")
    return Decided(
        tmdb_id=tmdb_id if is_chosen or decision == "added" or ranking else None,
        is_chosen=is_chosen,
        decision=decision,
        decided_at=movie["decided_at"],
        decided_with=movie["decided_with"],
        ranking=_ranking(ranking) if ranking and is_review else None,
    )


def _ranking(ranking: Ranking) -> ParsedRanking:
    return ParsedRanking(
        title=ranking["title"],
        year=ranking["year"],
        rating=stars(ranking["rating"]),
        rated_at=ranking["rated_at"],
        changed_at=ranking["changed_at"],
    )
