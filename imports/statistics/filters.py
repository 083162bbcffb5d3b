"""Which part of a history the statistics are of."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from imports.models import RATINGS

from .films import Film
from .shape import Choices, Filter

UNRATED = "none"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Empty: everything."""

    year: int | None = None  # watched in
    decade: int | None = None  # of the release
    genre: str = ""
    rating: str = ""  # "4.5", or "none": not rated

    def __bool__(self) -> bool:
        return bool(self.chosen)

    @property
    def chosen(self) -> Filter:
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}

    def keep(self, films: Sequence[Film]) -> list[Film]:
        """The films that are left; with a year, only what was watched in it."""
        kept = [film for film in films if self._wants(film)]
        if self.year is None:
            return kept
        seen_then = [
            replace(film, watches=[w for w in film.watches if w.day and w.day.year == self.year]) for film in kept
        ]
        return [film for film in seen_then if film.watches]

    def _wants(self, film: Film) -> bool:
        return (
            (self.decade is None or (film.year is not None and film.year // 10 * 10 == self.decade))
            and (not self.genre or (film.facts is not None and self.genre in film.facts.genres))
            and (not self.rating or rating_name(film.rating) == rating_name(self.rating))
        )


EVERYTHING = Filters()


def rating_name(rating: float | str | None) -> str:
    return UNRATED if rating is None or rating == UNRATED else f"{float(rating):.1f}"


def choices(films: Sequence[Film]) -> Choices:
    """What there is to filter by."""
    ratings = {film.rating for film in films}
    names = [rating_name(stars) for stars in reversed(RATINGS) if stars in ratings]
    return {
        "years": sorted({day.year for film in films for day in film.days}, reverse=True),
        "decades": sorted({film.year // 10 * 10 for film in films if film.year}, reverse=True),
        "genres": sorted({genre for film in films if film.facts for genre in film.facts.genres}),
        "ratings": names + ([UNRATED] if None in ratings else []),
    }
