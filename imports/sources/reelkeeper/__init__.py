"""Reading our own JSON exports, of an import or of a whole library: titles, years, ids and what the person did. Facts
are asked of TMDB again."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ..archive import Member
from ..base import FileReport, Parsed, ParsedLibrary, ParsedMovie, ParsedPart
from ..refusals import refusal
from ..text import MAX_LINES
from . import library
from .document import LISTS, LISTS_OF_LIBRARY, Document, text_of
from .fields import MOST_ROWS, Fault
from .head import read_file, read_head, read_problem
from .library_shape import MAX_IMPORTS
from .movies import NamesOf, read_movie
from .shape import MAX_FILES
from .versions import FORMAT, LIBRARY_VERSION, library_upgraded, upgraded, version_of

__all__ = ["FORMAT", "KIND", "parse", "recognises"]

KIND = "reelkeeper"  # of the export's own report, among those of the files it tells of
BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
SAYS_SO = re.compile(rb'"format"\s*:\s*"reelkeeper(-library)?"')
SAYS_LIBRARY = re.compile(rb'"format"\s*:\s*"reelkeeper-library"')


def recognises(member: Member) -> bool:
    """An export of ours is known by what is in it, whatever its name."""
    if member.suffix != ".json":
        return False
    data = member.read()
    return bool(BEGINS.match(data) and SAYS_SO.search(data))


def parse(members: Sequence[Member], names_of: Mapping[str, NamesOf]) -> Parsed:
    """`names_of`: of the sources that ask about cleaned titles, how they clean them."""
    if len(members) > 1:
        raise refusal("export_alone", next(member.name for member in members if recognises(member)))
    [member] = members
    data = member.read()
    is_library = bool(SAYS_LIBRARY.search(data))
    text = text_of(data, member.name)
    document = Document(text, member.name, lists=LISTS_OF_LIBRARY if is_library else LISTS)
    with _told_by_line(document):
        document.read()
        return _library(document, member, names_of) if is_library else _parsed(document, member, names_of)


@contextmanager
def _told_by_line(document: Document) -> Iterator[None]:
    """Raises SourceError for a Fault."""
    try:
        yield
    except Fault as fault:
        raise refusal("export_edited", document.file, line=document.line, field=fault.field) from fault


def _parsed(document: Document, member: Member, names_of: Mapping[str, NamesOf]) -> Parsed:
    version = version_of(document.head, member.name)

    def parts(name: str) -> Iterator[dict[str, Any]]:
        return (upgraded(item, name, version) for item in document.items(name))

    source, restored = read_head(upgraded(document.head, "head", version))
    files, notes = list(_files(parts("files"))), [read_problem(part) for part in parts("problems")]
    report = FileReport(member.name, member.size, KIND)
    movies = list(_movies(parts("movies"), source, report, names_of.get(source)))
    report.added = report.rows
    return Parsed(source, movies, notes, [*files, report], restored)


def _library(document: Document, member: Member, names_of: Mapping[str, NamesOf]) -> Parsed:
    """A whole library: its imports as if each came by itself, and what the person said beside them."""
    version = version_of(document.head, member.name, LIBRARY_VERSION)
    library.read_head(library_upgraded(document.head, "head", version))

    def parts(name: str) -> Iterator[dict[str, Any]]:
        return (library_upgraded(item, name, version) for item in document.items(name))

    if len(document.parts) > MAX_IMPORTS or "imports" not in document:
        raise Fault("imports")
    by_hand, rankings = library.read_by_hand(parts("by_hand")), library.read_rankings(parts("rankings"))
    decisions = [library.read_decision(part) for part in parts("decisions")]
    imports = [_part(part, member, names_of) for part in document.parts]
    report = FileReport(member.name, member.size, KIND)
    return Parsed(KIND, [], [], [report], library=ParsedLibrary(imports, by_hand, rankings, decisions))


def _part(document: Document, member: Member, names_of: Mapping[str, NamesOf]) -> ParsedPart:
    in_library = document.head.pop("in_library", None)
    with _told_by_line(document):
        if not isinstance(in_library, bool):
            raise Fault("in_library")
        return ParsedPart(_parsed(document, member, names_of), in_library)


def _files(parts: Iterable[dict[str, Any]]) -> Iterator[FileReport]:
    rows = 0
    for number, part in enumerate(parts):
        if number == MAX_FILES:
            raise Fault("files")
        report = read_file(part)
        rows += report.rows  # what was skipped is a part of them
        if rows > MOST_ROWS:
            raise Fault("rows")
        yield report


def _movies(
    parts: Iterable[dict[str, Any]], source: str, report: FileReport, names_of: NamesOf | None
) -> Iterator[ParsedMovie]:
    """The films of the document, in the order of their turns; each film and each viewing counts as a row."""
    keys: set[str] = set()
    for part in parts:
        movie = read_movie(part, source, names_of)
        if movie.source_key in keys:
            raise Fault("source_key")
        keys.add(movie.source_key)
        report.rows += 1 + len(movie.viewings)
        if report.rows > MAX_LINES:
            raise refusal("too_many_rows", report.name, most=MAX_LINES)
        yield movie
