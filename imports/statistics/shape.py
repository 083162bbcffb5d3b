"""The shape of the statistics that `computing.compute` returns, and in which they are kept as JSON.

Days are ISO texts ("2024-05-31"), months their first seven letters, ratings stars from 0.5 to 5, running times minutes,
money dollars. A new key raises `computing.VERSION`, and is hidden from others until imports.sharing.allowed says who
sees it.
"""

from typing import Literal, TypedDict

NameSection = Literal["genres", "directors", "cast", "countries", "languages"]
KnownOf = Literal[NameSection, "runtime", "tmdb_rating", "budget", "revenue", "release_year"]
Filter = dict[str, str | int]  # what finds the films of a number in the film list: its parameters
DayCount = list[str | int]  # a day and how many there are on it


class Choices(TypedDict):
    """What there is to filter the statistics by."""

    years: list[int]
    decades: list[int]
    genres: list[str]
    ratings: list[str]


# How much there is


class NameCounts(TypedDict):
    """How many different ones there are; their sections are cut off."""

    genres: int
    directors: int
    cast: int
    countries: int
    languages: int


class Totals(NameCounts):
    films: int
    viewings: int
    rewatches: int  # seen again: marked so, or on a later day
    marked_rewatches: int  # as the source says
    minutes: int
    hours: float
    rated: int
    average_rating: float | None
    average_runtime: float | None
    days: int
    liked: int
    liked_unseen: int


class FactCounts(TypedDict):
    """For each fact, of how many films TMDB knows it."""

    genres: int
    directors: int
    cast: int
    countries: int
    languages: int
    runtime: int
    tmdb_rating: int
    budget: int
    revenue: int


class Known(FactCounts):
    release_year: int  # the source may know it too


class Coverage(TypedDict):
    """How many films there are of which something is known. First how they ended: the values of Outcome."""

    films: int
    open: int
    matched: int
    unsure: int
    unmatched: int
    failed: int
    merged: int
    known: Known
    rated: int
    dated_films: int
    without_viewing: int
    undated_viewings: int  # those with a day that can't be among them
    early_viewings: int  # from before there were films
    future_viewings: int
    awaited: int
    compared: int


# Films


class Item(TypedDict):
    """A film, with what a page needs to show it and to link to it. None: not known."""

    id: int  # of the Movie, or the LibraryFilm
    title: str
    year: int | None
    tmdb_id: int | None
    poster: str
    rating: float | None


class DatedItem(Item):
    day: str


class Milestone(DatedItem):
    number: int


class RewatchedItem(Item):
    viewings: int


class RuntimeItem(Item):
    runtime: int


class BudgetItem(Item):
    budget: int


class RevenueItem(Item):
    revenue: int


class ReturnItem(Item):
    budget: int
    revenue: int
    ratio: float


class ComparedItem(Item):
    tmdb_rating: float
    difference: float


# Groups of films


class Rated(TypedDict):
    films: int
    rated: int
    average: float | None  # None too where too few are rated


class Group(Rated):
    filter: Filter


class NamedGroup(Group):
    name: str


class YearGroup(Group):
    year: int


class DecadeGroup(Group):
    decade: int


class Tag(NamedGroup):
    viewings: int


class NameGroups(TypedDict):
    genres: list[NamedGroup]
    directors: list[NamedGroup]
    cast: list[NamedGroup]
    countries: list[NamedGroup]
    languages: list[NamedGroup]


class Best(NameGroups):
    """The groups with the highest averages."""

    decades: list[DecadeGroup]


# Viewings in time


class Amounts(TypedDict):
    viewings: int
    films: int
    minutes: int


class Year(Amounts):
    year: int
    filter: Filter


class Month(Amounts):
    month: str
    filter: Filter


class Busiest(TypedDict):
    day: str
    viewings: int


class Marked(TypedDict):
    """Films that were only marked as seen, by the days on which that was done."""

    films: int
    days: list[DayCount]


class Calendar(TypedDict):
    days: list[DayCount]
    busiest: Busiest | None
    marked: Marked


Span = TypedDict("Span", {"length": int, "from": str, "to": str})


class Streaks(TypedDict):
    days: Span | None
    weeks: Span | None
    current_days: int
    current_weeks: int


class Weekday(TypedDict):
    weekday: int  # 0: Monday
    viewings: int


class Ends(TypedDict):
    first: DatedItem | None
    last: DatedItem | None


# A year in review


class Compared(Amounts):
    """What is set against the year before."""

    average_rating: float | None


class MostNamed(TypedDict):
    name: str
    films: int


class BusiestMonth(TypedDict):
    month: str
    viewings: int


class YearSeen(Compared):
    year: int
    filter: Filter
    rewatches: int
    rated: int
    favourites: list[Item]
    director: MostNamed | None
    actor: MostNamed | None
    genre: MostNamed | None
    country: MostNamed | None
    language: MostNamed | None
    first: DatedItem
    last: DatedItem
    streak: Span | None
    busiest_month: BusiestMonth
    days: int
    new_releases: int


class Review(YearSeen):
    change: Compared | None  # to the year before; None: there is none to compare with


# Ratings, running times, money


class Stars(TypedDict):
    stars: float
    films: int
    filter: Filter


class Ratings(TypedDict):
    ratings: list[Stars]
    unrated: int
    unrated_filter: Filter


class Likes(TypedDict):
    films: int
    unseen: int
    share: float | None  # of 100
    average: float | None
    filter: Filter


class AgainstTmdb(TypedDict):
    """A person's stars and TMDB's ten points, halved."""

    films: int
    yours: float | None
    tmdb: float | None
    difference: float | None
    least_votes: int
    higher: list[ComparedItem]
    lower: list[ComparedItem]


Bucket = TypedDict("Bucket", {"from": int, "to": int | None, "films": int})


class Runtimes(TypedDict):
    average: float | None
    median: float | None
    shortest: list[RuntimeItem]
    longest: list[RuntimeItem]
    distribution: list[Bucket]


class Budgets(TypedDict):
    films: int
    total: int
    top: list[BudgetItem]


class Revenues(TypedDict):
    films: int
    total: int
    top: list[RevenueItem]


class Money(TypedDict):
    budget: Budgets
    revenue: Revenues
    best_returns: list[ReturnItem]


# Where a library comes from


class Telling(TypedDict):
    """What one source tells. The sources of a library together tell more than there is: of some they tell the same."""

    source: str  # of an import, or "person": by hand
    films: int
    viewings: int
    shared: int  # viewings among them that others tell, too
    filter: Filter


class Statistics(Ratings, NameGroups, Ends):
    """Everything."""

    version: int
    kind: str  # "import" or "library"
    today: str
    filters: Filter  # those of the statistics themselves
    choices: Choices
    totals: Totals
    coverage: Coverage
    years: list[Year]
    months: list[Month]
    calendar: Calendar
    streaks: Streaks
    weekdays: list[Weekday]
    release_years: list[YearGroup]
    decades: list[DecadeGroup]
    tags: list[Tag]
    best: Best
    runtimes: Runtimes
    against_tmdb: AgainstTmdb
    rewatched: list[RewatchedItem]
    milestones: list[Milestone]
    likes: Likes
    money: Money
    reviews: list[Review]
    sources: list[Telling]  # of an import: none
