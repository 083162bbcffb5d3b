"""What was written about viewings of a library. The texts stay where they were told: a page, the API and exports read
them there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imports.models import PERSON, HandViewing, LibraryViewing, Viewing
from imports.reconciling.evidence import decisions_of

BY_HAND = f"{PERSON}\t"


@dataclass(frozen=True, slots=True)
class ReviewOf:
    """A review, and which source tells it."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class _Texts:
    """All that is written where these viewings were told."""

    instead: Mapping[str, tuple[int, str]]  # by ref: the person's, in place of all others, the newest numbered highest
    of_imports: Mapping[int, str]  # by the number of an import's viewing
    by_hand: Mapping[str, str]  # by ref


def reviews_of(viewings: Sequence[LibraryViewing]) -> dict[int, list[ReviewOf]]:
    """The reviews of each viewing that has any, by its number, from what tells it best: three queries at most, however
    many viewings."""
    reviewed = [viewing for viewing in viewings if viewing.has_review]
    if not reviewed:
        return {}
    texts = _texts(reviewed)
    reviews = {viewing.pk: _each_once(_reviews(viewing, texts)) for viewing in reviewed}
    return {pk: written for pk, written in reviews.items() if written}


def _texts(viewings: Sequence[LibraryViewing]) -> _Texts:
    told_by = [evidence for viewing in viewings for evidence in viewing.told_by]
    users = {viewing.user_id for viewing in viewings}
    numbers = [row["viewing"] for evidence in told_by for row in evidence["rows"] if row["viewing"]]
    written = Viewing.objects.filter(pk__in=numbers).exclude(review="").order_by()
    keys = [evidence["ref"].removeprefix(BY_HAND) for evidence in told_by if not evidence["rows"]]
    return _Texts(
        instead=_instead(users),
        of_imports=dict(written.values_list("pk", "review")) if numbers else {},
        by_hand=_by_hand(users, [key for key in keys if not key.startswith("tmdb:")]),  # that is a rating
    )


def _instead(users: Iterable[int]) -> dict[str, tuple[int, str]]:
    said = [said for user_id in users for said in decisions_of(user_id).instead if "review" in said.values]
    return {ref: (number, instead.values["review"]) for number, instead in enumerate(said) for ref in instead.refs}


def _by_hand(users: Iterable[int], keys: Sequence[str]) -> dict[str, str]:
    if not keys:
        return {}
    own = HandViewing.objects.filter(user__in=users, key__in=keys).exclude(review="").order_by()
    return {f"{BY_HAND}{key}": review for key, review in own.values_list("key", "review")}


def _reviews(viewing: LibraryViewing, texts: _Texts) -> Iterator[ReviewOf]:
    instead = [texts.instead[evidence["ref"]] for evidence in viewing.told_by if evidence["ref"] in texts.instead]
    if instead:
        yield ReviewOf(PERSON, max(instead)[1])
        return
    for evidence in viewing.told_by:
        if evidence["ref"] in texts.by_hand:
            yield ReviewOf(PERSON, texts.by_hand[evidence["ref"]])
        elif text := _newest_reading(evidence["rows"], texts.of_imports):
            yield ReviewOf(evidence["source"], text)


def _newest_reading(rows: Iterable[Mapping[str, Any]], of_imports: Mapping[int, str]) -> str:
    """An entry that was read again is told by several rows, the newest export's first."""
    return next((of_imports[row["viewing"]] for row in rows if row["viewing"] in of_imports), "")


def _each_once(reviews: Iterable[ReviewOf]) -> list[ReviewOf]:
    by_text: dict[str, list[ReviewOf]] = defaultdict(list)
    for review in reviews:
        by_text[review.text.strip()].append(review)
    return [same[0] for text, same in by_text.items() if text]
