"""How much one import may hold: an upload of two megabytes can unpack to a hundred times its size, and all of it would
be stored. What may be uploaded by the hour is limited apart (web.limits)."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Sum, TextField
from django.db.models.functions import Cast, Length

from imports.models import ImportSession, Viewing
from imports.sources import MAX_FILMS, MAX_TEXT
from imports.sources.base import Parsed, ParsedMovie, ParsedViewing, RowNote, SourceError, gettext_noop
from imports.sources.text import MAX_LINES

# no more than one file can bring: an import that grew by updates must come back from its own export
MOST_CHARACTERS = MAX_TEXT
LONGEST_REVIEW = 1_000_000  # a long novel
MOST_VIEWINGS = MAX_LINES - MAX_FILMS  # ten a day for a lifetime
TOO_MUCH_TEXT = gettext_noop(
    "“%(file)s” has more text than we keep: the reviews, tags and titles of one import may have %(most)s characters "
    "together and a single review %(longest)s, so send a part of your history at a time."
)
TOO_MANY_VIEWINGS = gettext_noop(
    "“%(file)s” has more than the %(most)s viewings that one import may have: send a part of your history at a time."
)


class Amount(NamedTuple):
    viewings: int = 0
    characters: int = 0


def refuse_too_much(parsed: Parsed) -> None:
    """Before anything is stored. Raises SourceError."""
    viewings = [viewing for movie in parsed.movies for viewing in movie.viewings]
    if any(len(viewing.review) > LONGEST_REVIEW for viewing in viewings):
        raise _too_much_text(parsed)
    _refuse(parsed, _amount(parsed.movies, viewings, parsed.notes))


def refuse_too_much_more(
    session: ImportSession, parsed: Parsed, movies: Iterable[ParsedMovie], viewings: Iterable[ParsedViewing]
) -> None:
    """Before these of `parsed` are stored beside what the import has. Raises SourceError."""
    standing, more = _amount_of(session), _amount(movies, viewings, parsed.notes)
    _refuse(parsed, Amount(standing.viewings + more.viewings, standing.characters + more.characters))


def _refuse(parsed: Parsed, amount: Amount) -> None:
    if amount.viewings > MOST_VIEWINGS:
        raise SourceError(
            TOO_MANY_VIEWINGS, code="too_many_viewings", status=413, file=_file_of(parsed), most=MOST_VIEWINGS
        )
    if amount.characters > MOST_CHARACTERS:
        raise _too_much_text(parsed)


def _too_much_text(parsed: Parsed) -> SourceError:
    most, longest = MOST_CHARACTERS, LONGEST_REVIEW
    file = _file_of(parsed)
    return SourceError(TOO_MUCH_TEXT, code="too_much_text", status=413, file=file, most=most, longest=longest)


def _file_of(parsed: Parsed) -> str:
    return parsed.files[-1 if parsed.restored else 0].name


def _amount(movies: Iterable[ParsedMovie], viewings: Iterable[ParsedViewing], notes: Iterable[RowNote]) -> Amount:
    """How much these would store. The report counts, too: each line can be worth a note, with its file's name."""
    characters, count = sum(len(note.file) + len(note.detail) for note in notes), 0
    characters += sum(len(m.title) + len(m.source_key) + len(m.uri) + len(m.image_url) for m in movies)
    for viewing in viewings:
        count += 1
        characters += len(viewing.review) + len(viewing.entry_uri) + sum(map(len, viewing.tags))
    return Amount(count, characters)


def _amount_of(session: ImportSession) -> Amount:
    viewings = Viewing.objects.filter(movie__session=session)
    tags = Cast("tags", TextField())
    lengths = viewings.aggregate(characters=Sum(Length("review") + Length("entry_uri") + Length(tags)))
    return Amount(viewings.count(), lengths["characters"] or 0)
