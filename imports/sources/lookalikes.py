"""What the CSV of a service looks like, so that another service's reader leaves it alone and a refusal can name it."""

from collections.abc import Collection
from typing import Final

LETTERBOXD: Final = {"name", "letterboxd uri"}
OF_IMPORT_FORMAT: Final = {"letterboxduri", "tmdbid", "imdbid", "rating10", "watcheddate"}  # nothing else has them
# the column of it: as letterboxd.com has it, then as others write it
DAY_OF_VIEWING: Final = ("watcheddate", "watched date", "watchedat", "watched_at", "last_watched_at", "date watched")
# what a list of films that somebody wrote for Letterboxd's import has beside its titles
BESIDE_TITLE: Final = {"year", "rating", "directors", "director", "review", "rewatch", "tags"}
TYPE_COLUMNS: Final = (
    "type",
    "title type",
    "titletype",
    "title_type",
    "media type",
    "mediatype",
    "media_type",
    "content type",
    "content_type",
    "item type",
    "item_type",
    "kind",
    "tipo",
    "typ",
)
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


# of those, what is read as Letterboxd's import format where it has titles, their types, and what says that they were
# seen; all have points of ten
READ_BY_TYPE: Final = {
    "a Simkl list",
    "a Trakt list",
    "a TV Time history",
    "a MyAnimeList list",
    "an AniList list",
    "a Yamtrack export",
}


def looks_like(columns: Collection[str]) -> str:
    """The name of the format, or ""."""
    names = set(columns)
    if names == NETFLIX_HISTORY:
        return "a Netflix viewing history"
    return next((name for name, signs in LOOKALIKES if any(sign <= names for sign in signs)), "")


def is_import_format(columns: Collection[str]) -> bool:
    return bool(OF_IMPORT_FORMAT.intersection(columns)) and _may_be_films(set(columns))


def could_be_import_format(columns: Collection[str]) -> bool:
    """Titles are enough for letterboxd.com. Beside other columns, one must be such as its import takes."""
    names = set(columns)
    is_list = names == {"title"} or ("title" in names and not BESIDE_TITLE.isdisjoint(names))
    return is_list and _may_be_films(names)


def _may_be_films(columns: set[str]) -> bool:
    """Another service's list is read where a type says of each row whether it is a film."""
    if "name" in columns:
        return False
    service = looks_like(columns)
    is_typed = "title" in columns and not columns.isdisjoint(TYPE_COLUMNS)
    is_seen = not columns.isdisjoint({*DAY_OF_VIEWING, "rating", "rating10"})
    return not service or (service in READ_BY_TYPE and is_typed and is_seen)


def is_watch_events(columns: Collection[str]) -> bool:
    """Amazon's Watch Events.csv, which lies beside Viewing History.csv and has one row a title."""
    return any(sign <= set(columns) for sign in WATCH_EVENTS)
