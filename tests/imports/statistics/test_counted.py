"""The statistics of a 3,000-film account, and of the library that follows from it, against the same numbers counted
here from its CSV texts, by other means: the csv module, dictionaries and sums. What TMDB knows of each film is a table
of this test's own."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from enrichment import titles
from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie
from imports import tasks
from imports.models import ImportSession
from tests.exports import letterboxd_files, zip_bytes
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

FILMS = 3_000
UNMATCHED, UNSURE = range(7, FILMS, 50), range(9, FILMS, 75)  # none in both, none beside a twin
TWINS = range(100, FILMS, 400)  # each is the same film as the title after it
GENRES = ["Drama", "Comedy", "Crime", "Western", "Music", "War", "Family"]
PLACES = ["France", "Japan", "Brazil", "Ghana"]


class Title(NamedTuple):
    """A film of watched.csv."""

    place: int
    name: str
    year: int | None


def known(place: int) -> dict[str, Any] | None:
    """What TMDB knows of the film of that place in watched.csv; None: it was not matched."""
    place -= 1 if place - 1 in TWINS else 0
    if place in UNMATCHED or place in UNSURE:
        return None
    return {
        "tmdb_id": 50_000 + place,
        "title": f"Film {place}",
        "runtime": None if place % 20 == 3 else 45 + place * 37 % 170,
        "genres": []
        if place % 60 == 11
        else [GENRES[place % 7], GENRES[(place % 7 + 1 + place // 7 % 6) % 7]][: 1 + place % 2],
        "directors": [f"Director {place % 251}"]
        + ([f"Director {place % 13}"] if place % 5 == 0 and place % 13 != place % 251 else []),
        "cast": [f"Actor {place * step % 401}" for step in (1, 3)] if place % 401 else [],
        "countries": [PLACES[place % 4]],
        "original_language": "" if place % 90 == 1 else ["fr", "ja", "pt"][place % 3],
        "vote_average": (place * 7 % 90 + 10) / 10,
        "vote_count": place * 11 % 200,
        "budget": place * 1000 if place % 3 == 0 else None,
        "revenue": place * 5000 if place % 6 == 0 else None,
    }


class Account(NamedTuple):
    files: dict[str, list[dict[str, str]]]
    statistics: dict[str, Any]
    told: dict[str, Any]  # by the API
    library: dict[str, Any]  # the statistics of the library that the import is all of


@pytest.fixture(scope="module")
def account(django_db_setup: Any, django_db_blocker: Any) -> Iterator[Account]:
    """Uploaded and matched as in life; what TMDB would answer is known to the instance already."""
    texts = letterboxd_files(FILMS)
    files = {name: list(csv.DictReader(io.StringIO(data.decode(), newline=""))) for name, data in texts.items()}
    with django_db_blocker.unblock():
        answer_beforehand([*titles_of(files["watched.csv"]), only_liked(files)])
        client = Client()
        client.post("/imports/", {"files": SimpleUploadedFile("export.zip", zip_bytes(texts))})
        session = ImportSession.objects.latest("created_at")
        assert session.status == "completed"
        told = client.get(f"/api/session/{session.pk}/analytics").json()
        client.force_login(UserFactory(), "django.contrib.auth.backends.ModelBackend")
        tasks.keep_libraries()  # it is too large for a page to wait for
        library = client.get("/library/stats/").context["figures"].data
        yield Account(files, told["statistics"], told, library)
        call_command("flush", interactive=False, verbosity=0)  # as after a test with transactions of its own


def titles_of(rows: list[dict[str, str]]) -> list[Title]:
    return [Title(place, row["Name"], int(row["Year"]) if row["Year"] else None) for place, row in enumerate(rows)]


def only_liked(files: dict[str, list[dict[str, str]]]) -> Title:
    """The one film of likes/films.csv that was not watched; TMDB does not have it."""
    watched = {row["Letterboxd URI"] for row in files["watched.csv"]}
    [title] = titles_of([row for row in files["likes/films.csv"] if row["Letterboxd URI"] not in watched])
    return title._replace(place=UNMATCHED.start)


def answer_beforehand(films: list[Title]) -> None:
    now = timezone.now()
    facts = {told["tmdb_id"]: told for film in films if (told := known(film.place))}
    done = {"details_status": DetailsStatus.DONE, "fetched_at": now}
    TmdbMovie.objects.bulk_create(TmdbMovie(**told, **done) for told in facts.values())
    TitleLookup.objects.bulk_create(answered(film, now) for film in films)


def answered(film: Title, now: Any) -> TitleLookup:
    told = known(film.place)
    missing = LookupStatus.UNSURE if film.place in UNSURE else LookupStatus.UNMATCHED
    return TitleLookup(
        title=film.name,
        title_key=titles.key(film.name),
        year=film.year,
        status=LookupStatus.MATCHED if told else missing,
        tmdb_movie_id=told["tmdb_id"] if told else None,
        asked_at=now,
    )


# The count


class Seen:
    """A film, of one or two titles, as the CSVs tell it."""

    def __init__(self, facts: dict[str, Any] | None) -> None:
        self.facts = facts or {}
        self.ratings: list[tuple[str, float | None]] = []  # with the last day of the title that it is of
        self.days: list[str] = []  # of each viewing, "": not known
        self.tags: list[set[str]] = []  # of each viewing
        self.years: list[int | None] = []
        self.marked: list[str] = []
        self.marks: list[bool] = []  # of each viewing: said to be a rewatch
        self.is_liked = False

    @property
    def rating(self) -> float | None:
        """Of the title that was watched last, if that one is rated."""
        return next((rating for _, rating in sorted(self.ratings, key=lambda r: r[0], reverse=True) if rating), None)

    @property
    def dated(self) -> list[str]:
        return [day for day in self.days if day]


@pytest.fixture(scope="module")
def seen(account: Account) -> list[Seen]:
    files = account.files
    places = {(film.name, film.year): film for film in titles_of(files["watched.csv"])}
    assert len(places) == len({(titles.key(name), year) for name, year in places}) == FILMS

    def place_of(row: dict[str, str]) -> int:
        return places[row["Name"], int(row["Year"]) if row["Year"] else None].place

    found: dict[int, Seen] = {}
    by_place: dict[int, Seen] = {}
    for film in places.values():
        first = film.place - 1 if film.place - 1 in TWINS else film.place
        by_place[film.place] = found.setdefault(first, Seen(known(film.place)))
        by_place[film.place].years.append(film.year)
    in_diary = {row["Letterboxd URI"] for row in files["diary.csv"]}
    entries = files["diary.csv"] + [row for row in files["reviews.csv"] if row["Letterboxd URI"] not in in_diary]
    last_day: dict[int, str] = {}
    for row in entries:
        place = place_of(row)
        by_place[place].days.append(row["Watched Date"])
        by_place[place].tags.append({tag.strip() for tag in row["Tags"].split(",") if tag.strip()})
        by_place[place].marks.append(row["Rewatch"] == "Yes")
        last_day[place] = max(last_day.get(place, ""), row["Watched Date"])
    stars = {place_of(row): float(row["Rating"]) for row in files["ratings.csv"]}
    for place, one in by_place.items():
        one.ratings.append((last_day.get(place, ""), stars.get(place)))
    for row in files["watched.csv"]:
        by_place[place_of(row)].marked.append(row["Date"])
    for row in files["likes/films.csv"]:
        if (row["Name"], int(row["Year"]) if row["Year"] else None) in places:
            by_place[place_of(row)].is_liked = True
    return list(found.values())


def mean(values: Iterable[float]) -> float | None:
    numbers = list(values)
    return round(sum(numbers) / len(numbers), 2) if numbers else None


def rated(films: Iterable[Seen]) -> list[float]:
    return [film.rating for film in films if film.rating is not None]


def every_day(films: Iterable[Seen]) -> list[tuple[str, Seen]]:
    return [(day, film) for film in films for day in film.dated]


def test_totals(account: Account, seen: list[Seen]) -> None:
    totals = account.statistics["totals"]
    minutes = sum((film.facts.get("runtime") or 0) * (len(film.days) or 1) for film in seen)
    assert totals["films"] == len(seen) == FILMS - len(TWINS)
    assert totals["viewings"] == sum(len(film.days) for film in seen)
    assert (totals["minutes"], totals["hours"]) == (minutes, round(minutes / 60, 1))
    assert (totals["rated"], totals["average_rating"]) == (len(rated(seen)), mean(rated(seen)))
    assert totals["average_runtime"] == mean(film.facts["runtime"] for film in seen if film.facts.get("runtime"))
    assert totals["days"] == len({day for day, _ in every_day(seen)})
    assert totals["liked"] == sum(film.is_liked for film in seen)
    assert totals["liked_unseen"] == 1  # the one on likes/films.csv that is not on watched.csv
    for section in ("genres", "directors", "cast", "countries"):
        assert totals[section] == len({name for film in seen for name in film.facts.get(section, [])})
    assert totals["languages"] == 3


def test_rewatches_are_marked_so_or_come_on_a_later_day(account: Account, seen: list[Seen]) -> None:
    marked = sum(row["Rewatch"] == "Yes" for row in account.files["diary.csv"])
    again = 0
    for film in seen:
        first_day = min(film.dated, default="")
        again += sum(is_marked or day > first_day for day, is_marked in zip(film.days, film.marks, strict=True))
    assert account.statistics["totals"]["rewatches"] == again
    assert account.statistics["totals"]["marked_rewatches"] == sum(sum(film.marks) for film in seen)
    assert marked <= again <= marked + len(TWINS) * 3


def test_coverage(account: Account, seen: list[Seen]) -> None:
    coverage = account.statistics["coverage"]
    assert (coverage["unsure"], coverage["unmatched"]) == (len(UNSURE), len(UNMATCHED))
    assert coverage["merged"] == len(TWINS)
    assert coverage["matched"] == sum(bool(film.facts) for film in seen)
    fields = {"languages": "original_language", "tmdb_rating": "vote_average"}
    for name, count in coverage["known"].items():
        if name != "release_year":
            assert count == sum(bool(film.facts.get(fields.get(name, name))) for film in seen), name
    assert coverage["undated_viewings"] == sum(film.days.count("") for film in seen)
    assert coverage["without_viewing"] == sum(not film.days for film in seen)


def test_ratings(account: Account, seen: list[Seen]) -> None:
    counts = Counter(rated(seen))
    assert {one["stars"]: one["films"] for one in account.statistics["ratings"]} == {
        n / 2: counts[n / 2] for n in range(1, 11)
    }
    assert account.statistics["unrated"] == len(seen) - len(rated(seen))


@pytest.mark.parametrize(("section", "name", "letters"), [("years", "year", 4), ("months", "month", 7)])
def test_years_and_months(account: Account, seen: list[Seen], section: str, name: str, letters: int) -> None:
    viewings, films, minutes = Counter[str](), Counter[str](), Counter[str]()
    for film in seen:
        films.update({day[:letters] for day in film.dated})
        for day in film.dated:
            viewings[day[:letters]] += 1
            minutes[day[:letters]] += film.facts.get("runtime") or 0
    expected = [(period, viewings[period], films[period], minutes[period]) for period in sorted(viewings)]
    found = [(str(one[name]), one["viewings"], one["films"], one["minutes"]) for one in account.statistics[section]]
    assert found == expected


def test_weekdays_and_calendar(account: Account, seen: list[Seen]) -> None:
    days = Counter(day for day, _ in every_day(seen))
    weekdays = Counter(f"{date.fromisoformat(day):%a}" for day in days.elements())
    names = "Mon Tue Wed Thu Fri Sat Sun".split()
    assert [one["viewings"] for one in account.statistics["weekdays"]] == [weekdays[name] for name in names]
    assert account.statistics["calendar"]["days"] == [[day, days[day]] for day in sorted(days)]
    marked = Counter(min(film.marked) for film in seen if not film.dated)
    assert account.statistics["calendar"]["marked"] == {
        "films": sum(marked.values()),
        "days": [[day, marked[day]] for day in sorted(marked)],
    }


def test_streaks(account: Account, seen: list[Seen]) -> None:
    """By walking over every day and every week of the calendar, one by one."""
    days = {date.fromisoformat(day) for day, _ in every_day(seen)}
    days = {day for day in days if day.isoformat() <= account.statistics["today"]}
    weeks = {day.isocalendar()[:2] for day in days}
    first, last = min(days) - timedelta(days=7), max(days)
    assert account.statistics["streaks"]["days"]["length"] == longest(first, last, 1, lambda day: day in days)
    assert account.statistics["streaks"]["weeks"]["length"] == longest(
        first, last + timedelta(days=7), 7, lambda day: day.isocalendar()[:2] in weeks
    )


def longest(first: date, last: date, step: int, is_in: Callable[[date], bool]) -> int:
    most = now = 0
    day = first
    while day <= last:
        now = now + 1 if is_in(day) else 0
        most = max(most, now)
        day += timedelta(days=step)
    return most


@pytest.mark.parametrize("section", ["genres", "directors", "cast", "countries"])
def test_groups(account: Account, seen: list[Seen], section: str) -> None:
    films: dict[str, list[Seen]] = {}
    for film in seen:
        for name in film.facts.get(section, []):
            films.setdefault(name, []).append(film)
    for group in account.statistics[section]:
        ratings = rated(films[group["name"]])
        assert group["films"] == len(films[group["name"]])
        assert (group["rated"], group["average"]) == (len(ratings), mean(ratings) if len(ratings) >= 3 else None)
    most = sorted(map(len, films.values()), reverse=True)[:100]
    assert [group["films"] for group in account.statistics[section]] == most
    assert account.told[section] == {group["name"]: group["films"] for group in account.statistics[section]}


def test_languages_decades_tags_and_likes(account: Account, seen: list[Seen]) -> None:
    languages = Counter(film.facts["original_language"] for film in seen if film.facts.get("original_language"))
    assert account.told["languages"] == dict(languages)
    tags = Counter(tag for film in seen for tag in set().union(*film.tags))
    assert account.told["tags"] == dict(tags)
    viewings = Counter(tag for film in seen for tags_of_viewing in film.tags for tag in tags_of_viewing)
    assert {tag["name"]: tag["viewings"] for tag in account.statistics["tags"]} == dict(viewings)
    # a film of two titles has the year of one of them: counted where they don't differ in decade
    singles = [film for film in seen if len(film.years) == 1]
    decades = Counter(year // 10 * 10 for film in singles for year in film.years if year)
    found = {one["decade"]: one["films"] for one in account.statistics["decades"]}
    assert sum(found.values()) - sum(decades.values()) <= len(seen) - len(singles)
    assert all(0 <= found[decade] - count <= len(seen) - len(singles) for decade, count in decades.items())
    liked = [film for film in seen if film.is_liked]
    assert account.statistics["likes"]["films"] == len(liked)
    assert account.statistics["likes"]["average"] == mean(rated(liked))


def test_beside_tmdb_and_money(account: Account, seen: list[Seen]) -> None:
    compared = [film for film in seen if film.rating and film.facts.get("vote_count", 0) >= 50]
    against = account.statistics["against_tmdb"]
    assert against["films"] == len(compared)
    assert (against["yours"], against["tmdb"]) == (
        mean(rated(compared)),
        mean(film.facts["vote_average"] / 2 for film in compared),
    )
    differences = [round((film.rating or 0) - film.facts["vote_average"] / 2, 2) for film in compared]
    assert [one["difference"] for one in against["higher"]] == sorted(differences, reverse=True)[:10]
    assert [one["difference"] for one in against["lower"]] == sorted(differences)[:10]
    for name in ("budget", "revenue"):
        known_amounts = [film.facts[name] for film in seen if film.facts.get(name)]
        told = account.statistics["money"][name]
        assert (told["films"], told["total"]) == (len(known_amounts), sum(known_amounts))
        assert [one[name] for one in told["top"]] == sorted(known_amounts, reverse=True)[:5]


def test_years_in_review(account: Account, seen: list[Seen]) -> None:
    reviews = account.statistics["reviews"]
    assert [review["year"] for review in reviews] == sorted({int(d[:4]) for d, _ in every_day(seen)}, reverse=True)
    for review in reviews:
        then = [(day, film) for day, film in every_day(seen) if day.startswith(f"{review['year']}-")]
        days, films = [day for day, _ in then], list({id(film): film for _, film in then}.values())
        assert (review["viewings"], review["films"]) == (len(then), len(films))
        assert review["average_rating"] == mean(rated(films))
        assert [one["rating"] for one in review["favourites"]] == sorted(rated(films), reverse=True)[:5]
        assert (review["first"]["day"], review["last"]["day"]) == (min(days), max(days))
        genres = Counter(name for film in films for name in film.facts.get("genres", []))
        assert review["genre"]["films"] == max(genres.values())
        assert genres[review["genre"]["name"]] == review["genre"]["films"]
        directors = Counter(name for film in films for name in film.facts.get("directors", []))
        assert directors[review["director"]["name"]] == review["director"]["films"] == max(directors.values())
        months = Counter(day[:7] for day in days)
        assert review["busiest_month"]["viewings"] == max(months.values())


def test_first_last_and_milestones(account: Account, seen: list[Seen]) -> None:
    days = sorted(day for day, _ in every_day(seen) if day <= account.statistics["today"])
    assert (account.statistics["first"]["day"], account.statistics["last"]["day"]) == (days[0], days[-1])
    numbers = [1, 50, *range(100, len(days) + 1, 100)]
    found = [(one["number"], one["day"]) for one in account.statistics["milestones"]]
    assert found == [(number, days[number - 1]) for number in numbers]


# The library of the same films: no viewing is told twice, and a film that was only marked was seen once, on no day


def test_a_library_counts_each_viewing_and_those_on_no_day_once(account: Account, seen: list[Seen]) -> None:
    totals, coverage = account.library["totals"], account.library["coverage"]
    viewings = [len(film.dated) or 1 for film in seen]
    runtimes = [film.facts.get("runtime") or 0 for film in seen]
    assert (totals["films"], totals["viewings"]) == (len(seen), sum(viewings))
    assert totals["minutes"] == sum(n * runtime for n, runtime in zip(viewings, runtimes, strict=True))
    assert (totals["rated"], totals["liked"], totals["liked_unseen"]) == (
        len(rated(seen)),
        sum(film.is_liked for film in seen),
        1,
    )
    assert coverage["matched"] == sum(bool(film.facts) for film in seen)
    assert coverage["unmatched"] == sum(not film.facts for film in seen) == len(UNMATCHED) + len(UNSURE)
    assert coverage["undated_viewings"] == sum(not film.dated for film in seen)
    assert account.library["sources"] == [
        {
            "source": "letterboxd",
            "films": len(seen),
            "viewings": sum(viewings),
            "shared": 0,
            "filter": {"source": "letterboxd"},
        }
    ]


@pytest.mark.parametrize("section", ["years", "months", "calendar", "weekdays", "streaks"])
def test_a_library_of_one_import_tells_of_days_what_the_import_does(account: Account, section: str) -> None:
    assert account.library[section] == account.statistics[section]


@pytest.mark.parametrize("section", ["genres", "directors", "cast", "countries", "languages"])
def test_a_library_of_one_import_has_its_groups(account: Account, section: str) -> None:
    of_library, of_import = (
        [(group["name"], group["films"], group["rated"]) for group in statistics[section]]
        for statistics in (account.library, account.statistics)
    )
    assert of_library == of_import


def test_a_library_of_one_import_has_its_rewatches_and_years_in_review(account: Account) -> None:
    names = ("year", "viewings", "films", "rewatches", "minutes", "days", "streak", "busiest_month", "genre")
    of_library, of_import = (
        [[review[name] for name in names] for review in statistics["reviews"]]
        for statistics in (account.library, account.statistics)
    )
    assert of_library == of_import
    assert account.library["totals"]["rewatches"] == account.statistics["totals"]["rewatches"]
    days = [[one["day"] for one in statistics["milestones"]] for statistics in (account.library, account.statistics)]
    assert days[0] == days[1]
