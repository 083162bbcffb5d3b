"""Prime Video histories that nobody watched: one list of what was watched, written as every version of the browser
script and Amazon's own two files have it. The same number and seed give the same list, newest watched first."""

import csv
import io
import json
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

LAST: Final = datetime(2026, 1, 15, 3, 30, tzinfo=UTC)
LIMA: Final = ZoneInfo("America/Lima")  # west of Greenwich, where the old script's days are right

TRAPS: Final = [
    'The "Amber" Lantern',
    "Night, Again",
    '"Coins"',
    "Mercy Orchard [dt./OV]",
    "Paper Road (2024)",
    "Open Season 2",
    "Spider-Orchard: Far From Salta",
    "La vita di Ana - Amber is the Warmest Colour",
    "Trailer Park Sparrows: The Movie",
    "None",
    "1917",
    "映画の庭 (字幕版)",
]
FIRST_WORDS: Final = "Amber Silent Broken Golden Hollow Paper Distant Crooked Velvet Winter Burning Lonely".split()
LAST_WORDS: Final = "Harbour Orchard Lantern Compass Sparrow Bridge Garden Letter Mirror Engine Island".split()
SHOWS: Final = ["The Harbour", "Bridge, and Garden", "Sparrow-Town"]
EPISODES: Final = ["Pilot", 'The "Long" Way', "Catch-22", "Night, Again", "The End"]

LANGUAGES: Final[dict[str, tuple[str, ...]]] = {  # date, type, title, episode; film, series
    "en": ("Date Watched", "Type", "Title", "Episode", "Movie", "Series"),
    "de": ("Datum angesehen", "Typ", "Titel", "Folge", "Film", "Serie"),
    "es": ("Fecha de visualización", "Tipo", "Título", "Episodio", "Película", "Serie"),
    "es-419": ("Fecha vista", "Tipo", "Título", "Episodio", "Película", "Serie"),
    "fr": ("Date regardée", "Type", "Titre", "Épisode", "Film", "Série"),
    "pt-br": ("Data assistida", "Tipo", "Título", "Episódio", "Filme", "Série"),
    "pt-pt": ("Data de visualização", "Tipo", "Título", "Episódio", "Filme", "Série"),
    "ja": ("視聴日", "種類", "タイトル", "エピソード", "映画", "シリーズ"),
    "zh-tw": ("觀看日期", "類型", "標題", "集", "電影", "劇集系列"),
    "zh-cn": ("觀看日期", "類型", "標題", "集", "電影", "剧集系列"),
}
LEGACY: Final = (
    "Playback Hour,Operating System,Browser,Delivery Type,City,Country,ISP,State,Content Quality Entitled,"
    "Entitlement Type,Video Type,Audio Language,Title"
)
ACTIVITY: Final = [
    "Title",
    "Playback Start Datetime (UTC)",
    "Seconds Viewed",
    "Material Type Description",
    "Is Autoplay",
    "Device Model",
]


class Watch(NamedTuple):
    title: str
    at: datetime
    episode: str = ""  # of a series
    is_trailer: bool = False
    number: int = 0  # of the title

    @property
    def gti(self) -> str:
        return f"amzn1.dv.gti.00000000-0000-4000-8000-{self.number:012d}"


def history(rows: int = 616, *, seed: int = 0, titles: Sequence[str] | None = None) -> list[Watch]:
    """Of five rows about three are of films; some films come again, on the same day or another. With `titles`, the
    films are those."""
    chance = random.Random(f"{seed}")
    films = list(titles or [*TRAPS, *(f"The {first} {last}" for first in FIRST_WORDS for last in LAST_WORDS)])
    found: list[Watch] = []
    at = LAST
    while len(found) < rows:
        found += _evening(chance, films, at)
        at -= timedelta(hours=chance.randint(20, 50))
    return found[:rows]


def _evening(chance: random.Random, films: Sequence[str], at: datetime) -> list[Watch]:
    what = chance.random()
    number = chance.randrange(len(films))
    film = Watch(films[number], at, number=number)
    if what < 0.6:
        return [film] * (2 if what < 0.06 else 1)
    if what < 0.7:
        return [film, Watch(f"{film.title} - Trailer", at, is_trailer=True, number=number + 5_000)]
    show = chance.randrange(len(SHOWS))
    season = chance.randint(1, 2)
    titled = f"{SHOWS[show]} - Season {season}"
    count = chance.randint(1, 3)
    return [Watch(titled, at, episode, number=9_000 + show * 10 + season) for episode in EPISODES[:count]]


def script_1(
    watches: Iterable[Watch], zone: ZoneInfo, *, comma: str = ",", when: Callable[[datetime], str] | None = None
) -> str:
    """1.0 (comma and space), 1.1, 1.2: quotation marks within a title stay as they are."""
    written = when or (lambda midnight: f"{midnight:%Y-%m-%d}")
    rows = [comma.join(LANGUAGES["en"][:4])]
    for watch in watches:
        kind, episode = ("Series", f'"{watch.episode}"') if watch.episode else ("Movie", "")
        rows.append(comma.join([written(_midnight(watch.at, zone)), kind, f'"{watch.title}"', episode]))
    return "\n".join(rows)


def _midnight(at: datetime, zone: ZoneInfo) -> datetime:
    """What the old script knew: the day as the page showed it, which it wrote down as seen from Greenwich."""
    return at.astimezone(zone).replace(hour=0, minute=0).astimezone(UTC)


def script_2(watches: Iterable[Watch], zone: ZoneInfo, *, language: str = "en") -> str:
    *header, film, series = LANGUAGES[language]
    rows = [",".join(header)]
    for watch in watches:
        episode = _quoted(watch.episode) if watch.episode else ""
        day = f"{_midnight(watch.at, zone):%Y-%m-%d}"
        rows.append(",".join([day, series if watch.episode else film, _quoted(watch.title), episode]))
    return "\n".join(rows)


def script_3(watches: Iterable[Watch], *, epoch: bool = False) -> str:
    header = [
        "Date Watched",
        "Type",
        "Title",
        "Episode Title",
        "Global Title Identifier",
        "Episode Global Title Identifier",
        "Path",
        "Episode Path",
        "Image URL",
    ]
    rows: list[list[str | int]] = [[*header], *([*_item(watch, epoch=epoch).values()] for watch in watches)]
    return "\n".join(",".join(_quoted(str(cell)) for cell in row) for row in rows)


def script_json(watches: Iterable[Watch], *, epoch: bool = False) -> str:
    return json.dumps([_item(watch, epoch=epoch) for watch in watches], indent="\t", ensure_ascii=False)


def _item(watch: Watch, *, epoch: bool) -> dict[str, str | int]:
    moment = f"{watch.at:%Y-%m-%d %H:%M:%S}.000"
    return {
        "dateWatched": round(watch.at.timestamp() * 1000) if epoch else moment,
        "type": "Series" if watch.episode else "Movie",
        "title": watch.title,
        "episodeTitle": watch.episode,
        "id": watch.gti,
        "episodeId": f"{watch.gti}e" if watch.episode else "",
        "path": f"/detail/{watch.number}",
        "episodePath": "/detail/e" if watch.episode else "",
        "imageUrl": f"https://images.example.org/{watch.number}.jpg",
    }


def legacy(watches: Iterable[Watch]) -> str:
    """Without any quoting."""
    rows = [LEGACY]
    for watch in watches:
        kind = "Trailer" if watch.is_trailer else "Feature"
        device = f"{watch.at:%m/%d/%Y %H}:00:00,Fire OS,Other,Stream,Lima,PE,Some Net,LMA,HD,Prime,{kind},es_PE"
        rows.append(f"{device},{_amazon_title(watch)}")
    return "\ufeff" + "\r\n".join(rows) + "\r\n"


def activity(watches: Iterable[Watch]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(ACTIVITY)
    for watch in watches:
        kind = "Trailer" if watch.is_trailer else "Feature"
        title = f'"{_amazon_title(watch)}"'
        writer.writerow([title, f"{watch.at:%Y-%m-%dT%H:%M:%SZ}", "3600.5", f'"{kind}"', "No", '"Not Available"'])
    return out.getvalue()


def _amazon_title(watch: Watch) -> str:
    return f"{watch.episode}-{watch.title}" if watch.episode else watch.title


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


Version = Literal["1.0", "1.1", "1.2", "2", "3", "3 epoch", "3 json", "3 json epoch", "legacy", "activity"]
VERSIONS: Final[dict[Version, tuple[str, Callable[[list[Watch], ZoneInfo], str]]]] = {
    "1.0": ("watch-history.csv", lambda watches, zone: script_1(watches, zone, comma=", ")),
    "1.1": ("watch-history.csv", script_1),
    "1.2": ("watch-history.csv", lambda watches, zone: script_1(watches, zone, when=lambda at: f"{at:%FT%T}.000Z")),
    "2": ("watch-history.csv", script_2),
    "3": ("watch-history-export-1.csv", lambda watches, zone: script_3(watches)),
    "3 epoch": ("watch-history-export-1.csv", lambda watches, zone: script_3(watches, epoch=True)),
    "3 json": ("watch-history-export-1.json", lambda watches, zone: script_json(watches)),
    "3 json epoch": ("watch-history-export-1.json", lambda watches, zone: script_json(watches, epoch=True)),
    "legacy": ("Digital.PrimeVideo.Viewinghistory.csv", lambda watches, zone: legacy(watches)),
    "activity": ("Viewing History.csv", lambda watches, zone: activity(watches)),
}


def prime_file(version: Version, watches: list[Watch], zone: ZoneInfo = LIMA) -> tuple[str, bytes]:
    """(name, content) of the file that this version writes for a person in `zone`."""
    name, write = VERSIONS[version]
    return name, write(watches, zone).encode()
