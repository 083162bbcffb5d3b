"""Is a row of the import format a film? Other services' lists have its columns, too, and a type that says."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from ..lookalikes import TYPE_COLUMNS

EPISODE_COLUMNS: Final = (
    "season",
    "season number",
    "season_number",
    "episode",
    "episode number",
    "episode_number",
    "episode title",
    "lastepwatched",
)
STATUS_COLUMNS: Final = ("status", "watchlist", "watch status", "watch_status")

# folded: letters alone
FILMS: Final = frozenset(
    "movie movies film films feature features featurefilm featuremovie tvmovie tvfilm telefilm telemovie short shorts "
    "shortfilm tvshort documentary documentaries video tvspecial special concert animation animatedmovie animemovie "
    "spielfilm dokumentarfilm kurzfilm película películas pelicula filme filmes pellicola фильм "
    "映画 电影 電影 영화".split()
)
OTHER_MEDIA: Final = re.compile(
    r"game|spiel$|juego|book|buch|livre|libro|manga|comic|novel|music|song|album|artist|podcast|app$"
)
SERIES: Final = re.compile(
    r"^tv$|serie|série|show|episod|épisod|season|saison|staffel|folge|temporada|anime|^ova$|^ona$|drama|сериал|"
    r"シリーズ|剧|劇|드라마|시리즈"
)
NOT_SEEN: Final = frozenset(
    "plantowatch planned planning towatch wanttowatch wanttosee watchlist wishlist unwatched notwatched "
    "notseen unseen ptw".split()
)
NOTHING: Final = frozenset({"", "0", "-", "0.0"})


def skip_rule(cells: Mapping[str, str]) -> str | None:
    """The rule that leaves a row out, "" for a film, None where its type is not known. `cells` by folded column."""
    if any(_fold(cells.get(column, "")) in NOT_SEEN for column in STATUS_COLUMNS):
        return "watchlist"
    if any(cells.get(column, "").strip() not in NOTHING for column in EPISODE_COLUMNS):
        return "series"
    kind = _fold(type_of(cells))
    if not kind or kind in FILMS:
        return ""
    if OTHER_MEDIA.search(kind):
        return "other_media"
    return "series" if SERIES.search(kind) else None


def type_of(cells: Mapping[str, str]) -> str:
    return next((text for column in TYPE_COLUMNS if (text := cells.get(column, "").strip())), "")


def tells_what_rows_are(columns: Sequence[str]) -> bool:
    return not {*TYPE_COLUMNS, *EPISODE_COLUMNS, *STATUS_COLUMNS}.isdisjoint(columns)


def _fold(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalpha())
