"""Reading our own JSON export: titles, years, ids and what the person did. Facts are asked of TMDB again."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..archive import Member
from ..base import FileReport, Parsed, ParsedMovie
from ..refusals import refusal
from ..text import MAX_LINES
from .document import Document
from .fields import MOST_ROWS, Fault
from .head import read_file, read_head, read_problem
from .movies import NamesOf, read_movie
from .shape import MAX_FILES
from .versions import FORMAT, upgraded, version_of

__all__ = ["FORMAT", "KIND", "parse", "recognises"]

KIND = "reelkeeper"  # of the export's own report, among those of the files it tells of
BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
SAYS_SO = re.compile(rb'"format"\s*:\s*"reelkeeper"')


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
    document = Document(member.read(), member.name)
    try:
        return _parsed(document, member, names_of)
    except Fault as fault:
        raise refusal("export_edited", member.name, line=document.line, field=fault.field) from fault


def _parsed(document: Document, member: Member, names_of: Mapping[str, NamesOf]) -> Parsed:
    document.read_head()
    version = version_of(document.head, member.name)

    def parts(name: str) -> Iterator[dict[str, Any]]:
        return (upgraded(item, name, version) for item in document.items(name))

    source, restored = read_head(upgraded(document.head, "head", version))
    files, notes = list(_files(parts("files"))), [read_problem(part) for part in parts("problems")]
    report = FileReport(member.name, member.size, KIND)
    movies = list(_movies(parts("movies"), source, report, names_of.get(source)))
    report.added = report.rows
    return Parsed(source, movies, notes, [*files, report], restored)


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
