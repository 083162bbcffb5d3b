"""Films by what they have in common: genres, people, places, languages, release years, tags."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import cast

from .films import Facts, Film
from .items import FEWEST_RATED, MOST_NAMES, average, best, gather, most_films, rated, ratings_of
from .shape import (
    DecadeGroup,
    Likes,
    MostNamed,
    NameCounts,
    NamedGroup,
    NameGroups,
    NameSection,
    Tag,
    Telling,
    YearGroup,
)

LONGEST_TAG = 500  # characters, as the longest title; a longer one is a text that was put there

# A section of groups: the filter of the film list that finds one of them, and whose names it goes by.
NAMES: dict[NameSection, tuple[str, Callable[[Facts], Iterable[str]]]] = {
    "genres": ("genre", lambda facts: facts.genres),
    "directors": ("director", lambda facts: facts.directors),
    "cast": ("cast", lambda facts: facts.cast),
    "countries": ("country", lambda facts: facts.countries),
    "languages": ("language", lambda facts: [facts.language] if facts.language else []),
}


def by_names(films: Sequence[Film]) -> tuple[NameGroups, NameCounts, NameGroups]:
    """The groups of each section, how many there are before they are cut off, and those rated best."""
    groups, counts, favourites = {}, {}, {}
    for section, (name, values) in NAMES.items():
        by_name = most_films(gather(films, named(values)))
        shown = by_name if section == "genres" else by_name[:MOST_NAMES]
        groups[section], counts[section] = _groups(name, shown), len(by_name)
        favourites[section] = best(
            _groups(name, [entry for entry in by_name if len(entry[1]) >= FEWEST_RATED]), lambda group: group["name"]
        )
    return cast(NameGroups, groups), cast(NameCounts, counts), cast(NameGroups, favourites)  # NAMES are their keys


def _groups(name: str, films_by_name: Iterable[tuple[str, list[Film]]]) -> list[NamedGroup]:
    return [{**rated(films), "name": value, "filter": {name: value}} for value, films in films_by_name]


def named(values: Callable[[Facts], Iterable[str]]) -> Callable[[Film], Iterable[str]]:
    return lambda film: values(film.facts) if film.facts else ()


def most_named(films: Iterable[Film], section: NameSection) -> MostNamed | None:
    """Whom, or what, most of these films have; of equals, the first by name."""
    _, values = NAMES[section]
    counts = Counter(chain.from_iterable(values(film.facts) for film in films if film.facts))
    if not counts:
        return None
    name = min(counts, key=lambda name: (-counts[name], name))
    return {"name": name, "films": counts[name]}


def release_years(films: Sequence[Film]) -> list[YearGroup]:
    by_year = gather(films, lambda film: [film.year] if film.year else [])
    return [{**rated(by_year[year]), "year": year, "filter": {"year": year}} for year in sorted(by_year)]


def decades(films: Sequence[Film]) -> list[DecadeGroup]:
    by_decade = gather(films, lambda film: [film.year // 10 * 10] if film.year else [])
    return [
        {**rated(by_decade[decade]), "decade": decade, "filter": {"decade": decade}} for decade in sorted(by_decade)
    ]


def tags(films: Sequence[Film]) -> list[Tag]:
    by_tag = gather(
        films, lambda film: {tag for watch in film.watches for tag in watch.tags if len(tag) <= LONGEST_TAG}
    )
    return [
        {
            **rated(of),
            "name": tag,
            "filter": {"tag": tag},
            "viewings": sum(tag in watch.tags for film in of for watch in film.watches),
        }
        for tag, of in most_films(by_tag)[:MOST_NAMES]
    ]


def likes(films: Sequence[Film], unseen: int) -> Likes:
    liked = [film for film in films if film.is_liked]
    return {
        "films": len(liked),
        "unseen": unseen,
        "share": round(100 * len(liked) / len(films), 1) if films else None,
        "average": average(ratings_of(liked)),
        "filter": {"liked": "on"},
    }


def sources(films: Sequence[Film]) -> list[Telling]:
    """What tells of a library; the films of an import name no source."""
    by_source = gather(films, lambda film: film.sources)
    return [_telling(source, of) for source, of in most_films(by_source)]


def _telling(source: str, films: Sequence[Film]) -> Telling:
    viewings = [watch for film in films for watch in film.watches if source in watch.sources]
    return {
        "source": source,
        "films": len(films),
        "viewings": len(viewings),
        "shared": sum(len(watch.sources) > 1 for watch in viewings),
        "filter": {"source": source},
    }
