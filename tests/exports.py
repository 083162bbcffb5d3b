"""Letterboxd exports that nobody's films are in: the same number and seed give the same bytes, and a larger export
begins with the films of a smaller one, as next month's does with this month's."""

import csv
import io
import random
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
BASE = ["Date", "Name", "Year", "Letterboxd URI"]
RATINGS = [*BASE, "Rating"]
DIARY = [*BASE, "Rating", "Rewatch", "Tags", "Watched Date"]
REVIEWS = [*BASE, "Rating", "Rewatch", "Review", "Tags", "Watched Date"]
COMMENTS = ["Date", "Content", "Comment"]
PROFILE = ["Date Joined", "Username", "Given Name", "Family Name", "Email Address"]

FIRST_DAY = date(2015, 1, 1)
DAYS = 4_000  # until 2025: then it begins again, for nobody sees films in the future
TRAPS = ["None", "NA", "1917", "50/50", '"""Coins"""', "Two  Spaces", "'71", "Night, Again", "Été (夏)", "nan", "61*"]
ADJECTIVES = "Amber Silent Broken Golden Hollow Paper Distant Crooked Velvet Winter Burning Lonely Secret Iron".split()
NOUNS = "Harbour Orchard Lantern Compass Sparrow Bridge Garden Letter Mirror Engine Island Winter Ladder Piano".split()
PLACES = "Tilburg Kerala Oporto Salta Bergen Tartu Galway Sapporo Dakar Cusco Nîmes Łódź Hobart Ghent".split()
TAGS = ["cinema", "with ana", "dvd", "festival 2024", "home"]
REVIEW = '<i>{title}</i> begins slowly.\r\n\r\nBut, "as they say", <b>it stays</b>:\r\n<blockquote>twice.</blockquote>'


class Film(NamedTuple):
    number: int
    title: str
    year: str
    day: date
    rating: str
    chance: random.Random

    @property
    def seen_on(self) -> date:
        """Nobody has seen a film years before it was."""
        year = int(self.year or 0)
        return self.day if year <= self.day.year else date(year, 1, 1) + timedelta(days=self.number % 100)

    @property
    def row(self) -> list[str]:
        return [self.day.isoformat(), self.title, self.year, film_uri(self.number)]


def letterboxd_zip(
    films: int,
    *,
    seed: int = 0,
    titles: Sequence[tuple[str, int | None]] | None = None,
    top_folder: str = "",
) -> bytes:
    files = letterboxd_files(films, seed=seed, titles=titles)
    return zip_bytes({top_folder + path: data for path, data in files.items()})


def letterboxd_files(
    films: int, *, seed: int = 0, titles: Sequence[tuple[str, int | None]] | None = None
) -> dict[str, bytes]:
    """About one diary entry for each film, a rating for four in five, a review for one in ten. With `titles`,
    the films are the first of those."""
    seen = [make_film(number, seed, titles) for number in range(films)]
    entries = [entry for film in seen for entry in make_entries(film)]
    reviews = [make_review(entry) for entry in entries[::10]] + [make_undated_review(film) for film in seen[5::50]]
    unseen = [make_film(number, seed, None).row for number in range(1_000_000, 1_000_000 + films // 10)]
    return {
        "profile.csv": csv_bytes(PROFILE, [["2015-01-01", "nobody", "", "", "nobody@example.org"]]),
        "watched.csv": csv_bytes(BASE, [film.row for film in seen]),
        "ratings.csv": csv_bytes(RATINGS, [[*film.row, film.rating] for film in seen if film.rating]),
        "diary.csv": csv_bytes(DIARY, entries),
        "reviews.csv": csv_bytes(REVIEWS, reviews),
        "likes/films.csv": csv_bytes(BASE, [film.row for film in seen if film.number % 7 == 0] + unseen[:1]),
        "likes/reviews.csv": csv_bytes(BASE, []),
        "likes/lists.csv": csv_bytes(BASE, []),
        "watchlist.csv": csv_bytes(BASE, unseen),
        "comments.csv": csv_bytes(COMMENTS, [["2020-02-02", entry_uri(0), "Agreed!"]]),
        "deleted/diary.csv": csv_bytes(DIARY, entries[:1]),
        "deleted/reviews.csv": csv_bytes(REVIEWS, []),
        "deleted/comments.csv": csv_bytes(COMMENTS, []),
        "orphaned/diary.csv": csv_bytes(DIARY, [["2019-01-01", "Gone", "", "", "3", "", "", "2019-01-01"]]),
        "lists/ten-best.csv": list_bytes("Ten best", [film.row for film in seen[:10]]),
    }


def make_film(number: int, seed: int, titles: Sequence[tuple[str, int | None]] | None) -> Film:
    chance = random.Random(f"{seed} {number}")
    title, year = titles[number] if titles else invent(number, chance)
    rating = str(chance.randint(1, 10) / 2).removesuffix(".0") if chance.random() < 0.8 else ""
    return Film(number, title, str(year or ""), FIRST_DAY + timedelta(days=number // 4 % DAYS), rating, chance)


def invent(number: int, chance: random.Random) -> tuple[str, int | None]:
    """No title and year comes twice among the first 38,000."""
    year = None if number % 300 == 299 else chance.randint(1920, 2024)
    if number % 97 == 0 and number // 97 < len(TRAPS):
        return TRAPS[number // 97], year
    rest, adjective = divmod(number, len(ADJECTIVES))
    rest, noun = divmod(rest, len(NOUNS))
    part, place = divmod(rest, len(PLACES))
    name = f"The {ADJECTIVES[adjective]} {NOUNS[noun]} of {PLACES[place]}"
    return (f"{name} {part + 1}" if part else name), year


def make_entries(film: Film) -> list[list[str]]:
    """None, one, or one and a rewatch."""
    times = film.chance.choices([0, 1, 2], [15, 70, 15])[0]
    return [make_entry(film, time) for time in range(times)]


def make_entry(film: Film, time: int) -> list[str]:
    watched = film.seen_on - timedelta(days=film.chance.randint(0, 2)) + timedelta(days=200 * time)
    tags = ", ".join(film.chance.sample(TAGS, film.chance.choice([0, 0, 0, 1, 2])))
    row = [watched.isoformat(), film.title, film.year, entry_uri(film.number * 3 + time)]
    return [*row, film.rating, "Yes" if time else "", tags, watched.isoformat()]


def make_review(entry: Sequence[str]) -> list[str]:
    return [*entry[:6], REVIEW.format(title=entry[1]), *entry[6:]]


def make_undated_review(film: Film) -> list[str]:
    """Without a watched date, so it is not in the diary."""
    uri = entry_uri(film.number * 3 + 2)
    return [film.day.isoformat(), film.title, film.year, uri, film.rating, "", "Short.", "", ""]


def film_uri(number: int) -> str:
    return f"https://boxd.it/{encode(10_000 + number * 10)}"


def entry_uri(number: int) -> str:
    return f"https://boxd.it/{encode(10_001 + number * 10)}"


def encode(number: int) -> str:
    """In base 62; the last decimal digit tells what the link leads to."""
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = ALPHABET[digit] + digits
    return digits


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)  # CRLF, as Letterboxd writes it
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def list_bytes(name: str, rows: Sequence[Sequence[str]]) -> bytes:
    about = csv_bytes(
        ["Date", "Name", "Tags", "URL", "Description"], [["2020-01-01", name, "", film_uri(2), "One\r\ntwo"]]
    )
    films = [[place, title, year, uri, ""] for place, (_, title, year, uri) in enumerate(rows, 1)]
    listed = csv_bytes(["Position", "Name", "Year", "URL", "Description"], films)
    return b"Letterboxd list export v7\r\n" + about + b"\r\n" + listed


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return out.getvalue()
