"""What follows from all that tells of one film: which viewings there were, and what is to be asked. Pure: the same
evidence and decisions give the same conclusion, in whichever order they came (docs/reconciling.md)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

# How a source knows a day, the best first: the person's own word, a diary, a stream's log, a list of what was seen.
Kind = Literal["person", "diary", "stream", "mark"]
RANK: Final[dict[Kind, int]] = {"person": 0, "diary": 1, "stream": 2, "mark": 3}
A_DAY = timedelta(days=1)
NEAR = timedelta(days=7)
NEVER = date.min


class Row(NamedTuple):
    """A row of an import that tells it; `viewing` is None where a film was only marked or rated."""

    session: UUID
    movie: int
    viewing: int | None


class Evidence(NamedTuple):
    """What tells of one viewing, or, without a day, that the film was seen. The same entry read again is one."""

    ref: str  # what survives a re-import
    source: str
    kind: Kind
    day: date | None = None
    rating: Decimal | None = None
    rewatch: bool = False
    tags: tuple[str, ...] = ()
    has_review: bool = False
    rows: tuple[Row, ...] = ()  # the newest reading's first; none: told by hand
    until: date = NEVER  # the newest day that its import tells of: what is newer counts where two readings differ

    @property
    def readings(self) -> int:
        return max(1, len(self.rows))

    @property
    def says_more(self) -> bool:
        """More than that the film was seen."""
        return bool(self.has_review or self.tags or self.rating is not None)


class Rated(NamedTuple):
    """A rating of the film as a whole."""

    source: str
    kind: Kind
    rating: Decimal
    on: date | None = None
    until: date = NEVER
    ref: str = ""
    is_of_viewing: bool = False  # told by hand: it goes with the viewing


@dataclass(frozen=True, slots=True)
class Instead:
    """What the person put in place of what a viewing's evidence tells: only the values that are there."""

    refs: tuple[str, ...]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that a person decided, oldest first. What is not of the film at hand says nothing about it."""

    same: Sequence[tuple[str, ...]] = ()
    apart: Sequence[tuple[str, ...]] = ()  # the first is none of the others
    instead: Sequence[Instead] = ()
    not_mine: frozenset[str] = frozenset()


class DecisionsByRef:
    """Decisions by what they name: a person has thousands, and a film few of them."""

    def __init__(self, decisions: Decisions) -> None:
        self.all = decisions
        self.same = _places(decisions.same)
        self.apart = _places(decisions.apart)
        self.instead = _places([said.refs for said in decisions.instead])

    def on(self, evidence: Iterable[Evidence]) -> Decisions:
        """Those that name any of this, in their order."""
        refs = {entry.ref for entry in evidence}
        return Decisions(
            same=[self.all.same[place] for place in _that_name(refs, self.same)],
            apart=[self.all.apart[place] for place in _that_name(refs, self.apart)],
            instead=[self.all.instead[place] for place in _that_name(refs, self.instead)],
            not_mine=self.all.not_mine,
        )


def _places(said: Sequence[tuple[str, ...]]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, refs in enumerate(said):
        for ref in refs:
            places[ref].append(place)
    return places


def _that_name(refs: Iterable[str], places: Mapping[str, list[int]]) -> list[int]:
    return sorted({place for ref in refs for place in places.get(ref, ())}) if places else []


class Concluded(NamedTuple):
    """A viewing, and what tells of it, the best first."""

    day: date | None
    source: str
    rating: Decimal | None
    rewatch: bool
    tags: tuple[str, ...]
    has_review: bool
    told_by: tuple[Evidence, ...]
    values: Mapping[str, Any]  # the person's, instead of what is told


@dataclass(frozen=True, slots=True)
class Conclusion:
    """`evidence == len(viewings) + joined + folded + taken_out`, in rows that tell of it."""

    viewings: tuple[Concluded, ...]  # oldest first, those without a day last
    questions: tuple[tuple[int, int], ...]  # places of two viewings that are perhaps the same
    evidence: int
    joined: int
    folded: int
    taken_out: int


def conclude(evidence: Iterable[Evidence], decisions: Decisions = Decisions()) -> Conclusion:
    """The viewings of one film, from all evidence on it."""
    entries = _each_once(evidence)
    kept = [entry for entry in entries if entry.ref not in decisions.not_mine]
    groups, undated = _groups_and_undated(kept, decisions)
    groups = _joined(groups, _Apart(decisions.apart))
    viewings, folded = _with_undated(groups, undated)
    rows = sum(entry.readings for entry in entries)
    taken_out = rows - sum(entry.readings for entry in kept)
    viewings.sort(key=_in_order)
    return Conclusion(
        viewings=tuple(viewings),
        questions=tuple(_questions(viewings, _Apart(decisions.apart))),
        evidence=rows,
        joined=rows - taken_out - folded - len(viewings),
        folded=folded,
        taken_out=taken_out,
    )


def ratings_in_order(ratings: Iterable[Rated]) -> list[Rated]:
    """The one that counts first: the person's own, else the newest that a source tells. One for each source."""
    in_order = sorted(
        ratings,
        key=lambda rated: (
            rated.kind == "person",
            rated.on or NEVER,
            rated.until,
            rated.source,
            rated.rating,
            rated.ref,
        ),
        reverse=True,
    )
    first: dict[str, Rated] = {}
    for rated in in_order:
        first.setdefault(rated.source, rated)
    return list(first.values())


# One entry, however often it was read


def _each_once(evidence: Iterable[Evidence]) -> list[Evidence]:
    readings: dict[str, list[Evidence]] = defaultdict(list)
    for entry in evidence:
        readings[entry.ref].append(entry)
    return [_newest_reading(entries) for _, entries in sorted(readings.items())]


def _newest_reading(entries: list[Evidence]) -> Evidence:
    if len(entries) == 1:
        return entries[0]
    in_order = sorted(
        entries,
        key=lambda entry: (
            *(entry.until, entry.has_review, entry.rating or Decimal(0), entry.day or NEVER),
            *(entry.rewatch, entry.tags, entry.rows),
        ),
        reverse=True,
    )
    return in_order[0]._replace(rows=tuple(row for entry in in_order for row in entry.rows))


# What is the same viewing


@dataclass(slots=True)
class _Group:
    """Evidence of one viewing. `day`: the one that counts so far."""

    entries: list[Evidence]
    day: date | None
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def sources(self) -> set[str]:
        return {entry.source for entry in self.entries}

    @property
    def kinds(self) -> set[Kind]:
        return {entry.kind for entry in self.entries}

    @property
    def has_persons_day(self) -> bool:
        return "watched_on" in self.values

    @property
    def may_be_a_day_off(self) -> bool:
        """As a stream's clock may be, or a diary that is written after midnight; a person's own word is not."""
        days = {entry.day for entry in self.entries if entry.day}
        return self.kinds <= {"stream", "diary"} and len(days) == 1 and not self.has_persons_day


class _Apart:
    """What the person said is not the same."""

    def __init__(self, said: Sequence[tuple[str, ...]]) -> None:
        self.others: dict[str, set[str]] = defaultdict(set)
        for first, *others in said:
            self.others[first].update(others)
            for other in others:
                self.others[other].add(first)

    def keeps(self, group: Iterable[Evidence], other: Iterable[Evidence]) -> bool:
        """Whether these two must not become one."""
        if not self.others:
            return False
        refs = {entry.ref for entry in other}
        return any(not refs.isdisjoint(self.others.get(entry.ref, ())) for entry in group)


def _best_first(entries: Iterable[Evidence]) -> list[Evidence]:
    """The best first; of one source the oldest."""
    return sorted(
        entries, key=lambda entry: (RANK[entry.kind], entry.day is None, entry.source, entry.day or NEVER, entry.ref)
    )


def _day_of(entries: Iterable[Evidence]) -> date | None:
    return next((entry.day for entry in _best_first(entries) if entry.day), None)


def _groups_and_undated(kept: Sequence[Evidence], decisions: Decisions) -> tuple[list[_Group], list[Evidence]]:
    """What has a day, in groups that the person made, else each on its own; and what has none."""
    made = _made_by_person({entry.ref: entry for entry in kept}, decisions)
    in_made = {entry.ref for group in made for entry in group.entries}
    others = [entry for entry in kept if entry.ref not in in_made]
    return [*made, *(_Group([entry], entry.day) for entry in others if entry.day)], [e for e in others if not e.day]


def _made_by_person(by_ref: Mapping[str, Evidence], decisions: Decisions) -> list[_Group]:
    """What they said is the same; and what they changed, with all that told of it then."""
    if not (decisions.same or decisions.instead):
        return []
    group_of: dict[str, _Group] = {}
    for refs in decisions.same:
        if len(known := [ref for ref in refs if ref in by_ref]) > 1:
            _put_together(known, by_ref, group_of)
    for said in decisions.instead:
        if known := [ref for ref in said.refs if ref in by_ref]:
            _put_together(known, by_ref, group_of).values.update(said.values)
    made = _distinct(group_of.values())
    for group in made:
        group.day = group.values["watched_on"] if group.has_persons_day else _day_of(group.entries)
    return made


def _put_together(refs: Sequence[str], by_ref: Mapping[str, Evidence], group_of: dict[str, _Group]) -> _Group:
    groups = _distinct(group_of[ref] for ref in refs if ref in group_of)
    entries = {entry.ref: entry for group in groups for entry in group.entries} | {ref: by_ref[ref] for ref in refs}
    values = {name: value for group in groups for name, value in group.values.items()}
    group = _Group(list(entries.values()), None, values)
    group_of.update(dict.fromkeys(entries, group))
    return group


def _distinct(groups: Iterable[_Group]) -> list[_Group]:
    return list({id(group): group for group in groups}.values())


def _joined(groups: Sequence[_Group], apart: _Apart) -> list[_Group]:
    """Between sources, one to one, nearest first: those of a day, then a stream and a diary one day apart."""
    if len(groups) < 2:
        return list(groups)
    by_day: dict[date, list[_Group]] = defaultdict(list)
    for group in sorted(groups, key=lambda group: min((RANK[e.kind], e.source, e.ref) for e in group.entries)):
        if group.day:
            by_day[group.day].append(group)
    same_day = {day: _of_one_day(by_day[day], apart) for day in sorted(by_day)}
    for day in same_day:
        if day < date.max and day + A_DAY in same_day:
            _join_neighbours(same_day[day], same_day[day + A_DAY], apart)
    dated = [group for day_groups in same_day.values() for group in day_groups if group.entries]
    together = dated + [group for group in groups if not group.day]
    if any(group.has_persons_day for group in together):
        _join_with_changed(together, apart)
    return [group for group in together if group.entries]


def _join_with_changed(groups: Sequence[_Group], apart: _Apart) -> None:
    """What the person gave another day is the same viewing as what others tell of the day that it had, as if they had
    told it before."""
    by_day: dict[date, list[_Group]] = defaultdict(list)
    for group in groups:
        if group.day and not group.has_persons_day:
            by_day[group.day].append(group)
    for group in groups:
        for day in sorted({entry.day for entry in group.entries if entry.day}) if group.has_persons_day else ():
            for other in by_day[day]:
                if other.entries and _fit(group, other, apart):
                    _unite(group, other)


def _of_one_day(groups: Sequence[_Group], apart: _Apart) -> list[_Group]:
    joined: list[_Group] = []
    first_without: dict[str, int] = {}  # for each source, where a group may be that has none of it
    for group in groups:
        sources = group.sources
        start = max(first_without.get(source, 0) for source in sources)
        place = next(
            (n for n in range(start, len(joined)) if _fit(joined[n], group, apart)),
            len(joined),
        )
        if place == len(joined):
            joined.append(group)
        else:
            _unite(joined[place], group)
        for source in sources:
            if first_without.get(source, 0) == place:
                first_without[source] = place + 1
    return joined


def _fit(group: _Group, other: _Group, apart: _Apart) -> bool:
    return group.sources.isdisjoint(other.sources) and not apart.keeps(group.entries, other.entries)


def _join_neighbours(earlier: Sequence[_Group], later: Sequence[_Group], apart: _Apart) -> None:
    free = [group for group in later if group.may_be_a_day_off]
    for group in earlier:
        if not group.may_be_a_day_off:
            continue
        other = next((other for other in free if _clock_explains(group, other) and _fit(group, other, apart)), None)
        if other is not None:
            free.remove(other)
            _unite(group, other)


def _clock_explains(group: _Group, other: _Group) -> bool:
    """A stream beside a diary is a day off by its time zone, or the diary was written after midnight. Two streams are
    two viewings, and of two diaries neither has a clock."""
    kinds = group.kinds | other.kinds
    return kinds == {"stream", "diary"} and not ("stream" in group.kinds and "stream" in other.kinds)


def _unite(group: _Group, other: _Group) -> None:
    """`other` becomes a part of `group`, and is empty then."""
    group.entries += other.entries
    group.values |= other.values
    if not group.has_persons_day:
        group.day = _day_of(group.entries)
    other.entries = []


# What has no day


def _with_undated(groups: Sequence[_Group], undated: Sequence[Evidence]) -> tuple[list[Concluded], int]:
    """The viewings, and how many rows without a day are folded away: evidence of having seen the film is a viewing only
    where nothing tells of one."""
    dated = [group for group in groups if group.day or group.has_persons_day]
    without = [group for group in groups if not (group.day or group.has_persons_day)]
    newest = _Newest(dated or groups)
    for group in without if dated else ():  # changed by the person when nothing told a day yet
        other = newest.of(group.entries[0].source)
        other.entries += group.entries
        other.values |= group.values
    if groups:
        for entry in undated:
            if entry.says_more:  # a review is not lost for want of a day
                newest.of(entry.source).entries.append(entry)
    stand = dated or groups or _undated_groups(undated)
    folded = sum(entry.readings for entry in undated) - (0 if groups else len(stand))
    return [_concluded(group) for group in stand], folded


class _Newest:
    """The group that a word without a day goes with: the newest of its source, else the newest."""

    def __init__(self, groups: Sequence[_Group]) -> None:
        self.any: _Group | None = None
        self.of_source: dict[str, _Group] = {}
        for group in sorted(groups, key=lambda group: (group.day or NEVER, min(entry.ref for entry in group.entries))):
            self.any = group
            self.of_source.update(dict.fromkeys(group.sources, group))

    def of(self, source: str) -> _Group:
        group = self.of_source.get(source, self.any)
        if group is None:
            raise AssertionError("there is a group")
        return group


def _undated_groups(undated: Sequence[Evidence]) -> list[_Group]:
    """As many viewings as the source tells of that tells of most; the others tell of the same ones."""
    by_source: dict[str, list[Evidence]] = defaultdict(list)
    for entry in _best_first(undated):
        by_source[entry.source].append(entry)
    if not by_source:
        return []
    _, most = max(
        by_source.items(), key=lambda of_source: (len(of_source[1]), -RANK[of_source[1][0].kind], of_source[0])
    )
    groups = [_Group([entry], None) for entry in most]
    for entries in by_source.values():
        for group, entry in zip(groups, entries if entries is not most else (), strict=False):
            group.entries.append(entry)
    return groups


def _concluded(group: _Group) -> Concluded:
    told_by, values = _best_first(group.entries), group.values
    best = next((entry for entry in told_by if entry.day), told_by[0])
    tags = sorted({tag for entry in told_by for tag in entry.tags})
    return Concluded(
        day=group.day,
        source=best.source,
        rating=values.get("rating", next((entry.rating for entry in told_by if entry.rating is not None), None)),
        rewatch=values.get("rewatch", any(entry.rewatch for entry in told_by)),
        tags=tuple(values.get("tags", tags)),
        has_review=bool(values["review"]) if "review" in values else any(entry.has_review for entry in told_by),
        told_by=tuple(told_by),
        values=values,
    )


def _in_order(viewing: Concluded) -> tuple[object, ...]:
    return viewing.day is None, viewing.day or NEVER, viewing.told_by[0].ref


# What is to be asked


def _questions(viewings: Sequence[Concluded], apart: _Apart) -> Iterator[tuple[int, int]]:
    """A stream and a diary's entry two to seven days later that is no rewatch, with nothing else near."""
    dated = [(place, viewing, viewing.day) for place, viewing in enumerate(viewings) if viewing.day]
    for n, (place, stream, day) in enumerate(dated[:-1]):
        other_place, entry, other_day = dated[n + 1]
        is_near = A_DAY < other_day - day <= NEAR
        is_alone = (n == 0 or day - dated[n - 1][2] > NEAR) and (
            n + 2 == len(dated) or dated[n + 2][2] - other_day > NEAR
        )
        if is_near and is_alone and _could_be_late(stream, entry) and not apart.keeps(stream.told_by, entry.told_by):
            yield place, other_place


def _could_be_late(stream: Concluded, entry: Concluded) -> bool:
    is_told = "watched_on" in stream.values or "watched_on" in entry.values  # the person knows these days
    kinds_fit = _kinds(stream) == {"stream"} and _kinds(entry) == {"diary"}
    return kinds_fit and not entry.rewatch and not is_told


def _kinds(viewing: Concluded) -> set[Kind]:
    return {entry.kind for entry in viewing.told_by if entry.day}
