"""What the CSV of a service looks like, so that another service's reader leaves it alone and a refusal can name it."""

from collections.abc import Collection
from typing import Final

LETTERBOXD: Final = {"name", "letterboxd uri"}
OF_IMPORT_FORMAT: Final = {"letterboxduri", "tmdbid", "imdbid", "rating10", "watcheddate"}  # nothing else has them
# what a list of films that somebody wrote for Letterboxd's import has beside its titles
BESIDE_TITLE: Final = {"year", "rating", "directors", "director", "review", "rewatch", "tags"}
NETFLIX_HISTORY: Final = {"title", "date"}
WATCH_EVENTS: Final[tuple[set[str], ...]] = (
    {"deleted from watch history"},
    {"title name", "most recent watch date"},
    {"title name", "seconds watched"},
)

LOOKALIKES: Final[list[tuple[str, tuple[set[str], ...]]]] = [  # folded columns, of which it has one set
    ("a Netflix viewing activity", ({"profile name", "start time", "title"},)),
    ("a Simkl list", ({"simkl_id"}, {"simkl id"}, {"lastepwatched"})),
    ("a Trakt list", ({"trakt"}, {"trakt_id"}, {"trakt id"}, {"trakt_slug"}, {"trakt_rating"})),
    (
        "a TV Time history",
        ({"tvdb_id", "is_watched"}, {"tv_show_name"}, {"tv_show_id"}, {"entity_type", "movie_name"}),
    ),
    ("an IMDb list", ({"const"}, {"imdb rating"}, {"tconst"})),
    (
        "a MyAnimeList list",
        ({"series_animedb_id"}, {"animedb_id"}, {"my_watched_episodes"}, {"mal_id"}, {"mal id"}, {"anime_id"}),
    ),
    ("an AniList list", ({"anilist_id"}, {"anilist id"}, {"anilistid"})),
    ("a TMDB list", ({"tmdb id", "season number"}, {"tmdb id", "your rating"})),
    ("a Yamtrack export", ({"media_id", "media_type"},)),
    ("a MovieLens file", ({"userid", "movieid"}, {"movieid", "genres"})),
    ("a Plex history", ({"rating_key"}, {"grandparent_title"})),
    ("a Hulu history", ({"series name", "last played at"},)),
    ("a list of books", ({"isbn"}, {"isbn13"}, {"book id"}, {"isbn/uid"}, {"title", "author"}, {"title", "authors"})),
]


def looks_like(columns: Collection[str]) -> str:
    """The name of the format, or ""."""
    names = set(columns)
    if names == NETFLIX_HISTORY:
        return "a Netflix viewing history"
    return next((name for name, signs in LOOKALIKES if any(sign <= names for sign in signs)), "")


def is_import_format(columns: Collection[str]) -> bool:
    return bool(OF_IMPORT_FORMAT.intersection(columns)) and "name" not in columns and not looks_like(columns)


def could_be_import_format(columns: Collection[str]) -> bool:
    """Titles are enough for letterboxd.com. Beside other columns, one must be such as its import takes."""
    names = set(columns)
    if "title" not in names or "name" in names or looks_like(names):
        return False
    return names == {"title"} or not BESIDE_TITLE.isdisjoint(names)


def is_watch_events(columns: Collection[str]) -> bool:
    """Amazon's Watch Events.csv, which lies beside Viewing History.csv and has one row a title."""
    return any(sign <= set(columns) for sign in WATCH_EVENTS)
