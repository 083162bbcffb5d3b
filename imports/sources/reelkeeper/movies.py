"""A film of the export, its viewings, and what the person had decided. TMDB's facts stand there for reading only."""

from collections.abc import Callable
from datetime import date
from typing import cast

from enrichment.numbers import FIRST_FILM_YEAR, YEARS_AHEAD

from ..base import Decided, Kind, ParsedMovie, ParsedRanking, ParsedViewing
from ..text import MAX_ROW
from ..traits import TRAITS
from ..values import MAX_TITLE, parse_title
from .fields import Fault, Part

DECISIONS = ("pending", "added", "skipped", "already_ranked", "same_film")
FOLLOWING = ("already_ranked", "same_film")  # from what stands in the library and from the other films: found again
TOLD_AGAIN = ("watched_date", "rewatch", "tags", "review", "status")  # for reading: the viewings and TMDB have it
FACTS = (
    "tmdb_title original_title imdb_id release_date runtime genres directors cast country countries budget revenue "
    "popularity vote_average vote_count original_language"
).split()
OWN = (
    "title year rating letterboxd_uri source_key kind source_image_url liked_on marked_on rated_on is_seen viewings "
    "tmdb_id chosen_by decision decided_at decided_with ranking"
).split()
NamesOf = Callable[[str, Kind], list[str]]  # what a title of that source is asked about by

VIEWING = ("watched_date", "rating", "rewatch", "tags", "review", "entry_uri", "number")
RANKING = ("title", "year", "rating", "rated_at", "changed_at")


def read_movie(movie: Part, source: str, names_of: NamesOf | None) -> ParsedMovie:
    movie.only(*OWN, *TOLD_AGAIN, *FACTS)
    title, kind = _title(movie), cast(Kind, movie.choice("kind", TRAITS[source].kinds))
    return ParsedMovie(
        source_key=movie.text("source_key", longest=600),
        title=title,
        year=_year(movie),
        uri=movie.link("letterboxd_uri"),
        rating=movie.rating("rating"),
        liked_on=movie.day_or_none("liked_on"),
        marked_on=movie.day_or_none("marked_on"),
        rated_on=movie.day_or_none("rated_on"),
        is_seen=movie.flag("is_seen"),
        viewings=_viewings(movie),
        kind=kind,
        names=names_of(title, kind) if names_of else [],
        image_url=movie.link("source_image_url"),
        decided=_decided(movie, is_review=TRAITS[source].is_review) if kind == "film" else None,
    )


def _title(movie: Part) -> str:
    title = movie.text("title", longest=MAX_TITLE)
    if parse_title(title)[0] != title:
        raise Fault("title")
    return title


def _year(part: Part) -> int | None:
    return part.number_or_none("year", least=FIRST_FILM_YEAR, most=date.today().year + YEARS_AHEAD)


def _viewings(movie: Part) -> list[ParsedViewing]:
    viewings = [_viewing(part) for part in movie.parts("viewings")]
    if len({v.entry_uri or (v.watched_on, v.number) for v in viewings}) < len(viewings):
        raise Fault("viewings")
    return viewings


def _viewing(viewing: Part) -> ParsedViewing:
    viewing.only(*VIEWING)
    return ParsedViewing(
        watched_on=viewing.day_or_none("watched_date"),
        rating=viewing.rating("rating"),
        rewatch=viewing.flag("rewatch"),
        tags=viewing.texts("tags", longest=MAX_ROW),
        review=viewing.text("review", longest=MAX_ROW, may_be_empty=True),
        entry_uri=viewing.link("entry_uri"),
        number=viewing.number("number", least=1),
    )


def _decided(movie: Part, *, is_review: bool) -> Decided:
    """A match of the machine's is left out, and asked for anew; but a film that was ranked is that very film."""
    told = movie.choice("decision", DECISIONS) if is_review else movie.text("decision", longest=20, may_be_empty=True)
    decision = ("pending" if told in FOLLOWING else told) if is_review else ""
    tmdb_id = movie.number_or_none("tmdb_id", least=1)
    is_chosen = movie.choice("chosen_by", ("", "machine", "person")) == "person"
    decided_at, ranking = movie.moment_or_none("decided_at"), movie.part_or_none("ranking")
    if decision in ("added", "skipped") and decided_at is None:
        raise Fault("decided_at")
    if tmdb_id is None and (decision == "added" or ranking):
        raise Fault("tmdb_id")
    return Decided(
        tmdb_id=tmdb_id if is_chosen or decision == "added" or ranking else None,
        is_chosen=is_chosen,
        decision=decision,
        decided_at=decided_at,
        decided_with=movie.uuid_or_none("decided_with"),
        ranking=_ranking(ranking) if ranking and is_review else None,
    )


def _ranking(ranking: Part) -> ParsedRanking:
    ranking.only(*RANKING)
    return ParsedRanking(
        title=ranking.text("title", longest=MAX_TITLE),
        year=_ranking_year(ranking),
        rating=ranking.rating("rating"),
        rated_at=ranking.day("rated_at"),
        changed_at=ranking.moment_or_none("changed_at"),
    )


def _ranking_year(ranking: Part) -> int | None:
    """TMDB's, which may be any."""
    return ranking.number_or_none("year", most=9999)
